package redraw_test

import (
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// overlay 12 takes 50 to 150 by 50 to 80.
func TestOverlaysAreRedrawnFreely(t *testing.T) {
	d := drawing(t, town())
	before := stateOf(d)
	must(t, d, redraw.Transfer{To: 12, Region: block(140, 60, 250, 70)})
	if got := area(grid(t, d, 12).Boundary); got != 100*30+100*10 {
		t.Errorf("given ground it has %d steps²", got)
	}
	must(t, d, redraw.Reshape{Grid: 12, Line: []topo.Point{at(50, 50), at(50, 40), at(150, 40), at(150, 50)}})
	if got := area(grid(t, d, 12).Boundary); got != 100*40+100*10 {
		t.Errorf("bent it has %d steps²", got)
	}
	must(t, d, redraw.Split{Grid: 12, Line: []topo.Point{at(70, 0), at(70, 200)}, Name: geo.Name{ZH: "西区"}})
	made := grid(t, d, 13)
	if made.Code != "990199100201902" || made.Kind != geo.Dedicated || made.Name.ZH != "西区" || area(made.Boundary) != 20*40 {
		t.Errorf("split off %+v", made)
	}
	must(t, d, redraw.Transfer{To: 13, From: []geo.GridID{12}, Region: block(60, 40, 80, 80)})
	if got := area(grid(t, d, 12).Boundary); got != 70*40+100*10 {
		t.Errorf("having given it has %d steps²", got)
	}
	must(t, d, redraw.Merge{Grids: []geo.GridID{12, 13}, Keep: 13})
	if g := grid(t, d, 13); area(g.Boundary) != 100*40+100*10 || len(g.Predecessors) != 1 {
		t.Errorf("merged %+v", g)
	}
	must(t, d, redraw.Set{Grid: 13, Boundary: ptr(block(0.5, 0.5, 10, 10)), ToleranceM: 2})
	if got := area(grid(t, d, 13).Boundary); got != 100 {
		t.Errorf("snapped to the corner of the village it has %d steps²", got)
	}
	for id, g := range stateOf(d) {
		if was := before[id]; g.Kind == geo.General && !g.Boundary.Equal(was.Boundary) {
			t.Errorf("general grid %d was redrawn", id)
		}
	}
}

// What lies over others belongs to a tier, which a merger must not blur.
func TestOverlaysOfTwoTiersStayApart(t *testing.T) {
	d := drawing(t, town())
	made := must(t, d, redraw.Create{Grid: geo.Grid{Parent: 8, Tier: 3, Kind: geo.Dedicated, Boundary: block(310, 10, 320, 20)}})
	if _, err := d.Apply(redraw.Merge{Grids: []geo.GridID{12, made.Made}}); err == nil || !strings.Contains(err.Error(), "another kind or tier") {
		t.Errorf("merged with a dedicated grid of another tier: %v", err)
	}
}

// holes is the town whose primary tier carves dedicated grids out.
func holes() *geo.Snapshot {
	s := town()
	s.Tiers[2].Dedicated = geo.Hole
	return s
}

// A dedicated grid of a tier with holes takes its ground from the general
// grids there, keeps the parent partitioned through every edit, and gives it
// back when it goes.
func TestHolesArePartOfThePartition(t *testing.T) {
	d := drawing(t, holes())
	start := stateOf(d)
	made := must(t, d, redraw.Create{Grid: geo.Grid{Parent: 2, Tier: 2, Kind: geo.Dedicated, Owner: "县教育局", Boundary: block(60, 60, 140, 120)}})
	hole := grid(t, d, 13)
	if !hole.Hole || hole.Code != "990199100201902" || area(hole.Boundary) != 80*60 {
		t.Fatalf("made %+v", hole)
	}
	if got := area(grid(t, d, 4).Boundary); got != 100*100-40*40 {
		t.Errorf("grid 4 keeps %d steps²", got)
	}
	if households(made, 13) != 1 {
		t.Errorf("households moved: %+v", made.Shifts)
	}
	must(t, d, redraw.Set{Grid: 13, Boundary: ptr(block(60, 60, 100, 100))})
	if got := area(grid(t, d, 6).Boundary); got != 100*200+40*20 {
		t.Errorf("grid 6 has %d steps², want all it had and the stretch beside, with which it has most border", got)
	}
	must(t, d, redraw.Transfer{To: 13, Region: block(100, 60, 120, 100)})
	must(t, d, redraw.Split{Grid: 13, Line: []topo.Point{at(100, 0), at(100, 200)}})
	must(t, d, redraw.Merge{Grids: []geo.GridID{13, 14}})
	must(t, d, redraw.Split{Grid: 6, Line: []topo.Point{at(90, 150), at(210, 150)}})
	if _, err := d.Apply(redraw.Merge{Grids: []geo.GridID{4, 13}}); err == nil || !strings.Contains(err.Error(), "another kind than") {
		t.Errorf("a general grid merged with a dedicated one: %v", err)
	}
	must(t, d, redraw.Retire{Grid: 13, To: 6})
	if got := area(grid(t, d, 6).Boundary); got != 100*150+40*40+20*40 {
		t.Errorf("grid 6 has %d steps² after the hole was given to it", got)
	}
	if err := d.Take(made.Inverse()); err == nil {
		t.Error("the first edit was undone behind the others")
	}
	d = drawing(t, holes())
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 2, Tier: 2, Kind: geo.Dedicated, Boundary: block(60, 60, 90, 90)}})
	must(t, d, redraw.Retire{Grid: 13})
	if g := grid(t, d, 4); area(g.Boundary) != 100*100 || !g.Boundary.Equal(start[4].Boundary) {
		t.Errorf("grid 4 is %v after the hole in it went", g.Boundary)
	}
}

// What lies over a grid that goes stays below a grid of a tier above its own,
// even where the heir is no such grid.
func TestOverlayOutlivesItsParent(t *testing.T) {
	t.Parallel()
	s := town()
	s.Grids[4].Tier = 3 // grid 5, beside grid 4 of tier 2
	d := drawing(t, s)
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 4, Tier: 3, Kind: geo.Dedicated, Boundary: block(20, 20, 40, 40)}})
	must(t, d, redraw.Merge{Grids: []geo.GridID{4, 5}, Keep: 5})
	if g := grid(t, d, 13); g.Parent != 2 {
		t.Errorf("its parent is %d, want the village, since grid 5 is of its own tier", g.Parent)
	}
	if _, err := geo.NewTree(d.Grids()); err != nil {
		t.Error(err)
	}
}

// households counts those that came to a grid.
func households(r redraw.Redrawing, to geo.GridID) int {
	n := 0
	for _, s := range r.Shifts {
		if s.To == to {
			n += len(s.Households)
		}
	}
	return n
}

// A hole in a grid that was not divided leaves a general grid around it.
func TestHoleInALeaf(t *testing.T) {
	s := holes()
	s.Tiers[3].Dedicated = geo.Hole
	d := drawing(t, s)
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 7, Tier: 3, Kind: geo.Dedicated, Boundary: block(220, 20, 240, 40)}})
	hole, rest := grid(t, d, 13), grid(t, d, 14)
	if hole.Code != "990199100202001-901" || rest.Code != "990199100202001-001" || rest.Kind != geo.General || rest.Hole {
		t.Errorf("hole %+v, rest %+v", hole, rest)
	}
}
