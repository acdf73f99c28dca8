package postgis_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// advance takes a plan to a state, step by step.
func advance(t testing.TB, store *postgis.Store, plan geo.PlanID, states ...geo.PlanState) (done postgis.Published) {
	t.Helper()
	for _, to := range states {
		var err error
		if done, err = store.SetState(t.Context(), postgis.StateRequest{Plan: plan, To: to, By: "wang"}); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
	}
	return done
}

func TestOnlyTheNextState(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	states := []geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.InForce, geo.Retired}
	for i, at := range states[:4] {
		for j, to := range states {
			if j == i+1 && to != geo.Retired || j == 0 && i > 0 && i < 3 { // on, or back
				continue
			}
			var refused *postgis.StateError
			_, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: to})
			if !errors.As(err, &refused) || !errors.Is(err, geo.ErrConflict) || refused.State != at || refused.To != to {
				t.Errorf("%s to %s: %v", at, to, err)
			}
		}
		if i < 3 {
			advance(t, store, draft.ID, states[i+1])
		}
		if at != geo.Draft {
			var refused *postgis.StateError
			_, err := store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{redraw.Retire{Grid: 1}}})
			if !errors.As(err, &refused) {
				t.Errorf("edit of a plan that is %s: %v", at, err)
			}
		}
	}
	steps, err := store.Steps(t.Context(), draft.ID)
	if err != nil || len(steps) != 4 || steps[0].By != "lin" || steps[3].State != geo.InForce || steps[3].By != "wang" {
		t.Errorf("steps: %+v, %v", steps, err)
	}
}

// Publishing moves households and posts, ends the old plan, and the old map is
// still there as of the day before.
func TestPublish(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	today := geo.DateOf(time.Now())
	yesterday := geo.DateOf(time.Now().AddDate(0, 0, -1))
	old, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	leaves := leavesOf(old.Grids)
	split := leaves[0]
	posted := slices.IndexFunc(leaves, func(g geo.Grid) bool {
		return g.Parent != split.Parent && slices.ContainsFunc(old.Assignments, func(a geo.Assignment) bool { return a.Grid == g.ID })
	})
	gone := leaves[posted]
	edit(t, store, draft.ID, redraw.Split{Grid: split.ID, Line: middle(split)})
	edit(t, store, draft.ID, redraw.Retire{Grid: gone.ID})
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)

	faulty := errors.New("findings stand")
	ask := postgis.StateRequest{Plan: draft.ID, To: geo.InForce, By: "wang", Key: "publish",
		Check: func(s *geo.Snapshot) error {
			if s.Plan.ID != draft.ID || len(s.Dwellings) != len(old.Dwellings) {
				t.Errorf("checked is plan %d with %d dwellings", s.Plan.ID, len(s.Dwellings))
			}
			return faulty
		}}
	if _, err := store.SetState(t.Context(), ask); !errors.Is(err, faulty) {
		t.Fatalf("published in spite of findings: %v", err)
	}
	ask.Check = func(*geo.Snapshot) error { return nil }
	done, err := store.SetState(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if done.Retired != old.Plan.ID || done.State.State != geo.InForce || done.State.Effective != today || !done.Reload || done.Households == 0 {
		t.Errorf("answered %+v", done)
	}
	again, err := store.SetState(t.Context(), ask)
	if err != nil || again.Revision != done.Revision || again.State != done.State || again.Households != done.Households {
		t.Errorf("a repeat answered %+v, %v", again, err)
	}

	now, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
	if err != nil || now.Plan.ID != draft.ID {
		t.Fatalf("in force: %+v, %v", now.Plan, err)
	}
	for _, g := range now.Grids {
		if fresh := !slices.ContainsFunc(old.Grids, func(o geo.Grid) bool { return o.ID == g.ID }); fresh && g.Valid.From != today {
			t.Errorf("new grid %d is valid from %s", g.ID, g.Valid.From)
		}
	}
	for _, a := range now.Assignments {
		if a.Grid == gone.ID && (a.Valid.To == 0 || a.Valid.To > today) {
			t.Errorf("assignment %d goes on in a grid that is gone: %+v", a.ID, a)
		}
	}
	if len(done.Changes) == 0 {
		t.Error("no assignments moved")
	}
	for _, c := range done.Changes {
		if a, ok := c.After.(*geo.Assignment); ok && c.Before == nil {
			if i := slices.IndexFunc(now.Grids, func(g geo.Grid) bool { return g.ID == a.Grid }); i < 0 || now.Grids[i].Parent != gone.Parent {
				t.Errorf("assignment goes on as %+v", a)
			}
		}
	}
	off := int64(0)
	for _, g := range leavesOf(now.Grids) {
		want := int64(0)
		for _, d := range now.Dwellings {
			if d.Located && g.Boundary.Contains(d.At) {
				want++
			}
		}
		if got := count(t, db, `select households from grid_household_count where plan_id = $1 and id = $2`, int64(draft.ID), int64(g.ID)); got != want {
			off++
		}
		if n := count(t, db, `select count(*) from grid_cell where plan_id = $1 and grid_id = $2`, int64(draft.ID), int64(g.ID)); n == 0 {
			t.Errorf("grid %d has no cells", g.ID)
		}
	}
	if off > 0 {
		t.Errorf("%d grids do not hold the households that lie in them", off)
	}

	past, err := store.SnapshotInForce(t.Context(), draft.Territory, yesterday)
	if err != nil || past.Plan.ID != old.Plan.ID || past.Plan.State != geo.Retired {
		t.Fatalf("as of yesterday: %+v, %v", past.Plan, err)
	}
	for i := range past.Grids {
		if past.Grids[i].ID == gone.ID {
			if past.Grids[i].Valid.To != today {
				t.Errorf("the grid that is gone is valid to %s", past.Grids[i].Valid.To)
			}
			past.Grids[i].Valid.To = 0
		}
	}
	if err := differ(past.Grids, old.Grids); err != nil {
		t.Errorf("as of yesterday: %v", err)
	}
}

func TestPublishRefused(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, first := draftOf(t, db, "mini")
	leaves := leavesOf(snapshotOf(t, store, first.ID).Grids)
	var drafts []geo.Plan
	for _, leaf := range []geo.Grid{leaves[0], leaves[len(leaves)-1]} {
		d, err := store.CreateDraft(t.Context(), first.Territory, 0, "another", "lin")
		if err != nil {
			t.Fatal(err)
		}
		edit(t, store, d.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
		advance(t, store, d.ID, geo.Reviewed, geo.Filed)
		drafts = append(drafts, d)
	}
	edit(t, store, first.ID, redraw.Split{Grid: leaves[0].ID, Line: middle(leaves[0])})
	edit(t, store, first.ID, redraw.Create{Grid: geo.Grid{Parent: leaves[0].Parent, Tier: leaves[0].Tier, Kind: geo.General, Name: geo.Name{ZH: "未绘"}}})
	advance(t, store, first.ID, geo.Reviewed, geo.Filed)
	publish := func(p geo.PlanID, day geo.Date) error {
		_, err := store.SetState(t.Context(), postgis.StateRequest{Plan: p, To: geo.InForce, Effective: day, By: "wang"})
		return err
	}
	var invalid *geo.InvalidError
	if err := publish(first.ID, 0); !errors.As(err, &invalid) || invalid.Field != "boundary" {
		t.Errorf("with a grid that is not drawn: %v", err)
	}
	if err := publish(drafts[0].ID, 0); err != nil {
		t.Fatal(err)
	}
	var clash *postgis.ClashError
	if err := publish(first.ID, 0); !errors.As(err, &clash) || !errors.Is(err, geo.ErrConflict) || !clashes(clash, leaves[0].ID) {
		t.Errorf("a draft whose base moved on under it: %+v, %v", clash, err)
	}
	if err := publish(drafts[1].ID, 0); err != nil {
		t.Errorf("a draft whose base moved on elsewhere: %v", err)
	}
	if n := count(t, db, `select count(*) from plan where state = 'in_force'`); n != 1 {
		t.Errorf("%d plans in force", n)
	}
}

// A draft of a draft comes into force as if it were copied from the plan
// itself; the draft between is behind then.
func TestPublishDraftOfDraft(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, first := draftOf(t, db, "mini")
	leaf := leavesOf(snapshotOf(t, store, first.ID).Grids)[0]
	edit(t, store, first.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	second, err := store.CreateDraft(t.Context(), first.Territory, first.ID, "a variant", "lin")
	if err != nil {
		t.Fatal(err)
	}
	advance(t, store, second.ID, geo.Reviewed, geo.Filed, geo.InForce)
	now, err := store.SnapshotInForce(t.Context(), first.Territory, 0)
	if err != nil || now.Plan.ID != second.ID || differ(now.Grids, snapshotOf(t, store, second.ID).Grids) != nil {
		t.Errorf("in force: %+v, %v", now.Plan, err)
	}
	advance(t, store, first.ID, geo.Reviewed, geo.Filed)
	var clash *postgis.ClashError
	if _, err := store.SetState(t.Context(), postgis.StateRequest{Plan: first.ID, To: geo.InForce}); !errors.As(err, &clash) || !clashes(clash, leaf.ID) {
		t.Errorf("the draft between: %+v, %v", clash, err)
	}
}
