package api

import (
	"fmt"
	"slices"
	"testing"

	"gridmap/geo"
)

// The story of a county that redraws: two villages become one, the grids under
// them follow; grids of every tier are split, and what is cut off goes to the
// neighbour; who moved adds up at every step; the draft is whole and without
// an error finding.
func TestStoryOfARedrawnCounty(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	villages := s.pairs(t, draft.ID, "village")[0]
	grids := len(s.grids(t, draft.ID, "primary"))
	s.moves(t, draft.ID, "village", mergeOf(villages))
	if now := s.grids(t, draft.ID, "primary"); len(now) != grids || s.grid(t, draft.ID, villages[0].ID).Children != villages[0].Children+villages[1].Children {
		t.Errorf("%d primary grids of %d, %d under the merged village", len(now), grids, s.grid(t, draft.ID, villages[0].ID).Children)
	}
	for _, tier := range []string{"primary", "micro"} {
		for _, pair := range s.pairs(t, draft.ID, tier) {
			if pair[0].Children+pair[1].Children == 0 { // else micro grids come that nobody works in yet
				s.handOver(t, draft.ID, tier, pair)
			}
		}
	}
	var report geo.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check", draft.ID)).wants(200).into(&report)
	for _, f := range report.Findings {
		if f.Severity == geo.Error {
			t.Errorf("%s %s: %s", f.Rule, f.Subject.Code, f.Message.EN)
		}
	}
	if !report.Pass {
		t.Error("the redrawn county does not pass the check")
	}
}

// handOver splits the first grid of a pair and merges what is cut off with a
// sibling beside it, if there is one that is not the first.
func (s *service) handOver(t *testing.T, plan geo.PlanID, tier string, pair [2]gridSeen) {
	done := s.moves(t, plan, tier, s.grid(t, plan, pair[0].ID).across())
	made := geo.GridID(0)
	for _, g := range done.Grids {
		if g.Before == nil && s.grid(t, plan, g.ID).Tier == tier {
			made = g.ID
		}
	}
	part := s.grid(t, plan, made)
	heir := pair[0].ID
	for _, n := range part.Neighbours {
		if g := s.grid(t, plan, n.ID); g.Parent == part.Parent && g.ID != heir {
			heir = g.ID
		}
	}
	s.moves(t, plan, tier, fmt.Sprintf(`{"op":"merge","grids":[%d,%d],"keep":%d}`, made, heir, heir))
}

// moves sends an edit and holds what it says of who moved in the tier against
// the counts of its grids before and after.
func (s *service) moves(t *testing.T, plan geo.PlanID, tier, body string) editSeen {
	t.Helper()
	want := map[geo.GridID]int64{}
	for _, g := range s.grids(t, plan, tier) {
		want[g.ID] = g.Counts.Resident
	}
	done := s.edited(t, plan, body)
	for _, m := range done.Moved {
		if m.Tier != tier {
			continue
		}
		if m.From != nil {
			want[m.From.ID] -= m.Persons
		}
		if m.To != nil {
			want[m.To.ID] += m.Persons
		}
	}
	after := s.grids(t, plan, tier)
	for _, g := range after {
		if want[g.ID] != g.Counts.Resident {
			t.Errorf("%s of %s: %d residents, counted from who moved %d", done.Op, g.Code, g.Counts.Resident, want[g.ID])
		}
	}
	for id, persons := range want {
		if persons != 0 && !slices.ContainsFunc(after, func(g gridSeen) bool { return g.ID == id }) {
			t.Errorf("%s: grid %d is gone, %d of its residents did not move", done.Op, id, persons)
		}
	}
	return done
}
