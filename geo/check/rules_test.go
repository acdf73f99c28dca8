package check

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// grid returns the grid of a snapshot with the code.
func grid(s *geo.Snapshot, code string) *geo.Grid {
	return &s.Grids[slices.IndexFunc(s.Grids, func(g geo.Grid) bool { return g.Code == code })]
}

// numbered is drawn with codes of the field: a county of 12 digits, villages
// under it, grids numbered from west to east in rows from north to south.
func numbered() *geo.Snapshot {
	s := drawn()
	for from, to := range map[string]string{
		"county": "990101000000", "west": "990101100000", "east": "990101101000", "west-1": "990101100000001",
		"east-3": "990101101000001", "east-2": "990101101000002", "east-1": "990101101000003",
	} {
		grid(s, from).Code = to
	}
	return s
}

// homes adds n households of one person in a place, that state no division.
func homes(s *geo.Snapshot, n int, at topo.Point) {
	for range n {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(len(s.Dwellings) + 1), Located: true, At: at, Resident: 1})
	}
}

// Each rule finds its fault and nothing else, at the limit exactly.
func TestRulesFindEachFaultAndNothingElse(t *testing.T) {
	t.Parallel()
	compound := func(x0, y0, x1, y1 int32) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			s.Compounds = append(s.Compounds, geo.Compound{ID: 7, Code: "X7", Boundary: block(x0, y0, x1, y1)})
		}
	}
	staff := func(workers []geo.Worker, posts ...geo.GridID) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			s.Workers = workers
			for i := range s.Grids { // everybody else is well staffed by a volunteer
				s.Assignments = append(s.Assignments, geo.Assignment{Worker: 99, Grid: s.Grids[i].ID, Role: "grid_worker"})
			}
			for _, g := range posts {
				s.Assignments = append(s.Assignments, geo.Assignment{Worker: workers[0].ID, Grid: g, Role: "grid_worker"})
			}
		}
	}
	volunteer := geo.Worker{ID: 99, Number: "V", Phone: "1", Employment: geo.Volunteer, TrainedOn: 20250101}
	tests := []struct {
		name  string
		ask   string
		fault func(*geo.Snapshot)
		want  []string
	}{
		{"a county with the field's codes is silent", `{}`, func(*geo.Snapshot) {}, nil},
		{"GEO-5: a strip half a metre wide", `{}`, func(s *geo.Snapshot) {
			strip := topo.Shape{{{spot(200, 60), spot(400, 60), {X: spot(400, 60).X, Y: spot(400, 60).Y + 50}, {X: spot(200, 60).X, Y: spot(200, 60).Y + 50}}}}
			rest := topo.Shape{{{strip[0][0][3], strip[0][0][2], spot(400, 120), spot(200, 120)}}}
			grid(s, "990101101000002").Boundary = rest
			s.Grids = append(s.Grids, geo.Grid{ID: 20, Parent: 11, Tier: 2, Code: "990101101000004", Kind: geo.General, Boundary: strip})
			east := grid(s, "990101101000")
			east.Boundary = unionOf(block(200, 0, 400, 60), strip, rest, block(200, 120, 400, 200))
		}, []string{"GEO-5 warning 990101101000004", "COD-3 info 990101101000"}},
		{"GEO-6: a grid within another", `{}`, func(s *geo.Snapshot) {
			inner := block(50, 50, 100, 100)
			hole := slices.Clone(inner[0][0])
			slices.Reverse(hole)
			grid(s, "990101100000001").Boundary = topo.Shape{{block(0, 0, 200, 200)[0][0], hole}}
			s.Grids = append(s.Grids, geo.Grid{ID: 20, Parent: 12, Tier: 2, Code: "990101100000002", Kind: geo.General, Boundary: inner})
		}, []string{"GEO-6 warning 990101100000002", "COD-3 info 990101100000"}},
		{"GEO-6: a grid in two parts", `{}`, func(s *geo.Snapshot) {
			grid(s, "990101101000003").Boundary = append(block(200, 0, 400, 60), block(200, 120, 400, 200)...)
			s.Grids = slices.DeleteFunc(s.Grids, func(g geo.Grid) bool { return g.Code == "990101101000001" })
		}, []string{"GEO-6 warning 990101101000003", "COD-3 info 990101101000"}},
		{"GEO-8: a grid right under the county", `{"rules":{"COD-1":{"off":true}}}`, func(s *geo.Snapshot) {
			s.Grids = append(s.Grids, geo.Grid{ID: 20, Parent: 10, Tier: 2, Code: "990101000000001", Kind: geo.General})
		}, []string{"GEO-8 error 990101000000001", "GEO-10 warning 990101000000001"}},
		{"GEO-9: a border through a compound", `{}`, compound(190, 10, 210, 20), []string{"GEO-9 warning X7"}},
		{"GEO-9: a compound up to the border is whole", `{}`, compound(190, 10, 200, 20), nil},
		{"GEO-9: a centimetre over the border is dust", `{}`, func(s *geo.Snapshot) {
			compound(190, 10, 200, 20)(s)
			ring := s.Compounds[0].Boundary[0][0]
			ring[1].X, ring[2].X = ring[1].X+1, ring[2].X+1
		}, nil},
		{"SIZ-3: unit grids over 10,000 m²", `{"rules":{"SIZ-3":{"tiers":["primary"]}}}`, func(s *geo.Snapshot) {},
			[]string{"SIZ-3 info 990101101000003", "SIZ-3 info 990101101000002", "SIZ-3 info 990101101000001", "SIZ-3 info 990101100000001"}},
		{"SIZ-4: over one and a half times the mean", `{"rules":{"SIZ-4":{}}}`, func(s *geo.Snapshot) {
			homes(s, 151, spot(300, 30))
			homes(s, 75, spot(300, 90))
			homes(s, 75, spot(300, 150))
		}, []string{"SIZ-4 info 990101101000"}},
		{"SIZ-4: one and a half times is even", `{"rules":{"SIZ-4":{}}}`, func(s *geo.Snapshot) {
			homes(s, 150, spot(300, 30))
			homes(s, 75, spot(300, 90))
			homes(s, 75, spot(300, 150))
		}, nil},
		{"COV-5: fifty people in no grid", `{"rules":{"COV-1":{"off":true},"STF-7":{"off":true}}}`, func(s *geo.Snapshot) {
			homes(s, 25, spot(500, 100))
			homes(s, 25, spot(600, 100)) // some 90 m on
		}, []string{"COV-5 error 990101000000"}},
		{"COV-5: a settlement of 49 is none", `{"rules":{"COV-1":{"off":true}}}`, func(s *geo.Snapshot) { homes(s, 49, spot(500, 100)) }, nil},
		{"COV-5: two hamlets far apart are two", `{"rules":{"COV-1":{"off":true}}}`, func(s *geo.Snapshot) {
			homes(s, 40, spot(500, 100))
			homes(s, 40, spot(900, 100))
		}, nil},
		{"STF-2: two full-time workers", `{"rules":{"STF-2":{"off":false,"tiers":["primary"]}}}`,
			staff([]geo.Worker{{ID: 1, Number: "A", Phone: "1", Employment: geo.FullTime}, volunteer, {ID: 2, Number: "B", Phone: "1", Employment: geo.FullTime, Active: geo.Period{To: 20250101}}}, 13),
			[]string{"STF-2 warning 990101101000002", "STF-2 warning 990101101000001", "STF-2 warning 990101100000001", "STF-11 info A"}},
		{"STF-8: six grids for one person", `{"rules":{"STF-8":{"max":3}}}`, staff([]geo.Worker{{ID: 1, Number: "A", Phone: "1", TrainedOn: 20250101}, volunteer}, 13, 14, 15, 16),
			[]string{"STF-8 warning A", "STF-8 warning V"}},
		{"STF-10: nobody can be called", `{}`, func(s *geo.Snapshot) {
			staff([]geo.Worker{{ID: 99, Number: "V", TrainedOn: 20250101}})(s)
			s.Assignments = slices.DeleteFunc(s.Assignments, func(a geo.Assignment) bool { return a.Grid < 13 })
		}, []string{"STF-10 warning 990101101000003", "STF-10 warning 990101101000002", "STF-10 warning 990101101000001", "STF-10 warning 990101100000001"}},
		{"STF-10: nobody above can be called", `{"rules":{"STF-10":{"roles":["community_worker"]}}}`, func(s *geo.Snapshot) {
			staff([]geo.Worker{volunteer, {ID: 1, Number: "A", Employment: geo.FullTime, TrainedOn: 20250101}})(s)
			s.Assignments = slices.DeleteFunc(s.Assignments, func(a geo.Assignment) bool { return a.Grid < 13 })
			s.Assignments = append(s.Assignments, geo.Assignment{Worker: 99, Grid: 11, Role: "community_worker"}, geo.Assignment{Worker: 1, Grid: 12, Role: "community_worker"})
		}, []string{"STF-10 warning 990101100000001"}},
		{"STF-10: the territory supervises", `{"rules":{"STF-10":{"roles":["community_worker"]}}}`, func(s *geo.Snapshot) {
			staff([]geo.Worker{volunteer})(s)
			s.Assignments = append(s.Assignments, geo.Assignment{Worker: 99, Grid: 10, Role: "community_worker"})
		}, nil},
		{"VER-1: in force without a word", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) { s.Plan.State = geo.InForce }, []string{"VER-1 warning "}},
		{"VER-1: not filed", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) {
			s.Plan = geo.Plan{State: geo.Retired, Reviewed: 20250101}
		}, []string{"VER-1 warning "}},
		{"VER-1: not reviewed", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) {
			s.Plan = geo.Plan{State: geo.InForce, Filed: 20250101}
		}, []string{"VER-1 warning "}},
		{"VER-1: filed a day after it took effect", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) {
			s.Plan = geo.Plan{State: geo.InForce, Reviewed: 20250101, Filed: 20250102, Effective: 20250101}
		}, []string{"VER-1 warning "}},
		{"VER-1: filed on the day", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) {
			s.Plan = geo.Plan{State: geo.InForce, Reviewed: 20250101, Filed: 20250101, Effective: 20250101}
		}, nil},
		{"VER-1: a draft", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) { s.Plan.State = geo.Draft }, nil},
		{"VER-1: a draft whose day has come", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) { s.Plan.State, s.Plan.Effective = geo.Draft, 20250630 }, []string{"VER-1 warning "}},
		{"VER-1: a plan reviewed, its day to come", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) { s.Plan.State, s.Plan.Effective = geo.Reviewed, 20250701 }, nil},
		{"VER-1: a plan filed that waits to be published", `{"rules":{"VER-1":{"off":false}}}`, func(s *geo.Snapshot) { s.Plan.State, s.Plan.Effective = geo.Filed, 20250101 }, nil},
		{"VER-1: nobody asks", `{}`, func(s *geo.Snapshot) { s.Plan.State = geo.InForce }, nil},
		{"STF-11: trained a month too long ago", `{"rules":{"STF-11":{"max":12}}}`,
			staff([]geo.Worker{{ID: 99, Number: "V", Phone: "1", TrainedOn: 20240530}}), []string{"STF-11 info V"}},
		{"STF-11: trained twelve months and a day ago", `{"rules":{"STF-11":{"max":12}}}`,
			staff([]geo.Worker{{ID: 99, Number: "V", Phone: "1", TrainedOn: 20240629}}), []string{"STF-11 info V"}},
		{"STF-11: one who serves a village", `{"rules":{"STF-10":{"off":true}}}`, func(s *geo.Snapshot) {
			staff([]geo.Worker{volunteer, {ID: 3, Number: "C", Phone: "1"}})(s)
			s.Assignments = append(s.Assignments, geo.Assignment{Worker: 3, Grid: 11, Role: "community_worker"})
		}, []string{"STF-11 info C"}},
		{"STF-11: trained twelve months ago", `{"rules":{"STF-11":{"max":12}}}`,
			staff([]geo.Worker{{ID: 99, Number: "V", Phone: "1", TrainedOn: 20240630}}), nil},
		{"COD-1: another village's digits", `{}`, func(s *geo.Snapshot) { grid(s, "990101100000001").Code = "990101199000001" }, []string{"COD-1 warning 990101199000001"}},
		{"COD-1: two digits", `{}`, func(s *geo.Snapshot) { grid(s, "990101100000001").Code = "99010110000001" }, []string{"COD-1 error 99010110000001"}},
		{"COD-3: numbered from south to north", `{}`, func(s *geo.Snapshot) {
			a, b := grid(s, "990101101000001"), grid(s, "990101101000003")
			a.Code, b.Code = b.Code, a.Code
		}, []string{"COD-3 info 990101101000"}},
		{"CON-1: parts do not add up", `{"rules":{"STF-3":{"off":true}}}`, func(s *geo.Snapshot) {
			for unit, n := range map[geo.GridID]int64{10: 144, 11: 60, 12: 40} {
				s.Populations = append(s.Populations, geo.Population{Unit: unit, Basis: geo.Resident, Value: n, AsOf: 20241231})
			}
		}, []string{"CON-1 warning 990101000000"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := numbered()
			tt.fault(s)
			if got := said(ask(t, s, tt.ask)); !reflect.DeepEqual(got, tt.want) && len(got)+len(tt.want) > 0 {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

// A profile changes the limits as long as it holds, and a question changes
// those of the profile.
func TestProfileHoldsForItsDays(t *testing.T) {
	t.Parallel()
	s := numbered()
	homes(s, 301, spot(10, 10))
	s.Workers = []geo.Worker{{ID: 1, Number: "A", Phone: "1", TrainedOn: 20250101}}
	for _, g := range []geo.GridID{13, 14, 15, 16} {
		s.Assignments = append(s.Assignments, geo.Assignment{Worker: 1, Grid: g, Role: "grid_worker"})
	}
	s.Profiles = []geo.Profile{
		{Code: "island", Valid: geo.Period{To: 20250101}, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 1}}},
		{Code: "island", Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 2}}}, // for good, but begun before the next
		{Code: "island", Valid: geo.Period{From: 20250101}, Rules: map[geo.RuleID]geo.RuleSetting{geo.RuleLoad: {Max: 400, Severity: geo.Error}}},
	}
	loads := func(body string) []string {
		return slices.DeleteFunc(said(ask(t, s, body)), func(f string) bool { return !strings.HasPrefix(f, "STF-7") })
	}
	for body, want := range map[string][]string{
		`{}`:                   {"STF-7 warning 990101100000001"},
		`{"profile":"island"}`: {},
		`{"profile":"island","rules":{"STF-7":{"max":300}}}`: {"STF-7 error 990101100000001"},
	} {
		if got := loads(body); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

// Every rule has a severity and says where its limits come from.
func TestCountyDefaultIsComplete(t *testing.T) {
	t.Parallel()
	p := CountyDefault()
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, rule := range geo.AllRules {
		if s, known := p.Rules[rule]; !known || s.Severity == "" || s.Source == "" {
			t.Errorf("%s: %+v", rule, s)
		}
	}
}

// A picture may have its grids in any order, parents first: what is found and
// how it is named is the same.
func TestFindingsDoNotHangOnTheOrderOfGrids(t *testing.T) {
	t.Parallel()
	told := func(reversed bool) (texts []string) {
		s := numbered()
		s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
		grid(s, "990101101000003").Tier = 3 // beside grids of the tier above
		a, b := grid(s, "990101101000001"), grid(s, "990101101000002")
		a.Code, b.Code = b.Code, a.Code
		homes(s, 90, spot(300, 30))
		homes(s, 90, spot(300, 90)) // as many
		homes(s, 1, spot(300, 150))
		if reversed {
			slices.Reverse(s.Grids[3:])
		}
		for _, f := range ask(t, s, `{"rules":{"SIZ-4":{"permille":1100}}}`).Findings {
			texts = append(texts, fmt.Sprint(f.ID, f.Rule, f.Tier, f.Subject.Code, f.Message.EN))
		}
		slices.Sort(texts)
		return texts
	}
	got, want := told(true), told(false)
	for _, rule := range []geo.RuleID{geo.RuleUneven, geo.RuleOrder} {
		if !slices.ContainsFunc(want, func(s string) bool { return strings.Contains(s, string(rule)) }) {
			t.Errorf("%s is not among %q", rule, want)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("in one order\n%q, in the other\n%q", got, want)
	}
}
