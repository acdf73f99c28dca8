package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// block is an upright rectangle; one step is 1e-5 degree, about a metre.
func block(x0, y0, x1, y1 int32) topo.Shape {
	const s, ox, oy = 100, 1_100_000_000, 380_000_000
	at := func(x, y int32) topo.Point { return topo.Point{X: ox + x*s, Y: oy + y*s} }
	return topo.Shape{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)}}}
}

func spot(x, y int32) topo.Point { return topo.Point{X: 1_100_000_000 + x*100, Y: 380_000_000 + y*100} }

// anyMany is a band that every grid of a few households keeps.
var anyMany = geo.Band{Max: 1_000_000}

// hamlets is a small plan without boundaries: a county of two villages, three
// grids in the first and one in the second.
func hamlets() *geo.Snapshot {
	return &geo.Snapshot{
		Territory: geo.Territory{ID: 1, Code: "990101000000"},
		Tiers: []geo.Tier{
			{Rank: 0, Code: "county", Class: geo.Administrative},
			{Rank: 1, Code: "village", Class: geo.Administrative, Complete: true},
			{Rank: 2, Code: "primary", Class: geo.GridClass, Complete: true, NeedsWorker: true, Households: anyMany},
		},
		Grids: []geo.Grid{
			{ID: 10, Code: "county", Kind: geo.General},
			{ID: 11, Parent: 10, Tier: 1, Code: "east", Kind: geo.General},
			{ID: 12, Parent: 10, Tier: 1, Code: "west", Kind: geo.General},
			{ID: 13, Parent: 11, Tier: 2, Code: "east-1", Kind: geo.General},
			{ID: 14, Parent: 11, Tier: 2, Code: "east-2", Kind: geo.General},
			{ID: 15, Parent: 11, Tier: 2, Code: "east-3", Kind: geo.General},
			{ID: 16, Parent: 12, Tier: 2, Code: "west-1", Kind: geo.General},
		},
		Roles: []geo.Role{{Code: "grid_worker"}, {Code: "community_worker", CountsInRatio: true}},
	}
}

// drawn is hamlets with boundaries: a county 400 by 200 steps, two villages
// side by side, three grids as stripes in the east one and one in the west.
func drawn() *geo.Snapshot {
	s := hamlets()
	shapes := map[string]topo.Shape{
		"county": unionOf(block(0, 0, 200, 200), block(200, 0, 400, 200)),
		"west":   block(0, 0, 200, 200), "west-1": block(0, 0, 200, 200),
		"east":   {{{spot(200, 0), spot(400, 0), spot(400, 60), spot(400, 120), spot(400, 200), spot(200, 200), spot(200, 120), spot(200, 60)}}},
		"east-1": block(200, 0, 400, 60), "east-2": block(200, 60, 400, 120), "east-3": block(200, 120, 400, 200),
	}
	for i := range s.Grids {
		s.Grids[i].Boundary = shapes[s.Grids[i].Code]
	}
	return s
}

func unionOf(shapes ...topo.Shape) topo.Shape {
	u, err := topo.Union(shapes)
	if err != nil {
		panic(err)
	}
	return u
}

func ask(t *testing.T, s *geo.Snapshot, body string) Report {
	t.Helper()
	var q Question
	if err := json.Unmarshal([]byte(body), &q); err != nil {
		t.Fatal(err)
	}
	if _, asked := q.Rules[geo.RuleUneven]; !asked { // few households are uneven in every test
		if q.Rules == nil {
			q.Rules = map[geo.RuleID]geo.RuleSetting{}
		}
		q.Rules[geo.RuleUneven] = geo.RuleSetting{Off: new(true)}
	}
	r, err := Ask(counted(t, s), Ground{Faults: faultsOf(t, s)}, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func counted(t *testing.T, s *geo.Snapshot) *geo.Counted {
	t.Helper()
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	leaf := make([]int32, len(s.Dwellings))
	for i, d := range s.Dwellings {
		leaf[i] = -1
		for j := range s.Grids {
			if d.Located && len(tree.Children(j)) == 0 && s.Grids[j].Kind == geo.General && s.Grids[j].Boundary.Contains(d.At) {
				leaf[i] = int32(j)
			}
		}
	}
	return geo.Count(s, tree, leaf, 20250630)
}

func faultsOf(t *testing.T, s *geo.Snapshot) func(int) SiblingFaults {
	t.Helper()
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	return func(parent int) SiblingFaults { return FindFaults(s, tree, parent) }
}

// said lists findings as "rule severity subject", in the report's order.
func said(r Report) []string {
	list := []string{}
	for _, f := range r.Findings {
		list = append(list, fmt.Sprint(f.Rule, " ", f.Severity, " ", f.Subject.Code))
	}
	return list
}

func TestCheckOfAPartOfTheCounty(t *testing.T) {
	s := drawn()
	s.Grids[5].Boundary = block(200, 130, 400, 200)
	s.Dwellings = []geo.Dwelling{{ID: 1, Located: true, At: spot(300, 20)}, {ID: 2, Located: true, At: spot(100, 20)}}
	if r := ask(t, s, `{"scope":{"divisions":["west"]}}`); len(r.Findings) > 0 || r.Summary.Households.Total != 1 || r.Summary.CoveredPct != 100 {
		t.Errorf("west: %q %+v", said(r), r.Summary)
	}
	if r := ask(t, s, `{"scope":{"divisions":["east-1","east"]}}`); len(r.Findings) != 1 || r.Summary.Households.Total != 1 {
		t.Errorf("east: %q %+v", said(r), r.Summary)
	}
	s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: 3, Located: true, At: spot(900, 900)})
	if r := ask(t, s, `{"scope":{"divisions":["west"]}}`); len(r.Findings) > 0 || r.Summary.Households.Total != 1 {
		t.Errorf("a household that is nowhere counts for west: %q", said(r))
	}
	s.Dwellings = s.Dwellings[:2]
	if r := ask(t, s, `{"kinds":["micro"]}`); len(r.Findings) > 0 || len(r.Summary.Grids) > 0 {
		t.Errorf("micro grids of a plan without any: %q %v", said(r), r.Summary.Grids)
	}
	s.Tiers[2].Code = "micro"
	if r := ask(t, s, `{"kinds":["micro"]}`); len(r.Findings) != 1 || r.Summary.Grids["micro"] != 4 || r.Summary.Grids["village"] != 0 {
		t.Errorf("micro grids: %q %v", said(r), r.Summary.Grids)
	}
	if r := ask(t, s, `{"tiers":["village"]}`); len(r.Findings) > 0 {
		t.Errorf("villages: %q", said(r))
	}
	if r := ask(t, s, `{"rules":{"GEO-4":{"off":true}}}`); len(r.Findings) > 0 {
		t.Errorf("gaps off: %q", said(r))
	}
	if r := ask(t, s, `{"rules":{"GEO-4":{"severity":"info"}}}`); !r.Pass || r.Worst != geo.Info {
		t.Errorf("gaps as information: %q", said(r))
	}
	if r := ask(t, s, `{"rules":{"GEO-4":{"area_m2":1e9}}}`); len(r.Findings) > 0 || r.Summary.Dust.Count != 1 || r.Summary.CoveredPct < 97 {
		t.Errorf("a great tolerance: %q %+v", said(r), r.Summary)
	}
}

func TestCheckListsWhatItCouldNotAsk(t *testing.T) {
	r := ask(t, drawn(), `{}`)
	because := map[geo.RuleID]string{}
	for _, n := range r.NotChecked {
		because[n.Rule] = n.Because
	}
	for _, rule := range geo.AllRules {
		switch {
		case strings.HasPrefix(string(rule), "COV") && because[rule] == "":
			t.Errorf("%s passed without households", rule)
		}
	}
	if because[geo.RuleRatio] == "" || because[geo.RuleUnstaffed] == "" || because[geo.RuleGap] != "" || because[geo.RulePrivate] == "" {
		t.Errorf("not checked: %v", because)
	}
}

func TestCheckRefusesAQuestionItCannotTake(t *testing.T) {
	s := drawn()
	s.Profiles = []geo.Profile{{Code: "own", Rules: geo.RuleSettings{geo.RulePosts: {Min: 5, Max: 8}}}}
	for body, field := range map[string]string{
		`{"scope":{"divisions":["nowhere"]}}`:            "scope.divisions[0]",
		`{"tiers":["galaxy"]}`:                           "tiers[0]",
		`{"kinds":["odd"]}`:                              "kinds[0]",
		`{"profile":"mine"}`:                             "profile",
		`{"population_basis":"ghosts"}`:                  "population_basis",
		`{"include":{"geometry":"some"}}`:                "include.geometry",
		`{"max_findings":-1}`:                            "max_findings",
		`{"rules":{"GEO-99":{}}}`:                        "rules.GEO-99",
		`{"rules":{"STF-3":{"per":10000}}}`:              "rules.STF-3.min",
		`{"rules":{"STF-3":{"per":10000,"min":-1}}}`:     "rules.STF-3.min",
		`{"rules":{"STF-3":{"per":1,"min":9000000000}}}`: "rules.STF-3.min",
		`{"rules":{"STF-3":{"roles":["king"]}}}`:         "rules.STF-3.roles[0]",
		`{"rules":{"GEO-4":{"severity":"fatal"}}}`:       "rules.GEO-4.severity",
		`{"rules":{"GEO-4":{"area_m2":-1}}}`:             "rules.GEO-4.area_m2",
		`{"rules":{"STF-1":{"tiers":["galaxy"]}}}`:       "rules.STF-1.tiers[0]",
		`{"rules":{"SIZ-1":{"min":1000001}}}`:            "rules.SIZ-1",
		`{"profile":"own","rules":{"STF-5":{"min":9}}}`:  "rules.STF-5.min",
		`{"rules":{"GEO-4":{},"GEO-4":{}}}`:              "rules.GEO-4",
	} {
		var q Question
		err := json.Unmarshal([]byte(body), &q)
		if err == nil {
			_, err = Ask(counted(t, s), Ground{Faults: faultsOf(t, s)}, q)
		}
		var invalid *geo.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: error %v, want one of field %s", body, err, field)
		}
	}
}

func TestCoveredPercentIsCutNotRounded(t *testing.T) {
	for _, tt := range []struct{ covered, whole, want float64 }{
		{100, 100, 100}, {99.9999, 100, 99.99}, {200, 300, 66.66}, {1e12 - 1, 1e12, 99.99}, {50, 100, 50}, {0, 0, 0},
	} {
		if got := percent(tt.covered, tt.whole); got != tt.want {
			t.Errorf("%v of %v is %v %%, want %v", tt.covered, tt.whole, got, tt.want)
		}
	}
}
