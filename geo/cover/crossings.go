package cover

import "gridmap/geo/topo"

// sidePieces is into how many columns and rows the box of a region is divided
// to find the edges near a place.
const sidePieces = 256

// crossings tell whether the border of a region may meet a box: whether it
// passes through one of the pieces of ground that the box lies in.
type crossings struct {
	box           topo.Box
	width, height int64 // of a piece
	passed        [sidePieces][sidePieces]bool
}

func newCrossings(region topo.Shape) *crossings {
	c := &crossings{box: region.Bound()}
	c.width = (int64(c.box.Max.X)-int64(c.box.Min.X))/sidePieces + 1
	c.height = (int64(c.box.Max.Y)-int64(c.box.Min.Y))/sidePieces + 1
	for p, q := range region.Edges() {
		if q.Y < p.Y {
			p, q = q, p
		}
		first, last := c.row(p.Y), c.row(q.Y)
		for row := first; row <= last; row++ {
			from, to := min(p.X, q.X), max(p.X, q.X)
			if q.Y > p.Y {
				bottom := max(int64(p.Y), int64(c.box.Min.Y)+int64(row)*c.height)
				top := min(int64(q.Y), int64(c.box.Min.Y)+int64(row+1)*c.height)
				from, to = between(p, q, bottom, top)
			}
			for col := c.col(from); col <= c.col(to); col++ {
				c.passed[row][col] = true
			}
		}
	}
	return c
}

// between returns the least and greatest x that the edge from p up to q has
// between two heights, rounded outwards.
func between(p, q topo.Point, bottom, top int64) (from, to int32) {
	dx, dy := int64(q.X)-int64(p.X), int64(q.Y)-int64(p.Y)
	at := func(y int64) float64 { return float64(p.X) + float64(dx)*(float64(y-int64(p.Y))/float64(dy)) }
	a, b := at(bottom), at(top)
	low, high := min(p.X, q.X), max(p.X, q.X)
	return max(low, int32(max(float64(low), min(a, b)-2))), min(high, int32(min(float64(high), max(a, b)+2)))
}

func (c *crossings) col(x int32) int { return piece(x, c.box.Min.X, c.width) }
func (c *crossings) row(y int32) int { return piece(y, c.box.Min.Y, c.height) }

func piece(v, low int32, size int64) int {
	return int(min(max((int64(v)-int64(low))/size, 0), sidePieces-1))
}

// meets reports whether the border may meet the box; false is certain.
func (c *crossings) meets(b topo.Box) bool {
	for row := c.row(b.Min.Y); row <= c.row(b.Max.Y); row++ {
		for col := c.col(b.Min.X); col <= c.col(b.Max.X); col++ {
			if c.passed[row][col] {
				return true
			}
		}
	}
	return false
}
