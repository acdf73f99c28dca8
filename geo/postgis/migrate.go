package postgis

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migrationLock is held while migrating, so that services that start together
// do not migrate together.
const migrationLock = 0x6772_6964_6d61_70 // "gridmap"

// A migration is one step of the schema. Steps are only ever added.
type migration struct {
	version int
	name    string
	sql     string
}

// Migrate brings the schema up to date, each step in a transaction of its own.
// Several may call it at once. A database with steps that this program does
// not know is refused: an older program must not write to it.
func Migrate(ctx context.Context, pool *pgxpool.Pool) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", explain(err))
	}
	defer conn.Release()
	for i := range steps {
		if err := migrateOne(ctx, conn.Conn(), steps, i); err != nil {
			return fmt.Errorf("migrate to %s: %w", steps[i].name, explain(err))
		}
	}
	return nil
}

// CheckSchema returns nil when the database stands at the last step that this
// program knows, otherwise an error that says what to do.
func CheckSchema(ctx context.Context, pool *pgxpool.Pool) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	known := steps[len(steps)-1].version
	reached := 0
	exists := false
	if err := pool.QueryRow(ctx, `select to_regclass('schema_migration') is not null`).Scan(&exists); err != nil {
		return fmt.Errorf("check schema: %w", explain(err))
	}
	if exists {
		if err := pool.QueryRow(ctx, lastStep).Scan(&reached); err != nil {
			return fmt.Errorf("check schema: %w", explain(err))
		}
	}
	switch {
	case reached > known:
		return tooNew(reached, known)
	case reached < known:
		return fmt.Errorf("the database is at step %d of %d: run `gridmap migrate`", reached, known)
	}
	return nil
}

const lastStep = `select coalesce(max(version), 0) from schema_migration`

func tooNew(reached, known int) error {
	return fmt.Errorf("the database is at step %d, this program knows only %d: use a newer program", reached, known)
}

// migrateOne applies step i unless it has been. Lock and timeouts end with its
// transaction.
func migrateOne(ctx context.Context, conn *pgx.Conn, steps []migration, i int) error {
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			set local statement_timeout = '10min';
			set local lock_timeout = '2min';
			set local client_min_messages = warning;
			select pg_advisory_xact_lock(%d);
			create table if not exists schema_migration (
				version    integer     not null,
				name       text        not null,
				applied_at timestamptz not null default now(),
				constraint schema_migration_pk primary key (version)
			)`, migrationLock))
		if err != nil {
			return err
		}
		var reached int
		if err := tx.QueryRow(ctx, lastStep).Scan(&reached); err != nil {
			return err
		}
		switch {
		case reached > steps[len(steps)-1].version:
			return tooNew(reached, len(steps))
		case reached >= steps[i].version:
			return nil
		}
		if _, err := tx.Exec(ctx, steps[i].sql); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `insert into schema_migration (version, name) values ($1, $2)`, steps[i].version, steps[i].name)
		return err
	})
}

// migrations reads the embedded steps; their file names are 0001_what.sql,
// numbered without a gap.
func migrations() ([]migration, error) {
	names, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, errors.New("no migrations embedded")
	}
	steps := make([]migration, len(names))
	for i, name := range names { // Glob sorts
		sql, err := migrationFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		base := strings.TrimSuffix(strings.TrimPrefix(name, "migrations/"), ".sql")
		number, _, _ := strings.Cut(base, "_")
		if version, err := strconv.Atoi(number); err != nil || version != i+1 {
			return nil, fmt.Errorf("migration %s: want number %04d", name, i+1)
		}
		steps[i] = migration{version: i + 1, name: base, sql: string(sql)}
	}
	return steps, nil
}
