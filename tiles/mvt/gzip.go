package mvt

import (
	"encoding/binary"
	"hash/crc32"
	"math/bits"
	"slices"
)

// AppendGzip appends a tile packed with gzip (RFC 1952) to out. It takes any
// bytes, and equal bytes give equal ones.
//
// What a general packer spends its time on is known here: where bytes come
// again that came before. The attributes of a feature are mostly those of the
// feature before, a value begins like one of the values before, and geometry
// does not repeat. And the bytes have always the same code, made for tiles. Of a
// tile that a [Layer] has just drawn more is known. What comes out depends on
// where [Texts] stand in it, not on which of them are one run.
func AppendGzip(out, tile []byte, known *Hints) []byte {
	const header, trailer = 10, 8
	from := len(out)
	out = slices.Grow(out, header+len(opening)+(len(tile)+1)*longestCode/8+8+trailer)
	out = append(out, 0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255) // deflate, no time, fastest, no system
	p := packer{data: tile, out: out[:cap(out)], at: from + header, runs: known.runs}
	for _, c := range opening {
		p.put(c)
	}
	p.tile(known.marks)
	p.put(literals[endOfBlock])
	p.at += int(p.n+7) / 8
	out = binary.LittleEndian.AppendUint32(p.out[:p.at], crc32.ChecksumIEEE(tile))
	return binary.LittleEndian.AppendUint32(out, uint32(len(tile)))
}

// A packer packs data, of which everything before done is packed.
type packer struct {
	data []byte
	done int

	out []byte
	at  int    // where the next bytes go
	acc uint64 // bits that are not written yet, the first one lowest
	n   uint   // how many; less than 8 between calls

	tags   span      // attributes of the feature before
	values [lags]int // where the last values begin, by turns
	turn   int
	lag    int // how many values before stood one like the last

	runs   []Run // those not packed yet
	before int   // where the last text of the run before begins

	fetched uint32 // of no use, but what is not kept would not be read
}

// span is a stretch of the data.
type span struct{ from, to int }

// lags is how many values back a like one is looked for: that of the feature
// before, which mostly adds as many.
const lags = 4

// shortest is the fewest bytes that are worth a reference.
const shortest = 5

// tile packs the data, as a tile of one layer as long as it looks like that.
func (p *packer) tile(marks []mark) {
	p.lag = 1
	at := 0
	if _, body, ok := p.field(0); ok && p.data[0] == tileLayer {
		at = body
	}
	if len(marks) > 0 {
		at = p.features(marks)
		p.fetch(p.runs)
	}
	for at > 0 && at < len(p.data) {
		if len(p.runs) > 0 && p.runs[0].At == at {
			at = p.run(p.runs[0])
			p.runs = p.runs[1:]
			continue
		}
		end, body, ok := p.field(at)
		if !ok {
			break
		}
		switch p.data[at] {
		case layerFeature:
			p.packFeature(body, end)
		case layerValue:
			p.packValue(at, end)
		}
		at = end
	}
	p.literals(len(p.data))
}

// field returns where the field at a place ends, and where its message begins.
func (p *packer) field(at int) (end, body int, ok bool) {
	if at >= len(p.data) {
		return 0, 0, false
	}
	n, size := binary.Uvarint(p.data[at+1:])
	body = at + 1 + size
	switch {
	case size <= 0:
		return 0, 0, false
	case p.data[at]&7 == 0:
		return body, body, true
	case p.data[at]&7 == 2 && n <= uint64(len(p.data)-body):
		return body + int(n), body, true
	}
	return 0, 0, false
}

// packFeature refers to what the feature has in common with the one before:
// most attributes, and what stands around them. Geometry is alike only where
// features are made by one rule.
func (p *packer) packFeature(at, end int) {
	last := p.tags
	if at < end && p.data[at] == featureID {
		_, at, _ = p.field(at)
	}
	to, from, ok := p.field(at)
	if !ok || to > end || p.data[at] != featureTags {
		return
	}
	p.tags = span{from, to}
	back := to - last.to
	if last.to == 0 || back > window || to-from < 8 || end-to < 8 || last.to-last.from < 8 {
		return
	}
	// What is alike stands at the end of the tags and behind them.
	before, behind := 0, 0
	for before+8 <= min(to-from, last.to-last.from) {
		x := binary.LittleEndian.Uint64(p.data[to-before-8:]) ^ binary.LittleEndian.Uint64(p.data[last.to-before-8:])
		if x != 0 {
			before += bits.LeadingZeros64(x) / 8
			break
		}
		before += 8
	}
	behind = bits.TrailingZeros64((binary.LittleEndian.Uint64(p.data[to:])^binary.LittleEndian.Uint64(p.data[last.to:]))|1<<40) / 8
	if before+behind >= shortest {
		p.refer(to-before, before+behind, back)
	} else {
		p.alike(from, min(end, to+5), back)
	}
}

// packValue refers to what the value at a place has in common with one before:
// mostly the beginning of the text.
func (p *packer) packValue(at, end int) {
	const head = 4 // field and length of the value, and of its text
	for k := range lags {
		lag := (p.lag+k-1)%lags + 1
		before := p.values[(p.turn-lag+2*lags)%lags]
		if before == 0 || at-before < head || end-at < head+shortest {
			continue
		}
		if commonPrefix(p.data[before+head:at], p.data[at+head:end]) >= shortest {
			p.lag = lag
			p.alike(at, end, at-before)
			break
		}
	}
	p.values[p.turn] = at
	p.turn = (p.turn + 1) % lags
}

// alike packs a stretch of at most 64 bytes of which much stands so far back
// too: that is referred to.
func (p *packer) alike(from, to, back int) {
	if back > window || back > from {
		return
	}
	to = min(to, from+64)
	same := uint64(0) // a bit for every byte
	for k := from; k < to; k += 8 {
		if k+8 > to {
			for ; k < to; k++ {
				if p.data[k] == p.data[k-back] {
					same |= 1 << (k - from)
				}
			}
			break
		}
		same |= equalBytes(binary.LittleEndian.Uint64(p.data[k:]), binary.LittleEndian.Uint64(p.data[k-back:])) << (k - from)
	}
	for at := 0; ; {
		rest := same >> at
		runs := rest & (rest >> 1) & (rest >> 2) & (rest >> 3) & (rest >> 4) // of the shortest length
		if runs == 0 {
			return
		}
		at += bits.TrailingZeros64(runs)
		n := bits.TrailingZeros64(^(same >> at))
		p.refer(from+at, n, back)
		at += n
	}
}

// equalBytes returns a bit for every byte that is the same in both, the
// lowest first.
func equalBytes(a, b uint64) uint64 {
	const low7 = 0x7f7f7f7f7f7f7f7f
	x := a ^ b
	zero := ^((x&low7 + low7) | x | low7) // the highest bit of every byte of x that is 0
	return zero >> 7 * 0x0102040810204080 >> 56
}

func commonPrefix(a, b []byte) int {
	most, n := min(len(a), len(b)), 0
	for ; n+8 <= most; n += 8 {
		if x := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); x != 0 {
			return n + bits.TrailingZeros64(x)/8
		}
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// put adds the bits of a code.
func (p *packer) put(c code) {
	p.acc |= uint64(c.bits) << p.n
	p.n += uint(c.n)
	p.flush()
}

// flush writes whole bytes.
func (p *packer) flush() {
	binary.LittleEndian.PutUint64(p.out[p.at:], p.acc)
	p.at += int(p.n / 8)
	p.acc >>= p.n &^ 7
	p.n &= 7
}

// literals packs the data up to a place as it stands.
func (p *packer) literals(to int) {
	p.at, p.acc, p.n = p.upTo(to)
	p.done = to
	p.flush()
}

// refer packs the data up to a place as it stands, and the next n bytes as a
// reference to those so far back. What is not written yet stays in registers
// meanwhile, as what follows always waits for it.
func (p *packer) refer(to, n, back int) {
	if n > longestRepeat {
		k := min(longestRepeat, n-shortestRepeat)
		p.refer(to, k, back)
		p.refer(to+k, n-k, back)
		return
	}
	at, acc, have := p.upTo(to)
	length := &lengths[n]
	acc |= uint64(length.bits) << (have & 63)
	have += uint(length.n)
	binary.LittleEndian.PutUint64(p.out[at:at+8:at+8], acc)
	at, acc, have = at+int(have/8), acc>>(have&56), have&7
	distance := uint(back - 1)
	of, extra := distance, uint(0) // the first ones have codes of their own
	if distance >= 2 {
		extra = uint(bits.Len(distance)-2) & 63
		of = 2*(extra+1) + distance>>extra&1
	}
	c := &distances[of]
	acc |= (uint64(c.bits) | uint64(distance)&(1<<extra-1)<<(c.n&63)) << have
	have += uint(c.n) + extra
	binary.LittleEndian.PutUint64(p.out[at:at+8:at+8], acc)
	p.at, p.acc, p.n = at+int(have/8), acc>>(have&56), have&7
	p.done = to + n
}

// upTo packs the data up to a place as it stands, and returns what is to be in
// p.at, p.acc and p.n then. Not all whole bytes are written: there may be up to
// 43 bits, beside which the code of a length fits.
func (p *packer) upTo(to int) (at int, acc uint64, n uint) {
	const tail = 4
	if to < tail {
		for _, b := range p.data[p.done:to] {
			p.put(literals[b])
		}
		return p.at, p.acc, p.n
	}
	at, acc, n = appendFours(p.out, p.at, p.acc, p.n, p.data[p.done:to])
	// How many bytes are left, up to three, cannot be guessed: so there are always
	// three, and the zeros behind those that are left are taken back: their code is
	// the first one, which has no bit set.
	left := uint(to-p.done) % tail
	last := uint64(binary.LittleEndian.Uint32(p.data[to-tail:to:to])) >> (8 * (tail - left))
	acc |= uint64(byteCodes[byte(last)]) << (n & 63)
	n += uint(byteSizes[byte(last)])
	acc |= uint64(byteCodes[byte(last>>8)]) << (n & 63)
	n += uint(byteSizes[byte(last>>8)])
	acc |= uint64(byteCodes[byte(last>>16)]) << (n & 63)
	n += uint(byteSizes[byte(last>>16)])
	n -= (tail - 1 - left) * uint(byteSizes[0])
	return at, acc, n
}

// appendFours packs data as it stands, four bytes at a time, as long as there
// are four: to out from a place on, behind n bits in acc. This is where most of
// the time of packing goes.
func appendFours(out []byte, at int, acc uint64, n uint, data []byte) (int, uint64, uint) {
	for i := 0; i < len(data)-3; i += 4 {
		four := data[i : i+4 : i+4]
		acc |= uint64(byteCodes[four[0]]) << (n & 63)
		n += uint(byteSizes[four[0]])
		acc |= uint64(byteCodes[four[1]]) << (n & 63)
		n += uint(byteSizes[four[1]])
		acc |= uint64(byteCodes[four[2]]) << (n & 63)
		n += uint(byteSizes[four[2]])
		acc |= uint64(byteCodes[four[3]]) << (n & 63)
		n += uint(byteSizes[four[3]])
		binary.LittleEndian.PutUint64(out[at:at+8:at+8], acc)
		at += int(n / 8)
		acc, n = acc>>(n&56), n&7
	}
	return at, acc, n
}
