package postgis_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// brokenBy returns the constraint that refuses statements run in one
// transaction, "" if they commit.
func brokenBy(t *testing.T, db *pgxpool.Pool, statements ...string) string {
	t.Helper()
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		for _, s := range statements {
			if _, err := tx.Exec(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		if pg.ConstraintName == "" {
			t.Fatalf("refused without a constraint: %v", err)
		}
		return pg.ConstraintName
	}
	if err != nil {
		t.Fatal(err)
	}
	return ""
}

// Statements a stranger may run by hand, knowing of hash and fingerprint or
// not. Two sibling villages of the first township serve.
const (
	siblings = `(select id, row_number() over (order by id) as n from grid
		where tier = 2 and parent_id = (select min(id) from grid where tier = 1))`
	shiftOne = `update grid set boundary = st_translate(boundary, 0.001, 0)
		where id = (select id from ` + siblings + ` as s where n = 1)`
	// Swaps all that belongs to the boundary, so that hashes still match.
	copyOver = `update grid as g set (boundary, boundary_hash, fingerprint_a, fingerprint_b, area_m2, label)
		= (select boundary, boundary_hash, fingerprint_a, fingerprint_b, area_m2, label from grid where id = (select id from ` + siblings + ` as s where n = 2))
		where id = (select id from ` + siblings + ` as s where n = 1)`
	swap = `update grid as g set (boundary, boundary_hash, fingerprint_a, fingerprint_b, area_m2, label)
		= (select o.boundary, o.boundary_hash, o.fingerprint_a, o.fingerprint_b, o.area_m2, o.label from grid as o
		   join ` + siblings + ` as s on s.id = o.id where s.n = 3 - (select n from ` + siblings + ` as me where me.id = g.id))
		where id in (select id from ` + siblings + ` as s where n <= 2)`
	undraw = `update grid set (boundary, boundary_hash, fingerprint_a, fingerprint_b, area_m2, label) = (null, null, null, null, null, null)
		where id = (select id from ` + siblings + ` as s where n = 3)`
	dropLeaf = `delete from grid where id = (select max(id) from grid as g where kind = 'general' and tier = 3
		and not exists (select from grid as c where c.parent_id = g.id))`
	emptyHouses = `update household set leaf_id = null`
	draft       = `update plan set state = 'draft'`
	inForce     = `update plan set state = 'in_force'`
	partial     = `update tier set complete = false where rank >= 2`
	complete    = `update tier set complete = true where rank >= 2`
)

// A division in force cannot be broken behind the service's back.
func TestCommitJudgesPlansInForce(t *testing.T) {
	t.Parallel()
	const judged, hashed = "grid_children_cover_parent", "grid_boundary_hash_matches"
	tests := []struct {
		name       string
		statements []string
		want       string
	}{
		{"a boundary moved in a desktop GIS", []string{shiftOne}, hashed},
		{"one village laid over another", []string{copyOver}, judged},
		{"two villages exchanged keep the sum, but not their own children", []string{swap}, judged},
		{"a leaf deleted", []string{emptyHouses, dropLeaf}, judged},
		{"a leaf deleted with households in it", []string{dropLeaf}, "household_leaf_in_plan"},
		{"broken and mended in one transaction", []string{swap, swap}, ""},
		{"a draft may hold faults", []string{draft, emptyHouses, dropLeaf}, ""},
		{"a faulty draft does not come into force", []string{draft, emptyHouses, dropLeaf, inForce}, judged},
		{"a partial tier need not cover", []string{partial, emptyHouses, dropLeaf}, ""},
		{"a faulty tier does not become complete", []string{partial, emptyHouses, dropLeaf, complete}, judged},
		{"a name changes nothing", []string{`update grid set name_zh = '新'`}, ""},
		{"a parent with an undrawn child is not judged", []string{undraw, copyOver, `delete from grid where tier > 2`}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := gridtest.DB(t)
			gridtest.County(t, db, "mini")
			if tt.statements[0] == undraw { // what lies below is not the question
				if _, err := db.Exec(t.Context(), emptyHouses); err != nil {
					t.Fatal(err)
				}
			}
			if got := brokenBy(t, db, tt.statements...); got != tt.want {
				t.Errorf("refused by %q, want %q", got, tt.want)
			}
			if n := count(t, db, `select count(*) from partition_check`); n != 0 {
				t.Errorf("%d notes left", n)
			}
		})
	}
}

// A bulk load is judged once per parent, however many rows it has.
func TestCommitJudgesEachParentOnce(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	gridtest.County(t, db, "mini")
	parents := count(t, db, `select count(distinct parent_id) from grid where kind = 'general'`)
	err := pgx.BeginFunc(t.Context(), db, func(tx pgx.Tx) error {
		return errors.Join(
			insertAgain(t.Context(), tx),
			expectNotes(t, tx, parents),
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// insertAgain copies the plan's grids as a second plan.
func insertAgain(ctx context.Context, tx pgx.Tx) error {
	for _, s := range []string{
		`insert into plan (territory_id, id, name, state) select territory_id, id + 1, 'second', 'draft' from plan`,
		`insert into tier select territory_id, plan_id + 1, rank, code, name_zh, name_en, class, complete from tier`,
		`insert into grid select (g).* from (select jsonb_populate_record(grid, jsonb_build_object('plan_id', plan_id + 1)) as g
			from grid order by tier) as copies`,
	} {
		if _, err := tx.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func expectNotes(t *testing.T, tx pgx.Tx, want int64) error {
	t.Helper()
	var n int64
	err := tx.QueryRow(t.Context(), `select count(*) from partition_check`).Scan(&n)
	if n != want {
		t.Errorf("%d parents noted, want %d", n, want)
	}
	return err
}

// A plan in force whose grids do not partition their parents is refused as bad
// input, naming the parent; the same division loads as a draft.
func TestLoadOfAFaultyDivision(t *testing.T) {
	t.Parallel()
	c := county(t, "mini")
	var village int
	for i := range c.Grids {
		if c.Grids[i].Tier == 2 {
			village = i
		}
	}
	// One village takes its neighbour's ground; it has drawn children itself.
	c.Grids[village].Boundary = c.Grids[village-1].Boundary
	store := postgis.New(gridtest.DB(t))
	_, _, err := store.Load(t.Context(), &c.Snapshot, nil, "tester")
	if !errors.Is(err, geo.ErrInvalid) || !invalid("boundary")(err) {
		t.Errorf("load in force: %v", err)
	}
	c.Plan.State = geo.Draft
	if _, _, err := store.Load(t.Context(), &c.Snapshot, nil, "tester"); err != nil {
		t.Errorf("load as a draft: %v", err)
	}
}
