package api

import (
	"context"
	"fmt"
	"maps"
	"math"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

// Bounds of what one territory's feed keeps and tells.
const (
	keptEvents   = 256                    // told lately, at most this many …
	keptBytes    = 8 << 20                // … and this much
	pageBytes    = 1 << 20                // of older ones read from the journal at a time
	mostMissed   = 1000                   // revisions that are told one by one to who comes back
	findingsGap  = 250 * time.Millisecond // findings are counted so long after a change …
	findingsRest = 4                      // … and so many times as long after the last count as that took
	feedPatience = 2 * time.Second        // after a failed look, and between looks at a territory without a plan in force
)

// feeds tell listeners what changes, each territory by one feed that lives
// while somebody listens.
type feeds struct {
	mu sync.Mutex
	of map[geo.TerritoryID]*feed
}

// A feed reads the journal of one territory once for all listeners and
// encodes each event once: they share the bytes and each keep only how far
// they are.
type feed struct {
	server    *Server
	territory geo.TerritoryID
	listeners int // guarded by feeds.mu
	stop      context.CancelFunc
	pages     singleflight.Group

	mu       sync.Mutex
	told     []event // the newest last
	bytes    int
	number   uint64        // of the last event told
	reached  geo.Revision  // everything up to it is told
	started  bool          // reached is known
	findings []byte        // of the plan in force, as last counted
	next     chan struct{} // closed when there is more
	tiers    map[geo.PlanID]map[int]string
}

// An event is one that is told, as it goes over the line.
type event struct {
	number   uint64       // in this feed, from 1
	revision geo.Revision // it tells of; 0 for findings
	text     []byte
}

// join returns the feed of a territory, which the caller must leave.
func (f *feeds) join(s *Server, t geo.TerritoryID) *feed {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.of == nil {
		f.of = map[geo.TerritoryID]*feed{}
	}
	one := f.of[t]
	if one == nil {
		ctx, stop := context.WithCancel(context.Background())
		one = &feed{server: s, territory: t, stop: stop, next: make(chan struct{}), tiers: map[geo.PlanID]map[int]string{}}
		f.of[t] = one
		go one.follow(ctx)
	}
	one.listeners++
	return one
}

func (f *feeds) leave(one *feed) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if one.listeners--; one.listeners == 0 {
		one.stop()
		delete(f.of, one.territory)
	}
}

// follow tells what the journal has, up to what the picture shows: who hears
// of a revision and asks, must not get what was before it.
func (f *feed) follow(ctx context.Context) {
	owed := debt{plans: map[geo.PlanID]bool{}, busy: make(chan struct{}, 1)}
	for ctx.Err() == nil {
		changed := f.server.live.Changed(f.territory)
		err := f.advance(ctx, owed.plans)
		if err != nil && ctx.Err() == nil {
			f.server.log.WarnContext(ctx, "the event feed of a territory falls behind", "territory", f.territory, "err", err)
		}
		again := time.Duration(math.MaxInt64)
		if _, live := f.server.live.Get(f.territory); err != nil || !live {
			again = feedPatience
		}
		if owed.open(func(plans map[geo.PlanID]bool) { f.count(ctx, plans) }) {
			again = findingsGap
		}
		timer := time.NewTimer(again)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// A debt is the plans whose findings a feed has yet to count. That is done
// beside the events: a county's take longer than an event may wait.
type debt struct {
	plans map[geo.PlanID]bool
	since time.Time                 // when the first of them changed
	busy  chan struct{}             // full while others are counted
	rest  atomic.Pointer[time.Time] // till when the machine is left to others; nil before the first count
}

// open reports whether something is owed, after it has begun to count what has
// been for [findingsGap], unless the last count is still under way or the rest
// after it.
func (d *debt) open(count func(map[geo.PlanID]bool)) bool {
	if len(d.plans) == 0 {
		return false
	}
	if d.since.IsZero() {
		d.since = time.Now()
	}
	if rest := d.rest.Load(); time.Since(d.since) < findingsGap || rest != nil && time.Now().Before(*rest) {
		return true
	}
	select {
	case d.busy <- struct{}{}:
		plans := maps.Clone(d.plans)
		go func() {
			began := time.Now()
			count(plans)
			rest := time.Now().Add(findingsRest * time.Since(began))
			d.rest.Store(&rest)
			<-d.busy
		}()
		clear(d.plans)
		d.since = time.Time{}
		return false
	default:
		return true
	}
}

// shown returns the newest revision that may be told, and the plan in force,
// nil without one.
func (f *feed) shown(ctx context.Context) (geo.Revision, *atlas.Atlas, error) {
	if a, live := f.server.live.Get(f.territory); live {
		return a.Revision(), a, nil
	}
	revision, err := f.server.store.Revision(ctx, f.territory)
	return revision, nil, err
}

// advance tells everything up to the newest revision.
func (f *feed) advance(ctx context.Context, owed map[geo.PlanID]bool) error {
	newest, a, err := f.shown(ctx)
	if err != nil {
		return err
	}
	if !f.started {
		if a != nil {
			owed[a.Plan().ID] = true
		}
		return f.begin(ctx, newest, a)
	}
	for f.reached < newest {
		sets, err := f.server.store.Since(ctx, f.territory, f.reached)
		if err != nil {
			return err
		}
		if len(sets) == 0 {
			return fmt.Errorf("the journal ends at revision %d, before %d", f.reached, newest)
		}
		for _, cs := range sets {
			if cs.Revision > newest {
				return nil
			}
			e, err := f.encode(ctx, cs, a)
			if err != nil {
				return err
			}
			f.publish(e)
			f.owe(cs, a, owed)
		}
	}
	return nil
}

// owe notes whose findings a change set may have changed.
func (f *feed) owe(cs geo.ChangeSet, a *atlas.Atlas, owed map[geo.PlanID]bool) {
	if a != nil && (cs.Plan == 0 || cs.Plan == a.Plan().ID || cs.Reload) {
		owed[a.Plan().ID] = true
	} else if cs.Plan != 0 {
		owed[cs.Plan] = true
	}
}

// begin fills the feed with the last events, so that those who come back
// together, as after a restart, are answered from memory.
func (f *feed) begin(ctx context.Context, newest geo.Revision, a *atlas.Atlas) error {
	f.mu.Lock()
	f.told, f.bytes = nil, 0 // a try before may have failed half-way
	f.mu.Unlock()
	for last := max(0, newest-keptEvents); last < newest; {
		page, err := f.page(ctx, last, newest, a)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			f.publish(e)
		}
		last = page[len(page)-1].revision
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.started, f.reached = true, newest
	f.wake()
	return nil
}

// page returns some events after a revision, from the journal: for who missed
// more than the feed keeps. Many who missed the same are answered once.
func (f *feed) page(ctx context.Context, after, newest geo.Revision, a *atlas.Atlas) ([]event, error) {
	page, err, _ := f.pages.Do(revisionText(after), func() (any, error) {
		sets, err := f.server.store.Since(context.WithoutCancel(ctx), f.territory, after)
		if err != nil {
			return nil, err
		}
		var events []event
		size := 0
		for _, cs := range sets {
			if cs.Revision > newest || size > pageBytes {
				break
			}
			e, err := f.encode(context.WithoutCancel(ctx), cs, a)
			if err != nil {
				return nil, err
			}
			events, size = append(events, e), size+len(e.text)
		}
		return events, nil
	})
	if err != nil {
		return nil, err
	}
	return page.([]event), nil
}

func (f *feed) encode(ctx context.Context, cs geo.ChangeSet, a *atlas.Atlas) (event, error) {
	tiers, err := f.tiersOf(ctx, cs.Plan, a)
	if err != nil {
		return event{}, err
	}
	text, err := eventText(cs.Revision, "revision", showRevision(cs, a, tiers))
	return event{revision: cs.Revision, text: text}, err
}

// tiersOf returns the codes of a plan's tiers by rank.
func (f *feed) tiersOf(ctx context.Context, plan geo.PlanID, a *atlas.Atlas) (map[int]string, error) {
	if plan == 0 {
		return nil, nil // no grids
	}
	f.mu.Lock()
	known := f.tiers[plan]
	f.mu.Unlock()
	if known != nil {
		return known, nil
	}
	var list []geo.Tier
	if a != nil && a.Plan().ID == plan {
		list = a.Rest().Tiers
	} else {
		var err error
		if list, err = f.server.store.Tiers(ctx, geo.Plan{ID: plan, Territory: f.territory}); err != nil {
			return nil, err
		}
	}
	codes := make(map[int]string, len(list))
	for _, t := range list {
		codes[t.Rank] = t.Code
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.tiers) >= keptEvents {
		clear(f.tiers)
	}
	f.tiers[plan] = codes
	return codes, nil
}

// publish tells one event to all who listen.
func (f *feed) publish(e event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.number++
	e.number = f.number
	if e.revision > f.reached { // findings have none, and only who advances may write it
		f.reached = e.revision
	}
	f.told = append(f.told, e)
	f.bytes += len(e.text)
	for len(f.told) > keptEvents || f.bytes > keptBytes && len(f.told) > 1 {
		f.bytes -= len(f.told[0].text)
		f.told[0] = event{} // the slice behind it may live on
		f.told = f.told[1:]
	}
	if f.started {
		f.wake()
	}
}

// wake wakes the listeners; the lock is held.
func (f *feed) wake() {
	close(f.next)
	f.next = make(chan struct{})
}

// count tells the findings of the plans that are owed: of the plan in force,
// and of drafts that somebody looks at, whose picture is in memory anyway.
func (f *feed) count(ctx context.Context, plans map[geo.PlanID]bool) {
	current, live := f.server.live.Get(f.territory)
	for id := range plans {
		if live && current.Plan().ID == id {
			f.tellFindings(ctx, current, true)
			continue
		}
		if f.server.pictures.find(id) == nil {
			continue
		}
		plan, err := f.server.store.Plan(ctx, id)
		if err != nil {
			continue // it may be gone again
		}
		if a, err := f.server.pictures.get(ctx, f.server, plan); err == nil {
			f.tellFindings(ctx, a, false)
		}
	}
}

func (f *feed) tellFindings(ctx context.Context, a *atlas.Atlas, inForce bool) {
	counts, err := countFindings(a, f.server.today())
	if err != nil {
		f.server.log.WarnContext(ctx, "findings are not told", "plan", a.Plan().ID, "err", err)
		return
	}
	text, err := eventText(0, "findings", counts)
	if err != nil {
		f.server.log.WarnContext(ctx, "findings are not told", "plan", a.Plan().ID, "err", err)
		return
	}
	if inForce {
		f.mu.Lock()
		f.findings = text
		f.mu.Unlock()
	}
	f.publish(event{text: text})
}
