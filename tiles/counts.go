package tiles

import (
	"gridmap/geo"
	"gridmap/geo/suppress"
	"gridmap/tiles/mesh"
)

// hidden says, by position, of which grids the counts of people are not shown.
type hidden struct {
	of                   *geo.Counted
	households, resident []bool
}

// hiddenIn returns which counts are hidden: those that tell of few, and what
// would give them away.
func (p *Picture) hiddenIn(c *geo.Counted) hidden {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.hidden.of == c {
		return p.hidden
	}
	parent := make([]int32, len(c.Tallies))
	households, resident := make([]int64, len(parent)), make([]int64, len(parent))
	for i := range parent {
		parent[i] = -1
		if c.Grids[i].Partitions() {
			parent[i] = int32(c.Tree.Parent(i))
		}
		households[i], resident[i] = c.Tallies[i].Households, c.Tallies[i].Resident
	}
	h := hidden{of: c, households: suppress.NewTable(parent, households).Hide(suppress.DefaultLeast, nil)}
	// Whoever knows the persons knows about the households.
	h.resident = suppress.NewTable(parent, resident).Hide(suppress.DefaultLeast, h.households)
	p.hidden = h
	return h
}

// counted returns a count of a grid; shown is false where it is hidden.
func (v *view) counted(id int64, prop attributes) (n int64, shown bool) {
	i, known := v.a.Tree().Index(geo.GridID(id))
	if !known {
		return 0, false
	}
	c := v.a.Counted(v.q.Day)
	switch h := v.hiddenIn(c); prop {
	case propHouseholds:
		return c.Tallies[i].Households, !h.households[i]
	case propResident:
		return c.Tallies[i].Resident, !h.resident[i]
	}
	return c.Tallies[i].Workers, true
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
	return uint64(v.measures(h, id))
}

// sumCounts says which counts the grids of the tile are drawn with.
func (v *view) sumCounts() (sum uint64) {
	add := func(m *mesh.Mesh[grid]) {
		m.Each(v.tile, func(id int64, _ *grid, _ string) { sum += uint64(digest(id).number(v.count(id))) })
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
