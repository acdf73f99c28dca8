package geo

import (
	"fmt"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// village is a small plan without boundaries: a county of two villages, three
// grids in the first and one in the second.
func village() *Snapshot {
	return &Snapshot{
		Territory: Territory{ID: 1, Code: "990101000000"},
		Tiers: []Tier{
			{Rank: 0, Code: "county", Class: Administrative},
			{Rank: 1, Code: "village", Class: Administrative, Complete: true},
			{Rank: 2, Code: "primary", Class: GridClass, Complete: true, NeedsWorker: true},
		},
		Grids: []Grid{
			{ID: 10, Code: "county", Kind: General},
			{ID: 11, Parent: 10, Tier: 1, Code: "east", Kind: General},
			{ID: 12, Parent: 10, Tier: 1, Code: "west", Kind: General},
			{ID: 13, Parent: 11, Tier: 2, Code: "east-1", Kind: General},
			{ID: 14, Parent: 11, Tier: 2, Code: "east-2", Kind: General},
			{ID: 15, Parent: 11, Tier: 2, Code: "east-3", Kind: General},
			{ID: 16, Parent: 12, Tier: 2, Code: "west-1", Kind: General},
		},
		Roles: []Role{{Code: "grid_worker"}, {Code: "community_worker", CountsInRatio: true}},
	}
}

func TestCountCountsAPersonOncePerGridAbove(t *testing.T) {
	s := village()
	s.Workers = []Worker{{ID: 1}, {ID: 2}, {ID: 3, Active: Period{To: 20250101}}}
	s.Assignments = []Assignment{
		{Worker: 1, Grid: 13, Role: "grid_worker"},
		{Worker: 1, Grid: 14, Role: "grid_worker"},
		{Worker: 1, Grid: 11, Role: "community_worker"},
		{Worker: 2, Grid: 12, Role: "community_worker"},
		{Worker: 2, Grid: 16, Role: "grid_worker", Valid: Period{From: 20260101}}, // not yet
		{Worker: 3, Grid: 15, Role: "grid_worker"},                                // has left
		{Worker: 9, Grid: 15, Role: "grid_worker"},                                // unknown
		{Worker: 1, Grid: 99, Role: "grid_worker"},                                // not in this plan
	}
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	c := Count(s, tree, nil, 20250630)
	tests := []struct {
		code                       string
		workers, onGrids, grid, cw int64
		posts                      int64
	}{
		{"county", 2, 1, 1, 2, 0},
		{"east", 1, 1, 1, 1, 1},
		{"west", 1, 0, 0, 1, 1},
		{"east-1", 1, 1, 1, 0, 1},
		{"east-3", 0, 0, 0, 0, 0},
		{"west-1", 0, 0, 0, 0, 0},
	}
	for _, tt := range tests {
		i, _ := tree.ByCode(tt.code)
		got := c.Tallies[i]
		want := Tally{Workers: tt.workers, GridWorkers: tt.onGrids, ByRole: []int64{tt.grid, tt.cw}, Posts: tt.posts}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", tt.code, got, want)
		}
	}
}

// Whatever is released and taken, the counts are those of counting afresh.
func TestTakeAndReleaseEqualCountingAfresh(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := village()
		tree, err := NewTree(s.Grids)
		if err != nil {
			t.Fatal(err)
		}
		leaf := []int32{}
		draw := func(name string) (Dwelling, int32) {
			d := Dwelling{
				Located:    rapid.Bool().Draw(t, name+" located"),
				Stated:     GridID(rapid.SampledFrom([]int{0, 11, 12, 99}).Draw(t, name+" stated")),
				Resident:   rapid.Int32Range(0, 9).Draw(t, name+" resident"),
				Registered: rapid.Int32Range(0, 9).Draw(t, name+" registered"),
				Occupied:   rapid.Bool().Draw(t, name+" occupied"),
			}
			if !d.Located {
				return d, -1
			}
			return d, rapid.SampledFrom([]int32{-1, 3, 4, 5, 6}).Draw(t, name+" leaf")
		}
		for i := range rapid.IntRange(1, 12).Draw(t, "households") {
			d, at := draw(fmt.Sprint("first ", i))
			s.Dwellings, leaf = append(s.Dwellings, d), append(leaf, at)
		}
		c := Count(s, tree, leaf, 20250630).Clone()
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			i := rapid.IntRange(0, len(s.Dwellings)-1).Draw(t, "which")
			c.Release(i)
			s.Dwellings[i], leaf[i] = draw("next")
			c.Take(i)
		}
		want := Count(s, tree, leaf, 20250630)
		if !reflect.DeepEqual(c.Tallies, want.Tallies) || !reflect.DeepEqual(c.Placing, want.Placing) {
			t.Fatalf("moved one by one: %+v %+v\nafresh: %+v %+v", c.Tallies, c.Placing, want.Tallies, want.Placing)
		}
	})
}

func TestTreeRefusesWhatIsNoTree(t *testing.T) {
	tests := []struct {
		name  string
		grids []Grid
	}{
		{"nothing", nil},
		{"no root", []Grid{{ID: 1, Parent: 7}}},
		{"unknown parent", []Grid{{ID: 1}, {ID: 2, Parent: 7, Tier: 1}}},
		{"child before its parent", []Grid{{ID: 1}, {ID: 3, Parent: 2, Tier: 2}, {ID: 2, Parent: 1, Tier: 1}}},
		{"its own parent", []Grid{{ID: 1}, {ID: 2, Parent: 2, Tier: 1}}},
		{"same tier as its parent", []Grid{{ID: 1}, {ID: 2, Parent: 1, Tier: 1}, {ID: 3, Parent: 2, Tier: 1}}},
		{"an id twice", []Grid{{ID: 1}, {ID: 2, Parent: 1, Tier: 1}, {ID: 2, Parent: 1, Tier: 1}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := NewTree(tt.grids); err == nil {
				t.Error("taken, want refused")
			}
		})
	}
}

func TestTreeIntervalsHoldWhatLiesUnder(t *testing.T) {
	s := village()
	tree, err := NewTree(s.Grids)
	if err != nil {
		t.Fatal(err)
	}
	for i := range s.Grids {
		chain := tree.Chain(i)
		for j := range s.Grids {
			above := false
			for _, a := range chain {
				above = above || a == j
			}
			if tree.Under(i, j) != above {
				t.Errorf("Under(%s, %s) = %v, but its chain is %v", s.Grids[i].Code, s.Grids[j].Code, !above, chain)
			}
		}
	}
}
