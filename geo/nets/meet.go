package nets

import (
	"cmp"
	"iter"
	"slices"

	"gridmap/geo/topo"
)

// None is the index of no grid.
const None = -1

// A Home is a place where people live, as shares count it.
type Home struct {
	At      topo.Point
	Persons int64
}

// Homes gives the located households one by one; nil for none.
type Homes = iter.Seq[Home]

// A meeting is the ground that a grid of one net has in common with a grid of
// another; a or b is [None] for ground that the one net does not cover.
type meeting struct {
	a, b   int
	ground topo.Shape
	area   Area
}

// meet lays net b over net a. Every point of a grid of a lies in exactly one of
// its meetings, so that their areas add up to the grid. Where grids of b overlap
// the one with the highest rank takes the ground, as a child takes that of its
// parent; among equals the first. Meetings stand by a, then b. The error is
// [topo.ErrIntricate].
func meet(a, b []topo.Shape, rank []int) ([]meeting, error) {
	cells, err := topo.Cells(slices.Concat(a, b))
	if err != nil {
		return nil, err
	}
	var list []meeting
	for _, c := range cells {
		m := meeting{None, None, c.Ground, AreaOf(c.Ground)}
		for _, k := range c.Members {
			if at := k - len(a); at >= 0 && (m.b == None || rank[at] > rank[m.b]) {
				m.b = at
			}
		}
		if c.Members[0] >= len(a) {
			list = append(list, m)
		}
		for _, k := range c.Members {
			if k < len(a) {
				m.a = k
				list = append(list, m)
			}
		}
	}
	return joined(list)
}

// joined orders meetings and joins those of the same grids, which overlaps have
// parted.
func joined(list []meeting) ([]meeting, error) {
	slices.SortStableFunc(list, func(m, n meeting) int { return cmp.Or(cmp.Compare(m.a, n.a), cmp.Compare(m.b, n.b)) })
	kept := list[:0]
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].a == list[i].a && list[j].b == list[i].b {
			j++
		}
		m := list[i]
		if j > i+1 {
			var parts []topo.Shape
			for _, part := range list[i:j] {
				parts = append(parts, part.ground)
			}
			var err error
			if m.ground, err = topo.Union(parts); err != nil {
				return nil, err
			}
			for _, part := range list[i+1 : j] {
				m.area += part.area
			}
		}
		kept = append(kept, m)
		i = j
	}
	return kept, nil
}
