package check

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// block is an upright rectangle; one step is 1e-5 degree, about a metre.
func block(x0, y0, x1, y1 int32) topo.Shape {
	const s, ox, oy = 100, 1_100_000_000, 380_000_000
	at := func(x, y int32) topo.Point { return topo.Point{X: ox + x*s, Y: oy + y*s} }
	return topo.Shape{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)}}}
}

func spot(x, y int32) topo.Point { return topo.Point{X: 1_100_000_000 + x*100, Y: 380_000_000 + y*100} }

// hamlets is a small plan without boundaries: a county of two villages, three
// grids in the first and one in the second.
func hamlets() *geo.Snapshot {
	return &geo.Snapshot{
		Territory: geo.Territory{ID: 1, Code: "990101000000"},
		Tiers: []geo.Tier{
			{Rank: 0, Code: "county", Class: geo.Administrative},
			{Rank: 1, Code: "village", Class: geo.Administrative, Complete: true},
			{Rank: 2, Code: "primary", Class: geo.GridClass, Complete: true, NeedsWorker: true},
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

func TestCheckFindsEachFaultAndNothingElse(t *testing.T) {
	set := func(code string, shape topo.Shape) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			for i := range s.Grids {
				if s.Grids[i].Code == code {
					s.Grids[i].Boundary = shape
				}
			}
		}
	}
	over := func(shape topo.Shape, hole bool) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			s.Grids = append(s.Grids, geo.Grid{ID: 17, Parent: 12, Tier: 2, Kind: geo.Dedicated, Code: "west-901", Owner: "a", Hole: hole, Boundary: shape})
		}
	}
	tests := []struct {
		name  string
		fault func(*geo.Snapshot)
		want  []string
	}{
		{"a grid that lies over others", over(block(10, 10, 20, 20), false), []string{}},
		{"one that lies over two villages", over(block(190, 10, 210, 20), false), []string{}},
		{"one outside the territory", over(block(-10, 10, 10, 20), false), []string{"GEO-2 error west-901"}},
		{"one far away", over(block(-900, 10, -800, 20), false), []string{"GEO-2 error west-901"}},
		{"one whose ring crosses itself", over(topo.Shape{{{spot(10, 10), spot(20, 20), spot(20, 10), spot(10, 20)}}}, false), []string{"GEO-1 error west-901"}},
		{"a hole that was not carved", over(block(10, 10, 20, 20), true), []string{"GEO-3 error west-1"}},
		{"a hole that was carved", func(s *geo.Snapshot) {
			set("west-1", topo.Shape{{block(0, 0, 200, 200)[0][0], {spot(10, 10), spot(10, 20), spot(20, 20), spot(20, 10)}}})(s)
			over(block(10, 10, 20, 20), true)(s)
		}, []string{}},
		{"a whole county is silent", func(*geo.Snapshot) {}, []string{}},
		{"a gap is its parent's", set("east-3", block(200, 130, 400, 200)), []string{"GEO-4 error east"}},
		{"an overlap", set("east-2", block(200, 50, 400, 120)), []string{"GEO-3 error east-1"}},
		{"outside the parent", set("west-1", block(0, 0, 200, 210)), []string{"GEO-2 error west-1"}},
		{"a gap under the tolerance is dust", func(s *geo.Snapshot) {
			shape := block(200, 120, 400, 200)
			shape[0][0][0].Y++ // one lattice unit, 1 cm
			set("east-3", shape)(s)
		}, []string{}},
		{"an undrawn grid hides no gap and is named", set("east-2", nil), []string{"GEO-10 warning east-2"}},
		{"a grid in another parent than it states", func(s *geo.Snapshot) { s.Grids[6].Parent = 11 },
			[]string{"GEO-7 error west-1"}},
		{"the gap a misplaced grid leaves where it lies is the same finding", func(s *geo.Snapshot) { s.Grids[4].Parent = 12 },
			[]string{"GEO-7 error east-2"}},
		{"a gap in a tier that need not cover its parent is information", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			set("east-3", block(200, 130, 400, 200))(s)
		}, []string{"GEO-4 info east"}},
		{"what was left for grids to be drawn, when all are drawn", func(s *geo.Snapshot) { s.Grids[5].Rest = true },
			[]string{"GEO-4 error east"}},
		{"what is left for a grid to be drawn", func(s *geo.Snapshot) {
			s.Grids[5].Rest = true
			s.Grids = append(s.Grids, geo.Grid{ID: 17, Parent: 11, Tier: 2, Code: "east-4", Kind: geo.General})
		}, []string{"GEO-10 warning east-4"}},
		{"what no child of a partial tier takes", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			s.Grids[5].Rest = true
		}, []string{}},
		{"a code used twice", func(s *geo.Snapshot) { s.Grids[5].Code = "east-2" }, []string{"COD-2 error east-2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := drawn()
			tt.fault(s)
			if got := said(ask(t, s, `{}`)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckOfFilesNumberedApart(t *testing.T) {
	s := drawn()
	s.Grids[3].Code = "east" // as the village's
	s.Grids[5].Code = "east-2"
	c, faults := counted(t, s), faultsOf(t, s)
	for apart, want := range map[bool]int{false: 2, true: 1} {
		r, err := Ask(c, Ground{Faults: faults}, Question{CodesPerTier: apart})
		if err != nil || len(r.Findings) != want {
			t.Errorf("codes per tier %v: %q, %v; want %d findings", apart, said(r), err, want)
		}
	}
}

func TestCheckCountsGapsAndTheHouseholdsInThem(t *testing.T) {
	s := drawn()
	s.Grids[5].Boundary = block(200, 130, 400, 200)
	s.Dwellings = []geo.Dwelling{
		{ID: 1, Located: true, At: spot(300, 125), Resident: 3, Stated: 11},
		{ID: 2, Located: true, At: spot(300, 20), Resident: 2, Stated: 11},
		{ID: 3, Stated: 12},
		{ID: 4, Located: true, At: spot(100, 20), Resident: 2, Stated: 11},
	}
	r := ask(t, s, `{}`)
	want := []string{"GEO-4 error east", "COV-1 error ", "COV-3 warning ", "COV-4 warning "}
	if got := said(r); !reflect.DeepEqual(got, want) {
		t.Fatalf("found %q, want %q", got, want)
	}
	gap := r.Findings[0]
	if gap.Evidence.Households != 1 || !reflect.DeepEqual(gap.Evidence.Touches, []string{"east-2", "east-3"}) {
		t.Errorf("evidence %+v", gap.Evidence)
	}
	if !strings.Contains(gap.Message.EN, "holding 1 household") || !strings.Contains(gap.Message.ZH, "内有 1 户") {
		t.Errorf("message %+v", gap.Message)
	}
	if len(gap.Fixes) != 1 || gap.Fixes[0].SharedEdgeM < 150 || gap.Fixes[0].Edit != "fill" {
		t.Errorf("fixes %+v", gap.Fixes)
	}
	h := HouseholdCount{Total: 4, Located: 3, InOne: 2, InNone: 1, Outside: 1, Resident: 4}
	if r.Summary.Households != h {
		t.Errorf("households %+v, want %+v", r.Summary.Households, h)
	}
	if r.Summary.Gaps.Count != 1 || r.Summary.CoveredPct >= 98 || r.Summary.CoveredPct < 97 || r.Pass {
		t.Errorf("summary %+v, pass %v", r.Summary, r.Pass)
	}
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

// GEO-11 names the datum that brings a village's households back, and is
// silent on a few strays.
func TestCheckSuspectsTheDatum(t *testing.T) {
	for _, strays := range []int{4, 5, 8} {
		s := drawn()
		for i := range 10 {
			at := spot(int32(20*i+10), 100)
			if i < strays {
				lon, lat := at.LonLat()
				lon, lat, err := datum.FromWGS84("gcj02", lon, lat)
				if err != nil {
					t.Fatal(err)
				}
				if at, err = topo.Snap(lon, lat); err != nil {
					t.Fatal(err)
				}
			}
			s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i), Located: true, At: at, Stated: 12})
		}
		var suspect []Finding
		for _, f := range ask(t, s, `{}`).Findings {
			if f.Rule == geo.RuleDatum {
				suspect = append(suspect, f)
			}
		}
		switch {
		case strays < datumLeast && len(suspect) > 0:
			t.Errorf("%d strays: %+v", strays, suspect)
		case strays >= datumLeast && (len(suspect) != 1 || suspect[0].Subject.Code != "west" || suspect[0].Measure.Value != float64(strays)/10):
			t.Errorf("%d strays: %+v", strays, suspect)
		case strays > 5 && !strings.Contains(suspect[0].Message.EN, "undone as gcj02, 8 lie inside"):
			t.Errorf("%d strays: message %q", strays, suspect[0].Message.EN)
		}
	}
}

func TestCheckSizes(t *testing.T) {
	s := drawn()
	s.Tiers[2].Households, s.Tiers[2].PersonsCap = geo.Band{Min: 1, Max: 2}, 9
	add := func(x, y int32, persons int32) {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{Located: true, At: spot(x, y), Resident: persons})
	}
	add(10, 10, 5)
	add(10, 11, 5)
	add(300, 10, 1)
	add(300, 70, 1)
	add(300, 71, 1)
	add(300, 72, 1)
	grid(s, "west-1").Setting = geo.Rural
	for question, want := range map[string][]string{
		`{}`:                                    {"SIZ-1 warning east-2", "SIZ-1 warning east-3", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"min":3,"max":3}}}`: {"SIZ-1 warning east-1", "SIZ-1 warning east-3", "SIZ-1 warning west-1", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"max":3},"SIZ-2":{"max":10}}}`:                          {"SIZ-1 warning east-3"},
		`{"rules":{"SIZ-1":{"tiers":["village"],"max":3}}}`:                         {"SIZ-1 warning east", "SIZ-2 warning west-1"},
		`{"rules":{"SIZ-1":{"settings":["rural"]},"SIZ-2":{"settings":["urban"]}}}`: nil,
		`{"rules":{"SIZ-1":{"settings":["rural"],"max":1}}}`:                        {"SIZ-1 warning west-1", "SIZ-2 warning west-1"},
	} {
		if got := said(ask(t, s, question)); !slices.Equal(got, want) {
			t.Errorf("%s: found %q, want %q", question, got, want)
		}
	}
}

// Households that were read in the zone beside theirs lie three degrees off.
func TestCheckSuspectsTheZone(t *testing.T) {
	for _, off := range []struct {
		degrees int32
		said    string
	}{{3, "undone as the next 3° zone to the west, 8 lie inside"}, {-6, "undone as the next 6° zone to the east, 8 lie inside"}} {
		s := drawn()
		for i := range 8 {
			at := spot(int32(20*i+10), 100)
			at.X += off.degrees * topo.Unit
			s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), Located: true, At: at, Stated: 12})
		}
		suspect := func(question string) (said []string) {
			for _, f := range ask(t, s, question).Findings {
				if f.Rule == geo.RuleDatum {
					said = append(said, f.Message.EN)
				}
			}
			return said
		}
		if said := suspect(`{}`); len(said) != 1 || !strings.Contains(said[0], off.said) {
			t.Errorf("%d degrees off: %q", off.degrees, said)
		}
		if said := suspect(`{"rules":{"GEO-11":{"permille":1000}}}`); len(said) > 0 {
			t.Errorf("all may lie elsewhere: %q", said)
		}
	}
}

func TestCheckKeepsTheIDOfAFinding(t *testing.T) {
	s := drawn()
	s.Grids[5].Boundary = block(200, 130, 400, 200)
	first := ask(t, s, `{}`).Findings[0].ID
	s.Grids[5].Boundary = block(200, 140, 400, 200)
	s.Grids[4].Boundary = nil
	s.Grids[4].Boundary = block(200, 60, 400, 121)
	if again := ask(t, s, `{}`).Findings[0].ID; again != first {
		t.Errorf("the gap was %s and is now %s", first, again)
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
	} {
		var q Question
		if err := json.Unmarshal([]byte(body), &q); err != nil {
			t.Fatal(err)
		}
		_, err := Ask(counted(t, s), Ground{Faults: faultsOf(t, s)}, q)
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
