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

// recent finds values again that were added lately: a table of places in
// which the later of two values that fall into one place takes it.
type recent struct {
	places [1 << recentBits]remembered
	round  uint32
}

const recentBits = 8

type remembered struct{ round, at, length, number uint32 }

func (r *recent) reset() {
	if r.round++; r.round == 0 {
		r.places = [len(r.places)]remembered{}
		r.round = 1
	}
}

// find returns the number of a value that stands in values. If it is not
// known, it then is as the one of number next, to be added at their end.
func (r *recent) find(values []byte, value string, next uint32) (number uint32, known bool) {
	place := &r.places[placeOf(value)]
	if place.round == r.round && string(values[place.at:place.at+place.length]) == value {
		return place.number, true
	}
	*place = remembered{round: r.round, at: uint32(len(values)), length: uint32(len(value)), number: next}
	return next, false
}

// placeOf looks at the length and the last bytes, in which names differ most.
func placeOf(value string) uint32 {
	n := len(value)
	h := uint64(n)
	if n >= 8 {
		v := value[n-8:]
		h ^= uint64(v[0]) | uint64(v[1])<<8 | uint64(v[2])<<16 | uint64(v[3])<<24 |
			uint64(v[4])<<32 | uint64(v[5])<<40 | uint64(v[6])<<48 | uint64(v[7])<<56
	}
	return uint32(h * 0x9e3779b97f4a7c15 >> (64 - recentBits))
}
