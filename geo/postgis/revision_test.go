package postgis_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// Every revision of a plan can be had again as it was drawn, whatever was
// edited, undone and redone since.
func TestGridsAtEveryRevision(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	h := hand{rand.New(rand.NewPCG(3, 3))}
	was := map[geo.Revision][]geo.Grid{draft.Revision: snapshotOf(t, store, draft.ID).Grids}
	turn := postgis.Turn{Plan: draft.ID}
	for range 40 {
		var done postgis.Edited
		var err error
		switch h.IntN(6) {
		case 0:
			done, err = store.Undo(t.Context(), turn)
		case 1:
			done, err = store.Redo(t.Context(), turn)
		default:
			done, err = store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{h.edit(snapshotOf(t, store, draft.ID).Grids)}})
		}
		if err == nil {
			was[done.Revision] = snapshotOf(t, store, draft.ID).Grids
		}
	}
	if len(was) < 10 {
		t.Fatalf("only %d revisions came about", len(was))
	}
	for rev, want := range was {
		grids, err := store.GridsAt(t.Context(), draft.ID, rev)
		if err != nil {
			t.Fatal(err)
		}
		if err := differ(grids, want); err != nil {
			t.Errorf("revision %d: %v", rev, err)
		}
	}
	if _, err := store.GridsAt(t.Context(), draft.ID, draft.Revision-1); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("before the plan was made: %v", err)
	}
	if _, err := store.GridsAt(t.Context(), draft.ID, draft.Revision+1000); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("a revision to come: %v", err)
	}
	if _, err := store.GridsAt(t.Context(), 999_999, 1); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("no such plan: %v", err)
	}
}

// What is told of an edit under a key is told again, with the places of the
// findings.
func TestEffectsAreToldAgain(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	ask := postgis.EditRequest{Plan: draft.ID, Key: "k", Edits: []redraw.Edit{redraw.Split{Grid: leaf.ID, Line: middle(leaf)}}}
	first, err := store.Edit(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	again, err := store.Edit(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	a, b := first.Effects, again.Effects
	if len(a.Appeared) == 0 || len(a.Appeared) != len(b.Appeared) || len(a.Counts) != len(b.Counts) || len(a.Posts) != len(b.Posts) || a.AsOf != b.AsOf {
		t.Errorf("told\n%+v, first\n%+v", b, a)
	}
	for i := range a.Appeared {
		if f, g := a.Appeared[i], b.Appeared[i]; f.ID != g.ID || f.Message != g.Message || !f.Region.Equal(g.Region) || (f.At == nil) != (g.At == nil) {
			t.Errorf("finding %+v, first %+v", g, f)
		}
	}
}
