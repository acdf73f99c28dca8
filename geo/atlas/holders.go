package atlas

import (
	"gridmap/geo"
	"gridmap/geo/topo"
)

// holders returns the grids that points are looked up among, ascending by
// position. old may be nil.
func holders(grids []geo.Grid, tree *geo.Tree, old *locator) []holder {
	known := old.tested()
	var out []holder
	general := make([]bool, len(grids)) // it and all above it are general
	for i := range grids {
		p := tree.Parent(i)
		general[i] = grids[i].Partitions() && (p < 0 || general[p])
		if !general[i] || !drawn(&grids[i]) {
			continue
		}
		h := holder{position: int32(i), shape: grids[i].Boundary}
		children, open := generalChildren(grids, tree, i)
		switch {
		case children == 0:
			loose, ok := known[&h.shape[0]]
			if !ok {
				loose = !orderly(h.shape)
			}
			h.loose = loose
		case open:
			h.except = drawnUnder(grids, tree, i, nil)
			h.loose = true
		default:
			continue
		}
		out = append(out, h)
	}
	return out
}

// generalChildren counts the general children of i; open tells that one of
// them is not drawn.
func generalChildren(grids []geo.Grid, tree *geo.Tree, i int) (n int, open bool) {
	for _, c := range tree.Children(i) {
		if grids[c].Partitions() {
			n++
			open = open || !drawn(&grids[c])
		}
	}
	return n, open
}

// drawnUnder appends the boundaries of the topmost drawn general grids under i.
func drawnUnder(grids []geo.Grid, tree *geo.Tree, i int, dst []topo.Shape) []topo.Shape {
	for _, c := range tree.Children(i) {
		switch {
		case !grids[c].Partitions():
		case drawn(&grids[c]):
			dst = append(dst, grids[c].Boundary)
		default:
			dst = drawnUnder(grids, tree, int(c), dst)
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

// tested returns what is known of the shapes of l's leaves, by the place of
// their first polygon in memory.
func (l *locator) tested() map[*topo.Polygon]bool {
	if l == nil {
		return nil
	}
	known := make(map[*topo.Polygon]bool, len(l.holders))
	for i := range l.holders {
		if h := &l.holders[i]; h.except == nil {
			known[&h.shape[0]] = h.loose
		}
	}
	return known
}
