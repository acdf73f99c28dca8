package geo

import (
	"encoding/json"
	"errors"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func TestStandardShortfall(t *testing.T) {
	urban := Standard{Workers: 18, Residents: 10_000}
	tests := []struct {
		name               string
		workers, residents int64
		required, short    int64
	}{
		{"nobody needs nobody", 0, 0, 0, 0},
		{"one resident needs one worker", 0, 1, 1, 1},
		{"exactly met", 18, 10_000, 18, 0},
		{"one resident more needs one worker more", 18, 10_001, 19, 1},
		{"17.76 per 10,000 prints as 18 and is short by two", 135, 76_000, 137, 2},
		{"what 135 can serve", 135, 75_000, 135, 0},
		{"a surplus is not a negative shortage", 200, 76_000, 137, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := urban.Required(tt.residents); got != tt.required {
				t.Errorf("Required(%d) = %d, want %d", tt.residents, got, tt.required)
			}
			if got := urban.Shortfall(tt.workers, tt.residents); got != tt.short {
				t.Errorf("Shortfall(%d, %d) = %d, want %d", tt.workers, tt.residents, got, tt.short)
			}
		})
	}
}

// What each form asks for, on both sides of its limits.
func TestStandardForms(t *testing.T) {
	t.Parallel()
	steps := Standard{Form: StepsForm, Steps: []Step{{From: 1, Workers: 10}, {From: 30_000, Workers: 20}}}
	band, one := Standard{Form: BandForm, Min: 15, Max: 18}, Standard{Form: OneEachForm, Max: 1}
	share, reach := Standard{Form: ShareForm, Permille: 334}, Standard{Form: ReachForm, Max: 1000}
	for _, tt := range []struct {
		name                  string
		s                     Standard
		have, people          int64
		required, short, over int64
	}{
		{"nobody lives there", steps, 0, 0, 0, 0, 0},
		{"one person short of the next step", steps, 10, 29_999, 10, 0, 0},
		{"the step itself", steps, 10, 30_000, 20, 10, 0},
		{"a post under the band", band, 14, 0, 15, 1, 0},
		{"its lower end", band, 15, 0, 15, 0, 0},
		{"its upper end", band, 18, 0, 15, 0, 0},
		{"a post over it", band, 19, 0, 15, 0, 1},
		{"none of one", one, 0, 0, 1, 1, 0},
		{"two of one", one, 2, 0, 1, 0, 1},
		{"a third of three is cut up", share, 1, 3, 2, 1, 0},
		{"a share of nobody", share, 0, 0, 0, 0, 0},
		{"everybody should reach", reach, 8, 9, 9, 1, 0},
		{"walkers are not over", reach, 2000, 9, 9, 0, 0},
	} {
		if r, short, over := tt.s.Required(tt.people), tt.s.Shortfall(tt.have, tt.people), tt.s.Over(tt.have); r != tt.required || short != tt.short || over != tt.over {
			t.Errorf("%s: required %d, short %d, over %d; want %d, %d, %d", tt.name, r, short, over, tt.required, tt.short, tt.over)
		}
	}
}

// A norm that says two things, or none, is refused with the name of the field.
func TestStandardNamesItsFault(t *testing.T) {
	t.Parallel()
	for body, field := range map[string]string{
		`{"rule":"STF-3","form":"ratio","workers":18,"residents":10000,"basis":"resident"}`:                                  "",
		`{"rule":"STF-3","form":"ratio","workers":18,"residents":0,"basis":"resident"}`:                                      "residents",
		`{"rule":"STF-3","form":"ratio","workers":18,"residents":10000}`:                                                     "basis",
		`{"rule":"STF-3","form":"band","min":1}`:                                                                             "form",
		`{"rule":"STF-3","form":"ratio","workers":18,"residents":10000,"basis":"resident","max":4}`:                          "max",
		`{"rule":"STF-3","form":"ratio","workers":18,"basis":"resident","max":4}`:                                            "residents",
		`{"rule":"STF-99","form":"ratio"}`:                                                                                   "rule",
		`{"rule":"STF-4","form":"steps","basis":"resident","steps":[{"from":0,"workers":10},{"from":30000,"workers":20}]}`:   "",
		`{"rule":"STF-4","form":"steps","basis":"resident"}`:                                                                 "steps",
		`{"rule":"STF-4","form":"steps","basis":"resident","steps":[{"from":30000,"workers":10},{"from":0,"workers":20}]}`:   "steps[1]",
		`{"rule":"STF-4","form":"steps","basis":"resident","steps":[{"from":-1,"workers":10}]}`:                              "steps[0].from",
		`{"rule":"STF-5","form":"band","min":18,"max":15}`:                                                                   "min",
		`{"rule":"STF-5","form":"band"}`:                                                                                     "min",
		`{"rule":"STF-5","form":"band","min":15,"basis":"resident"}`:                                                         "basis",
		`{"rule":"STF-5","form":"band","min":15,"facility":"clinic"}`:                                                        "facility",
		`{"rule":"STF-2","form":"one_each","max":1}`:                                                                         "roles",
		`{"rule":"STF-2","form":"share","roles":["leader"],"permille":1001}`:                                                 "permille",
		`{"rule":"STF-2","form":"one_each","roles":["leader"],"among":["leader"]}`:                                           "among",
		`{"rule":"COV-7","form":"one_each"}`:                                                                                 "facility",
		`{"rule":"COV-7","form":"reach","facility":"clinic"}`:                                                                "max",
		`{"rule":"COV-7","form":"reach","facility":"clinic","max":900,"detour_permille":900}`:                                "detour_permille",
		`{"rule":"COV-7","form":"floor","facility":"clinic","min":500,"full_posts":true}`:                                    "roles",
		`{"rule":"COV-7","form":"floor","facility":"clinic","min":500}`:                                                      "",
		`{"rule":"COV-7","form":"floor","facility":"clinic","min":500,"valid":{"from":"2025-02-01","to":"2025-01-01"}}`:      "valid",
		`{"rule":"STF-5","form":"band","min":15,"settings":["lunar"]}`:                                                       "settings",
		`{"rule":"STF-3","form":"ratio","workers":18,"residents":10000,"basis":"resident","steps":[{"from":0,"workers":1}]}`: "steps",
	} {
		var s Standard
		if err := json.Unmarshal([]byte(body), &s); err != nil {
			t.Fatal(err)
		}
		var invalid *InvalidError
		switch err := s.Validate(); {
		case field == "" && err != nil:
			t.Errorf("%s: %v", body, err)
		case field != "" && (!errors.As(err, &invalid) || invalid.Field != field):
			t.Errorf("%s: error %v, want one of field %s", body, err, field)
		}
	}
}

// most is more than any count that is taken.
const most = 1_000_000_000

// Required agrees with exact arithmetic up to the largest counts taken, where
// the plain product would overflow.
func TestStandardRequiredIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Standard{
			Workers:   rapid.Int64Range(1, most).Draw(t, "workers"),
			Residents: rapid.Int64Range(1, most).Draw(t, "per"),
		}
		residents := rapid.Int64Range(0, most).Draw(t, "residents")
		want := new(big.Int).Mul(big.NewInt(residents), big.NewInt(s.Workers))
		want.Add(want, big.NewInt(s.Residents-1)).Div(want, big.NewInt(s.Residents))
		if got := s.Required(residents); big.NewInt(got).Cmp(want) != 0 {
			t.Fatalf("%d at %d per %d: %d, want %s", residents, s.Workers, s.Residents, got, want)
		}
	})
}

// Two norms that differ in nothing but how many they ask for cannot both hold.
func TestStandardsClash(t *testing.T) {
	t.Parallel()
	norm := func(change func(*Standard)) *Standard {
		s := &Standard{ID: 2, Rule: RuleRatio, Workers: 25, Residents: 10_000, Basis: Resident, Roles: []string{"a", "b"}}
		change(s)
		return s
	}
	one := norm(func(s *Standard) { s.ID, s.Workers, s.Settings = 1, 18, []Setting{Urban} })
	way := func(id StandardID, most, permille int64) *Standard {
		return &Standard{ID: id, Rule: RuleReach, Form: ReachForm, Facility: "school", Max: most, Permille: permille}
	}
	for _, tt := range []struct {
		name string
		a, b *Standard
		want bool
	}{
		{"other numbers", one, norm(func(*Standard) {}), true},
		{"the same roles in another order", one, norm(func(s *Standard) { s.Roles = []string{"b", "a", "a"} }), true},
		{"other roles", one, norm(func(s *Standard) { s.Roles = nil }), false},
		{"another basis", one, norm(func(s *Standard) { s.Basis = Registered }), false},
		{"another tier", one, norm(func(s *Standard) { s.Tier = 1 }), false},
		{"another setting", one, norm(func(s *Standard) { s.Settings = []Setting{Rural} }), false},
		{"that of part of the employed", one, norm(func(s *Standard) { s.Employment = FullTime }), false},
		{"after the other", norm(func(s *Standard) { s.ID, s.Valid = 1, Period{To: 20260101} }), norm(func(s *Standard) { s.Valid.From = 20260101 }), false},
		{"a day before the other ends", norm(func(s *Standard) { s.ID, s.Valid = 1, Period{To: 20260102} }), norm(func(s *Standard) { s.Valid.From = 20260101 }), true},
		{"the same record", one, one, false},
		{"a longer way for all than for most", way(1, 1000, 800), way(2, 3000, 0), false},
		{"two shares for one way", way(1, 1000, 800), way(2, 1000, 900), true},
	} {
		if tt.a.Clashes(tt.b) != tt.want || tt.b.Clashes(tt.a) != tt.want {
			t.Errorf("%s: %v and %v, want %v", tt.name, tt.a.Clashes(tt.b), tt.b.Clashes(tt.a), tt.want)
		}
	}
}
