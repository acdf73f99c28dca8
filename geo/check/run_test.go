package check

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"gridmap/geo"
)

func runID(t *testing.T, q Question, territory geo.TerritoryID, plan geo.PlanID, rev geo.Revision) string {
	t.Helper()
	id, err := RunID(q, territory, plan, rev)
	if err != nil || len(id) != 16 {
		t.Fatalf("run %q, %v", id, err)
	}
	return id
}

// A run is named after what decides the answer, and nothing else.
func TestRunIsNamedAfterWhatIsAsked(t *testing.T) {
	t.Parallel()
	base := runID(t, Question{AsOf: 20250630}, 1, 2, 3)
	same := Question{AsOf: 20250630, Wait: "5s", MaxFindings: 7, Store: true, Profile: geo.DefaultProfile}
	same.Include.Geometry = "none"
	if got := runID(t, same, 1, 2, 3); got != base {
		t.Errorf("shown otherwise the run is %s, want %s", got, base)
	}
	strict := Question{AsOf: 20250630, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 1}}}
	part := Question{AsOf: 20250630}
	part.Scope.Divisions = []string{"990101"}
	for what, id := range map[string]string{
		"another day": runID(t, Question{AsOf: 20250701}, 1, 2, 3), "another territory": runID(t, Question{AsOf: 20250630}, 2, 2, 3),
		"another plan": runID(t, Question{AsOf: 20250630}, 1, 3, 3), "another revision": runID(t, Question{AsOf: 20250630}, 1, 2, 4),
		"another profile": runID(t, Question{AsOf: 20250630, Profile: "p"}, 1, 2, 3),
		"another limit":   runID(t, strict, 1, 2, 3), "a part": runID(t, part, 1, 2, 3),
		"tiers": runID(t, Question{AsOf: 20250630, Tiers: []string{"village"}}, 1, 2, 3),
	} {
		if id == base {
			t.Errorf("%s bears the same name", what)
		}
	}
	if !(Question{}).Whole() || part.Whole() || (Question{Tiers: []string{"village"}}).Whole() || (Question{Kinds: []geo.Kind{geo.Task}}).Whole() ||
		(Question{Plan: new(geo.PlanID)}).Whole() {
		t.Error("whole is what asks about all of a territory's plan in force")
	}
	if !(Question{}).Usual() || strict.Usual() || (Question{Basis: geo.Resident}).Usual() {
		t.Error("usual is what takes the profile as it is")
	}
}

// understaffed is drawn with households, workers and a standard for villages.
func understaffed() *geo.Snapshot {
	s := drawn()
	s.Standards = []geo.Standard{{ID: 1, Rule: geo.RuleRatio, Workers: 18, Residents: 10_000, Basis: geo.UrbanResident, Tier: 1, Roles: []string{"community_worker"}}}
	s.Populations = []geo.Population{
		{ID: 1, Unit: 11, Basis: geo.UrbanResident, Value: 1000, AsOf: 20250101},
		{ID: 2, Unit: 12, Basis: geo.UrbanResident, Value: 500, AsOf: 20250101},
	}
	s.Workers = []geo.Worker{{ID: 1, Number: "W-1"}}
	s.Assignments = []geo.Assignment{{ID: 1, Worker: 1, Grid: 12, Role: "community_worker", Permille: 1000}}
	return s
}

// The outline counts every finding, those that are not shown too, and keeps
// shortfalls of one tier apart from those of another.
func TestOutlineCountsAll(t *testing.T) {
	t.Parallel()
	r := ask(t, understaffed(), `{"as_of":"2025-06-30","max_findings":1}`)
	o := r.Outline
	if len(r.Findings) != 1 || r.FindingsTotal < 3 {
		t.Fatalf("%d of %d findings", len(r.Findings), r.FindingsTotal)
	}
	sum := int64(0)
	for _, n := range o.Findings {
		sum += n
	}
	if byRule := o.Rules[geo.RuleUnstaffed]; sum != int64(r.FindingsTotal) || byRule != 4 || o.GridsWithoutWorker != 4 {
		t.Errorf("%d findings in the outline, %d in all; %d unstaffed", sum, r.FindingsTotal, byRule)
	}
	want := map[geo.RuleID]map[string]Shortage{geo.RuleRatio: {"village": {Units: 2, Failing: 1, Required: 3, Actual: 1, Short: 2}}}
	if !reflect.DeepEqual(o.Standards, want) {
		t.Errorf("standards %+v, want %+v", o.Standards, want)
	}
	if o.Pass || o.Worst != geo.Error || o.Grids["primary"] != 4 || o.CoveredPct != 100 {
		t.Errorf("outline %+v", o)
	}
}

// Outlines add up exactly: each count of the sum is the sum of the counts, and
// two bases of population stay two figures.
func TestOutlinesAddUp(t *testing.T) {
	t.Parallel()
	one := ask(t, understaffed(), `{"as_of":"2025-06-30"}`).Outline
	one.Population, one.Waived = map[geo.Basis]int64{geo.UrbanResident: 1500}, 1
	two := one
	two.Population, two.Pass, two.Worst, two.MissingM2 = map[geo.Basis]int64{geo.Resident: 7}, true, geo.Warning, 1
	var sum Outline
	sum.Add(two)
	if !sum.Pass || sum.Worst != geo.Warning {
		t.Errorf("one that passes: %v, %s", sum.Pass, sum.Worst)
	}
	sum.Add(one)
	if sum.Pass || sum.Worst != geo.Error || sum.Waived != 2 || sum.CoveredPct != 99.99 {
		t.Errorf("sum %+v", sum)
	}
	if want := map[geo.Basis]int64{geo.UrbanResident: 1500, geo.Resident: 7}; !reflect.DeepEqual(sum.Population, want) {
		t.Errorf("population %v, want %v", sum.Population, want)
	}
	if s := sum.Standards[geo.RuleRatio]["village"]; s != (Shortage{Units: 4, Failing: 2, Required: 6, Actual: 2, Short: 4}) {
		t.Errorf("standards %+v", s)
	}
	if sum.Findings[geo.Error] != 2*one.Findings[geo.Error] || sum.Grids["primary"] != 8 || sum.Households.Total != 2*one.Households.Total {
		t.Errorf("sum %+v of %+v", sum, one)
	}
}

// One square metre missing in a nation does not read as 100 %.
func TestNothingMissingIsHundred(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ missing, whole, want float64 }{
		{0, 9.6e12, 100}, {1, 9.6e12, 99.99}, {0.0001, 9.6e12, 99.99}, {5e9, 1e10, 50}, {1, 0, 0}, {3, 2, 0},
	} {
		if got := percentMissing(tt.missing, tt.whole); got != tt.want {
			t.Errorf("%v of %v missing is %v covered, want %v", tt.missing, tt.whole, got, tt.want)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	s := understaffed()
	before := ask(t, s, `{"as_of":"2025-06-30"}`)
	s.Workers = append(s.Workers, geo.Worker{ID: 2, Number: "W-2"})
	s.Assignments = append(s.Assignments, geo.Assignment{ID: 2, Worker: 2, Grid: 13, Role: "community_worker", Permille: 1000})
	s.Grids[6].Boundary = nil
	after := ask(t, s, `{}`)
	after.AsOf = 20250701
	c := Compare(before, after)
	if !c.Complete || c.Before.AsOf != 20250630 || c.After.AsOf != 20250701 {
		t.Errorf("comparison %+v", c)
	}
	staffed := slices.IndexFunc(c.Gone, func(f Finding) bool { return f.Rule == geo.RuleUnstaffed && f.Subject.Code == "east-1" })
	undrawn := slices.IndexFunc(c.New, func(f Finding) bool { return f.Rule == geo.RuleUndrawn && f.Subject.Code == "west-1" })
	ratio := slices.IndexFunc(c.Stayed, func(f StayedFinding) bool { return f.Rule == geo.RuleRatio && f.Subject.Code == "east" })
	if staffed < 0 || undrawn < 0 || ratio < 0 {
		t.Fatalf("gone %+v, new %+v, stayed %+v", c.Gone, c.New, c.Stayed)
	}
	if f := c.Stayed[ratio]; f.Before.Value != 0 || f.After.Value != 1 {
		t.Errorf("the ratio moved from %+v to %+v", f.Before, f.After)
	}
	if c.Totals.New+c.Totals.Stayed != after.FindingsTotal || c.Totals.Gone+c.Totals.Stayed != before.FindingsTotal {
		t.Errorf("%+v of %d before and %d after", c.Totals, before.FindingsTotal, after.FindingsTotal)
	}
	sum := ComparedTotals{}
	for _, r := range c.Rules {
		sum.New, sum.Gone, sum.Stayed = sum.New+r.New, sum.Gone+r.Gone, sum.Stayed+r.Stayed
	}
	if sum != c.Totals {
		t.Errorf("by rule %+v, in all %+v", sum, c.Totals)
	}
	for _, u := range c.Units {
		want := map[string]int64{"east": -1, "west": 0}[u.Code]
		before, _ := u.Before.AskedBy()
		after, _ := u.After.AskedBy()
		if u.ShortChange == nil || *u.ShortChange != want || before != after || before == 0 {
			t.Errorf("unit %+v", u)
		}
	}
	if len(c.Units) != 2 {
		t.Errorf("%d units", len(c.Units))
	}
	if shown := c.Shown(1); len(shown.Gone) != 1 || shown.Totals != c.Totals {
		t.Errorf("cut to one: %d gone, %+v", len(shown.Gone), shown.Totals)
	}
}

// What one side did not ask is neither new nor gone, units that one side lacks
// stand with that side alone, and a list that was cut says so.
func TestCompareOfUnlikeReports(t *testing.T) {
	t.Parallel()
	s := understaffed()
	all := ask(t, s, `{"as_of":"2025-06-30"}`)
	some := ask(t, s, `{"as_of":"2025-06-30","rules":{"STF-1":{"off":true}},"scope":{"divisions":["east"]}}`)
	for _, c := range []Comparison{Compare(all, some), Compare(some, all)} {
		if !slices.Contains(c.Unasked, geo.RuleUnstaffed) {
			t.Errorf("rules that one side asked: %v", c.Unasked)
		}
		for _, f := range append(c.New, c.Gone...) {
			if f.Rule == geo.RuleUnstaffed {
				t.Errorf("%+v is told as new or gone", f)
			}
		}
		lone := 0
		for _, u := range c.Units {
			if (u.Before == nil) != (u.After == nil) {
				lone++
				if u.Code != "west" || u.ShortChange != nil {
					t.Errorf("unit %+v", u)
				}
			}
		}
		if lone != 1 || len(c.Units) != 2 || !c.Complete {
			t.Errorf("%d units of one side, of %d", lone, len(c.Units))
		}
	}
	if c := Compare(all, ask(t, s, `{"as_of":"2025-06-30","max_findings":1}`)); c.Complete {
		t.Error("a cut list passes for a complete one")
	}
}

func TestScheduleDays(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		every        Interval
		from, to     geo.Date
		after, until geo.Date
		want         []geo.Date
	}{
		{"weekly on the weekday of the first day", Weekly, 20251229, 0, 0, 20260112, []geo.Date{20251229, 20260105, 20260112}},
		{"the day it was asked for last is over", Weekly, 20251229, 0, 20260105, 20260112, []geo.Date{20260112}},
		{"nothing between", Weekly, 20251229, 0, 20260105, 20260111, nil},
		{"half-monthly in a leap February", HalfMonthly, 20240201, 0, 0, 20240301, []geo.Date{20240215, 20240229}},
		{"monthly on the last day", Monthly, 20250131, 0, 0, 20250430, []geo.Date{20250131, 20250228, 20250331, 20250430}},
		{"quarter ends", QuarterEnd, 20250101, 0, 0, 20251231, []geo.Date{20250331, 20250630, 20250930, 20251231}},
		{"not past its end", QuarterEnd, 20250101, 20250630, 0, 20251231, []geo.Date{20250331}},
		{"not before its beginning", Monthly, 20250401, 0, 20250101, 20250430, []geo.Date{20250430}},
		{"no more than a year back", QuarterEnd, 20000101, 0, 0, 20250630, []geo.Date{20240630, 20240930, 20241231, 20250331, 20250630}},
	} {
		s := Schedule{Code: "s", Every: tt.every, Valid: geo.Period{From: tt.from, To: tt.to}}
		if err := s.Validate(); err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if got := s.Days(tt.after, tt.until); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	ended := Schedule{Every: Monthly, Valid: geo.Period{From: 20250101, To: 20250201}}
	for after, want := range map[geo.Date]geo.Date{20240101: 20250131, 20250130: 20250131, 20250131: 0} {
		if got := ended.Next(after); got != want {
			t.Errorf("after %v comes %v, want %v", after, got, want)
		}
	}
}

func TestScheduleRefuses(t *testing.T) {
	t.Parallel()
	plan := geo.PlanID(1)
	good := Schedule{Code: "s", Every: Weekly, Valid: geo.Period{From: 20250101}}
	for field, change := range map[string]func(*Schedule){
		"code": func(s *Schedule) { s.Code = "" }, "every": func(s *Schedule) { s.Every = "daily" },
		"valid.from":     func(s *Schedule) { s.Valid.From = 0 },
		"valid.to":       func(s *Schedule) { s.Valid.To = 20250101 },
		"question.plan":  func(s *Schedule) { s.Question.Plan = &plan },
		"question.as_of": func(s *Schedule) { s.Question.AsOf = 20250101 },
		"question":       func(s *Schedule) { s.Question.MaxFindings = 5 },
		"name.zh":        func(s *Schedule) { s.Name.ZH = fmt.Sprintf("%0201d", 1) },
	} {
		s := good
		change(&s)
		var invalid *geo.InvalidError
		if err := s.Validate(); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
}
