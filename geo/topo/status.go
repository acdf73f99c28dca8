package topo

// blockSize is how many edges a block of the status holds before it is split.
const blockSize = 256

// A status is the edges that cross a line sweeping from west to east, ordered
// from south to north, in blocks: a short list is one slice, and a list of
// millions still takes an edge in a microsecond. Vertical edges count as
// leaning east by less than any lattice step.
type status struct {
	left, right []Point // the ends of every edge, left before right
	blocks      [][]int32
}

// A cursor is a place in the status: an edge, or the end.
type cursor struct{ block, at int }

// reset empties the status for edges with these ends.
func (s *status) reset(left, right []Point) {
	s.left, s.right = left, right
	if len(s.blocks) == 0 {
		s.blocks = make([][]int32, 1, 4)
	}
	s.blocks = s.blocks[:1]
	s.blocks[0] = s.blocks[0][:0]
}

// find returns the lowest edge that does not run strictly below p.
func (s *status) find(p Point) cursor {
	lo, hi := 0, len(s.blocks)-1
	for lo < hi { // the first block whose last edge is not below p
		mid := (lo + hi) / 2
		last := s.blocks[mid][len(s.blocks[mid])-1]
		if orient(s.left[last], s.right[last], p) > 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	block := s.blocks[lo]
	i, j := 0, len(block)
	for i < j {
		mid := int(uint(i+j) / 2)
		e := block[mid]
		if orient(s.left[e], s.right[e], p) > 0 {
			i = mid + 1
		} else {
			j = mid
		}
	}
	return cursor{lo, i}
}

// at returns the edge at c, -1 at the end.
func (s *status) at(c cursor) int32 {
	if block := s.blocks[c.block]; c.at < len(block) {
		return block[c.at]
	}
	return -1
}

// below returns the edge next below c, -1 if there is none.
func (s *status) below(c cursor) int32 {
	if c.at > 0 {
		return s.blocks[c.block][c.at-1]
	}
	if c.block > 0 {
		block := s.blocks[c.block-1]
		return block[len(block)-1]
	}
	return -1
}

// next returns the place above c.
func (s *status) next(c cursor) cursor {
	c.at++
	if c.at >= len(s.blocks[c.block]) && c.block+1 < len(s.blocks) {
		return cursor{c.block + 1, 0}
	}
	return c
}

// through returns how many edges from c upward contain p.
func (s *status) through(c cursor, p Point) int {
	n := 0
	for e := s.at(c); e >= 0 && orient(s.left[e], s.right[e], p) == 0; e = s.at(c) {
		n++
		c = s.next(c)
	}
	return n
}

// set puts e in place of the edge at c.
func (s *status) set(c cursor, e int32) { s.blocks[c.block][c.at] = e }

// insert puts e below c and returns its place.
func (s *status) insert(c cursor, e int32) cursor {
	block := append(s.blocks[c.block], 0)
	copy(block[c.at+1:], block[c.at:])
	block[c.at] = e
	s.blocks[c.block] = block
	if len(block) < 2*blockSize {
		return c
	}
	upper := append(make([]int32, 0, 2*blockSize), block[blockSize:]...)
	s.blocks[c.block] = block[:blockSize]
	s.blocks = append(s.blocks, nil)
	copy(s.blocks[c.block+2:], s.blocks[c.block+1:])
	s.blocks[c.block+1] = upper
	if c.at >= blockSize {
		return cursor{c.block + 1, c.at - blockSize}
	}
	return c
}

// remove takes the edge at c out and returns the place above it.
func (s *status) remove(c cursor) cursor {
	block := s.blocks[c.block]
	copy(block[c.at:], block[c.at+1:])
	block = block[:len(block)-1]
	s.blocks[c.block] = block
	if len(block) == 0 && len(s.blocks) > 1 {
		copy(s.blocks[c.block:], s.blocks[c.block+1:])
		s.blocks = s.blocks[:len(s.blocks)-1]
		if c.block == len(s.blocks) {
			return cursor{c.block - 1, len(s.blocks[c.block-1])}
		}
		return cursor{c.block, 0}
	}
	if c.at == len(block) && c.block+1 < len(s.blocks) {
		return cursor{c.block + 1, 0}
	}
	return c
}
