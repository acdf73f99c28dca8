package topo

import (
	"cmp"
	"slices"
	"sync/atomic"
)

// A clustering sends corners to others. It knows them as places from the west,
// so that what is near lies together in memory.
type clustering struct {
	*snapper
	owner []int32 // of places: whose corner it is
	to    []int32 // of places: which they go to
	moves int     // how many go to another
}

// A pair is two corners near each other that may become one, in the order in
// which corners are chosen.
type pair struct{ later, earlier int32 }

// cluster sends every corner to the nearest one chosen before it that is
// near, and chooses it when there is none. First come those that cannot move,
// then those where shapes meet already, then the others, from the west. It
// reports false when they lie too densely.
//
// Which corners are near each other is found on all processors; what remains
// to be done one after the other is to choose.
func (s *snapper) cluster() bool {
	c := s.clustering()
	near, ok := c.pairs()
	if !ok {
		return false
	}
	from, earlier := byLater(near, len(c.to))
	for rank := 1; rank < 3; rank++ {
		for i := range c.to {
			if from[i] < from[i+1] && c.rank(int32(i)) == rank {
				c.choose(int32(i), earlier[from[i]:from[i+1]])
			}
		}
	}
	s.moves, s.to = c.moves, make([]int32, len(s.first))
	each(len(s.to), func(n int) { s.to[n] = int32(n) })
	each(len(c.to), func(i int) { s.to[s.places.number[i]] = s.places.number[c.to[i]] })
	return true
}

func (s *snapper) clustering() *clustering {
	c := &clustering{s, make([]int32, len(s.places.at)), make([]int32, len(s.places.at)), 0}
	each(len(c.to), func(i int) { c.owner[i], c.to[i] = s.first[s.places.number[i]], int32(i) })
	return c
}

// rank says when a corner is chosen.
func (c *clustering) rank(i int32) int {
	switch c.owner[i] {
	case held, heldBySeveral:
		return 0
	case several:
		return 1
	}
	return 2
}

// choose sends corner i to the nearest of the earlier ones that was chosen. At
// the same distance it is the one furthest west.
func (c *clustering) choose(i int32, earlier []int32) {
	to, best := i, -1.0
	for _, j := range earlier {
		switch at := c.places.at; {
		case c.to[j] != j:
		case to == i:
			to = j
		default:
			if best < 0 {
				best = apart(at[i], at[to])
			}
			if far := apart(at[i], at[j]); far < best || far == best && j < to {
				to, best = j, far
			}
		}
	}
	if to != i {
		c.to[i] = to
		c.moves++
	}
}

// byLater puts the earlier ones in the pairs of each of n corners together;
// those of corner i stand from from[i] up to from[i+1].
func byLater(near [][]pair, n int) (from, earlier []int32) {
	from = make([]int32, n+2)
	for _, some := range near {
		for _, p := range some {
			from[p.later+2]++
		}
	}
	for i := 2; i < len(from); i++ {
		from[i] += from[i-1]
	}
	earlier = make([]int32, from[n+1])
	for _, some := range near {
		for _, p := range some {
			earlier[from[p.later+1]] = p.earlier
			from[p.later+1]++
		}
	}
	return from, earlier
}

// pairs finds all corners that are near each other and may become one, and
// reports false when too many had to be looked at.
func (c *clustering) pairs() (near [][]pair, ok bool) {
	corners, strips := c.strips()
	n := len(strips) - 1
	batch := max(64, n/64)
	near = make([][]pair, n/batch+1)
	var looked atomic.Int64
	budget := int64(freePairs + pairsEach*len(c.to))
	eachBatch(n, batch, func(from, to int) {
		found := make([]pair, 0, int(strips[to].from-strips[from].from))
		for k := from; k < to && looked.Load() <= budget; k++ {
			var more int
			if found, more = c.pairsIn(found, corners, strips, k); more > 0 {
				looked.Add(int64(more))
			}
		}
		near[from/batch] = found
	})
	return near, looked.Load() <= budget
}

// A strip is the corners of a strip of ground, from south to north. What is
// near a corner lies in its strip and the one on either side.
type strip struct {
	number uint32 // from the west
	from   int32  // its first corner; the next strip's comes after its last
}

// standing makes a number of a place from the west and how far north it is, in
// the order of the latter.
func standing(at Point, n int) uint64 { return uint64(uint32(at.Y)^1<<31)<<32 | uint64(n) }

// north is how far north a corner stands, counted from where none does.
func north(standing uint64) int64 { return int64(standing >> 32) }

// strips puts the corners of edges into strips; the last one holds none.
func (c *clustering) strips() (corners []uint64, strips []strip) {
	corners = make([]uint64, 0, len(c.to))
	strips = make([]strip, 0, len(c.to)/4)
	wide, end := uint32(c.reach.dx)+1, uint64(0) // where a strip ends in the east
	for i, at := range c.places.at {
		if c.owner[i] == unowned {
			continue
		}
		if east := uint32(at.X) ^ 1<<31; uint64(east) >= end {
			end = (uint64(east/wide) + 1) * uint64(wide)
			strips = append(strips, strip{east / wide, int32(len(corners))})
		}
		corners = append(corners, standing(at, i))
	}
	strips = append(strips, strip{1<<32 - 1, int32(len(corners))})
	each(len(strips)-1, func(k int) { slices.Sort(corners[strips[k].from:strips[k+1].from]) })
	return corners, strips
}

// pairsIn appends the pairs within strip k and between it and the next, and
// returns how many it looked at.
func (c *clustering) pairsIn(found []pair, corners []uint64, strips []strip, k int) ([]pair, int) {
	here, looked := corners[strips[k].from:strips[k+1].from], 0
	var beside []uint64
	if strips[k+1].number == strips[k].number+1 {
		beside = corners[strips[k+1].from:strips[k+2].from]
	}
	high := int64(c.reach.dy)
	for n, i := range here {
		for _, j := range here[n+1:] {
			if north(j)-north(i) > high {
				break
			}
			found = c.pair(found, int32(uint32(i)), int32(uint32(j)))
			looked++
		}
		for len(beside) > 0 && north(i)-north(beside[0]) > high {
			beside = beside[1:]
		}
		for _, j := range beside {
			if north(j)-north(i) > high {
				break
			}
			found = c.pair(found, int32(uint32(i)), int32(uint32(j)))
			looked++
		}
	}
	return found, looked
}

// pair appends corners i and j if they are near each other and may become one.
func (c *clustering) pair(found []pair, i, j int32) []pair {
	p, q := c.places.at[i], c.places.at[j]
	if !c.reach.joins(p, q) || !c.joins(i, j) {
		return found
	}
	if by := cmp.Compare(c.rank(i), c.rank(j)); by < 0 || by == 0 && i < j {
		i, j = j, i
	}
	return append(found, pair{i, j})
}

// joins reports whether corners that are near each other should become one:
// not two that stay where they are or are of the same shape, nor neighbours
// along an edge, which have a shape in common.
func (c *clustering) joins(i, j int32) bool {
	a, b := c.owner[i], c.owner[j]
	switch {
	case a <= held && b <= held:
		return false
	case a != several && a != heldBySeveral && b != several && b != heldBySeveral:
		return a != b
	case c.all != nil:
		return !c.all.lasts(c.places.number[i], c.places.number[j])
	}
	return !c.isOpen(c.places.at[i], c.places.at[j])
}
