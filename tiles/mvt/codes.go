package mvt

import "math/bits"

// Bounds of RFC 1951.
const (
	endOfBlock     = 256
	shortestRepeat = 3
	longestRepeat  = 258
	window         = 1 << 15
)

// longestCode is how many bits the longest code of a byte has, so that four
// fit a word beside up to seven bits.
const longestCode = 12

// A code is some bits, the first one lowest.
type code struct {
	bits uint32
	n    uint8
}

// Lengths of the codes, in bits, as digits of base 16: of the 256 bytes, the
// end and 29 ranges of lengths, and of 30 ranges of distances. They suit what
// tiles of made-up counties and of a province hold at all zooms; any bytes can
// be written with them.
const (
	literalBits = "5556676765577766775777776777787868688888787887886667778888899999" +
		"99999a989a9a9aaaaa9aaa8a9aaaaaaaa7aa88a797aa7978aa8a98bab9abbcba" +
		"9a9a9aa9a99a8a99a79aaaaa9aaaa8aa899a9aaa9a9a7a9a9a99abaa9a8a889a" +
		"abababababababababababababababababab9777aaababababababababababab" +
		"9cca8999a8878788bccccccccccccc"
	distanceBits = "aaaa99999523156889999999999999"
)

var (
	literals  [endOfBlock + 1]code
	lengths   [longestRepeat + 1]code // with the bits that say which of a range
	distances [30]code
	// byteCodes and byteSizes are bits and length of the codes of bytes. They are
	// small, so that they stay in the nearest cache beside whatever is drawn.
	byteCodes [endOfBlock]uint16
	byteSizes [endOfBlock]uint8
	// opening is the head of the one block, which says the lengths of all codes.
	opening []code
)

func init() {
	all := codesOf(literalBits)
	copy(literals[:], all)
	for k := range byteCodes {
		byteCodes[k], byteSizes[k] = uint16(literals[k].bits), literals[k].n
	}
	at := shortestRepeat
	for i, c := range all[endOfBlock+1:] {
		extra := max(0, i/4-1)
		if i == 28 {
			at, extra = longestRepeat, 0 // has a range of its own
		}
		for k := range 1 << extra {
			if at+k <= longestRepeat {
				lengths[at+k] = code{c.bits | uint32(k)<<c.n, c.n + uint8(extra)}
			}
		}
		at += 1 << extra
	}
	copy(distances[:], codesOf(distanceBits))
	opening = openingOf(literalBits + distanceBits)
}

// digit is what a digit of base 16 stands for.
func digit(c byte) uint8 {
	if c >= 'a' {
		return c - 'a' + 10
	}
	return c - '0'
}

// codesOf returns the codes of which the lengths are given: shorter ones
// first, and in order of what they stand for.
func codesOf(lengths string) []code {
	codes := make([]code, len(lengths))
	next := uint32(0)
	for n := uint8(1); n < 16; n++ {
		for i := range lengths {
			if digit(lengths[i]) == n {
				codes[i] = code{bits.Reverse32(next) >> (32 - n), n}
				next++
			}
		}
		next <<= 1
	}
	return codes
}

// openingOf returns the head of a block whose codes have the lengths given:
// each is written by itself or as a repetition of the one before.
func openingOf(given string) []code {
	// Lengths of the codes for lengths, in the order in which they are told.
	const order, codeBits = "ghi08796a5b4c3d2e1f", "7777754333236777477"
	codes := codesOf(codeBits)
	head := []code{{1, 1}, {2, 2}, {286 - 257, 5}, {30 - 1, 5}, {19 - 4, 4}}
	for i := range order {
		head = append(head, code{uint32(digit(codeBits[digit(order[i])])), 3})
	}
	for i := 0; i < len(given); {
		head = append(head, codes[digit(given[i])])
		n := 1
		for i+n < len(given) && given[i+n] == given[i] {
			n++
		}
		i++
		for n--; n >= 3; {
			k := min(n, 6)
			head = append(head, codes[16], code{uint32(k - 3), 2})
			n, i = n-k, i+k
		}
	}
	return head
}
