package atlas

import (
	"cmp"
	"slices"

	"gridmap/geo/topo"
)

// patched returns the grid after the faces beside edges have changed: delta of
// each is by how much the difference of its sides grows, so that an edge which
// was not there comes and one that is left with no difference goes. Together
// they bound ground, as the difference of two sets of rings does, and none lies
// outside the grid's box. Outside of boxes no point has another face. g stays
// as it is.
func (g *edgeGrid) patched(changes []edge) (next edgeGrid, boxes []topo.Box) {
	next = *g
	next.pages = slices.Clone(g.pages)
	for from, strokes := 0, g.strokes(changes); from < len(strokes); {
		to := from
		for to < len(strokes) && strokes[to].page == strokes[from].page {
			to++
		}
		n := strokes[from].page
		boxes = append(boxes, g.boxOf(strokes[from:to]))
		var grew int
		next.pages[n], grew = g.pages[n].rewritten(strokes[from:to])
		next.edges += grew
		from = to
	}
	return next, boxes
}

// boxOf returns the box of the cells of strokes, all of one page.
func (g *edgeGrid) boxOf(strokes []stroke) topo.Box {
	west, south, east, north := side, side, 0, 0
	for _, s := range strokes {
		col, row := s.cell&(side-1), s.cell>>sideBits
		west, south, east, north = min(west, col), min(south, row), max(east, col), max(north, row)
	}
	page := strokes[0].page
	at := func(from int32, page, cell int) int32 {
		return int32(min(int64(from)+int64(page<<sideBits+cell)<<g.shift, 1<<31-1))
	}
	x, y := page%g.across, page/g.across
	return topo.Box{
		Min: topo.Point{X: at(g.box.Min.X, x, west), Y: at(g.box.Min.Y, y, south)},
		Max: topo.Point{X: at(g.box.Min.X, x, east+1), Y: at(g.box.Min.Y, y, north+1)},
	}
}

// A stroke is what changes in one cell.
type stroke struct {
	page, cell int
	face       face   // added to the face of the corner
	edges      []edge // by which the cell's own change
	first      []bool // of edges: whether this is the cell of its lower end
}

// strokes returns what changes, page by page and in order of cells.
func (g *edgeGrid) strokes(changes []edge) []stroke {
	type listed struct{ cell, edge int32 }
	var list []listed
	for i := range changes {
		g.eachCell(&changes[i], func(c int) { list = append(list, listed{int32(c), int32(i)}) })
	}
	slices.SortFunc(list, func(a, b listed) int { return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.edge, b.edge)) })
	counted := make([]bool, len(changes))
	var out []stroke
	for len(list) > 0 {
		row, at := int(list[0].cell)/g.cols, face(0)
		for c := int(list[0].cell); c < (row+1)*g.cols; c++ {
			if at == 0 { // nothing changes before the next edge
				if len(list) == 0 || int(list[0].cell)/g.cols != row {
					break
				}
				c = int(list[0].cell)
			}
			var s stroke
			s.page, s.cell = g.split(c)
			x2, y2 := g.corner(c%g.cols, row)
			for ; len(list) > 0 && int(list[0].cell) == c; list = list[1:] {
				e := changes[list[0].edge]
				at -= e.stepEast(x2, y2, 2<<g.shift)
				s.edges, s.first = append(s.edges, e), append(s.first, !counted[list[0].edge])
				counted[list[0].edge] = true
			}
			s.face = at
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b stroke) int { return cmp.Or(cmp.Compare(a.page, b.page), cmp.Compare(a.cell, b.cell)) })
	return out
}

// rewritten returns a page with strokes, in order of cells, made in it, and how
// many edges came, less those that went.
func (p edgePage) rewritten(strokes []stroke) (edgePage, int) {
	out := make(edgePage, pageCells, len(p)+len(strokes)*(headSize+2*edgeSize))
	grew := 0
	for cell := range pageCells {
		head := p[cell]
		f, edges := p.block(head)
		if len(strokes) == 0 || strokes[0].cell != cell {
			if out[cell] = head; head >= 0 {
				out[cell] = int32(len(out))
				out = append(out, p[int(head):int(head)+headSize+len(edges)]...)
			}
			continue
		}
		f += strokes[0].face
		start := len(out)
		low, high := f.halves()
		out = append(append(out, 0, low, high), edges...)
		var came int
		out, came = out.amend(start, strokes[0].edges, strokes[0].first)
		grew += came
		if out[cell] = int32(start); out[start] == 0 {
			out = out[:start].bare(cell, f)
		}
		strokes = strokes[1:]
	}
	return out, grew
}

// amend changes the edges of the block at the end of the page, which begins at
// start, and notes how many there are; grew counts those that came, less those
// that went, of the edges for which first holds.
func (p edgePage) amend(start int, changes []edge, first []bool) (out edgePage, grew int) {
	from := start + headSize
	for i := range changes {
		e := &changes[i]
		at := from
		for ; at < len(p); at += edgeSize {
			if p[at] == e.a.X && p[at+1] == e.a.Y && p[at+2] == e.b.X && p[at+3] == e.b.Y {
				break
			}
		}
		came := 0
		switch {
		case at == len(p):
			var code edgeCode
			e.write(code[:])
			p = append(p, code[:]...)
			came = 1
		default:
			whole := (*edgeCode)(p[at:]).edge()
			if whole.delta += e.delta; whole.delta != 0 {
				whole.write(p[at:])
				break
			}
			p = slices.Delete(p, at, at+edgeSize)
			came = -1
		}
		if first[i] {
			grew += came
		}
	}
	p[start] = int32((len(p) - from) / edgeSize)
	return p, grew
}

// A groundChange is the ground of a leaf before and after, nil where it is not
// in the edge grid.
type groundChange struct {
	slot          int32
	before, after topo.Shape
}

// netEdges returns by how much the sides of every edge come to differ when the
// ground of leaves changes; edges that stay do not show.
func netEdges(changes []groundChange) []edge {
	n := 0
	for _, c := range changes {
		n += c.before.Vertices() + c.after.Vertices()
	}
	table := newEdgeTable(n)
	for _, c := range changes {
		table.addShape(c.before, -faceOf(c.slot))
		table.addShape(c.after, faceOf(c.slot))
	}
	return table.lasting()
}
