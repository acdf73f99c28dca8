package check

import (
	"reflect"
	"slices"
	"testing"

	"gridmap/geo"
)

// G1 of the golden tests: 76,000 residents, 135 community workers.
func TestCheckSaysQinyuanIsShortByTwo(t *testing.T) {
	s := qinyuan(135)
	r := ask(t, s, `{}`)
	if len(r.Units) != 1 {
		t.Fatalf("units %+v", r.Units)
	}
	u := r.Units[0]
	if u.Required != 137 || u.Short != 2 || u.Workers != 135 || *u.RatioPer10k != 17.76 || u.Status != "error" {
		t.Errorf("unit %+v, ratio %v", u, *u.RatioPer10k)
	}
	if got := said(r); !reflect.DeepEqual(got, []string{"STF-3 error county"}) {
		t.Errorf("found %q", got)
	}
	if r := ask(t, qinyuan(137), `{}`); !r.Pass || r.Units[0].Short != 0 || r.Units[0].Status != "ok" {
		t.Errorf("137 workers: %+v", r.Units[0])
	}
	s.Standards = append(s.Standards, geo.Standard{Rule: geo.RuleRatio, Workers: 99, Residents: 10_000, Basis: geo.UrbanResident, Valid: geo.Period{From: 20260101}})
	if r := ask(t, s, `{}`); len(r.Units) != 1 {
		t.Errorf("a standard not yet in force is asked: %+v", r.Units)
	}
	s.Standards = s.Standards[:1]
	r = ask(t, s, `{"rules":{"STF-3":{"per":10000,"min":25,"roles":["community_worker"]}}}`)
	if r.Units[0].Required != 190 || r.Units[0].Short != 55 {
		t.Errorf("at 25 per 10,000: %+v", r.Units[0])
	}
}

func qinyuan(workers int) *geo.Snapshot {
	s := drawn()
	s.Tiers[2].NeedsWorker = false
	for i := range workers {
		s.Workers = append(s.Workers, geo.Worker{ID: geo.WorkerID(i + 1)})
		s.Assignments = append(s.Assignments, geo.Assignment{Worker: geo.WorkerID(i + 1), Grid: 11, Role: "community_worker"})
	}
	s.Populations = []geo.Population{
		{Unit: 10, Basis: geo.UrbanResident, Value: 75_000, AsOf: 20231231},
		{Unit: 10, Basis: geo.UrbanResident, Value: 76_000, AsOf: 20241231},
		{Unit: 10, Basis: geo.UrbanResident, Value: 99_000, AsOf: 20251231}, // after the day asked
	}
	s.Standards = []geo.Standard{{Rule: geo.RuleRatio, Workers: 18, Residents: 10_000, Basis: geo.UrbanResident}}
	return s
}

func TestCheckStaff(t *testing.T) {
	s := drawn()
	s.Workers = []geo.Worker{{ID: 1, Number: "W1", Phone: "555"}, {ID: 2, Number: "W2", Phone: "556"}}
	s.Assignments = []geo.Assignment{
		{Worker: 1, Grid: 13, Role: "grid_worker"}, {Worker: 1, Grid: 14, Role: "grid_worker"}, {Worker: 1, Grid: 16, Role: "grid_worker"},
		{Worker: 2, Grid: 15, Role: "grid_worker", Valid: geo.Period{To: 20250101}},
	}
	for i := range 301 {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i), Located: true, At: spot(10, int32(i%100)+1)})
	}
	r := ask(t, s, `{}`)
	want := []string{"STF-1 error east-3", "STF-6 warning W2", "STF-7 warning west-1"}
	if got := said(r); !reflect.DeepEqual(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	all := s.Dwellings
	s.Dwellings = all[:300]
	if got := said(ask(t, s, `{}`)); !reflect.DeepEqual(got, want[:2]) {
		t.Errorf("300 households for one worker: found %q, want %q", got, want[:2])
	}
	s.Dwellings = all
	if r.Summary.GridsWithoutWorker != 1 {
		t.Errorf("%d grids without a worker, want 1", r.Summary.GridsWithoutWorker)
	}
	s.Tiers[2].NeedsWorker = false
	if r := ask(t, s, `{}`); r.Summary.GridsWithoutWorker != 0 {
		t.Error("a tier that needs no worker should not be asked for one")
	}
	if r := ask(t, s, `{"rules":{"STF-1":{"tiers":["primary"]}}}`); r.Summary.GridsWithoutWorker != 1 || !r.Pass {
		t.Errorf("asked for, it is information: %q", said(r))
	}
}

// Where nobody lives nobody is asked for, and there is no ratio: neither 0 nor
// infinity. Where nobody counted, the rule says so.
func TestRatioOfNoPopulation(t *testing.T) {
	t.Parallel()
	s := qinyuan(3)
	s.Populations = []geo.Population{{Unit: 10, Basis: geo.UrbanResident, AsOf: 20241231}}
	r := ask(t, s, `{}`)
	if len(r.Units) != 1 || r.Units[0].Required != 0 || r.Units[0].Short != 0 || r.Units[0].RatioPer10k != nil || r.Units[0].Status != "ok" {
		t.Errorf("of nobody: %+v", r.Units)
	}
	s.Populations = nil
	r = ask(t, s, `{}`)
	if !slices.Contains(r.NotChecked, NotChecked{geo.RuleRatio, noPopulation}) || len(r.Units) != 0 || len(r.Findings) != 0 {
		t.Errorf("of nobody counted: %+v, %+v, %q", r.NotChecked, r.Units, said(r))
	}
}
