package geo

import (
	"errors"
	"testing"

	"gridmap/geo/topo"
)

func TestMatterTakes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		m       Matter
		kind    Kind
		tier    string
		setting Setting
		want    bool
	}{
		"everybody":                     {Matter{Admitted: true}, Task, "micro", Rural, true},
		"nobody":                        {Matter{}, General, "primary", Urban, false},
		"the kind":                      {Matter{Admitted: true, Kinds: []Kind{General, Dedicated}}, Dedicated, "primary", Urban, true},
		"another kind":                  {Matter{Admitted: true, Kinds: []Kind{General}}, Dedicated, "primary", Urban, false},
		"another tier":                  {Matter{Admitted: true, Tiers: []string{"village"}}, General, "primary", Urban, false},
		"another setting":               {Matter{Admitted: true, Settings: []Setting{Urban}}, General, "primary", Rural, false},
		"a grid of no setting":          {Matter{Admitted: true, Settings: []Setting{Urban}}, General, "primary", "", true},
		"all three, as the matter asks": {Matter{Admitted: true, Kinds: []Kind{General}, Tiers: []string{"primary"}, Settings: []Setting{Rural}}, General, "primary", Rural, true},
	} {
		if got := tt.m.Takes(tt.kind, tt.tier, tt.setting); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestMatterAndBuildingValidate(t *testing.T) {
	t.Parallel()
	bureau := Name{ZH: "局"}
	for name, tt := range map[string]struct {
		r    interface{ Validate() error }
		want string // field at fault, "" for none
	}{
		"a matter":                   {&Matter{Code: "A", Admitted: true, Department: bureau}, ""},
		"one that nobody takes":      {&Matter{Code: "A"}, ""},
		"no code":                    {&Matter{Admitted: true, Department: bureau}, "code"},
		"no department":              {&Matter{Code: "A", Admitted: true}, "department.zh"},
		"an unknown kind":            {&Matter{Code: "A", Kinds: []Kind{"round"}}, "kinds"},
		"an unknown setting":         {&Matter{Code: "A", Settings: []Setting{"sea"}}, "settings"},
		"an empty tier":              {&Matter{Code: "A", Tiers: []string{""}}, "tiers"},
		"a matter that ends at once": {&Matter{Code: "A", Valid: Period{From: 20250102, To: 20250101}}, "valid"},
		"a building":                 {&Building{Code: "B", At: topo.Point{X: 1, Y: 2}, Property: Unserviced, Units: 100_000, Floors: 300}, ""},
		"a building without a code":  {&Building{}, "code"},
		"a tower to the sky":         {&Building{Code: "B", Floors: 301}, "floors"},
		"too many dwellings":         {&Building{Code: "B", Units: 100_001}, "units"},
		"an unknown property":        {&Building{Code: "B", Property: "mine"}, "property"},
		"a place off the earth":      {&Building{Code: "B", At: topo.Point{Y: 2_000_000_000}}, "at"},
		"a division below none":      {&Building{Code: "B", Division: -1}, "division"},
	} {
		var invalid *InvalidError
		if err := tt.r.Validate(); tt.want == "" && err != nil || tt.want != "" && (!errors.As(err, &invalid) || invalid.Field != tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}
