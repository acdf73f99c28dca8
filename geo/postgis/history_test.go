package postgis_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// Whatever was edited, undoing all of it brings every grid back bit for bit,
// doing it again what was undone, and the division is whole at every end.
func TestUndoToTheBeginning(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		db := gridtest.DB(t)
		store, draft := draftOf(t, db, "mini")
		turn := postgis.Turn{Plan: draft.ID, By: "chen"}
		start := snapshotOf(t, store, draft.ID)
		h := hand{rand.New(rand.NewPCG(seed, 9))}
		made := 0
		for range 40 {
			grids := snapshotOf(t, store, draft.ID).Grids
			asked := []redraw.Edit{h.edit(grids), h.edit(grids)}[:1+h.IntN(2)]
			done, err := store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, By: "lin", Edits: asked})
			if err != nil && !refusal(err) {
				t.Fatal(err)
			}
			if err == nil && len(done.Changes) > 0 {
				made++
			}
			if err != nil && differ(snapshotOf(t, store, draft.ID).Grids, grids) != nil {
				t.Fatalf("refused with %v, and yet changed", err)
			}
			if h.IntN(5) == 0 { // there and back
				before := snapshotOf(t, store, draft.ID).Grids
				if _, err := store.Undo(t.Context(), turn); errors.Is(err, geo.ErrNotFound) {
					continue
				} else if err != nil {
					t.Fatal(err)
				}
				if _, err := store.Redo(t.Context(), turn); err != nil {
					t.Fatal(err)
				}
				if err := differ(snapshotOf(t, store, draft.ID).Grids, before); err != nil {
					t.Fatalf("undone and redone: %v", err)
				}
			}
		}
		if err := whole(t, db, store, draft.ID); err != nil {
			t.Fatal(err)
		}
		end := snapshotOf(t, store, draft.ID)
		store = postgis.New(db) // of a service started anew
		for range made {
			if _, err := store.Undo(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
		}
		if err := differ(snapshotOf(t, store, draft.ID).Grids, start.Grids); err != nil {
			t.Errorf("all %d edits undone: %v", made, err)
		}
		if _, err := store.Undo(t.Context(), turn); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("undo before the beginning: %v", err)
		}
		for range made {
			if _, err := store.Redo(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
		}
		if err := differ(snapshotOf(t, store, draft.ID).Grids, end.Grids); err != nil {
			t.Errorf("all %d edits redone: %v", made, err)
		}
		if _, err := store.Redo(t.Context(), turn); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("redo after the end: %v", err)
		}
		if made < 10 {
			t.Errorf("only %d edits were made", made)
		}
	}
}

// A new edit ends what could be done again; the list tells what stands.
func TestEditsListed(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaves := leavesOf(snapshotOf(t, store, draft.ID).Grids)
	turn := postgis.Turn{Plan: draft.ID, By: "chen"}
	var revisions []geo.Revision
	rename := func(i int) {
		name := geo.Name{ZH: string(rune('甲' + i))}
		revisions = append(revisions, edit(t, store, draft.ID, redraw.Set{Grid: leaves[i].ID, Name: &name}).Revision)
	}
	rename(0)
	rename(1)
	back, err := store.Undo(t.Context(), turn)
	if err != nil || back.Op != "undo" || back.By != "chen" || len(back.Changes) != 1 {
		t.Fatalf("undo: %+v, %v", back, err)
	}
	rename(2)
	if _, err := store.Redo(t.Context(), turn); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("redo after a new edit: %v", err)
	}
	turn.Base = draft.Revision
	if _, err := store.Undo(t.Context(), turn); !errors.Is(err, geo.ErrStale) {
		t.Errorf("undo of what was not seen: %v", err)
	}
	list, err := store.Edits(t.Context(), draft.ID, 0, 0)
	if err != nil || len(list) != 3 {
		t.Fatalf("edits: %+v, %v", list, err)
	}
	for i, e := range list {
		n := len(list) - 1 - i
		if e.Revision != revisions[n] || e.Undone != (n == 1) || e.Op != "set" || e.By != "lin" || e.At.IsZero() ||
			len(e.Grids) != 1 || e.Grids[0] != leaves[n].ID {
			t.Errorf("edit %d: %+v", n, e)
		}
	}
	if older, err := store.Edits(t.Context(), draft.ID, revisions[2], 1); err != nil || len(older) != 1 || older[0].Revision != revisions[1] {
		t.Errorf("the page before: %+v, %v", older, err)
	}
	if _, err := store.Edits(t.Context(), draft.ID+9, 0, 0); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("edits of no plan: %v", err)
	}
}

// What was taken back before a new edit is gone with it: taking that edit back
// too brings only the new one back.
func TestRedoIsOfTheNewestBranch(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaves := leavesOf(snapshotOf(t, store, draft.ID).Grids)
	turn := postgis.Turn{Plan: draft.ID, By: "chen"}
	rename := func(i int) {
		t.Helper()
		edit(t, store, draft.ID, redraw.Set{Grid: leaves[i].ID, Name: &geo.Name{ZH: string(rune('甲' + i))}})
	}
	again := func() (can []bool) {
		t.Helper()
		list, err := store.Edits(t.Context(), draft.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.Backward(list) {
			can = append(can, e.Again)
		}
		return can
	}
	do := func(turned func(context.Context, postgis.Turn) (postgis.Edited, error), want geo.GridID, can ...bool) {
		t.Helper()
		done, err := turned(t.Context(), turn)
		if err != nil || len(done.Changes) != 1 || done.Changes[0].After.(*geo.Grid).ID != want {
			t.Fatalf("changed %+v, %v, want grid %d", done.Changes, err, want)
		}
		if got := again(); !slices.Equal(got, can) {
			t.Errorf("can be done again %v, want %v", got, can)
		}
	}
	rename(0)
	do(store.Undo, leaves[0].ID, true)
	rename(1)
	rename(2)
	do(store.Undo, leaves[2].ID, false, false, true)
	do(store.Undo, leaves[1].ID, false, true, true)
	do(store.Redo, leaves[1].ID, false, false, true)
	do(store.Undo, leaves[1].ID, false, true, true)
	do(store.Redo, leaves[1].ID, false, false, true)
	do(store.Redo, leaves[2].ID, false, false, false)
	if _, err := store.Redo(t.Context(), turn); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("redo of what went with a new edit: %v", err)
	}
}
