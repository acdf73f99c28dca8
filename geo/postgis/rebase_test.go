package postgis_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// clashes reports whether a refusal is about the ground of a grid, and tells
// where it is and who changed it.
func clashes(e *postgis.ClashError, grid geo.GridID) bool {
	return slices.ContainsFunc(e.Clashes, func(c postgis.Clash) bool {
		return c.Grid == grid && slices.Contains(c.Fields, "boundary") && len(c.Ground) > 0 && c.Code != "" &&
			c.Edit.Op != "" && len(c.Base) > 0 && c.Base[0].By != "" && !c.Base[0].At.IsZero()
	})
}

// moveOn puts another draft in force that makes edits.
func moveOn(t *testing.T, store *postgis.Store, territory geo.TerritoryID, edits ...redraw.Edit) geo.Plan {
	t.Helper()
	p, err := store.CreateDraft(t.Context(), territory, 0, "ahead", "zhao")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		edit(t, store, p.ID, e)
	}
	return advance(t, store, p.ID, geo.Reviewed, geo.Filed, geo.InForce).State
}

// apart returns leaves far enough from each other that edits of one do not
// touch another.
func apart(grids []geo.Grid, n int) []geo.Grid {
	var list []geo.Grid
	for _, g := range leavesOf(grids) {
		near := slices.ContainsFunc(list, func(o geo.Grid) bool { return o.Boundary.Bound().Intersects(g.Boundary.Bound()) })
		if !near {
			list = append(list, g)
		}
		if len(list) == n {
			break
		}
	}
	return list
}

func rename(id geo.GridID, to string) redraw.Edit {
	name := geo.Name{ZH: to}
	return redraw.Set{Grid: id, Name: &name}
}

// A draft is carried over with all its edits, which can be undone down to the
// plan that it stands on then and done again; what happened is told.
func TestRebase(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	far := apart(snapshotOf(t, store, draft.ID).Grids, 3)
	split := edit(t, store, draft.ID, redraw.Split{Grid: far[0].ID, Line: middle(far[0])})
	edit(t, store, draft.ID, rename(far[2].ID, "弃"))
	turn := postgis.Turn{Plan: draft.ID, By: "chen"}
	if _, err := store.Undo(t.Context(), turn); err != nil {
		t.Fatal(err)
	}
	edit(t, store, draft.ID, rename(far[0].ID, "东街"))
	ahead := moveOn(t, store, draft.Territory, redraw.Split{Grid: far[1].ID, Line: middle(far[1])}, rename(far[2].ID, "西街"))
	before := snapshotOf(t, store, draft.ID)
	ask := postgis.RebaseRequest{Plan: draft.ID, By: "qian", Key: "rebase"}

	dry := ask
	dry.DryRun, dry.Key = true, ""
	told, err := store.Rebase(t.Context(), dry)
	if err != nil || told.Onto != ahead.ID || told.Begins != 0 || len(told.Edits) != 2 || told.Changed == 0 {
		t.Fatalf("dry run: %+v, %v", told, err)
	}
	if now := snapshotOf(t, store, draft.ID); now.Revision != before.Revision || differ(now.Grids, before.Grids) != nil {
		t.Error("a dry run wrote")
	}
	done, err := store.Rebase(t.Context(), ask)
	if err != nil || done.Begins == 0 || done.Onto != ahead.ID || done.Plan.Revision != done.Begins+2 || done.Edits[0].Edit != split.Revision ||
		done.Edits[0].By != "lin" || done.Edits[1].Now != done.Plan.Revision {
		t.Fatalf("rebased: %+v, %v", done, err)
	}
	if again, err := store.Rebase(t.Context(), ask); err != nil || fmt.Sprint(again) != fmt.Sprint(done) {
		t.Errorf("a repeat answered %+v, %v", again, err)
	}
	ask.Key = "another"
	if idle, err := store.Rebase(t.Context(), ask); err != nil || idle.Begins != 0 || idle.Plan.Revision != done.Plan.Revision {
		t.Errorf("once more: %+v, %v", idle, err)
	}
	end := snapshotOf(t, store, draft.ID)
	if err := whole(t, db, store, draft.ID); err != nil {
		t.Error(err)
	}
	names := map[geo.GridID]string{}
	for _, g := range end.Grids {
		names[g.ID] = g.Name.ZH
	}
	if names[far[0].ID] != "东街" || names[far[2].ID] != "西街" || len(end.Grids) != len(before.Grids)+1 {
		t.Errorf("rebased: %d grids, %q and %q", len(end.Grids), names[far[0].ID], names[far[2].ID])
	}
	list, err := store.Edits(t.Context(), draft.ID, 0, 0)
	if err != nil || len(list) != 4 || list[0].By != "lin" || list[1].First != split.Revision || list[2].Op != "rebase" || list[2].By != "qian" || !list[3].Undone {
		t.Errorf("edits: %+v, %v", list, err)
	}
	undoAll(t, store, draft.ID, 2, snapshotOf(t, store, ahead.ID).Grids, end.Grids)
}

// undoAll undoes n edits to the beginning and does them again.
func undoAll(t *testing.T, store *postgis.Store, plan geo.PlanID, n int, begin, end []geo.Grid) {
	t.Helper()
	turn := postgis.Turn{Plan: plan, By: "chen"}
	for _, way := range []struct {
		do   func(postgis.Turn) (postgis.Edited, error)
		want []geo.Grid
	}{
		{func(to postgis.Turn) (postgis.Edited, error) { return store.Undo(t.Context(), to) }, begin},
		{func(to postgis.Turn) (postgis.Edited, error) { return store.Redo(t.Context(), to) }, end},
	} {
		for range n {
			if _, err := way.do(turn); err != nil {
				t.Fatal(err)
			}
		}
		if err := differ(snapshotOf(t, store, plan).Grids, way.want); err != nil {
			t.Error(err)
		}
		if _, err := way.do(turn); !errors.Is(err, geo.ErrNotFound) {
			t.Errorf("beyond the end: %v", err)
		}
	}
}

// A clash is told precisely, and nothing is written; with the edit that clashes
// undone the draft is carried over.
func TestRebaseClash(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	far := apart(snapshotOf(t, store, draft.ID).Grids, 2)
	edit(t, store, draft.ID, rename(far[1].ID, "东街"))
	split := edit(t, store, draft.ID, redraw.Split{Grid: far[0].ID, Line: middle(far[0])})
	ahead := moveOn(t, store, draft.Territory, redraw.Split{Grid: far[0].ID, Line: middle(far[0])})
	before := snapshotOf(t, store, draft.ID)
	var clash *postgis.ClashError
	ask := postgis.RebaseRequest{Plan: draft.ID, By: "qian"}
	if _, err := store.Rebase(t.Context(), ask); !errors.As(err, &clash) || !clashes(clash, far[0].ID) {
		t.Fatalf("rebased: %+v, %v", clash, err)
	}
	c := clash.Clashes[0]
	if c.Edit.Revision != split.Revision || c.Edit.Op != "split" || c.Base[0].Op != "publish" || c.Base[0].Plan != ahead.ID || c.Base[0].By != "wang" ||
		!slices.ContainsFunc(c.Base, func(b postgis.BaseChange) bool { return b.Op == "split" && b.By == "lin" }) {
		t.Errorf("clash %+v", c)
	}
	if now := snapshotOf(t, store, draft.ID); now.Revision != before.Revision || differ(now.Grids, before.Grids) != nil {
		t.Error("a clash wrote")
	}
	if _, err := store.Undo(t.Context(), postgis.Turn{Plan: draft.ID}); err != nil {
		t.Fatal(err)
	}
	if done, err := store.Rebase(t.Context(), ask); err != nil || len(done.Edits) != 1 {
		t.Errorf("without the clash: %+v, %v", done, err)
	}
	ask.Base = draft.Revision
	if _, err := store.Rebase(t.Context(), ask); !errors.Is(err, geo.ErrStale) {
		t.Errorf("of what was not seen: %v", err)
	}
	ask.Base, ask.Plan = 0, ahead.ID
	var state *postgis.StateError
	if _, err := store.Rebase(t.Context(), ask); !errors.As(err, &state) {
		t.Errorf("of the plan in force: %v", err)
	}
}

// Random drafts and random plans that overtake them: what is carried over is
// whole in the eyes of the proof and of PostGIS, and undone exactly.
func TestRebaseOfRandomDrafts(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, first := draftOf(t, db, "mini")
	carried, clashed := 0, 0
	for seed := range uint64(12) {
		h := hand{rand.New(rand.NewPCG(seed, 11))}
		draft, err := store.CreateDraft(t.Context(), first.Territory, 0, "draft", "lin")
		if err != nil {
			t.Fatal(err)
		}
		leaves := leavesOf(snapshotOf(t, store, first.ID).Grids)
		leaf := leaves[h.IntN(len(leaves))]
		made := 0
		for i := range 3 {
			e := h.edit(snapshotOf(t, store, draft.ID).Grids)
			if i == 0 && seed%3 == 0 { // what the other plan will do, too
				e = redraw.Split{Grid: leaf.ID, Line: middle(leaf)}
			}
			done, err := store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, By: "lin", Edits: []redraw.Edit{e}})
			if err == nil && len(done.Changes) > 0 {
				made++
			} else if err != nil && !refusal(err) {
				t.Fatal(err)
			}
		}
		grids := snapshotOf(t, store, draft.ID)
		ahead, err := store.CreateDraft(t.Context(), first.Territory, 0, "ahead", "zhao")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Edit(t.Context(), postgis.EditRequest{Plan: ahead.ID, Edits: []redraw.Edit{redraw.Split{Grid: leaf.ID, Line: middle(leaf)}}}); err != nil {
			continue // split in another round
		}
		advance(t, store, ahead.ID, geo.Reviewed, geo.Filed, geo.InForce)
		_, err = store.Rebase(t.Context(), postgis.RebaseRequest{Plan: draft.ID, By: "qian"})
		var clash *postgis.ClashError
		switch {
		case errors.As(err, &clash):
			clashed++
			if err := differ(snapshotOf(t, store, draft.ID).Grids, grids.Grids); err != nil {
				t.Errorf("seed %d: a clash wrote: %v", seed, err)
			}
		case err != nil:
			t.Errorf("seed %d: %v", seed, err)
		default:
			carried++
			if err := whole(t, db, store, draft.ID); err != nil {
				t.Errorf("seed %d: %v", seed, err)
			}
			undoAll(t, store, draft.ID, made, snapshotOf(t, store, ahead.ID).Grids, snapshotOf(t, store, draft.ID).Grids)
		}
	}
	if carried < 2 || clashed < 2 {
		t.Errorf("%d carried over, %d clashed", carried, clashed)
	}
}

// A plan whose base moved on elsewhere is carried over by its publishing; a
// draft of a draft, which stands on the same plan, keeps what it was copied
// with; and a retired plan comes back through a draft of it.
func TestPublishCarriesOver(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	origin := snapshotOf(t, store, draft.ID).Grids
	far := apart(origin, 3)
	edit(t, store, draft.ID, redraw.Split{Grid: far[0].ID, Line: middle(far[0])})
	second, err := store.CreateDraft(t.Context(), draft.Territory, draft.ID, "a variant", "lin")
	if err != nil {
		t.Fatal(err)
	}
	if err := differ(snapshotOf(t, store, second.ID).Grids, snapshotOf(t, store, draft.ID).Grids); err != nil {
		t.Error(err)
	}
	edit(t, store, second.ID, rename(far[2].ID, "南街"))
	ahead := moveOn(t, store, draft.Territory, redraw.Split{Grid: far[1].ID, Line: middle(far[1])})
	done := advance(t, store, second.ID, geo.Reviewed, geo.Filed, geo.InForce)
	if done.Retired != ahead.ID || done.Rebased == nil || done.Rebased.Onto != ahead.ID || len(done.Rebased.Edits) != 1 {
		t.Errorf("published %+v", done)
	}
	now := snapshotOf(t, store, second.ID)
	if len(now.Grids) != len(origin)+2 || now.Plan.State != geo.InForce {
		t.Errorf("%d grids of %d, %s", len(now.Grids), len(origin), now.Plan.State)
	}
	if err := whole(t, db, store, second.ID); err != nil {
		t.Error(err)
	}
	back, err := store.CreateDraft(t.Context(), draft.Territory, ahead.ID, "回退", "lin")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Undo(t.Context(), postgis.Turn{Plan: back.ID}); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("undo of what was copied: %v", err)
	}
	if back := advance(t, store, back.ID, geo.Reviewed, geo.Filed, geo.InForce); back.Retired != second.ID {
		t.Errorf("rolled back: %+v", back)
	}
	was := snapshotOf(t, store, ahead.ID)
	reopened := snapshotOf(t, store, back.ID).Grids
	for _, list := range [][]geo.Grid{was.Grids, reopened} {
		for i := range list {
			list[i].Valid = geo.Period{}
		}
	}
	if err := differ(reopened, was.Grids); err != nil {
		t.Errorf("rolled back: %v", err)
	}
}
