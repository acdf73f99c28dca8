package mesh

import "math"

// A cells is a grid laid over a box.
type cells struct {
	min           Point
	shift         uint // a cell is 2^shift units wide
	width, height int
}

// newCells returns a grid of about n cells, at least one.
func newCells(b Box, n int) cells {
	if b.Max.X < b.Min.X {
		return cells{width: 1, height: 1, shift: 31}
	}
	w, h := float64(b.Max.X-b.Min.X)+1, float64(b.Max.Y-b.Min.Y)+1
	side := math.Sqrt(w * h / float64(max(1, n)))
	c := cells{min: b.Min, shift: uint(max(0, min(31, math.Round(math.Log2(max(1, side))))))}
	c.width, c.height = int((b.Max.X-b.Min.X)>>c.shift)+1, int((b.Max.Y-b.Min.Y)>>c.shift)+1
	for c.width*c.height > 8*n+8 { // a long thin box
		c.shift++
		c.width, c.height = int((b.Max.X-b.Min.X)>>c.shift)+1, int((b.Max.Y-b.Min.Y)>>c.shift)+1
	}
	return c
}

func (c cells) count() int { return c.width * c.height }

func (c cells) of(p Point) int {
	return int((p.Y-c.min.Y)>>c.shift)*c.width + int((p.X-c.min.X)>>c.shift)
}

// sort returns the numbers 0 to n-1 by the cell of their place, in order
// within a cell: those of cell c are items[starts[c]:starts[c+1]].
func (c cells) sort(n int, at func(int) Point) (starts, items []int32) {
	starts = make([]int32, c.count()+1)
	in := make([]int32, n)
	for i := range n {
		cell := c.of(at(i))
		in[i] = int32(cell)
		starts[cell+1]++
	}
	for i := range c.count() {
		starts[i+1] += starts[i]
	}
	items = make([]int32, n)
	fill := append([]int32(nil), starts...)
	for i, cell := range in {
		items[fill[cell]] = int32(i)
		fill[cell]++
	}
	return starts, items
}

// span returns the columns and rows that the box meets.
func (c cells) span(b Box) (x0, x1, y0, y1 int) {
	x := func(v uint32) int { return int((v - c.min.X) >> c.shift) }
	y := func(v uint32) int { return int((v - c.min.Y) >> c.shift) }
	return x(b.Min.X), x(b.Max.X), y(b.Min.Y), y(b.Max.Y)
}
