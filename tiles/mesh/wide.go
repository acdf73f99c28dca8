package mesh

import (
	"cmp"
	"math/bits"
)

// crossWide is cross for differences too large for a product in 64 bits.
func crossWide(ax, ay, bx, by int64) int {
	lh, ll := product(ax, by)
	rh, rl := product(ay, bx)
	if lh != rh {
		return cmp.Compare(lh, rh)
	}
	return cmp.Compare(ll, rl)
}

// product returns a × b as a signed number of 128 bits.
func product(a, b int64) (hi int64, lo uint64) {
	h, l := bits.Mul64(uint64(a), uint64(b))
	// Mul64 takes both as unsigned: take back what a negative sign added.
	h -= uint64(a>>63) & uint64(b)
	h -= uint64(b>>63) & uint64(a)
	return int64(h), l
}
