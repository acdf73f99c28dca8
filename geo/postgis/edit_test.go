package postgis_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// drawn returns the drawn general children of a grid.
func drawn(grids []geo.Grid, parent geo.GridID) []geo.Grid {
	var list []geo.Grid
	for _, g := range grids {
		if g.Parent == parent && g.Partitions() && g.Boundary != nil {
			list = append(list, g)
		}
	}
	return list
}

// leavesOf returns the drawn general grids without any under them.
func leavesOf(grids []geo.Grid) []geo.Grid {
	parents := map[geo.GridID]bool{}
	for _, g := range grids {
		parents[g.Parent] = parents[g.Parent] || g.Partitions() && g.Boundary != nil
	}
	var list []geo.Grid
	for _, g := range grids {
		if g.Partitions() && g.Boundary != nil && !parents[g.ID] {
			list = append(list, g)
		}
	}
	return list
}

// whole says which grid's children do not partition it, by the proof and by
// PostGIS on the lattice's own integers, where GEOS does not round.
func whole(t testing.TB, db *pgxpool.Pool, store *postgis.Store, plan geo.PlanID) error {
	t.Helper()
	snap := snapshotOf(t, store, plan)
	if _, err := geo.NewTree(snap.Grids); err != nil {
		return err
	}
	for _, g := range snap.Grids {
		var shapes []topo.Shape
		for _, c := range drawn(snap.Grids, g.ID) {
			shapes = append(shapes, c.Boundary)
		}
		if len(shapes) > 0 && !topo.Whole(g.Boundary, shapes) {
			return fmt.Errorf("proof: the children of grid %d (%s) do not partition it", g.ID, g.Code)
		}
	}
	const lattice = `with g as (
			select id, parent_id, st_setsrid(st_scale(boundary, 1e7, 1e7), 0) as b from grid
			where plan_id = $1 and (kind = 'general' or hole) and boundary is not null
		), l as (
			select id, parent_id, st_makevalid(st_snaptogrid(b, 1)) as b from g
		) `
	var overlaps, off int
	if err := db.QueryRow(t.Context(), lattice+`select count(*) from l as a join l as b
		on a.parent_id = b.parent_id and a.id < b.id and a.b && b.b and st_relate(a.b, b.b, 'T********')`, int64(plan)).Scan(&overlaps); err != nil {
		return err
	}
	if err := db.QueryRow(t.Context(), lattice+`select count(*) from (
			select parent_id, st_union(b) as b from l where parent_id is not null group by parent_id) as u
		join l on l.id = u.parent_id where st_area(st_symdifference(u.b, l.b)) > 0.5`, int64(plan)).Scan(&off); err != nil {
		return err
	}
	if overlaps > 0 || off > 0 {
		return fmt.Errorf("PostGIS: %d overlapping pairs of siblings, %d parents not covered", overlaps, off)
	}
	return nil
}

// middle is a line through the middle of a grid, from west to east.
func middle(g geo.Grid) []topo.Point {
	b := g.Boundary.Bound()
	y := b.Min.Y + (b.Max.Y-b.Min.Y)/2
	return []topo.Point{{X: b.Min.X - 100, Y: y}, {X: b.Max.X + 100, Y: y + 77}}
}

func edit(t testing.TB, store *postgis.Store, plan geo.PlanID, edits ...redraw.Edit) postgis.Edited {
	t.Helper()
	done, err := store.Edit(t.Context(), postgis.EditRequest{Plan: plan, By: "lin", Edits: edits})
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// What an edit answers is what stands in the store and in the journal.
func TestEditIsStored(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	before := snapshotOf(t, store, draft.ID)
	leaf := leavesOf(before.Grids)[3]
	done := edit(t, store, draft.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	if done.Op != "split" || done.By != "lin" || done.Revision != draft.Revision+1 || done.At.IsZero() {
		t.Errorf("answered %+v", done.ChangeSet)
	}
	var made geo.Grid
	for _, c := range done.Changes {
		if c.Before == nil {
			made = *c.After.(*geo.Grid)
		}
	}
	after := snapshotOf(t, store, draft.ID)
	if len(after.Grids) != len(before.Grids)+1 || after.Plan.Revision != done.Revision {
		t.Fatalf("%d grids at revision %d", len(after.Grids), after.Plan.Revision)
	}
	i := slices.IndexFunc(after.Grids, func(g geo.Grid) bool { return g.ID == made.ID })
	if i < 0 || after.Grids[i].Code != made.Code || !slices.Equal(after.Grids[i].Predecessors, []geo.GridID{leaf.ID}) {
		t.Errorf("made %+v, stored %+v", made, after.Grids)
	}
	if n := count(t, db, `select count(*) from grid_identity where id = $1`, made.ID); n != 1 {
		t.Errorf("%d identities of the new grid", n)
	}
	sets, err := store.Since(t.Context(), draft.Territory, draft.Revision)
	if err != nil || len(sets) != 1 || fmt.Sprint(len(sets[0].Changes)) != fmt.Sprint(len(done.Changes)) {
		t.Errorf("journal: %v, %v", sets, err)
	}
	if err := whole(t, db, store, draft.ID); err != nil {
		t.Error(err)
	}
	inForce, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
	if err != nil || differ(inForce.Grids, before.Grids) != nil {
		t.Errorf("the plan in force changed: %v", err)
	}
}

// A list is one change set, and none when one of it fails.
func TestEditsAreAtomic(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	before := snapshotOf(t, store, draft.ID)
	leaf := leavesOf(before.Grids)[0]
	name := geo.Name{ZH: "新名"}
	split, set := redraw.Split{Grid: leaf.ID, Line: middle(leaf)}, redraw.Set{Grid: leaf.ID, Name: &name}
	_, err := store.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{split, set, redraw.Retire{Grid: 1 << 40}}})
	var at *postgis.InEdit
	if !errors.Is(err, geo.ErrNotFound) || !errors.As(err, &at) || at.Index != 2 {
		t.Errorf("refused with %v", err)
	}
	if err := differ(snapshotOf(t, store, draft.ID).Grids, before.Grids); err != nil {
		t.Errorf("after a refusal: %v", err)
	}
	done := edit(t, store, draft.ID, split, set)
	if done.Op != "edits" || done.Revision != draft.Revision+1 {
		t.Errorf("answered %+v", done.ChangeSet)
	}
	changed := 0
	for _, c := range done.Changes {
		if g, ok := c.After.(*geo.Grid); ok && g.ID == leaf.ID {
			changed++
			if g.Name != name || g.Boundary.Equal(leaf.Boundary) {
				t.Errorf("the split grid became %+v", g)
			}
		}
	}
	if changed != 1 {
		t.Errorf("the split grid stands %d times", changed)
	}
}

func TestEditRefused(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	snap := snapshotOf(t, store, draft.ID)
	inForce, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	leaf := leavesOf(snap.Grids)[0]
	code := snap.Grids[1].Code
	split := redraw.Split{Grid: leaf.ID, Line: middle(leaf)}
	tests := []struct {
		name string
		postgis.EditRequest
		want error
	}{
		{"of the plan in force", postgis.EditRequest{Plan: inForce.Plan.ID, Edits: []redraw.Edit{split}}, geo.ErrConflict},
		{"of no plan", postgis.EditRequest{Plan: draft.ID + 9, Edits: []redraw.Edit{split}}, geo.ErrNotFound},
		{"of no grid", postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{redraw.Retire{Grid: 1 << 40}}}, geo.ErrNotFound},
		{"of nothing", postgis.EditRequest{Plan: draft.ID}, geo.ErrInvalid},
		{"a line that misses", postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{redraw.Split{Grid: leaf.ID, Line: middle(leaf)[:1]}}}, geo.ErrInvalid},
		{"a code in use", postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{redraw.Set{Grid: leaf.ID, Code: &code}}}, geo.ErrConflict},
	}
	for _, tt := range tests {
		if _, err := store.Edit(t.Context(), tt.EditRequest); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if rev, err := store.Revision(t.Context(), draft.Territory); err != nil || rev != draft.Revision {
		t.Errorf("revision %d, %v", rev, err)
	}
}

func TestEditKeyAndBase(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	leaves := leavesOf(snapshotOf(t, store, draft.ID).Grids)
	ask := postgis.EditRequest{Plan: draft.ID, Key: "k", Request: []byte("split"), Base: draft.Revision,
		Edits: []redraw.Edit{redraw.Split{Grid: leaves[0].ID, Line: middle(leaves[0])}}}
	first, err := store.Edit(t.Context(), ask)
	if err != nil {
		t.Fatal(err)
	}
	again, err := postgis.New(db).Edit(t.Context(), ask) // a service started anew
	if err != nil || again.Revision != first.Revision || len(again.Changes) != len(first.Changes) ||
		fmt.Sprint(again.Shifts) != fmt.Sprint(first.Shifts) {
		t.Errorf("a repeat answered %+v, %v, want %+v", again, err, first)
	}
	other := ask
	other.Request = []byte("merge")
	if _, err := store.Edit(t.Context(), other); !errors.Is(err, geo.ErrConflict) {
		t.Errorf("another request under the key: %v", err)
	}
	ask.Key = ""
	var stale *postgis.StaleError
	if _, err := store.Edit(t.Context(), ask); !errors.As(err, &stale) || !errors.Is(err, geo.ErrStale) ||
		!slices.Contains(stale.Grids, leaves[0].ID) || len(stale.Since) != 1 || stale.Since[0].Op != "split" || stale.Revision != first.Revision {
		t.Errorf("an edit of a grid that changed: %+v, %v", stale, err)
	}
	edit(t, store, draft.ID, redraw.Retire{Grid: leaves[1].ID})
	gone := postgis.EditRequest{Plan: draft.ID, Base: first.Revision, Edits: []redraw.Edit{redraw.Retire{Grid: leaves[1].ID}}}
	if _, err := store.Edit(t.Context(), gone); !errors.As(err, &stale) || !slices.Equal(stale.Grids, []geo.GridID{leaves[1].ID}) {
		t.Errorf("an edit of a grid that another planner took away: %v", err)
	}
	name := geo.Name{ZH: "远"}
	last := leaves[len(leaves)-1]
	far := postgis.EditRequest{Plan: draft.ID, Base: draft.Revision, Edits: []redraw.Edit{redraw.Set{Grid: last.ID, Name: &name}}}
	done, err := store.Edit(t.Context(), far)
	if err != nil {
		t.Errorf("an edit of a grid that nobody changed: %v", err)
	}
	far.Base = 0
	if same, err := store.Edit(t.Context(), far); err != nil || same.Revision != done.Revision || len(same.Changes) != 0 {
		t.Errorf("an edit that changes nothing: %+v, %v", same, err)
	}
}

// Two services that edit one draft, and households that move meanwhile, see
// each other.
func TestEditsOfTwoServices(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	one, draft := draftOf(t, db, "mini")
	two := postgis.New(db)
	for i := range 6 {
		store := []*postgis.Store{one, two}[i%2]
		snap := snapshotOf(t, store, draft.ID)
		leaf := leavesOf(snap.Grids)[0]
		var inside []geo.Dwelling
		for _, d := range snap.Dwellings {
			if d.Located && leaf.Boundary.Contains(d.At) {
				inside = append(inside, d)
			}
		}
		// All its households go to one corner, so that none can move away.
		corner := leaf.Boundary.InteriorPoint()
		var actions []postgis.Action
		for _, d := range inside {
			actions = append(actions, postgis.Patch(geo.HouseholdEntity, int64(d.ID), func(r geo.Record) error {
				r.(*geo.Household).At = corner
				return nil
			}))
		}
		if _, err := one.Write(t.Context(), postgis.Write{Territory: draft.Territory, Op: "update", Actions: actions}); err != nil {
			t.Fatal(err)
		}
		for _, s := range edit(t, store, draft.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)}).Shifts {
			if len(s.Households) > 0 {
				t.Errorf("households moved: %+v", s)
			}
		}
	}
	if err := whole(t, db, one, draft.ID); err != nil {
		t.Error(err)
	}
}

// While no plan is in force, households lie in the draft that was loaded and
// follow its edits.
func TestEditPlacesHouseholdsOfALoadedDraft(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	_, plan := gridtest.County(t, db, "mini")
	if _, err := db.Exec(t.Context(), `update plan set state = 'draft'`); err != nil {
		t.Fatal(err)
	}
	store := postgis.New(db)
	leaves := leavesOf(snapshotOf(t, store, plan).Grids)
	edit(t, store, plan, redraw.Split{Grid: leaves[0].ID, Line: middle(leaves[0])})
	edit(t, store, plan, redraw.Retire{Grid: leaves[1].ID})
	rightlyHoused(t, db, store, plan)

	// Who lives in no grid is left alone by an edit that draws nothing.
	if _, err := db.Exec(t.Context(), `update household set leaf_id = null, at = st_translate(at, 9, 0)
		where id = (select min(id) from household where at is not null)`); err != nil {
		t.Fatal(err)
	}
	const written = `select xmin::text from household where leaf_id is null and at is not null`
	before := texts(t, db, written)
	edit(t, store, plan, redraw.Create{Grid: geo.Grid{Parent: leaves[0].Parent, Tier: leaves[0].Tier, Kind: geo.General, Name: geo.Name{ZH: "未绘"}}})
	if after := texts(t, db, written); len(before) != 1 || !slices.Equal(after, before) {
		t.Errorf("homeless were written by %v, before by %v", after, before)
	}
}

// rightlyHoused holds the counts of the leaves against the ground that the
// households stand on.
func rightlyHoused(t *testing.T, db *pgxpool.Pool, store *postgis.Store, plan geo.PlanID) {
	t.Helper()
	snap := snapshotOf(t, store, plan)
	held := map[geo.GridID]int64{}
	for _, g := range leavesOf(snap.Grids) {
		for _, d := range snap.Dwellings {
			if d.Located && g.Boundary.Contains(d.At) {
				held[g.ID]++
			}
		}
	}
	for id, want := range held {
		if got := count(t, db, `select households from grid_household_count where plan_id = $1 and id = $2`, int64(plan), int64(id)); got != want {
			t.Errorf("grid %d holds %d households, want %d", id, got, want)
		}
	}
}

// A gap of a loaded draft is filled: its grids are whole, and who lived in it is
// at home in the grid that took it; undoing and doing it again is exact.
func TestFillIsStored(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	territory, plan := gridtest.County(t, db, "mini")
	store := postgis.New(db)
	gone, to := neighbours(snapshotOf(t, store, plan).Grids)
	for _, statement := range []string{
		`update plan set state = 'draft' where territory_id = $1 and $2 > 0`,
		`update household set leaf_id = null where territory_id = $1 and leaf_id = $2`,
		`delete from assignment where territory_id = $1 and grid_id = $2`,
		`delete from grid where territory_id = $1 and id = $2`,
	} {
		if _, err := db.Exec(t.Context(), statement, int64(territory), int64(gone.ID)); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	if err := whole(t, db, store, plan); err == nil {
		t.Fatal("there is no gap")
	}
	before := snapshotOf(t, store, plan)
	nowhere := count(t, db, `select count(*) from household where leaf_id is null and at is not null`)
	done := edit(t, store, plan, redraw.Fill{To: to.ID, Region: gone.Boundary})
	check := func(left int64) {
		t.Helper()
		rightlyHoused(t, db, store, plan)
		if got := count(t, db, `select count(*) from household where leaf_id is null and at is not null`); got != left {
			t.Errorf("%d households are in no grid, want %d", got, left)
		}
	}
	if err := whole(t, db, store, plan); err != nil {
		t.Error(err)
	}
	if done.Op != "fill" || len(done.Shifts) == 0 || nowhere == 0 {
		t.Errorf("op %s, shifts %+v, %d households in the gap", done.Op, done.Shifts, nowhere)
	}
	check(0)
	if _, err := store.Undo(t.Context(), postgis.Turn{Plan: plan, By: "lin"}); err != nil {
		t.Fatal(err)
	}
	check(nowhere)
	if again := snapshotOf(t, store, plan); !slices.EqualFunc(before.Grids, again.Grids, func(a, b geo.Grid) bool { return a.ID == b.ID && a.Boundary.Equal(b.Boundary) }) {
		t.Error("undoing did not open the gap as it was")
	}
	if _, err := store.Redo(t.Context(), postgis.Turn{Plan: plan, By: "lin"}); err != nil {
		t.Fatal(err)
	}
	check(0)
}

// neighbours returns two leaves under one parent with a common border.
func neighbours(grids []geo.Grid) (a, b geo.Grid) {
	leaves := leavesOf(grids)
	for _, a := range leaves {
		for _, b := range leaves {
			if a.ID != b.ID && a.Parent == b.Parent && topo.SharedBorderM(a.Boundary, b.Boundary) > 0 {
				return a, b
			}
		}
	}
	panic("no two leaves are neighbours")
}
