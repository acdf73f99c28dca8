package topo

import (
	"cmp"
	"slices"
)

// A Box is a closed rectangle on the lattice. An empty one has Max below Min.
type Box struct{ Min, Max Point }

// noBox is the box of nothing: it grows to whatever is added.
var noBox = Box{Point{1<<31 - 1, 1<<31 - 1}, Point{-1 << 31, -1 << 31}}

// Contains reports whether p lies in the box or on its border.
func (b Box) Contains(p Point) bool {
	return p.X >= b.Min.X && p.X <= b.Max.X && p.Y >= b.Min.Y && p.Y <= b.Max.Y
}

// Intersects reports whether the boxes share a point.
func (b Box) Intersects(o Box) bool {
	return b.Min.X <= o.Max.X && o.Min.X <= b.Max.X && b.Min.Y <= o.Max.Y && o.Min.Y <= b.Max.Y
}

// Extend returns the smallest box that holds b and p.
func (b Box) Extend(p Point) Box {
	return Box{
		Point{min(b.Min.X, p.X), min(b.Min.Y, p.Y)},
		Point{max(b.Max.X, p.X), max(b.Max.Y, p.Y)},
	}
}

// Bound returns the smallest box around r.
func (r Ring) Bound() Box {
	b := noBox
	for _, p := range r {
		b = b.Extend(p)
	}
	return b
}

// Bound returns the smallest box around s, an empty one when s is not drawn.
func (s Shape) Bound() Box {
	b := noBox
	for _, polygon := range s {
		for _, ring := range polygon {
			for _, p := range ring {
				b = b.Extend(p)
			}
		}
	}
	return b
}

// Vertices returns how many vertices the rings of s have together.
func (s Shape) Vertices() int {
	n := 0
	for _, polygon := range s {
		for _, ring := range polygon {
			n += len(ring)
		}
	}
	return n
}

// rings yields every ring of s.
func (s Shape) rings(yield func(Ring) bool) {
	for _, polygon := range s {
		for _, ring := range polygon {
			if !yield(ring) {
				return
			}
		}
	}
}

// Contains reports whether p belongs to s, exactly. A point on a border
// belongs to the ground just east of it, on a horizontal border to the ground
// just north, so that of grids without gap or overlap exactly one contains p.
func (s Shape) Contains(p Point) bool {
	in := false
	for ring := range s.rings {
		if ring.contains(p) {
			in = !in
		}
	}
	return in
}

// contains reports whether an odd number of edges of r pass p strictly to the
// east at its height, where an edge takes its lower end but not its upper.
func (r Ring) contains(p Point) bool {
	if len(r) == 0 {
		return false
	}
	in := false
	a := r[len(r)-1]
	for _, b := range r {
		if (a.Y > p.Y) != (b.Y > p.Y) {
			lo, hi := a, b
			if lo.Y > hi.Y {
				lo, hi = hi, lo
			}
			if orient(lo, hi, p) > 0 {
				in = !in
			}
		}
		a = b
	}
	return in
}

// Equal reports whether s and o are drawn with the same directed edges: the
// same ground and vertices, wherever the rings start and however they are
// ordered. A shape that is not drawn equals only another such.
func (s Shape) Equal(o Shape) bool {
	if (s == nil) != (o == nil) || s.Vertices() != o.Vertices() {
		return false
	}
	same := slices.EqualFunc(s, o, func(p, q Polygon) bool {
		return slices.EqualFunc(p, q, func(r, t Ring) bool { return slices.Equal(r, t) })
	})
	return same || slices.Equal(s.sortedEdges(), o.sortedEdges())
}

// sortedEdges returns the directed edges of s in a fixed order.
func (s Shape) sortedEdges() [][2]Point {
	edges := make([][2]Point, 0, s.Vertices())
	for ring := range s.rings {
		for i, p := range ring {
			edges = append(edges, [2]Point{p, ring[(i+1)%len(ring)]})
		}
	}
	slices.SortFunc(edges, compareEdges)
	return edges
}

// compareEdges orders directed edges by their first, then their last end.
func compareEdges(e, f [2]Point) int {
	return cmp.Or(cmp.Compare(e[0].key(), f[0].key()), cmp.Compare(e[1].key(), f[1].key()))
}
