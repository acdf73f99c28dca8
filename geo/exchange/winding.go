package exchange

import (
	"math/bits"
	"slices"

	"gridmap/geo/topo"
)

// turn makes a ring run counter-clockwise, or clockwise for a hole, and keeps
// its first point.
func turn(ring topo.Ring, counterClockwise bool) {
	if sign := windingSign(ring); sign == 0 || (sign > 0) == counterClockwise {
		return
	}
	slices.Reverse(ring[1:])
}

// windingSign is the sign of a ring's area, +1 when it runs
// counter-clockwise. Sums of products of lattice differences pass 2^63 on a
// large ring, so they are kept in 128 bits.
func windingSign(ring topo.Ring) int {
	if len(ring) < 3 {
		return 0
	}
	var hi, lo uint64
	add := func(a, b int64, negative bool) {
		if a < 0 {
			a, negative = -a, !negative
		}
		if b < 0 {
			b, negative = -b, !negative
		}
		h, l := bits.Mul64(uint64(a), uint64(b))
		var carry uint64
		if negative {
			lo, carry = bits.Sub64(lo, l, 0)
			hi, _ = bits.Sub64(hi, h, carry)
			return
		}
		lo, carry = bits.Add64(lo, l, 0)
		hi, _ = bits.Add64(hi, h, carry)
	}
	from := ring[0]
	for i := 1; i+1 < len(ring); i++ {
		ax, ay := int64(ring[i].X)-int64(from.X), int64(ring[i].Y)-int64(from.Y)
		bx, by := int64(ring[i+1].X)-int64(from.X), int64(ring[i+1].Y)-int64(from.Y)
		add(ax, by, false)
		add(bx, ay, true)
	}
	switch {
	case int64(hi) < 0:
		return -1
	case hi == 0 && lo == 0:
		return 0
	}
	return 1
}
