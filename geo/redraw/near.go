package redraw

import (
	"math/bits"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A boxIndex finds the boxes near a place. Every box lies in a net of squares
// about as wide as itself, so that it takes four squares at most and coming
// and going costs the same however many there are.
type boxIndex struct {
	boxes  map[geo.GridID]topo.Box
	levels [33]map[square][]geo.GridID // by the logarithm of the squares' width
}

type square struct{ x, y int64 }

func newBoxIndex() *boxIndex { return &boxIndex{boxes: map[geo.GridID]topo.Box{}} }

// level returns the net that b lies in.
func (x *boxIndex) level(b topo.Box) int {
	wide := int64(b.Max.X) - int64(b.Min.X)
	high := int64(b.Max.Y) - int64(b.Min.Y)
	return min(bits.Len64(uint64(max(wide, high, 0))), len(x.levels)-1)
}

// squares calls visit for the squares of a net that b reaches.
func squares(b topo.Box, level int, visit func(square)) {
	for i := int64(b.Min.X) >> level; i <= int64(b.Max.X)>>level; i++ {
		for j := int64(b.Min.Y) >> level; j <= int64(b.Max.Y)>>level; j++ {
			visit(square{i, j})
		}
	}
}

func (x *boxIndex) put(id geo.GridID, b topo.Box) {
	x.drop(id)
	level := x.level(b)
	if x.levels[level] == nil {
		x.levels[level] = map[square][]geo.GridID{}
	}
	x.boxes[id] = b
	squares(b, level, func(s square) { x.levels[level][s] = append(x.levels[level][s], id) })
}

func (x *boxIndex) drop(id geo.GridID) {
	b, ok := x.boxes[id]
	if !ok {
		return
	}
	delete(x.boxes, id)
	level := x.level(b)
	squares(b, level, func(s square) {
		left := slices.DeleteFunc(x.levels[level][s], func(o geo.GridID) bool { return o == id })
		if x.levels[level][s] = left; len(left) == 0 {
			delete(x.levels[level], s)
		}
	})
}

// find returns the boxes that share a point with b, ascending by ID.
func (x *boxIndex) find(b topo.Box) []geo.GridID {
	var found []geo.GridID
	take := func(ids []geo.GridID) {
		for _, id := range ids {
			if x.boxes[id].Intersects(b) {
				found = append(found, id)
			}
		}
	}
	for level, net := range x.levels {
		if len(net) == 0 {
			continue
		}
		wide := int64(b.Max.X)>>level - int64(b.Min.X)>>level + 1
		high := int64(b.Max.Y)>>level - int64(b.Min.Y)>>level + 1
		if wide > int64(len(net)) || high > int64(len(net)) || wide*high > int64(len(net)) {
			for _, ids := range net {
				take(ids)
			}
			continue
		}
		squares(b, level, func(s square) { take(net[s]) })
	}
	slices.Sort(found)
	return slices.Compact(found)
}
