package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// follow collects change sets until the one of revision last, then hands them
// over.
func follow(t *testing.T, store *postgis.Store, territory geo.TerritoryID, since, last geo.Revision) <-chan []geo.ChangeSet {
	t.Helper()
	done := make(chan []geo.ChangeSet, 1)
	enough := errors.New("enough")
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	go func() {
		defer cancel()
		var sets []geo.ChangeSet
		err := store.Follow(ctx, territory, since, func(set geo.ChangeSet) error {
			sets = append(sets, set)
			if set.Revision >= last {
				return enough
			}
			return nil
		})
		if !errors.Is(err, enough) {
			t.Errorf("follow ended with %v after %d change sets", err, len(sets))
		}
		done <- sets
	}()
	return done
}

func touch(t *testing.T, store *postgis.Store, territory geo.TerritoryID, worker geo.WorkerID, org string) geo.ChangeSet {
	t.Helper()
	return write(t, store, territory, postgis.Patch(geo.WorkerEntity, int64(worker), func(r geo.Record) error {
		r.(*geo.Worker).Org = org
		return nil
	}))
}

// Cutting the listening connection again and again loses and doubles nothing.
func TestFollowerSurvivesLostConnections(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	const writes = 30
	seen := follow(t, store, territory, snap.Revision, snap.Revision+writes)
	cut := int64(0)
	for i := range writes {
		touch(t, store, territory, snap.Workers[0].ID, fmt.Sprint(i))
		if i%10 == 5 {
			for range 3000 { // until it listens
				n := count(t, store.Pool(), `select count(pg_terminate_backend(pid)) from pg_stat_activity
					where datname = current_database() and (query like 'listen %' or query = '-- ping')`)
				if cut += n; n > 0 {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
		}
	}
	sets := <-seen
	if len(sets) != writes {
		t.Fatalf("%d change sets told, want %d", len(sets), writes)
	}
	for i, set := range sets {
		if set.Revision != snap.Revision+geo.Revision(i)+1 {
			t.Fatalf("revision %d told at place %d", set.Revision, i)
		}
	}
	if cut == 0 {
		t.Error("no connection was cut")
	}
}

// A commit of another process is seen without its wake-up, if later.
func TestFollowerNeedsNoNotification(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	seen := follow(t, store, territory, snap.Revision, snap.Revision+1)
	time.Sleep(200 * time.Millisecond) // let it listen
	for _, s := range []string{
		`update territory_counter set revision = revision + 1`,
		`insert into change_set (territory_id, revision, by_whom, op) select territory_id, revision, 'psql', 'note' from territory_counter`,
	} {
		if _, err := store.Pool().Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if sets := <-seen; len(sets) != 1 || sets[0].By != "psql" {
		t.Errorf("told %+v", sets)
	}
}

// A commit is announced, naming the territory.
func TestCommitsAreAnnounced(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	conn, err := store.Pool().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(t.Context(), "listen gridmap"); err != nil {
		t.Fatal(err)
	}
	touch(t, store, territory, snap.Workers[0].ID, "new")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	n, err := conn.Conn().WaitForNotification(ctx)
	if err != nil || n.Payload != fmt.Sprint(territory) {
		t.Errorf("announced %+v, %v; want territory %d", n, err, territory)
	}
}

// A page of the feed ends before it becomes too large to hold, but is never
// empty while there is more.
func TestSinceComesInPages(t *testing.T) {
	t.Parallel()
	store, territory, snap := load(t, county(t, "mini"))
	for _, s := range []string{
		`insert into change_set (territory_id, revision, by_whom, op, records, reload)
		 select territory_id, n, 'bulk', 'note', case when n = 4 then 12000 else 6000 end, n = 3
		 from territory, generate_series(2, 7) as n`,
		`update territory_counter set revision = 7`,
	} {
		if _, err := store.Pool().Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	var pages []int
	for last := snap.Revision; ; {
		sets, err := store.Since(t.Context(), territory, last)
		if err != nil {
			t.Fatal(err)
		}
		if len(sets) == 0 {
			break
		}
		pages = append(pages, len(sets))
		last = sets[len(sets)-1].Revision
	}
	if want := []int{3, 2, 1}; !slices.Equal(pages, want) {
		t.Errorf("pages of %v change sets, want %v", pages, want)
	}
}

func TestFollowEnds(t *testing.T) {
	t.Parallel()
	store := postgis.New(gridtest.DB(t))
	never := func(geo.ChangeSet) error { t.Error("told something"); return nil }
	if err := store.Follow(t.Context(), 99, 0, never); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("follow of no territory: %v", err)
	}
	territory, _ := gridtest.County(t, store.Pool(), "mini")
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	if err := store.Follow(ctx, territory, 1, never); !errors.Is(err, context.Canceled) {
		t.Errorf("follow after its context ended: %v", err)
	}
}
