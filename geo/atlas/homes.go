package atlas

import (
	"cmp"
	"maps"
	"slices"
	"sort"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// columns are the dwellings, ascending by ID, and where they lie.
type columns struct {
	dwellings geo.Dwellings
	leaf      []int32 // slot of the leaf of each dwelling, -1 for none
	// many lists the leaves of dwellings that lie in more than one.
	many map[geo.HouseholdID][]int32
	near *nearby
	// strays are the dwellings that have come or moved since those near is of.
	strays []geo.HouseholdID
}

// A move is what became of one dwelling.
type move struct {
	dwelling geo.Dwelling
	gone     bool
	leaves   []int32 // the slots of the leaves it lies in, by position
}

func (m *move) leaf() int32 {
	if len(m.leaves) == 0 {
		return -1
	}
	return m.leaves[0]
}

// home finds the leaves of dwellings, which are ascending by ID.
func (l *locator) home(dwellings []geo.Dwelling) *columns {
	pages := geo.PageDwellings(dwellings)
	c := &columns{dwellings: pages, leaf: make([]int32, 0, len(dwellings)), many: map[geo.HouseholdID][]int32{}, near: &nearby{of: pages}}
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

// leavesOf returns the slots of the leaves of the dwelling at index i.
func (c *columns) leavesOf(i int) []int32 {
	if many, ok := c.many[c.dwellings.At(i).ID]; ok {
		return many
	}
	if c.leaf[i] < 0 {
		return nil
	}
	return c.leaf[i : i+1]
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
	return sort.Find(c.dwellings.Len(), func(i int) int { return cmp.Compare(id, c.dwellings.At(i).ID) })
}

// after returns the columns with moves made, and counted, if not nil, carried
// along with them; sh is the shelf of the leaves. When dwellings had to be
// shifted the count is given up.
func (c *columns) after(moves []move, counted *geo.Counted, sh *shelf) (*columns, *geo.Counted) {
	if len(moves) == 0 {
		return c, counted
	}
	last := make(map[geo.HouseholdID]*move, len(moves))
	for i := range moves {
		last[moves[i].dwelling.ID] = &moves[i]
	}
	next := &columns{many: maps.Clone(c.many), near: c.near, strays: slices.Clip(c.strays)}
	for id, m := range last {
		delete(next.many, id)
		if len(m.leaves) > 1 && !m.gone {
			next.many[id] = m.leaves
		}
	}
	order := slices.Sorted(maps.Keys(last))
	moved := c.moved(order, last)
	next.strays = append(next.strays, moved...)
	defer func() {
		if len(next.strays) > maxStrays {
			next.near, next.strays = &nearby{of: next.dwellings}, nil
		}
	}()
	if c.inPlace(order, last) {
		next.overwrite(c, order, moved, last)
		return next, next.recount(c, order, counted, sh)
	}
	next.merge(c, order, last)
	return next, nil
}

// moved returns those of order whose dwellings are not as they were; others lie
// in other leaves only.
func (c *columns) moved(order []geo.HouseholdID, last map[geo.HouseholdID]*move) (moved []geo.HouseholdID) {
	for _, id := range order {
		if i, known := c.find(id); !known || last[id].gone || *c.dwellings.At(i) != last[id].dwelling {
			moved = append(moved, id)
		}
	}
	return moved
}

// inPlace reports whether the moves leave every dwelling at its index: none
// goes, and those that come stand after all others.
func (c *columns) inPlace(order []geo.HouseholdID, last map[geo.HouseholdID]*move) bool {
	for _, id := range order {
		i, known := c.find(id)
		if known == last[id].gone || !known && i < c.dwellings.Len() {
			return false
		}
	}
	return true
}

// overwrite fills next with the dwellings of c, those that moved changed in
// their places.
func (next *columns) overwrite(c *columns, order, moved []geo.HouseholdID, last map[geo.HouseholdID]*move) {
	next.leaf = slices.Clone(c.leaf)
	others, more := map[int]geo.Dwelling{}, []geo.Dwelling(nil)
	for _, id := range order {
		m := last[id]
		i, known := c.find(id)
		switch {
		case !known && m.gone: // came and went again
		case !known:
			more, next.leaf = append(more, m.dwelling), append(next.leaf, m.leaf())
		default:
			if next.leaf[i] = m.leaf(); len(moved) > 0 && moved[0] == id {
				others[i] = m.dwelling
			}
		}
		if len(moved) > 0 && moved[0] == id {
			moved = moved[1:]
		}
	}
	next.dwellings = c.dwellings.With(others, more)
}

// recount returns counted, which is of c, with the dwellings in order as they
// are in next; nil stays nil.
func (next *columns) recount(c *columns, order []geo.HouseholdID, counted *geo.Counted, sh *shelf) *geo.Counted {
	if counted == nil {
		return nil
	}
	counted = counted.Clone()
	for _, id := range order {
		if i, known := c.find(id); known {
			counted.Release(i)
		}
	}
	counted.Stated = slices.Grow(slices.Clone(counted.Stated), next.dwellings.Len()-c.dwellings.Len())[:next.dwellings.Len()]
	counted.Dwellings, counted.Leaf = next.dwellings, next.positions(sh)
	for _, id := range order {
		if i, known := next.find(id); known {
			counted.Take(i)
		}
	}
	return counted
}

// positions returns the leaves of the dwellings by position.
func (c *columns) positions(sh *shelf) []int32 {
	if sh.straight {
		return c.leaf
	}
	leaf := make([]int32, len(c.leaf))
	for i, slot := range c.leaf {
		leaf[i] = sh.position(slot)
	}
	return leaf
}

// merge fills next with the dwellings of c and those that came, without those
// that went.
func (next *columns) merge(c *columns, order []geo.HouseholdID, last map[geo.HouseholdID]*move) {
	rows := make([]geo.Dwelling, 0, c.dwellings.Len()+len(order))
	add := func(d *geo.Dwelling, leaf int32) {
		rows, next.leaf = append(rows, *d), append(next.leaf, leaf)
	}
	take := func(m *move) {
		if !m.gone {
			add(&m.dwelling, m.leaf())
		}
	}
	for i, d := range c.dwellings.All() {
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
	next.dwellings = geo.PageDwellings(rows)
}

// manyByIndex returns the positions of the leaves of dwellings in several, by
// index of dwelling, as [geo.Counted] wants it.
func (c *columns) manyByIndex(sh *shelf) map[int][]int32 {
	many := make(map[int][]int32, len(c.many))
	for id, leaves := range c.many {
		i, _ := c.find(id)
		many[i] = make([]int32, len(leaves))
		for k, slot := range leaves {
			many[i][k] = sh.at[slot]
		}
	}
	return many
}
