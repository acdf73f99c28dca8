package check_test

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
)

// The golden tests of the field: what published figures of reference counties
// come to when nothing is rounded. Names, codes and shapes are made up.

// made makes up the county that has a reference county's published figures; its
// households are fewer, which changes none of them.
func made(t *testing.T, name string) *fixtures.County {
	t.Helper()
	c, err := fixtures.Make(name, 3000)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func checked(t *testing.T, s *geo.Snapshot, q check.Question) check.Report {
	t.Helper()
	a, err := atlas.New(s)
	if err != nil {
		t.Fatal(err)
	}
	if q.AsOf = fixtures.AsOf; q.MaxFindings == 0 {
		q.MaxFindings = 1_000_000
	}
	r, err := a.Check(q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// of returns the findings of a rule.
func of(r check.Report, rule geo.RuleID) (list []check.Finding) {
	for _, f := range r.Findings {
		if f.Rule == rule {
			list = append(list, f)
		}
	}
	return list
}

// norm returns the summary of the standard of a rule and type.
func norm(t *testing.T, r check.Report, rule geo.RuleID, facility string) check.StandardSummary {
	t.Helper()
	for _, s := range r.Summary.Standards {
		if s.Rule == rule && s.Facility == facility {
			return s
		}
	}
	t.Fatalf("no standard of %s %s was asked", rule, facility)
	return check.StandardSummary{}
}

func setting(rule geo.RuleID, s geo.RuleSetting) check.Question {
	return check.Question{Rules: map[geo.RuleID]geo.RuleSetting{rule: s}}
}

// G1: 76,000 people and 135 workers are 17.763 per 10,000, printed as 18. 137 are
// required and two are short; 135 can serve 75,000.
func TestG1(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ people, required, short int64 }{
		{76_000, 137, 2}, {75_001, 136, 1}, {75_000, 135, 0}, {0, 0, 0},
	} {
		c := made(t, "qinyuan")
		c.Populations[0].Value = tt.people
		r := checked(t, &c.Snapshot, check.Question{})
		u := r.Units[0]
		if u.Rule != geo.RuleRatio || u.Actual != 135 || u.Required != tt.required || u.Short != tt.short || len(of(r, geo.RuleRatio)) != int(min(1, tt.short)) {
			t.Errorf("%d people: %+v", tt.people, u)
		}
		if tt.people == 76_000 && *u.RatioPer10k != 17.76 || tt.people == 0 && u.RatioPer10k != nil {
			t.Errorf("%d people: %v per 10,000", tt.people, u.RatioPer10k)
		}
	}
}

// G2: 241 + 2,886 + 1,100 = 4,227 grids have 4,227 workers, one each by tier.
func TestG2(t *testing.T) {
	t.Parallel()
	c := made(t, "lan")
	for tier, role := range map[int]string{3: "leader", 4: "assistant", 5: "liaison"} {
		c.Standards = append(c.Standards, geo.Standard{ID: geo.StandardID(10 + tier), Rule: geo.RuleOneWorker, Form: geo.OneEachForm, Tier: tier, Max: 1, Roles: []string{role}})
	}
	// Only the workers of a grid itself are its one: those of the tiers below hold
	// another role.
	r := checked(t, &c.Snapshot, check.Question{})
	grids := r.Summary.Grids["primary"] + r.Summary.Grids["secondary"] + r.Summary.Grids["micro"]
	workers := int64(0)
	for _, role := range []string{"leader", "assistant", "liaison"} { // some of them supervise besides
		workers += r.Summary.Workers.ByRole[role]
	}
	if grids != 241+2886+1100 || workers != 4227 || len(c.Workers) != 4227 {
		t.Errorf("%d grids, %d workers", grids, workers)
	}
	each := map[string]int{}
	for _, s := range r.Summary.Standards {
		if s.Rule == geo.RuleOneWorker && s.Met == s.Units {
			each[s.Tier] = s.Units
		}
	}
	if fmt.Sprint(each) != "map[micro:1100 primary:241 secondary:2886]" || len(of(r, geo.RuleOneWorker))+len(of(r, geo.RuleUnstaffed)) > 0 {
		t.Errorf("one to one in %v; %+v", each, r.Summary.Standards)
	}
}

// G4: 15 + 37 + 84 = 136 centres, as many as villages that have one.
func TestG4(t *testing.T) {
	t.Parallel()
	c := made(t, "lan")
	c.Standards = append(c.Standards, geo.Standard{ID: 10, Rule: geo.RuleReach, Form: geo.OneEachForm, Tier: 2, Facility: "party_service_centre"})
	s := norm(t, checked(t, &c.Snapshot, check.Question{}), geo.RuleReach, "party_service_centre")
	if s.Actual != 15+37+84 || s.Met != 136 || s.Units != 144 || s.Short != 144-136 {
		t.Errorf("centres %+v", s)
	}
}

// G6: 201 + 73 = 274 grids and 1,404 micro grids, 5.1 a grid. 422 people cannot
// staff all 1,678, so that a worker on every micro grid is asked for by a switch
// only, and then as information.
func TestG6(t *testing.T) {
	t.Parallel()
	c := made(t, "qinyuan")
	urban := 0
	for i := range c.Grids {
		if g := &c.Grids[i]; g.Tier == 3 && g.Kind == geo.General && g.Setting == geo.Urban {
			urban++
		}
	}
	r := checked(t, &c.Snapshot, check.Question{})
	primary, micro := r.Summary.Grids["primary"], r.Summary.Grids["micro"]
	if primary != 274 || primary-urban != 201 || urban != 73 || micro != 1404 || micro*10/primary != 51 || r.Summary.Workers.ByRole["grid_worker"] != 422 {
		t.Errorf("%d grids, %d of them urban, %d micro, %v", primary, urban, micro, r.Summary.Workers.ByRole)
	}
	if n := len(of(r, geo.RuleUnstaffed)); n > 0 {
		t.Errorf("%d grids without a worker, nobody asked of micro grids", n)
	}
	q := setting(geo.RuleUnstaffed, geo.RuleSetting{Tiers: []string{"primary", "micro"}})
	q.Rules[geo.RuleRatio] = geo.RuleSetting{Off: new(true)}
	r = checked(t, &c.Snapshot, q)
	for _, f := range of(r, geo.RuleUnstaffed) {
		if f.Severity != geo.Info || f.Tier != "micro" {
			t.Fatalf("%+v", f)
		}
	}
	if n := len(of(r, geo.RuleUnstaffed)); n != 1404 || !r.Pass {
		t.Errorf("%d micro grids without a worker, pass %v", n, r.Pass)
	}
}

// G7: 350 of 381 villages have a centre; the 31 without are named.
func TestG7(t *testing.T) {
	t.Parallel()
	c := made(t, "huize")
	has := map[string]bool{}
	for _, f := range c.Facilities {
		if f.Type == "party_service_centre" {
			has[c.Grids[f.Division-1].Code] = true
		}
	}
	r := checked(t, &c.Snapshot, check.Question{})
	s := norm(t, r, geo.RuleReach, "party_service_centre")
	if s.Met != 350 || s.Units != 381 || s.Short != 31 || s.Actual != 350 {
		t.Errorf("%+v", s)
	}
	named := map[string]bool{}
	for _, f := range of(r, geo.RuleReach) {
		if named[f.Subject.Code] = true; has[f.Subject.Code] || f.Subject.Name == "" || f.Tier != "village" {
			t.Errorf("%+v", f)
		}
	}
	if len(named) != 31 {
		t.Errorf("%d villages are named", len(named))
	}
}

// net is a territory of undrawn grids under one county, with so many households
// in each and workers who all serve in every grid's role in turn.
func net(grids, households, workers int, role string) *geo.Counted {
	s := &geo.Snapshot{
		Territory: geo.Territory{Code: "990100000000"},
		Tiers:     []geo.Tier{{Code: "county", Class: geo.Administrative}, {Rank: 1, Code: "grid", Class: geo.GridClass}},
		Grids:     []geo.Grid{{ID: 1, Code: "990100000000", Kind: geo.General}},
		Roles:     []geo.Role{{Code: role, CountsInRatio: true}},
	}
	for i := range grids {
		s.Grids = append(s.Grids, geo.Grid{ID: geo.GridID(i + 2), Parent: 1, Tier: 1, Code: fmt.Sprintf("99010000%07d", i+1), Kind: geo.General})
	}
	for i := range workers {
		s.Workers = append(s.Workers, geo.Worker{ID: geo.WorkerID(i + 1), Number: fmt.Sprint(i), Phone: "0", TrainedOn: 20250101})
		s.Assignments = append(s.Assignments, geo.Assignment{ID: geo.AssignmentID(i + 1), Worker: geo.WorkerID(i + 1), Grid: geo.GridID(i%grids + 2), Role: role, Permille: 1000})
	}
	leaf := make([]int32, households)
	for i := range households {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), Resident: 3, Located: true})
		leaf[i] = int32(i%grids + 1)
	}
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		panic(err)
	}
	return geo.Count(s, tree, leaf, fixtures.AsOf)
}

func asked(t *testing.T, c *geo.Counted, q check.Question) check.Report {
	t.Helper()
	q.MaxFindings = 1_000_000
	r, err := check.Ask(c, check.Ground{Faults: func(int) check.SiblingFaults { return check.SiblingFaults{} }}, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// G8: 486 households in 4 grids are 121.5 each, and 60.75 for each of 8 workers.
func TestG8(t *testing.T) {
	t.Parallel()
	c := net(4, 486, 8, "grid_worker")
	for limit, over := range map[int64]int{61: 0, 60: 4} { // in each grid two serve 121 or 122 households
		q := setting(geo.RuleLoad, geo.RuleSetting{Max: limit})
		q.Rules[geo.RulePosts] = geo.RuleSetting{Min: 8, Max: 8}
		r := asked(t, c, q)
		if n := len(of(r, geo.RuleLoad)); n != over {
			t.Errorf("at most %d a worker: %d findings", limit, n)
		}
		u := r.Units[0]
		if r.Summary.Households.InOne*10/int64(r.Summary.Grids["grid"]) != 1215 || *u.HouseholdsPerWorker != 60.75 || u.Actual != 8 || u.Short+u.Over != 0 {
			t.Errorf("%+v, %+v", r.Summary.Households, u)
		}
	}
}

// G9: 25,000 heads of households in 4,309 groups are 5.8 a group.
func TestG9(t *testing.T) {
	t.Parallel()
	c := net(4309, 0, 25_000, "household_head")
	c.Standards = []geo.Standard{
		{ID: 1, Rule: geo.RulePosts, Form: geo.BandForm, Tier: 1, Min: 5, Max: 6, Roles: []string{"household_head"}},
		{ID: 2, Rule: geo.RulePosts, Form: geo.BandForm, Tier: 0, Min: 25_000, Roles: []string{"household_head"}},
	}
	r := asked(t, c, check.Question{})
	groups, county := r.Summary.Standards[0], r.Summary.Standards[1]
	if groups.Units != 4309 || groups.Met != 4309 || groups.Actual != 25_000 || county.Actual != 25_000 || county.Short != 0 || groups.Actual*10/int64(groups.Units) != 58 {
		t.Errorf("groups %+v, county %+v", groups, county)
	}
}

// G10: 1,116 micro grids are 5.2 to each of 214, these 3.6 to each of 60; seven
// communities of 15 to 18 posts have 105 to 126.
func TestG10(t *testing.T) {
	t.Parallel()
	c := made(t, "shilou")
	r := checked(t, &c.Snapshot, check.Question{})
	g := r.Summary.Grids
	if g["micro"] != 1116 || g["secondary"] != 214 || g["primary"] != 60 || (g["micro"]*10+107)/214 != 52 || (g["secondary"]*10+30)/60 != 36 {
		t.Errorf("grids %v", g)
	}
	s := norm(t, r, geo.RulePosts, "")
	if s.Units != 7 || s.Required != 105 || s.Actual < 105 || s.Actual > 126 || s.Met != 7 || s.Actual != 114 {
		t.Errorf("%+v", s)
	}
	most, least := setting(geo.RulePosts, geo.RuleSetting{Min: 18, Max: 18}), setting(geo.RulePosts, geo.RuleSetting{Min: 15, Max: 15})
	if s := norm(t, checked(t, &c.Snapshot, most), geo.RulePosts, ""); s.Required != 126 || s.Short != 12 || s.Met != 1 {
		t.Errorf("18 each: %+v", s)
	}
	if s := norm(t, checked(t, &c.Snapshot, least), geo.RulePosts, ""); s.Required != 105 || s.Over != 9 || s.Met != 2 {
		t.Errorf("15 each: %+v", s)
	}
}

// G11: a third tier with fewer grids than the second is no fault: it divides
// some of them only.
func TestG11(t *testing.T) {
	t.Parallel()
	r := checked(t, &made(t, "lan").Snapshot, check.Question{})
	if r.Summary.Grids["micro"] >= r.Summary.Grids["secondary"] {
		t.Fatalf("grids %v", r.Summary.Grids)
	}
	for _, f := range r.Findings {
		if strings.HasPrefix(string(f.Rule), "GEO") || f.Tier == "micro" && f.Rule != geo.RuleUneven {
			t.Errorf("%s %s: %s", f.Rule, f.Subject.Code, f.Message.EN)
		}
	}
	if !r.Pass || r.Summary.CoveredPct != 100 {
		t.Errorf("pass %v, %v %% covered", r.Pass, r.Summary.CoveredPct)
	}
}
