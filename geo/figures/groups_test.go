package figures

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// plan draws a tree of grids, some of which lie over others, and dwellings in
// any of them, with up to most members of one group each.
func plan(t *rapid.T, most int32) *geo.Counted {
	s := &geo.Snapshot{Grids: []geo.Grid{{ID: 1, Code: "1", Kind: geo.General}}, Tiers: []geo.Tier{{}, {Rank: 1}, {Rank: 2}}}
	s.Territory.Keeps.Groups = []geo.Group{{Code: "veterans"}}
	s.Plan.State = geo.InForce
	for i := 1; i < rapid.IntRange(2, 14).Draw(t, "grids"); i++ {
		up := &s.Grids[rapid.IntRange(0, i-1).Draw(t, "parent")]
		if up.Tier == 2 || up.Kind != geo.General {
			up = &s.Grids[0]
		}
		kind := rapid.SampledFrom([]geo.Kind{geo.General, geo.General, geo.Dedicated}).Draw(t, "kind")
		s.Grids = append(s.Grids, geo.Grid{ID: geo.GridID(i + 1), Parent: up.ID, Tier: up.Tier + 1, Code: fmt.Sprint(i + 1), Kind: kind})
	}
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	var leaf []int32
	for range rapid.IntRange(0, 20).Draw(t, "dwellings") {
		at := rapid.IntRange(0, len(s.Grids)-1).Draw(t, "leaf")
		if s.Grids[at].Kind != geo.General {
			continue
		}
		n := rapid.Int32Range(0, most).Draw(t, "members")
		s.Dwellings = append(s.Dwellings, geo.Dwelling{Resident: n + rapid.Int32Range(0, 9).Draw(t, "others"),
			Groups: geo.NewGroupCounts(map[string]int32{"veterans": n})})
		leaf = append(leaf, int32(at))
	}
	return geo.Count(s, tree, leaf, 20250630)
}

// A plan that is not in force shows no count of a group: beside that in force it
// would tell what both hide.
func TestDraftsShowNoGroups(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := plan(t, 9)
		c.Plan.State = rapid.SampledFrom([]geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.Retired}).Draw(t, "state")
		units, err := Compute(c, func(int) topo.Shape { return nil }, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		HideGroups(c, units, 5)
		for i := range units {
			n, told := units[i].Groups["veterans"]
			if !told || n != nil || units[i].Because["group:veterans"] != Hidden {
				t.Fatalf("%s of a plan that is %s shows %v, because %q", units[i].Code, c.Plan.State, n, units[i].Because["group:veterans"])
			}
		}
	})
}

// What is shown is exact; no small count is, nor any of few residents; and no
// hidden count is a whole less its other parts.
func TestHideGroups(t *testing.T) {
	t.Parallel()
	const least = 5
	rapid.Check(t, func(t *rapid.T) {
		c := plan(t, 9)
		units, err := Compute(c, func(int) topo.Shape { return nil }, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		HideGroups(c, units, least)
		shown := map[int]bool{}
		for i := range units {
			u := &units[i]
			n, exact := u.Groups["veterans"], c.Groups()[u.Position][0]
			shown[u.Position] = n != nil
			if n == nil {
				continue
			}
			if *n != exact || exact > 0 && exact < least || u.Resident > 0 && u.Resident < least {
				t.Fatalf("%s shows %d of %d members, %d residents", u.Code, *n, exact, u.Resident)
			}
		}
		for i := range c.Grids {
			hidden, own := 0, c.Groups()[i][0]
			for _, child := range c.Tree.Children(i) {
				if c.Grids[child].Partitions() {
					own -= c.Groups()[child][0]
					if n := c.Groups()[child][0]; !shown[int(child)] && n > 0 {
						hidden++
					} else if !shown[int(child)] {
						hidden += 2 // a zero among them keeps the other from being told
					}
				}
			}
			if shown[i] && hidden == 1 && own == 0 && c.Groups()[i][0] > 0 {
				t.Fatalf("%s shows all parts but one", c.Grids[i].Code)
			}
		}
	})
}

// Asked for some units alone, the same counts are hidden as in all of them.
func TestHideGroupsOfPartsAsOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := plan(t, 4)
		all, err := Compute(c, func(int) topo.Shape { return nil }, nil, Options{})
		if err != nil {
			t.Fatal(err)
		}
		HideGroups(c, all, 5)
		at := rapid.IntRange(0, len(all)-1).Draw(t, "unit")
		one, err := Compute(c, func(int) topo.Shape { return nil }, []int{at}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		HideGroups(c, one, 5)
		if (one[0].Groups["veterans"] == nil) != (all[at].Groups["veterans"] == nil) {
			t.Fatalf("%s alone: %v, in all: %v", all[at].Code, one[0].Groups, all[at].Groups)
		}
	})
}
