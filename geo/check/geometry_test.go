package check

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func TestCheckFindsEachFaultAndNothingElse(t *testing.T) {
	set := func(code string, shape topo.Shape) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			for i := range s.Grids {
				if s.Grids[i].Code == code {
					s.Grids[i].Boundary = shape
				}
			}
		}
	}
	over := func(shape topo.Shape, hole bool) func(*geo.Snapshot) {
		return func(s *geo.Snapshot) {
			s.Grids = append(s.Grids, geo.Grid{ID: 17, Parent: 12, Tier: 2, Kind: geo.Dedicated, Code: "west-901", Owner: "a", Hole: hole, Boundary: shape})
		}
	}
	tests := []struct {
		name  string
		fault func(*geo.Snapshot)
		want  []string
	}{
		{"a grid that lies over others", over(block(10, 10, 20, 20), false), []string{}},
		{"one that lies over two villages", over(block(190, 10, 210, 20), false), []string{}},
		{"one outside the territory", over(block(-10, 10, 10, 20), false), []string{"GEO-2 error west-901"}},
		{"one far away", over(block(-900, 10, -800, 20), false), []string{"GEO-2 error west-901"}},
		{"one whose ring crosses itself", over(topo.Shape{{{spot(10, 10), spot(20, 20), spot(20, 10), spot(10, 20)}}}, false), []string{"GEO-1 error west-901"}},
		{"a hole that was not carved", over(block(10, 10, 20, 20), true), []string{"GEO-3 error west-1"}},
		{"a hole that was carved", func(s *geo.Snapshot) {
			set("west-1", topo.Shape{{block(0, 0, 200, 200)[0][0], {spot(10, 10), spot(10, 20), spot(20, 20), spot(20, 10)}}})(s)
			over(block(10, 10, 20, 20), true)(s)
		}, []string{}},
		{"a whole county is silent", func(*geo.Snapshot) {}, []string{}},
		{"a gap is its parent's", set("east-3", block(200, 130, 400, 200)), []string{"GEO-4 error east"}},
		{"an overlap", set("east-2", block(200, 50, 400, 120)), []string{"GEO-3 error east-1"}},
		{"outside the parent", set("west-1", block(0, 0, 200, 210)), []string{"GEO-2 error west-1"}},
		{"a gap under the tolerance is dust", func(s *geo.Snapshot) {
			shape := block(200, 120, 400, 200)
			shape[0][0][0].Y++ // one lattice unit, 1 cm
			set("east-3", shape)(s)
		}, []string{}},
		{"an undrawn grid hides no gap and is named", set("east-2", nil), []string{"GEO-10 warning east-2"}},
		{"a grid in another parent than it states", func(s *geo.Snapshot) { s.Grids[6].Parent = 11 },
			[]string{"GEO-7 error west-1"}},
		{"the gap a misplaced grid leaves where it lies is the same finding", func(s *geo.Snapshot) { s.Grids[4].Parent = 12 },
			[]string{"GEO-7 error east-2"}},
		{"a gap in a tier that need not cover its parent is information", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			set("east-3", block(200, 130, 400, 200))(s)
		}, []string{"GEO-4 info east"}},
		{"what was left for grids to be drawn, when all are drawn", func(s *geo.Snapshot) { s.Grids[5].Rest = true },
			[]string{"GEO-4 error east"}},
		{"a grid that lies over others and says it is what was left, alone", func(s *geo.Snapshot) {
			s.Grids[6].Kind, s.Grids[6].Owner, s.Grids[6].Rest = geo.Dedicated, "a", true
		}, []string{}},
		{"what is left for a grid to be drawn", func(s *geo.Snapshot) {
			s.Grids[5].Rest = true
			s.Grids = append(s.Grids, geo.Grid{ID: 17, Parent: 11, Tier: 2, Code: "east-4", Kind: geo.General})
		}, []string{"GEO-10 warning east-4"}},
		{"what no child of a partial tier takes", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			s.Grids[5].Rest = true
		}, []string{}},
		{"a smaller grid beside those of a complete tier", func(s *geo.Snapshot) {
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
			s.Grids[5].Tier = 3
			s.Grids[5], s.Grids[6] = s.Grids[6], s.Grids[5]
		}, []string{"GEO-4 error east"}},
		{"nothing but smaller grids where a tier is complete", func(s *geo.Snapshot) {
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
			s.Grids[6].Tier = 3
		}, []string{"GEO-4 error west"}},
		{"what was left for smaller grids beside those of a complete tier", func(s *geo.Snapshot) {
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
			s.Grids[5].Tier, s.Grids[5].Rest = 3, true
			s.Grids[5], s.Grids[6] = s.Grids[6], s.Grids[5]
		}, []string{"GEO-4 error east"}},
		{"smaller grids where a tier need not cover", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
			s.Grids[6].Tier = 3
		}, []string{}},
		{"a gap beside a smaller grid, which comes first, and one of a complete tier", func(s *geo.Snapshot) {
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass})
			s.Grids[4].Tier = 3
			set("east-3", block(200, 130, 400, 200))(s)
		}, []string{"GEO-4 error east", "GEO-4 error east"}},
		{"a gap beside a larger grid, which comes first, and one of a complete tier", func(s *geo.Snapshot) {
			s.Tiers[2].Complete = false
			s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass, Complete: true})
			s.Grids[5].Tier = 3
			set("east-3", block(200, 130, 400, 200))(s)
		}, []string{"GEO-4 error east"}},
		{"a code used twice", func(s *geo.Snapshot) { s.Grids[5].Code = "east-2" }, []string{"COD-2 error east-2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := drawn()
			tt.fault(s)
			if got := said(ask(t, s, `{}`)); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("found %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCheckOfFilesNumberedApart(t *testing.T) {
	s := drawn()
	s.Grids[3].Code = "east" // as the village's
	s.Grids[5].Code = "east-2"
	c, faults := counted(t, s), faultsOf(t, s)
	for apart, want := range map[bool]int{false: 2, true: 1} {
		r, err := Ask(c, Ground{Faults: faults}, Question{CodesPerTier: apart})
		if err != nil || len(r.Findings) != want {
			t.Errorf("codes per tier %v: %q, %v; want %d findings", apart, said(r), err, want)
		}
	}
}

func TestCheckKeepsTheIDOfAFinding(t *testing.T) {
	s := drawn()
	s.Grids[5].Boundary = block(200, 130, 400, 200)
	first := ask(t, s, `{}`).Findings[0].ID
	s.Grids[5].Boundary = block(200, 140, 400, 200)
	s.Grids[4].Boundary = nil
	s.Grids[4].Boundary = block(200, 60, 400, 121)
	if again := ask(t, s, `{}`).Findings[0].ID; again != first {
		t.Errorf("the gap was %s and is now %s", first, again)
	}
}

// Ground that skips a complete tier is told with what it holds, and closed by a
// grid of the tier beside it.
func TestCheckTellsWhatSkipsATier(t *testing.T) {
	s := drawn()
	s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Code: "micro", Class: geo.GridClass, Complete: true, Households: anyMany})
	s.Grids[5].Tier = 3
	s.Grids[5], s.Grids[6] = s.Grids[6], s.Grids[5]
	s.Dwellings = []geo.Dwelling{{ID: 1, Located: true, At: spot(300, 150), Resident: 3}}
	r := ask(t, s, `{}`)
	if len(r.Findings) != 1 || r.Summary.Gaps.Count != 1 {
		t.Fatalf("found %q, %d gaps", said(r), r.Summary.Gaps.Count)
	}
	f := r.Findings[0]
	if f.Tier != "primary" || !slices.Equal(f.Evidence.Touches, []string{"east-3"}) || f.Evidence.Households != 1 {
		t.Errorf("of tier %s: %+v", f.Tier, f.Evidence)
	}
	if want := " m² of east-3 lie in no grid of the tier primary, which must cover them; they hold 1 household"; !strings.HasSuffix(f.Message.EN, want) {
		t.Errorf("message %q", f.Message.EN)
	}
	if len(f.Fixes) != 1 || f.Fixes[0].Grid != "east-2" || f.Fixes[0].Edit != "transfer" {
		t.Errorf("fixes %+v", f.Fixes)
	}
	if r := ask(t, s, `{"tiers":["micro"]}`); len(r.Findings) != 0 {
		t.Errorf("asked of another tier: %q", said(r))
	}
}
