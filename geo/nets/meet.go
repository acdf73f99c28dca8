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

// A Meeting is the ground that a grid of one net has in common with a grid of
// another; A or B is [None] for ground that the one net does not cover.
type Meeting struct {
	A, B   int
	Ground topo.Shape
	Area   Area
}

// Meet lays net b over net a. Every point of either lies in exactly one
// meeting, so that the areas of a grid's meetings add up to the grid. Where
// grids of a net overlap, the first has the ground. Meetings stand by A, then
// B. The error is [topo.ErrIntricate].
func Meet(a, b []topo.Shape) ([]Meeting, error) {
	cells, err := topo.Cells(slices.Concat(a, b))
	if err != nil {
		return nil, err
	}
	list := make([]Meeting, len(cells))
	for i, c := range cells {
		m := Meeting{A: None, B: None, Ground: c.Ground, Area: AreaOf(c.Ground)}
		for _, k := range c.Members {
			switch at := k - len(a); {
			case at < 0 && m.A == None:
				m.A = k
			case at >= 0 && m.B == None:
				m.B = at
			}
		}
		list[i] = m
	}
	return joined(list)
}

// meetEach is Meet where every grid of a has all its ground, also what others
// have too, and where grids of b overlap the one with the highest rank takes
// the ground, as a child takes that of its parent.
func meetEach(a, b []topo.Shape, rank []int) ([]Meeting, error) {
	cells, err := topo.Cells(slices.Concat(a, b))
	if err != nil {
		return nil, err
	}
	var list []Meeting
	for _, c := range cells {
		m := Meeting{A: None, B: None, Ground: c.Ground, Area: AreaOf(c.Ground)}
		for _, k := range c.Members {
			if at := k - len(a); at >= 0 && (m.B == None || rank[at] > rank[m.B]) {
				m.B = at
			}
		}
		if c.Members[0] >= len(a) {
			list = append(list, m)
		}
		for _, k := range c.Members {
			if k < len(a) {
				m.A = k
				list = append(list, m)
			}
		}
	}
	return joined(list)
}

// joined orders meetings and joins those of the same grids, which overlaps have
// parted.
func joined(list []Meeting) ([]Meeting, error) {
	slices.SortStableFunc(list, func(m, n Meeting) int { return cmp.Or(cmp.Compare(m.A, n.A), cmp.Compare(m.B, n.B)) })
	kept := list[:0]
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j].A == list[i].A && list[j].B == list[i].B {
			j++
		}
		m := list[i]
		if j > i+1 {
			var parts []topo.Shape
			for _, part := range list[i:j] {
				parts = append(parts, part.Ground)
			}
			var err error
			if m.Ground, err = topo.Union(parts); err != nil {
				return nil, err
			}
			for _, part := range list[i+1 : j] {
				m.Area += part.Area
			}
		}
		kept = append(kept, m)
		i = j
	}
	return kept, nil
}
