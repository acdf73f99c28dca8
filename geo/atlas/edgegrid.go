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
//
// Cells are gathered in square pages that never change; where edges change,
// the pages they pass through are written anew and the others shared.
type edgeGrid struct {
	box        topo.Box
	shift      uint // a cell is 1<<shift wide
	cols, rows int
	across     int // pages in a row of pages
	// pages stand row by row from the south-west. A page begins with a number
	// for each of its cells, row by row too. A number below 0 is a cell without
	// edges, in no leaf (-1) or in the one in slot -2 - number; else it is the
	// index in the page of the cell's block.
	pages []edgePage
	edges int // how many there are
}

// An edgePage is the cells of a square of the ground. A block in it holds how
// many edges the cell has, the face at its corner in two halves, then the edges.
type edgePage []int32

const (
	sideBits  = 4             // a page is 1<<sideBits cells wide
	side      = 1 << sideBits // cells
	pageCells = side * side   // cells
	headSize  = 3             // numbers of a block before its edges
	edgeSize  = 6             // numbers of an edge
)

// newEdgeGrid lays edges, none of them outside box, into cells: at first
// twice as many cells as edges, fewer where long edges would be listed too
// often.
func newEdgeGrid(edges []edge, box topo.Box) edgeGrid {
	g := edgeGrid{box: box, edges: len(edges)}
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

// lay fills the pages; counts says how many edges each cell has.
func (g *edgeGrid) lay(edges []edge, counts []int32) {
	g.across = (g.cols + side - 1) >> sideBits
	g.pages = make([]edgePage, g.across*((g.rows+side-1)>>sideBits))
	sizes, all := make([]int32, len(g.pages)), 0
	for n := range sizes {
		sizes[n] = pageCells
	}
	for c, n := range counts {
		if n > 0 {
			page, _ := g.split(c)
			sizes[page] += headSize + edgeSize*n
		}
	}
	for _, size := range sizes {
		all += int(size)
	}
	room := make([]int32, all)
	for n, size := range sizes {
		g.pages[n], room = edgePage(room[:pageCells:size]), room[size:]
		for i := range pageCells {
			g.pages[n][i] = -1
		}
	}
	for c, n := range counts {
		if n > 0 {
			page, cell := g.split(c)
			p := g.pages[page]
			p[cell] = int32(len(p))
			g.pages[page] = p[:len(p)+int(headSize+edgeSize*n)]
		}
	}
	for i := range edges {
		g.eachCell(&edges[i], func(c int) {
			page, cell := g.split(c)
			block := g.pages[page][g.pages[page][cell]:]
			edges[i].write(block[headSize+edgeSize*block[0]:])
			block[0]++
		})
	}
}

// split returns the page of a cell and its place there.
func (g *edgeGrid) split(c int) (page, cell int) { return g.place(c%g.cols, c/g.cols) }

func (g *edgeGrid) place(col, row int) (page, cell int) {
	return row>>sideBits*g.across + col>>sideBits, row&(side-1)<<sideBits | col&(side-1)
}

func (e *edge) write(to []int32) {
	to[0], to[1], to[2], to[3] = e.a.X, e.a.Y, e.b.X, e.b.Y
	to[4], to[5] = e.delta.halves()
}

// An edgeCode is an edge as it stands in a page.
type edgeCode [edgeSize]int32

func (c *edgeCode) edge() edge {
	return edge{topo.Point{X: c[0], Y: c[1]}, topo.Point{X: c[2], Y: c[3]}, joined(c[4], c[5])}
}

// halves and joined take a face apart into the numbers of a page, and back.
func (f face) halves() (low, high int32) { return int32(f), int32(f >> 32) }

func joined(low, high int32) face { return face(high)<<32 | face(uint32(low)) }

// block returns the face at the corner of the cell whose number is head, and
// its edges.
func (p edgePage) block(head int32) (face, []int32) {
	switch {
	case head < -1:
		return faceOf(-2 - head), nil
	case head < 0:
		return 0, nil
	}
	b := p[head:]
	return joined(b[1], b[2]), b[headSize : headSize+edgeSize*b[0]]
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
			n, cell := g.place(col, row)
			p := g.pages[n]
			if head := p[cell]; head >= 0 {
				x2, y2 := g.corner(col, row)
				_, edges := p.block(head)
				for ; len(edges) > 0; edges = edges[edgeSize:] {
					e := (*edgeCode)(edges).edge()
					at -= e.stepEast(x2, y2, 2<<g.shift)
				}
				p[head+1], p[head+2] = at.halves()
				continue
			}
			g.pages[n] = p.bare(cell, at)
		}
	}
}

// bare returns the page with a cell without edges that lies in face f; a block
// is added to it when the face is not of one leaf.
func (p edgePage) bare(cell int, f face) edgePage {
	if f == 0 {
		p[cell] = -1
		return p
	}
	if slot, ok := f.one(); ok {
		p[cell] = -2 - slot
		return p
	}
	p[cell] = int32(len(p))
	low, high := f.halves()
	return append(p, 0, low, high)
}

// corner returns twice the north-east corner of a cell. It lies half a unit
// short of the next cell, so that no vertex is level with it.
func (g *edgeGrid) corner(col, row int) (x2, y2 int64) {
	return 2*(int64(g.box.Min.X)+int64(col+1)<<g.shift) - 1, 2*(int64(g.box.Min.Y)+int64(row+1)<<g.shift) - 1
}

// face returns the face of p. The zero grid holds nothing.
func (g *edgeGrid) face(p topo.Point) face {
	page, cell, x2, y2 := g.cellOf(p)
	if page < 0 {
		return 0
	}
	return g.pages[page].face(g.pages[page][cell], p, x2, y2)
}

// cellOf returns the page of p, -1 if it has none, its cell there and twice
// its corner.
func (g *edgeGrid) cellOf(p topo.Point) (page, cell int, x2, y2 int64) {
	// East and north of the last point nothing is left.
	if p.X < g.box.Min.X || p.X >= g.box.Max.X || p.Y < g.box.Min.Y || p.Y >= g.box.Max.Y || g.pages == nil {
		return -1, 0, 0, 0
	}
	col := int((int64(p.X) - int64(g.box.Min.X)) >> g.shift)
	row := int((int64(p.Y) - int64(g.box.Min.Y)) >> g.shift)
	x2, y2 = g.corner(col, row)
	page, cell = g.place(col, row)
	return page, cell, x2, y2
}

// face returns the face of at in a cell, given the cell's number.
func (p edgePage) face(head int32, at topo.Point, x2, y2 int64) face {
	f, edges := p.block(head)
	for ; len(edges) >= edgeSize; edges = edges[edgeSize:] {
		e := (*edgeCode)(edges).edge()
		f += e.step(at, x2, y2)
	}
	return f
}

// ahead is how many points are looked up together.
const ahead = 64

// faces fills f with the faces of points, at most ahead of them. It fetches
// the cells of all of them, then the blocks of all, so that the waits for
// memory overlap.
func (g *edgeGrid) faces(points []topo.Point, f *[ahead]face) {
	var pages [ahead]edgePage
	var cells [ahead]int
	var corners [ahead][2]int64
	for i, p := range points {
		var n int
		n, cells[i], corners[i][0], corners[i][1] = g.cellOf(p)
		if pages[i] = nil; n >= 0 {
			pages[i] = g.pages[n]
		}
	}
	var heads [ahead]int32
	for i := range points {
		heads[i] = -1
		if pages[i] != nil {
			heads[i] = pages[i][cells[i]]
		}
	}
	for i := range points {
		if heads[i] >= 0 {
			f[i] = face(pages[i][heads[i]])
		}
	}
	for i, p := range points {
		f[i] = pages[i].face(heads[i], p, corners[i][0], corners[i][1])
	}
}
