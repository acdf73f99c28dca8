package api

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
)

// The story of a county that redraws: two villages become one, the grids under
// them follow; grids of every tier are split, and what is cut off goes to the
// neighbour; a new micro grid gets a worker; who moved adds up at every step;
// the draft is whole and without an error finding; it is reviewed, filed and
// put in force, and the old map is still there.
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
	s.openMicroGrid(t, draft.ID)
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check", draft.ID)).wants(200).into(&report)
	for _, f := range report.Findings {
		if f.Severity == geo.Error {
			t.Errorf("%s %s: %s", f.Rule, f.Subject.Code, f.Message.EN)
		}
	}
	if !report.Pass {
		t.Error("the redrawn county does not pass the check")
	}
	s.putInForce(t, draft.ID, villages)
}

// openMicroGrid splits a micro grid and gives the new one a worker, before it
// is in force.
func (s *service) openMicroGrid(t *testing.T, plan geo.PlanID) {
	made := geo.GridID(0)
	for _, g := range s.moves(t, plan, "micro", s.grids(t, plan, "micro")[0].across()).Grids {
		if g.Before == nil {
			made = g.ID
		}
	}
	var workers struct{ Workers []struct{ ID geo.WorkerID } }
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d", s.territory)).wants(200).into(&workers)
	s.call(t, "POST", fmt.Sprintf("/v1/assignments?territory=%d", s.territory),
		fmt.Sprintf(`{"worker":%d,"grid":%d,"role":"micro_leader","valid":{"from":"2025-01-01"}}`, workers.Workers[0].ID, made)).wants(http.StatusCreated)
	if g := s.grid(t, plan, made); g.Counts.Workers != 1 {
		t.Errorf("the new grid has %d workers", g.Counts.Workers)
	}
}

// state takes a plan to a state.
func (s *service) state(t testing.TB, plan geo.PlanID, to string, headers ...string) answer {
	t.Helper()
	return s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/state", plan), fmt.Sprintf(`{"to":%q}`, to), headers...)
}

// putInForce leads the draft to its end and looks at both maps.
func (s *service) putInForce(t *testing.T, draft geo.PlanID, villages [2]gridSeen) {
	gone := villages[1]
	old := s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=1000", s.plan)).wants(200)
	drawn := s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=1000", draft)).wants(200)
	s.state(t, draft, "in_force").refused(409, "state", "")
	s.state(t, draft, "reviewed").wants(200)
	s.edit(t, draft, fmt.Sprintf(`{"op":"retire","grid":%d}`, villages[0].ID)).refused(409, "state", "")
	s.state(t, draft, "filed").wants(200)
	done := s.state(t, draft, "in_force", "Idempotency-Key", "publish").wants(200)
	var published struct {
		Plan       geo.Plan
		Retired    geo.PlanID
		Households int64 `json:"households_moved"`
	}
	done.into(&published)
	if published.Plan.State != geo.InForce || published.Retired != s.plan || published.Households == 0 {
		t.Errorf("published %+v", published)
	}
	if again := s.state(t, draft, "in_force", "Idempotency-Key", "publish").wants(200); string(again.body) != string(done.body) {
		t.Errorf("repeated: %s, first %s", again.body, done.body)
	}
	at := fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f&territory=%d&min_revision=%s", gone.Interior[0], gone.Interior[1], s.territory, done.header.Get("Gridmap-Revision"))
	var located struct {
		Plan  geo.PlanID
		Chain []struct{ ID geo.GridID }
	}
	s.get(t, at).wants(200).into(&located)
	holds := func(id geo.GridID) bool {
		return slices.ContainsFunc(located.Chain, func(g struct{ ID geo.GridID }) bool { return g.ID == id })
	}
	if !holds(villages[0].ID) || holds(gone.ID) {
		t.Errorf("located in %+v, want in village %d", located.Chain, villages[0].ID)
	}
	if found := s.locatedIn(t, s.plan, gone.Interior); !slices.Contains(found, gone.ID) {
		t.Errorf("the old plan locates in %v, want in village %d", found, gone.ID)
	}
	s.sameMap(t, s.plan, old, geo.Retired)
	s.sameMap(t, draft, drawn, geo.InForce)
	var report check.Report
	if s.get(t, fmt.Sprintf("/v1/plans/%d/check", draft)).wants(200).into(&report); !report.Pass {
		t.Errorf("in force, the plan does not pass: %+v", report.Findings)
	}
	s.testSteps(t, draft)
}

// sameMap reports a plan that is not drawn as it was, or not in the state.
func (s *service) sameMap(t *testing.T, plan geo.PlanID, was answer, want geo.PlanState) {
	t.Helper()
	type page struct {
		Grids []struct {
			Code     string
			Geometry any
		}
	}
	var before, after page
	was.into(&before)
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=1000", plan)).wants(200).into(&after)
	if !reflect.DeepEqual(before, after) {
		t.Errorf("plan %d is drawn otherwise than before", plan)
	}
	var shown struct{ State geo.PlanState }
	if s.get(t, fmt.Sprintf("/v1/plans/%d", plan)).wants(200).into(&shown); shown.State != want {
		t.Errorf("plan %d is %s, want %s", plan, shown.State, want)
	}
}

// testSteps looks at who took the plan where.
func (s *service) testSteps(t *testing.T, plan geo.PlanID) {
	var history struct {
		Steps []struct {
			State geo.PlanState
			By    string
		}
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/edits", plan)).wants(200).into(&history)
	var states []geo.PlanState
	for _, step := range history.Steps {
		states = append(states, step.State)
		if step.By != "anonymous" {
			t.Errorf("step %+v", step)
		}
	}
	if !slices.Equal(states, []geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.InForce}) {
		t.Errorf("steps %v", states)
	}
}

// A plan against which an error finding stands does not come into force, and
// the refusal shows what and where.
func TestStateRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	s.edited(t, draft.ID, s.grids(t, draft.ID, "micro")[0].across()) // the new grid has no worker
	path := fmt.Sprintf("/v1/plans/%d/state", draft.ID)
	s.call(t, "POST", path, `{}`).refused(400, "invalid-request", "to")
	s.call(t, "POST", path, `{"to":"burnt"}`).refused(400, "invalid-request", "to")
	s.call(t, "POST", path, `{"to":"reviewed","effective":"2026-01-01"}`).refused(400, "invalid-request", "effective")
	s.call(t, "POST", path, `{"to":"reviewed","by":"me"}`).refused(400, "invalid-request", "by")
	s.state(t, s.plan, "reviewed").refused(409, "state", "")
	s.state(t, draft.ID, "reviewed", "If-Match", etag(draft.Revision)).refused(412, "stale", "If-Match")
	s.state(t, draft.ID, "reviewed").wants(200)
	s.state(t, draft.ID, "filed").wants(200)
	refused := s.state(t, draft.ID, "in_force")
	refused.refused(422, "findings", "")
	var p struct {
		Findings struct {
			Features []struct{ Properties struct{ Rule geo.RuleID } }
		}
	}
	if refused.into(&p); len(p.Findings.Features) == 0 || p.Findings.Features[0].Properties.Rule != geo.RuleUnstaffed {
		t.Errorf("refused for %+v", p)
	}
	var plan struct{ State geo.PlanState }
	if s.get(t, fmt.Sprintf("/v1/plans/%d", draft.ID)).wants(200).into(&plan); plan.State != geo.Filed {
		t.Errorf("refused, the plan is %s", plan.State)
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
