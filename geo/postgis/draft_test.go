package postgis_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// draftOf makes a county and a draft of its plan.
func draftOf(t testing.TB, db *pgxpool.Pool, name string) (*postgis.Store, geo.Plan) {
	t.Helper()
	territory, _ := gridtest.County(t, db, name)
	store := postgis.New(db)
	draft, err := store.CreateDraft(t.Context(), territory, 0, "重划", "lin")
	if err != nil {
		t.Fatal(err)
	}
	return store, draft
}

func snapshotOf(t testing.TB, store *postgis.Store, plan geo.PlanID) *geo.Snapshot {
	t.Helper()
	snap, err := store.Snapshot(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	return snap
}

// differ says how two lists of grids differ.
func differ(a, b []geo.Grid) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d grids, want %d", len(a), len(b))
	}
	byID := map[geo.GridID]geo.Grid{}
	for _, g := range b {
		byID[g.ID] = g
	}
	for _, g := range a {
		h := byID[g.ID]
		if g.Boundary.Fingerprint() != h.Boundary.Fingerprint() || !g.Boundary.Equal(h.Boundary) {
			return fmt.Errorf("grid %d has another boundary", g.ID)
		}
		g.Boundary, h.Boundary = nil, nil
		if fmt.Sprint(g) != fmt.Sprint(h) {
			return fmt.Errorf("grid %d is %v, want %v", g.ID, g, h)
		}
	}
	return nil
}

func TestDraftEqualsItsPlan(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	from, err := store.SnapshotInForce(t.Context(), draft.Territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	copied := snapshotOf(t, store, draft.ID)
	if err := differ(copied.Grids, from.Grids); err != nil {
		t.Error(err)
	}
	if fmt.Sprint(copied.Tiers) != fmt.Sprint(from.Tiers) {
		t.Errorf("tiers %v, want %v", copied.Tiers, from.Tiers)
	}
	if copied.Plan != draft || draft.State != geo.Draft || draft.Revision != 2 {
		t.Errorf("the draft is %+v, answered was %+v", copied.Plan, draft)
	}
	off := count(t, db, `select count(*) from grid as a full join grid as b on b.id = a.id and b.plan_id = $2
		and (a.boundary_hash, a.fingerprint_a, a.fingerprint_b, a.area_m2) is not distinct from
		    (b.boundary_hash, b.fingerprint_a, b.fingerprint_b, b.area_m2)
		where a.plan_id = $1 and b.id is null`, from.Plan.ID, draft.ID)
	if off != 0 {
		t.Errorf("%d grids are not as they were", off)
	}
}

func TestDraftRefused(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	tests := []struct {
		name      string
		territory geo.TerritoryID
		from      geo.PlanID
		draft     string
		want      error
	}{
		{"of no territory", draft.Territory + 9, 0, "x", geo.ErrNotFound},
		{"of no plan", draft.Territory, draft.ID + 9, "x", geo.ErrNotFound},
		{"without a name", draft.Territory, 0, "", geo.ErrInvalid},
	}
	for _, tt := range tests {
		if _, err := store.CreateDraft(t.Context(), tt.territory, tt.from, tt.draft, "lin"); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
	if n := count(t, db, `select count(*) from plan`); n != 2 {
		t.Errorf("%d plans, want 2", n)
	}
}

// A draft of a division without faults cannot be broken behind the service's
// back; one of a faulty plan may be mended step by step.
func TestCommitJudgesDrafts(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	_, draft := draftOf(t, db, "mini")
	drop := fmt.Sprintf(`delete from grid where plan_id = %d and id = (select max(id) from grid as g where kind = 'general' and tier = 3
		and not exists (select from grid as c where c.parent_id = g.id))`, draft.ID)
	if got := brokenBy(t, db, drop); got != "grid_children_cover_parent" {
		t.Errorf("refused by %q", got)
	}
	if got := brokenBy(t, db, fmt.Sprintf(`update plan set whole = false where id = %d`, draft.ID), drop); got != "" {
		t.Errorf("a draft that need not be whole: refused by %q", got)
	}
}
