package atlas

import (
	"gridmap/geo"
	"gridmap/geo/topo"
)

// A holding says how a grid holds the points that no drawn grid under it
// takes.
type holding uint8

const (
	none  holding = iota // it holds none
	plain                // a leaf, in the edge grid
	loose                // a leaf with faulty rings or too wide an extent
	open                 // not all of its children are drawn: what the others leave
)

// holdingOf returns how the grid at position i holds points, and of an open
// holder the drawn grids under it: the rest of its ground belongs to one that
// is not drawn. Where the boundary of a leaf is the same as that before, which
// may be nil, its rings are not tested again.
func holdingOf(sh *shelf, tree *geo.Tree, i int, before *tested) (how holding, except []topo.Shape) {
	g := sh.grid(sh.slots[i])
	if !drawn(g) {
		return none, nil
	}
	for up := i; up >= 0; up = tree.Parent(up) {
		if !sh.grid(sh.slots[up]).Partitions() {
			return none, nil
		}
	}
	children, undrawn := generalChildren(sh, tree, i)
	switch {
	case undrawn:
		return open, drawnUnder(sh, tree, i, nil)
	case children > 0:
		return none, nil
	case before.is(g.Boundary):
		return before.how, nil
	case orderly(g.Boundary):
		return plain, nil
	}
	return loose, nil
}

// tested is the boundary of a leaf and how it holds points.
type tested struct {
	shape topo.Shape
	how   holding
}

func (t *tested) is(s topo.Shape) bool {
	return t != nil && (t.how == plain || t.how == loose) && len(t.shape) == len(s) && &t.shape[0] == &s[0]
}

// generalChildren counts the general children of i; open tells that one of
// them is not drawn.
func generalChildren(sh *shelf, tree *geo.Tree, i int) (n int, open bool) {
	for _, c := range tree.Children(i) {
		if g := sh.grid(sh.slots[c]); g.Partitions() {
			n++
			open = open || !drawn(g)
		}
	}
	return n, open
}

// drawnUnder appends the boundaries of the topmost drawn general grids under i.
func drawnUnder(sh *shelf, tree *geo.Tree, i int, dst []topo.Shape) []topo.Shape {
	for _, c := range tree.Children(i) {
		switch g := sh.grid(sh.slots[c]); {
		case !g.Partitions():
		case drawn(g):
			dst = append(dst, g.Boundary)
		default:
			dst = drawnUnder(sh, tree, int(c), dst)
		}
	}
	return dst
}

// orderly reports whether a shape may go into the edge grid: its rings are
// simple and it is not wider than 64 bits carry.
func orderly(s topo.Shape) bool {
	box := s.Bound()
	return int64(box.Max.X)-int64(box.Min.X) < maxSpan &&
		int64(box.Max.Y)-int64(box.Min.Y) < maxSpan && s.Validate() == nil
}
