package api

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
)

// A grid that is known by words only is made, listed, staffed and counted; the
// check names it, and publishing alone refuses it. Drawn later, it takes its
// ground and who lives there from a sibling, and the plan comes into force.
func TestStoryOfAGridKnownByWords(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	all := s.grids(t, draft.ID, "primary")
	giver := s.grid(t, draft.ID, all[slices.IndexFunc(all, func(g gridSeen) bool { return g.Children == 0 })].ID)
	made := s.edited(t, draft.ID, fmt.Sprintf(`{"op":"create","parent":%d,"tier":"primary","name":{"zh":"待绘网格"},"text_bounds":"东至河，西至路"}`, giver.Parent)).Grids[0]
	if made.After == nil || made.After.Geometry.Type != "" {
		t.Fatalf("made %+v", made)
	}
	s.staff(t, made.ID)
	s.listsUndrawn(t, draft.ID, made.ID)
	box := func(half float64) string {
		x, y := giver.Interior[0], giver.Interior[1]
		return fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f],[%.7f,%.7f]]]}`,
			x-half, y-half, x+half, y-half, x+half, y+half, x-half, y+half, x-half, y-half)
	}
	draw := func(grid geo.GridID, half float64) string {
		return fmt.Sprintf(`{"op":"set","grid":%d,"boundary":%s}`, grid, box(half))
	}
	s.edit(t, draft.ID, draw(made.ID, 1)).refused(422, "edit", "boundary")
	s.edit(t, draft.ID, draw(giver.ID, 1e-4)).refused(422, "edit", "boundary")
	s.refusesToPublish(t, draft.ID, s.grid(t, draft.ID, made.ID).Code)

	s.call(t, "POST", "/v1/plans", fmt.Sprintf(`{"territory":%d,"from":%d,"name":"补绘"}`, s.territory, draft.ID)).wants(http.StatusCreated).into(&draft)
	s.moves(t, draft.ID, "primary", draw(made.ID, 1e-4))
	drawn, left := s.grid(t, draft.ID, made.ID), s.grid(t, draft.ID, giver.ID)
	if !drawn.Drawn || drawn.AreaM2 < 100 || drawn.Counts.Workers != 1 || math.Abs(left.AreaM2+drawn.AreaM2-giver.AreaM2) > 0.01 {
		t.Errorf("drawn %+v; left %v of %v m²", drawn, left.AreaM2, giver.AreaM2)
	}
	for _, to := range []string{"reviewed", "filed", "in_force"} {
		s.state(t, draft.ID, to).wants(200)
	}
}

// staff gives a grid a worker.
func (s *service) staff(t *testing.T, grid geo.GridID) {
	t.Helper()
	var list struct{ Workers []struct{ ID geo.WorkerID } }
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d", s.territory)).wants(200).into(&list)
	s.call(t, "POST", fmt.Sprintf("/v1/assignments?territory=%d", s.territory),
		fmt.Sprintf(`{"worker":%d,"grid":%d,"role":"grid_worker","valid":{"from":"2025-01-01"}}`, list.Workers[0].ID, grid)).wants(http.StatusCreated)
}

// listsUndrawn looks for the only grid of a plan that is not drawn.
func (s *service) listsUndrawn(t *testing.T, plan geo.PlanID, grid geo.GridID) {
	t.Helper()
	var page struct {
		Grids []struct {
			gridSeen
			TextBounds string `json:"text_bounds"`
		}
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?drawn=false", plan)).wants(200).into(&page)
	if len(page.Grids) != 1 || page.Grids[0].ID != grid || page.Grids[0].TextBounds != "东至河，西至路" || page.Grids[0].Counts.Workers != 1 {
		t.Errorf("listed as not drawn: %+v", page.Grids)
	}
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check", plan)).wants(200).into(&report)
	named := slices.ContainsFunc(report.Findings, func(f check.Finding) bool {
		return f.Rule == geo.RuleUndrawn && f.Subject.ID == int64(grid) && f.Severity == geo.Warning
	})
	if !named || !report.Pass || report.Summary.Grids["undrawn"] != 1 {
		t.Errorf("pass %v, undrawn %d; %+v", report.Pass, report.Summary.Grids["undrawn"], report.Findings)
	}
}

// refusesToPublish leads a plan as far as it goes: not into force.
func (s *service) refusesToPublish(t *testing.T, plan geo.PlanID, code string) {
	t.Helper()
	s.state(t, plan, "reviewed").wants(200)
	s.state(t, plan, "filed").wants(200)
	if a := s.state(t, plan, "in_force").wants(422); !strings.Contains(string(a.body), code) || !strings.Contains(string(a.body), "not drawn") {
		t.Errorf("refused with %s", a.body)
	}
}
