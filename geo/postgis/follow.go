package postgis

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gridmap/geo"
)

// Following: how long a listener waits for a wake-up before it makes sure that
// its connection lives, and how long that may take. A connection on a dead
// link notices nothing by itself, for ever.
const (
	wakeWait     = 2 * time.Second
	pingWait     = time.Second
	firstBackoff = 50 * time.Millisecond
	longBackoff  = 2 * time.Second
)

// Follow calls fn for every change set of a territory after since, in order
// and none twice, until ctx ends or fn fails; it returns that error. While the
// database is away it tries again. Notifications only wake it: what it tells
// is read from the journal, so a lost connection loses nothing.
func (s *Store) Follow(ctx context.Context, territory geo.TerritoryID, since geo.Revision, fn func(geo.ChangeSet) error) error {
	f := &follower{store: s, territory: territory, last: since, fn: fn}
	backoff := firstBackoff
	for {
		reached := f.last
		err := f.listen(ctx)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case f.stopped != nil:
			return f.stopped
		case errors.Is(err, geo.ErrNotFound):
			return err
		}
		if f.last > reached {
			backoff = firstBackoff
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(backoff):
		}
		backoff = min(2*backoff, longBackoff)
	}
}

// A follower is one call of Follow.
type follower struct {
	store     *Store
	territory geo.TerritoryID
	last      geo.Revision // told
	fn        func(geo.ChangeSet) error
	stopped   error // of fn
}

// listen follows over one connection until it fails. It listens before it
// looks, so that nothing falls between.
func (f *follower) listen(ctx context.Context) error {
	if _, err := f.store.Revision(ctx, f.territory); err != nil {
		return err
	}
	conn, err := f.connect(ctx)
	if err != nil {
		return err
	}
	defer hangUp(conn)
	attending, stop := context.WithCancel(ctx)
	woken, failed := make(chan struct{}, 1), make(chan error, 1)
	go func() { failed <- f.attend(attending, conn, woken) }()
	for {
		rung := f.store.bell.heard(f.territory) // before the look, so that nothing falls between
		if err = f.pull(ctx); err != nil {
			break
		}
		select {
		case <-rung:
			continue
		case <-woken:
			continue
		case err = <-failed:
			stop()
			return err
		}
	}
	stop()
	<-failed // the connection is free again
	return err
}

// attend says when another process may have changed the territory, and after
// wakeWait and a ping in any case. It ends with ctx or the connection.
func (f *follower) attend(ctx context.Context, conn *pgx.Conn, woken chan<- struct{}) error {
	for {
		if err := f.wait(ctx, conn); err != nil {
			return err
		}
		select {
		case woken <- struct{}{}:
		default: // the last one has not been heard yet
		}
	}
}

// connect opens a listening connection of its own: a follower would hold one
// of the pool's for as long as it lives.
func (f *follower) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, f.store.pool.Config().ConnConfig)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Exec(ctx, "listen "+channel); err != nil {
		hangUp(conn)
		return nil, err
	}
	return conn, nil
}

func hangUp(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), pingWait)
	defer cancel()
	_ = conn.Close(ctx) // it is of no more use either way
}

// pull tells everything committed since the last look.
func (f *follower) pull(ctx context.Context) error {
	for {
		sets, err := f.store.Since(ctx, f.territory, f.last)
		if err != nil {
			return err
		}
		for _, set := range sets {
			if err := f.fn(set); err != nil {
				f.stopped = fmt.Errorf("follow territory %d at revision %d: %w", f.territory, set.Revision, err)
				return f.stopped
			}
			f.last = set.Revision
		}
		if len(sets) == 0 {
			return nil
		}
	}
}

// wait returns when the territory may have changed, at the latest after
// wakeWait and a ping.
func (f *follower) wait(ctx context.Context, conn *pgx.Conn) error {
	within, cancel := context.WithTimeout(ctx, wakeWait)
	defer cancel()
	want := strconv.FormatInt(int64(f.territory), 10)
	for {
		n, err := conn.WaitForNotification(within)
		switch {
		case err == nil && n.Payload == want:
			return nil
		case err == nil:
			continue // another territory's
		case pgconn.Timeout(err) && ctx.Err() == nil && !conn.IsClosed():
			ping, cancel := context.WithTimeout(ctx, pingWait)
			defer cancel()
			return conn.Ping(ping)
		}
		return err
	}
}
