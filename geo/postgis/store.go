package postgis

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/geo"
)

// A Store keeps territories in one database. Its methods may be called by many
// goroutines at once. Besides what they name they return [ErrUnavailable].
type Store struct {
	pool   *pgxpool.Pool
	limits Limits
	bell   *bell
	sheets *sheets
}

// New returns the store of a migrated database.
func New(pool *pgxpool.Pool) *Store {
	return &Store{pool: pool, limits: DefaultLimits, bell: &bell{pool: pool}, sheets: &sheets{kept: map[geo.PlanID]*sheet{}}}
}

// Limits are the longest times that one call of a kind may take, retries
// included.
type Limits struct {
	Read     time.Duration // a record, a list, a page of the feed
	Tile     time.Duration
	Write    time.Duration
	Snapshot time.Duration // a whole plan, all households of a territory
	Load     time.Duration // Load and Replace
}

// DefaultLimits suit a county of 5,000 grids and a million households.
var DefaultLimits = Limits{
	Read:     5 * time.Second,
	Tile:     3 * time.Second,
	Write:    8 * time.Second,
	Snapshot: time.Minute,
	Load:     10 * time.Minute,
}

// With returns a store on the same pool with other limits; a zero field keeps
// its value.
func (s *Store) With(l Limits) *Store {
	other := *s
	for _, f := range []struct {
		to   *time.Duration
		from time.Duration
	}{
		{&other.limits.Read, l.Read}, {&other.limits.Tile, l.Tile}, {&other.limits.Write, l.Write},
		{&other.limits.Snapshot, l.Snapshot}, {&other.limits.Load, l.Load},
	} {
		if f.from > 0 {
			*f.to = f.from
		}
	}
	return &other
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Read)
	defer cancel()
	return explain(s.pool.Ping(ctx))
}

// Modes of a transaction.
const (
	readMode  = "isolation level repeatable read read only"
	writeMode = "isolation level read committed"
)

// once runs fn in one transaction under one deadline, which the server is told
// too. It does not try again.
func (s *Store) once(ctx context.Context, mode string, limit time.Duration, fn func(context.Context, pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	begin := fmt.Sprintf("begin %s; set local statement_timeout = %d", mode, limit.Milliseconds())
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
		return fn(ctx, tx)
	})
}

// read runs fn in a read-only transaction that sees one moment, again after a
// lost connection.
func (s *Store) read(ctx context.Context, limit time.Duration, fn func(context.Context, pgx.Tx) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return retry(ctx, func() error { return s.once(ctx, readMode, limit, fn) })
}

// Retrying: waits double from the first to the longest, each shortened by up
// to half at random so that callers do not march in step.
const (
	attempts  = 8
	firstWait = 20 * time.Millisecond
	longWait  = 500 * time.Millisecond
)

// retry calls fn until it succeeds, fails for good or ctx ends, and explains
// its last error. fn must be safe to repeat even when its commit is in doubt.
func retry(ctx context.Context, fn func() error) error {
	wait := firstWait
	for attempt := 1; ; attempt++ {
		err := fn()
		if err == nil || attempt == attempts || !passing(err) {
			return explain(err)
		}
		select {
		case <-ctx.Done():
			return explain(err)
		case <-time.After(wait/2 + rand.N(wait/2)):
		}
		wait = min(2*wait, longWait)
	}
}

// found turns pgx's "no rows" into the domain's word, naming what was asked.
func found(err error, what string, id int64) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("%s %d: %w", what, id, geo.ErrNotFound)
	}
	return err
}
