package api

import (
	"fmt"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/check"
)

// The balance counts as the rules do, and lists what a grid holds, the one
// farthest outside the band first.
func TestBalanceIsThatOfTheCheck(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range county.Tiers {
		if county.Tiers[i].Code == "primary" {
			county.Tiers[i].PersonsCap = 25
		}
	}
	s := serveCounty(t, county, nil)
	plan := s.makeDraft(t).ID
	for _, p := range s.pairs(t, plan, "primary") { // too many together
		s.edited(t, plan, fmt.Sprintf(`{"op":"merge","grids":[%d,%d]}`, p[0].ID, p[1].ID))
	}
	for _, g := range s.grids(t, plan, "primary") { // strips along the border, where nobody lives
		south := g.Bounds[1] + (g.Bounds[3]-g.Bounds[1])/40
		s.edit(t, plan, fmt.Sprintf(`{"op":"split","grid":%d,"line":{"type":"LineString","coordinates":[[%.7f,%.7f],[%.7f,%.7f]]}}`,
			g.ID, g.Bounds[0]-0.0001, south, g.Bounds[2]+0.0001, south))
	}
	var got balanceJSON
	s.get(t, fmt.Sprintf("/v1/plans/%d/balance?tier=primary", plan)).wants(200).into(&got)
	var grids gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?tier=primary&kind=general&drawn=true", plan)).wants(200).into(&grids)
	if got.Grids != grids.Total || len(got.Units) != got.Grids || got.Band.Max == 0 {
		t.Fatalf("%+v, there are %d grids", got, grids.Total)
	}
	var report check.Report
	s.get(t, fmt.Sprintf("/v1/plans/%d/check?max_findings=10000", plan)).wants(200).into(&report)
	found := map[string]int{}
	for _, f := range report.Findings {
		if f.Tier != "primary" {
			continue
		}
		switch f.Rule {
		case "SIZ-1":
			found[f.Measure.Op]++
		case "SIZ-2":
			found["crowded"]++
		}
	}
	if found[">="] != got.Under || found["<="] != got.Over || found["crowded"] != got.Crowded || got.Under*got.Over*got.Crowded == 0 {
		t.Errorf("%d under and %d over the band, %d crowded, the check finds %v", got.Under, got.Over, got.Crowded, found)
	}
	for i, u := range got.Units {
		if i > 0 && u.OffPPM > got.Units[i-1].OffPPM {
			t.Errorf("%s stands behind a lesser one", u.Code)
		}
		if (u.OffPPM > 0) != (u.InBand != "within" || got.Cap > 0 && u.Resident > got.Cap) {
			t.Errorf("%+v", u)
		}
	}
	var worst balanceJSON
	s.get(t, fmt.Sprintf("/v1/plans/%d/balance?tier=primary&limit=1", plan)).wants(200).into(&worst)
	if len(worst.Units) != 1 || worst.Units[0] != got.Units[0] || worst.Grids != got.Grids || worst.Over != got.Over {
		t.Errorf("the worst is %+v", worst)
	}
	s.get(t, fmt.Sprintf("/v1/plans/%d/balance", plan)).refused(400, "invalid-request", "tier")
	s.get(t, fmt.Sprintf("/v1/plans/%d/balance?tier=nowhere", plan)).refused(400, "invalid-request", "tier")
	s.get(t, fmt.Sprintf("/v1/plans/%d/balance?tier=primary&limit=0", plan)).refused(400, "invalid-request", "limit")
}

// What is farthest outside a bound counts, in millionths of that bound.
func TestOffTheBand(t *testing.T) {
	t.Parallel()
	banded := geo.Tier{Households: geo.Band{Min: 300, Max: 500}, PersonsCap: 1000}
	for _, tt := range []struct {
		name                 string
		tier                 geo.Tier
		households, resident int64
		want                 int64
	}{
		{"within", banded, 400, 900, 0},
		{"on the bounds", banded, 500, 1000, 0},
		{"a third too few", banded, 200, 0, 333_333},
		{"nobody", banded, 0, 0, 1_000_000},
		{"a fifth too many", banded, 600, 900, 200_000},
		{"too many persons in few households", banded, 299, 1500, 500_000},
		{"an open band", geo.Tier{Households: geo.Band{Min: 10}}, 1 << 40, 1 << 40, 0},
		{"no band", geo.Tier{}, 0, 1 << 40, 0},
	} {
		if got := offPPM(&geo.Tally{Households: tt.households, Resident: tt.resident}, &tt.tier); got != tt.want {
			t.Errorf("%s: %d, want %d", tt.name, got, tt.want)
		}
	}
}

// Grids are found by who serves in them, by a part of the name or the start of
// the number, and the answer tells who it is.
func TestGridsByWorker(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	var workers struct {
		Workers []struct {
			ID     int64
			Number string
			Name   string
		}
	}
	s.get(t, fmt.Sprintf("/v1/workers?territory=%d&limit=5", s.territory)).wants(200).into(&workers)
	who := workers.Workers[0]
	for _, text := range []string{who.Name, string([]rune(who.Name)[1:]), who.Number, strings.ToLower(who.Number)} {
		var found struct {
			Grids []struct {
				ID      int64
				Serving []struct {
					ID           int64
					Name, Number string
				}
			}
			Total int
		}
		s.get(t, fmt.Sprintf("/v1/plans/%d/grids?worker=%s", s.plan, text)).wants(200).into(&found)
		there := false
		for _, g := range found.Grids {
			for _, p := range g.Serving {
				there = there || p.ID == who.ID
				if !strings.Contains(p.Name, text) && !strings.HasPrefix(strings.ToLower(p.Number), strings.ToLower(text)) {
					t.Errorf("%q finds %+v", text, p)
				}
			}
			if len(g.Serving) == 0 {
				t.Errorf("%q: grid %d does not say who", text, g.ID)
			}
		}
		if !there || found.Total == 0 {
			t.Errorf("%q does not find %+v", text, who)
		}
	}
	var none gridPage
	s.get(t, fmt.Sprintf("/v1/plans/%d/grids?worker=nobody-of-that-name", s.plan)).wants(200).into(&none)
	if none.Total != 0 {
		t.Errorf("nobody serves in %d grids", none.Total)
	}
}
