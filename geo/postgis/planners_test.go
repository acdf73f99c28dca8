package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// longVariable makes the tests under load last as long as it says, such as 1m.
const longVariable = "GRIDMAP_TEST_LOAD"

// loadTime is how long a test keeps up its load.
func loadTime(t *testing.T, short time.Duration) time.Duration {
	t.Helper()
	given := os.Getenv(longVariable)
	if given == "" {
		return short
	}
	long, err := time.ParseDuration(given)
	if err != nil {
		t.Fatalf("%s: %v", longVariable, err)
	}
	return long
}

// A hand draws random edits of one plan, of any tier, mostly of leaves.
type hand struct{ *rand.Rand }

func (h hand) edit(grids []geo.Grid) redraw.Edit {
	from := leavesOf(grids)
	few := len(from) < 40 // or merging would leave nothing to fight over
	if h.IntN(3) == 0 {
		from = slices.DeleteFunc(slices.Clone(grids), func(g geo.Grid) bool { return g.Parent == 0 || g.Kind != geo.General || g.Boundary == nil })
	}
	g := from[h.IntN(len(from))]
	siblings := drawn(grids, g.Parent)
	to := siblings[h.IntN(len(siblings))]
	which := h.IntN(6)
	if few && which != 3 {
		which = 0
	}
	switch which {
	case 0, 1:
		b, wide, high := h.quarter(g)
		x, y := b.Min.X+wide+h.Int32N(2*wide), b.Min.Y+high+h.Int32N(2*high)
		return redraw.Split{Grid: g.ID, Line: []topo.Point{{X: b.Min.X - 9, Y: y}, {X: x, Y: y + 5}, {X: b.Max.X + 9, Y: y - 11}}}
	case 2:
		return redraw.Merge{Grids: []geo.GridID{g.ID, to.ID}}
	case 3, 4:
		return redraw.Transfer{To: to.ID, Region: h.around(g)}
	}
	return redraw.Retire{Grid: g.ID}
}

// quarter returns the bounds of a grid and a quarter of their width and height.
func (h hand) quarter(g geo.Grid) (b topo.Box, wide, high int32) {
	b = g.Boundary.Bound()
	return b, (b.Max.X-b.Min.X)/4 + 8, (b.Max.Y-b.Min.Y)/4 + 8
}

// around is a square about a vertex of a grid, which neighbours lie in too.
func (h hand) around(g geo.Grid) topo.Shape {
	_, wide, high := h.quarter(g)
	at := g.Boundary[0][0][h.IntN(len(g.Boundary[0][0]))]
	return topo.Shape{{{{X: at.X - wide, Y: at.Y - high}, {X: at.X + wide, Y: at.Y - high},
		{X: at.X + wide, Y: at.Y + high}, {X: at.X - wide, Y: at.Y + high}}}}
}

// mischief is an edit that nobody in good faith would ask for.
func (h hand) mischief(grids []geo.Grid) redraw.Edit {
	leaves := leavesOf(grids)
	g, o := leaves[h.IntN(len(leaves))], leaves[h.IntN(len(leaves))]
	stolen := o.Boundary
	switch h.IntN(7) {
	case 0: // ground drawn over a grid that has it
		return redraw.Set{Grid: g.ID, Boundary: &stolen}
	case 1: // a grid over all of another, wherever that lies
		return redraw.Create{Grid: geo.Grid{Parent: g.Parent, Tier: g.Tier, Kind: geo.General, Name: geo.Name{ZH: "占"}, Boundary: stolen}}
	case 2: // a knot
		b, wide, high := h.quarter(g)
		return redraw.Split{Grid: g.ID, Line: []topo.Point{{X: b.Min.X - wide, Y: b.Min.Y}, {X: b.Max.X, Y: b.Max.Y + high},
			{X: b.Max.X, Y: b.Min.Y}, {X: b.Min.X, Y: b.Max.Y}, {X: b.Max.X + wide, Y: b.Min.Y + high}}}
	case 3: // a grid under itself
		return redraw.Move{Grid: g.Parent, Parent: g.ID}
	case 4: // grids that do not touch, or one twice
		return redraw.Merge{Grids: []geo.GridID{g.ID, o.ID, g.ID}}
	case 5: // a code that is taken
		return redraw.Set{Grid: g.ID, Code: &o.Code}
	}
	return redraw.Retire{Grid: geo.GridID(h.Int64N(1 << 40))}
}

// refusal reports whether an error is one that a planner is told.
func refusal(err error) bool {
	var topology *redraw.TopologyError
	return errors.Is(err, geo.ErrInvalid) || errors.Is(err, geo.ErrNotFound) || errors.Is(err, geo.ErrStale) ||
		errors.Is(err, geo.ErrConflict) || errors.As(err, &topology)
}

// A crowd is planners at work on one draft, and what they were told.
type crowd struct {
	t      *testing.T
	db     *pgxpool.Pool
	stores []*postgis.Store // services on one database
	draft  geo.Plan

	mu      sync.Mutex
	told    map[string]geo.Revision // by key
	made    int
	refused int
	stale   int
	foul    int // mischief asked for
}

// work is one planner's until ctx ends.
func (c *crowd) work(ctx context.Context, planner int) {
	h := hand{rand.New(rand.NewPCG(uint64(planner), 5))}
	store := c.stores[planner%len(c.stores)]
	seen, err := store.Snapshot(c.t.Context(), c.draft.ID)
	for k := 0; ctx.Err() == nil; k++ {
		// Who was told that others were faster looks again; the mischievous
		// go on with what they saw.
		if errors.Is(err, geo.ErrStale) || k%8 == 0 {
			seen, err = store.Snapshot(c.t.Context(), c.draft.ID)
		}
		if err != nil && !refusal(err) {
			c.t.Errorf("planner %d: %v", planner, err)
			return
		}
		ask := postgis.EditRequest{Plan: c.draft.ID, By: fmt.Sprint(planner), Key: fmt.Sprintf("%d-%d", planner, k)}
		if h.IntN(100) < 15 {
			err = c.foulPlay(h, store, ask, seen)
			continue
		}
		ask.Base, ask.Edits = seen.Plan.Revision, []redraw.Edit{h.edit(seen.Grids)}
		err = c.ask(h, store, ask)
	}
}

// ask makes an edit, one in four twice at the same time, as clients do that
// do not hear an answer.
func (c *crowd) ask(h hand, store *postgis.Store, ask postgis.EditRequest) error {
	var again postgis.Edited
	var failed error
	var twin sync.WaitGroup
	twice := h.IntN(4) == 0
	if twice {
		other := c.stores[h.IntN(len(c.stores))]
		twin.Go(func() { again, failed = other.Edit(c.t.Context(), ask) })
	}
	done, err := store.Edit(c.t.Context(), ask)
	twin.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	// Whichever came second may find its own work done and be told so.
	if twice && err == nil && failed == nil && again.Revision != done.Revision && len(done.Changes)+len(again.Changes) > 0 {
		c.t.Errorf("key %s was answered with revisions %d and %d", ask.Key, done.Revision, again.Revision)
	}
	if err != nil && failed == nil {
		done = again
	}
	switch {
	case (err == nil || twice && failed == nil) && len(done.Changes) > 0:
		c.made++
		c.told[ask.Key] = done.Revision
	case errors.Is(err, geo.ErrStale):
		c.stale++
	case err != nil:
		c.refused++
	}
	return err
}

// foulPlay does what must not work: edits in bad faith or at a revision long
// gone, and ground changed by hand in the database, of a tier that is complete.
func (c *crowd) foulPlay(h hand, store *postgis.Store, ask postgis.EditRequest, seen *geo.Snapshot) error {
	c.mu.Lock()
	c.foul++
	c.mu.Unlock()
	switch h.IntN(4) {
	case 0:
		ask.Base, ask.Edits = 1, []redraw.Edit{h.edit(seen.Grids)}
		return c.ask(h, store, ask)
	case 1:
		leaves := leavesOf(seen.Grids)
		a, b := leaves[h.IntN(len(leaves))].ID, leaves[h.IntN(len(leaves))].ID
		_, err := c.db.Exec(c.t.Context(), `update grid as g set (boundary, boundary_hash, fingerprint_a, fingerprint_b, area_m2, label)
			= (o.boundary, o.boundary_hash, o.fingerprint_a, o.fingerprint_b, o.area_m2, o.label) from grid as o
			where g.plan_id = $1 and g.id = $2 and o.plan_id = $1 and o.id = $3 and o.boundary_hash <> g.boundary_hash
			  and (select complete from tier where plan_id = $1 and rank = g.tier)`, c.draft.ID, a, b)
		var pg *pgconn.PgError
		if err != nil && (!errors.As(err, &pg) || pg.ConstraintName != "grid_children_cover_parent" && pg.Code != "40P01") {
			c.t.Errorf("ground changed by hand: %v", err)
		}
		return nil
	}
	ask.Edits = []redraw.Edit{h.mischief(seen.Grids)}
	return c.ask(h, store, ask)
}

// Sixteen planners at two services redraw the same few villages at once, and
// some mean harm. Nothing breaks the division, and what they were told is
// there, once.
func TestManyPlanners(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	store, draft := draftOf(t, db, "mini")
	c := &crowd{t: t, db: db, stores: []*postgis.Store{store, postgis.New(db)}, draft: draft, told: map[string]geo.Revision{}}
	last := time.Now().Add(loadTime(t, 3*time.Second))
	for least := 30; time.Now().Before(last) || c.made < least && !t.Failed(); {
		ctx, cancel := context.WithTimeout(t.Context(), max(time.Second, min(15*time.Second, time.Until(last))))
		var group sync.WaitGroup
		for planner := range 16 {
			group.Go(func() { c.work(ctx, planner+100*c.made) })
		}
		group.Wait()
		cancel()
		if err := whole(t, db, store, draft.ID); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d edits made, %d stale, %d refused, %d foul", c.made, c.stale, c.refused, c.foul)
	c.audit()
}

// audit compares what planners were told with what is kept.
func (c *crowd) audit() {
	t := c.t
	if gaps := count(t, c.db, `select max(revision) - count(*) - min(revision) + 1 from change_set where territory_id = $1`, c.draft.Territory); gaps != 0 {
		t.Errorf("%d revisions are missing", gaps)
	}
	if n := count(t, c.db, `select count(*) from change_set where territory_id = $1 and revision > (select revision from territory_counter where territory_id = $1)`, c.draft.Territory); n != 0 {
		t.Errorf("%d change sets lie beyond the counter", n)
	}
	if n := count(t, c.db, `select count(*) from partition_check`); n != 0 {
		t.Errorf("%d notes of the judgement are left", n)
	}
	for key, rev := range c.told {
		if n := count(t, c.db, `select count(*) from change_set where territory_id = $1 and request_key = $2 and revision = $3`, c.draft.Territory, key, rev); n != 1 {
			t.Errorf("edit %s of revision %d is kept %d times", key, rev, n)
		}
	}
	if n := count(t, c.db, `select count(*) from change_set where territory_id = $1 and turn = 'edit'`, c.draft.Territory); n < int64(len(c.told)) {
		t.Errorf("%d edits are kept of %d told", n, len(c.told))
	}
	c.replay()
}

// replay makes the draft again from the plan it was copied from and the
// journal alone.
func (c *crowd) replay() {
	t := c.t
	from, err := c.stores[0].SnapshotInForce(t.Context(), c.draft.Territory, 0)
	if err != nil {
		t.Fatal(err)
	}
	drawing, err := redraw.NewDrawing(from, nil)
	if err != nil {
		t.Fatal(err)
	}
	for last := c.draft.Revision; ; {
		sets, err := c.stores[0].Since(t.Context(), c.draft.Territory, last)
		if err != nil {
			t.Fatal(err)
		}
		if len(sets) == 0 {
			break
		}
		for _, set := range sets {
			last = set.Revision
			if err := drawing.Take(redraw.Redrawing{Changes: set.Changes}); err != nil {
				t.Fatalf("revision %d does not follow the one before: %v", set.Revision, err)
			}
		}
	}
	byTier := func(a, b geo.Grid) int { return (a.Tier-b.Tier)*1<<32 + int(a.ID-b.ID) }
	grids := drawing.Grids()
	slices.SortFunc(grids, byTier)
	kept := snapshotOf(t, c.stores[0], c.draft.ID).Grids
	slices.SortFunc(kept, byTier)
	if err := differ(grids, kept); err != nil {
		t.Errorf("the journal tells another draft than is kept: %v", err)
	}
}
