package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
)

// What a wall shows is what the check of the same unit says, and the parts of
// a unit add up to it.
func TestStandingAgreesWithTheCheck(t *testing.T) {
	t.Parallel()
	clean, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	var seen alarmsJSON
	for seed := range uint64(4) {
		planted, _, err := clean.Plant(seed)
		if err != nil {
			t.Fatal(err)
		}
		a, err := atlas.New(&planted.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		v := viewOf(a, fixtures.AsOf)
		whole := standsAsChecked(t, v, 0)
		seen.NoLeader += whole.Counts.NoLeader
		seen.Gap += whole.Counts.Gap
		seen.Short += whole.Counts.Short
		for _, town := range whole.Places {
			i, _ := a.Tree().Index(town.ID)
			part := standsAsChecked(t, v, i)
			if part.Counts.NoLeader != town.Alarms.NoLeader || part.Counts.Gap != town.Alarms.Gap || part.Unit.Counts.Households != town.Counts.Households {
				t.Errorf("%s: seen from above %+v, on its own %+v", town.Code, town.Alarms, part.Counts)
			}
			if len(part.Chain) != 2 || part.Chain[1].Code != town.Code {
				t.Errorf("%s: chain %+v", town.Code, part.Chain)
			}
		}
	}
	if seen.NoLeader == 0 || seen.Gap == 0 || seen.Short == 0 {
		t.Errorf("alarms %+v: the planted faults should raise some of each kind", seen)
	}
}

// standsAsChecked compares a standing with the report of the same unit.
func standsAsChecked(t *testing.T, v view, top int) standingJSON {
	t.Helper()
	have, err := showStanding(v, top)
	if err != nil {
		t.Fatal(err)
	}
	q := check.Question{AsOf: v.asOf, MaxFindings: 1_000_000}
	if top != 0 {
		q.Scope.Divisions = []string{have.Unit.Code}
	}
	want, err := v.a.Check(q)
	if err != nil {
		t.Fatal(err)
	}
	if want.Summary.Households != have.Summary.Households || want.Pass != have.Pass {
		t.Errorf("%s: %+v, the report says %+v", have.Unit.Code, have.Summary.Households, want.Summary.Households)
	}
	rules := map[geo.RuleID]int{}
	for i := range want.Findings {
		rules[want.Findings[i].Rule]++
	}
	if have.Counts.NoLeader != rules[geo.RuleUnstaffed] || have.Counts.Gap != rules[geo.RuleGap] {
		t.Errorf("%s: alarms %+v, the report has %v", have.Unit.Code, have.Counts, rules)
	}
	households := have.Unit.Counts.Households
	for _, p := range have.Places {
		households -= p.Counts.Households
	}
	if in := want.Summary.Households; households != 0 || have.Unit.Counts.Households != in.InOne+in.InMany {
		t.Errorf("%s: %d households of %d in its parts, the report says %+v", have.Unit.Code, have.Unit.Counts.Households-households, have.Unit.Counts.Households, want.Summary.Households)
	}
	for _, alarm := range have.Alarms {
		if kind := alarm.Subject.Type; kind != "grid" && kind != "division" {
			t.Errorf("an alarm is about %+v", alarm.Subject)
		}
	}
	return have
}

// A waived finding raises no alarm, and a post tells who stands in for it.
func TestStandingAfterAWaiver(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/standing", s.plan)
	of := fmt.Sprintf("?territory=%d", s.territory)
	var posts struct {
		Assignments []geo.Assignment `json:"assignments"`
	}
	s.get(t, "/v1/assignments"+of+"&limit=100").wants(200).into(&posts)
	post, other := posts.Assignments[0], posts.Assignments[1]
	if post.Worker == other.Worker {
		t.Fatal("the first two posts are of one worker")
	}
	one := fmt.Sprintf("/v1/assignments/%d%s", post.ID, of)
	s.call(t, "PATCH", one, fmt.Sprintf(`{"deputy":%d}`, other.Worker)).wants(200)
	var place struct{ Workers []postJSON }
	revision := s.get(t, one).header.Get("Gridmap-Revision")
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d?min_revision=%s", s.plan, post.Grid, revision)).wants(200).into(&place)
	if len(place.Workers) == 0 || place.Workers[0].Deputy == nil || place.Workers[0].Deputy.ID != other.Worker {
		t.Errorf("the grid tells of %+v, want a deputy %d", place.Workers, other.Worker)
	}

	gone := s.call(t, "DELETE", one, "").wants(http.StatusNoContent)
	type standing struct {
		Counts alarmsJSON `json:"alarm_counts"`
		Alarms []struct {
			Kind string
			Rule geo.RuleID
		}
	}
	var before, after standing
	s.get(t, base+"?min_revision="+gone.header.Get("Gridmap-Revision")).wants(200).into(&before)
	if len(before.Alarms) == 0 || before.Alarms[0].Kind != noLeader {
		t.Fatalf("alarms %+v, want one for the grid that lost its only worker", before.Alarms)
	}
	var found struct {
		Findings []struct {
			ID   string
			Rule geo.RuleID
		}
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/check", s.plan)).wants(200).into(&found)
	for _, f := range found.Findings {
		if f.Rule == before.Alarms[0].Rule {
			s.call(t, "POST", "/v1/waivers"+of, fmt.Sprintf(`{"finding":%q,"rule":%q,"why":"on leave","by":"test"}`, f.ID, f.Rule)).wants(201)
		}
	}
	waived := s.get(t, "/v1/waivers"+of).header.Get("Gridmap-Revision")
	again := s.get(t, base+"?min_revision="+waived).wants(200)
	again.into(&after)
	s.get(t, base, "If-None-Match", again.header.Get("ETag")).wants(http.StatusNotModified)
	s.get(t, base+"?unit=1").refused(400, "invalid-request", "unit")
	if after.Counts.NoLeader != before.Counts.NoLeader-1 || strings.Contains(fmt.Sprint(after.Alarms), string(before.Alarms[0].Rule)) {
		t.Errorf("alarms before the waiver %+v, after it %+v", before.Counts, after.Counts)
	}
}
