package postgis_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A plan that was imported anew, with other tiers too, is a newer plan: the
// draft is carried over, and a clash names the import.
func TestRebaseOnAnImport(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store := postgis.New(db)
	first := replace(t, store, county(t, "mini"))
	var drafts [2]geo.Plan
	c := county(t, "mini")
	_, from := siblingLeaves(c)
	for i := range drafts {
		var err error
		if drafts[i], err = store.CreateDraft(t.Context(), first.Territory, 0, "draft", "lin"); err != nil {
			t.Fatal(err)
		}
	}
	grids := snapshotOf(t, store, drafts[0].ID).Grids
	of := func(code string) geo.Grid {
		return grids[slices.IndexFunc(grids, func(g geo.Grid) bool { return g.Code == code })]
	}
	far := apart(grids, 2)
	edit(t, store, drafts[0].ID, redraw.Split{Grid: far[0].ID, Line: middle(far[0])})
	edit(t, store, drafts[1].ID, rename(of(c.Grids[from].Code).ID, "东街"))
	c.Grids[from].Name.ZH = "西街"
	c.Tiers[3].NeedsWorker = !c.Tiers[3].NeedsWorker
	c.Tiers = append(c.Tiers, geo.Tier{Rank: c.Tiers[len(c.Tiers)-1].Rank + 1, Code: "nano", Name: geo.Name{ZH: "末级"}, Class: c.Tiers[len(c.Tiers)-1].Class})
	replace(t, store, c)
	done, err := store.Rebase(t.Context(), postgis.RebaseRequest{Plan: drafts[0].ID, By: "qian"})
	if err != nil || done.Onto != first.Plan || done.Changed != 1 {
		t.Fatalf("rebased: %+v, %v", done, err)
	}
	now := snapshotOf(t, store, drafts[0].ID)
	if !slices.Equal(now.Tiers, c.Tiers) || len(now.Grids) != len(grids)+1 {
		t.Errorf("rebased: %d grids, tiers %+v", len(now.Grids), now.Tiers)
	}
	if err := whole(t, db, store, drafts[0].ID); err != nil {
		t.Error(err)
	}
	undoAll(t, store, drafts[0].ID, 1, snapshotOf(t, store, first.Plan).Grids, now.Grids)
	var clash *postgis.ClashError
	_, err = store.Rebase(t.Context(), postgis.RebaseRequest{Plan: drafts[1].ID, By: "qian"})
	if !errors.As(err, &clash) || len(clash.Clashes) != 1 || !slices.Equal(clash.Clashes[0].Fields, []string{"name"}) ||
		clash.Clashes[0].Base[0].By != "tester" || clash.Clashes[0].Base[0].Op != "import" {
		t.Errorf("clash %+v, %v", clash, err)
	}
	replace(t, store, county(t, "mini")) // the tier goes again
	if _, err := store.Rebase(t.Context(), postgis.RebaseRequest{Plan: drafts[0].ID, By: "qian"}); err != nil {
		t.Fatal(err)
	}
	if back := snapshotOf(t, store, drafts[0].ID); !slices.Equal(back.Tiers, county(t, "mini").Tiers) {
		t.Errorf("tiers %+v", back.Tiers)
	}
}

// Planners go on editing while the draft is carried over again and again: every
// acknowledged edit is there or was told to clash, and all of it can be undone.
func TestRebaseUnderEdits(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	known := map[geo.GridID]bool{} // to the plan in force too
	for _, g := range snapshotOf(t, store, draft.ID).Grids {
		known[g.ID] = true
	}
	var editors sync.WaitGroup
	var made atomic.Int64
	done := make(chan struct{})
	for k := range uint64(3) {
		own := postgis.New(db)
		h := hand{rand.New(rand.NewPCG(k, 21))}
		editors.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				snap, err := own.Snapshot(t.Context(), draft.ID)
				if err != nil {
					t.Error(err)
					return
				}
				switch e, err := own.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, By: "lin", Edits: []redraw.Edit{h.edit(snap.Grids)}}); {
				case err == nil && len(e.Changes) > 0:
					made.Add(1)
				case err != nil && !refusal(err):
					t.Error(err)
					return
				}
			}
		})
	}
	rebased := 0
	for i := range 8 {
		leaves := leavesOf(snapshotOf(t, store, draft.ID).Grids)
		at := slices.IndexFunc(leaves, func(g geo.Grid) bool { return known[g.Parent] })
		moveOn(t, store, draft.Territory, rename(leaves[at].Parent, string(rune('甲'+i))))
		switch _, err := store.Rebase(t.Context(), postgis.RebaseRequest{Plan: draft.ID, By: "qian"}); {
		case err == nil:
			rebased++
		case !errors.Is(err, geo.ErrConflict):
			t.Error(err)
		}
	}
	close(done)
	editors.Wait()
	if err := whole(t, db, store, draft.ID); err != nil {
		t.Error(err)
	}
	list, err := store.Edits(t.Context(), draft.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	standing := 0
	for _, e := range list {
		if e.Op != "rebase" && e.Op != "carry" && !e.Undone {
			standing++
		}
	}
	if int64(standing) != made.Load() || rebased == 0 {
		t.Errorf("%d edits stand of %d acknowledged, %d rebases", standing, made.Load(), rebased)
	}
	for range standing {
		if _, err := store.Undo(t.Context(), postgis.Turn{Plan: draft.ID}); err != nil {
			t.Fatal(err)
		}
	}
	begin := list[slices.IndexFunc(list, func(e postgis.PlanEdit) bool { return e.Op == "rebase" })].Revision
	then, err := store.GridsAt(t.Context(), draft.ID, begin)
	if err != nil || differ(snapshotOf(t, store, draft.ID).Grids, then) != nil {
		t.Errorf("all undone, the draft is not as it was at revision %d: %v", begin, err)
	}
}

// A draft of a county of 5,254 grids with 20 edits is carried over to a plan
// in which one grid changed.
func BenchmarkRebase(b *testing.B) {
	store := postgis.New(gridtest.DB(b))
	territory := loaded(b, store, "huize", 1000)
	c, err := fixtures.Make("huize", 1000)
	if err != nil {
		b.Fatal(err)
	}
	draft, err := store.CreateDraft(b.Context(), territory, 0, "draft", "bench")
	if err != nil {
		b.Fatal(err)
	}
	leaves := leavesOf(snapshotOf(b, store, draft.ID).Grids)
	for i := range 20 {
		edit(b, store, draft.ID, rename(leaves[i].ID, "新"))
	}
	last := len(c.Grids) - 1
	for i := 0; b.Loop(); i++ {
		b.StopTimer()
		c.Grids[last].Name.ZH = string(rune('甲' + i))
		if _, err := store.Replace(b.Context(), &c.Snapshot, nil, "bench"); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if _, err := store.Rebase(b.Context(), postgis.RebaseRequest{Plan: draft.ID, By: "bench"}); err != nil {
			b.Fatal(err)
		}
	}
}
