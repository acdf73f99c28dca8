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
// Its core is an edge grid: square cells over the ground, each with the edges
// that pass through it and the face at its north-east corner. The face of a
// point differs from that of the corner by the edges crossed on the way, one
// to three as a rule. Faces count, so that gaps and overlaps come out as none
// and many without any assumption on the leaves; only for many are the shapes
// themselves asked.
type locator struct {
	holders []holder // ascending by position
	box     topo.Box // of the holders in the edge grid
	shift   uint     // a cell is 1<<shift wide
	cols    int
	start   []uint32 // edges of cell i are edges[start[i]:start[i+1]]
	edges   []edge
	corners []face
	all     boxTree // all holders, by index
	loose   boxTree // those outside the edge grid
}

// newLocator builds the locator of holders, which are ascending by position.
func newLocator(holders []holder) *locator {
	l := &locator{holders: holders, box: reach(holders)}
	if int64(l.box.Max.X)-int64(l.box.Min.X) >= maxSpan || int64(l.box.Max.Y)-int64(l.box.Min.Y) >= maxSpan {
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
		l.build(gatherEdges(holders, vertices))
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

// build lays the edges into cells: at first about as many cells as edges,
// fewer where long edges would be listed too often.
func (l *locator) build(edges []edge) {
	width := int64(l.box.Max.X) - int64(l.box.Min.X) + 1
	height := int64(l.box.Max.Y) - int64(l.box.Min.Y) + 1
	cells := func() int64 { return (width>>l.shift + 1) * (height>>l.shift + 1) }
	for cells() > int64(len(edges))+1 {
		l.shift++
	}
	var rows int
	for ; ; l.shift++ {
		l.cols, rows = int(width>>l.shift)+1, int(height>>l.shift)+1
		l.start = make([]uint32, l.cols*rows+1)
		listed := 0
		for i := range edges {
			l.eachCell(&edges[i], func(cell int) { l.start[cell+1]++; listed++ })
		}
		if listed <= 8*len(edges)+64 || l.cols*rows == 1 {
			break
		}
	}
	for i := range l.start[1:] {
		l.start[i+1] += l.start[i]
	}
	l.edges = make([]edge, l.start[len(l.start)-1])
	next := slices.Clone(l.start)
	for i := range edges {
		l.eachCell(&edges[i], func(cell int) {
			l.edges[next[cell]] = edges[i]
			next[cell]++
		})
	}
	l.sweep(rows)
}

// eachCell calls visit with every cell that e may pass through. Beside its
// own ground a cell counts half a unit to its west, where the way from one
// corner to the next begins.
func (l *locator) eachCell(e *edge, visit func(cell int)) {
	ay, by := int64(e.a.Y)-int64(l.box.Min.Y), int64(e.b.Y)-int64(l.box.Min.Y)
	ax, bx := int64(e.a.X)-int64(l.box.Min.X), int64(e.b.X)-int64(l.box.Min.X)
	low, high := min(ax, bx), max(ax, bx)
	for row := ay >> l.shift; row <= by>>l.shift; row++ {
		from, to := low, high
		if by > ay {
			// Where e enters and leaves the row, rounded outwards.
			enter := max(row<<l.shift, ay)
			leave := min((row+1)<<l.shift, by)
			x0, x1 := ax+(bx-ax)*(enter-ay)/(by-ay), ax+(bx-ax)*(leave-ay)/(by-ay)
			from, to = max(low, min(x0, x1)-1), min(high, max(x0, x1)+1)
		}
		first := int(from >> l.shift)
		last := min(int((to+1)>>l.shift), l.cols-1)
		for col := first; col <= last; col++ {
			visit(int(row)*l.cols + col)
		}
	}
}

// sweep finds the face at the corner of every cell, from the empty ground
// west of each row eastwards.
func (l *locator) sweep(rows int) {
	l.corners = make([]face, l.cols*rows)
	for row := range rows {
		at := face(0)
		for col := range l.cols {
			cell := row*l.cols + col
			x2, y2 := l.corner(col, row)
			for i := l.start[cell]; i < l.start[cell+1]; i++ {
				e := &l.edges[i]
				if (2*int64(e.a.Y) > y2) != (2*int64(e.b.Y) > y2) {
					west := e.halfLeft(x2-2<<l.shift, y2)
					at -= between(west, e.halfLeft(x2, y2), e.delta)
				}
			}
			l.corners[cell] = at
		}
	}
}

// corner returns twice the north-east corner of a cell. It lies half a unit
// short of the next cell, so that no vertex is level with it.
func (l *locator) corner(col, row int) (x2, y2 int64) {
	return 2*(int64(l.box.Min.X)+int64(col+1)<<l.shift) - 1, 2*(int64(l.box.Min.Y)+int64(row+1)<<l.shift) - 1
}

// face returns the face of p among the holders of the edge grid.
func (l *locator) face(p topo.Point) face {
	// East and north of the last point nothing is left, whatever the corner.
	if p.X < l.box.Min.X || p.X >= l.box.Max.X || p.Y < l.box.Min.Y || p.Y >= l.box.Max.Y || l.corners == nil {
		return 0
	}
	col := int((int64(p.X) - int64(l.box.Min.X)) >> l.shift)
	row := int((int64(p.Y) - int64(l.box.Min.Y)) >> l.shift)
	cell := row*l.cols + col
	x2, y2 := l.corner(col, row)
	f := l.corners[cell]
	for i, end := l.start[cell], l.start[cell+1]; i < end; i++ {
		f += l.edges[i].step(p, x2, y2)
	}
	return f
}

// first returns the position of the holder of p, the lowest if there are
// several, or -1.
func (l *locator) first(p topo.Point) int32 {
	f := l.face(p)
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

// each appends the positions of all holders of p, ascending.
func (l *locator) each(p topo.Point, dst []int32) []int32 {
	f := l.face(p)
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
