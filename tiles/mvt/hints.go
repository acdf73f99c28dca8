package mvt

import (
	"encoding/binary"
	"math/bits"
)

// Hints are what is known of a tile of one layer that makes packing it less
// work: where features have in common what others before them have, and where
// texts stand that are packed already. The zero Hints know nothing.
type Hints struct {
	marks []mark // by place
	runs  []Run  // by place, behind the features
}

func (h *Hints) reset() {
	clear(h.runs) // they keep texts in memory
	h.marks, h.runs = h.marks[:0], h.runs[:0]
}

// Common is attributes that several features of a layer may have, encoded by
// [AppendTag]. One that is begun anew belongs to no layer yet.
type Common struct {
	Tags []byte
	at   uint32 // where they stand in the layer since they were written last; 0 for nowhere
}

// A mark says where parts of a feature stand.
type mark struct {
	at, before uint32 // common attributes, and where a feature before has the same; 0 for nowhere
	rest, end  uint32 // of its path
}

// moved is called when the features have come to stand n bytes further.
func (m *mark) moved(n int) {
	m.at, m.rest, m.end = m.at+uint32(n), m.rest+uint32(n), m.end+uint32(n)
	if m.before > 0 {
		m.before += uint32(n)
	}
}

// features packs features by their marks and returns where the last one ends.
// The attributes that one has in common with a feature before, and what stands
// behind them, are referred to there; the first of its kind is compared with the
// feature before it.
func (p *packer) features(marks []mark) (end int) {
	last := 0
	for i := range marks {
		m := &marks[i]
		at, before := int(m.at), int(m.before)
		switch back := at - before; {
		case before > 0 && back <= window:
			if n := p.same(at, back, int(m.rest)); n >= shortest {
				p.refer(at, n, back)
			}
		case last > 0:
			p.alike(at, int(m.rest), at-last)
		}
		last = at
	}
	return int(marks[len(marks)-1].end)
}

// same returns how many bytes from a place on stand so far back too, up to
// another place.
func (p *packer) same(at, back, to int) (n int) {
	for ; at+n+8 <= len(p.data); n += 8 {
		if x := binary.LittleEndian.Uint64(p.data[at+n:]) ^ binary.LittleEndian.Uint64(p.data[at+n-back:]); x != 0 {
			n += bits.TrailingZeros64(x) / 8
			break
		}
		if at+n+8 >= to {
			break
		}
	}
	return min(n, to-at)
}
