package api

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"sync/atomic"
	"testing"

	"gridmap/tiles"
)

// tileRequests are requests for tiles of all sorts: with features and without,
// coded, held, and such as are refused.
func (s *service) tileRequests(t *testing.T) []*http.Request {
	t.Helper()
	paths := append(s.tilePaths(t, s.plan)[:12],
		fmt.Sprintf("/tiles/%d/primary/12/0/0.mvt", s.plan),
		fmt.Sprintf("/tiles/%d/boundaries/0/0/0.mvt", s.plan),
		fmt.Sprintf("/tiles/%d/households/5/0/0.mvt", s.plan),
		fmt.Sprintf("/tiles/0%d/grids/0/0/0.mvt", s.plan),
		fmt.Sprintf("/tiles/%d/grids/0/0/0.mvt?rev=1", s.plan),
		fmt.Sprintf("/tiles/%d/grids/0/0/0.mvt?props=code", s.plan),
		fmt.Sprintf("/tiles/%d/grids/0/0/0.mvt?", s.plan),
		"/tiles/999/grids/0/0/0.mvt", "/tiles/9999999999999999999/grids/0/0/0.mvt", "/tiles/+1/grids/0/0/0.mvt")
	for _, wrong := range []string{"grids/30/0/0.mvt", "grids/2/4/0.mvt", "grids/2/-1/0.mvt", "grids/2/01/0.mvt", "rivers/0/0/0.mvt",
		"/0/0/0.mvt", "grids/0/0/0.pbf", "grids/0/0/0.mvt/", "grids/0/0.mvt", "gr%2Fids/0/0/0.mvt", "grids//0/0/0.mvt"} {
		paths = append(paths, fmt.Sprintf("/tiles/%d/%s", s.plan, wrong))
	}
	var all []*http.Request
	for _, path := range paths {
		tag := s.get(t, path).header.Get("ETag")
		for _, header := range []http.Header{{}, {"Accept-Encoding": {"gzip"}}, {"Accept-Encoding": {"zstd"}}, {"If-None-Match": {`"x", ` + tag}}} {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
				r := httptest.NewRequest(method, path, nil)
				r.RemoteAddr, r.Host, r.Header = "127.0.0.1:1", "localhost", header
				all = append(all, r)
			}
		}
	}
	return all
}

// Whether a tile is answered quickly or by the router, the answer is the same.
func TestQuickTilesAreThoseOfTheRouter(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	handler, routed, quick := s.handler(), s.routed(), map[int]int{}
	for _, r := range s.tileRequests(t) {
		got, want := httptest.NewRecorder(), httptest.NewRecorder()
		handler.ServeHTTP(got, r)
		routed.ServeHTTP(want, r)
		if got.Code != want.Code || !reflect.DeepEqual(got.Header(), want.Header()) || !bytes.Equal(got.Body.Bytes(), want.Body.Bytes()) {
			t.Errorf("%s %s %v: %d %v, %d bytes; by the router %d %v, %d bytes", r.Method, r.URL, r.Header,
				got.Code, got.Header(), got.Body.Len(), want.Code, want.Header(), want.Body.Len())
		}
		if s.quickTile(httptest.NewRecorder(), r) {
			quick[want.Code]++
		}
	}
	if codes := slices.Sorted(maps.Keys(quick)); !slices.Equal(codes, []int{200, 204, 304}) || quick[200] < 30 {
		t.Errorf("answered quickly, by status: %v", quick)
	}
}

// Who may not see a plan gets nothing of it quickly, and what is not as it is
// in force now is not answered from what was.
func TestQuickTilesAskWhoMay(t *testing.T) {
	t.Parallel()
	var closed atomic.Bool
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, scope Scope) error {
			if closed.Load() && right == Counts && scope.Territory != 0 {
				return ErrForbidden
			}
			return nil
		}
	})
	path := fmt.Sprintf("/tiles/%d/%s/0/0/0.mvt", s.plan, tiles.Grids)
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if s.quickTile(httptest.NewRecorder(), r) {
		t.Error("answered before anything was drawn")
	}
	s.get(t, path).wants(204)
	if !s.quickTile(httptest.NewRecorder(), r) {
		t.Error("not answered quickly")
	}
	closed.Store(true)
	if s.quickTile(httptest.NewRecorder(), r) {
		t.Error("answered who may not see the territory")
	}
	s.get(t, path).refused(403, "forbidden", "")
	closed.Store(false)
	if _, err := s.live.Wait(t.Context(), s.territory, s.hire(t, "Q-1")); err != nil { // what was drawn is older now
		t.Fatal(err)
	}
	if s.quickTile(httptest.NewRecorder(), r) {
		t.Error("answered from an older picture")
	}
	s.get(t, path).wants(204)
}
