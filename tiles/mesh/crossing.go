package mesh

import "gridmap/tiles/mvt"

// A meet is where a segment meets a clip line: at a, or rather num/den of the
// way on from a to b.
type meet struct {
	a, b     mvt.Point
	num, den int64 // 0 ≤ num ≤ den
	line     int8  // 0 bottom (least y), 1 right, 2 top, 3 left
}

// before reports whether m comes before o on the same segment.
func (m meet) before(o meet) bool { return m.num*o.den < o.num*m.den }

// crossing returns where the segment from a to b enters the clip lines and
// where it leaves them; passes is false when none of it lies inside. It is
// exact: coordinates are below 2^29, so no product overflows.
func crossing(a, b mvt.Point) (in, leave meet, passes bool) {
	in, leave = meet{den: 1, line: -1}, meet{num: 1, den: 1, line: -1}
	if within(a) && within(b) {
		return in, leave, true
	}
	dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
	// By line: how far a is inside, in half units, and how fast that shrinks.
	depth := [4]int64{2*int64(a.Y) - low2, high2 - 2*int64(a.X), high2 - 2*int64(a.Y), 2*int64(a.X) - low2}
	loss := [4]int64{-2 * dy, 2 * dx, 2 * dy, -2 * dx}
	for line := range int8(4) {
		d, l := depth[line], loss[line]
		switch {
		case d > 0 && l > d: // inside at first, then out
			if m := (meet{a, b, d, l, line}); leave.line < 0 || m.before(leave) {
				leave = m
			}
		case d < 0 && -l > -d: // outside at first, then in
			if m := (meet{a, b, -d, -l, line}); in.line < 0 || in.before(m) {
				in = m
			}
		case d < 0:
			return in, leave, false
		}
	}
	return in, leave, in.before(leave)
}

// place returns the position of the meet along the clip lines, and the point
// that stands for it: on the edge of the buffer, rounded.
func (m meet) place() (at int32, p mvt.Point) {
	along := func(from, to int32) int32 {
		// The middle of two steps, so that halves go up whichever way one walks.
		n := int64(to) - int64(from)
		v := int64(from) + floorDiv(2*n*m.num+m.den, 2*m.den)
		return int32(max(low, min(high, v)))
	}
	switch m.line {
	case 0:
		x := along(m.a.X, m.b.X)
		return x - low, mvt.Point{X: x, Y: low}
	case 1:
		y := along(m.a.Y, m.b.Y)
		return side + y - low, mvt.Point{X: high, Y: y}
	case 2:
		x := along(m.a.X, m.b.X)
		return 2*side + high - x, mvt.Point{X: x, Y: high}
	default:
		y := along(m.a.Y, m.b.Y)
		return 3*side + high - y, mvt.Point{X: low, Y: y}
	}
}

// floorDiv returns the largest whole number not over a/b; b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
