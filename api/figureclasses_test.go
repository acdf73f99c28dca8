package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/figures"
)

// Every figure of a tier stands in classes as the figures answer has it, and
// the classes count what lies in them.
func TestFigureClasses(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/figures", s.plan)
	var all figuresJSON
	s.get(t, base+"?tier=village").wants(200).into(&all)
	kind := slices.Sorted(keysOf(all.Units[0].Facilities))[0]
	want := map[string]func(u *figures.Unit) *float64{
		"nearest:" + kind: func(u *figures.Unit) *float64 { return u.Facilities[kind].NearestM },
		"metric:visits":   func(u *figures.Unit) *float64 { return u.Metrics["visits"].Value },
		"role:leader":     func(u *figures.Unit) *float64 { n := float64(u.ByRole["leader"]); return &n },
	}
	for _, n := range figures.Numbers {
		want[n.Name] = n.Of
	}
	for name, of := range want {
		for _, method := range []string{"quantile", "equal", "jenks"} {
			var got classesJSON
			s.get(t, base+"/"+url.PathEscape(name)+"/classes?tier=village&n=3&method="+method).wants(200).into(&got)
			if len(got.Values) != len(all.Units) || len(got.Classes) == 0 || len(got.Classes) > 3 {
				t.Fatalf("%s: %d values, %d classes", name, len(got.Values), len(got.Classes))
			}
			counts := make([]int, len(got.Classes))
			for i, v := range got.Values {
				figure := of(&all.Units[i])
				if v.Code != all.Units[i].Code || (figure == nil) != (v.Value == nil) || figure != nil && *figure != *v.Value || (figure == nil) == (v.Because == "") {
					t.Fatalf("%s of %s: %+v, among the figures %v", name, all.Units[i].Code, v, figure)
				}
				if figure == nil {
					continue
				}
				counts[*v.Class]++
				if c, last := got.Classes[*v.Class], *v.Class == len(counts)-1; *figure < *c.From || *figure > *c.To || *figure == *c.To && !last {
					t.Errorf("%s: %v stands in the class from %v to %v", name, *figure, *c.From, *c.To)
				}
			}
			for k, c := range got.Classes {
				if c.Count != counts[k] {
					t.Errorf("%s: class %d counts %d, holds %d", name, k, c.Count, counts[k])
				}
			}
		}
	}
}

func keysOf[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// Grades are classes of their own, a slash in a metric's name is none in the
// address, and a period that nothing is of leaves all without.
func TestMetricsInClassesAndTables(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/figures", s.plan)
	var graded classesJSON
	s.get(t, base+"/metric:rating/classes?tier=village").wants(200).into(&graded)
	total := 0
	for k, c := range graded.Classes {
		total += c.Count
		if c.Grade == "" || c.From != nil || k > 0 && c.Grade <= graded.Classes[k-1].Grade {
			t.Errorf("%+v", c)
		}
	}
	if total != 7 || graded.Period != "2025" || !slices.Equal(graded.Periods, []string{"2025"}) || graded.Least != nil {
		t.Errorf("%+v", graded)
	}
	for _, v := range graded.Values {
		if graded.Classes[*v.Class].Grade != v.Grade {
			t.Errorf("%+v stands under %q", v, graded.Classes[*v.Class].Grade)
		}
	}
	var none classesJSON
	s.get(t, base+"/metric:visits/classes?tier=village&period=2019-Q1").wants(200).into(&none)
	if none.Without[figures.NoMetric] != 7 || len(none.Classes) != 0 || none.Most != nil || none.Unit != "" {
		t.Errorf("%+v", none)
	}
	var village gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=village", s.plan)).wants(200).into(&village)
	body := fmt.Sprintf(`{"unit":%d,"name":"办结/受理","period":"2025-Q2","value":1.5,"unit_of_measure":"件"}`, village.Grids[2].ID)
	revision := s.call(t, "POST", fmt.Sprintf("/v1/metrics?territory=%d", s.territory), body).wants(http.StatusCreated).header.Get("Gridmap-Revision")
	var one classesJSON
	s.get(t, base+"/"+url.PathEscape("metric:办结/受理")+"/classes?tier=village&min_revision="+revision).wants(200).into(&one)
	if one.Without[figures.NoMetric] != 6 || len(one.Classes) != 1 || *one.Values[2].Value != 1.5 || one.Unit != "件" {
		t.Errorf("%+v", one)
	}
	table, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.get(t, base+"?tier=village&f=csv").wants(200).body), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := slices.Index(table[0], "metric:办结/受理")
	if column < 0 || table[3][column] != "1.5" || table[1][column] != "" || !slices.Contains(table[0], "metric:rating") {
		t.Errorf("%v", table[0])
	}
}

// The findings of a tier are the errors and warnings of the check, those under
// a grid with it.
func TestFindingsInClasses(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	const day = "as_of=2019-01-01" // when nobody serves yet
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?max_findings=10000&"+day, s.plan)).wants(200).into(&report)
	var got classesJSON
	s.get(t, fmt.Sprintf("/v1/plans/%d/figures/findings/classes?tier=county&"+day, s.plan)).wants(200).into(&got)
	want := 0.0
	for _, f := range report.Findings {
		if f.Waived == nil && f.Severity != geo.Info && (f.Subject.Type == "grid" || f.Subject.Type == "division" || f.At != nil) {
			want++
		}
	}
	if len(got.Values) != 1 || want == 0 || *got.Values[0].Value != want {
		t.Errorf("%+v, the check has %v", got.Values, want)
	}
	parts := 0.0
	s.get(t, fmt.Sprintf("/v1/plans/%d/figures/findings/classes?tier=village&"+day, s.plan)).wants(200).into(&got)
	for _, v := range got.Values {
		parts += *v.Value
	}
	if parts == 0 || parts > want {
		t.Errorf("%v findings in villages, %v in all", parts, want)
	}
}

// A finding about a person whose number is the code of a grid is not that grid's.
func TestFindingsOfPersonsAreNoGrids(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	village := county.Grids[slices.IndexFunc(county.Grids, func(g geo.Grid) bool { return g.Tier == 2 })]
	w := &county.Workers[0]
	w.Number = village.Code
	for i := range county.Assignments {
		if a := &county.Assignments[i]; a.Worker == w.ID {
			a.Valid.To = 20250201
		}
	}
	s := serveCounty(t, county, nil)
	const day = "as_of=2025-06-30"
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?max_findings=10000&"+day, s.plan)).wants(200).into(&report)
	about, want := 0, 0.0
	for _, f := range report.Findings {
		switch {
		case f.Subject.Type == "worker" && f.Subject.Code == village.Code && f.Severity == geo.Warning:
			about++
		case f.Subject.Code == village.Code && (f.Severity == geo.Warning || f.Severity == geo.Error):
			want++
		}
	}
	var got classesJSON
	s.get(t, fmt.Sprintf("/v1/plans/%d/figures/findings/classes?tier=village&"+day, s.plan)).wants(200).into(&got)
	for _, v := range got.Values {
		if v.Code == village.Code && (about == 0 || *v.Value != want+under(report, county, village.ID)) {
			t.Errorf("%s has %v findings, %v of its own and %v under it; %d are about the worker", v.Code, *v.Value, want, under(report, county, village.ID), about)
		}
	}
}

// under counts the errors and warnings about grids below one of the county's.
func under(report check.Report, county *fixtures.County, top geo.GridID) (n float64) {
	parent, byCode := map[geo.GridID]geo.GridID{}, map[string]geo.GridID{}
	for _, g := range county.Grids {
		parent[g.ID], byCode[g.Code] = g.Parent, g.ID
	}
	for _, f := range report.Findings {
		if f.Subject.Type != "grid" && f.Subject.Type != "division" || f.Severity == geo.Info {
			continue
		}
		for up := parent[byCode[f.Subject.Code]]; up != 0; up = parent[up] {
			if up == top {
				n++
			}
		}
	}
	return n
}

func TestFigureClassesAreRefused(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/figures/", s.plan)
	for path, field := range map[string]string{
		"workers/classes":                                  "tier",
		"workers/classes?tier=hamlet":                      "tier",
		"workers/classes?tier=village&n=1":                 "n",
		"workers/classes?tier=village&n=10":                "n",
		"workers/classes?tier=village&method=head":         "method",
		"workers/classes?tier=village&period=spring":       "period",
		"happiness/classes?tier=village":                   "figure",
		"metric:none/classes?tier=village":                 "figure",
		"role:emperor/classes?tier=village":                "figure",
		"workers/classes?tier=village&parent=1":            "parent",
		"load_per_worker/classes?tier=village&load_km2=-1": "load_km2",
	} {
		s.get(t, base+path).refused(400, "invalid-request", field)
	}
	s.get(t, base+"workers").refused(404, "no-such-path", "")
	s.get(t, fmt.Sprintf("/tiles/%d/village/0/0/0.mvt?props=metric:none", s.plan)).refused(400, "invalid-request", "props")
	tagged := base + "workers/classes?tier=village"
	s.get(t, tagged, "If-None-Match", s.get(t, tagged).header.Get("ETag")).wants(http.StatusNotModified)
}
