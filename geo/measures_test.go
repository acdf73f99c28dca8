package geo

import (
	"slices"
	"testing"
)

// measured is a county with two villages, and figures of several periods.
func measured(t *testing.T) (*Snapshot, *Tree) {
	t.Helper()
	s := &Snapshot{Grids: []Grid{{ID: 1}, {ID: 2, Parent: 1, Tier: 1}, {ID: 3, Parent: 1, Tier: 1}}}
	add := func(unit GridID, name, period string, value float64) {
		s.Metrics = append(s.Metrics, Metric{Unit: unit, Name: name, Period: period, Value: &value})
	}
	add(2, "visits", "2025-Q1", 1)
	add(3, "visits", "2025-Q1", 2)
	add(2, "visits", "2025-Q2", 3)
	add(1, "visits", "2024", 4)
	add(2, "visits", "2025-Q3", 5)
	add(3, "cases", "2025", 6)
	add(3, "cases", "2025-01", 7)
	add(9, "visits", "2025-Q2", 8) // of a grid that another plan has
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	return s, tree
}

func TestMeasured(t *testing.T) {
	t.Parallel()
	s, tree := measured(t)
	tests := []struct {
		name   string
		metric string
		day    Date
		period string
		want   map[int]float64
	}{
		{"the latest of the tier, also where a unit has an older one", "visits", 20250630, "", map[int]float64{0: 4, 1: 3}},
		{"it has begun on its first day", "visits", 20250401, "", map[int]float64{0: 4, 1: 3}},
		{"and not on the day before", "visits", 20250331, "", map[int]float64{0: 4, 1: 1, 2: 2}},
		{"the one that is named, though later", "visits", 20250630, "2025-Q3", map[int]float64{1: 5}},
		{"of two that began together the shorter", "cases", 20250630, "", map[int]float64{2: 7}},
		{"or the longer by its name", "cases", 20250630, "2025", map[int]float64{2: 6}},
		{"none has begun", "cases", 20241231, "", map[int]float64{}},
		{"none is of the period", "cases", 20250630, "2019", map[int]float64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := s.Measured(tree, tt.day, tt.period)[tt.metric]
			if len(got) != len(tt.want) {
				t.Fatalf("%d units have one, want %v", len(got), tt.want)
			}
			for at, value := range tt.want {
				if got[at] == nil || *got[at].Value != value {
					t.Errorf("position %d: %+v, want %v", at, got[at], value)
				}
			}
		})
	}
}

func TestPeriodsStandLatestFirst(t *testing.T) {
	t.Parallel()
	s, _ := measured(t)
	if got := s.Periods("visits"); !slices.Equal(got, []string{"2025-Q3", "2025-Q2", "2025-Q1", "2024"}) {
		t.Errorf("%v", got)
	}
	if got := s.Periods("cases"); !slices.Equal(got, []string{"2025-01", "2025"}) {
		t.Errorf("%v", got)
	}
	if got := s.Periods("none"); got != nil {
		t.Errorf("%v", got)
	}
}
