package figures

import (
	"slices"

	"gridmap/geo"
)

// things count the records that hang on units, by position.
type things struct {
	c                    *geo.Counted
	compounds, buildings func(i int) int64
	keepers              []int64
}

func newThings(c *geo.Counted) things {
	t := things{c, c.Declared("compounds"), c.Declared("buildings"), make([]int64, len(c.Grids))}
	for i := range c.Responsibilities {
		r := &c.Responsibilities[i]
		if at, inPlan := c.Tree.Index(r.Unit); inPlan && r.Valid.Holds(c.AsOf) {
			t.keepers[at]++
		}
	}
	for _, i := range slices.Backward(c.Tree.Preorder()) {
		if up := c.Tree.Parent(int(i)); up >= 0 {
			t.keepers[up] += t.keepers[i]
		}
	}
	return t
}

// fill gives a unit what hangs on it.
func (t *things) fill(u *Unit) {
	i := u.Position
	u.Compounds, u.Buildings, u.Keepers = t.compounds(i), t.buildings(i), t.keepers[i]
	g, setting := &t.c.Grids[i], geo.Setting("")
	for up := i; up >= 0 && setting == ""; up = t.c.Tree.Parent(up) {
		setting = t.c.Grids[up].Setting
	}
	for k := range t.c.Matters {
		if m := &t.c.Matters[k]; m.Valid.Holds(t.c.AsOf) && m.Takes(g.Kind, u.Tier, setting) {
			u.Matters++
		}
	}
}
