package redraw_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// at is a place in the town below; one step is 1e-5 degree, about a metre.
func at(x, y float64) topo.Point {
	return topo.Point{X: 1_100_000_000 + int32(x*100), Y: 380_000_000 + int32(y*100)}
}

func block(x0, y0, x1, y1 float64) topo.Shape {
	return topo.Shape{{{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1)}}}
}

// town is 400 by 200 steps: the village west with grids 4, 5 and 6, and east
// with 7 and 8, which is divided into the micro grids 9 and 10.
//
//	+----+----+-----+-----+
//	| 5  |    |     | 10  |
//	+----+ 6  |  7  +-----+
//	| 4  |    |     |  9  |
//	+----+----+-----+-----+
func town() *geo.Snapshot {
	leaves := []topo.Shape{
		block(0, 0, 100, 100), block(0, 100, 100, 200), block(100, 0, 200, 200),
		block(200, 0, 300, 200), block(300, 0, 400, 100), block(300, 100, 400, 200),
	}
	leaves, _ = topo.Node(leaves)
	union := func(shapes ...topo.Shape) topo.Shape {
		u, err := topo.Union(shapes)
		if err != nil {
			panic(err)
		}
		return u
	}
	grid := func(id, parent geo.GridID, tier int, code string, shape topo.Shape) geo.Grid {
		return geo.Grid{ID: id, Parent: parent, Tier: tier, Code: code, Kind: geo.General, Boundary: shape,
			Valid: geo.Period{From: 20250131 - geo.Date(id)}} // the later, the older
	}
	s := &geo.Snapshot{
		Tiers: []geo.Tier{{Rank: 0, Code: "county", Complete: true}, {Rank: 1, Code: "village", Complete: true},
			{Rank: 2, Code: "primary", Complete: true}, {Rank: 3, Code: "micro"}},
		Grids: []geo.Grid{
			grid(1, 0, 0, "990199000000", union(leaves...)),
			grid(2, 1, 1, "990199100201", union(leaves[:3]...)),
			grid(3, 1, 1, "990199100202", union(leaves[3:]...)),
			grid(4, 2, 2, "990199100201001", leaves[0]),
			grid(5, 2, 2, "990199100201002", leaves[1]),
			grid(6, 2, 2, "990199100201003", leaves[2]),
			grid(7, 3, 2, "990199100202001", leaves[3]),
			grid(8, 3, 2, "990199100202002", union(leaves[4:]...)),
			grid(9, 8, 3, "990199100202002-001", leaves[4]),
			grid(10, 8, 3, "990199100202002-002", leaves[5]),
			grid(11, 2, 2, "990199100201004", nil), // not drawn
			grid(12, 2, 2, "990199100201901", block(50, 50, 150, 80)),
		},
	}
	s.Grids[11].Kind = geo.Dedicated
	for i, p := range []topo.Point{at(10, 10), at(20, 50), at(60, 90), at(50, 150), at(150, 20), at(160, 180),
		at(250, 30), at(210, 190), at(350, 20), at(390, 20), at(310, 95), at(350, 150)} {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), At: p, Located: true, Resident: 3})
	}
	return s
}

// must makes an edit and asks that the drawing is whole.
func must(t *testing.T, d *redraw.Drawing, e redraw.Edit) redraw.Redrawing {
	t.Helper()
	r, err := d.Apply(e)
	if err != nil {
		t.Fatalf("%+v: %v", e, err)
	}
	if err := d.Take(r); err != nil {
		t.Fatal(err)
	}
	if err := broken(d); err != nil {
		t.Fatal(err)
	}
	return r
}

// grid returns a grid that must be there.
func grid(t *testing.T, d *redraw.Drawing, id geo.GridID) geo.Grid {
	t.Helper()
	g, ok := d.Grid(id)
	if !ok {
		t.Fatalf("there is no grid %d", id)
	}
	return g
}

func TestEditIsRefusedWithAReason(t *testing.T) {
	name, code, place := geo.Name{ZH: strings.Repeat("长", 300)}, "990199100201001", block(10, 10, 20, 20)
	bow := topo.Shape{{{at(0, 0), at(50, 50), at(50, 0), at(0, 50)}}}
	new := func(parent geo.GridID, tier int, shape topo.Shape) geo.Grid {
		return geo.Grid{Parent: parent, Tier: tier, Kind: geo.General, Boundary: shape}
	}
	line := func(xy ...float64) []topo.Point {
		var points []topo.Point
		for i := 0; i < len(xy); i += 2 {
			points = append(points, at(xy[i], xy[i+1]))
		}
		return points
	}
	tests := []struct {
		name string
		edit redraw.Edit
		want string
	}{
		{"a split of a grid that is not there", redraw.Split{Grid: 99, Line: line(0, 0, 1, 1)}, "no such grid"},
		{"a split of the territory", redraw.Split{Grid: 1, Line: line(-9, 50, 409, 50)}, "is the territory"},
		{"a split of a grid not drawn", redraw.Split{Grid: 11, Line: line(-9, 50, 409, 50)}, "is not drawn"},
		{"a split beside a dedicated grid", redraw.Split{Grid: 12, Line: line(-9, 90, 409, 90)}, topo.LineMisses},
		{"a split beside the grid", redraw.Split{Grid: 7, Line: line(-9, 50, 90, 50)}, topo.LineMisses},
		{"a split along an edge", redraw.Split{Grid: 7, Line: line(200, -9, 200, 209)}, topo.LineTouches},
		{"a split that ends inside", redraw.Split{Grid: 7, Line: line(190, 50, 250, 50)}, topo.LineStaysWhole},
		{"a split that crosses itself", redraw.Split{Grid: 7, Line: line(190, 50, 310, 50, 310, 90, 250, 90, 250, 0)}, "crosses itself"},
		{"a split without length", redraw.Split{Grid: 7, Line: line(250, 50, 250, 50)}, topo.LineNoLength},
		{"a split by nothing", redraw.Split{Grid: 7}, topo.LineNoLength},
		{"a split by a point out of range", redraw.Split{Grid: 7, Line: []topo.Point{{X: 1}, {Y: math.MinInt32}}}, "out of range"},
		{"a split by too many points", redraw.Split{Grid: 7, Line: make([]topo.Point, topo.MaxLine+1)}, topo.LineTooLong},
		{"a split that snaps too far", redraw.Split{Grid: 7, Line: line(190, 50, 310, 50), ToleranceM: 1000}, "tolerance_m"},
		{"a split that snaps by no number", redraw.Split{Grid: 7, Line: line(190, 50, 310, 50), ToleranceM: math.NaN()}, "tolerance_m"},
		{"a split that cannot absorb", redraw.Split{Grid: 7, Line: line(190, 50, 310, 50), Straddling: redraw.Absorb}, "straddling"},
		{"a split that leaves all children on one side", redraw.Split{Grid: 8, Line: line(310, -9, 310, 209), Straddling: redraw.LargerShare}, "one side"},
		{"a merge of one", redraw.Merge{Grids: []geo.GridID{4, 4}}, "fewer than two"},
		{"a merge of cousins", redraw.Merge{Grids: []geo.GridID{6, 7}}, "not a sibling"},
		{"a merge of grids apart", redraw.Merge{Grids: []geo.GridID{9, 10, 8}}, "not a sibling"},
		{"a merge with a dedicated grid", redraw.Merge{Grids: []geo.GridID{4, 12}}, "not a general grid"},
		{"a merge that keeps another", redraw.Merge{Grids: []geo.GridID{4, 5}, Keep: 6}, "is not among the grids"},
		{"a reshape off the border", redraw.Reshape{Grid: 4, Line: line(50, 50, 90, 90)}, "does not begin and end"},
		{"a reshape of the parent's border", redraw.Reshape{Grid: 7, Line: line(200, 0, 190, 100, 200, 200)}, "parent's border"},
		{"a reshape of the territory's border", redraw.Reshape{Grid: 2, Line: line(0, 0, -20, 100, 0, 200)}, "parent's border"},
		{"a reshape across a third grid", redraw.Reshape{Grid: 4, Line: line(0, 100, 120, 150, 100, 100), With: 5}, "crosses ground"},
		{"a reshape with no neighbour", redraw.Reshape{Grid: 7, Line: line(300, 0, 280, 100, 300, 200), With: 7}, "is not a sibling"},
		{"a reshape to what is", redraw.Reshape{Grid: 4, Line: line(0, 100, 100, 100)}, topo.LineUnchanged},
		{"a transfer outside the parent", redraw.Transfer{To: 4, Region: block(90, 10, 210, 20)}, "outside the parent"},
		{"a transfer outside the territory", redraw.Transfer{To: 4, Region: block(-10, 110, 10, 120)}, "outside the parent"},
		{"a transfer of a grid's own ground", redraw.Transfer{To: 4, Region: block(10, 10, 20, 20)}, "holds no ground"},
		{"a transfer of all a grid has", redraw.Transfer{To: 4, Region: block(0, 100, 100, 200)}, "without ground"},
		{"a transfer from a cousin", redraw.Transfer{To: 4, From: []geo.GridID{7}, Region: block(0, 110, 10, 120)}, "is not a sibling"},
		{"a transfer by a crossed ring", redraw.Transfer{To: 4, Region: bow}, "crosses itself"},
		{"a transfer of nothing", redraw.Transfer{To: 4}, "is missing"},
		{"a transfer of no ground", redraw.Transfer{To: 4, Region: topo.Shape{}}, topo.LineNoLength},
		{"a transfer to the territory", redraw.Transfer{To: 1, Region: block(10, 110, 20, 120)}, "no general grid"},
		{"more ground than the territory for a dedicated grid", redraw.Transfer{To: 12, Region: block(-10, 60, 20, 70)}, "outside the territory"},
		{"a dedicated grid's ground from a general one", redraw.Transfer{To: 12, From: []geo.GridID{4}, Region: block(10, 60, 20, 70)}, "lies over others"},
		{"a compound that is not drawn", redraw.Transfer{To: 4, Compounds: []geo.Compound{{Code: "C-7"}}}, "C-7"},
		{"a compound outside", redraw.Transfer{To: 4, Compounds: []geo.Compound{{Code: "C-7", Boundary: block(-10, 0, 10, 10)}}}, "outside the parent"},
		{"a compound of one's own", redraw.Transfer{To: 4, Compounds: []geo.Compound{{Code: "C-7", Boundary: block(10, 10, 20, 20)}}}, "no ground of those"},
		{"an atom that is not there", redraw.Transfer{To: 7, Grids: []geo.GridID{99}}, "no such grid"},
		{"an atom under a leaf", redraw.Transfer{To: 7, Grids: []geo.GridID{9}}, "no grids under it yet"},
		{"an atom of one's own", redraw.Transfer{To: 8, Grids: []geo.GridID{9}}, "already"},
		{"an atom of a cousin", redraw.Transfer{To: 6, Grids: []geo.GridID{9}}, "under no sibling"},
		{"the territory as an atom", redraw.Transfer{To: 2, Grids: []geo.GridID{1}}, "is the territory"},
		{"an atom of another giver", redraw.Transfer{To: 2, From: []geo.GridID{2}, Grids: []geo.GridID{7}}, "not a sibling"},
		{"all the atoms of a sibling", redraw.Transfer{To: 2, Grids: []geo.GridID{7, 8}}, "without ground"},
		{"a merge of a general and a dedicated grid", redraw.Merge{Grids: []geo.GridID{4, 12}}, "is not a general grid"},
		{"a dedicated grid bent out of the territory", redraw.Reshape{Grid: 12, Line: line(50, 50, 100, -20, 150, 50)}, "outside the territory"},
		{"a dedicated grid bent from nowhere", redraw.Reshape{Grid: 12, Line: line(50, 55, 90, 60)}, "begin and end"},
		{"new numbers under no grid", redraw.Renumber{Parent: 99}, "no such grid"},
		{"new numbers under a dedicated grid", redraw.Renumber{Parent: 12}, "is not a general grid"},
		{"new numbers under a leaf", redraw.Renumber{Parent: 4}, "has no grids to number"},
		{"a transfer to divided ground far away", redraw.Transfer{To: 8, Region: block(210, 10, 220, 20)}, "no grid with a border"},
		{"a grid outside its parent", redraw.Create{Grid: new(4, 3, block(90, 10, 110, 20))}, "outside the parent"},
		{"a grid of no known tier", redraw.Create{Grid: new(9, 4, block(310, 10, 320, 20))}, "not a tier of the plan"},
		{"a grid above its parent", redraw.Create{Grid: new(4, 2, block(10, 10, 20, 20))}, "not below"},
		{"a grid under none", redraw.Create{Grid: new(99, 2, nil)}, "no such grid"},
		{"a drawn grid under one that is not", redraw.Create{Grid: new(11, 3, block(10, 10, 20, 20))}, "is not drawn"},
		{"a grid with a code in use", redraw.Create{Grid: geo.Grid{Parent: 2, Tier: 2, Kind: geo.General, Code: code}}, "already exists"},
		{"a task grid outside the territory", redraw.Create{Grid: geo.Grid{Parent: 1, Tier: 1, Kind: geo.Task, Boundary: block(-5, 0, 5, 5)}}, "outside the territory"},
		{"the end of the territory", redraw.Retire{Grid: 1}, "is the territory"},
		{"an end for a cousin's good", redraw.Retire{Grid: 6, To: 7}, "is not a sibling"},
		{"a name too long", redraw.Set{Grid: 4, Name: &name}, "name.zh"},
		{"a code in use", redraw.Set{Grid: 5, Code: &code}, "already exists"},
		{"a general grid's boundary set", redraw.Set{Grid: 4, Boundary: &place}, "transfer ground"},
		{"a move under a leaf", redraw.Move{Grid: 9, Parent: 4}, "has no grids under it"},
		{"a move under itself", redraw.Move{Grid: 3, Parent: 8}, "under the grid itself"},
		{"a move to a lower tier", redraw.Move{Grid: 7, Parent: 8}, "not of a higher tier"},
		{"a move to where it is", redraw.Move{Grid: 4, Parent: 2}, "the parent already"},
	}
	d := drawing(t, town())
	before := stateOf(d)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := d.Apply(tt.edit)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Apply = %+v, %v, want %q", r, err, tt.want)
			}
			if !errors.Is(err, geo.ErrInvalid) && !errors.Is(err, geo.ErrNotFound) && !errors.Is(err, geo.ErrConflict) {
				t.Errorf("%v is of no known class", err)
			}
			if bad := stateOf(d).differs(before); bad != nil {
				t.Errorf("the refusal changed the drawing: %v", bad)
			}
		})
	}
}

func TestSplitKeepsTheCodeWhereMoreLive(t *testing.T) {
	d := drawing(t, town())
	d.Reserve("990199100201007") // of a grid long gone
	r := must(t, d, redraw.Split{Grid: 4, Line: []topo.Point{at(-9, 30), at(109, 30)}, Name: geo.Name{ZH: "南格"}})
	kept, made := grid(t, d, 4), grid(t, d, 13)
	if !kept.Boundary.Contains(at(20, 50)) || kept.Code != "990199100201001" {
		t.Errorf("kept %+v: two of three households live in the north", kept)
	}
	if made.Code != "990199100201008" || made.Parent != 2 || made.Tier != 2 || made.Name.ZH != "南格" ||
		!slices.Equal(made.Predecessors, []geo.GridID{4}) {
		t.Errorf("made %+v", made)
	}
	want := redraw.Shift{Tier: 2, From: 4, To: 13, AreaM2: made.Boundary.AreaM2(), Households: []geo.HouseholdID{1}, Persons: 3}
	if len(r.Shifts) != 1 || r.Shifts[0].To != want.To || math.Abs(r.Shifts[0].AreaM2-want.AreaM2) > 1e-6 ||
		!slices.Equal(r.Shifts[0].Households, want.Households) || r.Shifts[0].Persons != want.Persons {
		t.Errorf("shifts %+v, want %+v", r.Shifts, want)
	}
	if err := d.Take(r.Inverse()); err != nil {
		t.Fatal(err)
	}
	if again := must(t, d, redraw.Split{Grid: 4, Line: []topo.Point{at(-9, 30), at(109, 30)}}); len(again.Changes) > 0 {
		if _, reused := d.Grid(13); reused {
			t.Error("an identity is given again")
		}
		if g := grid(t, d, 14); g.Code != "990199100201008" {
			t.Errorf("code %s: the one that was undone is free", g.Code)
		}
	}
	if err := d.Take(r); !errors.Is(err, geo.ErrStale) {
		t.Errorf("a redrawing of before: %v, want ErrStale", err)
	}
}

func TestSplitGivesNeighboursOutsideTheParentTheVertex(t *testing.T) {
	d := drawing(t, town())
	before := grid(t, d, 7).Boundary.Vertices()
	r := must(t, d, redraw.Split{Grid: 6, Line: []topo.Point{at(90, 33), at(210, 77)}})
	if got := grid(t, d, 7).Boundary.Vertices(); got != before+1 {
		t.Errorf("grid 7 of the other village has %d vertices, want %d", got, before+1)
	}
	var changed []geo.GridID
	for _, c := range r.Changes {
		changed = append(changed, c.After.(*geo.Grid).ID)
	}
	if slices.Sort(changed); !slices.Equal(changed, []geo.GridID{2, 3, 4, 6, 7, 13}) {
		t.Errorf("changed are %v", changed)
	}
}

func TestSplitOfAnUpperTierCutsWhatStraddles(t *testing.T) {
	tests := []struct {
		name       string
		straddling redraw.Straddling
		want       []redraw.Straddler
	}{
		{"cut", redraw.Cut, []redraw.Straddler{{Grid: 9, Did: redraw.WasCut, Into: 15}, {Grid: 8, Did: redraw.WasCut, Into: 14}, {Grid: 7, Did: redraw.WasCut, Into: 16}}},
		{"by the larger share", redraw.LargerShare, []redraw.Straddler{{Grid: 7, Did: redraw.Followed, Into: 13}, {Grid: 8, Did: redraw.Stayed}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drawing(t, town())
			line := []topo.Point{at(190, 105), at(290, 105), at(340, 60), at(340, -10)} // 7 in halves, a corner of 9
			r := must(t, d, redraw.Split{Grid: 3, Line: line, Straddling: tt.straddling})
			if len(r.Straddlers) != len(tt.want) {
				t.Fatalf("straddlers %+v, want %d", r.Straddlers, len(tt.want))
			}
			for _, want := range tt.want {
				if !slices.ContainsFunc(r.Straddlers, func(s redraw.Straddler) bool { return s.Grid == want.Grid && s.Did == want.Did }) {
					t.Errorf("straddlers %+v lack %+v", r.Straddlers, want)
				}
			}
			if g := grid(t, d, 13); g.Tier != 1 || g.Parent != 1 || g.Code != "990199100203" {
				t.Errorf("the new village is %+v", g)
			}
		})
	}
}

func TestMergeKeepsTheOlder(t *testing.T) {
	d := drawing(t, town())
	r := must(t, d, redraw.Merge{Grids: []geo.GridID{4, 5}})
	g := grid(t, d, 5) // in force since a day earlier
	if _, there := d.Grid(4); there || !slices.Equal(g.Predecessors, []geo.GridID{4}) || !g.Boundary.Contains(at(10, 10)) {
		t.Errorf("merged into %+v", g)
	}
	if len(r.Shifts) != 1 || len(r.Shifts[0].Households) != 3 {
		t.Errorf("shifts %+v", r.Shifts)
	}
	must(t, d, redraw.Merge{Grids: []geo.GridID{2, 3}, Keep: 2})
	if got := d.Children(2); !slices.Equal(got, []geo.GridID{5, 6, 7, 8, 11, 12}) {
		t.Errorf("children of the merged village: %v", got)
	}
}

// A village may be divided into grids and micro grids side by side; either takes
// the other's ground and stays in its tier.
func TestMergeOfSiblingsInTwoTiers(t *testing.T) {
	for _, keep := range []geo.GridID{7, 9} {
		s := town()
		s.Grids = slices.DeleteFunc(s.Grids, func(g geo.Grid) bool { return g.ID == 8 })
		for i := range s.Grids {
			if g := &s.Grids[i]; g.Parent == 8 {
				g.Parent = 3
			}
		}
		d := drawing(t, s)
		was := grid(t, d, keep).Tier
		must(t, d, redraw.Merge{Grids: []geo.GridID{7, 9}, Keep: keep})
		if g := grid(t, d, keep); g.Tier != was || area(g.Boundary) != 100*200+100*100 {
			t.Errorf("kept in tier %d with %d steps²: %+v", g.Tier, area(g.Boundary), g)
		}
	}
}

func TestReshapeMovesTheBorderForAllOwners(t *testing.T) {
	d := drawing(t, town())
	// The border of 6 with 4 and 5, bulging west below and east above.
	r := must(t, d, redraw.Reshape{Grid: 6, Line: []topo.Point{at(100, 0), at(80, 80), at(120, 120), at(100, 200)}})
	if len(r.Shifts) != 2 && len(r.Shifts) != 3 {
		t.Errorf("shifts %+v", r.Shifts)
	}
	if !grid(t, d, 6).Boundary.Contains(at(85, 70)) || !grid(t, d, 5).Boundary.Contains(at(110, 125)) {
		t.Error("the border did not move on both sides")
	}
	// At the upper tier, 7 and 9 of east gain from 6 of west.
	must(t, d, redraw.Reshape{Grid: 3, Line: []topo.Point{at(200, 0), at(150, 100), at(200, 200)}})
	if g := grid(t, d, 7); !g.Boundary.Contains(at(170, 100)) || !grid(t, d, 3).Boundary.Contains(at(170, 100)) {
		t.Errorf("grid 7 did not follow its village: %v", g.Boundary)
	}
}

func TestTransferGivesWhatTheRegionHolds(t *testing.T) {
	d := drawing(t, town())
	r := must(t, d, redraw.Transfer{To: 6, Region: block(60, 80, 100, 120)}) // a corner of 4 and of 5
	if len(r.Shifts) != 2 || r.Shifts[0].From != 4 || r.Shifts[1].From != 5 || !slices.Equal(r.Shifts[0].Households, []geo.HouseholdID{3}) {
		t.Errorf("shifts %+v", r.Shifts)
	}
	must(t, d, redraw.Transfer{To: 11, Region: block(0, 0, 30, 30), From: []geo.GridID{4}}) // draws it
	if g := grid(t, d, 11); !g.Boundary.Contains(at(10, 10)) {
		t.Errorf("grid 11 is %v", g.Boundary)
	}
	// Undivided ground goes to the micro grid with the longest border.
	must(t, d, redraw.Transfer{To: 8, Region: block(280, 20, 300, 110)})
	if !grid(t, d, 9).Boundary.Contains(at(285, 105)) {
		t.Error("grid 9 has the longer border and did not get the ground")
	}
	must(t, d, redraw.Transfer{To: 3, Region: block(150, 50, 200, 90), Straddling: redraw.Cut})
	made := drawn(d, 3)
	if g := made[len(made)-1]; len(made) != 3 || !slices.Equal(g.Predecessors, []geo.GridID{6}) || !g.Boundary.Contains(at(170, 60)) {
		t.Errorf("the ground cut off village west is %+v", g)
	}
}

func TestCreateDividesOrCarves(t *testing.T) {
	d := drawing(t, town())
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 4, Tier: 3, Kind: geo.General, Boundary: block(0, 0, 50, 50)}})
	kids := drawn(d, 4)
	if len(kids) != 2 || kids[0].Code != "990199100201001-001" || kids[0].Rest || !kids[1].Rest || kids[1].Code != "990199100201001-002" {
		t.Errorf("grid 4 is divided into %+v", kids)
	}
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 4, Tier: 3, Kind: geo.General, Boundary: block(50, 0, 80, 50)}})
	if kids = drawn(d, 4); len(kids) != 3 {
		t.Errorf("a third grid was not carved: %+v", kids)
	}
	for _, g := range kids[:2] {
		must(t, d, redraw.Retire{Grid: g.ID})
	}
	must(t, d, redraw.Retire{Grid: drawn(d, 4)[0].ID}) // the only child left
	if len(drawn(d, 4)) != 0 || !grid(t, d, 4).Boundary.Contains(at(10, 10)) {
		t.Error("the ground did not come back to grid 4")
	}
	must(t, d, redraw.Split{Grid: 4, Line: []topo.Point{at(50, -9), at(50, 109)}}) // it is a leaf again
	task := must(t, d, redraw.Create{Grid: geo.Grid{Parent: 1, Tier: 1, Kind: geo.Task, Code: "T-1", Boundary: block(150, 50, 250, 150)}})
	if len(task.Changes) != 1 || len(task.Shifts) != 0 {
		t.Errorf("an overlay changed %+v", task)
	}
}

func TestSetAndMoveKeepTheGround(t *testing.T) {
	d := drawing(t, town())
	name, owner := geo.Name{ZH: "新名"}, "水务局"
	must(t, d, redraw.Set{Grid: 12, Name: &name, Owner: &owner})
	if g := grid(t, d, 12); g.Name != name || g.Owner != owner || g.Code != "990199100201901" {
		t.Errorf("set: %+v", g)
	}
	r := must(t, d, redraw.Move{Grid: 6, Parent: 3})
	if g := grid(t, d, 3); !g.Boundary.Contains(at(150, 100)) || grid(t, d, 2).Boundary.Contains(at(150, 100)) {
		t.Error("the villages' outlines did not follow")
	}
	if len(r.Shifts) != 1 || r.Shifts[0].Tier != 1 || r.Shifts[0].From != 2 || r.Shifts[0].To != 3 || len(r.Shifts[0].Households) != 2 {
		t.Errorf("shifts %+v", r.Shifts)
	}
}

// Where a draft is not whole, an edit there is refused with the faults; ground
// elsewhere can be edited all the same.
func TestEditWhereGridsOverlapTellsTheFault(t *testing.T) {
	s := town()
	s.Grids[5].Boundary = topo.Shape{{{at(90, 0), at(200, 0), at(200, 200), at(100, 200), at(100, 100), at(90, 100)}}} // 6 over 4
	d := drawing(t, s)
	before := stateOf(d)
	_, err := d.Apply(redraw.Split{Grid: 4, Line: []topo.Point{at(-9, 30), at(209, 30)}})
	var topology *redraw.TopologyError
	if !errors.As(err, &topology) {
		t.Fatalf("error %v, want a TopologyError", err)
	}
	if i := slices.IndexFunc(topology.Faults, func(f topo.Fault) bool { return f.Kind == topo.Overlap }); i < 0 ||
		topology.Grids[topology.Faults[i].Members[0]] != 4 || topology.Grids[topology.Faults[i].Members[1]] != 6 {
		t.Errorf("faults %+v among %v", topology.Faults, topology.Grids)
	}
	if bad := stateOf(d).differs(before); bad != nil {
		t.Error(bad)
	}
	if _, err := d.Apply(redraw.Split{Grid: 9, Line: []topo.Point{at(299, 30), at(409, 30)}}); err != nil {
		t.Errorf("an edit elsewhere: %v", err)
	}
}

// Any edit is made and leaves the plan whole, or is refused; none panics.
func FuzzEdit(f *testing.F) {
	f.Add([]byte{0, 7, 0, 0, 190, 50, 110, 150})
	f.Add([]byte{1, 4, 5})
	f.Add([]byte{2, 6, 0, 3, 100, 0, 80, 80, 100, 200})
	f.Add([]byte{3, 6, 1, 9, 60, 80, 100, 80, 100, 120, 60, 120})
	f.Add([]byte{4, 2, 2, 0, 60, 80, 100, 80, 100, 120, 60, 120})
	f.Add([]byte{5, 9, 0})
	f.Add([]byte{6, 6, 3})
	f.Add([]byte{3, 7, 2, 2, 255, 255, 0, 255, 255, 0})
	f.Add([]byte{7, 2, 2, 32, 60, 80, 100, 80, 100, 120, 60, 120, 8, 13, 4, 32, 70, 90, 90, 90, 90, 110, 9, 2, 2, 0})
	f.Add([]byte{10, 12, 12, 32, 60, 80, 100, 80, 100, 120, 60, 120, 11, 2, 8, 0})
	s := town()
	s.Tiers[2].Dedicated = geo.Hole
	f.Fuzz(func(t *testing.T, body []byte) {
		d := drawing(t, s)
		for len(body) > 3 {
			op, id, other, how := body[0]%12, geo.GridID(body[1]%20), geo.GridID(body[2]%20), body[3]
			body = body[4:]
			var points []topo.Point
			for ; len(body) > 1 && len(points) < int(how>>4)+2; body = body[2:] {
				p := at(float64(body[0])*2-50, float64(body[1])-20)
				if body[0] == 255 { // far out
					p = topo.Point{X: math.MaxInt32, Y: int32(body[1]) << 24}
				}
				points = append(points, p)
			}
			straddling := []redraw.Straddling{"", redraw.Cut, redraw.LargerShare, redraw.Absorb}[how&3]
			edit := []redraw.Edit{
				redraw.Split{Grid: id, Line: points, Straddling: straddling, ToleranceM: float64(how & 12)},
				redraw.Merge{Grids: []geo.GridID{id, other}},
				redraw.Reshape{Grid: id, With: other, Line: points, Straddling: straddling},
				redraw.Transfer{To: id, Region: topo.Shape{{points}}, Straddling: straddling, ToleranceM: float64(how & 12)},
				redraw.Create{Grid: geo.Grid{Parent: id, Tier: int(other), Kind: geo.General, Boundary: topo.Shape{{points}}}},
				redraw.Retire{Grid: id, To: other},
				redraw.Move{Grid: id, Parent: other},
				redraw.Create{Grid: geo.Grid{Parent: id, Tier: int(other), Kind: geo.Dedicated, Boundary: topo.Shape{{points}}}, ToleranceM: float64(how & 12)},
				redraw.Set{Grid: id, Boundary: &topo.Shape{{points}}, ToleranceM: float64(how & 12)},
				redraw.Renumber{Parent: id, Tier: int(other) - 2},
				redraw.Transfer{To: id, Compounds: []geo.Compound{{Code: "X", Boundary: topo.Shape{{points}}}}, Grids: []geo.GridID{other}, Straddling: straddling},
				redraw.Transfer{To: id, Grids: []geo.GridID{other}},
			}[op]
			r, err := d.Apply(edit)
			if err != nil {
				continue
			}
			if err := d.Take(r); err != nil {
				t.Fatalf("%+v: %v", edit, err)
			}
			if err := broken(d); err != nil {
				t.Fatalf("%+v: %v", edit, err)
			}
		}
	})
}
