package exchange

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// tiered is a manifest of a county, towns, villages and grids.
func tiered() Manifest {
	m := village(true)
	m.Tiers = slices.Insert(m.Tiers, 1, geo.Tier{Code: "township", Class: geo.Administrative, Complete: true})
	for i := range m.Tiers {
		m.Tiers[i].Rank = i
	}
	return m
}

// homesAt gives a home of three persons at each place, in thousandths of a
// degree from 103, 26.
func homesAt(places ...[2]float64) nets.Homes {
	return func(yield func(nets.Home) bool) {
		for _, p := range places {
			at, err := topo.Snap(103+p[0]/1000, 26+p[1]/1000)
			if err != nil || !yield(nets.Home{At: at, Persons: 3}) {
				return
			}
		}
	}
}

// groundErrors settles an assembly and returns the error findings of its ground.
func groundErrors(t interface {
	Helper()
	Fatal(...any)
}, a *Assembly) []string {
	t.Helper()
	if problems, _ := a.Problems(); len(problems) > 0 {
		t.Fatal(problems)
	}
	if _, err := a.Settle(); err != nil {
		t.Fatal(err)
	}
	tree, err := geo.NewTree(a.Snapshot().Grids)
	if err != nil {
		t.Fatal(err)
	}
	report, err := check.Ask(geo.Count(a.Snapshot(), tree, nil, 20250630), check.Ground{Faults: a.Faults(tree)}, check.Question{})
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	for _, f := range report.Findings {
		if f.Severity == geo.Error && strings.HasPrefix(string(f.Rule), "GEO-") {
			found = append(found, string(f.Rule)+" "+f.Subject.Code+": "+f.Message.EN)
		}
	}
	for _, code := range a.Uneven(9) {
		found = append(found, "uneven "+code)
	}
	return found
}

// told writes straddlers shortly: code, then parent, millionths of the ground,
// households and the grid that has it now.
func told(list []Straddler) string {
	var b strings.Builder
	for _, s := range list {
		fmt.Fprintf(&b, "%s:", s.Code)
		for _, p := range s.Parents {
			fmt.Fprintf(&b, " %s %d %d %s;", p.Parent, p.AreaPPM, p.Households, p.Grid)
		}
	}
	return b.String()
}

// Three grids lie over two villages of two towns; the one in the middle
// straddles both borders at once.
func TestPlaceStraddlingGrids(t *testing.T) {
	t.Parallel()
	towns := grid("t1", "", box(0, 0, 10, 10)) + grid("t2", "", box(10, 0, 20, 10))
	villages := grid("v1", "", box(0, 0, 10, 10)) + grid("v2", "", box(10, 0, 20, 10))
	grids := grid("g1", "", box(0, 0, 8, 10)) + grid("g2", "", box(8, 0, 14, 10)) + grid("g3", "", box(14, 0, 20, 10))
	tests := []struct {
		name       string
		straddling Straddling
		told       string
		parents    string
		findings   int
	}{
		{"refused", Refused, "g2: v2 666666 2 ; v1 333333 1 ;", "t1<99 t2<99 v1<t1 v2<t2 g1<v1 g2<v2 g3<v2", 3},
		{"cut", CutApart, "g2: v2 666666 2 g2; v1 333333 1 g4;", "t1<99 t2<99 v1<t1 v2<t2 g1<v1 g2<v2 g4<v1 g3<v2", 0},
		{"kept whole", KeptWhole, "g2: v2 666666 2 g2; v1 333333 1 g2;", "t1<99 t2<99 v1<t1 v2<t2 g1<v1 g2<v2 g3<v2", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := assemble(tiered(), "", towns, villages, grids)
			found, err := a.Place(tt.straddling, topo.DefaultTolerance, homesAt([2]float64{9, 5}, [2]float64{11, 5}, [2]float64{12, 5}, [2]float64{1, 1}))
			if err != nil || told(found) != tt.told || parents(a) != tt.parents {
				t.Fatalf("%v\n%s, want\n%s\n%s, want\n%s", err, told(found), tt.told, parents(a), tt.parents)
			}
			if got := groundErrors(t, a); len(got) != tt.findings && (tt.findings == 0 || len(got) == 0) {
				t.Errorf("findings %q", got)
			}
			s := a.Snapshot()
			if i := a.codes["g4"]; tt.straddling == CutApart && !slices.Equal(s.Grids[i].Predecessors, []geo.GridID{s.Grids[a.codes["g2"]].ID}) {
				t.Errorf("the piece has predecessors %v", s.Grids[i].Predecessors)
			}
			if i := a.codes["t2"]; tt.straddling == KeptWhole && s.Grids[i].Boundary.Bound() != s.Grids[a.codes["v2"]].Boundary.Bound() {
				t.Errorf("town 2 is bound by %v", s.Grids[i].Boundary.Bound())
			}
		})
	}
}

// Where shares of ground are equal, that with more households has the grid.
func TestPlaceEqualSharesByHouseholds(t *testing.T) {
	t.Parallel()
	villages := grid("v1", "", box(0, 0, 10, 10)) + grid("v2", "", box(10, 0, 20, 10))
	a := assemble(village(true), "", villages, grid("a", "", box(5, 1, 15, 2)))
	found, err := a.Place(Refused, topo.DefaultTolerance, homesAt([2]float64{6, 1.5}, [2]float64{12, 1.5}, [2]float64{13, 1.5}))
	if want := "v1<99 v2<99 a<v2"; err != nil || parents(a) != want || len(found) != 1 || found[0].Persons != 9 {
		t.Errorf("%s, want %s; %v", parents(a), want, err)
	}
}

// A grid lies in the lowest tier that has ground there; where that tier ends,
// in the one above.
func TestPlaceUnderRaggedTiers(t *testing.T) {
	t.Parallel()
	m := tiered()
	towns := grid("t1", "", box(0, 0, 10, 10)) + grid("t2", "", box(10, 0, 20, 10))
	a := assemble(m, "", towns, grid("v1", "t1", box(0, 0, 10, 10)), grid("a", "", box(1, 1, 2, 2))+grid("b", "", box(11, 1, 12, 2))+grid("c", "", box(9, 3, 12, 4)))
	found, err := a.Place(Refused, topo.DefaultTolerance, nil)
	if want := "t1<99 t2<99 v1<t1 a<v1 b<t2 c<t2"; err != nil || parents(a) != want || told(found) != "c: t2 666666 0 ; v1 333333 0 ;" {
		t.Errorf("%s, want %s; %s, %v", parents(a), want, told(found), err)
	}
}

// Asked to cut, grids that name their parent are held against the others too;
// the parent they name has them.
func TestPlaceCutsWhatStatesItsParent(t *testing.T) {
	t.Parallel()
	villages := grid("v1", "", box(0, 0, 10, 10)) + grid("v2", "", box(10, 0, 20, 10))
	a := assemble(village(true), "", villages, grid("g1", "v1", box(0, 0, 16, 10))+grid("g2", "v2", box(16, 0, 20, 10)))
	found, err := a.Place(CutApart, topo.DefaultTolerance, nil)
	if want := "v1<99 v2<99 g1<v1 g3<v2 g2<v2"; err != nil || parents(a) != want || told(found) != "g1: v1 625000 0 g1; v2 374999 0 g3;" || found[0].Stated != "v1" {
		t.Errorf("%s, want %s; %s, %v", parents(a), want, told(found), err)
	}
	if got := groundErrors(t, a); len(got) > 0 {
		t.Error(got)
	}
}

// strips divides a box of 20 by 10 by crooked lines from south to north.
func strips(t *rapid.T, prefix string, n int) string {
	lines := [][][2]float64{{{0, 0}, {0, 10}}}
	for k := 1; k < n; k++ {
		line := [][2]float64{}
		for _, y := range []float64{0, 3, 7, 10} {
			x := float64(k)*20/float64(n) + rapid.Float64Range(-6, 6).Draw(t, "x")/float64(n)
			line = append(line, [2]float64{x, y})
		}
		lines = append(lines, line)
	}
	lines = append(lines, [][2]float64{{20, 0}, {20, 10}})
	out := ""
	for k := range n {
		ring := slices.Clone(lines[k+1])
		for _, p := range slices.Backward(lines[k]) {
			ring = append(ring, p)
		}
		var at []string
		for _, p := range append(ring, ring[0]) {
			at = append(at, fmt.Sprintf("[%.7f,%.7f]", 103+p[0]/1000, 26+p[1]/1000))
		}
		out += grid(fmt.Sprintf("%s%03d", prefix, k+1), "", "["+strings.Join(at, ",")+"]")
	}
	return out
}

// However villages and grids lie across each other, the shares of every grid
// add up to it, and cut or kept whole the county divides without a fault: the
// parents have all the ground they had between them.
func TestPlacedGridsDivideTheirParents(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		towns := grid("t1", "", box(0, 0, 20, 10))
		villages := strips(t, "v", rapid.IntRange(1, 4).Draw(t, "villages"))
		grids := strips(t, "g", rapid.IntRange(1, 7).Draw(t, "grids"))
		for _, s := range []Straddling{CutApart, KeptWhole} {
			a := assemble(tiered(), "", towns, villages, grids)
			found, err := a.Place(s, topo.DefaultTolerance, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range found {
				sum := nets.Area(0)
				for _, p := range g.Parents {
					sum += p.AreaM2
				}
				if sum != g.AreaM2 || len(g.Parents) < 2 {
					t.Fatalf("%s: shares of %v for %v", g.Code, sum, g.AreaM2)
				}
			}
			if got := groundErrors(t, a); len(got) > 0 {
				for _, g := range a.Snapshot().Grids {
					fmt.Println(g.Code, g.Parent, g.Boundary)
				}
				fmt.Println(told(found), villages, grids)
				t.Fatalf("%s: %q", s, got)
			}
		}
	})
}
