package api

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
)

// A waived finding keeps its id and its place in the report, with who, why and
// until when, and fails the check no more until its day.
func TestWaivedFindings(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	of := fmt.Sprintf("?territory=%d", s.territory)
	ask := func(day, revision string) (r check.Report) {
		body := `{"as_of":"` + day + `","rules":{"STF-7":{"max":1,"severity":"error"}}}`
		s.call(t, "POST", "/v1/checks"+of+"&min_revision="+revision, body).wants(200).into(&r)
		return r
	}
	before := ask("2025-06-30", "0")
	var errors []check.Finding
	for _, f := range before.Findings {
		if f.Severity == geo.Error {
			errors = append(errors, f)
		}
	}
	if before.Pass || len(errors) < 2 || before.WaivedTotal != 0 {
		t.Fatalf("%d errors, pass %v", len(errors), before.Pass)
	}
	revision := ""
	for i, f := range errors {
		body := fmt.Sprintf(`{"finding":%q,"rule":%q,"why":"年底前增员","by":"县网格办","until":"2025-12-31"}`, f.ID, f.Rule)
		revision = s.call(t, "POST", "/v1/waivers"+of, body).wants(201).header.Get("Gridmap-Revision")
		if i == 0 {
			if some := ask("2025-06-30", revision); some.Pass || some.WaivedTotal != 1 || some.Findings[len(some.Findings)-1].ID != f.ID {
				t.Errorf("with one of %d waived: pass %v, %d waived", len(errors), some.Pass, some.WaivedTotal)
			}
		}
	}
	for day, waived := range map[string]int{"2025-12-30": len(errors), "2025-12-31": 0} {
		r := ask(day, revision)
		if r.Pass != (waived > 0) || (r.Worst == geo.Error) == (waived > 0) || r.WaivedTotal != waived || r.FindingsTotal != before.FindingsTotal {
			t.Errorf("on %s: pass %v, worst %q, %d waived of %d findings; want %d of %d", day, r.Pass, r.Worst, r.WaivedTotal, r.FindingsTotal,
				waived, before.FindingsTotal)
		}
		for _, f := range r.Findings {
			is := slices.ContainsFunc(errors, func(e check.Finding) bool { return e.ID == f.ID })
			if want := (check.Waived{By: "县网格办", Why: "年底前增员", Until: 20251231}); (f.Waived != nil) != (is && waived > 0) || f.Waived != nil && *f.Waived != want {
				t.Errorf("on %s: finding %+v waived %+v", day, f, f.Waived)
			}
		}
	}
	testWaivedForms(t, s, of+"&min_revision="+revision, len(errors))
	s.call(t, "POST", "/v1/waivers"+of, `{"finding":"f","rule":"STF-99","why":"w","by":"b"}`).refused(422, "invalid-record", "rule")
	s.call(t, "POST", "/v1/waivers"+of, `{"finding":"f","rule":"STF-7","by":"b"}`).refused(422, "invalid-record", "why")
	s.call(t, "POST", "/v1/waivers"+of, `{"finding":"f","rule":"STF-7","why":"w"}`).refused(422, "invalid-record", "by")
}

// testWaivedForms asks that GeoJSON and CSV show what is waived.
func testWaivedForms(t *testing.T, s *service, of string, want int) {
	body := `{"as_of":"2025-06-30","rules":{"STF-7":{"max":1,"severity":"error"}}}`
	var features struct {
		Features []struct{ Properties check.Finding }
	}
	s.call(t, "POST", "/v1/checks"+of+"&f=geojson", body).wants(200).into(&features)
	n := 0
	for _, f := range features.Features {
		if f.Properties.Waived != nil {
			n++
		}
	}
	table := string(s.call(t, "POST", "/v1/checks"+of+"&f=csv", body).wants(200).body)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(table, "\xef\xbb\xbf"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	by := slices.Index(exchange.FindingColumns, "waived_by")
	inTable := 0
	for _, row := range rows {
		if row[by] == "县网格办" && row[by+1] == "年底前增员" && row[by+2] == "2025-12-31" {
			inTable++
		}
	}
	if n != want || inTable != want {
		t.Errorf("%d waived as GeoJSON, %d in the table, want %d", n, inTable, want)
	}
}
