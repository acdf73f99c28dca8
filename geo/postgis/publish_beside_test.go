package postgis_test

import (
	"slices"
	"sync"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// misplaced counts the households that do not lie in the grid of the plan in
// force that holds their point.
func misplaced(t *testing.T, store *postgis.Store, territory geo.TerritoryID) (n int64) {
	t.Helper()
	now, err := store.SnapshotInForce(t.Context(), territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range leavesOf(now.Grids) {
		want := int64(0)
		for _, d := range now.Dwellings {
			if d.Located && g.Boundary.Contains(d.At) {
				want++
			}
		}
		if count(t, store.Pool(), `select households from grid_household_count where plan_id = $1 and id = $2`, int64(now.Plan.ID), int64(g.ID)) != want {
			n++
		}
	}
	return n
}

// held counts the households that lie in a grid.
func held(s *geo.Snapshot, g geo.Grid) (n int) {
	for _, d := range s.Dwellings {
		if d.Located && g.Boundary.Contains(d.At) {
			n++
		}
	}
	return n
}

// filedWith makes a draft with one grid split and files it.
func filedWith(t *testing.T, store *postgis.Store, territory geo.TerritoryID, leaf geo.Grid) geo.Plan {
	t.Helper()
	draft, err := store.CreateDraft(t.Context(), territory, 0, "next", "lin")
	if err != nil {
		t.Fatal(err)
	}
	edit(t, store, draft.ID, redraw.Split{Grid: leaf.ID, Line: middle(leaf)})
	advance(t, store, draft.ID, geo.Reviewed, geo.Filed)
	return draft
}

// What others write while a plan is worked out that comes into force is in it:
// nobody waits, and nothing is lost.
func TestWritesWhileAPlanIsPublished(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	old := snapshotOf(t, store, draft.ID)
	leaves := leavesOf(old.Grids)
	slices.SortStableFunc(leaves, func(a, b geo.Grid) int { return held(old, b) - held(old, a) })
	draft = filedWith(t, store, draft.Territory, leaves[0])
	other := filedWith(t, store, draft.Territory, leaves[3])
	aside, err := store.CreateDraft(t.Context(), draft.Territory, 0, "aside", "lin")
	if err != nil {
		t.Fatal(err)
	}
	next := snapshotOf(t, store, draft.ID)
	place := old.Dwellings[slices.IndexFunc(old.Dwellings, func(d geo.Dwelling) bool {
		return d.Located && slices.ContainsFunc(next.Grids, func(g geo.Grid) bool {
			return g.Boundary.Contains(d.At) && !slices.ContainsFunc(old.Grids, func(o geo.Grid) bool { return o.ID == g.ID })
		})
	})].At
	asked := 0
	meanwhile := func(*geo.Snapshot) error {
		asked++
		edit(t, store, aside.ID, rename(leaves[asked].ID, "旁"))
		move := func(r geo.Record) error {
			r.(*geo.Household).At, r.(*geo.Household).Located = place, true
			return nil
		}
		_, err := store.Write(t.Context(), postgis.Write{Territory: draft.Territory, Op: "update", Actions: []postgis.Action{
			postgis.Patch(geo.HouseholdEntity, int64(old.Dwellings[asked].ID), move),
			postgis.Delete(geo.HouseholdEntity, int64(old.Dwellings[10+asked].ID)),
			postgis.Create(&geo.Household{Ref: string(rune('A' + asked)), Dwelling: geo.Dwelling{At: place, Located: true}}),
		}})
		return err
	}
	done, err := store.SetState(t.Context(), postgis.StateRequest{Plan: draft.ID, To: geo.InForce, Check: meanwhile})
	if err != nil || asked != 1 || done.Households < 2 {
		t.Fatalf("asked %d times, %d households moved, %v", asked, done.Households, err)
	}
	if n := misplaced(t, store, draft.Territory); n > 0 {
		t.Errorf("%d grids do not hold the households that lie in them", n)
	}

	// A plan that comes into force meanwhile is another to be carried over to.
	last := filedWith(t, store, draft.Territory, leaves[6])
	asked = 0
	overtaken := func(s *geo.Snapshot) error {
		if asked++; asked == 1 {
			advance(t, store, other.ID, geo.InForce)
		}
		return nil
	}
	done, err = store.SetState(t.Context(), postgis.StateRequest{Plan: last.ID, To: geo.InForce, Check: overtaken})
	if err != nil || asked != 2 || done.Retired != other.ID || done.Rebased == nil || done.Rebased.Onto != other.ID {
		t.Fatalf("asked %d times, answered %+v, %v", asked, done, err)
	}
	if n := misplaced(t, store, draft.Territory); n > 0 {
		t.Errorf("carried over, %d grids do not hold the households that lie in them", n)
	}
	edit(t, store, aside.ID, rename(leaves[9].ID, "旁"))
}

// Who reads while plans come into force sees one of them, whole: its grids and
// every household in one of them.
func TestReadersSeeOnePlan(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	leaves := leavesOf(snapshotOf(t, store, draft.ID).Grids)
	placed := count(t, store.Pool(), `select count(*) from household where leaf_id is not null`)
	published := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for seen := 0; ; seen++ {
				select {
				case <-published:
					if seen == 0 {
						t.Error("nothing was read")
					}
					return
				default:
				}
				var lying, grids int64
				err := store.Pool().QueryRow(t.Context(), `
					select count(*) from plan as p
					join territory as t on t.territory_id = p.territory_id and t.housed_in = p.id
					join grid as g on g.territory_id = p.territory_id and g.plan_id = p.id
					join household as h on h.territory_id = g.territory_id and h.leaf_id = g.id
					where p.state = 'in_force' and not exists (
						select from grid as c where c.territory_id = g.territory_id and c.plan_id = g.plan_id
						and c.parent_id = g.id and c.kind = 'general')`).Scan(&lying)
				if err != nil || lying != placed {
					t.Errorf("%d of %d households lie in leaves of the plan in force, %v", lying, placed, err)
				}
				snap, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
				if err != nil {
					t.Error(err)
					return
				}
				err = store.Pool().QueryRow(t.Context(), `select count(*) from grid where plan_id = $1`, int64(snap.Plan.ID)).Scan(&grids)
				if err != nil || grids != int64(len(snap.Grids)) {
					t.Errorf("plan %d has %d grids, read were %d, %v", snap.Plan.ID, grids, len(snap.Grids), err)
				}
			}
		})
	}
	for i := range 4 {
		advance(t, store, filedWith(t, store, draft.Territory, leaves[i]).ID, geo.InForce)
	}
	close(published)
	readers.Wait()
}

// A draft that is being edited takes a plan that comes into force as it is: the
// codes of its grids are given to no other.
func TestDraftsBesideAPublishedPlan(t *testing.T) {
	t.Parallel()
	store, aside := draftOf(t, gridtest.DB(t), "mini")
	leaves := leavesOf(snapshotOf(t, store, aside.ID).Grids)
	made := func(plan geo.PlanID) (codes []string) {
		for _, c := range edit(t, store, plan, redraw.Split{Grid: leaves[0].ID, Line: middle(leaves[0])}).Changes {
			if g, ok := c.After.(*geo.Grid); ok && c.Before == nil {
				codes = append(codes, g.Code)
			}
		}
		return codes
	}
	edit(t, store, aside.ID, rename(leaves[1].ID, "旁"))
	next, err := store.CreateDraft(t.Context(), aside.Territory, 0, "next", "lin")
	if err != nil {
		t.Fatal(err)
	}
	theirs := made(next.ID)
	advance(t, store, next.ID, geo.Reviewed, geo.Filed, geo.InForce)
	for _, code := range made(aside.ID) {
		if slices.Contains(theirs, code) {
			t.Errorf("code %s is given to a second grid", code)
		}
	}
}
