package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

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
		return soon(func() bool {
			p := s.tilePictures.latest(s.plan)
			return p != nil && p.Atlas().Revision() >= least
		})
	}
	if !drawn(1) {
		t.Fatal("the plan is not drawn though nobody has to ask")
	}
	s.get(t, "/readyz").wants(200)
	if revision := s.hire(t, "ahead"); !drawn(revision) {
		t.Errorf("revision %d is not drawn", revision)
	}
	begins := newServer(Config{Store: s.store, Live: s.live, Allow: func(*http.Request, Right, Scope) error { return nil }})
	begins.ahead = true // but has drawn nothing
	w := httptest.NewRecorder()
	begins.handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if w.Code != 503 {
		t.Errorf("ready (%d) though nothing is drawn", w.Code)
	}
}
