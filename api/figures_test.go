package api

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"gridmap/geo/figures"
)

func TestFiguresAreChosenAndTabled(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/figures", s.plan)
	var got figuresJSON
	s.get(t, base+"?tier=village&walk_m=500&load_resident=2").wants(200).into(&got)
	if len(got.Units) != 7 || got.Options.WalkM != 500 || got.Options.Load.Resident != 2 || got.Options.Load.Household != 0 || got.Options.DetourPermille != 1300 {
		t.Errorf("%d units, options %+v", len(got.Units), got.Options)
	}
	code := got.Units[3].Code
	s.get(t, base+"?code="+code).wants(200).into(&got)
	if len(got.Units) != 1 || got.Units[0].Code != code {
		t.Errorf("asked for %s, got %d units", code, len(got.Units))
	}
	table := s.get(t, base+"?parent="+code+"&f=csv").wants(200)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(table.body), "\ufeff"))).ReadAll()
	if err != nil || len(lines) < 2 || lines[0][0] != "code" || lines[1][0] != code {
		t.Errorf("%v, %v", lines, err)
	}
	s.get(t, base+"?parent="+code+"&f=geojson").wants(200).sameFigures(lines)
	s.get(t, base+"?parent="+code).wants(200).into(&got)
	tabledAs(t, got.Units, lines)
	s.get(t, base, "If-None-Match", s.get(t, base).header.Get("ETag")).wants(http.StatusNotModified)
	for query, field := range map[string]string{
		"tier=county-town": "tier", "code=1": "code", "parent=1": "parent", "walk_m=0": "walk_m",
		"detour_permille=900": "detour_permille", "load_km2=-1": "load_km2", "load_resident=NaN": "load_resident",
	} {
		s.get(t, base+"?"+query).refused(400, "invalid-request", field)
	}
}

// tabledAs says when a table has something else under a heading than units have.
func tabledAs(t *testing.T, units []figures.Unit, table [][]string) {
	t.Helper()
	if len(units) != len(table)-1 {
		t.Fatalf("%d lines of %d units", len(table)-1, len(units))
	}
	reached := 0
	for i, u := range units {
		cells := map[string]string{}
		for k, heading := range table[0] {
			cells[heading] = table[i+1][k]
		}
		want := map[string]string{"code": u.Code, "households": whole(u.Households)}
		for kind, reach := range u.Facilities {
			if reach.WithinPct != nil && reach.PerResidentM2 != nil && *reach.WithinPct != *reach.PerResidentM2 {
				reached++
			}
			want[kind+"_count"], want[kind+"_nearest_m"] = whole(reach.Count), decimal(reach.NearestM)
			want[kind+"_within_walk_pct"], want[kind+"_floor_m2_per_resident"] = decimal(reach.WithinPct), decimal(reach.PerResidentM2)
		}
		for role, n := range u.ByRole {
			want["role_"+role] = whole(n)
		}
		for heading, text := range want {
			if cell, has := cells[heading]; !has || cell != text {
				t.Errorf("%s, %s: %q in the table, want %q", u.Code, heading, cell, text)
			}
		}
	}
	if reached == 0 {
		t.Error("nobody reaches a facility: nothing was compared")
	}
}

// sameFigures says when GeoJSON has other units, or other figures of them, than a
// table, or a unit without its ground.
func (a answer) sameFigures(table [][]string) {
	t := a.t
	t.Helper()
	var drawn struct {
		Features []struct {
			Geometry   struct{ Type string }
			Properties map[string]any
		}
	}
	a.into(&drawn)
	if len(drawn.Features) != len(table)-1 {
		t.Fatalf("%d features of %d units", len(drawn.Features), len(table)-1)
	}
	for i, f := range drawn.Features {
		if f.Geometry.Type != "Polygon" || len(f.Properties) != len(table[0]) {
			t.Errorf("%s: a %s with %d properties of %d", table[i+1][0], f.Geometry.Type, len(f.Properties), len(table[0]))
		}
		for k, heading := range table[0] {
			text := ""
			switch v := f.Properties[heading].(type) {
			case string:
				text = v
			case float64:
				text = strconv.FormatFloat(v, 'f', -1, 64)
			}
			if text != table[i+1][k] {
				t.Errorf("%s, %s: %q drawn, %q in the table", table[i+1][0], heading, text, table[i+1][k])
			}
		}
	}
}

func TestSurface(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", nil)
	base := fmt.Sprintf("/v1/plans/%d/surface", s.plan)
	for resolution := 6; resolution <= 10; resolution++ {
		var all, public surfaceJSON
		s.get(t, fmt.Sprintf("%s?resolution=%d&least=0&spots=true", base, resolution)).wants(200).into(&all)
		s.get(t, fmt.Sprintf("%s?resolution=%d", base, resolution)).wants(200).into(&public)
		sum := int64(0)
		for i, c := range all.Cells {
			if c.Households == nil || c.Density == nil {
				t.Fatalf("a count is hidden from who may read households: %+v", c)
			}
			sum += *c.Households
			shown := public.Cells[i]
			if n := *c.Households; n > 0 && n < 5 && (shown.Households != nil || shown.Resident != nil || shown.Density != nil) {
				t.Errorf("%d households of cell %s are shown", n, c.Cell)
			}
			if shown.Households != nil && *shown.Households != *c.Households {
				t.Errorf("%d households of cell %s are shown as %d", *c.Households, c.Cell, *shown.Households)
			}
		}
		if sum+all.Pointless != 60 || *all.Total.Households != sum {
			t.Errorf("resolution %d: %d households in cells, %d without a point, total %d", resolution, sum, all.Pointless, *all.Total.Households)
		}
	}
	var features struct {
		Features []struct{ Geometry struct{ Type string } }
	}
	s.get(t, base+"?f=geojson").wants(200).into(&features)
	if len(features.Features) == 0 || features.Features[0].Geometry.Type != "Polygon" {
		t.Errorf("%+v", features)
	}
	if table := s.get(t, base+"?f=csv").wants(200); !strings.Contains(string(table.body), "cell,households,") {
		t.Errorf("%s", table.body)
	}
	s.get(t, base+"?resolution=11").refused(400, "invalid-request", "resolution")
	s.get(t, base+"?least=-1").refused(400, "invalid-request", "least")
}

// Who may read counts only gets no surface with small counts.
func TestSurfaceWithSmallCountsNeedsHouseholds(t *testing.T) {
	t.Parallel()
	s := serve(t, "mini", func(c *Config) {
		c.Allow = func(_ *http.Request, right Right, _ Scope) error {
			if right == Households {
				return ErrForbidden
			}
			return nil
		}
	})
	base := fmt.Sprintf("/v1/plans/%d/surface", s.plan)
	s.get(t, base).wants(200)
	s.get(t, base+"?least=4").refused(403, "forbidden", "")
}
