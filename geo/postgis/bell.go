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
	pool    *pgxpool.Pool
	mu      sync.Mutex
	pending map[geo.TerritoryID]bool
}

// ring wakes the followers of a territory within ringGap, without waiting.
func (b *bell) ring(territory geo.TerritoryID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pending == nil {
		b.pending = map[geo.TerritoryID]bool{}
	}
	if b.pending[territory] {
		return
	}
	b.pending[territory] = true
	time.AfterFunc(ringGap, func() { b.send(territory) })
}

func (b *bell) send(territory geo.TerritoryID) {
	b.mu.Lock()
	delete(b.pending, territory) // before the look of the woken: later commits ring again
	b.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = b.pool.Exec(ctx, `select pg_notify($1, $2)`, channel, strconv.FormatInt(int64(territory), 10))
}
