package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
)

// publicOf asks for the public page of a grid.
func (s *service) publicOf(t testing.TB, code, query string) (seen publicSeen) {
	t.Helper()
	s.get(t, "/v1/public/grids/"+url.PathEscape(code)+query).wants(200).into(&seen)
	return seen
}

// A publicSeen is what the tests read of a public page.
type publicSeen struct {
	State      string
	Choices    []publicRefJSON
	Successors []publicRefJSON
	Grid       struct {
		Code, TextBounds string
		Drawn            bool
		Geometry         *struct{ Type string }
	}
	Territory   publicNameJSON
	Chain       []publicNameJSON
	Leader      *publicPostJSON
	Workers     []publicPostJSON
	Supervision []publicPostJSON
	Duties      []publicDutyJSON
	Around      []struct{ Code string }
	Within      *struct{ Type string }
}

// membersOf collects the names of all members of a JSON value.
func membersOf(v any, names map[string]bool) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			names[name] = true
			membersOf(inner, names)
		}
	case []any:
		for _, inner := range v {
			membersOf(inner, names)
		}
	}
}

// Of every grid the page tells who is on duty, and of nobody else name or
// telephone; of households nothing at all.
func TestPublicPageTellsDutiesOnly(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	leaf := county.Grids[len(county.Grids)-1].ID
	for i := range county.Workers {
		w := &county.Workers[i]
		w.Name, w.Phone = fmt.Sprintf("员工%03d号", i), fmt.Sprintf("139%08d", i)
	}
	// One who is on duty today, one whose duty is over, one who holds no duty.
	// That the community worker is public the territory says; who holds the role of
	// a liaison is nobody's business.
	for i := range county.Roles {
		if r := &county.Roles[i]; r.Code == "community_worker" {
			r.Public = true
		} else if r.Code == "dedicated_worker" {
			r.Public = false
		}
	}
	for i, a := range []geo.Assignment{{Role: "grid_worker"}, {Role: "grid_worker", Valid: geo.Period{To: 20250101}}, {Role: "liaison"}, {Role: "community_worker"}} {
		a.ID, a.Worker, a.Grid, a.Permille = geo.AssignmentID(9000+i), county.Workers[i].ID, leaf, 100
		county.Assignments = append(county.Assignments, a)
	}
	s := serveCounty(t, county, nil)
	a, _ := s.live.Get(s.territory)
	v := viewOf(a, s.today())
	pages, named := 0, 0
	for i := range v.s.Grids {
		if !shownToAll(&v.s.Grids[i]) {
			continue
		}
		pages++
		body := string(s.get(t, "/v1/public/grids/"+url.PathEscape(v.s.Grids[i].Code)).wants(200).body)
		public := map[geo.WorkerID]bool{} // by duty in the grid, or by leading or supervising it from above
		for at := i; at >= 0; at = a.Tree().Parent(at) {
			for _, held := range a.Workers(at, v.asOf) {
				role := held.Assignment.Role
				public[held.Worker.ID] = public[held.Worker.ID] || role == "leader" || role == "micro_leader" || role == "supervisor" ||
					at == i && (role == "grid_worker" || role == "community_worker")
			}
		}
		for k := range v.s.Workers {
			w := &v.s.Workers[k]
			shown := strings.Contains(body, w.Name) || strings.Contains(body, w.Phone)
			if shown && !public[w.ID] {
				t.Fatalf("the page of %s tells of %s: %s", v.s.Grids[i].Code, w.Number, body)
			}
			if shown {
				named++
			}
		}
		for _, h := range county.Households {
			if strings.Contains(body, h.Ref) || h.Address != "" && strings.Contains(body, h.Address) {
				t.Fatalf("the page of %s tells of household %s", v.s.Grids[i].Code, h.Ref)
			}
		}
		noPrivateMembers(t, body)
	}
	if pages < 10 || named < 10 {
		t.Errorf("%d pages name %d workers: nothing was tested", pages, named)
	}
	page := s.publicOf(t, v.s.Grids[slices.IndexFunc(v.s.Grids, func(g geo.Grid) bool { return g.Code == county.Grids[len(county.Grids)-1].Code })].Code, "")
	if !slices.ContainsFunc(page.Workers, func(p publicPostJSON) bool {
		return p.Name == "员工000号" && p.Phone == "13900000000" && p.Role.Code == "grid_worker"
	}) {
		t.Errorf("who is on duty is not named: %+v", page.Workers)
	}
	if !slices.ContainsFunc(page.Workers, func(p publicPostJSON) bool { return p.Name == "员工003号" && p.Role.Code == "community_worker" }) {
		t.Errorf("who holds a role that is public is not named: %+v", page.Workers)
	}
}

// noPrivateMembers fails where an answer has a member that is none of the
// public's business.
func noPrivateMembers(t *testing.T, body string) {
	t.Helper()
	var whole any
	if err := json.Unmarshal([]byte(body), &whole); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	membersOf(whole, names)
	for _, name := range []string{"id", "number", "counts", "households", "persons", "resident", "registered", "occupied", "groups", "employment",
		"org", "trained_on", "active", "worker", "ref", "address"} {
		if names[name] {
			t.Fatalf("the page has a member %q: %s", name, body)
		}
	}
}

// A grid has its ground and neighbours on the page, leader and duties; a grid
// without people of its own has the leader above it, and says of what.
func TestPublicPageOfAGrid(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	a, _ := s.live.Get(s.territory)
	v := viewOf(a, s.today())
	led, above, wider := false, false, false
	for i := range v.s.Grids {
		g := &v.s.Grids[i]
		if !shownToAll(g) {
			continue
		}
		page := s.publicOf(t, g.Code, "")
		if page.State != "in_force" || page.Grid.Code != g.Code || page.Territory.Code != v.s.Territory.Code || len(page.Chain) != len(a.Chain(i))-1 {
			t.Fatalf("%s: %+v", g.Code, page)
		}
		seen := map[string]bool{}
		for _, n := range page.Around {
			seen[n.Code] = true
		}
		for _, k := range v.bordering(i) {
			if !seen[v.s.Grids[k].Code] && shownToAll(&v.s.Grids[k]) {
				t.Errorf("%s: the neighbour %s is not on the map", g.Code, v.s.Grids[k].Code)
			}
		}
		for _, k := range a.Chain(i) {
			if seen[v.s.Grids[k].Code] {
				t.Errorf("%s: %s, which it lies in, is drawn beside it", g.Code, v.s.Grids[k].Code)
			}
		}
		wider = wider || len(seen) > len(v.bordering(i))
		if len(seen) < len(v.bordering(i)) || page.Grid.Drawn != (page.Grid.Geometry != nil) {
			t.Errorf("%s: %d neighbours, want %d; drawn %t", g.Code, len(page.Around), len(v.bordering(i)), page.Grid.Drawn)
		}
		for _, p := range page.Supervision {
			if p.Phone == "" || p.Role.Code != "supervisor" || page.Leader != nil && p.Name == page.Leader.Name ||
				slices.ContainsFunc(page.Workers, func(w publicPostJSON) bool { return w.Name == p.Name }) {
				t.Errorf("%s: supervised by %+v, led by %+v, served by %+v", g.Code, p, page.Leader, page.Workers)
			}
		}
		if page.Leader != nil && g.Tier >= 3 && len(page.Supervision) == 0 {
			t.Errorf("%s: nobody supervises", g.Code)
		}
		if want := v.leader(i); (want == nil) != (page.Leader == nil) {
			t.Errorf("%s: leader %+v, want %+v", g.Code, page.Leader, want)
		} else if want != nil {
			led = led || want.Grid == g.Code && page.Leader.Of == nil && page.Leader.Name == want.Name && len(page.Duties) > 0 && page.Duties[0].Role.Code == want.Role
			above = above || want.Grid != g.Code && page.Leader.Of != nil && page.Leader.Of.Code == want.Grid
		}
	}
	if !led || !above || !wider {
		t.Errorf("a leader of its own %t, one from above %t; beside a partial tier units above %t", led, above, wider)
	}
}

// The telephone for complaints is that of the roles that supervise, where the
// profile names any, else of the next leader up; never of the grid's own leader.
func TestPublicPageTellsWhoSupervises(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	post := func(id geo.AssignmentID, w int, g geo.GridID, role string) {
		county.Workers[w].Phone = fmt.Sprintf("1380000000%d", w)
		county.Assignments = append(county.Assignments, geo.Assignment{ID: id, Worker: county.Workers[w].ID, Grid: g, Role: role, Permille: 10})
	}
	leaf := county.Grids[len(county.Grids)-1]
	post(9001, 0, county.Grids[0].ID, "liaison")
	post(9002, 1, county.Grids[0].ID, "leader")
	for i := range county.Assignments[:len(county.Assignments)-2] {
		if county.Assignments[i].Role == "leader" {
			county.Assignments[i].Role = "assistant" // nobody else leads
		}
	}
	post(9003, 2, leaf.ID, "leader")
	county.Profiles = nil
	s := serveCounty(t, county, nil)
	page := s.publicOf(t, leaf.Code, "")
	if len(page.Supervision) != 1 || page.Supervision[0].Phone != "13800000001" || page.Supervision[0].Of.Code != county.Grids[0].Code {
		t.Errorf("supervised by %+v, want the leader of the county", page.Supervision)
	}
	s.call(t, "POST", fmt.Sprintf("/v1/profiles?territory=%d", s.territory), `{"code":"P","name":{"zh":"标准"},"valid":{},"rules":{"STF-10":{"roles":["liaison"]}}}`).wants(http.StatusCreated)
	revision, _ := s.store.Revision(t.Context(), s.territory)
	if err := s.await(t.Context(), s.territory, revision); err != nil {
		t.Fatal(err)
	}
	for _, p := range s.publicOf(t, county.Grids[0].Code, "").Supervision {
		if p.Phone == "13800000001" {
			t.Error("the county's leader supervises the county's leader")
		}
	}
	page = s.publicOf(t, leaf.Code, "")
	if len(page.Supervision) != 1 || page.Supervision[0].Phone != "13800000000" || page.Supervision[0].Role.Code != "liaison" {
		t.Errorf("supervised by %+v, want the role that the profile names", page.Supervision)
	}
}

// threeInARow finds three siblings of which the second borders on the others.
func (s *service) threeInARow(t *testing.T) (a, b, c gridSeen) {
	t.Helper()
	all := s.grids(t, s.plan, "village")
	for _, g := range all {
		b = s.grid(t, s.plan, g.ID)
		var beside []gridSeen
		for _, n := range b.Neighbours {
			if i := slices.IndexFunc(all, func(o gridSeen) bool { return o.ID == n.ID && o.Parent == g.Parent }); i >= 0 {
				beside = append(beside, all[i])
			}
		}
		if len(beside) > 1 {
			return beside[0], b, beside[1]
		}
	}
	t.Fatal("no three grids lie in a row")
	return
}

// A grid that is gone says what took its place, over two plans.
func TestPublicPageOfARetiredGrid(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	merge := func(keep, gone gridSeen) {
		t.Helper()
		draft := s.makeDraft(t)
		s.edit(t, draft.ID, fmt.Sprintf(`{"op":"merge","grids":[%d,%d],"keep":%d}`, keep.ID, gone.ID, keep.ID)).wants(200)
		s.publish(t, draft.ID)
		s.plan = draft.ID
		revision, _ := s.store.Revision(t.Context(), s.territory)
		if err := s.await(t.Context(), s.territory, revision); err != nil {
			t.Fatal(err)
		}
	}
	a, b, c := s.threeInARow(t)
	merge(b, a)
	page := s.publicOf(t, a.Code, "")
	if page.State != "retired" || page.Grid.Code != a.Code || len(page.Successors) != 1 || page.Successors[0].Code != b.Code || page.Leader != nil {
		t.Fatalf("of the grid that is gone: %+v", page)
	}
	merge(c, b)
	for _, gone := range []gridSeen{a, b} {
		if page := s.publicOf(t, gone.Code, ""); page.State != "retired" || len(page.Successors) != 1 || page.Successors[0].Code != c.Code {
			t.Errorf("%s is followed by %+v, want %s", gone.Code, page.Successors, c.Code)
		}
	}
	if page := s.publicOf(t, c.Code, ""); page.State != "in_force" {
		t.Errorf("the heir is %s", page.State)
	}
}

// What is not drawn has a page without a map; two territories with one code
// are told apart; where nothing is, programs see it and people read it.
func TestPublicPageUndrawnSeveralUnknown(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) {
		c.Web = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			http.ServeFileFS(w, r, fstest.MapFS{"grid.html": {Data: []byte("<p>page")}}, "grid.html")
		})
	})
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	other := county.Snapshot
	other.Territory.ID, other.Territory.Code, other.Plan.ID = 999, "990198000000", 999
	g := &other.Grids[len(other.Grids)-1]
	g.Boundary, g.TextBounds = nil, "东至河"
	picture, err := atlas.New(&other)
	if err != nil {
		t.Fatal(err)
	}
	s.live.Set(picture)
	t.Run("several", func(t *testing.T) {
		page := s.publicOf(t, g.Code, "")
		if page.State != "several" || len(page.Choices) != 2 || page.Choices[0].Territory.Code == page.Choices[1].Territory.Code || page.Leader != nil {
			t.Fatalf("%+v", page)
		}
		if page := s.publicOf(t, g.Code, "?in="+county.Territory.Code); page.State != "in_force" || page.Territory.Code != county.Territory.Code || !page.Grid.Drawn {
			t.Errorf("the first of two: %+v", page)
		}
	})
	t.Run("undrawn", func(t *testing.T) {
		page := s.publicOf(t, g.Code, "?in=990198000000")
		if page.State != "in_force" || page.Grid.Drawn || page.Grid.Geometry != nil || len(page.Around) != 0 || page.Within != nil {
			t.Errorf("%+v", page)
		}
		if body := s.get(t, "/v1/public/grids/"+url.PathEscape(g.Code)+"?in=990198000000").wants(200).body; !strings.Contains(string(body), "东至河") {
			t.Errorf("the bounds in words are missing: %s", body)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		s.get(t, "/v1/public/grids/000").refused(404, "not-found", "")
		s.get(t, "/v1/public/grids/"+url.PathEscape(g.Code)+"?in=elsewhere").refused(404, "not-found", "")
		for path, status := range map[string]int{"/g/000": 404, "/g/000/board?size=A4": 404, "/g/" + g.Code: 200, "/g/" + g.Code + "?in=990198000000": 200, "/g/" + g.Code + "?in=elsewhere": 404} {
			if got := s.get(t, path); got.status != status || string(got.body) != "<p>page" {
				t.Errorf("GET %s: %d %s, want %d with the page", path, got.status, got.body, status)
			}
		}
	})
}

// Who may not see a territory's boards sees no sign of the territory.
func TestPublicPageAsksAllow(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, scope Scope) error {
			if right == Public && scope.Territory == 0 || right == Open {
				return nil
			}
			return ErrForbidden
		}
	})
	a, _ := s.live.Get(s.territory)
	s.get(t, "/v1/public/grids/"+url.PathEscape(a.Grid(1).Code)).refused(404, "not-found", "")
}
