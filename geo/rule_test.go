package geo

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

// A profile that contradicts itself, or names what there is not, is refused
// with the name of the field.
func TestProfileNamesItsFault(t *testing.T) {
	t.Parallel()
	tiers := []Tier{{Code: "county"}, {Rank: 1, Code: "island"}}
	roles := []Role{{Code: "leader"}}
	for body, field := range map[string]string{
		`{"code":"p","rules":{"STF-3":{"per":10000,"min":18,"roles":["leader"],"tiers":["island","micro"]}}}`: "",
		`{"code":"p"}`:                         "",
		`{"rules":{}}`:                         "code",
		`{"code":"county-default","rules":{}}`: "code",
		`{"code":"p\u0000","rules":{}}`:        "code",
		`{"code":"p","valid":{"from":"2025-02-01","to":"2025-02-01"},"rules":{}}`:                                                        "valid",
		`{"code":"p","source":"` + strings.Repeat("a", 2001) + `"}`:                                                                      "source",
		`{"code":"p","rules":{"STF-99":{}}}`:                                                                                             "rules.STF-99",
		`{"code":"p","rules":{"STF-1":{"severity":"fatal"}}}`:                                                                            "rules.STF-1.severity",
		`{"code":"p","rules":{"STF-3":{"per":10000}}}`:                                                                                   "rules.STF-3.min",
		`{"code":"p","rules":{"STF-3":{"min":18}}}`:                                                                                      "rules.STF-3.per",
		`{"code":"p","rules":{"STF-3":{"per":1,"min":18,"max":15}}}`:                                                                     "rules.STF-3.max",
		`{"code":"p","rules":{"STF-5":{"min":18,"max":15}}}`:                                                                             "rules.STF-5.min",
		`{"code":"p","rules":{"STF-5":{"min":15,"max":18}}}`:                                                                             "",
		`{"code":"p","rules":{"STF-5":{"per":15,"min":18}}}`:                                                                             "rules.STF-5.per",
		`{"code":"p","rules":{"STF-4":{"steps":[]}}}`:                                                                                    "rules.STF-4.steps",
		`{"code":"p","rules":{"STF-4":{"steps":[{"from":0,"workers":10},{"from":0,"workers":20}]}}}`:                                     "rules.STF-4.steps[1]",
		`{"code":"p","rules":{"STF-4":{"steps":[{"from":0,"workers":10},{"from":30000,"workers":20}]}}}`:                                 "",
		`{"code":"p","rules":{"STF-1":{"steps":[{"from":0,"workers":10}]}}}`:                                                             "rules.STF-1.steps",
		`{"code":"p","rules":{"COV-7":{"detour_permille":999}}}`:                                                                         "rules.COV-7.detour_permille",
		`{"code":"p","rules":{"COV-7":{"facilities":[""]}}}`:                                                                             "rules.COV-7.facilities",
		`{"code":"p","rules":{"GEO-1":{"max":4}}}`:                                                                                       "rules.GEO-1.max",
		`{"code":"p","rules":{"GEO-10":{"area_m2":4}}}`:                                                                                  "rules.GEO-10.area_m2",
		`{"code":"p","rules":{"STF-7":{"max":-1}}}`:                                                                                      "rules.STF-7.max",
		`{"code":"p","rules":{"SIZ-4":{"permille":1000000001}}}`:                                                                         "rules.SIZ-4.permille",
		`{"code":"p","rules":{"GEO-5":{"width_m":-0.1}}}`:                                                                                "rules.GEO-5.width_m",
		`{"code":"p","rules":{"STF-1":{"settings":["lunar"]}}}`:                                                                          "rules.STF-1.settings",
		`{"code":"p","rules":{"STF-1":{"tiers":["moon"]}}}`:                                                                              "rules.STF-1.tiers[0]",
		`{"code":"p","rules":{"STF-3":{"roles":["leader","king"]}}}`:                                                                     "rules.STF-3.roles[1]",
		`{"code":"p","rules":{"STF-1":{"source":"\u0000"}}}`:                                                                             "rules.STF-1.source",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x"},{"tier":"island","position":"x","setting":"rural"}]}}}`: "",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x"},{"tier":"island","position":"x"}]}}}`:                   "rules.RES-1.chain[1]",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x","setting":"sea"}]}}}`:                                    "rules.RES-1.chain[0].setting",
		`{"code":"p","rules":{"GEO-3":{"tiers":["island"]}}}`:                                                                            "rules.GEO-3.tiers",
		`{"code":"p","rules":{"COV-1":{"settings":["rural"]}}}`:                                                                          "rules.COV-1.settings",
		`{"code":"p","rules":{"SIZ-1":{"min":300,"max":500,"tiers":["island"],"settings":["rural"]}}}`:                                   "",
		`{"code":"p","rules":{"SIZ-1":{"min":501,"max":500}}}`:                                                                           "rules.SIZ-1.min",
		`{"code":"p","rules":{"STF-1":{"roles":["leader"]}}}`:                                                                            "rules.STF-1.roles",
		`{"code":"p","rules":{"COV-7":{"roles":["leader"]}}}`:                                                                            "rules.COV-7.roles",
		`{"code":"p","rules":{"RES-1":{"roles":["leader"]}}}`:                                                                            "rules.RES-1.roles",
		`{"code":"p","rules":{"STF-10":{"roles":["leader"]}}}`:                                                                           "",
		`{"code":"p","rules":{"GEO-11":{"permille":1001}}}`:                                                                              "rules.GEO-11.permille",
		`{"code":"p","rules":{"SIZ-4":{"permille":999}}}`:                                                                                "rules.SIZ-4.permille",
		`{"code":"p","rules":{"COV-7":{"max":1000001}}}`:                                                                                 "rules.COV-7.max",
		`{"code":"p","rules":{"STF-11":{"max":1201}}}`:                                                                                   "rules.STF-11.max",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"island","min":1,"max":2},{"tier":"island","setting":"rural","max":2}]}}}`:       "",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"island","min":3,"max":2}]}}}`:                                                   "rules.SIZ-1.bands[0].min",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"island"}]}}}`:                                                                   "rules.SIZ-1.bands[0].min",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"island","max":2},{"tier":"island","max":3}]}}}`:                                 "rules.SIZ-1.bands[1]",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"island","setting":"sea","max":2}]}}}`:                                           "rules.SIZ-1.bands[0].setting",
		`{"code":"p","rules":{"SIZ-1":{"bands":[{"tier":"moon","max":2}]}}}`:                                                             "rules.SIZ-1.bands[0].tier",
		`{"code":"p","rules":{"SIZ-2":{"bands":[{"tier":"island","max":2}]}}}`:                                                           "rules.SIZ-2.bands",
		`{"code":"p","rules":{"SIZ-2":{"max":1},"SIZ-2":{"max":2}}}`:                                                                     "rules.SIZ-2",
		`{"code":"p","rules":null}`:                                                                                                      "",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island"}]}}}`:                                                                   "rules.RES-1.chain[0].position",
		`{"code":"p","rules":{"RES-1":{"chain":[{"position":"x"}]}}}`:                                                                    "rules.RES-1.chain[0].tier",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"moon","position":"x"}]}}}`:                                                      "rules.RES-1.chain[0].tier",
		`{"code":"p","rules":{"RES-1":{"chain":[` + strings.Repeat(`{"tier":"island","position":"x"},`, 100) + `{"tier":"island"}]}}}`:   "rules.RES-1.chain",
	} {
		var p Profile
		err := json.Unmarshal([]byte(body), &p)
		if err == nil {
			err = p.Validate()
		}
		if err == nil {
			err = p.Known(tiers, roles)
		}
		var invalid *InvalidError
		switch {
		case field == "" && err != nil:
			t.Errorf("%s: %v", body, err)
		case field != "" && (!errors.As(err, &invalid) || invalid.Field != field):
			t.Errorf("%.80s: error %v, want one of field %s", body, err, field)
		}
	}
}

// Of several profiles with one code the one that begins last counts, unless the
// one before says that it still holds.
func TestProfilesClash(t *testing.T) {
	t.Parallel()
	at := func(id ProfileID, code string, from, to Date) *Profile {
		return &Profile{ID: id, Code: code, Valid: Period{from, to}}
	}
	for _, tt := range []struct {
		name string
		a, b *Profile
		want bool
	}{
		{"one follows an open one", at(1, "p", 0, 0), at(2, "p", 20260101, 0), false},
		{"one follows at the end of the other", at(1, "p", 0, 20260101), at(2, "p", 20260101, 0), false},
		{"one begins a day before the other ends", at(1, "p", 0, 20260102), at(2, "p", 20260101, 0), true},
		{"one lies within the other", at(1, "p", 0, 20270101), at(2, "p", 20260101, 20260201), true},
		{"both begin on one day", at(1, "p", 20260101, 0), at(2, "p", 20260101, 20260201), true},
		{"another code", at(1, "p", 0, 20270101), at(2, "q", 20260101, 0), false},
		{"the same record", at(1, "p", 0, 20270101), at(1, "p", 20260101, 0), false},
	} {
		if tt.a.Clashes(tt.b) != tt.want || tt.b.Clashes(tt.a) != tt.want {
			t.Errorf("%s: %v and %v, want %v", tt.name, tt.a.Clashes(tt.b), tt.b.Clashes(tt.a), tt.want)
		}
	}
}

// The band of a setting goes before that of any.
func TestBandOf(t *testing.T) {
	t.Parallel()
	s := RuleSetting{Bands: []SizeBand{{Tier: "a", Max: 1}, {Tier: "a", Setting: Rural, Max: 2}, {Tier: "b", Setting: Urban, Max: 3}}}
	for _, tt := range []struct {
		tier    string
		setting Setting
		want    int64
	}{{"a", "", 1}, {"a", Urban, 1}, {"a", Rural, 2}, {"b", "", 0}, {"b", Rural, 0}, {"b", Urban, 3}, {"c", Rural, 0}} {
		if band, ok := s.BandOf(tt.tier, tt.setting); band.Max != tt.want || ok != (tt.want > 0) {
			t.Errorf("%s %s: %+v, %v; want at most %d", tt.tier, tt.setting, band, ok, tt.want)
		}
	}
}

// What a setting does not have is refused where it is read, by its whole name.
func TestSettingsAreReadStrictly(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"rules":{"SIZ-2":{"most":1}}}`:      `unknown field "rules.SIZ-2.most"`,
		`{"rules":{"SIZ-2":{"max":"2,500"}}}`: "rules.SIZ-2.max",
		`{"rules":{"SIZ-2":{"max":2500.5}}}`:  "rules.SIZ-2.max",
		`{"rules":{"SIZ-2":7}}`:               "rules.SIZ-2",
		`{"rules":[]}`:                        "rules",
	} {
		var p Profile
		if err := json.Unmarshal([]byte(body), &p); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want one of %s", body, err, want)
		}
	}
}
