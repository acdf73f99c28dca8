package postgis_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// holding runs statements in a transaction that stays open until release.
func holding(t *testing.T, store *postgis.Store, statement string, args ...any) (release func()) {
	t.Helper()
	tx, err := store.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	release = sync.OnceFunc(func() {
		if err := tx.Rollback(context.Background()); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(release) // a pool with an open transaction does not close
	if _, err := tx.Exec(t.Context(), statement, args...); err != nil {
		t.Fatal(err)
	}
	return release
}

// waiting waits until n transactions wait for a lock while they run a
// statement like the pattern.
func waiting(t *testing.T, store *postgis.Store, n int64, pattern string) {
	t.Helper()
	for range 1000 {
		got := count(t, store.Pool(), `select count(*) from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query like $1`, pattern)
		if got == n {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d transactions never waited in %s", n, pattern)
}

// farApart are leaves of different parents that no edit of one touches the other
// of, each with the split of it.
func farApart(t *testing.T, store *postgis.Store, plan geo.PlanID, n int) []redraw.Split {
	t.Helper()
	snap := snapshotOf(t, store, plan)
	drawing, err := redraw.NewDrawing(snap, nil)
	if err != nil {
		t.Fatal(err)
	}
	taken := map[geo.GridID]bool{}
	var splits []redraw.Split
	for _, leaf := range leavesOf(snap.Grids) {
		split := redraw.Split{Grid: leaf.ID, Line: middle(leaf)}
		r, err := drawing.Apply(split)
		if err != nil || taken[leaf.Parent] {
			continue
		}
		touched := []geo.GridID{leaf.Parent}
		for _, c := range r.Changes {
			if g, ok := c.Before.(*geo.Grid); ok {
				touched = append(touched, g.ID, g.Parent)
			}
		}
		if slices.ContainsFunc(touched, func(id geo.GridID) bool { return taken[id] }) {
			continue
		}
		for _, id := range touched {
			taken[id] = true
		}
		if splits = append(splits, split); len(splits) == n {
			return splits
		}
	}
	t.Fatalf("only %d grids lie apart", len(splits))
	return nil
}

type outcome struct {
	done postgis.Edited
	err  error
}

func begin(store *postgis.Store, plan geo.PlanID, e redraw.Edit) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		d, err := store.Edit(context.Background(), postgis.EditRequest{Plan: plan, Edits: []redraw.Edit{e}})
		done <- outcome{d, err}
	}()
	return done
}

// An edit whose transaction is held up does not hold up another of another
// parent, at this service or at a second one; one of the same grid waits.
func TestEditsOverlapInTime(t *testing.T) {
	t.Parallel()
	one, draft := draftOf(t, gridtest.DB(t), "mini")
	two := postgis.New(one.Pool())
	split := farApart(t, one, draft.ID, 3)
	release := holding(t, one, `select from grid where plan_id = $1 and id = $2 for update`, draft.ID, split[0].Grid)
	first := begin(one, draft.ID, split[0])
	waiting(t, one, 1, `select from grid %`)
	name := geo.Name{ZH: "改"}
	same := begin(two, draft.ID, redraw.Set{Grid: split[0].Grid, Name: &name})
	waiting(t, one, 2, `select from grid %`)
	for i, store := range []*postgis.Store{one, two} {
		done, err := store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{split[1+i]}})
		if err != nil || done.Revision != draft.Revision+1+geo.Revision(i) {
			t.Fatalf("an edit beside one that is held up: revision %d, %v", done.Revision, err)
		}
	}
	release()
	for _, held := range []<-chan outcome{first, same} {
		if got := <-held; got.err != nil {
			t.Errorf("an edit held up: %v", got.err)
		}
	}
	if rev, err := one.Revision(t.Context(), draft.Territory); err != nil || rev != draft.Revision+4 {
		t.Errorf("revision %d, %v", rev, err)
	}
	if err := whole(t, one.Pool(), one, draft.ID); err != nil {
		t.Error(err)
	}
}

// Edits of different parents do all their work side by side, up to the
// revision, which they draw in the order of their commits.
func TestEditsWaitForTheRevisionOnly(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	splits := farApart(t, store, draft.ID, 3)
	release := holding(t, store, `select from territory_counter where territory_id = $1 for update`, draft.Territory)
	var under []<-chan outcome
	for i, split := range splits {
		under = append(under, begin(store, draft.ID, split))
		waiting(t, store, int64(i+1), `select draw_revision%`)
	}
	release()
	var revisions []geo.Revision
	for _, u := range under {
		got := <-u
		if got.err != nil {
			t.Fatal(got.err)
		}
		revisions = append(revisions, got.done.Revision)
	}
	slices.Sort(revisions)
	for i, rev := range revisions {
		if rev != draft.Revision+1+geo.Revision(i) {
			t.Errorf("revisions %v after %d", revisions, draft.Revision)
		}
	}
	// The service's own drawing has taken all three over.
	for _, split := range splits {
		name := geo.Name{ZH: "后"}
		edit(t, store, draft.ID, redraw.Set{Grid: split.Grid, Name: &name})
	}
	if err := whole(t, store.Pool(), store, draft.ID); err != nil {
		t.Error(err)
	}
}

// A draft does not change its state under an edit, and the edit does not wait
// for ever.
func TestStateWaitsForEdits(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	split := farApart(t, store, draft.ID, 1)[0]
	release := holding(t, store, `select from grid where plan_id = $1 and id = $2 for update`, draft.ID, split.Grid)
	under := begin(store, draft.ID, split)
	waiting(t, store, 1, `select from grid %`)
	stepped := make(chan error, 1)
	go func() {
		_, err := store.SetState(context.Background(), postgis.StateRequest{Plan: draft.ID, To: geo.Reviewed})
		stepped <- err
	}()
	waiting(t, store, 1, `select pg_advisory_xact_lock(%`)
	release()
	if got := <-under; got.err != nil {
		t.Errorf("the edit: %v", got.err)
	}
	if err := <-stepped; err != nil {
		t.Errorf("the step: %v", err)
	}
}
