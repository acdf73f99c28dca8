package topo

import (
	"math"
	"math/bits"
)

// orient tells on which side of the directed line a→b the point c lies: 1 for
// left, -1 for right, 0 on the line.
//
// On the lattice each product stays under 6.5e18 and so fits an int64, but
// their difference need not: they are compared, never subtracted.
func orient(a, b, c Point) int {
	l := (int64(b.X) - int64(a.X)) * (int64(c.Y) - int64(a.Y))
	r := (int64(b.Y) - int64(a.Y)) * (int64(c.X) - int64(a.X))
	if l > r {
		return 1
	}
	if l < r {
		return -1
	}
	return 0
}

// key orders points by X, then by Y, as one unsigned number.
func (p Point) key() uint64 {
	return uint64(uint32(p.X)^1<<31)<<32 | uint64(uint32(p.Y)^1<<31)
}

// before reports whether p comes before q, by X, then by Y.
func (p Point) before(q Point) bool {
	return p.X < q.X || p.X == q.X && p.Y < q.Y
}

// inRange reports whether p lies within ±180, ±90 degrees, where the exact
// predicates hold.
func (p Point) inRange() bool {
	const lon, lat = 180 * Unit, 90 * Unit
	return p.X >= -lon && p.X <= lon && p.Y >= -lat && p.Y <= lat
}

// crosses reports whether the segments ab and cd cross at a point that is an
// end of neither.
func crosses(a, b, c, d Point) bool {
	return orient(a, b, c)*orient(a, b, d) < 0 && orient(c, d, a)*orient(c, d, b) < 0
}

// crossing returns the lattice point nearest to where the crossing segments
// ab and cd meet, to within a millionth of a step.
func crossing(a, b, c, d Point) Point {
	dx, dy := float64(int64(b.X)-int64(a.X)), float64(int64(b.Y)-int64(a.Y))
	num := crossProduct(a, c, c, d)
	t := num / (num + crossProduct(b, d, c, d))
	return Point{
		int32(math.Round(float64(a.X) + float64(dx*t))),
		int32(math.Round(float64(a.Y) + float64(dy*t))),
	}
}

// crossProduct returns |(q-p) × (s-r)|, rounded once.
func crossProduct(p, q, r, s Point) float64 {
	l := (int64(q.X) - int64(p.X)) * (int64(s.Y) - int64(r.Y))
	m := (int64(q.Y) - int64(p.Y)) * (int64(s.X) - int64(r.X))
	if l < m {
		l, m = m, l
	}
	return float64(uint64(l) - uint64(m)) // at most 1.3e19: fits unsigned
}

// wide is a 128-bit sum of 64-bit numbers.
type wide struct {
	hi int64
	lo uint64
}

func (w *wide) add(v int64) {
	var carry uint64
	w.lo, carry = bits.Add64(w.lo, uint64(v), 0)
	w.hi += v>>63 + int64(carry)
}

func (w wide) sign() int {
	switch {
	case w.hi < 0:
		return -1
	case w.hi == 0 && w.lo == 0:
		return 0
	}
	return 1
}

// area2 returns twice the signed area of r in lattice squares, exactly;
// positive for counter-clockwise.
func (r Ring) area2() (sum wide) {
	if len(r) == 0 {
		return sum
	}
	p := r[len(r)-1]
	for _, q := range r {
		sum.add(int64(p.X) * int64(q.Y))
		sum.add(-int64(q.X) * int64(p.Y))
		p = q
	}
	return sum
}
