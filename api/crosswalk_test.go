package api

import (
	"fmt"
	"testing"

	"gridmap/geo"
	"gridmap/geo/nets"
)

// Two grids merge and one is split: the crosswalk says which old grid is which
// new one, and adds up both ways, in every tier.
func TestCrosswalkOfPlans(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	path := fmt.Sprintf("/v1/plans/%d/crosswalk?against=%d", draft.ID, s.plan)
	type line struct {
		Old, New   *struct{ ID geo.GridID }
		AreaM2     nets.Area `json:"area_m2"`
		OldAreaPPM int64     `json:"old_area_ppm"`
		Households int64
		Persons    int64
	}
	var walk struct {
		From, To geo.PlanID
		Tiers    []struct {
			Tier  string
			Lines []line
		}
	}
	s.get(t, path).wants(200).into(&walk)
	for _, tier := range walk.Tiers {
		for _, l := range tier.Lines {
			if l.Old == nil || l.New == nil || l.Old.ID != l.New.ID || l.OldAreaPPM != 1_000_000 {
				t.Errorf("a fresh draft: %s %+v", tier.Tier, l)
			}
		}
	}
	pairs := s.pairs(t, draft.ID, "primary")
	s.edited(t, draft.ID, mergeOf(pairs[0]))
	s.edited(t, draft.ID, s.grids(t, draft.ID, "micro")[0].across())
	first := s.get(t, path).wants(200)
	first.into(&walk)
	if walk.From != s.plan || walk.To != draft.ID || len(walk.Tiers) == 0 {
		t.Fatalf("crosswalk %+v", walk)
	}
	found := false
	for _, tier := range walk.Tiers {
		old, new := map[geo.GridID]line{}, map[geo.GridID]line{}
		for _, l := range tier.Lines {
			for k, side := range map[*struct{ ID geo.GridID }]map[geo.GridID]line{l.Old: old, l.New: new} {
				if k != nil {
					sum := side[k.ID]
					sum.AreaM2, sum.Households, sum.Persons = sum.AreaM2+l.AreaM2, sum.Households+l.Households, sum.Persons+l.Persons
					side[k.ID] = sum
				}
			}
			found = found || l.Old != nil && l.New != nil && l.Old.ID == pairs[0][1].ID && l.New.ID == pairs[0][0].ID && l.OldAreaPPM == 1_000_000
		}
		for plan, side := range map[geo.PlanID]map[geo.GridID]line{s.plan: old, draft.ID: new} {
			for _, listed := range s.grids(t, plan, tier.Tier) {
				g, sum := s.grid(t, plan, listed.ID), side[listed.ID]
				if off := g.AreaM2 - float64(sum.AreaM2)/1e4; off > 5 || off < -5 || sum.Households != g.Counts.Households || sum.Persons != g.Counts.Resident {
					t.Errorf("plan %d, %s %s: lines add up to %v m² and %d households, the grid has %v and %d", plan, tier.Tier, g.Code,
						sum.AreaM2, sum.Households, g.AreaM2, g.Counts.Households)
				}
			}
		}
	}
	if !found {
		t.Errorf("no line says that %d went to %d", pairs[0][1].ID, pairs[0][0].ID)
	}
	s.get(t, path, "If-None-Match", first.header.Get("ETag")).wants(304)
	s.get(t, path+"&tier=primary").wants(200).into(&walk)
	if len(walk.Tiers) != 1 || walk.Tiers[0].Tier != "primary" {
		t.Errorf("asked for one tier: %+v", walk.Tiers)
	}
	s.get(t, path+"&tier=moon").refused(400, "invalid-request", "tier")
	s.get(t, fmt.Sprintf("/v1/plans/%d/crosswalk", draft.ID)).refused(400, "invalid-request", "against")
}
