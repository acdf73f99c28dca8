package atlas

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// maxSpan is the widest extent, in lattice units, for which the edge grid
// stays exact in 64 bits: 107 degrees. Leaves spread wider are tested one by
// one.
const maxSpan = 1 << 30

// A locator finds the grids that hold a point, by slot of the shelf.
//
// Its core is the edge grid, which knows without any assumption on the leaves
// whether a point lies in none, one or many; only for many are the shapes
// themselves asked.
type locator struct {
	shelf *shelf
	how   []holding              // by slot
	open  map[int32][]topo.Shape // of open holders: the drawn grids under them
	grid  edgeGrid               // of plain holders
	all   boxSet                 // all holders
	loose boxSet                 // those that are not plain
	laid  int                    // edges in the grid when it was laid out
}

// newLocator builds the locator of the grids on a shelf.
func newLocator(sh *shelf, tree *geo.Tree) *locator {
	l := &locator{shelf: sh, how: make([]holding, len(sh.at)), open: map[int32][]topo.Shape{}}
	for i, slot := range sh.slots {
		how, except := holdingOf(sh, tree, i, nil)
		if l.how[slot] = how; how == open {
			l.open[slot] = except
		}
	}
	box, any := l.reach()
	wide := int64(box.Max.X)-int64(box.Min.X) >= maxSpan || int64(box.Max.Y)-int64(box.Min.Y) >= maxSpan
	var all, loosely []int32
	var boxes, looseBoxes []topo.Box
	var plainly []groundChange
	for slot := range int32(len(l.how)) {
		if l.how[slot] == none {
			continue
		}
		if wide && l.how[slot] == plain {
			l.how[slot] = loose
		}
		shape := sh.grid(slot).Boundary
		bound := shape.Bound()
		all, boxes = append(all, slot), append(boxes, bound)
		if l.how[slot] == plain {
			plainly = append(plainly, groundChange{slot: slot, after: shape})
		} else {
			loosely, looseBoxes = append(loosely, slot), append(looseBoxes, bound)
		}
	}
	l.all, l.loose = newBoxSet(all, boxes), newBoxSet(loosely, looseBoxes)
	if any && !wide {
		l.grid = newEdgeGrid(netEdges(plainly), box)
		l.laid = l.grid.edges
	}
	return l
}

// reach returns the box of the plain holders, if there are any.
func (l *locator) reach() (box topo.Box, any bool) {
	for slot, how := range l.how {
		if how == plain {
			b := l.shelf.grid(int32(slot)).Boundary.Bound()
			if !any {
				box, any = b, true
			}
			box = box.Extend(b.Min).Extend(b.Max)
		}
	}
	return box, any
}

// holds reports whether the holder in a slot holds p.
func (l *locator) holds(slot int32, p topo.Point) bool {
	if !l.shelf.grid(slot).Boundary.Contains(p) {
		return false
	}
	return !slices.ContainsFunc(l.open[slot], func(s topo.Shape) bool { return s.Contains(p) })
}

// first returns the slot of the holder of p, the one of lowest position if
// there are several, or -1.
func (l *locator) first(p topo.Point) int32 { return l.lowest(l.grid.face(p), p) }

// lowest is first for a point whose face is known.
func (l *locator) lowest(f face, p topo.Point) int32 {
	if l.loose.size == 0 || l.loose.at(p, func(int32) bool { return false }) {
		if f == 0 {
			return -1
		}
		if at, ok := f.one(); ok {
			return at
		}
	}
	if all := l.search(p, nil); len(all) > 0 {
		return all[0]
	}
	return -1
}

// firsts fills leaf with the positions of what first returns of each point.
func (l *locator) firsts(points []topo.Point, leaf []int32) {
	var faces [ahead]face
	for len(points) > 0 {
		n := min(len(points), ahead)
		l.grid.faces(points[:n], &faces)
		for i, p := range points[:n] {
			if leaf[i] = l.lowest(faces[i], p); leaf[i] >= 0 {
				leaf[i] = l.shelf.at[leaf[i]]
			}
		}
		points, leaf = points[n:], leaf[n:]
	}
}

// each appends the slots of all holders of p, ascending by position.
func (l *locator) each(p topo.Point, dst []int32) []int32 { return l.among(l.grid.face(p), p, dst) }

// among is each for a point whose face is known.
func (l *locator) among(f face, p topo.Point, dst []int32) []int32 {
	if l.loose.size == 0 {
		if f == 0 {
			return dst
		}
		if at, ok := f.one(); ok {
			return append(dst, at)
		}
	}
	return l.search(p, dst)
}

// search asks every holder whose box has p.
func (l *locator) search(p topo.Point, dst []int32) []int32 {
	from := len(dst)
	l.all.at(p, func(slot int32) bool {
		if l.holds(slot, p) {
			dst = append(dst, slot)
		}
		return true
	})
	slices.SortFunc(dst[from:], func(a, b int32) int { return cmp.Compare(l.shelf.at[a], l.shelf.at[b]) })
	return dst
}
