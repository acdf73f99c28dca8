package tiles

import (
	"gridmap/geo"
	"gridmap/tiles/mesh"
)

// fewest is the number of households from which on counts are shown: fewer
// would tell of single ones.
const fewest = 5

// hidden says, by position, of which grids the counts of people are not shown.
type hidden struct {
	of    *geo.Counted
	grids []bool
}

// hiddenIn returns which grids' counts are hidden: those of fewer than fewest
// households, and where that is one child of a parent only, the smallest of
// its siblings too, so that the total does not give it away.
func (p *Picture) hiddenIn(c *geo.Counted) []bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hidden.of == c {
		return p.hidden.grids
	}
	grids := make([]bool, len(c.Tallies))
	for i := range grids {
		n := c.Tallies[i].Households
		grids[i] = n > 0 && n < fewest
	}
	for i := range grids {
		few, next := 0, -1
		for _, k := range c.Tree.Children(i) {
			switch n := c.Tallies[k].Households; {
			case !c.Grids[k].Partitions() || n == 0:
			case grids[k]:
				few++
			case next < 0 || n < c.Tallies[next].Households:
				next = int(k)
			}
		}
		if few == 1 && next >= 0 {
			grids[next] = true
		}
	}
	p.hidden = hidden{c, grids}
	return grids
}

// counted returns a count of a grid; shown is false where it is hidden.
func (v *view) counted(id int64, prop Props) (n int64, shown bool) {
	i, known := v.a.Tree().Index(geo.GridID(id))
	if !known {
		return 0, false
	}
	c := v.a.Counted(v.q.Day)
	if prop == propWorkers {
		return c.Tallies[i].Workers, true
	}
	if v.hiddenIn(c)[i] {
		return 0, false
	}
	if prop == propHouseholds {
		return c.Tallies[i].Households, true
	}
	return c.Tallies[i].Resident, true
}

// count says which counts the grid is drawn with.
func (v *view) count(id int64) uint64 {
	h := digest(0)
	for i := range props {
		if prop := props[i].prop; v.props&counts&prop != 0 {
			n, shown := v.counted(id, prop)
			if !shown {
				n = -1
			}
			h = h.number(uint64(n))
		}
	}
	return uint64(h)
}

// sumCounts says which counts the grids of the tile are drawn with.
func (v *view) sumCounts() (sum uint64) {
	add := func(m *mesh.Mesh[grid]) {
		m.Each(v.tile, func(id int64, _ *grid) { sum += uint64(digest(id).number(v.count(id))) })
	}
	switch v.q.Layer {
	case Dedicated, Task:
		add(v.over[geo.Kind(v.q.Layer)])
	case Grids:
		for level := 0; v.heavy && level < v.level; level++ {
			add(v.cuts[level])
		}
		add(v.open)
		add(v.cuts[v.level])
	case Boundaries:
	default:
		add(v.cuts[v.level])
	}
	return sum
}
