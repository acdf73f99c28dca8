package check_test

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
)

// In whatever order the grids of a plan come, which files and edits decide, a
// check says the same of each: every finding with its id, and every unit.
func TestOrderOfGridsDecidesNothing(t *testing.T) {
	t.Parallel()
	for name, seeds := range map[string]uint64{"mini": 8, "shilou": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := fixtures.Make(name, 3000)
			if err != nil {
				t.Fatal(err)
			}
			for seed := range seeds {
				planted, _, err := c.Plant(seed)
				if err != nil {
					t.Fatal(err)
				}
				s, r := planted.Snapshot, rand.New(rand.NewPCG(seed, 41))
				s.Grids = mixed(&s, r)
				want := saidOf(t, &s)
				for range 3 {
					s.Grids = shuffled(s.Grids, r)
					sameSaid(t, saidOf(t, &s), want)
				}
			}
		})
	}
}

func sameSaid(t *testing.T, have, want map[string]string) {
	t.Helper()
	for key, text := range want {
		if have[key] != text {
			t.Errorf("in order %s\nshuffled %s", text, have[key])
		}
	}
	if len(have) != len(want) {
		t.Errorf("%d findings and units, in order %d", len(have), len(want))
	}
}

// mixed puts some grids without others under them a tier lower, beside those of
// the tier that they leave. Of two alike in code and ground, which only their order
// tells apart, it keeps the first.
func mixed(s *geo.Snapshot, r *rand.Rand) []geo.Grid {
	divided, codes := map[geo.GridID]bool{}, map[string]bool{}
	grids := slices.DeleteFunc(slices.Clone(s.Grids), func(g geo.Grid) bool {
		twice := codes[g.Code]
		codes[g.Code] = true
		return twice
	})
	for i := range grids {
		divided[grids[i].Parent] = true
	}
	lowest := s.Tiers[len(s.Tiers)-1].Rank
	for i := range grids {
		if g := &grids[i]; g.Kind == geo.General && g.Tier > 0 && g.Tier < lowest && !divided[g.ID] && r.IntN(3) == 0 {
			g.Tier++
		}
	}
	return grids
}

// shuffled is the grids in another order in which parents still come first.
func shuffled(grids []geo.Grid, r *rand.Rand) []geo.Grid {
	depth := map[geo.GridID]int{}
	for i := range grids {
		depth[grids[i].ID] = depth[grids[i].Parent] + 1
	}
	out := slices.Clone(grids)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	slices.SortStableFunc(out, func(a, b geo.Grid) int { return cmp.Compare(depth[a.ID], depth[b.ID]) })
	return out
}

// saidOf writes down what a check says, by the ids of the findings and the codes
// of the units.
func saidOf(t *testing.T, s *geo.Snapshot) map[string]string {
	t.Helper()
	a, err := atlas.New(s)
	if err != nil {
		t.Fatal(err)
	}
	report, err := a.Check(check.Question{AsOf: fixtures.AsOf, Profile: fixtures.PlantedProfile, MaxFindings: 1 << 30})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	write := func(key string, v any) {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if said[key] != "" {
			t.Errorf("%s stands twice", key)
		}
		said[key] = string(text)
	}
	for _, f := range report.Findings {
		write(f.ID, f)
	}
	for _, u := range report.Units {
		write(string(u.Rule)+string(u.Form)+u.Tier+u.Facility+u.About+u.Code, u)
	}
	return said
}
