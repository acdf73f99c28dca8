package atlas

import (
	"math/bits"
	"slices"

	"gridmap/geo/topo"
)

// A face says which leaves hold a place: in the upper half how many, in the
// lower the sum of their slots. One leaf is thus read off directly, and
// the faces left and right of an edge differ by the same number everywhere
// along it, whatever else lies there.
type face int64

func faceOf(slot int32) face { return 1<<32 | face(slot) }

// one returns the single leaf of f; ok is false when there are none or many.
func (f face) one() (slot int32, ok bool) { return int32(f), f>>32 == 1 }

// An edge runs upwards, or eastwards when it is level. Left of it the face is
// greater by delta than right of it.
type edge struct {
	a, b  topo.Point
	delta face
}

// edgeTable gathers the edges of rings; the two sides of a shared border
// become one edge.
type edgeTable struct {
	edges []edge
	slots []int32 // 1 + index into edges, 0 when free; open addressing
	mask  uint32
}

// newEdgeTable makes room for n directed edges.
func newEdgeTable(n int) *edgeTable {
	size := 1 << bits.Len(uint(2*n))
	return &edgeTable{edges: make([]edge, 0, n/2+16), slots: make([]int32, size), mask: uint32(size - 1)}
}

// addShape adds the rings of a shape that is f.
func (t *edgeTable) addShape(s topo.Shape, f face) {
	for _, polygon := range s {
		for k, ring := range polygon {
			t.addRing(ring, f, k > 0)
		}
	}
}

// lasting returns the edges with different ground on their sides: others
// separate nothing.
func (t *edgeTable) lasting() []edge {
	return slices.DeleteFunc(t.edges, func(e edge) bool { return e.delta == 0 })
}

// addRing adds the border of a ring that encloses f, or with hole, leaves it
// out. The ring's direction does not matter.
func (t *edgeTable) addRing(ring topo.Ring, f face, hole bool) {
	if counterClockwise(ring) == hole {
		f = -f
	}
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		switch {
		case a == b:
		case b.Y > a.Y || b.Y == a.Y && b.X > a.X:
			t.add(a, b, f)
		default:
			t.add(b, a, -f)
		}
	}
}

func (t *edgeTable) add(a, b topo.Point, delta face) {
	h := uint64(uint32(a.X))<<32 | uint64(uint32(a.Y))
	h = (h ^ uint64(uint32(b.X))<<17 ^ uint64(uint32(b.Y))<<40) * 0x9e3779b97f4a7c15
	h = (h ^ h>>29) * 0xbf58476d1ce4e5b9
	for slot := uint32(h>>32) & t.mask; ; slot = (slot + 1) & t.mask {
		at := t.slots[slot]
		if at == 0 {
			t.edges = append(t.edges, edge{a, b, delta})
			t.slots[slot] = int32(len(t.edges))
			return
		}
		if e := &t.edges[at-1]; e.a == a && e.b == b {
			e.delta += delta
			return
		}
	}
}

// counterClockwise reports whether the ring turns left: at its lowest, then
// westernmost corner. The ring is simple.
func counterClockwise(ring topo.Ring) bool {
	k := 0
	for i, p := range ring {
		if p.Y < ring[k].Y || p.Y == ring[k].Y && p.X < ring[k].X {
			k = i
		}
	}
	n := len(ring)
	a, b, c := ring[(k+n-1)%n], ring[k], ring[(k+1)%n]
	in := wide{int64(b.X) - int64(a.X), int64(b.Y) - int64(a.Y)}
	out := wide{int64(c.X) - int64(b.X), int64(c.Y) - int64(b.Y)}
	return in.x*out.y > in.y*out.x
}

// wide is a difference of two points; it does not fit a Point.
type wide struct{ x, y int64 }

// The face of a point is found along a path that turns once: from the point
// east to the knee at x = corner + 1/2, then north or south to the corner of
// its cell. What crosses the path is decided exactly. The point is taken as
// moved by (ε, ε²), as the boundary rule has it; knee and corner may lie on an
// edge but never on a vertex, and then count as left of it, on both legs
// alike.

// step returns what e adds to the face of p, seen from the corner at half of
// (x2, y2). It takes no branch: which way an edge lies is a coin toss that no
// processor foresees.
func (e *edge) step(p topo.Point, x2, y2 int64) face {
	ax, ay := int64(e.a.X), int64(e.a.Y)
	dx, dy := int64(e.b.X)-ax, int64(e.b.Y)-ay
	crossesLevel := bit(e.a.Y > p.Y) ^ bit(e.b.Y > p.Y)
	crossesUpright := bit(2*ax > x2) ^ bit(2*int64(e.b.X) > x2)
	run := dy * (x2 - 2*ax)
	pointLeft := bit(dx*(int64(p.Y)-ay) > dy*(int64(p.X)-ax))
	kneeLeft := bit(2*dx*(int64(p.Y)-ay) >= run)
	cornerLeft := bit(dx*(y2-2*ay) >= run)
	return e.delta * (crossesLevel*(pointLeft-kneeLeft) + crossesUpright*(kneeLeft-cornerLeft))
}

// stepEast returns what the face at the corner at half of (x2, y2) has less
// than the face at a corner the given distance, doubled, to its west.
func (e *edge) stepEast(x2, y2, distance2 int64) face {
	if (2*int64(e.a.Y) > y2) == (2*int64(e.b.Y) > y2) {
		return 0
	}
	return e.delta * (bit(e.halfLeft(x2-distance2, y2)) - bit(e.halfLeft(x2, y2)))
}

// halfLeft reports whether the point at half of (x2, y2), x2 odd, lies left of
// e or on it.
func (e *edge) halfLeft(x2, y2 int64) bool {
	dx, dy := int64(e.b.X)-int64(e.a.X), int64(e.b.Y)-int64(e.a.Y)
	return dx*(y2-2*int64(e.a.Y)) >= dy*(x2-2*int64(e.a.X))
}

func bit(b bool) face {
	if b {
		return 1
	}
	return 0
}
