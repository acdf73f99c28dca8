package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"gridmap/geo"
)

// hostileGround is ground that no planner draws.
func hostileGround() map[string]string {
	polygon := func(rings ...string) string {
		return `{"type":"Polygon","coordinates":[` + strings.Join(rings, ",") + `]}`
	}
	var star, comb strings.Builder
	for i := range 120_000 { // crosses itself at every step
		angle := float64(i) * 2.5
		fmt.Fprintf(&star, "[%.7f,%.7f],", 110.5+0.01*math.Cos(angle), 37.5+0.01*math.Sin(angle))
		fmt.Fprintf(&comb, "[%.7f,%.7f],", 110.4+float64(i)*1e-6, 37.5+float64(i%2)*0.05)
	}
	square := "[[110.5,37.5],[110.51,37.5],[110.51,37.51],[110.5,37.51],[110.5,37.5]]"
	return map[string]string{
		"that crosses itself":   polygon("[[110.5,37.5],[110.51,37.51],[110.51,37.5],[110.5,37.51],[110.5,37.5]]"),
		"with a hole outside":   polygon(square, "[[110.6,37.6],[110.61,37.61],[110.61,37.6],[110.6,37.6]]"),
		"with a hole across":    polygon(square, "[[110.505,37.505],[110.505,37.52],[110.52,37.505],[110.505,37.505]]"),
		"twice the same":        `{"type":"MultiPolygon","coordinates":[[` + square + `],[` + square + `]]}`,
		"that folds back":       polygon("[[110.5,37.5],[110.51,37.5],[110.5,37.5],[110.51,37.5],[110.5,37.5]]"),
		"of one point":          polygon("[[110.5,37.5],[110.5,37.5],[110.5,37.5],[110.5,37.5]]"),
		"of three positions":    polygon("[[110.5,37.5],[110.51,37.5],[110.5,37.5]]"),
		"that is open":          polygon("[[110.5,37.5],[110.51,37.5],[110.51,37.51],[110.5,37.51]]"),
		"without a ring":        polygon(),
		"with an empty ring":    polygon("[]"),
		"of NaN":                polygon("[[NaN,37.5],[110.51,37.5],[110.51,37.51],[NaN,37.5]]"),
		"of numbers beyond any": polygon("[[1e999,37.5],[110.51,37.5],[110.51,37.51],[1e999,37.5]]"),
		"of texts":              polygon(`[["110.5",37.5],[110.51,37.5],[110.51,37.51],["110.5",37.5]]`),
		"off the globe":         polygon("[[200,37.5],[201,37.5],[201,95],[200,37.5]]"),
		"of a million points":   polygon("[" + star.String() + star.String() + "[110.51,37.5]]"),
		"of a comb":             polygon("[" + comb.String() + "[110.52,37.4],[110.4,37.4],[110.4,37.5]]"),
		"of nulls":              polygon("[null,null,null,null]"),
		"of a curve":            `{"type":"CurvePolygon","coordinates":[` + square + `]}`,
		"nested without end":    `{"type":"Polygon","coordinates":` + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + `}`,
		"over both poles":       polygon("[[-180,-90],[180,-90],[180,90],[-180,90],[-180,-90]]"),
		"over the antimeridian": polygon("[[179.9,37.5],[-179.9,37.5],[-179.9,37.51],[179.9,37.51],[179.9,37.5]]"),
		"that is a collection":  `{"type":"GeometryCollection","geometries":[]}`,
	}
}

// A door takes ground in a body.
type door struct{ path, body string }

// doors are those that take ground.
func (s *service) doors(draft geo.PlanID, to, parent geo.GridID, ground string) []door {
	edits := fmt.Sprintf("/v1/plans/%d/edits", draft)
	create := fmt.Sprintf(`{"op":"create","parent":%d,"tier":"primary","name":{"zh":"新"},"kind":`, parent)
	return []door{
		{edits, fmt.Sprintf(`{"op":"transfer","to":%d,"region":%s}`, to, ground)},
		{edits, create + `"general","boundary":` + ground + `}`},
		{edits, create + `"dedicated","boundary":` + ground + `}`},
		{"/v1/checks/coverage", `{"polygons":` + ground + `}`},
		{fmt.Sprintf("/v1/compounds?territory=%d", s.territory), `{"code":"H-1","name":{"zh":"小区"},"boundary":` + ground + `}`},
	}
}

// Hostile ground is refused with a problem at every door that takes ground, and
// changes nothing. A compound need not lie in the territory: over the poles or
// around the globe it is ground like any other. Plain ground comes in.
func TestHostileGroundIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	draft := s.makeDraft(t)
	pair := s.pairs(t, draft.ID, "primary")[0]
	to, parent := pair[0].ID, pair[0].Parent
	grids := fmt.Sprintf("/v1/plans/%d/grids?geometry=full", draft.ID)
	before := s.get(t, grids).wants(200)
	for name, ground := range hostileGround() {
		for _, d := range s.doors(draft.ID, to, parent, ground) {
			a := s.call(t, "POST", d.path, d.body)
			if strings.HasPrefix(name, "over ") && !strings.HasSuffix(d.path, "/edits") {
				if a.status >= 500 {
					t.Errorf("%s of ground %s: status %d: %.300s", d.path, name, a.status, a.body)
				}
				continue
			}
			var p Problem
			if err := json.Unmarshal(a.body, &p); err != nil || a.status < 400 || a.status > 422 || p.Detail == "" {
				t.Errorf("%s of ground %s: status %d: %.300s", d.path, name, a.status, a.body)
			}
		}
	}
	if after := s.get(t, grids).wants(200); !bytes.Equal(before.body, after.body) {
		t.Error("what was refused changed the draft")
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/check", s.plan)).wants(200)
	at := pair[1].Interior
	plain := fmt.Sprintf(`{"type":"Polygon","coordinates":[[[%.7[1]f,%.7[2]f],[%.7[3]f,%.7[2]f],[%.7[1]f,%.7[4]f],[%.7[1]f,%.7[2]f]]]}`,
		at[0], at[1], at[0]+0.0001, at[1]+0.0001)
	for _, d := range s.doors(draft.ID, to, parent, plain) {
		if a := s.call(t, "POST", d.path, strings.Replace(d.body, "H-1", "H-2", 1)); a.status >= 300 {
			t.Errorf("%s of plain ground: status %d: %.300s", d.path, a.status, a.body)
		}
	}
}
