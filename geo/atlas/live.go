package atlas

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"gridmap/geo"
)

// MaxWait is the longest that [Live.Wait] waits.
const MaxWait = 10 * time.Second

// ErrBehind is returned when a revision does not arrive within [MaxWait].
var ErrBehind = errors.New("the picture has not reached the revision asked for")

// Live holds the newest picture of each territory. The zero Live is empty and
// ready. Reading takes no lock.
type Live struct {
	mu        sync.Mutex // one writer at a time
	directory atomic.Pointer[directory]
}

// A directory lists the territories that have a picture; next is closed when
// another one comes.
type directory struct {
	slots map[geo.TerritoryID]*slot
	next  chan struct{}
}

// A slot holds the newest picture of one territory.
type slot struct{ newest atomic.Pointer[edition] }

// An edition is one picture, nil when it was removed, and what is closed when
// the next one takes its place.
type edition struct {
	atlas *Atlas
	next  chan struct{}
}

// slots returns the directory, an empty one at first.
func (l *Live) slots() *directory {
	if d := l.directory.Load(); d != nil {
		return d
	}
	l.directory.CompareAndSwap(nil, &directory{next: make(chan struct{})})
	return l.directory.Load()
}

// newest returns the newest edition of t. Of a territory never seen it is an
// empty one whose end is the coming of any new territory, so that asking for
// what does not exist leaves nothing behind.
func (l *Live) newest(t geo.TerritoryID) *edition {
	d := l.slots()
	if s := d.slots[t]; s != nil {
		return s.newest.Load()
	}
	return &edition{next: d.next}
}

// Set makes a the newest picture of its territory and wakes who waits. A
// picture of the same plan with an older revision is not taken.
func (l *Live) Set(a *Atlas) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d, t := l.slots(), a.Territory().ID
	fresh := &edition{atlas: a, next: make(chan struct{})}
	s := d.slots[t]
	if s == nil {
		s = &slot{}
		s.newest.Store(fresh)
		slots := maps.Clone(d.slots)
		if slots == nil {
			slots = map[geo.TerritoryID]*slot{}
		}
		slots[t] = s
		l.directory.Store(&directory{slots: slots, next: make(chan struct{})})
		close(d.next)
		return
	}
	old := s.newest.Load()
	if old.atlas != nil && old.atlas.Plan().ID == a.Plan().ID && old.atlas.Revision() > a.Revision() {
		return
	}
	s.newest.Store(fresh)
	close(old.next)
}

// Remove takes the picture of a territory away; who waits for it keeps
// waiting.
func (l *Live) Remove(t geo.TerritoryID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s := l.slots().slots[t]; s != nil {
		old := s.newest.Load()
		s.newest.Store(&edition{next: make(chan struct{})})
		close(old.next)
	}
}

// Get returns the newest picture of a territory.
func (l *Live) Get(t geo.TerritoryID) (*Atlas, bool) {
	a := l.newest(t).atlas
	return a, a != nil
}

// All returns the newest pictures, ascending by territory.
func (l *Live) All() []*Atlas {
	var all []*Atlas
	for _, s := range l.slots().slots {
		if a := s.newest.Load().atlas; a != nil {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *Atlas) int { return cmp.Compare(a.Territory().ID, b.Territory().ID) })
	return all
}

// Changed returns a channel that is closed when the newest picture of t has
// been replaced. For a territory without one it is closed when any new
// territory comes.
func (l *Live) Changed(t geo.TerritoryID) <-chan struct{} { return l.newest(t).next }

// Wait returns the newest picture of t once it shows revision at or a later
// one. Errors: that of ctx, or after [MaxWait] [ErrBehind].
func (l *Live) Wait(ctx context.Context, t geo.TerritoryID, at geo.Revision) (*Atlas, error) {
	limit := time.NewTimer(MaxWait)
	defer limit.Stop()
	for {
		e := l.newest(t)
		if e.atlas != nil && e.atlas.Revision() >= at {
			return e.atlas, nil
		}
		select {
		case <-e.next:
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for revision %d of territory %d: %w", at, t, ctx.Err())
		case <-limit.C:
			return nil, fmt.Errorf("revision %d of territory %d: %w", at, t, ErrBehind)
		}
	}
}

// A Source is where pictures come from: the store.
type Source interface {
	// SnapshotInForce returns the plan in force on a day, 0 being today.
	SnapshotInForce(ctx context.Context, t geo.TerritoryID, asOf geo.Date) (*geo.Snapshot, error)
	// Follow calls fn with every change set after a revision, in order, until
	// ctx ends or fn returns an error, which it returns.
	Follow(ctx context.Context, t geo.TerritoryID, since geo.Revision, fn func(geo.ChangeSet) error) error
}

// Follow keeps the picture of t as new as source is, until ctx ends, and then
// returns its error. A change set that a picture cannot follow makes it take
// a new snapshot. Any other error of source is returned, with the last
// picture left standing: stale is better than none.
func (l *Live) Follow(ctx context.Context, source Source, t geo.TerritoryID) error {
	for {
		snap, err := source.SnapshotInForce(ctx, t, 0)
		if err != nil {
			return fmt.Errorf("picture of territory %d: %w", t, err)
		}
		a, err := New(snap)
		if err != nil {
			return fmt.Errorf("picture of territory %d: %w", t, err)
		}
		l.Set(a)
		err = source.Follow(ctx, t, a.Revision(), func(cs geo.ChangeSet) error {
			next, err := a.Apply(cs)
			if err != nil {
				return err
			}
			a = next
			l.Set(a)
			return nil
		})
		if err == nil {
			return ctx.Err()
		}
		if !errors.Is(err, ErrReload) {
			return fmt.Errorf("picture of territory %d: %w", t, err)
		}
	}
}
