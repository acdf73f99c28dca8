package topo

import (
	"math/bits"
	"math/rand/v2"
)

// A pointIndex numbers points in the order in which they are added.
type pointIndex struct {
	slots []pointSlot
	seed  uint64 // new for every index, so that no input can aim at collisions
	used  int32
}

type pointSlot struct {
	at Point
	n  int32 // number + 1, 0 for a free slot
}

func newPointIndex(points int) *pointIndex {
	return &pointIndex{slots: make([]pointSlot, 1<<bits.Len(uint(max(points, 8)*3/2))), seed: rand.Uint64() | 1}
}

func (x *pointIndex) slot(p Point) *pointSlot {
	hi, lo := bits.Mul64(p.key()^bits.RotateLeft64(x.seed, 17), x.seed)
	mask := uint64(len(x.slots) - 1)
	for i := (hi ^ lo) & mask; ; i = (i + 1) & mask {
		if s := &x.slots[i]; s.n == 0 || s.at == p {
			return s
		}
	}
}

// number returns the number of p, which is added if need be.
func (x *pointIndex) number(p Point) int32 {
	s := x.slot(p)
	if s.n == 0 {
		x.used++
		*s = pointSlot{p, x.used}
		if int(x.used)*4 > len(x.slots)*3 {
			x.grow()
			return x.used - 1
		}
	}
	return s.n - 1
}

func (x *pointIndex) grow() {
	old := x.slots
	x.slots = make([]pointSlot, 2*len(old))
	for _, s := range old {
		if s.n > 0 {
			*x.slot(s.at) = s
		}
	}
}
