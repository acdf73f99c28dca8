package api

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// renamed is an edit that touches one grid and nothing else.
func renamed(g gridSeen, to string) string {
	return fmt.Sprintf(`{"op":"set","grid":%d,"name":{"zh":%q}}`, g.ID, to)
}

// publish takes a draft all the way.
func (s *service) publish(t testing.TB, plan geo.PlanID) {
	t.Helper()
	for _, to := range []string{"reviewed", "filed", "in_force"} {
		s.state(t, plan, to).wants(200)
	}
}

func (s *service) rebase(t testing.TB, plan geo.PlanID, body string, headers ...string) answer {
	t.Helper()
	return s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/rebase", plan), body, headers...)
}

// A draft that was overtaken is rebased, dry first; the same key gives the same
// answer; its history tells who made what, before and after; undo ends at the
// plan it stands on.
func TestRebase(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft, ahead := s.makeDraft(t), s.makeDraft(t)
	grids := s.grids(t, draft.ID, "primary")
	s.edited(t, draft.ID, renamed(grids[0], "东街"))
	s.edited(t, ahead.ID, renamed(grids[1], "西街"))
	s.publish(t, ahead.ID)
	var dry, done postgis.Rebased
	s.rebase(t, draft.ID, `{"dry_run":true}`).wants(200).into(&dry)
	if dry.Begins != 0 || dry.Onto != ahead.ID || len(dry.Edits) != 1 || dry.Changed != 1 {
		t.Errorf("dry run: %+v", dry)
	}
	s.rebase(t, draft.ID, `{"onto":1}`).refused(400, "invalid-request", "onto")
	s.rebase(t, draft.ID, "", "If-Match", etag(draft.Revision)).refused(412, "stale", "If-Match")
	first := s.rebase(t, draft.ID, "", "Idempotency-Key", "r").wants(200)
	if first.into(&done); done.Begins == 0 || done.Edits[0].Now == 0 || first.header.Get("ETag") != etag(done.Plan.Revision) {
		t.Errorf("rebased: %+v, %v", done, first.header)
	}
	if again := s.rebase(t, draft.ID, "", "Idempotency-Key", "r").wants(200); !bytes.Equal(again.body, first.body) {
		t.Errorf("a repeat answered %s, first %s", again.body, first.body)
	}
	s.rebase(t, draft.ID, `{"dry_run":true}`, "Idempotency-Key", "r").refused(409, "conflict", "")
	var history struct{ Edits []PlanEditJSON }
	s.get(t, fmt.Sprintf("/v1/plans/%d/edits?detail=changes", draft.ID)).wants(200).into(&history)
	if len(history.Edits) != 2 || history.Edits[0].Made != done.Edits[0].Edit || history.Edits[1].Op != "rebase" ||
		history.Edits[0].Changes[0].Before.Name != grids[0].name(t, s, ahead.ID) || history.Edits[0].Changes[0].After.Name.ZH != "东街" {
		t.Errorf("history %+v", history.Edits)
	}
	full := s.get(t, fmt.Sprintf("/v1/plans/%d/edits?detail=full", draft.ID)).wants(200)
	if !bytes.Contains(full.body, []byte(`"Polygon"`)) {
		t.Error("the full history has no ground")
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/edits?detail=all", draft.ID)).refused(400, "invalid-request", "detail")
	s.turnPlan(t, draft.ID, "undo").wants(200)
	s.turnPlan(t, draft.ID, "undo").refused(409, "state", "")
	list := func(plan geo.PlanID) []byte {
		return s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full&limit=1000", plan)).wants(200).body
	}
	if i := bytes.Index(list(draft.ID), []byte(`"grids"`)); !bytes.Equal(list(draft.ID)[i:], list(ahead.ID)[bytes.Index(list(ahead.ID), []byte(`"grids"`)):]) {
		t.Error("undone to the beginning, the draft is not the plan it stands on")
	}
}

// name is what a grid is called in a plan.
func (g gridSeen) name(t testing.TB, s *service, plan geo.PlanID) geo.Name {
	t.Helper()
	var seen struct{ Name geo.Name }
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d", plan, g.ID)).wants(200).into(&seen)
	return seen.Name
}

// What both changed is told with who did it, and where; publishing is refused
// in the same way, or carries the plan over.
func TestRebaseClash(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft, ahead, other := s.makeDraft(t), s.makeDraft(t), s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	s.edited(t, draft.ID, mergeOf(pair))
	s.edited(t, ahead.ID, renamed(pair[1], "西街"))
	s.edited(t, other.ID, renamed(pair[0], "东街"))
	s.publish(t, ahead.ID)
	refused := s.rebase(t, draft.ID, "")
	refused.refused(409, "clash", "")
	var p struct {
		Message  struct{ ZH string }
		Clashes  []clashJSON
		Findings struct {
			Features []struct{ Geometry struct{ Type string } }
		}
	}
	refused.into(&p)
	if len(p.Clashes) != 1 || p.Clashes[0].Grid != pair[1].ID || p.Clashes[0].Code != pair[1].Code || p.Clashes[0].Edit.Op != "merge" ||
		p.Message.ZH == "" || p.Clashes[0].Message.ZH == "" || !slices.Equal(p.Clashes[0].Fields, []string{"grid"}) || p.Clashes[0].Base[0].Plan != ahead.ID || p.Findings.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("clashes %+v", p)
	}
	s.state(t, draft.ID, "reviewed").wants(200)
	s.state(t, draft.ID, "filed").wants(200)
	s.state(t, draft.ID, "in_force").refused(409, "clash", "")
	s.state(t, other.ID, "reviewed").wants(200)
	s.state(t, other.ID, "filed").wants(200)
	var done PublishedJSON
	if s.state(t, other.ID, "in_force").wants(200).into(&done); done.Rebased == nil || done.Retired != ahead.ID {
		t.Errorf("published %+v", done)
	}
}

// A plan is sent back with a reason and discarded; a day to come keeps it filed
// and answers questions as of that day; a retired plan comes back.
func TestPlanLife(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	grid := s.grids(t, draft.ID, "primary")[0]
	s.edited(t, draft.ID, renamed(grid, "东街"))
	path := fmt.Sprintf("/v1/plans/%d/state", draft.ID)
	s.state(t, draft.ID, "reviewed").wants(200)
	s.state(t, draft.ID, "draft").refused(422, "invalid-record", "reason")
	s.call(t, "POST", path, `{"to":"filed","reason":"x"}`).refused(400, "invalid-request", "reason")
	s.call(t, "POST", path, fmt.Sprintf(`{"to":"draft","reason":%q}`, strings.Repeat("长", 700))).refused(422, "invalid-record", "reason")
	s.call(t, "POST", path, `{"to":"draft","reason":"边界与实地不符"}`).wants(200)
	s.state(t, draft.ID, "reviewed").wants(200)
	s.state(t, draft.ID, "filed").wants(200)
	var done PublishedJSON
	s.call(t, "POST", path, `{"to":"in_force","effective":"2026-02-01"}`).wants(200).into(&done)
	if done.Plan.State != geo.Filed || done.Plan.Effective != 20260201 || done.Retired != 0 {
		t.Errorf("scheduled: %+v", done)
	}
	s.askedAsOf(t, draft.ID)
	told, err := s.store.Due(t.Context(), 20260201, Publishable)
	if err != nil || len(told) != 1 || told[0].Err != nil {
		t.Fatalf("on the day: %+v, %v", told, err)
	}
	var history struct{ Steps []stepJSON }
	s.get(t, fmt.Sprintf("/v1/plans/%d/edits", draft.ID)).wants(200).into(&history)
	if n := len(history.Steps); n != 7 || history.Steps[2].Reason == "" || history.Steps[5].Effective != 20260201 || history.Steps[6].State != geo.InForce {
		t.Errorf("steps %+v", history.Steps)
	}
	body := fmt.Sprintf(`{"territory":%d,"from":%d,"name":"恢复"}`, s.territory, s.plan)
	made := s.call(t, "POST", "/v1/plans", body, "Idempotency-Key", "back").wants(http.StatusCreated)
	if again := s.call(t, "POST", "/v1/plans", body, "Idempotency-Key", "back").wants(http.StatusCreated); !bytes.Equal(again.body, made.body) {
		t.Errorf("a repeat made %s, first %s", again.body, made.body)
	}
	s.call(t, "POST", "/v1/plans", strings.Replace(body, "恢复", "另一", 1), "Idempotency-Key", "back").refused(409, "conflict", "")
	var back geo.Plan
	made.into(&back)
	if was, is := grid.name(t, s, s.plan), grid.name(t, s, back.ID); is != was {
		t.Errorf("the draft of the retired plan calls the grid %v, want %v", is, was)
	}
	s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/state", back.ID), `{"to":"discarded","reason":"不再需要"}`).wants(200)
	s.edit(t, back.ID, renamed(grid, "x")).refused(409, "state", "")
}

// askedAsOf asks what is in force before a plan takes effect, and then.
func (s *service) askedAsOf(t *testing.T, coming geo.PlanID) {
	t.Helper()
	at := s.grids(t, s.plan, "primary")[0]
	place := s.grid(t, s.plan, at.ID).Interior
	for day, want := range map[string]geo.PlanID{"2026-01-15": s.plan, "2026-01-31": s.plan, "2026-02-01": coming, "2026-06-30": coming} {
		var located struct{ Plan geo.PlanID }
		s.get(t, fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f&territory=%d&as_of=%s", place[0], place[1], s.territory, day)).wants(200).into(&located)
		var territory struct {
			InForce struct{ ID geo.PlanID } `json:"in_force"`
		}
		s.get(t, fmt.Sprintf("/v1/territories/%d?as_of=%s", s.territory, day)).wants(200).into(&territory)
		var report struct{ Plan geo.PlanID }
		s.call(t, "POST", fmt.Sprintf("/v1/checks?territory=%d", s.territory), fmt.Sprintf(`{"as_of":%q}`, day)).wants(200).into(&report)
		if located.Plan != want || territory.InForce.ID != want || report.Plan != want {
			t.Errorf("as of %s: located in plan %d, in force %d, checked %d, want %d", day, located.Plan, territory.InForce.ID, report.Plan, want)
		}
	}
}

// Under one key an edit that changes nothing is remembered, too.
func TestKeyOfAnEditThatChangesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	grid := s.grids(t, draft.ID, "primary")[0]
	body := renamed(grid, grid.name(t, s, draft.ID).ZH)
	idle := s.edit(t, draft.ID, body, "Idempotency-Key", "k").wants(200)
	s.edited(t, draft.ID, renamed(grid, "东街"))
	if again := s.edit(t, draft.ID, body, "Idempotency-Key", "k").wants(200); !bytes.Equal(again.body, idle.body) {
		t.Errorf("a repeat answered %s, first %s", again.body, idle.body)
	}
	if now := grid.name(t, s, draft.ID); now.ZH != "东街" {
		t.Errorf("a repeat renamed the grid to %v", now)
	}
	s.edit(t, draft.ID, renamed(grid, "西街"), "Idempotency-Key", "k").refused(409, "conflict", "")
}
