package geo

import (
	"errors"
	"math"
	"testing"
)

func TestParseSpan(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Period{
		"2025": {20250101, 20260101}, "2025-Q1": {20250101, 20250401}, "2025-Q4": {20251001, 20260101},
		"2025-12": {20251201, 20260101}, "2024-02": {20240201, 20240301}, "2024-02-28": {20240228, 20240229},
		"2025-12-31": {20251231, 20260101}, "9999": {From: 99990101},
	} {
		if got, err := ParseSpan(text); err != nil || got != want {
			t.Errorf("%s is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "25", "+202", "0000", "2025-Q0", "2025-Q5", "2025-13", "2025-00", "2025-02-30", "2025-6", "2025-Q2x", "二零二五", "2025年"} {
		if got, err := ParseSpan(text); err == nil {
			t.Errorf("%q is taken for %v", text, got)
		}
	}
}

func TestMetricValidate(t *testing.T) {
	t.Parallel()
	value := func(v float64) *float64 { return &v }
	for name, tt := range map[string]struct {
		m    Metric
		want string // field at fault, "" for none
	}{
		"a number":                   {Metric{Unit: 1, Name: "visits", Period: "2025-06", Value: value(-1.5)}, ""},
		"a grade":                    {Metric{Unit: 1, Name: "rating", Period: "2025", Grade: "A"}, ""},
		"a count that is declared":   {Metric{Unit: 1, Name: "stars:5", Period: "2025", Value: value(20), Declares: "grids.village"}, ""},
		"a share":                    {Metric{Unit: 1, Name: "p:A", Period: "2025", Value: value(19.4), Declares: "share.rating"}, ""},
		"a share of the whole":       {Metric{Unit: 1, Name: "p", Period: "2025", Value: value(19.4), Declares: "share.rating"}, "declares"},
		"no unit":                    {Metric{Name: "x", Period: "2025", Value: value(1)}, "unit"},
		"no name":                    {Metric{Unit: 1, Period: "2025", Value: value(1)}, "name"},
		"a colon with nothing after": {Metric{Unit: 1, Name: "x:", Period: "2025", Value: value(1)}, "name"},
		"no period":                  {Metric{Unit: 1, Name: "x", Value: value(1)}, "period"},
		"neither value nor grade":    {Metric{Unit: 1, Name: "x", Period: "2025"}, "value"},
		"both":                       {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(1), Grade: "A"}, "grade"},
		"no number":                  {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(math.NaN())}, "value"},
		"half a household":           {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(1.5), Declares: "households"}, "value"},
		"fewer than none":            {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(-1), Declares: "households"}, "value"},
		"a grade that declares":      {Metric{Unit: 1, Name: "x", Period: "2025", Grade: "A", Declares: "households"}, "declares"},
		"a figure nobody counts":     {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(1), Declares: "cows"}, "declares"},
		"narrowed by nothing":        {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(1), Declares: "grids."}, "declares"},
		"narrowed what cannot be":    {Metric{Unit: 1, Name: "x", Period: "2025", Value: value(1), Declares: "households.rural"}, "declares"},
	} {
		var invalid *InvalidError
		if err := tt.m.Validate(); tt.want == "" && err != nil || tt.want != "" && (!errors.As(err, &invalid) || invalid.Field != tt.want) {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
}

// Each figure is counted in the unit and all under it, on the day.
func TestDeclaredIsCounted(t *testing.T) {
	t.Parallel()
	s := &Snapshot{
		Tiers: []Tier{{Rank: 0, Code: "county"}, {Rank: 1, Code: "village"}, {Rank: 2, Code: "primary", Class: GridClass}},
		Roles: []Role{{Code: "leader"}, {Code: "worker"}},
		Grids: []Grid{{ID: 1, Kind: General}, {ID: 2, Parent: 1, Tier: 1, Kind: General}, {ID: 3, Parent: 1, Tier: 1, Kind: General},
			{ID: 4, Parent: 2, Tier: 2, Kind: General}, {ID: 5, Parent: 2, Tier: 2, Kind: Dedicated}, {ID: 6, Parent: 2, Tier: 2, Kind: General, Rest: true}},
		Workers:     []Worker{{ID: 1}, {ID: 2}},
		Assignments: []Assignment{{Worker: 1, Grid: 4, Role: "leader"}, {Worker: 2, Grid: 3, Role: "worker"}},
		Facilities:  []Facility{{Type: "station", Division: 2}, {Type: "school", Division: 1}, {Type: "school", Division: 2, Valid: Period{To: 20250101}}},
		Compounds:   []Compound{{Division: 3}}, Buildings: []Building{{Division: 2}, {Division: 4}, {}},
		Dwellings: []Dwelling{{ID: 1, Resident: 3, Registered: 4, Occupied: true}, {ID: 2}},
	}
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	c := Count(s, tree, []int32{3, 2}, 20250630)
	for d, want := range map[Declared][2]int64{ // in the county, in village 2
		"households": {2, 1}, "occupied": {1, 1}, "residents": {3, 3}, "registered": {4, 4}, "workers": {2, 1}, "workers.leader": {1, 1},
		"workers.nobody": {0, 0}, "grids": {1, 1}, "grids.village": {2, 1}, "grids.primary": {1, 1}, "grids.dedicated": {1, 1},
		"facilities": {2, 1}, "facilities.school": {1, 0}, "compounds": {1, 0}, "buildings": {2, 2},
	} {
		count := c.Declared(d)
		if got := [2]int64{count(0), count(1)}; got != want {
			t.Errorf("%s: %v, want %v", d, got, want)
		}
	}
}
