package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// box is a rectangle in thousandths of a degree from 103, 26.
func box(x0, y0, x1, y1 float64) string {
	at := func(x, y float64) string { return fmt.Sprintf("[%v,%v]", 103+x/1000, 26+y/1000) }
	return "[" + strings.Join([]string{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)}, ",") + "]"
}

// grid is a feature with a code, a parent and one ring; no ring: undrawn.
func grid(code, parent, ring string) string {
	geometry := "null"
	if ring != "" {
		geometry = `{"type":"Polygon","coordinates":[` + ring + `]}`
	}
	return fmt.Sprintf(`{"type":"Feature","properties":{"code":%q,"parent":%q,"name":%q},"geometry":%s}`, code, parent, code, geometry) + "\n"
}

func village(complete bool) Manifest {
	return Manifest{
		Territory: ManifestTerritory{Code: "99"}, Plan: ManifestPlan{State: geo.InForce},
		Tiers: []geo.Tier{{Code: "county", Class: geo.Administrative, Complete: true},
			{Rank: 1, Code: "village", Class: geo.Administrative, Complete: true},
			{Rank: 2, Code: "primary", Class: geo.GridClass, Complete: complete}},
	}
}

// assemble puts tiers of line-delimited features together.
func assemble(m Manifest, tiers ...string) *Assembly {
	a := NewAssembly(m)
	for rank, text := range tiers {
		if text != "" {
			a.Grids(rank, Grids(strings.NewReader(text), Options{File: fmt.Sprintf("tier-%d", rank)}, Fields{}))
		}
	}
	return a
}

func parents(a *Assembly) string {
	s := a.Snapshot()
	var list []string
	for i := range s.Grids {
		if p := s.Grids[i].Parent; p > 0 {
			list = append(list, s.Grids[i].Code+"<"+s.Grids[p-1].Code)
		}
	}
	return strings.Join(list, " ")
}

func TestAssemblyFindsParents(t *testing.T) {
	villages := grid("v1", "", box(0, 0, 10, 10)) + grid("v2", "", box(10, 0, 20, 10))
	tests := []struct {
		name, grids, want string
	}{
		{"by code", grid("a", "v2", box(0, 0, 10, 10)), "v1<99 v2<99 a<v2"},
		{"by place", grid("a", "", box(11, 1, 12, 2)), "v1<99 v2<99 a<v2"},
		{"by the largest share", grid("a", "", box(5, 1, 18, 2)), "v1<99 v2<99 a<v2"},
		{"by the lowest code when shares are equal", grid("a", "", box(5, 1, 15, 2)), "v1<99 v2<99 a<v1"},
		{"by the nearest when it lies in none", grid("a", "", box(25, 1, 26, 2)), "v1<99 v2<99 a<v2"},
		{"undrawn by code", grid("a", "v1", ""), "v1<99 v2<99 a<v1"},
		{"ragged: straight under the county", grid("a", "99", box(0, 0, 10, 10)), "v1<99 v2<99 a<99"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := assemble(village(true), "", villages, tt.grids)
			if _, err := a.Place(Refused, topo.DefaultTolerance, nil); err != nil {
				t.Fatal(err)
			}
			if problems, _ := a.Problems(); len(problems) > 0 || parents(a) != tt.want {
				t.Errorf("%s, %v; want %s", parents(a), problems, tt.want)
			}
		})
	}
}

func TestAssemblyTellsWhatDoesNotFit(t *testing.T) {
	villages := grid("v1", "", box(0, 0, 10, 10)) + grid("v2", "", box(10, 0, 20, 10))
	tests := []struct {
		name, grids, want string
	}{
		{"unknown parent", grid("a", "v9", box(0, 0, 1, 1)), `tier-2: feature 0 (a): parent: no grid of a tier above has the code "v9"`},
		{"a sibling for a parent", grid("a", "", box(0, 0, 1, 1)) + grid("b", "a", box(0, 0, 1, 1)), `feature 1 (b): parent`},
		{"undrawn without parent", grid("a", "", ""), "names no parent and has no ground"},
		{"no code", grid("", "v1", box(0, 0, 1, 1)), "code: is empty"},
		{"a code without end", grid(strings.Repeat("9", 300), "v1", ""), "code: is longer"},
		{"a point", `{"type":"Feature","properties":{"code":"a"},"geometry":{"type":"Point","coordinates":[103,26]}}`, "(a): geometry: a Point bounds no ground"},
		{"an unknown kind", `{"type":"Feature","properties":{"code":"a","kind":"big"},"geometry":null}`, `kind: "big" is unknown; use dedicated, general, task`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := assemble(village(true), "", villages, tt.grids)
			problems, _ := a.Problems()
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), tt.want) {
				t.Errorf("%v, want %q", problems, tt.want)
			}
		})
	}
}

func TestAssemblyCountsProblemsBeyondTheList(t *testing.T) {
	a := assemble(village(true), "", strings.Repeat(`{"type":"Feature","properties":{},"geometry":null}`+"\n", 250))
	if first, more := a.Problems(); len(first) != problemsKept || more != 150 {
		t.Errorf("%d listed, %d more", len(first), more)
	}
}

func TestAssemblyJoinsRecordsByCode(t *testing.T) {
	a := assemble(village(true), "", grid("v1", "", box(0, 0, 10, 10)))
	csv := func(text string) *strings.Reader { return strings.NewReader(text) }
	a.Workers("w", Workers(csv("number,name,grid,role\n1,甲,v1,网格长\n2,乙,,\n2,丙,,\n3,丁,v9,网格长\n4,戊,v1,boss\n"), Options{File: "w"}))
	a.Assignments("a", Assignments(csv("worker,grid,role,deputy\n2,v1,leader,1\n9,v1,leader,\n1,v1,leader,1\n"), Options{File: "a"}))
	a.Populations("p", Populations(csv("unit,value\n99,76000\nv9,1\n"), Options{File: "p"}))
	a.Standards("s", Standards(csv("workers,residents,tier,roles\n18,10000,county,社区工作者\n18,10000,moon,\n"), Options{File: "s"}))
	s := a.Snapshot()
	if len(s.Workers) != 4 || len(s.Assignments) != 2 || len(s.Populations) != 1 || len(s.Standards) != 1 {
		t.Errorf("%d workers, %d assignments, %d populations, %d standards", len(s.Workers), len(s.Assignments), len(s.Populations), len(s.Standards))
	}
	if got := s.Standards[0].Roles[0]; got != "community_worker" {
		t.Errorf("role %q", got)
	}
	var got []string
	problems, _ := a.Problems()
	for _, p := range problems {
		got = append(got, p.Error())
	}
	want := []string{`w: line 4 (2): number: stands twice`, `w: line 5 (3): grid: no grid has the code "v9"`,
		`w: line 6 (4): role: "boss" is unknown; there are assistant, community_worker, dedicated_worker, grid_worker, leader, liaison, micro_leader`,
		`a: line 3 (9): worker: no worker has the number "9"`, `a: line 4 (1): deputy: is the worker`,
		`p: line 3 (v9): unit: no grid has the code "v9"`, `s: line 3 (moon): tier: there is no tier "moon"`}
	if !slices.Equal(got, want) {
		t.Errorf("got  %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestSettle(t *testing.T) {
	tests := []struct {
		name            string
		complete        bool
		villages, grids string
		want            string // what was done
		uneven          int
	}{
		{"whole as it is", true, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(0, 0, 10, 10)), "0 [99] []", 0},
		{"a vertex of one child on the straight border of another", true, grid("v", "", box(0, 0, 10, 10)),
			grid("a", "v", box(0, 0, 5, 10)) + grid("b", "v", box(5, 0, 10, 5)) + grid("c", "v", box(5, 5, 10, 10)), "4 [99] []", 0},
		{"a village without outline", true, grid("v", "", ""), grid("a", "v", box(0, 0, 5, 10)) + grid("b", "v", box(5, 0, 10, 10)), "0 [99 v] []", 0},
		{"a gap stays for the check", true, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(0, 0, 9, 10)), "2 [99] []", 1},
		{"a gap of a partial tier becomes a leaf", false, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(0, 0, 9, 10)), "2 [99 v] [v-000]", 0},
		{"an overlap of a partial tier stays", false, grid("v", "", box(0, 0, 10, 10)),
			grid("a", "v", box(0, 0, 9, 10)) + grid("b", "v", box(8, 0, 10, 10)), "8 [99] []", 0},
		{"a border that wavers by a step gives way", true, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(0, 0, 9.9999, 10)), "2 [99 v] []", 0},
		{"a slit of a step does not", true, grid("v", "", box(0, 0, 10, 10)),
			grid("a", "v", box(0, 0, 10, 5)) + grid("b", "v", box(0, 5.0001, 10, 10)), "4 [99] []", 1},
		{"what an undrawn child is to have becomes a leaf", true, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(0, 0, 9, 10)) + grid("b", "v", ""), "2 [99 v] [v-000]", 0},
		{"children that are not drawn leave the parent's ground to it", true, grid("v", "", box(0, 0, 10, 10)), grid("a", "v", "") + grid("b", "v", ""), "0 [99] []", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := assemble(village(tt.complete), "", tt.villages, tt.grids)
			done, err := a.Settle()
			if problems, _ := a.Problems(); err != nil || len(problems) > 0 {
				t.Fatal(err, problems)
			}
			if got := fmt.Sprint(done.Inserted, done.Derived, done.Rest); got != tt.want {
				t.Errorf("did %s, want %s", got, tt.want)
			}
			if got := len(a.Uneven(9)); got != tt.uneven {
				t.Errorf("%d uneven, want %d", got, tt.uneven)
			}
		})
	}
}

// The rest of a partial tier and its children are the parent's ground.
func TestSettleRestCoversTheParent(t *testing.T) {
	a := assemble(village(false), "", grid("v", "", box(0, 0, 10, 10)), grid("a", "v", box(2, 2, 4, 4))+grid("b", "v", box(4, 4, 8, 8)))
	if _, err := a.Settle(); err != nil {
		t.Fatal(err)
	}
	s := a.Snapshot()
	rest := s.Grids[len(s.Grids)-1]
	if !rest.Rest || rest.Code != "v-000" || !topo.Whole(s.Grids[1].Boundary, []topo.Shape{s.Grids[2].Boundary, s.Grids[3].Boundary, rest.Boundary}) {
		t.Errorf("rest %+v does not complete %v", rest, s.Grids[1].Boundary)
	}
}

func FuzzManifest(f *testing.F) {
	f.Add(`{"territory":{"code":"99","name":{"zh":"县"}},"plan":{"name":"p","state":"in_force"},"tiers":[{"rank":0,"code":"county","class":"administrative","name":{"zh":"县"}}],"roles":[]}`)
	f.Add(`{"tiers":[{"rank":1}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ReadManifest(strings.NewReader(text), "f")
		if err != nil {
			return
		}
		var b strings.Builder
		if err := m.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadManifest(strings.NewReader(b.String()), "f"); err != nil {
			t.Errorf("%v\n%s", err, b.String())
		}
	})
}

func TestAssemblyTellsWhichProfileCannotBe(t *testing.T) {
	for text, want := range map[string]string{
		`[{"code":"p","rules":{"STF-10":{"tiers":["moon"]}}}]`:                `p: feature 0 (p): rules.STF-10.tiers[0]: the plan has no tier "moon"`,
		`[{"code":"p"},{"code":"q","rules":{"STF-10":{"roles":["king"]}}}]`:   `p: feature 1 (q): rules.STF-10.roles[0]: no role "king"`,
		`[{"code":"p"},{"code":"p"}]`:                                         `p: feature 1 (p): code: stands twice with the same first day`,
		`[{"code":"p","rules":{"STF-3":{"per":10}}}]`:                         `p: feature 0 (p): rules.STF-3.min: is missing`,
		`[{"code":"p","limits":{}}]`:                                          `unknown field "limits"`,
		`[{"code":"p"}] []`:                                                   `more than one JSON value`,
		`{"code":"p"}`:                                                        `cannot unmarshal object`,
		`[{"code":"p"},{"code":"p","valid":{"from":"2025-01-01"}}]`:           "",
		`[{"code":"p","rules":{"STF-10":{"tiers":["village","secondary"]}}}]`: "",
	} {
		a := assemble(village(true), "", grid("v1", "", box(0, 0, 10, 10)))
		a.Profiles("p", Profiles(strings.NewReader(text), Options{File: "p"}))
		problems, _ := a.Problems()
		if want == "" && (len(problems) > 0 || len(a.Snapshot().Profiles) == 0) || want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Error(), want)) {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
}

// Households count only groups that territory.json declares, and it declares
// none that must not be kept.
func TestAssemblyKnowsTheDeclaredGroups(t *testing.T) {
	m := village(true)
	m.Territory.Keeps.Groups = []geo.Group{{Code: "veterans"}}
	a := assemble(m)
	rows := Households(strings.NewReader("ref,resident,groups\nH1,2,veterans:1\nH2,2,gymnasts:1\n"), Options{})
	got, errs := taken(t, a.Households("households.csv", rows))
	if len(got) != 1 || got[0].Groups != `{"veterans":1}` || len(errs) != 1 || errs[0].Field != "groups.gymnasts" || errs[0].Line != 3 {
		t.Errorf("%+v, %v", got, errs)
	}
	_, err := ReadManifest(strings.NewReader(`{"territory":{"code":"99","keeps":{"groups":[{"code":"disability","name":{"zh":""}}]}},"plan":{"name":""},"tiers":[]}`), "territory.json")
	if err == nil || !strings.Contains(err.Error(), "promises health") {
		t.Errorf("a declared group of ill people: %v", err)
	}
}
