package atlas

import "gridmap/geo/topo"

// An edgeGrid tells the face of a point: square cells over the ground, each
// with the edges that pass through it and the face at its north-east corner.
// The face of a point differs from that of the corner by the edges crossed on
// the way.
//
// What costs time is memory far away, not arithmetic: so a cell without edges
// is answered from one small number, and the edges of a cell lie side by side
// behind the face they are counted from.
type edgeGrid struct {
	box        topo.Box
	shift      uint // a cell is 1<<shift wide
	cols, rows int
	// cells stand row by row from the south-west. A number below 0 is a cell
	// without edges, in no leaf (-1) or in the one at position -2 - number;
	// else it is the index in blocks of the cell's head.
	cells []int32
	// blocks are the cells with edges: a head, whose delta is the face of the
	// corner and whose a.X says how many edges follow.
	blocks []edge
}

// newEdgeGrid lays edges, none of them outside box, into cells: at first
// twice as many cells as edges, fewer where long edges would be listed too
// often.
func newEdgeGrid(edges []edge, box topo.Box) edgeGrid {
	g := edgeGrid{box: box}
	width, height := int64(box.Max.X)-int64(box.Min.X)+1, int64(box.Max.Y)-int64(box.Min.Y)+1
	for (width>>g.shift+1)*(height>>g.shift+1) > 2*int64(len(edges))+1 {
		g.shift++
	}
	var counts []int32
	for ; ; g.shift++ {
		g.cols, g.rows = int(width>>g.shift)+1, int(height>>g.shift)+1
		counts = make([]int32, g.cols*g.rows)
		listed := 0
		for i := range edges {
			g.eachCell(&edges[i], func(c int) { counts[c]++; listed++ })
		}
		if listed <= 8*len(edges)+64 || len(counts) == 1 {
			break
		}
	}
	g.lay(edges, counts)
	g.sweep()
	return g
}

// lay fills the blocks; counts says how many edges each cell has.
func (g *edgeGrid) lay(edges []edge, counts []int32) {
	g.cells = make([]int32, len(counts))
	size := int32(0)
	for c, n := range counts {
		if g.cells[c] = -1; n > 0 {
			g.cells[c] = size
			size += 1 + n
		}
	}
	g.blocks = make([]edge, size)
	for i := range edges {
		g.eachCell(&edges[i], func(c int) {
			head := &g.blocks[g.cells[c]]
			head.a.X++
			g.blocks[g.cells[c]+head.a.X] = edges[i]
		})
	}
}

// eachCell calls visit with every cell that e may pass through. Beside its
// own ground a cell counts half a unit to its west, where the way from one
// corner to the next begins.
func (g *edgeGrid) eachCell(e *edge, visit func(c int)) {
	ay, by := int64(e.a.Y)-int64(g.box.Min.Y), int64(e.b.Y)-int64(g.box.Min.Y)
	ax, bx := int64(e.a.X)-int64(g.box.Min.X), int64(e.b.X)-int64(g.box.Min.X)
	low, high := min(ax, bx), max(ax, bx)
	for row := ay >> g.shift; row <= by>>g.shift; row++ {
		from, to := low, high
		if by > ay {
			// Where e enters and leaves the row, rounded outwards.
			enter := max(row<<g.shift, ay)
			leave := min((row+1)<<g.shift, by)
			x0, x1 := ax+(bx-ax)*(enter-ay)/(by-ay), ax+(bx-ax)*(leave-ay)/(by-ay)
			from, to = max(low, min(x0, x1)-1), min(high, max(x0, x1)+1)
		}
		first := int(from >> g.shift)
		last := min(int((to+1)>>g.shift), g.cols-1)
		for col := first; col <= last; col++ {
			visit(int(row)*g.cols + col)
		}
	}
}

// sweep finds the face at the corner of every cell, from the empty ground
// west of each row eastwards.
func (g *edgeGrid) sweep() {
	for row := range g.rows {
		at := face(0)
		for col := range g.cols {
			c := row*g.cols + col
			head := g.cells[c]
			if head < 0 {
				g.cells[c] = g.empty(at)
				continue
			}
			x2, y2 := g.corner(col, row)
			for _, e := range g.blocks[head+1 : head+1+g.blocks[head].a.X] {
				at -= e.stepEast(x2, y2, 2<<g.shift)
			}
			g.blocks[head].delta = at
		}
	}
}

// empty returns the number of a cell without edges that lies in face f.
func (g *edgeGrid) empty(f face) int32 {
	if f == 0 {
		return -1
	}
	if position, ok := f.one(); ok {
		return -2 - position
	}
	g.blocks = append(g.blocks, edge{delta: f})
	return int32(len(g.blocks) - 1)
}

// corner returns twice the north-east corner of a cell. It lies half a unit
// short of the next cell, so that no vertex is level with it.
func (g *edgeGrid) corner(col, row int) (x2, y2 int64) {
	return 2*(int64(g.box.Min.X)+int64(col+1)<<g.shift) - 1, 2*(int64(g.box.Min.Y)+int64(row+1)<<g.shift) - 1
}

// face returns the face of p. The zero grid holds nothing.
func (g *edgeGrid) face(p topo.Point) face {
	c, x2, y2 := g.cellOf(p)
	if c < 0 {
		return 0
	}
	return g.read(g.cells[c], p, x2, y2)
}

// cellOf returns the cell of p, -1 if it has none, and twice its corner.
func (g *edgeGrid) cellOf(p topo.Point) (c int, x2, y2 int64) {
	// East and north of the last point nothing is left.
	if p.X < g.box.Min.X || p.X >= g.box.Max.X || p.Y < g.box.Min.Y || p.Y >= g.box.Max.Y || g.cells == nil {
		return -1, 0, 0
	}
	col := int((int64(p.X) - int64(g.box.Min.X)) >> g.shift)
	row := int((int64(p.Y) - int64(g.box.Min.Y)) >> g.shift)
	x2, y2 = g.corner(col, row)
	return row*g.cols + col, x2, y2
}

// read returns the face of p in a cell, given the cell's number.
func (g *edgeGrid) read(head int32, p topo.Point, x2, y2 int64) face {
	switch {
	case head < -1:
		return faceOf(-2 - head)
	case head < 0:
		return 0
	}
	f := g.blocks[head].delta
	edges := g.blocks[head+1:]
	for i := range edges[:g.blocks[head].a.X] {
		f += edges[i].step(p, x2, y2)
	}
	return f
}

// ahead is how many points are looked up together.
const ahead = 64

// faces fills f with the faces of points, at most ahead of them. It fetches
// the cells of all of them, then the blocks of all, so that the waits for
// memory overlap.
func (g *edgeGrid) faces(points []topo.Point, f *[ahead]face) {
	var cells [ahead]int
	var corners [ahead][2]int64
	for i, p := range points {
		cells[i], corners[i][0], corners[i][1] = g.cellOf(p)
	}
	var heads [ahead]int32
	for i := range points {
		heads[i] = -1
		if cells[i] >= 0 {
			heads[i] = g.cells[cells[i]]
		}
	}
	for i := range points {
		if heads[i] >= 0 {
			f[i] = g.blocks[heads[i]].delta
		}
	}
	for i, p := range points {
		f[i] = g.read(heads[i], p, corners[i][0], corners[i][1])
	}
}
