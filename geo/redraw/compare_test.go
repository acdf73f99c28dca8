package redraw_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// division places dwellings in grids by looking at every leaf.
func division(grids []geo.Grid, dwellings []geo.Dwelling) redraw.Division {
	parents := map[geo.GridID]bool{}
	for _, g := range grids {
		parents[g.Parent] = parents[g.Parent] || g.Kind == geo.General && g.Boundary != nil
	}
	at := make([]int32, len(dwellings))
	for i, w := range dwellings {
		at[i] = int32(slices.IndexFunc(grids, func(g geo.Grid) bool {
			return g.Kind == geo.General && !parents[g.ID] && w.Located && g.Boundary.Contains(w.At)
		}))
	}
	return redraw.Division{Grids: grids, At: at}
}

// What a comparison finds after one edit is what the edit said it would do.
func TestCompareAgreesWithTheEdit(t *testing.T) {
	t.Parallel()
	county := mini(t)
	done := 0
	for seed := uint64(1); seed <= 120; seed++ {
		d := drawing(t, &county.Snapshot)
		h := hand{rand.New(rand.NewPCG(seed, 5)), d}
		before := division(d.Grids(), county.Dwellings)
		r, err := d.Apply(h.edit())
		if err != nil {
			continue
		}
		done++
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		c, err := redraw.Compare(before, division(d.Grids(), county.Dwellings), county.Dwellings)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(telling(c.Shifts), telling(r.Shifts), sameShift) {
			t.Errorf("seed %d: the comparison tells\n%+v, the edit\n%+v", seed, c.Shifts, r.Shifts)
		}
		if got, want := len(c.Added)+len(c.Retired)+len(c.Changed), len(r.Changes); got != want {
			t.Errorf("seed %d: %d grids differ, the edit changed %d", seed, got, want)
		}
	}
	if done < 20 {
		t.Errorf("only %d edits could be done", done)
	}
}

// telling leaves out slivers along a border that only got vertices.
func telling(shifts []redraw.Shift) []redraw.Shift {
	return slices.DeleteFunc(slices.Clone(shifts), func(s redraw.Shift) bool { return s.AreaM2 < 5 && len(s.Households) == 0 })
}

func sameShift(a, b redraw.Shift) bool {
	return a.Tier == b.Tier && a.From == b.From && a.To == b.To && a.Persons == b.Persons &&
		slices.Equal(a.Households, b.Households) && math.Abs(a.AreaM2-b.AreaM2) < 5
}

func TestCompareOfEqualPlans(t *testing.T) {
	t.Parallel()
	county := mini(t)
	d := division(county.Grids, county.Dwellings)
	c, err := redraw.Compare(d, d, county.Dwellings)
	if err != nil || len(c.Added)+len(c.Retired)+len(c.Changed)+len(c.Shifts) != 0 {
		t.Errorf("a plan differs from itself: %+v, %v", c, err)
	}
	d.Grids = nil
	if _, err := redraw.Compare(d, d, nil); err == nil {
		t.Error("no grids are compared")
	}
}

// A name that changes moves nobody.
func TestCompareTellsFields(t *testing.T) {
	t.Parallel()
	county := mini(t)
	before := division(county.Grids, county.Dwellings)
	after := before
	after.Grids = slices.Clone(before.Grids)
	g := &after.Grids[len(after.Grids)-1]
	g.Name, g.Owner, g.Predecessors = geo.Name{ZH: "新"}, "民政局", []geo.GridID{1}
	if g.Kind == geo.General {
		t.Fatal("the last grid is not an overlay")
	}
	g.Boundary = topo.Shape{{{{X: 0, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}}}
	c, err := redraw.Compare(before, after, county.Dwellings)
	want := []string{"name", "owner", "predecessors", "boundary"}
	if err != nil || len(c.Changed) != 1 || len(c.Shifts) != 0 || !slices.Equal(c.Changed[0].Fields, want) {
		t.Errorf("%+v, %v; want the fields %v of one grid", c, err, want)
	}
}
