package mvt

import (
	"bytes"
	"hash/maphash"
)

// An index finds values again by their bytes: open addressing, emptied by
// raising the round.
type index struct {
	slots []slot
	used  int
	round uint32
}

type slot struct {
	round  uint32
	hash   uint32
	at     uint32 // where the value begins
	number uint32
}

var seed = maphash.MakeSeed() // what is found does not depend on it

func (x *index) reset() {
	x.used = 0
	if x.round++; x.round == 0 {
		clear(x.slots)
		x.round = 1
	}
}

// find returns the number of the value that ends values and begins at at:
// that of an equal one, or next, under which it then is known.
func (x *index) find(values []byte, at int, next uint32) (number uint32, known bool) {
	if 4*x.used >= 3*len(x.slots) {
		x.grow()
	}
	value := values[at:]
	hash := uint32(maphash.Bytes(seed, value))
	mask := uint32(len(x.slots) - 1)
	for i := hash & mask; ; i = (i + 1) & mask {
		s := &x.slots[i]
		if s.round != x.round {
			*s = slot{round: x.round, hash: hash, at: uint32(at), number: next}
			x.used++
			return next, false
		}
		if s.hash == hash && sameValue(values[s.at:], value) {
			return s.number, true
		}
	}
}

// sameValue reports whether values begins with value. Values carry their
// length, so one is never the beginning of another.
func sameValue(values, value []byte) bool { return bytes.HasPrefix(values, value) }

func (x *index) grow() {
	old := x.slots
	x.slots = make([]slot, max(64, 2*len(old)))
	mask := uint32(len(x.slots) - 1)
	for _, s := range old {
		if s.round != x.round {
			continue
		}
		i := s.hash & mask
		for ; x.slots[i].round == x.round; i = (i + 1) & mask {
		}
		x.slots[i] = s
	}
}
