package tiles

import (
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Range is a rectangle of tiles of one zoom, all ends included.
type Range struct {
	Z uint32    `json:"z"`
	X [2]uint32 `json:"x"`
	Y [2]uint32 `json:"y"`
}

// Holds reports whether the tile lies in the range.
func (r Range) Holds(a Address) bool {
	return a.Z == r.Z && r.X[0] <= a.X && a.X <= r.X[1] && r.Y[0] <= a.Y && a.Y <= r.Y[1]
}

// mostParts bounds the ranges that [Touched] returns a zoom.
const mostParts = 8

// margin is how far beyond a tile's edge ground may show in it, as a part of
// its side: the buffer of 256 in 4096 that ST_AsMVTGeom has, and we no more.
const margin = 1.0 / 16

// GroundOf returns the boxes of the ground that changes of grids may show on:
// all that each grid had and has, since a border that moves in one place may
// be simplified otherwise in another, and a name is drawn anywhere in it.
func GroundOf(changes []geo.Change) []topo.Box {
	var boxes []topo.Box
	for _, c := range changes {
		before, _ := c.Before.(*geo.Grid)
		after, _ := c.After.(*geo.Grid)
		if box, drawn := bothGrounds(before, after); drawn {
			boxes = append(boxes, box)
		}
	}
	return boxes
}

// bothGrounds returns the box of a grid's old and new ground, if it has any;
// nil is a grid that was, or is, not there.
func bothGrounds(before, after *geo.Grid) (box topo.Box, drawn bool) {
	for _, g := range [...]*geo.Grid{before, after} {
		switch {
		case g == nil || len(g.Boundary) == 0:
		case drawn:
			box = join(box, g.Boundary.Bound())
		default:
			box, drawn = g.Boundary.Bound(), true
		}
	}
	return box, drawn
}

// Touched returns the tiles of every zoom that the ground in the boxes may
// show in, from the top down: at most [mostParts] ranges a zoom, so that many
// boxes are told as fewer and larger ones.
func Touched(boxes []topo.Box) []Range {
	parts := gather(boxes)
	var all []Range
	for z := uint32(0); z <= MaxZoom; z++ {
		first := len(all)
		for _, b := range parts {
			r := rangeOf(z, b)
			if !slices.Contains(all[first:], r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// gather joins boxes until no more than mostParts are left, every time those
// two that come closest to filling the box around them.
func gather(boxes []topo.Box) []topo.Box {
	var parts []topo.Box
	for _, b := range boxes {
		if parts = append(parts, b); len(parts) <= mostParts {
			continue
		}
		least, x, y := math.Inf(1), 0, 0
		for i := range parts {
			for j := range i {
				if waste := size(join(parts[i], parts[j])) - size(parts[i]) - size(parts[j]); waste < least {
					least, x, y = waste, i, j
				}
			}
		}
		parts[y] = join(parts[x], parts[y])
		parts = slices.Delete(parts, x, x+1)
	}
	return parts
}

func join(a, b topo.Box) topo.Box { return a.Extend(b.Min).Extend(b.Max) }

// size is the area of a box on the lattice.
func size(b topo.Box) float64 {
	return (float64(b.Max.X) - float64(b.Min.X)) * (float64(b.Max.Y) - float64(b.Min.Y))
}

// rangeOf returns the tiles of a zoom that ground in the box may show in.
func rangeOf(z uint32, b topo.Box) Range {
	west, south := b.Min.LonLat()
	east, north := b.Max.LonLat()
	side := math.Exp2(float64(z))
	at := func(unit, beyond float64) uint32 {
		return uint32(min(side-1, max(0, math.Floor(unit*side+beyond))))
	}
	return Range{Z: z,
		X: [2]uint32{at(west/360+0.5, -margin), at(east/360+0.5, margin)},
		Y: [2]uint32{at(0.5-mercator(north), -margin), at(0.5-mercator(south), margin)}}
}
