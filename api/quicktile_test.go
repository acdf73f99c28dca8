package api

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gridmap/tiles"
)

// tilesAsked are addresses of tiles of all sorts: with features and without,
// asked for in other ways, written oddly, and such as cannot be.
func (s *service) tilesAsked(t *testing.T) []string {
	t.Helper()
	paths := append(s.tilePaths(t, s.plan)[:8],
		fmt.Sprintf("/tiles/0%d/grids/0/0/0.mvt", s.plan),
		"/tiles/999/grids/0/0/0.mvt", "/tiles/9999999999999999999/grids/0/0/0.mvt", "/tiles/1000000000000000000/grids/0/0/0.mvt", "/tiles/+1/grids/0/0/0.mvt",
		fmt.Sprintf("//tiles/%d/grids/0/0/0.mvt", s.plan), fmt.Sprintf("/tiles//%d/grids/0/0/0.mvt", s.plan),
		fmt.Sprintf("/tiles/../tiles/%d/grids/0/0/0.mvt", s.plan), fmt.Sprintf("/%%74iles/%d/gr%%69ds/0/0/0%%2Emvt", s.plan))
	for _, rest := range []string{"primary/12/0/0.mvt", "boundaries/0/0/0.mvt", "households/5/0/0.mvt", "households/14/0/0.mvt",
		"grids/0/0/0.mvt?rev=1", "grids/0/0/0.mvt?props=code", "grids/0/0/0.mvt?", "grids/0/0/0.mvt?x=1",
		"grids/30/0/0.mvt", "grids/2/4/0.mvt", "grids/2/-1/0.mvt", "grids/2/01/0.mvt", "rivers/0/0/0.mvt",
		"/0/0/0.mvt", "grids/0/0/0.pbf", "grids/0/0/0.mvt/", "grids/0/0/0.mvt/x", "grids/0/0.mvt", "grids/0/0/.mvt", "grids/0/0/0.mvt.mvt", "grids/0/0/0.mvt%20",
		"gr%2Fids/0/0/0.mvt", "grids/0%2F0/0.mvt", "grids//0/0/0.mvt", "grids/../grids/0/0/0.mvt", "./grids/0/0/0.mvt", "%ff/0/0/0.mvt", "grids/0/0/%00.mvt"} {
		paths = append(paths, fmt.Sprintf("/tiles/%d/%s", s.plan, rest))
	}
	return paths
}

// tileRequests asks for an address in all ways that may make a difference; tag is
// what the client may hold.
func tileRequests(path, tag string) (all []*http.Request) {
	from := func(method, address string, header ...string) {
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr, r.Host = address, "localhost"
		for i := 0; i < len(header); i += 2 {
			r.Header.Add(header[i], header[i+1])
		}
		all = append(all, r)
	}
	const here, elsewhere = "127.0.0.1:1", "203.0.113.9:1"
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions, "BREW"} {
		from(method, here)
		from(method, here, "Accept-Encoding", "gzip", "If-None-Match", `"x", `+tag)
		from(method, elsewhere, "If-None-Match", tag)
		from(method, here, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site")
	}
	for _, codings := range []string{"gzip", "zstd", "GZIP;q=0.5, zstd;q=0", "gzip;q=0", "gzip;q=0, zstd", "identity;q=0", "*", "*;q=0", "br", "gzip;q=x", ",", " gzip ; q=1 "} {
		from(http.MethodGet, here, "Accept-Encoding", codings)
	}
	for _, held := range []string{"*", tag, "W/" + tag, "x", ","} {
		from(http.MethodGet, here, "If-None-Match", held)
	}
	from(http.MethodGet, here, "Range", "bytes=0-9", "Accept", "text/html", "X-HTTP-Method-Override", "DELETE")
	return all
}

// Whether a tile is answered quickly or by the router, the answer is the same,
// and counts as the same.
func TestQuickTilesAreThoseOfTheRouter(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	handler, routed, quick := s.handler(), s.routed(), map[int]int{}
	for _, path := range s.tilesAsked(t) {
		for _, r := range tileRequests(path, s.get(t, path).header.Get("ETag")) {
			got, want := s.answered(handler, r), s.answered(routed, r)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s %s %v from %s: %+v; by the router %+v", r.Method, r.URL, r.Header, r.RemoteAddr, got, want)
			}
			if s.quickTile(httptest.NewRecorder(), r) {
				quick[want.status]++
			}
		}
	}
	if codes := slices.Sorted(maps.Keys(quick)); !slices.Equal(codes, []int{200, 204, 304}) || quick[200] < 30 {
		t.Errorf("answered quickly, by status: %v", quick)
	}
}

// An outcome is all that can be told of an answer from outside.
type outcome struct {
	status  int
	header  http.Header
	body    string
	limited bool               // a slow reader would be cut off
	counted map[string]float64 // by how much metrics rose
}

// answered asks a handler.
func (s *service) answered(handler http.Handler, r *http.Request) outcome {
	before, w := s.counts(), &limitedRecorder{ResponseRecorder: httptest.NewRecorder()}
	handler.ServeHTTP(w, r)
	counted := s.counts()
	maps.DeleteFunc(counted, func(name string, n float64) bool { return n == before[name] })
	for name := range counted {
		counted[name] -= before[name]
	}
	return outcome{w.Code, w.Header(), w.Body.String(), w.limited, counted}
}

// counts are the metrics of requests by name and labels: how often, not how long.
func (s *service) counts() map[string]float64 {
	registry := prometheus.NewRegistry() // without those of the process, which take long
	registry.MustRegister(s.metrics.requests, s.metrics.seconds, s.metrics.panics, s.metrics.flying)
	families, _ := registry.Gather() // what fails to be gathered is missing on both sides
	counts := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			counts[fmt.Sprint(f.GetName(), m.GetLabel())] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return counts
}

// A limitedRecorder is a recorder whose connection can be given an end.
type limitedRecorder struct {
	*httptest.ResponseRecorder
	limited bool
}

func (w *limitedRecorder) SetWriteDeadline(end time.Time) error {
	w.limited = !end.IsZero()
	return nil
}

func (w *limitedRecorder) SetReadDeadline(time.Time) error { return nil }

// A panic on the quick way is told, logged and counted as one on the router's.
func TestQuickTilesRecover(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(*http.Request, Right, Scope) error {
			if broken.Load() {
				panic("boom")
			}
			return nil
		}
	})
	path := fmt.Sprintf("/tiles/%d/grids/0/0/0.mvt", s.plan)
	s.get(t, path).wants(204)
	broken.Store(true)
	got := s.answered(s.handler(), httptest.NewRequest(http.MethodGet, path, nil))
	want := s.answered(s.routed(), httptest.NewRequest(http.MethodGet, path, nil))
	got.limited = want.limited // a problem of a few bytes is never slow
	if want.status != 500 || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v; by the router %+v", got, want)
	}
	if logged := strings.Count(s.log.String(), "cause=boom"); logged != 2 {
		t.Errorf("%d panics in the log, want 2: %s", logged, s.log)
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
