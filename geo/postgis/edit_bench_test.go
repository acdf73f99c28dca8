package postgis_test

import (
	"slices"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A draft of a county of 5,254 grids.
func BenchmarkDraft(b *testing.B) {
	store := postgis.New(gridtest.DB(b))
	territory := loaded(b, store, "huize", 1000)
	for b.Loop() {
		if _, err := store.CreateDraft(b.Context(), territory, 0, "draft", "bench"); err != nil {
			b.Fatal(err)
		}
	}
}

func loaded(b *testing.B, store *postgis.Store, name string, households int) geo.TerritoryID {
	b.Helper()
	c, err := fixtures.Make(name, households)
	if err != nil {
		b.Fatal(err)
	}
	territory, _, err := store.Load(b.Context(), &c.Snapshot, gridtest.Stream(c.Households), "bench")
	if err != nil {
		b.Fatal(err)
	}
	return territory
}

// One edit to its durable commit, a split and then the merge that takes it
// back, in a small county and a large one.
func BenchmarkStoredEdit(b *testing.B) {
	for _, county := range []string{"mini", "huize"} {
		b.Run(county, func(b *testing.B) {
			store := postgis.New(gridtest.DB(b))
			territory := loaded(b, store, county, 20_000)
			draft, err := store.CreateDraft(b.Context(), territory, 0, "draft", "bench")
			if err != nil {
				b.Fatal(err)
			}
			snap := snapshotOf(b, store, draft.ID)
			leaves := leavesOf(snap.Grids)
			opened := time.Now()
			edit(b, store, draft.ID, redraw.Split{Grid: leaves[0].ID, Line: middle(leaves[0])})
			first := time.Since(opened)
			var took []time.Duration
			i := 0
			for b.Loop() {
				i++
				leaf := leaves[1+i%(len(leaves)-1)]
				begun := time.Now()
				done, err := store.Edit(b.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{redraw.Split{Grid: leaf.ID, Line: middle(leaf)}}})
				took = append(took, time.Since(begun))
				if err != nil {
					continue // a line that does not part this one
				}
				merge := redraw.Merge{Grids: []geo.GridID{leaf.ID}, Keep: leaf.ID}
				for _, c := range done.Changes {
					if g, ok := c.After.(*geo.Grid); ok && c.Before == nil && g.Parent == leaf.Parent {
						merge.Grids = append(merge.Grids, g.ID)
					}
				}
				begun = time.Now()
				edit(b, store, draft.ID, merge)
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(float64(len(snap.Grids)), "grids")
			b.ReportMetric(first.Seconds()*1e3, "first-ms")
			b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "p99-ms")
		})
	}
}
