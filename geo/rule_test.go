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
		`{"code":"p","rules":{"STF-1":{"roles":["leader","king"]}}}`:                                                                     "rules.STF-1.roles[1]",
		`{"code":"p","rules":{"STF-1":{"source":"\u0000"}}}`:                                                                             "rules.STF-1.source",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x"},{"tier":"island","position":"x","setting":"rural"}]}}}`: "",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x"},{"tier":"island","position":"x"}]}}}`:                   "rules.RES-1.chain[1]",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island","position":"x","setting":"sea"}]}}}`:                                    "rules.RES-1.chain[0].setting",
		`{"code":"p","rules":{"GEO-3":{"tiers":["island"]}}}`:                                                                            "rules.GEO-3.tiers",
		`{"code":"p","rules":{"COV-1":{"settings":["rural"]}}}`:                                                                          "rules.COV-1.settings",
		`{"code":"p","rules":{"SIZ-1":{"min":300,"max":500,"tiers":["island"],"settings":["rural"]}}}`:                                   "",
		`{"code":"p","rules":{"SIZ-1":{"min":501,"max":500}}}`:                                                                           "rules.SIZ-1.min",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"island"}]}}}`:                                                                   "rules.RES-1.chain[0].position",
		`{"code":"p","rules":{"RES-1":{"chain":[{"position":"x"}]}}}`:                                                                    "rules.RES-1.chain[0].tier",
		`{"code":"p","rules":{"RES-1":{"chain":[{"tier":"moon","position":"x"}]}}}`:                                                      "rules.RES-1.chain[0].tier",
		`{"code":"p","rules":{"RES-1":{"chain":[` + strings.Repeat(`{"tier":"island","position":"x"},`, 100) + `{"tier":"island"}]}}}`:   "rules.RES-1.chain",
	} {
		var p Profile
		if err := json.Unmarshal([]byte(body), &p); err != nil {
			t.Fatal(err)
		}
		err := p.Validate()
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
