package postgis

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/geo"
)

// channel is where followers of every territory listen; the payload is the
// territory's id.
const channel = "gridmap"

// ringGap is the least time between two rings of one territory. A NOTIFY
// makes commits wait for each other, so it stays out of the edit's transaction
// and is not sent for each.
const ringGap = 5 * time.Millisecond

// A bell wakes followers after a commit. It is only a wake-up: a ring that is
// lost costs a follower the wait until its next look.
type bell struct {
	pool  *pgxpool.Pool
	mu    sync.Mutex
	ropes map[geo.TerritoryID]*rope
}

// A rope is the bell of one territory.
type rope struct {
	next    chan struct{} // closed by the next ring in this process
	rung    time.Time     // when other processes were last woken
	pending bool          // they are going to be
}

// rope returns that of a territory; the lock is held.
func (b *bell) rope(territory geo.TerritoryID) *rope {
	if b.ropes == nil {
		b.ropes = map[geo.TerritoryID]*rope{}
	}
	r := b.ropes[territory]
	if r == nil {
		r = &rope{next: make(chan struct{})}
		b.ropes[territory] = r
	}
	return r
}

// heard returns what the next ring in this process closes.
func (b *bell) heard(territory geo.TerritoryID) <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.rope(territory).next
}

// ring wakes the followers of a territory without waiting: those of this
// process at once, others at once too unless ringGap has not passed.
func (b *bell) ring(territory geo.TerritoryID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rope(territory)
	close(r.next)
	r.next = make(chan struct{})
	if !r.pending {
		r.pending = true
		time.AfterFunc(max(0, ringGap-time.Since(r.rung)), func() { b.send(territory) })
	}
}

func (b *bell) send(territory geo.TerritoryID) {
	b.mu.Lock()
	r := b.rope(territory)
	r.pending, r.rung = false, time.Now() // before the look of the woken: later commits ring again
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = b.pool.Exec(ctx, `select pg_notify($1, $2)`, channel, strconv.FormatInt(int64(territory), 10))
}
