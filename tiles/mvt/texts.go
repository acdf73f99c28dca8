package mvt

import (
	"encoding/binary"
	"slices"
)

// Texts are what features have of their own, such as code and name, as values
// made by [AppendText]: those of one feature behind those of another. They are
// packed beforehand, each as it stands behind the one before it, since the same
// features come in many tiles. Texts never change.
type Texts struct {
	all    string
	ends   []uint32 // where each one's ends
	packed []byte   // all but the first one, and slack
	bits   []uint32 // where each one's ends in packed, in bits
}

// slack is how many bytes there are behind bits, so that eight can be read from
// every place.
const slack = 8

// NewTexts returns the texts, in their order.
func NewTexts(list []string) *Texts {
	size := 0
	for _, text := range list {
		size += len(text)
	}
	t := &Texts{ends: make([]uint32, len(list)), bits: make([]uint32, len(list))}
	all := make([]byte, 0, size)
	for i, text := range list {
		all = append(all, text...)
		t.ends[i] = uint32(len(all))
	}
	t.all = string(all)
	if len(list) < 2 {
		return t
	}
	p := packer{data: all, out: make([]byte, size*longestCode/8+slack), done: int(t.ends[0])}
	for i := 1; i < len(list); i++ {
		before, from, to := t.start(i-1), int(t.ends[i-1]), int(t.ends[i])
		p.text(from, to, before)
		p.literals(to)
		t.bits[i] = uint32(8*p.at) + uint32(p.n)
	}
	t.packed = slices.Clone(p.out[:p.at+slack])
	return t
}

// Len returns how many there are.
func (t *Texts) Len() int { return len(t.ends) }

// Of returns the text of feature i.
func (t *Texts) Of(i int) string { return t.Between(i, i+1) }

// Between returns the texts from feature i up to feature k, one behind the
// other.
func (t *Texts) Between(i, k int) string { return t.all[t.start(i):t.start(k)] }

// start returns where the text of feature i begins.
func (t *Texts) start(i int) int {
	if i == 0 {
		return 0
	}
	return int(t.ends[i-1])
}

// A Run is where in a tile texts stand: those from feature From up to feature To.
type Run struct {
	*Texts
	From, To int
	At       int
}

// text refers to what the values of a text have in common with those of a text
// before, in their order. What comes out depends on no other bytes when the two
// stand one behind the other.
func (p *packer) text(from, to, before int) {
	for from < to {
		end, _, ok := p.field(from)
		next, _, also := p.field(before)
		if !ok || !also || end > to {
			return
		}
		p.alike(from, end, from-before)
		from, before = end, next
	}
}

// fetch reads the bits of runs that are packed already, one of every line of
// cache, so that what is far off in memory comes for all of them at once. Each
// would be waited for by itself when they are copied.
func (p *packer) fetch(runs []Run) {
	const line = 64
	sum := uint32(0)
	for i := range runs {
		r := &runs[i]
		sum += r.bits[r.From] + r.bits[r.To-1]
	}
	for i := range runs {
		r := &runs[i]
		for at, end := r.bits[r.From]/8, r.bits[r.To-1]/8; at < end; at += line {
			sum += uint32(r.packed[at])
		}
	}
	p.fetched = sum
}

// run packs a run, of which most is packed already, and returns where it ends.
func (p *packer) run(r Run) (end int) {
	first, last := r.start(r.From), r.start(r.To-1)
	at, to := r.At, r.At+r.start(r.From+1)-first
	if p.before > 0 {
		p.text(at, to, p.before)
	}
	p.literals(to)
	if r.To-r.From > 1 {
		p.copied(r.packed, r.bits[r.From], r.bits[r.To-1])
	}
	p.before = at + last - first
	p.done = at + r.start(r.To) - first
	return p.done
}

// copied adds bits that are packed already, from one place to another.
func (p *packer) copied(packed []byte, from, to uint32) {
	const most = 56 // whole bytes, beside up to seven bits there
	acc, at := p.acc, p.at
	for ; to-from > most; from += most {
		acc |= binary.LittleEndian.Uint64(packed[from/8:]) >> (from % 8) & (1<<most - 1) << p.n
		binary.LittleEndian.PutUint64(p.out[at:], acc)
		acc >>= most
		at += most / 8
	}
	acc |= binary.LittleEndian.Uint64(packed[from/8:]) >> (from % 8) & (1<<(to-from) - 1) << p.n
	p.acc, p.at = acc, at
	p.n += uint(to - from)
	p.flush()
}
