package atlas

import (
	"cmp"
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// columns are the dwellings, ascending by ID, and where they lie.
type columns struct {
	dwellings []geo.Dwelling
	leaf      []int32 // position of the leaf of each dwelling, -1 for none
	// many lists the leaves of dwellings that lie in more than one.
	many map[geo.HouseholdID][]int32
}

// A move is what became of one dwelling.
type move struct {
	dwelling geo.Dwelling
	gone     bool
	leaves   []int32 // the leaves it lies in
}

func (m *move) leaf() int32 {
	if len(m.leaves) == 0 {
		return -1
	}
	return m.leaves[0]
}

// home finds the leaves of dwellings, which are ascending by ID.
func (l *locator) home(dwellings []geo.Dwelling) *columns {
	c := &columns{dwellings: dwellings, leaf: make([]int32, 0, len(dwellings)), many: map[geo.HouseholdID][]int32{}}
	var points [ahead]topo.Point
	var faces [ahead]face
	var found []int32
	for part := range slices.Chunk(dwellings, ahead) {
		for i := range part {
			points[i] = part[i].At
		}
		l.grid.faces(points[:len(part)], &faces)
		for i := range part {
			if found = found[:0]; part[i].Located {
				found = l.among(faces[i], part[i].At, found)
			}
			m := move{leaves: found}
			if c.leaf = append(c.leaf, m.leaf()); len(found) > 1 {
				c.many[part[i].ID] = slices.Clone(found)
			}
		}
	}
	return c
}

func sortedDwellings(rows []geo.Dwelling) []geo.Dwelling {
	compare := func(a, b geo.Dwelling) int { return cmp.Compare(a.ID, b.ID) }
	if !slices.IsSortedFunc(rows, compare) {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, compare)
	}
	return rows
}

func (c *columns) find(id geo.HouseholdID) (int, bool) {
	return slices.BinarySearchFunc(c.dwellings, id, func(d geo.Dwelling, id geo.HouseholdID) int { return cmp.Compare(d.ID, id) })
}

// after returns the columns with moves made, and counted, if not nil, carried
// along with them. When dwellings had to be shifted the count is given up.
func (c *columns) after(moves []move, counted *geo.Counted) (*columns, *geo.Counted) {
	if len(moves) == 0 {
		return c, counted
	}
	last := make(map[geo.HouseholdID]*move, len(moves))
	for i := range moves {
		last[moves[i].dwelling.ID] = &moves[i]
	}
	next := &columns{many: maps.Clone(c.many)}
	for id, m := range last {
		delete(next.many, id)
		if len(m.leaves) > 1 && !m.gone {
			next.many[id] = m.leaves
		}
	}
	order := slices.Sorted(maps.Keys(last))
	if c.inPlace(order, last) {
		return next, next.overwrite(c, order, last, counted)
	}
	next.merge(c, order, last)
	return next, nil
}

// inPlace reports whether the moves leave every dwelling at its index: none
// goes, and those that come stand after all others.
func (c *columns) inPlace(order []geo.HouseholdID, last map[geo.HouseholdID]*move) bool {
	for _, id := range order {
		i, known := c.find(id)
		if known == last[id].gone || !known && i < len(c.dwellings) {
			return false
		}
	}
	return true
}

// overwrite fills next with the dwellings of c, changed in their places.
func (next *columns) overwrite(c *columns, order []geo.HouseholdID, last map[geo.HouseholdID]*move, counted *geo.Counted) *geo.Counted {
	next.dwellings, next.leaf = slices.Clone(c.dwellings), slices.Clone(c.leaf)
	if counted != nil {
		counted = counted.Clone()
		counted.Stated = slices.Clone(counted.Stated)
		snap := *counted.Snapshot
		counted.Snapshot = &snap
	}
	for _, id := range order {
		m := last[id]
		i, known := c.find(id)
		if !known && m.gone {
			continue // came and went again
		}
		if !known {
			i = len(next.dwellings)
			next.dwellings, next.leaf = append(next.dwellings, geo.Dwelling{}), append(next.leaf, -1)
		}
		if counted != nil {
			counted.Snapshot.Dwellings, counted.Leaf = next.dwellings, next.leaf
			if known {
				counted.Release(i)
			} else {
				counted.Stated = append(counted.Stated, -1)
			}
		}
		next.dwellings[i], next.leaf[i] = m.dwelling, m.leaf()
		if counted != nil {
			counted.Take(i)
		}
	}
	return counted
}

// merge fills next with the dwellings of c and those that came, without those
// that went.
func (next *columns) merge(c *columns, order []geo.HouseholdID, last map[geo.HouseholdID]*move) {
	add := func(d geo.Dwelling, leaf int32) {
		next.dwellings, next.leaf = append(next.dwellings, d), append(next.leaf, leaf)
	}
	take := func(m *move) {
		if !m.gone {
			add(m.dwelling, m.leaf())
		}
	}
	for i, d := range c.dwellings {
		for len(order) > 0 && order[0] < d.ID {
			take(last[order[0]])
			order = order[1:]
		}
		if len(order) > 0 && order[0] == d.ID {
			take(last[d.ID])
			order = order[1:]
			continue
		}
		add(d, c.leaf[i])
	}
	for _, id := range order {
		take(last[id])
	}
}

// manyByIndex returns the leaves of dwellings in several, by index of
// dwelling, as [geo.Counted] wants it.
func (c *columns) manyByIndex() map[int][]int32 {
	many := make(map[int][]int32, len(c.many))
	for id, leaves := range c.many {
		i, _ := c.find(id)
		many[i] = leaves
	}
	return many
}
