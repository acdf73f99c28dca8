package api

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
)

// A grid is retired: the answer tells who loses the post, what the heir holds
// then, and just those findings that a check has after and had not before; the
// undo tells the reverse, and the comparison of the two revisions the same.
func TestEffectsOfAnEdit(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	before := s.findings(t, draft.ID)
	done, seen := s.effects(t, s.edit(t, draft.ID, mergeOf(pair)).wants(200))
	after := s.findings(t, draft.ID)
	s.sameFindings(t, seen, before, after)
	lost := 0
	for _, p := range seen.Effects.Posts {
		if p.Grid.ID == pair[1].ID && p.Fate == "lost" && p.Heir != nil && p.Heir.ID == pair[0].ID {
			lost++
		}
	}
	if lost == 0 {
		t.Errorf("nobody loses the post in the grid that went: %+v", seen.Effects.Posts)
	}
	for _, c := range seen.Effects.Counts {
		if c.Grid.ID == pair[1].ID && c.After != nil || c.Grid.ID == pair[0].ID && (c.After == nil ||
			c.After.Households != pair[0].Counts.Households+pair[1].Counts.Households) {
			t.Errorf("counts %+v", c)
		}
	}
	undone, back := s.effects(t, s.turnPlan(t, draft.ID, "undo").wants(200))
	s.sameFindings(t, back, after, before)
	if len(back.Effects.Posts) != len(seen.Effects.Posts) || len(back.Effects.References) != 0 {
		t.Errorf("undone, %d posts change and %d records are left, done %d", len(back.Effects.Posts), len(back.Effects.References), len(seen.Effects.Posts))
	}
	s.comparesRevisions(t, draft, done, undone, seen)
}

// comparesRevisions asks for the difference between the revisions around an
// edit and its undoing.
func (s *service) comparesRevisions(t *testing.T, draft geo.Plan, done, undone geo.Revision, told effectsSeen) {
	t.Helper()
	type diff struct {
		effectsSeen
		FromRevision            geo.Revision `json:"from_revision"`
		ToRevision              geo.Revision `json:"to_revision"`
		Added, Retired, Changed []struct{ ID geo.GridID }
	}
	path := fmt.Sprintf("/v1/plans/%d/diff?as_of=%s&against_revision=", draft.ID, geo.DateOf(time.Now()))
	var d diff
	first := s.get(t, fmt.Sprintf("%s%d&revision=%d", path, draft.Revision, done)).wants(200)
	if first.into(&d); d.FromRevision != draft.Revision || d.ToRevision != done || len(d.Retired) != 1 || len(d.Effects.Counts) != len(told.Effects.Counts) ||
		len(d.Effects.Posts) != len(told.Effects.Posts) || len(d.Effects.Findings.Appeared) != len(told.Effects.Findings.Appeared) {
		t.Errorf("revision %d against %d: %+v", done, draft.Revision, d)
	}
	s.get(t, fmt.Sprintf("%s%d&revision=%d", path, draft.Revision, done), "If-None-Match", first.header.Get("ETag")).wants(304)
	var same diff
	if s.get(t, fmt.Sprintf("%s%d&revision=%d", path, draft.Revision, undone)).wants(200).into(&same); len(same.Retired)+len(same.Added)+len(same.Changed)+len(same.Effects.Counts) != 0 {
		t.Errorf("an edit and its undoing: %+v", same)
	}
	var other diff
	s.get(t, fmt.Sprintf("/v1/plans/%d/diff?against=%d&against_revision=%d", s.plan, draft.ID, done)).wants(200).into(&other)
	if len(other.Added) != 1 || len(other.Retired) != 0 {
		t.Errorf("the plan in force against the draft as it was: %+v", other)
	}
	s.get(t, path+"99999").refused(422, "invalid-record", "against_revision")
	s.get(t, path+fmt.Sprint(draft.Revision-1)).refused(404, "not-found", "")
	s.get(t, path+"0").refused(400, "invalid-request", "against_revision")
	s.get(t, path+fmt.Sprint(draft.Revision)+"&revision=99999").refused(422, "invalid-record", "revision")
}

// effects reads the answer of an edit.
func (s *service) effects(t *testing.T, a answer) (geo.Revision, effectsSeen) {
	t.Helper()
	var e struct {
		Revision geo.Revision
		effectsSeen
	}
	a.into(&e)
	return e.Revision, e.effectsSeen
}

// findings asks the whole check, on the day on which edits are judged.
func (s *service) findings(t *testing.T, plan geo.PlanID) map[string]bool {
	t.Helper()
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?as_of=%s", plan, geo.DateOf(time.Now()))).wants(200).into(&report)
	ids := map[string]bool{}
	for _, f := range report.Findings {
		ids[f.ID] = true
	}
	return ids
}

// sameFindings holds what an answer tells against two whole checks.
func (s *service) sameFindings(t *testing.T, seen effectsSeen, before, after map[string]bool) {
	t.Helper()
	want, got := map[string]int{}, map[string]int{}
	for id := range after {
		if !before[id] {
			want[id]++
		}
	}
	for id := range before {
		if !after[id] {
			want[id]--
		}
	}
	for _, f := range seen.Effects.Findings.Appeared {
		got[f.ID]++
	}
	for _, f := range seen.Effects.Findings.Gone {
		got[f.ID]--
	}
	if a, b := text(t, got), text(t, want); a != b || len(want) == 0 {
		t.Errorf("findings told %s, checked %s", a, b)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	out, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
