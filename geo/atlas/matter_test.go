package atlas_test

import (
	"errors"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
)

// county makes a picture of the smallest county with one matter.
func withMatter(t *testing.T, m geo.Matter) (*fixtures.County, *atlas.Atlas) {
	t.Helper()
	c, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	m.ID, m.Code, m.Department = 1, "T", geo.Name{ZH: "局"}
	c.Matters = []geo.Matter{m}
	a, err := atlas.New(&c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return c, a
}

// A matter goes to the nearest that admits it: a dedicated grid over the point,
// the leaf, those above it; and who answers is found there or above.
func TestMatterGoesToWhoAdmitsIt(t *testing.T) {
	t.Parallel()
	inForce := geo.Period{From: 20250101}
	for name, tt := range map[string]struct {
		m    geo.Matter
		grid string // code of who takes it, or why nobody does
		role string
		at   string // code of the grid whose posts answer
	}{
		"a dedicated grid over the point": {geo.Matter{Admitted: true, Valid: inForce, Role: "dedicated_worker"}, "990199101004901", "dedicated_worker", "990199101004901"},
		"the leaf, for general grids": {geo.Matter{Admitted: true, Kinds: []geo.Kind{geo.General}, Role: "liaison"},
			"990199101004002-001", "liaison", "990199101004002-001"},
		"the leader above the leaf": {geo.Matter{Admitted: true, Kinds: []geo.Kind{geo.General}}, "990199101004002-001", "leader", "990199101004002"},
		"a tier above":              {geo.Matter{Admitted: true, Tiers: []string{"village"}}, "990199101004", "", ""},
		"urban ground":              {geo.Matter{Admitted: true, Tiers: []string{"primary"}, Settings: []geo.Setting{geo.Urban}}, "990199101004901", "dedicated_worker", ""},
		"not rural ground":          {geo.Matter{Admitted: true, Settings: []geo.Setting{geo.Rural}, Kinds: []geo.Kind{geo.General}, Tiers: []string{"primary"}}, "is not admitted by grid 990199101004002-001", "", ""},
		"no task grid":              {geo.Matter{Admitted: true, Kinds: []geo.Kind{geo.Task}}, "is not admitted by grid", "", ""},
		"nobody":                    {geo.Matter{Valid: inForce}, "is admitted by no grid, nor by 990199101004002-001", "", ""},
		"not yet":                   {geo.Matter{Admitted: true, Valid: geo.Period{From: 20250701}}, "not in the catalogue on 2025-06-30", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			c, a := withMatter(t, tt.m)
			var over *geo.Grid
			for i := range c.Grids {
				if c.Grids[i].Code == "990199101004901" {
					over = &c.Grids[i]
				}
			}
			p := over.Boundary.InteriorPoint()
			leaf, ok := a.Locate(p)
			if !ok {
				t.Fatal("the dedicated grid lies in no grid")
			}
			m, known := a.Matter("T")
			if !known {
				t.Fatal("the matter is not known")
			}
			got, err := a.Take(m, p, leaf, fixtures.AsOf)
			if err != nil {
				var refused *geo.MatterError
				if !errors.As(err, &refused) || !strings.Contains(refused.Reason(), tt.grid) {
					t.Errorf("refused: %v; want %s", err, tt.grid)
				}
				return
			}
			if code := a.Grid(got.Grid).Code; code != tt.grid {
				t.Errorf("taken by %s, want %s", code, tt.grid)
			}
			if tt.at == "" {
				return
			}
			if got.At < 0 || a.Grid(got.At).Code != tt.at || len(got.Posts) == 0 {
				t.Fatalf("answered at %d by %+v, want at %s", got.At, got.Posts, tt.at)
			}
			for _, post := range got.Posts {
				if post.Assignment.Role != tt.role {
					t.Errorf("a %s answers, want a %s", post.Assignment.Role, tt.role)
				}
			}
		})
	}
	if _, a := withMatter(t, geo.Matter{}); func() bool { _, known := a.Matter("U"); return known }() {
		t.Error("a matter that is not there is known")
	}
}

// A task grid takes what is meant for task grids, and nothing before the others.
func TestMatterComesToTaskGridsLast(t *testing.T) {
	t.Parallel()
	for want, kinds := range map[string][]geo.Kind{"T-1": {geo.Task}, "990199101004901": nil} {
		c, err := fixtures.Make("mini", 0)
		if err != nil {
			t.Fatal(err)
		}
		var task geo.Grid
		for i := range c.Grids {
			if g := &c.Grids[i]; g.Code == "990199101004901" {
				task = *g
			}
		}
		task.ID, task.Code, task.Kind = 9999, "T-1", geo.Task
		c.Grids = append(c.Grids, task)
		c.Matters = []geo.Matter{{ID: 1, Code: "T", Admitted: true, Kinds: kinds}}
		a, err := atlas.New(&c.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		p := task.Boundary.InteriorPoint()
		leaf, _ := a.Locate(p)
		m, _ := a.Matter("T")
		if got, err := a.Take(m, p, leaf, fixtures.AsOf); err != nil || a.Grid(got.Grid).Code != want {
			t.Errorf("%v: taken by %d, %v; want %s", kinds, got.Grid, err, want)
		}
	}
}
