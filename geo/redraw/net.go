package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// Net returns what passed in all with redrawings that the drawing took one
// after the other, the last just now: ground and households that came back, or
// went on to a third grid, are told once, from where they were to where they
// are. Where the grids do not fit together, so that they cannot be compared, it
// tells what passed with each.
func (d *Drawing) Net(list []Redrawing) []Shift {
	var each []Shift
	for _, r := range list {
		each = append(each, r.Shifts...)
	}
	if len(list) < 2 {
		return each
	}
	was, is := d.past(list), view{d.grid, d.Children}
	var changed []geo.GridID
	for _, r := range list {
		changed = append(changed, r.touched()...)
	}
	slices.Sort(changed)
	changed = slices.Compact(changed)
	c := comparer{found: map[passage]*Shift{}, between: map[[2]int32][]passage{}}
	var err error
	if c.before, err = was.side(changed, is); err != nil {
		return each
	}
	if c.after, err = is.side(changed, was); err != nil {
		return each
	}
	if err := c.ground(); err != nil {
		return each
	}
	d.netHouseholds(&c, each)
	return c.result().Shifts
}

// netHouseholds adds the households that are elsewhere after shifts in a row.
func (d *Drawing) netHouseholds(c *comparer, each []Shift) {
	type stay struct {
		home geo.HouseholdID
		tier int
	}
	from, to := map[stay]geo.GridID{}, map[stay]geo.GridID{}
	for _, s := range each {
		for _, home := range s.Households {
			at := stay{home, s.Tier}
			if _, moved := from[at]; !moved {
				from[at] = s.From
			}
			to[at] = s.To
		}
	}
	residents := map[geo.HouseholdID]int64{}
	count := func(leaf geo.GridID) {
		for _, i := range d.homes[leaf] {
			residents[d.dwellings[i].ID] = int64(d.dwellings[i].Resident)
		}
	}
	count(0)
	for _, i := range c.after.leaves {
		count(c.after.grids[i].ID)
	}
	for at, was := range from {
		if was != to[at] {
			s := c.shift(passage{at.tier, was, to[at]})
			s.Households = append(s.Households, at.home)
			s.Persons += residents[at.home]
		}
	}
}

// A view is a drawing at a time.
type view struct {
	grid     func(geo.GridID) *geo.Grid // nil: not there
	children func(geo.GridID) []geo.GridID
}

// past is the drawing as it was before redrawings that it took.
func (d *Drawing) past(list []Redrawing) view {
	was, under := map[geo.GridID]*geo.Grid{}, map[geo.GridID][]geo.GridID{}
	for _, r := range list {
		for _, c := range r.Changes {
			_, id := recordOf(c).Key()
			if _, known := was[geo.GridID(id)]; known {
				continue
			}
			before, _ := c.Before.(*geo.Grid)
			was[geo.GridID(id)] = before
			if before != nil {
				under[before.Parent] = append(under[before.Parent], before.ID)
			}
		}
	}
	return view{
		grid: func(id geo.GridID) *geo.Grid {
			if g, changed := was[id]; changed {
				return g
			}
			return d.grid(id)
		},
		children: func(id geo.GridID) []geo.GridID {
			return append(slices.DeleteFunc(d.Children(id), func(c geo.GridID) bool { _, changed := was[c]; return changed }), under[id]...)
		},
	}
}

// side returns the leaves whose ground, or what they lie under, may be another
// at another time, with the grids above them.
func (v view) side(changed []geo.GridID, other view) (side, error) {
	leaves := map[geo.GridID]bool{}
	for _, id := range changed {
		g, o := v.grid(id), other.grid(id)
		if g == nil {
			continue
		}
		if o == nil || o.Parent != g.Parent || o.Tier != g.Tier {
			for _, leaf := range v.leaves(id) {
				leaves[leaf] = true
			}
		} else if counts(g) && !v.divided(id) {
			leaves[id] = true
		}
	}
	all := map[geo.GridID]bool{}
	s := side{}
	for leaf := range leaves {
		for g := v.grid(leaf); g != nil && !all[g.ID]; g = v.grid(g.Parent) {
			all[g.ID] = true
			s.grids = append(s.grids, *g)
		}
	}
	if len(leaves) == 0 {
		return s, nil
	}
	slices.SortFunc(s.grids, func(a, b geo.Grid) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.ID, b.ID)) })
	for i := range s.grids {
		if leaves[s.grids[i].ID] {
			s.leaves = append(s.leaves, int32(i))
		}
	}
	tree, err := geo.NewTree(s.grids)
	s.tree = tree
	return s, err
}

// leaves returns the grids that hold the ground of a grid, itself if nothing
// drawn stands under it.
func (v view) leaves(id geo.GridID) []geo.GridID {
	if !counts(v.grid(id)) {
		return nil
	}
	if !v.divided(id) {
		return []geo.GridID{id}
	}
	var all []geo.GridID
	for _, c := range v.children(id) {
		all = append(all, v.leaves(c)...)
	}
	return all
}

// divided reports whether drawn grids that partition stand under a grid.
func (v view) divided(id geo.GridID) bool {
	return slices.ContainsFunc(v.children(id), func(c geo.GridID) bool { return counts(v.grid(c)) })
}
