package postgis_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

// Comments come back as they were written, from the table and from the
// journal, and an import of the territory leaves them alone.
func TestCommentsAreKept(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	c := county(t, "mini")
	first := replace(t, store, c)
	grid := current(t, store, first.Territory).Grids[3].ID
	written := time.Date(2025, 7, 1, 8, 30, 0, 123e6, time.UTC)
	a, b, d := topo.Point{X: 1_105_000_001, Y: 375_000_007}, topo.Point{X: 1_105_100_000, Y: 375_000_000}, topo.Point{X: 1_105_000_000, Y: 375_100_000}
	want := []*geo.Comment{
		{Ref: "1", Plan: first.Plan, Kind: geo.Remark, Text: "a", Author: "甲", Written: written},
		{Ref: "2", Grid: grid, Kind: geo.Correction, Text: "b", Author: "乙", Written: written, Sketch: geo.Sketch{Form: geo.SketchPoint, Points: []topo.Point{a}}},
		{Ref: "3", Kind: geo.Correction, Text: "c", Author: "乙", Written: written, Sketch: geo.Sketch{Form: geo.SketchLine, Points: []topo.Point{a, b, d, a}}},
		{Ref: "4", Kind: geo.Remark, Text: "d", Author: "乙", Written: written, Sketch: geo.Sketch{Form: geo.SketchArea, Points: []topo.Point{a, b, d}},
			Resolved: written.Add(time.Hour), ResolvedBy: "丙", Reply: "e"},
	}
	for _, m := range want {
		set := write(t, store, first.Territory, postgis.Create(m))
		m.ID = set.Changes[0].After.(*geo.Comment).ID
		if kept, _ := get(t, store, first.Territory, m); !reflect.DeepEqual(kept, m) {
			t.Errorf("kept %+v, want %+v", kept, m)
		}
	}
	sets, err := store.Since(t.Context(), first.Territory, first.Revision)
	if err != nil || len(sets) != len(want) {
		t.Fatalf("%d change sets, %v", len(sets), err)
	}
	for i, set := range sets {
		if got := set.Changes[0].After; !reflect.DeepEqual(got, want[i]) {
			t.Errorf("the journal has %+v, want %+v", got, want[i])
		}
	}
	slices.Reverse(c.Workers)
	c.Workers[0].Phone = "13800000000"
	if done := replace(t, store, c); !done.Changed {
		t.Fatal("the import changed nothing")
	}
	open := true
	for _, page := range []postgis.Page{{}, {Open: &open}, {Plan: first.Plan}, {Grid: grid}, {Number: "3"}} {
		list, err := store.Records(t.Context(), first.Territory, geo.CommentEntity, page)
		if err != nil {
			t.Fatal(err)
		}
		n := map[bool]int{true: 3, false: 4}[page.Open != nil]
		if page.Plan != 0 || page.Grid != 0 || page.Number != "" {
			n = 1
		}
		if len(list) != n {
			t.Errorf("%+v: %d comments, want %d", page, len(list), n)
		}
	}
}
