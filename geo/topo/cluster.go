package topo

import (
	"cmp"
	"slices"
	"sort"
	"sync/atomic"
)

// A clustering sends corners to others. It knows them as places from the west,
// so that what is near lies together in memory.
type clustering struct {
	*snapper
	owner   []int32  // of places: whose corner it is
	to      []int32  // of places: which they go to
	moves   int      // how many go to another
	corners []uint64 // strip by strip
	strips  []strip  // the last one holds none
}

// A pair is two corners near each other that may become one, in the order in
// which corners are chosen.
type pair struct{ later, earlier int32 }

// cluster sends every corner to the nearest one chosen before it that is
// near, and chooses it when there is none. First come those that cannot move,
// then those where shapes meet already, then the others, from the west. It
// reports false when they lie too densely.
//
// Which corners are near each other is found beforehand, on all processors, if
// those are no more than most pairs; what remains to be done one after the other
// is to choose.
func (s *snapper) cluster(most int) bool {
	c := s.clustering()
	near, few := c.pairs(most)
	var from, listed []int32
	if few {
		from, listed = byLater(near, len(c.to))
	}
	budget := freePairs + pairsEach*len(c.to)
	var earlier []int32
	for rank := 1; rank < 3; rank++ {
		for i := range int32(len(c.to)) {
			switch {
			case c.rank(i) != rank:
				continue
			case few:
				earlier = listed[from[i]:from[i+1]]
			default:
				earlier = c.earlier(earlier[:0], i, &budget)
			}
			c.choose(i, earlier)
			if budget < 0 {
				return false
			}
		}
	}
	s.moves, s.to = c.moves, make([]int32, len(s.first))
	each(len(s.to), func(n int) { s.to[n] = int32(n) })
	each(len(c.to), func(i int) { s.to[s.places.number[i]] = s.places.number[c.to[i]] })
	return true
}

// fewPairs is how many pairs of n corners are few: in real layers it is about
// one each, and more would fill the memory.
func fewPairs(n int) int { return 1<<20 + 4*n }

func (s *snapper) clustering() *clustering {
	c := &clustering{snapper: s, owner: make([]int32, len(s.places.at)), to: make([]int32, len(s.places.at))}
	each(len(c.to), func(i int) { c.owner[i], c.to[i] = s.first[s.places.number[i]], int32(i) })
	c.layStrips()
	return c
}

// rank says when a corner is chosen; a vertex of edges that match is none.
func (c *clustering) rank(i int32) int {
	switch c.owner[i] {
	case held, heldBySeveral:
		return 0
	case several:
		return 1
	case unowned:
		return 3
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

// pairs finds all corners that are near each other and may become one. It
// reports false when these are more than most, or when very many had to be
// looked at.
func (c *clustering) pairs(most int) (near [][]pair, few bool) {
	n := len(c.strips) - 1
	batch := max(64, n/64)
	near = make([][]pair, n/batch+1)
	var looked, found atomic.Int64
	eachBatch(n, batch, func(from, to int) {
		list := make([]pair, 0, min(most, int(c.strips[to].from-c.strips[from].from)))
		for k := from; k < to && found.Load() <= int64(most) && looked.Load() <= freePairs; k++ {
			before, n := len(list), 0
			list, n = c.pairsIn(list, k, most)
			looked.Add(int64(n))
			found.Add(int64(len(list) - before))
		}
		near[from/batch] = list
	})
	return near, found.Load() <= int64(most) && looked.Load() <= freePairs
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

// layStrips puts the corners of edges into strips.
func (c *clustering) layStrips() {
	c.corners = make([]uint64, 0, len(c.to))
	c.strips = make([]strip, 0, len(c.to)/4)
	wide, end := uint32(c.reach.dx)+1, uint64(0) // where a strip ends in the east
	for i, at := range c.places.at {
		if c.owner[i] == unowned {
			continue
		}
		if east := uint32(at.X) ^ 1<<31; uint64(east) >= end {
			end = (uint64(east/wide) + 1) * uint64(wide)
			c.strips = append(c.strips, strip{east / wide, int32(len(c.corners))})
		}
		c.corners = append(c.corners, standing(at, i))
	}
	c.strips = append(c.strips, strip{1<<32 - 1, int32(len(c.corners))})
	each(len(c.strips)-1, func(k int) { slices.Sort(c.strip(k)) })
}

// strip returns the corners of strip k.
func (c *clustering) strip(k int) []uint64 { return c.corners[c.strips[k].from:c.strips[k+1].from] }

// pairsIn appends the pairs within strip k and between it and the next, until
// there are more than most, and returns how many it looked at.
func (c *clustering) pairsIn(found []pair, k, most int) ([]pair, int) {
	here, looked := c.strip(k), 0
	var beside []uint64
	if c.strips[k+1].number == c.strips[k].number+1 {
		beside = c.strip(k + 1)
	}
	high := int64(c.reach.dy)
	for n, i := range here {
		if len(found) > most || looked > freePairs {
			break
		}
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
	if !c.reach.joins(c.places.at[i], c.places.at[j]) || !c.joins(i, j) {
		return found
	}
	if c.before(i, j) {
		i, j = j, i
	}
	return append(found, pair{i, j})
}

// before reports whether corner i is chosen, or not, before j.
func (c *clustering) before(i, j int32) bool {
	by := cmp.Compare(c.rank(i), c.rank(j))
	return by < 0 || by == 0 && i < j
}

// earlier appends what [clustering.pairs] would list for corner i.
func (c *clustering) earlier(list []int32, i int32, budget *int) []int32 {
	at := c.places.at[i]
	number := (uint32(at.X) ^ 1<<31) / (uint32(c.reach.dx) + 1)
	own := sort.Search(len(c.strips), func(k int) bool { return c.strips[k].number >= number })
	high, here := int64(c.reach.dy), north(standing(at, 0))
	for k := max(0, own-1); k < min(own+2, len(c.strips)-1); k++ {
		if c.strips[k].number > number+1 || c.strips[k].number+1 < number {
			continue
		}
		strip := c.strip(k)
		from := sort.Search(len(strip), func(n int) bool { return north(strip[n]) >= here-high })
		for _, s := range strip[from:] {
			if north(s) > here+high {
				break
			}
			if j := int32(uint32(s)); c.before(j, i) && c.reach.joins(at, c.places.at[j]) && c.joins(i, j) {
				list = append(list, j)
			}
			*budget--
		}
	}
	return list
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
