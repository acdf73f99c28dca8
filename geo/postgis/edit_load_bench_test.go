package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// Planners redraw one draft of 5,254 grids side by side, each in villages of
// their own, to the durable commit: one, then sixteen.
func BenchmarkPlannersSideBySide(b *testing.B) {
	rate := map[int]float64{}
	for _, planners := range []int{1, 16} {
		b.Run(fmt.Sprint(planners), func(b *testing.B) {
			db, _ := gridtest.Durable(b)
			store := postgis.New(db)
			territory := loaded(b, store, "huize", 20_000)
			draft, err := store.CreateDraft(b.Context(), territory, 0, "draft", "bench")
			if err != nil {
				b.Fatal(err)
			}
			grids := leavesOf(snapshotOf(b, store, draft.ID).Grids)
			slices.SortStableFunc(grids, func(a, b geo.Grid) int { return int(a.Parent - b.Parent) })
			edit(b, store, draft.ID, redraw.Split{Grid: grids[0].ID, Line: middle(grids[0])})
			var made, asked atomic.Int64
			var group sync.WaitGroup
			begun := time.Now()
			b.ResetTimer()
			for planner := range planners {
				mine := grids[len(grids)*planner/planners : len(grids)*(planner+1)/planners]
				group.Go(func() {
					for i := 0; asked.Add(1) <= int64(b.N); i++ {
						if splitAndMerge(b, store, draft.ID, mine[i%len(mine)]) {
							made.Add(2)
						}
					}
				})
			}
			group.Wait()
			rate[planners] = float64(made.Load()) / time.Since(begun).Seconds()
			b.ReportMetric(rate[planners], "edits/s")
			if planners > 1 {
				b.ReportMetric(rate[planners]/rate[1], "x-of-one")
			}
		})
	}
}

// splitAndMerge cuts a grid in two and joins it again; false when the line
// does not part it.
func splitAndMerge(b *testing.B, store *postgis.Store, plan geo.PlanID, leaf geo.Grid) bool {
	done, err := store.Edit(b.Context(), postgis.EditRequest{Plan: plan, Edits: []redraw.Edit{redraw.Split{Grid: leaf.ID, Line: middle(leaf)}}})
	if errors.Is(err, geo.ErrInvalid) {
		return false
	}
	if err != nil {
		b.Error(err)
		return false
	}
	merge := redraw.Merge{Grids: []geo.GridID{leaf.ID}, Keep: leaf.ID}
	for _, c := range done.Changes {
		if g, ok := c.After.(*geo.Grid); ok && c.Before == nil && g.Parent == leaf.Parent {
			merge.Grids = append(merge.Grids, g.ID)
		}
	}
	if _, err := store.Edit(b.Context(), postgis.EditRequest{Plan: plan, Edits: []redraw.Edit{merge}}); err != nil {
		b.Error(err)
		return false
	}
	return true
}
