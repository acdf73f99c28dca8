package postgis_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/postgis"
)

// exempt are the tables that hold nothing of a territory.
const exempt = `('schema_migration', 'spatial_ref_sys')`

// texts collects a query's only column.
func texts(t *testing.T, db *pgxpool.Pool, sql string, args ...any) []string {
	t.Helper()
	rows, err := db.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// count runs a query for one number.
func count(t *testing.T, db *pgxpool.Pool, sql string, args ...any) (n int64) {
	t.Helper()
	if err := db.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The schema shards by territory only if every key begins with it.
func TestEveryKeyBeginsWithTerritory(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	keys := `
		select conrelid::regclass || '.' || conname from pg_constraint as c
		join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
		where contype in ('p', 'u', 'f', 'x') and c.connamespace = 'public'::regnamespace
		  and conrelid::regclass::text not in ` + exempt + ` and a.attname <> 'territory_id'
		union
		select conrelid::regclass || '.' || conname || ' to ' || confrelid::regclass from pg_constraint as c
		join pg_attribute as a on a.attrelid = c.confrelid and a.attnum = c.confkey[1]
		where contype = 'f' and a.attname <> 'territory_id'`
	if bad := texts(t, db, keys); len(bad) > 0 {
		t.Errorf("keys that do not begin with territory_id: %v", bad)
	}
	indexes := `
		select i.indexrelid::regclass::text from pg_index as i
		join pg_class as c on c.oid = i.indexrelid
		join pg_am as m on m.oid = c.relam
		left join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
		where c.relnamespace = 'public'::regnamespace and m.amname = 'btree'
		  and i.indrelid::regclass::text not in ` + exempt + ` and a.attname is distinct from 'territory_id'`
	if bad := texts(t, db, indexes); len(bad) > 0 {
		t.Errorf("indexes that do not begin with territory_id: %v", bad)
	}
	if n := count(t, db, `select count(*) from pg_constraint where contype in ('p', 'u', 'f')
		and connamespace = 'public'::regnamespace`); n < 40 {
		t.Errorf("only %d keys looked at", n)
	}
}

// PostgreSQL's own names (worker_pkey, worker_number_check) would change with
// the statement that made them; callers tell constraints by name.
func TestEveryConstraintHasItsOwnName(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	bad := texts(t, db, `select conname from pg_constraint
		where connamespace = 'public'::regnamespace and conrelid::regclass::text not in `+exempt+`
		  and (conname ~ '_(pkey|fkey|key|check|excl)\d*$' or conname not like conrelid::regclass || '\_%')
		  and contype <> 't'`)
	if len(bad) > 0 {
		t.Errorf("constraints with default or foreign names: %v", bad)
	}
}

// Every constraint that callers are told about exists under that name.
func TestExplainedConstraintsExist(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	known := texts(t, db, `
		select conname from pg_constraint
		union select relname from pg_class where relkind = 'i'
		union select tgname from pg_trigger`)
	for _, name := range postgis.ExplainedConstraints() {
		if !slices.Contains(known, name) {
			t.Errorf("no constraint is called %s", name)
		}
	}
}

func TestMigrateTwiceAndTogether(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	steps := count(t, db, `select count(*) from schema_migration`)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			if err := postgis.Migrate(t.Context(), db); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if again := count(t, db, `select count(*) from schema_migration`); again != steps {
		t.Errorf("%d steps after migrating again, %d before", again, steps)
	}
	if err := postgis.CheckSchema(t.Context(), db); err != nil {
		t.Errorf("CheckSchema of a migrated database: %v", err)
	}
	if _, err := db.Exec(t.Context(), `insert into schema_migration (version, name) values (9999, 'from the future')`); err != nil {
		t.Fatal(err)
	}
	for what, err := range map[string]error{
		"CheckSchema": postgis.CheckSchema(t.Context(), db),
		"Migrate":     postgis.Migrate(t.Context(), db),
	} {
		if err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Errorf("%s of a database from the future: %v", what, err)
		}
	}
}

// The float PostgreSQL makes of a lattice integer in SQL is the one Go writes,
// so that a boundary made in SQL meets its neighbours bit by bit.
func TestLatticeInSQL(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	source := rand.New(rand.NewPCG(7, 7))
	lattice := []int64{0, 1, -1, 1_800_000_000, -1_800_000_000, 1_162_812_345}
	for range 50_000 {
		lattice = append(lattice, source.Int64N(3_600_000_001)-1_800_000_000)
	}
	steps := make([]float64, len(lattice))
	for i, v := range lattice {
		steps[i] = float64(v) / 1e7
	}
	n := count(t, db, `select count(*) from unnest($1::bigint[], $2::float8[]) as v (i, x)
		where x <> round(i / 1e7::numeric, 7)::float8
		   or x <> round(x::numeric, 7)::float8
		   or round(x * 1e7)::bigint <> i`, lattice, steps)
	if n != 0 {
		t.Errorf("%d of %d lattice values differ between Go and SQL", n, len(lattice))
	}
}
