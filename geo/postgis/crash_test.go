package postgis_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/postgis/cluster"
)

// The postmaster is killed under writers and starts again: every acknowledged
// change set is there, once, and the follower has seen them all in order.
func TestKilledServerLosesNothing(t *testing.T) {
	t.Parallel()
	pool, server := gridtest.Durable(t)
	store := postgis.New(pool)
	territory, _ := gridtest.County(t, pool, "mini")

	told := make(chan []geo.ChangeSet, 1)
	following, stop := context.WithCancel(t.Context())
	defer stop()
	go func() {
		var sets []geo.ChangeSet
		_ = store.Follow(following, territory, 1, func(set geo.ChangeSet) error {
			sets = append(sets, set)
			if set.Op == "last" {
				stop()
			}
			return nil
		})
		told <- sets
	}()
	acknowledged := writeUnderKill(t, store, territory, server)
	if _, err := store.Write(t.Context(), create("last", territory)); err != nil {
		t.Fatal(err)
	}
	sets := <-told
	kept := map[string]int{}
	for i, set := range sets {
		if set.Revision != geo.Revision(i)+2 {
			t.Fatalf("revision %d told at place %d", set.Revision, i)
		}
		kept[set.Op]++
	}
	for _, op := range acknowledged {
		if kept[op] != 1 {
			t.Errorf("acknowledged %s is kept %d times", op, kept[op])
		}
	}
	t.Logf("%d acknowledged, %d kept", len(acknowledged), len(sets)-1)
}

func create(op string, territory geo.TerritoryID) postgis.Write {
	return postgis.Write{Territory: territory, By: "tester", Op: op,
		Actions: []postgis.Action{postgis.Create(&geo.Worker{Number: op, Name: "w", Employment: geo.FullTime})}}
}

// writeUnderKill runs writers, kills the postmaster in their midst, starts it
// again and returns what was acknowledged.
func writeUnderKill(t *testing.T, store *postgis.Store, territory geo.TerritoryID, server *cluster.Cluster) []string {
	t.Helper()
	const writers = 4
	var mu sync.Mutex
	var acknowledged []string
	var group sync.WaitGroup
	end := make(chan struct{})
	for i := range writers {
		group.Go(func() {
			for k := 0; ; k++ {
				op := fmt.Sprintf("%d-%d", i, k)
				_, err := store.Write(t.Context(), create(op, territory))
				switch {
				case err == nil:
					mu.Lock()
					acknowledged = append(acknowledged, op)
					mu.Unlock()
				case !errors.Is(err, postgis.ErrUnavailable):
					t.Errorf("write %s: %v", op, err)
				}
				select {
				case <-end:
					return
				default:
				}
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := server.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	before := len(acknowledged)
	mu.Unlock()
	for range 500 { // until writes pass again
		mu.Lock()
		after := len(acknowledged)
		mu.Unlock()
		if after > before+writers {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	close(end)
	group.Wait()
	return acknowledged
}
