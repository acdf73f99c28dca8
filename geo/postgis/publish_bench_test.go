package postgis_test

import (
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A plan of 5,254 grids and 250,000 households comes into force with one grid
// split, checked, while somebody edits another draft and somebody else writes
// households without a pause: how long the longest of their writes took, beside
// the whole.
func BenchmarkPublish(b *testing.B) {
	db, _ := gridtest.Durable(b)
	store := postgis.New(db)
	territory := loaded(b, store, "huize", 250_000)
	list, err := store.Records(b.Context(), territory, geo.HouseholdEntity, postgis.Page{})
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		draft, err := store.CreateDraft(b.Context(), territory, 0, "draft", "bench")
		if err != nil {
			b.Fatal(err)
		}
		leaves := leavesOf(snapshotOf(b, store, draft.ID).Grids)
		edit(b, store, draft.ID, redraw.Split{Grid: leaves[i].ID, Line: middle(leaves[i])})
		advance(b, store, draft.ID, geo.Reviewed, geo.Filed)
		others, err := store.CreateDraft(b.Context(), territory, 0, "others", "bench")
		if err != nil {
			b.Fatal(err)
		}
		edit(b, store, others.ID, rename(leaves[0].ID, "先"))
		stop := keepDoing(
			func(n int) { edit(b, store, others.ID, rename(leaves[n%100].ID, time.Now().String())) },
			func(n int) {
				_, id := list[n%len(list)].Key()
				if _, err := store.Write(b.Context(), postgis.Write{Territory: territory, Op: "update", Actions: []postgis.Action{
					postgis.Patch(geo.HouseholdEntity, id, func(r geo.Record) error { r.(*geo.Household).Resident++; return nil })}}); err != nil {
					b.Error(err)
				}
			})
		b.StartTimer()
		ask := postgis.StateRequest{Plan: draft.ID, To: geo.InForce, Check: func(s *geo.Snapshot) error {
			a, err := atlas.New(s)
			if err == nil {
				_, err = a.Check(check.Question{})
			}
			return err
		}}
		begun := time.Now()
		_, err = store.SetState(b.Context(), ask)
		took := time.Since(begun)
		b.StopTimer()
		longest := stop()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(took.Seconds()*1e3, "publish-ms")
		b.ReportMetric(longest[0].Seconds()*1e3, "longest-edit-ms")
		b.ReportMetric(longest[1].Seconds()*1e3, "longest-write-ms")
		b.StartTimer()
	}
}

// keepDoing does each of some things again and again, until stop, which tells
// how long the longest of each took.
func keepDoing(things ...func(n int)) (stop func() []time.Duration) {
	ended := make(chan struct{})
	longest := make([]time.Duration, len(things))
	var group sync.WaitGroup
	for k, do := range things {
		group.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-ended:
					return
				default:
				}
				begun := time.Now()
				do(n)
				longest[k] = max(longest[k], time.Since(begun))
			}
		})
	}
	return func() []time.Duration {
		close(ended)
		group.Wait()
		return longest
	}
}
