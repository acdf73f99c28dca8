package mesh

import (
	"math"
	"sync"

	"gridmap/geo/topo"
)

// The height of a latitude in the plane is interpolated (cubic Hermite) from
// values every 2^18 lattice steps; the difference to the formula is far below
// a unit, and it is the same everywhere.
const (
	heightBits = 18
	heightStep = 1 << heightBits
	latitudes  = 90 * topo.Unit
	// edge is the first lattice step beyond the latitude at which Web Mercator
	// ends, 85.05112877980659.
	edge = 850_511_288
)

type height struct{ y, slope float64 } // units; units for heightStep

var heights = sync.OnceValue(func() []height {
	table := make([]height, int64(2*latitudes)/heightStep+2)
	for i := range table {
		lat := float64(float64(i)*heightStep-latitudes) / topo.Unit
		// One value beyond the edge counts too: places before it lie between.
		const last = float64(edge+heightStep) / topo.Unit
		phi := max(-last, min(last, lat)) * math.Pi / 180
		const world = 1 << worldBits
		table[i].y = world * (0.5 - math.Asinh(math.Tan(phi))/(2*math.Pi))
		table[i].slope = -world / (2 * math.Pi) / math.Cos(phi) * (heightStep / topo.Unit * math.Pi / 180)
	}
	return table
})

// Project returns the place of a lattice point in the plane. What lies beyond
// the edge of Web Mercator is moved onto it.
func Project(p topo.Point) Point {
	table := heights()
	const widths = 360 * topo.Unit
	x := uint64(int64(p.X)+widths/2) << worldBits / widths // the west is 0, so this fits
	n := int64(max(-edge, min(edge, p.Y))) + latitudes
	a, b := &table[n>>heightBits], &table[n>>heightBits+1]
	t := float64(float64(n&(heightStep-1)) / heightStep)
	// Conversions keep the processor from fusing operations, so that every
	// machine rounds alike.
	d := b.y - a.y
	c2 := float64(3*d) - float64(2*a.slope) - b.slope
	c3 := a.slope + b.slope - float64(2*d)
	y := a.y + float64(t*(a.slope+float64(t*(c2+float64(t*c3)))))
	return Point{uint32(min(1<<worldBits-1, x)), uint32(min(1<<worldBits-1, max(0, math.Round(y))))}
}

// boxOf returns the box of a shape in the plane.
func boxOf(s topo.Shape) Box {
	b := s.Bound()
	nw, se := Project(topo.Point{X: b.Min.X, Y: b.Max.Y}), Project(topo.Point{X: b.Max.X, Y: b.Min.Y})
	return Box{nw, se}
}
