package api

import (
	"context"
	"testing"
	"time"

	"gridmap/geo"
)

// A server that draws ahead has the plan drawn without being asked for a tile,
// is ready only then, and has it drawn again after a change.
func TestTilesAreDrawnAhead(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s := serve(t, "mini", func(c *Config) { c.Ahead = ctx })
	drawn := func(least geo.Revision) bool {
		for range 500 {
			s.tilePictures.mu.Lock()
			for _, k := range s.tilePictures.kept {
				if p := k.p.Load(); p != nil && p.Atlas().Revision() >= least {
					s.tilePictures.mu.Unlock()
					return true
				}
			}
			s.tilePictures.mu.Unlock()
			time.Sleep(10 * time.Millisecond)
		}
		return false
	}
	if !drawn(1) {
		t.Fatal("the plan is not drawn though nobody has to ask")
	}
	s.get(t, "/readyz").wants(200)
	if revision := s.hire(t, "ahead"); !drawn(revision) {
		t.Errorf("revision %d is not drawn", revision)
	}
	s.ahead = true
	s.tilePictures.mu.Lock()
	s.tilePictures.kept = nil
	s.tilePictures.byPlan.Clear()
	s.tilePictures.mu.Unlock()
	if a := s.get(t, "/readyz"); a.status != 503 {
		t.Errorf("ready (%d) though nothing is drawn", a.status)
	}
}
