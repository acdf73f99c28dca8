package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
)

// 76,000 urban residents and 135 community workers at 18 per 10,000: the
// published "reached 18" is 17.76, and two people are missing.
func TestQinyuanIsTwoWorkersShort(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("qinyuan", 3000) // the residents are a published figure
	if err != nil {
		t.Fatal(err)
	}
	s := serveCounty(t, county, nil)
	var all struct{ Reports []check.Report }
	s.call(t, "POST", "/v1/checks", "{}").wants(200).into(&all)
	if len(all.Reports) != 1 {
		t.Fatalf("%d reports", len(all.Reports))
	}
	asked := `{"rules":{"STF-3":{"per":10000,"min":18,"roles":["community_worker"]}},"population_basis":"urban_resident"}`
	var one check.Report
	s.call(t, "POST", fmt.Sprintf("/v1/checks?territory=%d", s.territory), asked).wants(200).into(&one)
	for _, report := range []check.Report{all.Reports[0], one} {
		found := false
		for _, u := range report.Units {
			if u.Rule != geo.RuleRatio || u.Population == nil || *u.Population != 76_000 {
				continue
			}
			found = true
			if u.Workers != 135 || u.Required != 137 || u.Short != 2 || u.RatioPer10k == nil || *u.RatioPer10k != 17.76 || u.Status != "error" {
				t.Errorf("unit %+v, want 135 workers of 137 required, short 2, 17.76 per 10,000", u)
			}
		}
		if !found || report.Pass {
			t.Errorf("no unit of 76,000 residents, or the check passed: %+v", report.Units)
		}
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	t.Run("the empty question asks every plan in force", func(t *testing.T) {
		var all struct{ Reports []reportView }
		s.call(t, "POST", "/v1/checks", "{}").wants(200).into(&all)
		if len(all.Reports) != 1 || all.Reports[0].Territory == "" || all.Reports[0].Run == "" {
			t.Fatalf("reports %+v", all.Reports)
		}
	})
	t.Run("the same question has the same answer", func(t *testing.T) {
		var first, second reportView
		path := fmt.Sprintf("/v1/plans/%d/check", s.plan)
		s.get(t, path).wants(200).into(&first)
		s.get(t, path).wants(200).into(&second)
		if first.Run == "" || first.Run != second.Run || len(first.Findings) != len(second.Findings) {
			t.Errorf("runs %q and %q", first.Run, second.Run)
		}
	})
	t.Run("a question that names a plan or a division has one report", func(t *testing.T) {
		var one reportView
		s.call(t, "POST", "/v1/checks", fmt.Sprintf(`{"plan":%d}`, s.plan)).wants(200).into(&one)
		if one.Plan != s.plan || one.Run == "" {
			t.Errorf("report %+v", one)
		}
		s.call(t, "POST", "/v1/checks", `{"scope":{"divisions":["990199000000"]},"as_of":"2025-06-30","include":{"geometry":"none"}}`).wants(200).into(&one)
		if one.AsOf != 20250630 {
			t.Errorf("as of %v", one.AsOf)
		}
	})
	t.Run("the documented question is taken as it stands", func(t *testing.T) {
		s.call(t, "POST", "/v1/checks", `{"scope":{"divisions":["990199000000"]},"plan":null,"as_of":"2025-06-30",
			"tiers":["primary","micro"],"kinds":["general","micro","dedicated"],"profile":"county-default",
			"rules":{"STF-3":{"per":10000,"min":18,"roles":["leader"]}},"population_basis":"urban_resident",
			"include":{"geometry":"full"},"max_findings":1000,"wait":"5s"}`).wants(200)
	})
	t.Run("findings as GeoJSON and CSV agree with the report", func(t *testing.T) { testFindingForms(t, s) })
	t.Run("what cannot be asked", func(t *testing.T) {
		for body, field := range map[string]string{
			`{"scope":{"divisions":["0"]}}`:          "scope.divisions",
			`{"tiers":["nothing"]}`:                  "tiers[0]",
			`{"max_findings":-1}`:                    "max_findings",
			`{"max_findings":99999999}`:              "max_findings",
			`{"wait":"soon"}`:                        "wait",
			`{"rules":{"STF-3":{"per":1000}}}`:       "rules.STF-3.min",
			`{"rules":{"ABC-1":{}}}`:                 "rules.ABC-1",
			`{"profile":"another"}`:                  "profile",
			`{"include":{"geometry":"a little"}}`:    "include.geometry",
			`{"population_basis":"everybody"}`:       "population_basis",
			`{"rules":{"GEO-3":{"area_m2":-1}}}`:     "rules.GEO-3.area_m2",
			`{"rules":{"STF-3":{"per":1,"min":-2}}}`: "rules.STF-3.min",
		} {
			s.call(t, "POST", "/v1/checks", body).refused(422, "invalid-record", field)
		}
		s.call(t, "POST", "/v1/checks", `{"plan":99999}`).refused(404, "not-found", "")
	})
}

type reportView struct {
	check.Report
	Plan     geo.PlanID `json:"plan"`
	Findings []struct {
		ID       string
		Rule     string
		Geometry json.RawMessage
	} `json:"findings"`
}

func testFindingForms(t *testing.T, s *service) {
	// A norm nobody meets gives findings in any county.
	asked := `{"rules":{"SIZ-2":{"max":1},"STF-7":{"max":1}}}`
	var all struct{ Reports []reportView }
	s.call(t, "POST", "/v1/checks", asked).wants(200).into(&all)
	want := len(all.Reports[0].Findings)
	if want == 0 || want != all.Reports[0].FindingsTotal {
		t.Fatalf("%d findings, total %d", want, all.Reports[0].FindingsTotal)
	}
	var features struct {
		Features []struct {
			ID         string
			Properties struct{ Rule, Territory string }
		}
	}
	s.call(t, "POST", "/v1/checks?f=geojson", asked).wants(200).into(&features)
	if len(features.Features) != want || features.Features[0].ID != all.Reports[0].Findings[0].ID {
		t.Errorf("%d features, want %d", len(features.Features), want)
	}
	table := s.call(t, "POST", "/v1/checks", asked, "Accept", "text/csv").wants(200)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.body), "\xef\xbb\xbf"))).ReadAll()
	if err != nil || len(rows) != want+1 || len(rows[0]) != len(exchange.FindingColumns) {
		t.Errorf("%d rows, want %d; error %v", len(rows), want+1, err)
	}
}
