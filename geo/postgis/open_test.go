package postgis_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// A call that cannot go on ends at its limit and says so; the store goes on.
func TestCallsEndAtTheirLimit(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	tx, err := store.Pool().Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(context.Background())
	if _, err := tx.Exec(t.Context(), `select from territory_counter for update`); err != nil {
		t.Fatal(err)
	}
	hasty := store.With(postgis.Limits{Write: 200 * time.Millisecond})
	_, err = hasty.Write(t.Context(), create("blocked", territory))
	if !errors.Is(err, postgis.ErrUnavailable) {
		t.Errorf("write behind a lock: %v, want ErrUnavailable", err)
	}
	if err := tx.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if set, err := store.Write(t.Context(), create("free", territory)); err != nil || set.Revision != snap.Revision+1 {
		t.Errorf("write after it: revision %d, %v", set.Revision, err)
	}
}

// Who waits for a lock longer than PostgreSQL lets him tries again: what he
// asked is done once when the lock is free, and refused for now when it stays.
func TestLocksThatTakeTooLong(t *testing.T) {
	t.Parallel()
	store, draft := draftOf(t, gridtest.DB(t), "mini")
	leaf := leavesOf(snapshotOf(t, store, draft.ID).Grids)[0]
	renamed := func(by *postgis.Store, name string) error {
		_, err := by.Edit(t.Context(), postgis.EditRequest{Plan: draft.ID, Edits: []redraw.Edit{rename(leaf.ID, name)}})
		return err
	}
	brief, patient := lockedFor(t, store, "50ms"), lockedFor(t, store, "500ms")
	for _, lock := range []string{`select from territory_counter for update`, `select from grid for update`} {
		tx, err := store.Pool().Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback(context.Background())
		if _, err := tx.Exec(t.Context(), lock); err != nil {
			t.Fatal(err)
		}
		if err := renamed(brief, "迟"); !errors.Is(err, postgis.ErrUnavailable) {
			t.Errorf("behind %s that stays: %v, want ErrUnavailable", lock, err)
		}
		answer := make(chan error, 1)
		go func() { answer <- renamed(patient, lock) }()
		for tries := map[string]bool{}; len(tries) < 2; { // until it tries again
			for _, began := range texts(t, store.Pool(), `select xact_start::text from pg_stat_activity
				where datname = current_database() and wait_event_type = 'Lock'`) {
				tries[began] = true
			}
			if len(answer) > 0 {
				t.Fatalf("behind %s that stays: %v after %d tries that were seen", lock, <-answer, len(tries))
			}
			time.Sleep(time.Millisecond)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := <-answer; err != nil {
			t.Errorf("behind %s that goes: %v", lock, err)
		}
		names := texts(t, store.Pool(), `select name_zh from grid where plan_id = $1 and id = $2`, int64(draft.ID), int64(leaf.ID))
		if len(names) != 1 || names[0] != lock {
			t.Errorf("after %s the grid is called %v", lock, names)
		}
	}
}

// lockedFor is the store over connections that PostgreSQL lets wait for a lock
// so long.
func lockedFor(t *testing.T, store *postgis.Store, timeout string) *postgis.Store {
	t.Helper()
	config := store.Pool().Config()
	config.ConnConfig.RuntimeParams["lock_timeout"] = timeout
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return postgis.New(pool)
}

func TestOpenTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	if _, err := postgis.Open(t.Context(), "postgres://127.0.0.1:1/nothing"); !errors.Is(err, postgis.ErrUnavailable) {
		t.Errorf("no server: %v, want ErrUnavailable", err)
	}
	if _, err := postgis.Open(t.Context(), "postgres://:%zz"); err == nil || errors.Is(err, postgis.ErrUnavailable) {
		t.Errorf("no url: %v", err)
	}
}

// No statement, lock or idle transaction of a connection is without an end.
func TestEveryConnectionHasDeadlines(t *testing.T) {
	t.Parallel()
	store, _, _ := load(t, county(t, "mini"))
	for _, name := range []string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		if v := texts(t, store.Pool(), `select current_setting($1)`, name)[0]; v == "0" || strings.HasPrefix(v, "-") {
			t.Errorf("%s is %s", name, v)
		}
	}
}

// The plan of a day is the one that took effect last by then.
func TestSnapshotInForceOnADay(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	for _, s := range []string{
		`update plan set state = 'retired'`,
		`insert into plan (territory_id, name, state, effective) select territory_id, 'next', 'in_force', '2026-07-01' from territory`,
		`insert into plan (territory_id, name, state, effective) select territory_id, 'never', 'draft', '2026-08-01' from territory`,
	} {
		if _, err := store.Pool().Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	for day, want := range map[geo.Date]string{snap.Plan.Effective: snap.Plan.Name, 20260630: snap.Plan.Name, 20260701: "next", 20270101: "next", 0: "next"} {
		got, err := store.SnapshotInForce(t.Context(), territory, day)
		if err != nil || got.Plan.Name != want {
			t.Errorf("in force on %v: %v, want %s", day, err, want)
		}
	}
	if _, err := store.SnapshotInForce(t.Context(), territory, 20200101); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("in force before the first plan: %v, want ErrNotFound", err)
	}
}
