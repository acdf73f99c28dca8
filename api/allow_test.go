package api

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gridmap/geo"
)

// realPath fills a route's path with what exists.
func (s *service) realPath(rt route) string {
	path := strings.NewReplacer("{t}", fmt.Sprint(s.territory), "{p}", fmt.Sprint(s.plan), "{g}", "1", "{id}", "1",
		"{layer}", "primary", "{z}", "0", "{x}", "0", "{y}", "0", "{name}", "light").Replace(rt.path)
	query := ""
	for _, name := range rt.query {
		switch name {
		case "territory":
			query += fmt.Sprintf("&territory=%d", s.territory)
		case "lon", "lat":
			query += "&" + name + "=37.5"
		}
	}
	if query != "" {
		path += "?" + query[1:]
	}
	return path
}

// A question that allow was asked.
type asked struct {
	right Right
	scope Scope
}

// A gate is an Allow that remembers what it was asked.
type gate struct {
	mu    sync.Mutex
	asked []asked
	deny  func(asked) bool
}

func (g *gate) allow(_ *http.Request, right Right, scope Scope) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	a := asked{right, scope}
	g.asked = append(g.asked, a)
	if g.deny(a) {
		return fmt.Errorf("%w: %s", ErrForbidden, right)
	}
	return nil
}

// Every call, every method of every path, and every path that is none asks
// allow before it does anything.
func TestEveryRouteAsksAllow(t *testing.T) {
	t.Parallel()
	g := &gate{deny: func(asked) bool { return true }}
	s := serve(t, "mini", func(c *Config) { c.Allow = g.allow })
	for _, rt := range table() {
		path := s.realPath(rt)
		g.asked = nil
		body := ""
		if rt.method != http.MethodGet && rt.method != http.MethodDelete {
			body = "{}"
		}
		s.call(t, rt.method, path, body).refused(403, "forbidden", "")
		if len(g.asked) != 1 || g.asked[0].right != rt.right {
			t.Errorf("%s %s: asked %+v, want the right %s", rt.method, path, g.asked, rt.right)
		}
		s.call(t, http.MethodOptions, path, "").refused(403, "forbidden", "")
		s.call(t, "PROPFIND", path, "").refused(403, "forbidden", "")
	}
	for _, path := range []string{"/", "/wall", "/v1/nothing", "/index.html"} {
		s.get(t, path).refused(403, "forbidden", "")
	}
	var figure struct{ Workers []any }
	s.Server.allow = LoopbackOnly
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d&number=X", s.territory)).wants(200).into(&figure)
}

// What belongs to a territory is asked for with that territory, also where
// the address does not name it.
func TestAllowIsAskedForTheTerritory(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s := serve(t, "mini", func(c *Config) { c.Allow = g.allow })
	g.deny = func(a asked) bool { return a.scope.Territory == s.territory }
	plan := fmt.Sprintf("/v1/plans/%d", s.plan)
	for _, path := range []string{plan, plan + "/grids", plan + "/grids/1", plan + "/check", plan + "/edits", plan + "/diff?against=1", "/v1/workers/1", "/v1/households/1",
		fmt.Sprintf("/tiles/%d/primary/0/0/0.mvt", s.plan), fmt.Sprintf("/tiles/%d/households/12/0/0.mvt", s.plan), fmt.Sprintf("/tiles/%d/tilejson.json", s.plan),
		fmt.Sprintf("/styles/light.json?plan=%d", s.plan), fmt.Sprintf("/v1/locate?lon=1&lat=1&plan=%d", s.plan)} {
		s.get(t, path).refused(403, "forbidden", "")
	}
	s.call(t, "DELETE", "/v1/workers/1", "").refused(403, "forbidden", "")
	s.call(t, "PATCH", "/v1/workers/1", `{"name":"x"}`).refused(403, "forbidden", "")
	s.call(t, "POST", "/v1/checks", fmt.Sprintf(`{"plan":%d}`, s.plan)).refused(403, "forbidden", "")
	s.call(t, "POST", "/v1/plans", fmt.Sprintf(`{"territory":%d,"name":"x"}`, s.territory)).refused(403, "forbidden", "")
	s.call(t, "POST", plan+"/edits", `{"op":"retire","grid":1}`).refused(403, "forbidden", "")
	s.call(t, "POST", plan+"/undo", "").refused(403, "forbidden", "")
	s.call(t, "POST", plan+"/redo", "").refused(403, "forbidden", "")
	s.call(t, "POST", plan+"/state", `{"to":"reviewed"}`).refused(403, "forbidden", "")

	var list struct{ Territories []any }
	s.get(t, "/v1/territories").wants(200).into(&list)
	var checks struct{ Reports []any }
	s.call(t, "POST", "/v1/checks", `{}`).wants(200).into(&checks)
	var found locatedView
	s.get(t, "/v1/locate?lon=110.5&lat=37.5").wants(200).into(&found)
	if len(list.Territories) != 0 || len(checks.Reports) != 0 || found.Found {
		t.Errorf("a territory that is not allowed shows: %+v, %+v, %+v", list, checks, found)
	}
}

// A record's territory is looked up, never taken from the caller's word.
func TestStatedTerritoryDoesNotOpenAnother(t *testing.T) {
	t.Parallel()
	g := &gate{}
	s := serve(t, "mini", func(c *Config) { c.Allow = g.allow })
	g.deny = func(a asked) bool { return a.scope.Territory == s.territory }
	other := geo.TerritoryID(77)
	s.get(t, fmt.Sprintf("/v1/workers/1?territory=%d", other)).refused(404, "not-found", "")
	s.call(t, "DELETE", fmt.Sprintf("/v1/workers/1?territory=%d", other), "").refused(404, "not-found", "")
	s.call(t, "PATCH", fmt.Sprintf("/v1/workers/1?territory=%d", other), `{"name":"x"}`).refused(404, "not-found", "")
	g.deny = func(asked) bool { return false }
	s.get(t, "/v1/workers/1").wants(200)
}

func TestLoopbackOnly(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, remote, host string
		want               bool
	}{
		{"this machine by address", "127.0.0.1:50000", "127.0.0.1:8080", true},
		{"this machine by name", "127.0.0.1:50000", "localhost:8080", true},
		{"this machine in IPv6", "[::1]:50000", "[::1]:8080", true},
		{"without a port", "127.0.0.1:50000", "localhost", true},
		{"IPv6 without a port", "[::1]:50000", "[::1]", true},
		{"IPv4 in IPv6", "[::ffff:127.0.0.1]:50000", "127.0.0.1:8080", true},
		{"a zone", "127.0.0.1:50000", "[::1%lo]:8080", false},
		{"numbers of another form", "127.0.0.1:50000", "127.1:8080", false},
		{"another machine", "192.0.2.7:50000", "127.0.0.1:8080", false},
		{"a page that points its own name here", "127.0.0.1:50000", "evil.example:8080", false},
		{"a name that only begins like ours", "127.0.0.1:50000", "localhost.evil.example", false},
		{"no host", "127.0.0.1:50000", "", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: tt.remote, Host: tt.host}
			if got := LoopbackOnly(r, Edit, Scope{}) == nil; got != tt.want {
				t.Errorf("allowed: %v, want %v", got, tt.want)
			}
		})
	}
}

// Cells that tell of single households are for those who may read households,
// at every zoom.
func TestHouseholdTilesAskForHouseholds(t *testing.T) {
	t.Parallel()
	g := &gate{deny: func(a asked) bool { return a.right == Households }}
	s := serve(t, "mini", func(c *Config) { c.Allow = g.allow })
	for _, z := range []int{0, 11, 12, 16} {
		s.get(t, fmt.Sprintf("/tiles/%d/households/%d/0/0.mvt", s.plan, z)).refused(403, "forbidden", "")
	}
	s.get(t, fmt.Sprintf("/tiles/%d/cells/11/0/0.mvt", s.plan)).wants(204)
}
