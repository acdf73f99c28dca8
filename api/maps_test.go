package api

import (
	"bytes"
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles"
)

// replica starts another server over the same database that follows by itself
// from now on.
func (s *service) replica(t *testing.T) *service {
	t.Helper()
	live := new(atlas.Live)
	ctx, cancel := context.WithCancel(context.Background())
	var following sync.WaitGroup
	following.Go(func() { _ = live.Follow(ctx, s.store, s.territory) }) // ends with the context
	t.Cleanup(func() { cancel(); following.Wait() })
	loaded, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if _, err := live.Wait(loaded, s.territory, 1); err != nil {
		t.Fatal(err)
	}
	server := newServer(Config{Store: s.store, Live: live, Allow: LoopbackOnly, Limits: s.limits, Now: s.now})
	return &service{Server: server, url: newListener(t, server.handler()), territory: s.territory, plan: s.plan, log: new(bytes.Buffer)}
}

// Two servers, one of which has followed every edit and one that came later,
// send the same tile with the same tag, however many ask; and a tile that an
// edit did not touch is not sent again.
func TestReplicasSendTheSameTiles(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	s := serveOn(t, gridtest.DB(t), county, nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	paths := s.tilePaths(t, draft.ID)
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = s.get(t, path).header.Get("ETag")
	}
	s.edited(t, draft.ID, mergeOf(pair))
	changed, kept := 0, 0
	other := s.replica(t)
	for _, path := range paths {
		mine := s.get(t, path, "If-None-Match", tags[path])
		if mine.status == 304 {
			kept++
		} else {
			changed++
		}
		var all sync.WaitGroup
		want := s.get(t, path)
		for i := range 20 {
			all.Go(func() {
				from := s
				if i%2 == 0 {
					from = other
				}
				if got := from.get(t, path); !bytes.Equal(got.body, want.body) || got.header.Get("ETag") != want.header.Get("ETag") {
					t.Errorf("%s: %d bytes with tag %s, then %d with %s", path, len(want.body), want.header.Get("ETag"), len(got.body), got.header.Get("ETag"))
				}
			})
		}
		all.Wait()
	}
	if changed == 0 || kept < changed {
		t.Errorf("after one merge %d tiles were sent again and %d kept", changed, kept)
	}
}

// tilePaths lists addresses of tiles of several layers at zoom 14.
func (s *service) tilePaths(t *testing.T, plan geo.PlanID) []string {
	t.Helper()
	var described struct{ Bounds [4]float64 }
	s.get(t, fmt.Sprintf("/tiles/%d/primary/tilejson.json", plan)).wants(200).into(&described)
	b := described.Bounds
	x0, y0 := tileAt(b[0], b[3], 14)
	x1, y1 := tileAt(b[2], b[1], 14)
	var paths []string
	for x := x0; x <= x1; x++ {
		for y := y0; y <= y1; y++ {
			for _, layer := range []string{"primary", tiles.Grids, tiles.Labels, tiles.Boundaries} {
				paths = append(paths, fmt.Sprintf("/tiles/%d/%s/14/%d/%d.mvt", plan, layer, x, y))
			}
		}
	}
	step := max(1, len(paths)/60)
	for i := range len(paths) / step {
		paths[i] = paths[i*step]
	}
	return paths[:len(paths)/step]
}
