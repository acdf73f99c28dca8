package mesh

import "math"

// levelOf returns the zoom from which on a vertex is drawn whose distance from
// the line without it has the square d2: the first at which that is four units
// of a tile or more, half a pixel of a tile of 512.
func levelOf(d2 float64) uint8 {
	// d ≥ 2² units of 2^(20-z) means d² ≥ 2^(2·(2+20-z)).
	_, e := math.Frexp(d2) // d2 is at least 2^(e-1)
	const twice = 2 * (2 + worldBits - tileBits)
	return uint8(max(0, min(MaxZoom, (twice+1-e+1)>>1)))
}

// A simplifier gives levels to the vertices of arcs: Douglas and Peucker's
// way, done for all zooms at once, except that a line never takes a short cut
// past a vertex of another line, or of another stretch of its own. So lines
// that do not cross do not cross at any zoom, and neither do they when only
// one of them is simplified.
type simplifier struct {
	*columns
	index *vertexIndex
	stack []stretch
}

// A stretch lies between two vertices that are drawn from level on.
type stretch struct {
	i, j  int32 // in the columns
	level uint8
}

// arc gives levels to the vertices of one arc.
func (s *simplifier) arc(a *arc) {
	first, last := int32(a.from), int32(a.from)+a.n-1
	s.levels[first], s.levels[last] = 0, 0
	s.stack = append(s.stack[:0], stretch{first, last, 0})
	for len(s.stack) > 0 {
		t := s.stack[len(s.stack)-1]
		s.stack = s.stack[:len(s.stack)-1]
		if t.j-t.i < 2 {
			continue
		}
		k, d2 := s.farthest(t)
		level := max(t.level, levelOf(d2))
		if level > t.level && !s.index.clear(s.points, t.i, t.j) {
			level = t.level
		}
		s.levels[k] = level
		s.stack = append(s.stack, stretch{t.i, k, level}, stretch{k, t.j, level})
	}
}

// farthest returns the vertex of the stretch that is farthest from the segment
// between its ends, the first of several, and the square of its distance.
func (s *simplifier) farthest(t stretch) (k int32, d2 float64) {
	p := s.points
	ax, ay := int64(p[t.i].X), int64(p[t.i].Y)
	dx, dy := float64(int64(p[t.j].X)-ax), float64(int64(p[t.j].Y)-ay)
	length2 := float64(dx*dx) + float64(dy*dy)
	k, d2 = t.i+1, -1
	for i := t.i + 1; i < t.j; i++ {
		x, y := float64(int64(p[i].X)-ax), float64(int64(p[i].Y)-ay)
		along := float64(x*dx) + float64(y*dy)
		var d float64
		switch {
		case along <= 0:
			d = float64(x*x) + float64(y*y)
		case along >= length2:
			d = float64((x-dx)*(x-dx)) + float64((y-dy)*(y-dy))
		default:
			cross := float64(x*dy) - float64(y*dx)
			d = float64(cross*cross) / length2
		}
		if d > d2 {
			k, d2 = i, d
		}
	}
	return k, d2
}

// A vertexIndex finds the vertices of arcs by place.
type vertexIndex struct {
	cells
	bound  Box
	starts []int32
	items  []int32
}

func newVertexIndex(c *columns) *vertexIndex {
	x := &vertexIndex{bound: boundOf(c.points)}
	x.cells = newCells(x.bound, len(c.points)/2)
	x.starts, x.items = x.sort(len(c.points), func(i int) Point { return c.points[i] })
	return x
}

// clear reports whether the ground between the line points[i:j+1] and the
// segment between its ends holds no vertex of another line, its edge included.
// The ends are there in every line that meets them, and do not count.
func (x *vertexIndex) clear(points []Point, i, j int32) bool {
	box := boundOf(points[i : j+1])
	x0, x1, y0, y1 := x.span(box)
	for row := y0; row <= y1; row++ {
		from, to := x.starts[row*x.width+x0], x.starts[row*x.width+x1+1]
		for _, k := range x.items[from:to] {
			if k >= i && k <= j {
				continue
			}
			p := points[k]
			if p.X < box.Min.X || p.X > box.Max.X || p.Y < box.Min.Y || p.Y > box.Max.Y || p == points[i] || p == points[j] {
				continue
			}
			if encloses(points[i:j+1], p) {
				return false
			}
		}
	}
	return true
}

// encloses reports whether p lies inside the closed line or on it.
func encloses(line []Point, p Point) bool {
	in := false
	px, py := int64(p.X), int64(p.Y)
	a := line[len(line)-1]
	for _, b := range line {
		ax, ay, bx, by := int64(a.X)-px, int64(a.Y)-py, int64(b.X)-px, int64(b.Y)-py
		a = b
		if (ay > 0) == (by > 0) {
			level := ay == 0 && by == 0 && min(ax, bx) <= 0 && max(ax, bx) >= 0
			if level || ay == 0 && ax == 0 || by == 0 && bx == 0 {
				return true
			}
			continue
		}
		side := cross(ax, ay, bx, by)
		if side == 0 {
			return true
		}
		if (side > 0) == (by > ay) {
			in = !in
		}
	}
	return in
}

// cross returns the sign of a × b exactly, for differences of places.
func cross(ax, ay, bx, by int64) int {
	const exact = 1 << 31
	if max(ax, ay, bx, by) < exact && min(ax, ay, bx, by) > -exact {
		switch l, r := ax*by, ay*bx; {
		case l > r:
			return 1
		case l < r:
			return -1
		}
		return 0
	}
	return crossWide(ax, ay, bx, by)
}
