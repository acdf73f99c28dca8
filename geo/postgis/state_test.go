package postgis_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A plan is sent back with a reason, edited again, and discarded; all of it is
// in its steps.
func TestSendBackAndDiscard(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	edit(t, store, draft.ID, rename(leaf.ID, "东街"))
	to := func(state geo.PlanState, reason string) error {
		_, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: state, By: "wang", Reason: reason})
		return err
	}
	advance(t, store, draft.ID, geo.Reviewed)
	today := geo.DateOf(time.Now())
	if p := snapshotOf(t, store, draft.ID).Plan; p.Reviewed < today || p.Filed != 0 {
		t.Errorf("reviewed on %v, filed on %v; want today and never", p.Reviewed, p.Filed)
	}
	var invalid *geo.InvalidError
	if err := to(geo.Draft, ""); !errors.As(err, &invalid) || invalid.Field != "reason" {
		t.Errorf("sent back without a reason: %v", err)
	}
	if err := to(geo.Filed, "why"); !errors.As(err, &invalid) || invalid.Field != "reason" {
		t.Errorf("filed with a reason: %v", err)
	}
	if err := to(geo.Draft, "边界与实地不符"); err != nil {
		t.Fatal(err)
	}
	if p := snapshotOf(t, store, draft.ID).Plan; p.Reviewed != 0 || p.Filed != 0 {
		t.Errorf("sent back, it is still reviewed on %v, filed on %v", p.Reviewed, p.Filed)
	}
	edit(t, store, draft.ID, rename(leaf.ID, "西街"))
	if _, err := store.Undo(t.Context(), postgis.Turn{Plan: draft.ID}); err != nil {
		t.Error(err)
	}
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)
	if p := snapshotOf(t, store, draft.ID).Plan; p.Reviewed < today || p.Filed < p.Reviewed {
		t.Errorf("reviewed on %v, filed on %v; want today", p.Reviewed, p.Filed)
	}
	if err := to(geo.Discarded, "不再需要"); err != nil {
		t.Fatal(err)
	}
	var state *postgis.StateError
	if err := to(geo.Draft, "again"); !errors.As(err, &state) {
		t.Errorf("a discarded plan: %v", err)
	}
	steps, err := store.Steps(t.Context(), draft.ID)
	var told []string
	for _, s := range steps {
		told = append(told, fmt.Sprint(s.State, s.Reason))
	}
	if want := "[draft reviewed draft边界与实地不符 reviewed filed discarded不再需要]"; err != nil || fmt.Sprint(told) != want {
		t.Errorf("steps %v, %v, want %s", told, err, want)
	}
	again, err := store.CreateDraft(t.Context(), draft.Territory, draft.ID, "again", "lin")
	if err != nil || differ(snapshotOf(t, store, again.ID).Grids, snapshotOf(t, store, draft.ID).Grids) != nil {
		t.Errorf("a draft of a discarded plan: %v", err)
	}
}

// A code that only a draft had is free when it is undone or discarded; one that
// was in force is never given to another grid.
func TestCodesOfDraftsAreFreeAgain(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	grids := snapshotOf(t, store, draft.ID).Grids
	leaf := leavesOf(grids)[0]
	split := redraw.Split{Grid: leaf.ID, Line: middle(leaf)}
	made := func(done postgis.Edited) string {
		for _, c := range done.Changes {
			if g, ok := c.After.(*geo.Grid); ok && c.Before == nil {
				return g.Code
			}
		}
		t.Fatal("no new grid")
		return ""
	}
	code := made(edit(t, store, draft.ID, split))
	if _, err := store.Undo(t.Context(), postgis.Turn{Plan: draft.ID}); err != nil {
		t.Fatal(err)
	}
	if again := made(edit(t, store, draft.ID, split)); again != code {
		t.Errorf("after undo the new grid has code %s, want %s", again, code)
	}
	second, err := store.CreateDraft(t.Context(), draft.Territory, 0, "second", "lin")
	if err != nil {
		t.Fatal(err)
	}
	if other := made(edit(t, store, second.ID, split)); other == code {
		t.Errorf("two drafts both gave code %s", code)
	}
	for _, id := range []geo.PlanID{draft.ID, second.ID} {
		if _, err := store.SetState(t.Context(), postgis.StateRequest{Plan: id, To: geo.Discarded}); err != nil {
			t.Fatal(err)
		}
	}
	third, err := store.CreateDraft(t.Context(), draft.Territory, 0, "third", "lin")
	if err != nil {
		t.Fatal(err)
	}
	if again := made(edit(t, store, third.ID, split)); again != code {
		t.Errorf("after discarding the new grid has code %s, want %s", again, code)
	}
	edit(t, store, third.ID, redraw.Retire{Grid: leavesOf(grids)[3].ID})
	advance(t, store, third.ID, geo.Reviewed, geo.Filed, geo.InForce)
	fourth, err := store.CreateDraft(t.Context(), draft.Territory, 0, "fourth", "lin")
	if err != nil {
		t.Fatal(err)
	}
	for _, taken := range []string{code, leavesOf(grids)[3].Code} {
		_, err := store.Edit(t.Context(), postgis.EditRequest{Plan: fourth.ID, Edits: []redraw.Edit{redraw.Set{Grid: leavesOf(grids)[1].ID, Code: &taken}}})
		if !errors.Is(err, geo.ErrConflict) {
			t.Errorf("code %s, which was in force, given to another grid: %v", taken, err)
		}
	}
}

// A plan with a day to come stays filed until then, is the answer for that day,
// and comes into force once, however many services look.
func TestPlanOfADayToCome(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	edit(t, store, draft.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)
	day := geo.DateOf(time.Now().AddDate(0, 0, 7))
	ask := postgis.StateRequest{Plan: draft.ID, To: geo.InForce, Effective: day, By: "wang", Key: "day"}
	faulty := errors.New("findings stand")
	ask.Check = func(*geo.Snapshot) error { return faulty }
	if _, err := store.SetState(t.Context(), ask); !errors.Is(err, faulty) {
		t.Errorf("with findings: %v", err)
	}
	ask.Check = nil
	done, err := store.SetState(t.Context(), ask)
	if err != nil || done.State.State != geo.Filed || done.State.Effective != day || done.Retired != 0 {
		t.Fatalf("scheduled: %+v, %v", done, err)
	}
	if again, err := store.SetState(t.Context(), ask); err != nil || again.Revision != done.Revision {
		t.Errorf("a repeat: %+v, %v", again, err)
	}
	inForce := func(on geo.Date) geo.PlanID {
		t.Helper()
		p, err := store.PlanInForce(t.Context(), draft.Territory, on, 0)
		if err != nil {
			t.Fatal(err)
		}
		return p.ID
	}
	eve := geo.DateOf(time.Now().AddDate(0, 0, 6))
	if inForce(0) == draft.ID || inForce(eve) == draft.ID || inForce(day) != draft.ID {
		t.Errorf("in force today %d, on the eve %d, on the day %d; the plan is %d", inForce(0), inForce(eve), inForce(day), draft.ID)
	}
	if early, err := store.Due(t.Context(), eve, nil); err != nil || len(early) > 0 {
		t.Errorf("on the eve: %+v, %v", early, err)
	}
	refusing := func(geo.Date) func(*geo.Snapshot) error { return func(*geo.Snapshot) error { return faulty } }
	for i := range 2 { // the second time nothing has changed, so nobody asks again
		if held, err := store.Due(t.Context(), day, refusing); err != nil || len(held) != 1-i || i == 0 && !errors.Is(held[0].Err, faulty) {
			t.Errorf("with findings on the day: %+v, %v", held, err)
		}
	}
	steps, err := store.Steps(t.Context(), draft.ID)
	if err != nil || len(steps) != 5 || steps[3].Effective != day || steps[4].Reason == "" || steps[4].State != geo.Filed {
		t.Errorf("steps %+v, %v", steps, err)
	}
	edit(t, store, otherDraft(t, store, draft.Territory), rename(leaf.ID, "改")) // the territory changes
	var services sync.WaitGroup
	told := make([][]postgis.Due, 4)
	for i := range told {
		services.Go(func() {
			var err error
			if told[i], err = postgis.New(db).Due(t.Context(), day, nil); err != nil {
				t.Error(err)
			}
		})
	}
	services.Wait()
	once := 0
	for _, list := range told {
		for _, d := range list {
			if once++; d.Err != nil || d.Published.State.State != geo.InForce || d.Published.By != "wang" {
				t.Errorf("on the day: %+v", d)
			}
		}
	}
	if once != 1 || inForce(0) != draft.ID || count(t, db, `select count(*) from change_set where op = 'publish'`) != 1 {
		t.Errorf("came into force %d times, in force is %d", once, inForce(0))
	}
}

func otherDraft(t *testing.T, store *postgis.Store, territory geo.TerritoryID) geo.PlanID {
	t.Helper()
	p, err := store.CreateDraft(t.Context(), territory, 0, "other", "lin")
	if err != nil {
		t.Fatal(err)
	}
	return p.ID
}

// What clashes on the day stays filed, with the reason; sent back, it has no
// day any more.
func TestPlanOfADayToComeClashes(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	edit(t, store, draft.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)
	day := geo.DateOf(time.Now().AddDate(0, 0, 1))
	if _, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: geo.InForce, Effective: day}); err != nil {
		t.Fatal(err)
	}
	moveOn(t, store, draft.Territory, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	held, err := store.Due(t.Context(), day, nil)
	var clash *postgis.ClashError
	if err != nil || len(held) != 1 || !errors.As(held[0].Err, &clash) {
		t.Fatalf("on the day: %+v, %v", held, err)
	}
	done, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: geo.Draft, Reason: "与现行方案冲突"})
	if err != nil || done.State.Effective != 0 || done.State.State != geo.Draft {
		t.Errorf("sent back: %+v, %v", done, err)
	}
}

// Under one key a draft is made once, and a request that changes nothing is
// remembered like any other.
func TestKeysOfDraftsAndIdleRequests(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	ask := postgis.DraftRequest{Territory: draft.Territory, Name: "二", By: "lin", Key: "draft"}
	first, err := store.Draft(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := store.Draft(t.Context(), ask); err != nil || again != first {
		t.Errorf("a repeat made %+v, %v, first %+v", again, err, first)
	}
	ask.Name = "三"
	if _, err := store.Draft(t.Context(), ask); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("another draft under the key: %v", err)
	}
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	same := postgis.EditRequest{Plan: draft.ID, Key: "same", Request: []byte("same"), Edits: []redraw.Edit{redraw.Set{Grid: leaf.ID, Name: &leaf.Name}}}
	idle, err := store.Edit(t.Context(), same)
	if err != nil || len(idle.Changes) > 0 {
		t.Fatalf("an edit that changes nothing: %+v, %v", idle, err)
	}
	edit(t, store, draft.ID, rename(leaf.ID, "东街"))
	if again, err := store.Edit(t.Context(), same); err != nil || len(again.Changes) > 0 || again.Revision != idle.Revision || again.Op != idle.Op {
		t.Errorf("a repeat changed %+v, %v", again, err)
	}
	same.Request = []byte("other")
	if _, err := store.Edit(t.Context(), same); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("another edit under the key: %v", err)
	}
	w := postgis.Write{Territory: draft.Territory, Op: "upsert", Key: "idle", Request: []byte("a")}
	nothing, err := store.Write(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := store.Write(t.Context(), w); err != nil || again.Revision != nothing.Revision {
		t.Errorf("a repeated write: %+v, %v", again, err)
	}
	if w.Request = []byte("b"); !conflict(func() error { _, err := store.Write(t.Context(), w); return err }()) {
		t.Error("another write under the key was done")
	}
}
