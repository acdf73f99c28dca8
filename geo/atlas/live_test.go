package atlas

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
)

// at returns a picture of a territory that shows a revision.
func at(t testing.TB, territory geo.TerritoryID, revision geo.Revision) *Atlas {
	t.Helper()
	return picture(t, &geo.Snapshot{
		Territory: geo.Territory{ID: territory}, Plan: geo.Plan{ID: 1}, Revision: revision,
		Tiers: []geo.Tier{{}}, Grids: []geo.Grid{{ID: 1, Kind: geo.General}},
	})
}

func TestLiveHoldsTheNewest(t *testing.T) {
	var l Live
	if _, ok := l.Get(1); ok || len(l.All()) != 0 {
		t.Fatal("an empty Live holds something")
	}
	l.Set(at(t, 2, 5))
	l.Set(at(t, 1, 3))
	l.Set(at(t, 1, 4))
	l.Set(at(t, 1, 2)) // older: not taken
	if a, ok := l.Get(1); !ok || a.Revision() != 4 {
		t.Errorf("territory 1 shows %v, %t, want revision 4", a, ok)
	}
	all := l.All()
	if len(all) != 2 || all[0].Territory().ID != 1 || all[1].Territory().ID != 2 {
		t.Errorf("All returns %d pictures", len(all))
	}
	l.Remove(1)
	l.Remove(9)
	if _, ok := l.Get(1); ok || len(l.All()) != 1 {
		t.Error("territory 1 is still there")
	}
	l.Set(at(t, 1, 1)) // after a removal any revision is the newest
	if a, ok := l.Get(1); !ok || a.Revision() != 1 {
		t.Error("territory 1 did not come back")
	}
}

func TestLiveWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Live
		arrived := make(chan geo.Revision, 2)
		for _, territory := range []geo.TerritoryID{1, 1} {
			go func() {
				a, err := l.Wait(t.Context(), territory, 3)
				if err != nil {
					t.Error(err)
				}
				arrived <- a.Revision()
			}()
		}
		for revision := range geo.Revision(4) {
			synctest.Wait()
			if len(arrived) > 0 {
				t.Fatalf("woken at revision %d", revision-1)
			}
			l.Set(at(t, 7, revision))
			l.Set(at(t, 1, revision))
		}
		synctest.Wait()
		if len(arrived) != 2 || <-arrived != 3 {
			t.Error("revision 3 woke not everyone")
		}
	})
}

func TestLiveWaitIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Live
		l.Set(at(t, 1, 1))
		start := time.Now()
		for _, territory := range []geo.TerritoryID{1, 2} {
			if _, err := l.Wait(t.Context(), territory, 2); !errors.Is(err, ErrBehind) {
				t.Errorf("territory %d: %v, want ErrBehind", territory, err)
			}
		}
		if waited := time.Since(start); waited != 2*MaxWait {
			t.Errorf("waited %v, want %v", waited, 2*MaxWait)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := l.Wait(ctx, 1, 2); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v, want that of the context", err)
		}
		if len(l.slots().slots) != 1 {
			t.Error("asking for an unknown territory left something behind")
		}
	})
}

// A feed is a source that tells a list of change sets.
type feed struct {
	t         testing.TB
	snapshots []geo.Revision // handed out one by one
	told      []geo.ChangeSet
	after     error // when all is told
}

func (f *feed) SnapshotInForce(context.Context, geo.TerritoryID, geo.Date) (*geo.Snapshot, error) {
	if len(f.snapshots) == 0 {
		return nil, geo.ErrNotFound
	}
	revision := f.snapshots[0]
	f.snapshots = f.snapshots[1:]
	return at(f.t, 1, revision).Records(), nil
}

func (f *feed) Follow(ctx context.Context, _ geo.TerritoryID, since geo.Revision, fn func(geo.ChangeSet) error) error {
	for _, cs := range f.told {
		if cs.Revision <= since {
			continue
		}
		if err := fn(cs); err != nil {
			return fmt.Errorf("follow: %w", err)
		}
	}
	return f.after
}

func TestFollowReloadsAndGoesOn(t *testing.T) {
	lost := errors.New("connection lost")
	source := &feed{
		t: t, snapshots: []geo.Revision{1, 4}, after: lost,
		told: []geo.ChangeSet{
			{Territory: 1, Revision: 2}, {Territory: 1, Revision: 3, Reload: true},
			{Territory: 1, Revision: 5}, {Territory: 1, Revision: 6},
		},
	}
	var l Live
	if err := l.Follow(t.Context(), source, 1); !errors.Is(err, lost) {
		t.Errorf("error %v, want that of the source", err)
	}
	if a, ok := l.Get(1); !ok || a.Revision() != 6 || len(source.snapshots) != 0 {
		t.Errorf("the picture stands at %v", a)
	}
	if err := l.Follow(t.Context(), source, 1); !errors.Is(err, geo.ErrNotFound) {
		t.Errorf("error %v, want that of the snapshot", err)
	}
}

// Many read, ask and wait while pictures change; run with -race. Nobody may
// see a revision go back, and nothing may keep running.
func TestLiveUnderLoad(t *testing.T) {
	const last = 60
	before := runtime.NumGoroutine()
	w := newWorld(t, rand.New(rand.NewPCG(9, 9)))
	a := picture(t, w.snapshot(picture(t, w.base), 1))
	var l Live
	l.Set(a)
	var readers sync.WaitGroup
	for n := range 6 {
		readers.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(n), 1))
			for seen := geo.Revision(0); seen < last; {
				a, err := l.Wait(t.Context(), 1, seen+1)
				if err != nil || a.Revision() <= seen {
					t.Errorf("after revision %d came %v, %v", seen, a, err)
					return
				}
				seen = a.Revision()
				use(a, rng)
			}
		})
	}
	for a.Revision() < last {
		next, err := a.Apply(geo.ChangeSet{Territory: 1, Revision: a.Revision() + 1, Changes: []geo.Change{w.step(), w.step()}})
		if err != nil {
			t.Fatal(err)
		}
		a = next
		l.Set(a)
		runtime.Gosched()
	}
	readers.Wait()
	// A goroutine has told its end a moment before it is gone.
	for end := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left of %d", after, before)
	}
}

// use asks a picture one of the things it can be asked.
func use(a *Atlas, rng *rand.Rand) {
	i := rng.IntN(a.Tree().Len())
	switch rng.IntN(5) {
	case 0:
		_, _ = a.Check(check.Question{AsOf: day})
	case 1:
		a.Counted(day + geo.Date(rng.IntN(6)))
	case 2:
		a.Workers(i, day)
	case 3:
		a.Ground(i)
	default:
		a.Snapshot()
	}
}
