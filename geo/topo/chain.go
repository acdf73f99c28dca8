package topo

import (
	"cmp"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// A link is an undirected edge, a before b, and how often a chain of rings runs
// along it from a to b, less how often from b to a.
type link struct {
	a, b  Point
	count int32
}

// A chain adds up directed edges, exactly. What two rings run along in
// opposite directions leaves nothing.
type chain struct {
	slots []link
	used  int
	seed  uint64 // new for every chain, so that no input can aim at collisions
}

// newChain returns an empty chain with room for some edges; it grows.
func newChain(edges int) *chain {
	size := 1 << bits.Len(uint(max(edges, 8)*4/3))
	return &chain{slots: make([]link, size), seed: rand.Uint64() | 1}
}

// add runs along all rings of s, count times.
func (c *chain) add(s Shape, count int32) {
	for ring := range s.rings {
		if len(ring) == 0 {
			continue
		}
		p := ring[len(ring)-1]
		for _, q := range ring {
			if p.before(q) {
				c.addLink(p, q, count)
			} else if q.before(p) {
				c.addLink(q, p, -count)
			}
			p = q
		}
	}
}

func (c *chain) addLink(a, b Point, count int32) {
	hi, lo := bits.Mul64(a.key()^c.seed, b.key()^bits.RotateLeft64(c.seed, 23))
	mask := uint64(len(c.slots) - 1)
	for i := (hi ^ lo) & mask; ; i = (i + 1) & mask {
		slot := &c.slots[i]
		if slot.a == slot.b { // never true of an edge: the slot is free
			*slot = link{a, b, count}
			c.used++
			if c.used*4 > len(c.slots)*3 {
				c.grow()
			}
			return
		}
		if slot.a == a && slot.b == b {
			slot.count += count
			return
		}
	}
}

// grow doubles the room.
func (c *chain) grow() {
	old := c.slots
	c.slots, c.used = make([]link, 2*len(old)), 0
	for _, l := range old {
		if l.a != l.b {
			c.addLink(l.a, l.b, l.count)
		}
	}
}

// empty reports whether everything cancels.
func (c *chain) empty() bool {
	for i := range c.slots {
		if c.slots[i].count != 0 {
			return false
		}
	}
	return true
}

// residue returns what does not cancel, in a fixed order.
func (c *chain) residue() []link {
	var left []link
	for _, l := range c.slots {
		if l.count != 0 {
			left = append(left, l)
		}
	}
	slices.SortFunc(left, func(l, m link) int {
		if l.a != m.a {
			return cmp.Compare(l.a.key(), m.a.key())
		}
		return cmp.Compare(l.b.key(), m.b.key())
	})
	return left
}

// boundary returns the chain of all children less that of the parent.
func boundary(parent Shape, children []Shape) *chain {
	edges := parent.Vertices()
	for _, child := range children {
		edges += child.Vertices()
	}
	c := newChain(edges/2 + 1) // in a whole coverage each edge comes twice
	for _, child := range children {
		c.add(child, 1)
	}
	c.add(parent, -1)
	return c
}
