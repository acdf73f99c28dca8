package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// commentsOf are the comments that a list answers.
func commentsOf(t *testing.T, s *service, query string) (list []commentJSON) {
	t.Helper()
	var page struct{ Comments []commentJSON }
	s.get(t, fmt.Sprintf("/v1/comments?territory=%d%s", s.territory, query)).wants(200).into(&page)
	return page.Comments
}

// A leader's sketch reaches the planner and is settled with a reply; the
// service says who and when.
func TestCommentsAreLeftAndSettled(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	var grids gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=primary", s.plan)).wants(200).into(&grids)
	one, two := grids.Grids[0], grids.Grids[1]
	sketches := []string{
		`{"type":"Point","coordinates":[110.5,37.5]}`,
		`{"type":"LineString","coordinates":[[110.5,37.5],[110.501,37.5],[110.5,37.501],[110.501,37.501]]}`, // crosses itself
		`{"type":"Polygon","coordinates":[[[110.5,37.5],[110.501,37.5],[110.501,37.501],[110.5,37.5]]]}`,
	}
	for i, sketch := range sketches {
		made := s.call(t, "POST", "/v1/comments"+of, fmt.Sprintf(`{"grid_code":%q,"kind":"correction","text":"第%d处","sketch":%s}`, one.Code, i, sketch)).wants(http.StatusCreated)
		if !strings.Contains(string(made.body), `"sketch":`+sketch) {
			t.Errorf("the sketch %s came back as %s", sketch, made.body)
		}
		var m commentJSON
		made.into(&m)
		if m.Ref == "" || m.Author == "" || m.Written.IsZero() || m.Resolved || int64(m.Grid) != one.ID {
			t.Errorf("made %+v", m)
		}
	}
	s.call(t, "POST", "/v1/comments"+of, fmt.Sprintf(`{"plan":%d,"grid":%d,"text":"请复核"}`, s.plan, two.ID)).wants(http.StatusCreated)
	if n := len(commentsOf(t, s, fmt.Sprintf("&grid=%d", one.ID))); n != 3 {
		t.Errorf("%d comments on the first grid, want 3", n)
	}
	ofPlan := commentsOf(t, s, fmt.Sprintf("&plan=%d", s.plan))
	if len(ofPlan) != 1 || ofPlan[0].Text != "请复核" || ofPlan[0].Kind != "remark" {
		t.Fatalf("of the plan %+v", ofPlan)
	}
	path := fmt.Sprintf("/v1/comments/%d", ofPlan[0].ID)
	var settled commentJSON
	s.call(t, "PATCH", path, `{"resolved":true,"reply":"已核"}`).wants(200).into(&settled)
	if !settled.Resolved || settled.ResolvedAt.IsZero() || settled.ResolvedBy == "" {
		t.Errorf("settled %+v", settled)
	}
	if open, shut := len(commentsOf(t, s, "&open=true")), len(commentsOf(t, s, "&open=false")); open != 3 || shut != 1 {
		t.Errorf("%d open and %d settled, want 3 and 1", open, shut)
	}
	var reopened commentJSON
	s.call(t, "PATCH", path, `{"resolved":false}`).wants(200).into(&reopened)
	if reopened.Resolved || !reopened.ResolvedAt.IsZero() || reopened.ResolvedBy != "" || reopened.Reply != "已核" {
		t.Errorf("opened again: %+v", reopened)
	}
}

// GIS programs open the comments as features.
func TestCommentsAsGeoJSON(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	s.call(t, "POST", "/v1/comments"+of, `{"text":"水渠","sketch":{"type":"LineString","coordinates":[[110.5,37.5],[110.501,37.5]]}}`).wants(http.StatusCreated)
	s.call(t, "POST", "/v1/comments"+of, fmt.Sprintf(`{"text":"整体","plan":%d}`, s.plan)).wants(http.StatusCreated)
	var c struct {
		Type     string
		Features []struct {
			Geometry   *struct{ Type string }
			Properties map[string]any
		}
	}
	got := s.get(t, "/v1/comments"+of+"&f=geojson").wants(200)
	if err := json.Unmarshal(got.body, &c); err != nil || got.header.Get("Content-Type") != typeGeoJSON {
		t.Fatal(err, got.header)
	}
	if len(c.Features) != 2 || c.Features[0].Geometry.Type != "LineString" || c.Features[1].Geometry != nil {
		t.Fatalf("features %s", got.body)
	}
	if c.Features[0].Properties["text"] != "水渠" || c.Features[0].Properties["sketch"] != nil {
		t.Errorf("properties %v", c.Features[0].Properties)
	}
}

func TestCommentsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	long := strings.Repeat("[110.5,37.5],", 2000) + "[110.5,37.5]"
	for _, c := range []struct {
		body   string
		status int
		kind   string
		field  string
	}{
		{`{"text":"哪里"}`, 422, "invalid-record", "sketch"},
		{`{"text":"","plan":1}`, 422, "invalid-record", "text"},
		{`{"text":"a","plan":987654}`, 422, "invalid-record", "plan"},
		{`{"text":"a","grid":987654321}`, 422, "invalid-record", "grid"},
		{`{"text":"a","grid_code":"nowhere"}`, 422, "invalid-record", "grid_code"},
		{`{"text":"a","plan":1,"kind":"order"}`, 422, "invalid-record", "kind"},
		{`{"text":"a","plan":1,"written":"0001-02-03T00:00:00Z"}`, 422, "invalid-record", "written"},
		{`{"text":"a","plan":1,"written":"yesterday"}`, 400, "invalid-request", "written"},
		{`{"text":"a","sketch":{"type":"MultiPoint","coordinates":[]}}`, 400, "invalid-request", "sketch"},
		{`{"text":"a","sketch":{"type":"LineString","coordinates":[[110,37]]}}`, 422, "invalid-record", "sketch"},
		{`{"text":"a","sketch":{"type":"LineString","coordinates":[[110,37],[190,37]]}}`, 400, "invalid-request", "sketch"},
		{`{"text":"a","sketch":{"type":"LineString","coordinates":[` + long + `]}}`, 400, "invalid-request", "sketch"},
		{`{"text":"a","sketch":{"type":"Polygon","coordinates":[[[110,37],[111,37],[110,38]]]}}`, 400, "invalid-request", "sketch"},
		{`{"text":"a","sketch":{"type":"Polygon","coordinates":[[[110,37],[111,37],[110,38],[110,37]],[]]}}`, 400, "invalid-request", "sketch"},
	} {
		s.call(t, "POST", "/v1/comments"+of, c.body).refused(c.status, c.kind, c.field)
	}
	s.get(t, "/v1/comments"+of+"&open=perhaps").refused(400, "invalid-request", "open")
	if left := commentsOf(t, s, ""); len(left) != 0 {
		t.Errorf("refused, yet there are %+v", left)
	}
}

// A grid leader may leave a comment without the right to edit, and may not
// take one away; who only reads counts sees none.
func TestCommentsAskTheirOwnRight(t *testing.T) {
	t.Parallel()
	may := Comment
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, _ Scope) error {
			if right == may || right == Open {
				return nil
			}
			return ErrForbidden
		}
	})
	of := fmt.Sprintf("?territory=%d", s.territory)
	body := fmt.Sprintf(`{"text":"a","plan":%d}`, s.plan)
	one := s.call(t, "POST", "/v1/comments"+of, body).wants(http.StatusCreated).header.Get("Location")
	s.get(t, one).wants(200)
	s.call(t, "DELETE", one, "").refused(403, "forbidden", "")
	s.call(t, "PATCH", one, `{"resolved":true}`).refused(403, "forbidden", "")
	s.call(t, "POST", "/v1/comments/bulk"+of, "["+body+"]").refused(403, "forbidden", "")
	may = Counts
	s.get(t, one).refused(403, "forbidden", "")
	s.get(t, "/v1/comments"+of).refused(403, "forbidden", "")
}
