package atlas

import (
	"slices"

	"gridmap/geo/topo"
)

// maxSpan is the widest extent, in lattice units, for which the edge grid
// stays exact in 64 bits: 107 degrees. Leaves spread wider are tested one by
// one.
const maxSpan = 1 << 30

// A holder is a grid that holds ground no drawn grid under it takes: what a
// point is looked up among.
type holder struct {
	position int32
	shape    topo.Shape
	// except are the drawn grids under it, where others of its children are
	// not drawn: the rest of its ground belongs to one of those.
	except []topo.Shape
	// loose holders are not in the edge grid: they have exceptions, faulty
	// rings or too wide an extent.
	loose bool
}

func (h *holder) contains(p topo.Point) bool {
	if !h.shape.Contains(p) {
		return false
	}
	return !slices.ContainsFunc(h.except, func(s topo.Shape) bool { return s.Contains(p) })
}

// A locator finds the holders of a point.
//
// Its core is the edge grid, which knows without any assumption on the leaves
// whether a point lies in none, one or many; only for many are the shapes
// themselves asked.
type locator struct {
	holders []holder // ascending by position
	grid    edgeGrid // of the holders that are not loose
	all     boxTree  // all holders, by index
	loose   boxTree  // those that are
}

// newLocator builds the locator of holders, which are ascending by position.
func newLocator(holders []holder) *locator {
	l := &locator{holders: holders}
	box := reach(holders)
	if int64(box.Max.X)-int64(box.Min.X) >= maxSpan || int64(box.Max.Y)-int64(box.Min.Y) >= maxSpan {
		for i := range holders {
			holders[i].loose = true
		}
	}
	var all, loose []int32
	var boxes, looseBoxes []topo.Box
	vertices := 0
	for i := range holders {
		box := holders[i].shape.Bound()
		all, boxes = append(all, int32(i)), append(boxes, box)
		if holders[i].loose {
			loose, looseBoxes = append(loose, int32(i)), append(looseBoxes, box)
		} else {
			vertices += holders[i].shape.Vertices()
		}
	}
	l.all, l.loose = newBoxTree(all, boxes), newBoxTree(loose, looseBoxes)
	if vertices > 0 {
		l.grid = newEdgeGrid(gatherEdges(holders, vertices), box)
	}
	return l
}

// reach returns the box of the holders that are not loose.
func reach(holders []holder) topo.Box {
	var box topo.Box
	first := true
	for i := range holders {
		switch b := holders[i].shape.Bound(); {
		case holders[i].loose:
		case first:
			box, first = b, false
		default:
			box = box.Extend(b.Min).Extend(b.Max)
		}
	}
	return box
}

// gatherEdges returns the edges of the holders that are not loose, shared
// ones once.
func gatherEdges(holders []holder, vertices int) []edge {
	table := newEdgeTable(vertices)
	for i := range holders {
		if holders[i].loose {
			continue
		}
		for _, polygon := range holders[i].shape {
			for k, ring := range polygon {
				table.addRing(ring, faceOf(holders[i].position), k > 0)
			}
		}
	}
	// An edge with the same ground on both sides separates nothing.
	return slices.DeleteFunc(table.edges, func(e edge) bool { return e.delta == 0 })
}

// first returns the position of the holder of p, the lowest if there are
// several, or -1.
func (l *locator) first(p topo.Point) int32 { return l.lowest(l.grid.face(p), p) }

// lowest is first for a point whose face is known.
func (l *locator) lowest(f face, p topo.Point) int32 {
	if len(l.loose.items) == 0 || l.loose.at(p, func(int32) bool { return false }) {
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

// firsts fills leaf with what first returns of each point.
func (l *locator) firsts(points []topo.Point, leaf []int32) {
	var faces [ahead]face
	for len(points) > 0 {
		n := min(len(points), ahead)
		l.grid.faces(points[:n], &faces)
		for i, p := range points[:n] {
			leaf[i] = l.lowest(faces[i], p)
		}
		points, leaf = points[n:], leaf[n:]
	}
}

// each appends the positions of all holders of p, ascending.
func (l *locator) each(p topo.Point, dst []int32) []int32 { return l.among(l.grid.face(p), p, dst) }

// among is each for a point whose face is known.
func (l *locator) among(f face, p topo.Point, dst []int32) []int32 {
	if len(l.loose.items) == 0 {
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
	l.all.at(p, func(i int32) bool {
		if l.holders[i].contains(p) {
			dst = append(dst, l.holders[i].position)
		}
		return true
	})
	slices.Sort(dst[from:])
	return dst
}
