package api

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
)

// gridSeen is what these tests ask of a grid.
type gridSeen struct {
	ID         geo.GridID
	Parent     geo.GridID
	Tier, Code string
	Kind       geo.Kind
	Drawn      bool
	Bounds     [4]float64
	Counts     geo.Tally
	AreaM2     float64 `json:"area_m2"`
	Interior   [2]float64
	Children   int
	Neighbours []struct {
		ID   geo.GridID
		Kind geo.Kind
	}
}

type editSeen struct {
	Plan     geo.PlanID
	Revision geo.Revision
	Op, By   string
	Grids    []struct {
		ID            geo.GridID
		Before, After *struct {
			Code         string
			Predecessors []geo.GridID
			Geometry     struct{ Type string }
		}
	}
	Moved []struct {
		Tier       string
		From, To   *struct{ ID geo.GridID }
		AreaM2     float64 `json:"area_m2"`
		Households int64
		Persons    int64
	}
}

// makeDraft copies the plan in force.
func (s *service) makeDraft(t testing.TB) geo.Plan {
	t.Helper()
	made := s.call(t, "POST", "/v1/plans", fmt.Sprintf(`{"territory":%d,"name":"调整"}`, s.territory)).wants(http.StatusCreated)
	var plan geo.Plan
	made.into(&plan)
	if plan.State != geo.Draft || made.header.Get("Location") != fmt.Sprintf("/v1/plans/%d", plan.ID) || made.header.Get("ETag") != etag(plan.Revision) {
		t.Fatalf("draft %+v, header %v", plan, made.header)
	}
	return plan
}

func (s *service) edit(t testing.TB, plan geo.PlanID, body string, headers ...string) answer {
	t.Helper()
	return s.call(t, "POST", fmt.Sprintf("/v1/plans/%d/edits", plan), body, headers...)
}

// edited sends an edit that must be done.
func (s *service) edited(t testing.TB, plan geo.PlanID, body string, headers ...string) editSeen {
	t.Helper()
	a := s.edit(t, plan, body, headers...).wants(200)
	var e editSeen
	a.into(&e)
	if a.header.Get("ETag") != etag(e.Revision) || a.header.Get("Gridmap-Revision") != revisionText(e.Revision) {
		t.Errorf("revision %d, header %v", e.Revision, a.header)
	}
	return e
}

// grids lists a plan's general drawn grids of a tier.
func (s *service) grids(t testing.TB, plan geo.PlanID, tier string) []gridSeen {
	t.Helper()
	var page struct{ Grids []gridSeen }
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=%s&kind=general&drawn=true&limit=1000", plan, tier)).wants(200).into(&page)
	return page.Grids
}

func (s *service) grid(t testing.TB, plan geo.PlanID, id geo.GridID) gridSeen {
	t.Helper()
	var g gridSeen
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d?neighbours=true", plan, id)).wants(200).into(&g)
	return g
}

// pairs finds siblings of a tier that have a border with each other, no grid
// in two pairs.
func (s *service) pairs(t testing.TB, plan geo.PlanID, tier string) [][2]gridSeen {
	t.Helper()
	var found [][2]gridSeen
	taken := map[geo.GridID]bool{}
	all := s.grids(t, plan, tier)
	for _, g := range all {
		for _, n := range s.grid(t, plan, g.ID).Neighbours {
			i := slices.IndexFunc(all, func(o gridSeen) bool { return o.ID == n.ID && o.Parent == g.Parent })
			if i < 0 || taken[g.ID] || taken[n.ID] {
				continue
			}
			taken[g.ID], taken[n.ID] = true, true
			found = append(found, [2]gridSeen{s.grid(t, plan, g.ID), s.grid(t, plan, n.ID)})
		}
	}
	if len(found) == 0 {
		t.Fatalf("no two siblings of tier %s share a border", tier)
	}
	return found
}

// across is a split of a grid from west to east through its middle.
func (g gridSeen) across() string {
	lat := (g.Bounds[1] + g.Bounds[3]) / 2
	return fmt.Sprintf(`{"op":"split","grid":%d,"line":{"type":"LineString","coordinates":[[%.7f,%.7f],[%.7f,%.7f]]}}`,
		g.ID, g.Bounds[0]-0.0001, lat, g.Bounds[2]+0.0001, lat+0.0000013)
}

func mergeOf(pair [2]gridSeen) string {
	return fmt.Sprintf(`{"op":"merge","grids":[%d,%q],"keep":%q}`, pair[0].ID, pair[1].Code, pair[0].Code)
}

// A draft shows its edits at once, and the plan in force knows nothing of them.
func TestDraftShowsItsEdits(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	done := s.edited(t, draft.ID, mergeOf(pair), "If-Match", etag(draft.Revision))
	if done.Op != "merge" || done.Plan != draft.ID || done.Revision <= draft.Revision || done.By != "anonymous" {
		t.Errorf("answered %+v", done)
	}
	var persons, households int64
	var area float64
	for _, m := range done.Moved {
		if m.Tier == "primary" && m.From != nil && m.From.ID == pair[1].ID && m.To != nil && m.To.ID == pair[0].ID {
			persons, households, area = persons+m.Persons, households+m.Households, area+m.AreaM2
		}
	}
	if persons != pair[1].Counts.Resident || households != pair[1].Counts.Households || math.Abs(area-pair[1].AreaM2) > 1 {
		t.Errorf("%d persons of %d households and %.1f m² moved, want those of the grid that went: %+v, %.1f m²",
			persons, households, area, pair[1].Counts, pair[1].AreaM2)
	}
	one := s.grid(t, draft.ID, pair[0].ID)
	if one.Counts.Resident != pair[0].Counts.Resident+pair[1].Counts.Resident || math.Abs(one.AreaM2-pair[0].AreaM2-pair[1].AreaM2) > 1 {
		t.Errorf("after the merge %+v", one)
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d", draft.ID, pair[1].ID)).refused(404, "not-found", "")
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids/%d", s.plan, pair[1].ID)).wants(200)
	found := s.locatedIn(t, draft.ID, pair[1].Interior)
	if !slices.Contains(found, pair[0].ID) || slices.Contains(found, pair[1].ID) {
		t.Errorf("a point of the grid that went is located in %v, want in %d", found, pair[0].ID)
	}
	if found := s.locatedIn(t, s.plan, pair[1].Interior); !slices.Contains(found, pair[1].ID) {
		t.Errorf("the plan in force locates it in %v", found)
	}
	s.testTilesFollow(t, draft.ID, pair[0])
	s.get(t, fmt.Sprintf("/v1/plans/%d?min_revision=%d", draft.ID, done.Revision)).wants(200)
	s.limits.Wait = 30 * time.Millisecond
	s.get(t, fmt.Sprintf("/v1/plans/%d?min_revision=%d", draft.ID, done.Revision+1000)).refused(503, "behind", "min_revision")
}

// locatedIn returns the chain of grids that a plan has at a place.
func (s *service) locatedIn(t testing.TB, plan geo.PlanID, at [2]float64) []geo.GridID {
	t.Helper()
	var located struct{ Chain []struct{ ID geo.GridID } }
	s.get(t, fmt.Sprintf("/v1/locate?lon=%.7f&lat=%.7f&plan=%d", at[0], at[1], plan)).wants(200).into(&located)
	var ids []geo.GridID
	for _, g := range located.Chain {
		ids = append(ids, g.ID)
	}
	return ids
}

// testTilesFollow splits a grid and holds its tile before against after.
func (s *service) testTilesFollow(t *testing.T, plan geo.PlanID, g gridSeen) {
	const zoom = 12
	x := int((g.Interior[0] + 180) / 360 * (1 << zoom))
	lat := g.Interior[1] * math.Pi / 180
	y := int((1 - math.Log(math.Tan(lat)+1/math.Cos(lat))/math.Pi) / 2 * (1 << zoom))
	path := fmt.Sprintf("/tiles/%d/primary/%d/%d/%d.mvt", plan, zoom, x, y)
	before := s.get(t, path).wants(200)
	s.edited(t, plan, s.grid(t, plan, g.ID).across())
	after := s.get(t, path).wants(200)
	if before.header.Get("ETag") == after.header.Get("ETag") || bytes.Equal(before.body, after.body) {
		t.Errorf("the tile %s stays as it was after a split: ETag %s", path, after.header.Get("ETag"))
	}
}

// An edit drawn at an older revision is refused where others were at work, and
// only there; the refusal says what they did.
func TestEditsOfSeveralPlanners(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pairs := s.pairs(t, draft.ID, "primary")
	if len(pairs) < 2 {
		t.Fatal("the county has too few grids for this test")
	}
	seen := etag(draft.Revision)
	s.edited(t, draft.ID, mergeOf(pairs[0]), "If-Match", seen)
	late := s.edit(t, draft.ID, pairs[0][0].across(), "If-Match", seen)
	late.refused(412, "stale", "If-Match")
	var p struct {
		Changed struct {
			Base, Revision geo.Revision
			Grids          []geo.GridID
			Since          []struct{ Op, By string }
		}
	}
	late.into(&p)
	if p.Changed.Base != draft.Revision || p.Changed.Revision <= draft.Revision || !slices.Contains(p.Changed.Grids, pairs[0][0].ID) ||
		len(p.Changed.Since) != 1 || p.Changed.Since[0].Op != "merge" {
		t.Errorf("the refusal tells %+v", p.Changed)
	}
	elsewhere := pairs[1]
	s.edited(t, draft.ID, elsewhere[0].across(), "If-Match", seen)

	// A repeat under one key is the first answer; another request is refused.
	key := []string{"Idempotency-Key", "split-1"}
	first := s.edit(t, draft.ID, elsewhere[1].across(), key...).wants(200)
	if again := s.edit(t, draft.ID, elsewhere[1].across(), key...).wants(200); !bytes.Equal(first.body, again.body) {
		t.Errorf("repeated: %s, first %s", again.body, first.body)
	}
	s.edit(t, draft.ID, mergeOf(elsewhere), key...).refused(409, "conflict", "")
}

// Whatever cannot be done is refused by name and leaves the draft as it was.
func TestEditsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) { c.Limits.Body = 64 << 10 })
	draft := s.makeDraft(t)
	before := s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full", draft.ID)).wants(200)
	g := s.grids(t, draft.ID, "micro")[0]
	far := `{"type":"Polygon","coordinates":[[[100,30],[100.1,30],[100.1,30.1],[100,30]]]}`
	bow := `{"type":"Polygon","coordinates":[[[110.5,37.5],[110.51,37.51],[110.51,37.5],[110.5,37.51],[110.5,37.5]]]}`
	tests := []struct {
		name, body  string
		status      int
		kind, field string
		line        int
	}{
		{"a line beside the grid", fmt.Sprintf(`{"op":"split","grid":%d,"line":{"type":"LineString","coordinates":[[1,1],[2,2]]}}`, g.ID), 422, "edit", "line", 0},
		{"a line without length", fmt.Sprintf(`{"op":"split","grid":%d,"line":{"type":"LineString","coordinates":[[110.5,37.5],[110.5,37.5]]}}`, g.ID), 422, "edit", "line", 0},
		{"a region elsewhere", fmt.Sprintf(`{"op":"transfer","to":%d,"region":%s}`, g.ID, far), 422, "edit", "region", 0},
		{"a region that crosses itself", fmt.Sprintf(`{"op":"transfer","to":%d,"region":%s}`, g.ID, bow), 422, "edit", "region", 0},
		{"a merge with itself", fmt.Sprintf(`{"op":"merge","grids":[%d,%d]}`, g.ID, g.ID), 422, "edit", "grids", 0},
		{"a code of nobody", `{"op":"retire","grid":"nobody"}`, 422, "invalid-record", "grid", 0},
		{"an id of nobody", `{"op":"retire","grid":999999}`, 404, "not-found", "", 0},
		{"a second edit that cannot be", fmt.Sprintf(`{"edits":[%s,{"op":"retire","grid":999999}]}`, g.across()), 404, "not-found", "", 2},
		{"a second edit that is not read", fmt.Sprintf(`{"edits":[%s,{"op":"retire"}]}`, g.across()), 400, "invalid-request", "grid", 2},
		{"too large a body", `{"op":"retire","grid":"` + strings.Repeat("a", 80<<10) + `"}`, 413, "too-large", "body", 0},
		{"no JSON", `op=split`, 400, "invalid-request", "body", 0},
		{"no body", ``, 400, "invalid-request", "body", 0},
	}
	for _, tt := range tests {
		a := s.edit(t, draft.ID, tt.body)
		a.refused(tt.status, tt.kind, tt.field)
		var p struct {
			Line     int
			Message  check.Message
			Findings *struct {
				Features []struct {
					Properties struct {
						Reason  string
						Message check.Message
					}
				}
			}
		}
		if a.into(&p); p.Line != tt.line {
			t.Errorf("%s: line %d, want %d", tt.name, p.Line, tt.line)
		}
		if tt.kind == "edit" && (p.Findings == nil || len(p.Findings.Features) != 1 || p.Findings.Features[0].Properties.Reason == "" ||
			p.Message.ZH == "" || p.Message.EN == "" || p.Findings.Features[0].Properties.Message != p.Message) {
			t.Errorf("%s: findings %+v", tt.name, p.Findings)
		}
	}
	s.edit(t, draft.ID, g.across(), "If-Match", `"x"`).refused(400, "invalid-request", "If-Match")
	s.edit(t, draft.ID, g.across(), "Content-Type", typeCSV).refused(415, "media-type", "Content-Type")
	s.edit(t, s.plan, g.across()).refused(409, "state", "")
	s.edit(t, 999999, g.across()).refused(404, "not-found", "")
	after := s.get(t, fmt.Sprintf("/v1/plans/%d/grids?geometry=full", draft.ID)).wants(200)
	if !bytes.Equal(before.body, after.body) {
		t.Error("what was refused changed the draft")
	}
}

func TestCreatePlanRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf(`{"territory":%d,`, s.territory)
	s.call(t, "POST", "/v1/plans", `{"name":"a"}`).refused(400, "invalid-request", "territory")
	s.call(t, "POST", "/v1/plans", of+`"name":"a","from":-1}`).refused(400, "invalid-request", "from")
	s.call(t, "POST", "/v1/plans", of+`"name":""}`).refused(422, "invalid-record", "name")
	s.call(t, "POST", "/v1/plans", of+`"name":"a","from":999999}`).refused(404, "not-found", "")
	s.call(t, "POST", "/v1/plans", of+`"name":"a","colour":"red"}`).refused(400, "invalid-request", "colour")
	s.call(t, "POST", "/v1/plans", `{"territory":999999,"name":"a"}`).refused(404, "not-found", "")
}

// Edits over HTTP to durable commits, with all that is told of them: one grid
// after the other is split. huize has 5,254 grids.
func BenchmarkEdit(b *testing.B) {
	for _, county := range []string{"mini", "lan", "huize"} {
		b.Run(county, func(b *testing.B) {
			s := serve(b, county, nil)
			draft := s.makeDraft(b)
			edits := make([]string, 0, 500)
			for _, g := range s.grids(b, draft.ID, "primary") {
				edits = append(edits, g.across())
			}
			url := fmt.Sprintf("%s/v1/plans/%d/edits", s.url, draft.ID)
			s.edit(b, draft.ID, edits[0]) // the store takes the draft into memory
			var took []time.Duration
			for i := 1; b.Loop(); i++ {
				// A grid of which the middle is outside it is refused as fast.
				begun := time.Now()
				answer, err := http.Post(url, typeJSON, strings.NewReader(edits[i%len(edits)]))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, answer.Body); err != nil {
					b.Fatal(err)
				}
				answer.Body.Close()
				took = append(took, time.Since(begun))
			}
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1e3, "p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1e3, "p99-ms")
		})
	}
}
