package check

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
)

// The limits built in are those of the field's rule set, rule by rule: severity
// and default as that table has them.
func TestBuiltInProfileIsTheFieldsRuleSet(t *testing.T) {
	t.Parallel()
	tolerance := geo.RuleSetting{AreaM2: new(1.0), WidthM: new(0.05)} // over 1 m² and mean width over 5 cm
	off := func(s geo.RuleSetting) geo.RuleSetting { s.Off = new(true); return s }
	table := []struct {
		rules    string
		severity geo.Severity
		limits   geo.RuleSetting
	}{
		{"GEO-1 GEO-8", geo.Error, geo.RuleSetting{}},
		{"GEO-2 GEO-3 GEO-7 GEO-4", geo.Error, tolerance},
		{"GEO-5", geo.Warning, geo.RuleSetting{AreaM2: new(1.0), WidthM: new(1.0)}},
		{"GEO-6 GEO-10", geo.Warning, geo.RuleSetting{}},
		{"GEO-9", geo.Warning, tolerance},
		{"GEO-11", geo.Warning, geo.RuleSetting{Permille: 200}}, // over 20 % of points
		{"SIZ-1", geo.Warning, geo.RuleSetting{Bands: []geo.SizeBand{
			{Tier: "primary", Min: 300, Max: 500}, {Tier: "primary", Setting: geo.Rural, Max: 300}, {Tier: "micro", Min: 30, Max: 80}}}},
		{"SIZ-2", geo.Warning, geo.RuleSetting{Max: 2500}},
		{"SIZ-3", geo.Info, geo.RuleSetting{Max: 10_000}},
		{"SIZ-4", geo.Info, geo.RuleSetting{Permille: 1500}},
		{"COV-1 COV-2", geo.Error, geo.RuleSetting{}},
		{"COV-3 COV-4", geo.Warning, geo.RuleSetting{}},
		{"COV-5", geo.Error, geo.RuleSetting{Max: 50}},
		{"COV-6 COV-7", geo.Info, geo.RuleSetting{}},
		{"STF-1", geo.Error, geo.RuleSetting{}},
		{"STF-2", geo.Warning, off(geo.RuleSetting{})}, // a switch of the profile
		{"STF-3", geo.Error, geo.RuleSetting{Per: 10_000, Min: 18}},
		{"STF-4", geo.Error, off(geo.RuleSetting{Tiers: []string{"township"}, Steps: []geo.Step{{From: 0, Workers: 10}, {From: 30_000, Workers: 20}}})},
		{"STF-5", geo.Warning, off(geo.RuleSetting{Tiers: []string{"village"}, Settings: []geo.Setting{geo.Urban}, Min: 15, Max: 18})},
		{"STF-6", geo.Warning, geo.RuleSetting{}},
		{"STF-7", geo.Warning, geo.RuleSetting{Max: 300}},
		{"STF-8", geo.Warning, geo.RuleSetting{Max: 5}},
		{"STF-9 STF-10", geo.Warning, geo.RuleSetting{}},
		{"STF-11", geo.Info, geo.RuleSetting{}},
		{"RES-1", geo.Warning, geo.RuleSetting{Chain: usualChain()}},
		{"COD-1 COD-2", geo.Error, geo.RuleSetting{}},
		{"COD-3", geo.Info, geo.RuleSetting{}},
		{"CON-1", geo.Warning, geo.RuleSetting{}},
		{"VER-1", geo.Warning, off(geo.RuleSetting{})}, // off unless a profile asks
		{"PRV-1", geo.Error, geo.RuleSetting{}},
	}
	built, told := CountyDefault(), []geo.RuleID{}
	for _, row := range table {
		for id := range strings.FieldsSeq(row.rules) {
			rule := geo.RuleID(id)
			told = append(told, rule)
			got := built.Rules[rule]
			if got.Source == "" {
				t.Errorf("%s names no source", rule)
			}
			want := row.limits
			want.Severity, want.Source = row.severity, got.Source
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: %+v, want %+v", rule, got, want)
			}
			if err := got.Validate(rule, "rules."+id); err != nil {
				t.Errorf("%s could not be in a profile: %v", rule, err)
			}
		}
	}
	slices.Sort(told)
	if all := slices.Sorted(slices.Values(geo.AllRules)); !slices.Equal(told, all) || len(told) != 40 || len(built.Rules) != 40 {
		t.Errorf("%d rules are told, %d built in, of %d", len(told), len(built.Rules), len(all))
	}
}

// Bands of households are those somebody states, else the tier's own, else the
// ones built in, by setting; what has no setting is as the grid above.
func TestBandsOfHouseholds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		make     func(s *geo.Snapshot)
		question string
		want     string // the band's end that a grid of two households misses
	}{
		{"built in", func(*geo.Snapshot) {}, `{}`, ">= 300"},
		{"built in for rural ones", func(s *geo.Snapshot) { grid(s, "west-1").Setting = geo.Rural }, `{}`, ""},
		{"built in for those in a rural village", func(s *geo.Snapshot) { grid(s, "west").Setting = geo.Rural }, `{}`, ""},
		{"built in for micro grids", func(s *geo.Snapshot) { s.Tiers[2].Code = "micro" }, `{}`, ">= 30"},
		{"none for other tiers", func(s *geo.Snapshot) { s.Tiers[2].Code = "secondary" }, `{}`, ""},
		{"the tier's own", func(s *geo.Snapshot) { s.Tiers[2].Households = geo.Band{Max: 1} }, `{}`, "<= 1"},
		{"a band of the profile", func(s *geo.Snapshot) { s.Tiers[2].Households = geo.Band{Max: 1} }, `{"profile":"own"}`, ">= 7"},
		{"one of the question", func(*geo.Snapshot) {}, `{"profile":"own","rules":{"SIZ-1":{"bands":[{"tier":"primary","min":8}]}}}`, ">= 8"},
		{"one end for all", func(*geo.Snapshot) {}, `{"rules":{"SIZ-1":{"max":1}}}`, "<= 1"},
		{"one end over the profile's band", func(*geo.Snapshot) {}, `{"profile":"own","rules":{"SIZ-1":{"max":9}}}`, ">= 7"},
		{"of a division that is named", func(*geo.Snapshot) {}, `{"rules":{"SIZ-1":{"bands":[{"tier":"village","min":3},{"tier":"primary","max":9}]}}}`, ">= 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := drawn()
			s.Tiers[2].Households = geo.Band{}
			s.Profiles = []geo.Profile{{Code: "own", Rules: geo.RuleSettings{geo.RuleHouseholds: {Bands: []geo.SizeBand{{Tier: "primary", Min: 7}}}}}}
			homes(s, 2, spot(20, 20))
			tt.make(s)
			got := ""
			for _, f := range ask(t, s, tt.question).Findings {
				if f.Rule == geo.RuleHouseholds && strings.HasPrefix(f.Subject.Code, "west") {
					got = f.Measure.Op + " " + fmt.Sprint(f.Measure.Limit)
				}
			}
			if got != tt.want {
				t.Errorf("misses %q, want %q", got, tt.want)
			}
		})
	}
}

// A grid of any tier has a cap of residents, its tier's own or that built in.
func TestCapOfResidents(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int64]int{0: 1, 2501: 0, 2500: 1} {
		s := drawn()
		s.Tiers[2].PersonsCap = limit
		s.Dwellings = []geo.Dwelling{{ID: 1, Located: true, At: spot(20, 20), Resident: 2501}}
		n := 0
		for _, f := range ask(t, s, `{}`).Findings {
			if f.Rule == geo.RulePersons {
				n++
			}
		}
		if n != want {
			t.Errorf("cap %d: %d findings, want %d", limit, n, want)
		}
	}
}

// The limits of staff that are built in are asked where there is nothing else to
// ask by: a ratio where urban residents are known, the others where somebody
// speaks of the rule. Beside standards, and beside limits that are stated, they
// do not stand.
func TestBuiltInLimitsOfStaff(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		make     func(s *geo.Snapshot)
		question string
		rule     geo.RuleID
		want     []int64 // required of each unit
		not      string
	}{
		{"a ratio of urban residents", func(s *geo.Snapshot) {
			s.Populations = []geo.Population{{Unit: 10, Basis: geo.UrbanResident, Value: 76_000}}
		}, `{}`, geo.RuleRatio, []int64{137}, ""},
		{"of the residents that are asked by", func(s *geo.Snapshot) {
			s.Populations = []geo.Population{{Unit: 10, Basis: geo.Resident, Value: 10_001}}
		}, `{"population_basis":"resident"}`, geo.RuleRatio, []int64{19}, ""},
		{"of residents nobody knows", func(*geo.Snapshot) {}, `{"population_basis":"resident"}`, geo.RuleRatio, nil, noPopulation},
		{"of nobody known", func(*geo.Snapshot) {}, `{}`, geo.RuleRatio, nil, noPopulation},
		{"beside a standard", func(s *geo.Snapshot) {
			s.Populations = []geo.Population{{Unit: 10, Basis: geo.UrbanResident, Value: 76_000}, {Unit: 11, Basis: geo.UrbanResident, Value: 10_000}}
			s.Standards = []geo.Standard{{Rule: geo.RuleRatio, Workers: 1, Residents: 10_000, Tier: 1, Basis: geo.UrbanResident}}
		}, `{}`, geo.RuleRatio, []int64{1}, "1 of 2 units have no population on the basis urban_resident"},
		{"posts nobody speaks of", func(s *geo.Snapshot) { grid(s, "east").Setting = geo.Urban }, `{}`, geo.RulePosts, nil, "switched off by the profile"},
		{"posts that are asked for", func(s *geo.Snapshot) { grid(s, "east").Setting = geo.Urban }, `{"rules":{"STF-5":{}}}`, geo.RulePosts, []int64{15}, ""},
		{"posts as they are stated", func(*geo.Snapshot) {}, `{"rules":{"STF-5":{"min":2,"tiers":["village"]}}}`, geo.RulePosts, []int64{2, 2}, ""},
		{"posts of a standard", func(s *geo.Snapshot) {
			s.Standards = []geo.Standard{{Rule: geo.RulePosts, Form: geo.BandForm, Min: 4, Tier: 2}}
		}, `{}`, geo.RulePosts, []int64{4, 4, 4, 4}, ""},
		{"a quota nobody speaks of", func(*geo.Snapshot) {}, `{}`, geo.RuleSteps, nil, "switched off by the profile"},
		{"a quota that is asked for", func(s *geo.Snapshot) {
			s.Tiers[1].Code = "township"
			s.Populations = []geo.Population{{Unit: 11, Basis: geo.Resident, Value: 30_000}, {Unit: 12, Basis: geo.Resident, Value: 29_999}}
		}, `{"rules":{"STF-4":{"off":false}}}`, geo.RuleSteps, []int64{20, 10}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := drawn()
			tt.make(s)
			r := ask(t, s, tt.question)
			var got []int64
			for _, u := range r.Units {
				if u.Rule == tt.rule {
					got = append(got, u.Required)
				}
			}
			because := ""
			for _, n := range r.NotChecked {
				if n.Rule == tt.rule {
					because = n.Because
				}
			}
			if !slices.Equal(got, tt.want) || because != tt.not {
				t.Errorf("required %v, not checked because %q; want %v, %q", got, because, tt.want, tt.not)
			}
		})
	}
}
