// Package cover answers of ground that is not ours how much of it a net of
// grids covers, how much of that is staffed, and where not. It does no I/O.
package cover

import (
	"slices"

	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// A Grid is a grid of the net, as far as this package looks at it.
type Grid struct {
	Ground  topo.Shape
	Box     topo.Box // of Ground
	Staffed bool
}

// A Touch is ground of the region that one grid covers.
type Touch struct {
	Grid int // its index in the net
	Area nets.Area
}

// An Answer is what a net covers of a region. Area is Covered and Gap together,
// to the square centimetre.
type Answer struct {
	Area    nets.Area
	Covered nets.Area
	Staffed nets.Area // part of Covered whose grid is staffed
	Touched []Touch   // ascending by grid; a grid that only borders on the region is not touched
	// Gap is the ground of the region that no grid covers, nil for none, and
	// GapArea its area: never 0 where there is any, so that only a region that is
	// covered wholly counts as such.
	Gap     topo.Shape
	GapArea nets.Area
}

// Of lays a region over a net. Where grids overlap, which only those of a draft
// do, the first has the ground. Grids that the region's border does not come
// near are not cut, so that an answer costs what the border crosses and the
// edges of what it encloses.
//
// The region must be as [topo.CheckRegion] asks, whose error it returns; its
// borders with grids are found on the lattice, each crossing rounded by at most
// half a step. [topo.ErrIntricate] is returned for a border that crosses those
// of the grids too often.
func Of(region topo.Shape, net []Grid) (Answer, error) {
	if err := topo.CheckRegion(region); err != nil {
		return Answer{}, err
	}
	near := newCrossings(region)
	box := region.Bound()
	var cut, whole []int
	for i := range net {
		switch {
		case len(net[i].Ground) == 0 || !box.Intersects(net[i].Box):
		case near.meets(net[i].Box):
			cut = append(cut, i)
		case region.Contains(net[i].Ground[0][0][0]):
			whole = append(whole, i)
		}
	}
	filled, err := union(net, whole)
	if err != nil { // those of a draft that overlap
		cut, whole, filled = append(cut, whole...), nil, nil
		slices.Sort(cut)
	}
	return lay(region, net, cut, whole, filled)
}

func union(net []Grid, members []int) (topo.Shape, error) {
	shapes := make([]topo.Shape, len(members))
	for k, i := range members {
		shapes[k] = net[i].Ground
	}
	return topo.Union(shapes)
}

// lay answers, given the grids that the region's border may cut, those that lie
// in it as a whole and the ground of these together.
func lay(region topo.Shape, net []Grid, cut, whole []int, filled topo.Shape) (Answer, error) {
	shapes := []topo.Shape{region, filled}
	for _, i := range cut {
		shapes = append(shapes, net[i].Ground)
	}
	cells, err := topo.Cells(shapes)
	if err != nil {
		return Answer{}, err
	}
	area := map[int]nets.Area{}
	var a Answer
	for _, i := range whole {
		area[i] = nets.AreaOf(net[i].Ground)
	}
	for _, c := range cells {
		switch {
		case c.Members[0] != 0:
		case len(c.Members) == 1:
			a.Gap, a.GapArea = c.Ground, max(1, nets.AreaOf(c.Ground))
		case c.Members[1] > 1: // the others are counted whole
			area[cut[c.Members[1]-2]] += nets.AreaOf(c.Ground)
		}
	}
	for i, m2 := range area {
		a.Touched = append(a.Touched, Touch{i, m2})
		if a.Covered += m2; net[i].Staffed {
			a.Staffed += m2
		}
	}
	slices.SortFunc(a.Touched, func(s, t Touch) int { return s.Grid - t.Grid })
	a.Area = a.Covered + a.GapArea
	return a, nil
}
