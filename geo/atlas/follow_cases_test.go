package atlas

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// place is a point, by thousands of lattice steps, some ten metres.
func place(x, y int32) topo.Point { return topo.Point{X: 1000 * x, Y: 1000 * y} }

// block is a rectangle of ground.
func block(west, south, east, north int32) topo.Shape {
	return topo.Shape{{{place(west, south), place(east, south), place(east, north), place(west, north)}}}
}

// strip is a county of two villages side by side, the west one of two grids,
// with a hundred dwellings along the middle.
func strip() *geo.Snapshot {
	s := &geo.Snapshot{
		Territory: geo.Territory{ID: 1}, Plan: geo.Plan{ID: 1, Territory: 1}, Revision: 1,
		Tiers: []geo.Tier{{Class: geo.Administrative}, {Rank: 1, Class: geo.Administrative}, {Rank: 2, Class: geo.GridClass}},
		Grids: []geo.Grid{
			{ID: 1, Kind: geo.General, Code: "1", Boundary: block(0, 0, 1000, 100)},
			{ID: 2, Parent: 1, Tier: 1, Kind: geo.General, Code: "2", Boundary: block(0, 0, 500, 100)},
			{ID: 3, Parent: 1, Tier: 1, Kind: geo.General, Code: "3", Boundary: block(500, 0, 1000, 100)},
			{ID: 4, Parent: 2, Tier: 2, Kind: geo.General, Code: "4", Boundary: block(0, 0, 250, 100)},
			{ID: 5, Parent: 2, Tier: 2, Kind: geo.General, Code: "5", Boundary: block(250, 0, 500, 100)},
		},
	}
	for i := range int32(100) {
		s.Dwellings = append(s.Dwellings, geo.Dwelling{ID: geo.HouseholdID(i + 1), At: place(10*i+5, 50), Located: true})
	}
	return s
}

// after applies a change to a grid, given by what it does to a copy.
func after(t *testing.T, a *Atlas, id geo.GridID, edit func(g *geo.Grid)) *Atlas {
	t.Helper()
	i, known := a.Tree().Index(id)
	if !known {
		t.Fatalf("no grid %d", id)
	}
	g := *a.Grid(i)
	edit(&g)
	return follow(t, a, geo.Change{Before: a.Grid(i), After: &g})
}

func follow(t *testing.T, a *Atlas, changes ...geo.Change) *Atlas {
	t.Helper()
	next, err := a.Apply(geo.ChangeSet{Territory: 1, Plan: 1, Revision: a.Revision() + 1, Changes: changes})
	if err != nil {
		t.Fatal(err)
	}
	return next
}

// heldBy returns the IDs of the grids that hold a dwelling, as the counts
// have them.
func heldBy(a *Atlas, dwelling int) (ids []geo.GridID) {
	c := a.Counted(day)
	leaves := c.Many[dwelling]
	if leaves == nil && c.Leaf[dwelling] >= 0 {
		leaves = []int32{c.Leaf[dwelling]}
	}
	for _, i := range leaves {
		ids = append(ids, a.Grid(int(i)).ID)
	}
	return ids
}

// A dwelling that has moved since the ground was last edited is found where it
// is now, not where it was.
func TestEditMeetsDwellingsThatMoved(t *testing.T) {
	a := after(t, picture(t, strip()), 5, func(g *geo.Grid) { g.Boundary = block(250, 0, 490, 100) }) // the index of places is made
	home := geo.Household{Dwelling: a.Snapshot().Dwellings[99]}
	moved := home
	moved.At = place(245, 20)
	a = follow(t, a, geo.Change{Before: &home, After: &moved})
	if got := heldBy(a, 99); !slices.Equal(got, []geo.GridID{4}) {
		t.Fatalf("the dwelling moved to grids %v", got)
	}
	a = follow(t, a, geo.Change{Before: a.Grid(3), After: with(a.Grid(3), block(0, 0, 240, 100))},
		geo.Change{Before: a.Grid(4), After: with(a.Grid(4), block(240, 0, 490, 100))})
	if got := heldBy(a, 99); !slices.Equal(got, []geo.GridID{5}) {
		t.Errorf("after the border moved over it the dwelling lies in grids %v", got)
	}
}

// Two pictures that go on from one do not share what only one of them knows.
func TestEditOfThePictureBefore(t *testing.T) {
	a := picture(t, strip())
	home := geo.Household{Dwelling: a.Snapshot().Dwellings[20]}
	moved := home
	moved.At = place(900, 20)
	b := follow(t, a, geo.Change{Before: &home, After: &moved})
	b.Counted(day)
	after(t, b, 3, func(g *geo.Grid) { g.Boundary = block(500, 0, 900, 100) }) // the index of places is made
	one := after(t, a, 4, func(g *geo.Grid) { g.Boundary = block(0, 0, 200, 100) })
	if got := heldBy(one, 20); len(got) != 0 {
		t.Errorf("the dwelling, where it was, lies in %v, want the gap", got)
	}
}

func with(g *geo.Grid, ground topo.Shape) *geo.Grid {
	after := *g
	after.Boundary = ground
	return &after
}

// Where the order of grids changes, the leaves of a dwelling in several do too.
func TestOrderOfSeveralLeaves(t *testing.T) {
	s := strip()
	s.Grids[4].Boundary = block(100, 0, 500, 100) // over grid 4
	a := picture(t, s)
	if got := heldBy(a, 20); !slices.Equal(got, []geo.GridID{4, 5}) {
		t.Fatalf("the dwelling lies in %v", got)
	}
	// Grid 4 goes under a village that comes, and so to the end.
	village := geo.Grid{ID: 9, Parent: 1, Tier: 1, Kind: geo.General, Code: "9", Boundary: block(0, 0, 250, 100)}
	i, _ := a.Tree().Index(4)
	g := *a.Grid(i)
	g.Parent = 9
	a = follow(t, a, geo.Change{After: &village}, geo.Change{Before: a.Grid(i), After: &g})
	if got := heldBy(a, 20); !slices.Equal(got, []geo.GridID{5, 4}) {
		t.Errorf("the dwelling lies in %v, want the grids in their new order", got)
	}
	if leaf, _ := a.Locate(place(205, 50)); a.Grid(leaf).ID != 5 {
		t.Errorf("the point lies in grid %d", a.Grid(leaf).ID)
	}
}

// What a grid with an undrawn child holds is what its drawn children leave, and
// follows when these change.
func TestGroundLeftForUndrawnChildren(t *testing.T) {
	s := strip()
	s.Grids[4].Boundary = nil
	a := picture(t, s)
	if got := heldBy(a, 30); !slices.Equal(got, []geo.GridID{2}) {
		t.Fatalf("the dwelling lies in %v, want the village", got)
	}
	a = after(t, a, 4, func(g *geo.Grid) { g.Boundary = block(0, 0, 400, 100) })
	if got := heldBy(a, 30); !slices.Equal(got, []geo.GridID{4}) {
		t.Errorf("the dwelling lies in %v after the grid grew over it", got)
	}
	a = after(t, a, 4, func(g *geo.Grid) { g.Boundary = block(0, 0, 100, 100) })
	if got := heldBy(a, 20); !slices.Equal(got, []geo.GridID{2}) {
		t.Errorf("the dwelling lies in %v after the grid withdrew", got)
	}
}

// A territory whose border moves is held against what lies over its grids.
func TestOverlaysAreHeldAgainstTheTerritoryAsItIs(t *testing.T) {
	s := strip()
	s.Grids = append(s.Grids, geo.Grid{ID: 6, Parent: 3, Tier: 2, Kind: geo.Task, Code: "6", Boundary: block(10, 10, 90, 20)})
	a := picture(t, s)
	at, _ := a.Tree().Index(3)
	if f := a.faultsOf(at).Faults; len(f) != 0 {
		t.Fatalf("faults %+v", f)
	}
	a = after(t, a, 1, func(g *geo.Grid) { g.Boundary = block(100, 0, 1000, 100) })
	if f := a.faultsOf(at).Faults; len(f) != 1 || f[0].Kind != topo.Outside {
		t.Errorf("faults %+v, want one outside", f)
	}
}

// Change sets that no planner draws at once, but an import, an undo or a rebase
// may bring: the picture that follows is the one made anew.
func TestOddChangeSetsAreFollowed(t *testing.T) {
	t.Parallel()
	g := func(id, parent geo.GridID, tier int, ground topo.Shape) *geo.Grid {
		return &geo.Grid{ID: id, Parent: parent, Tier: tier, Kind: geo.General, Code: strconv.Itoa(int(id)), Boundary: ground}
	}
	four, five, village := g(4, 2, 2, block(0, 0, 250, 100)), g(5, 2, 2, block(250, 0, 500, 100)), g(3, 1, 1, block(500, 0, 1000, 100))
	tests := []struct {
		name    string
		changes []geo.Change
	}{
		{"taken away and made again elsewhere", []geo.Change{{Before: five}, {After: g(5, 3, 2, block(500, 0, 1000, 100))}}},
		{"made and taken away", []geo.Change{{After: g(9, 3, 2, block(500, 0, 600, 100))}, {Before: g(9, 3, 2, block(500, 0, 600, 100))}}},
		{"changed twice", []geo.Change{{Before: five, After: g(5, 2, 2, nil)}, {Before: g(5, 2, 2, nil), After: g(5, 2, 2, block(250, 0, 400, 100))}}},
		{"to a lower tier", []geo.Change{{Before: five, After: g(5, 2, 3, block(250, 0, 500, 100))}}},
		{"not drawn any more", []geo.Change{{Before: five, After: g(5, 2, 2, nil)}}},
		{"drawn over its sibling", []geo.Change{{Before: five, After: g(5, 2, 2, block(100, 0, 500, 100))}}},
		{"under another parent, ground and all", []geo.Change{{Before: five, After: g(5, 3, 2, block(250, 0, 500, 100))}}},
		{"the parent goes, the children to another", []geo.Change{{Before: four, After: g(4, 3, 2, four.Boundary)},
			{Before: five, After: g(5, 3, 2, five.Boundary)}, {Before: g(2, 1, 1, block(0, 0, 500, 100))}}},
		{"under a parent that comes", []geo.Change{{After: g(9, 3, 2, nil)}, {Before: five, After: g(5, 9, 3, five.Boundary)}}},
		{"the territory shrinks", []geo.Change{{Before: g(1, 0, 0, block(0, 0, 1000, 100)), After: g(1, 0, 0, block(0, 0, 400, 100))}}},
		{"codes are exchanged", []geo.Change{{Before: four, After: recoded(four, "5")}, {Before: five, After: recoded(five, "4")}}},
		{"a leaf is divided by an undrawn child", []geo.Change{{Before: village, After: village}, {After: g(9, 3, 2, nil)}}},
	}
	for _, asked := range []bool{false, true} {
		for _, tt := range tests {
			t.Run(fmt.Sprint(tt.name, ", asked before: ", asked), func(t *testing.T) {
				s := strip()
				s.Tiers = append(s.Tiers, geo.Tier{Rank: 3, Class: geo.GridClass})
				s.Territory.Keeps.Groups = []geo.Group{{Code: "veterans"}}
				a := picture(t, s)
				if asked {
					told(t, a)
				}
				a = follow(t, a, tt.changes...)
				is := map[int64]geo.Record{}
				for _, c := range tt.changes {
					_, id := cmp.Or(c.After, c.Before).Key()
					is[id] = c.After
				}
				for id, want := range is {
					i, there := a.Tree().Index(geo.GridID(id))
					if there != (want != nil) || there && !sameGrid(a.Grid(i), want.(*geo.Grid)) {
						t.Errorf("grid %d is not as the last change has it", id)
					}
				}
				fresh := *a.Snapshot()
				fresh.Grids = slices.Clone(a.Records().Grids)
				samePicture(t, a, picture(t, &fresh), rand.New(rand.NewPCG(1, 1)))
				points := cornersAndMiddles(leavesOf(t, fresh.Grids))
				got, want := make([]int32, len(points)), make([]int32, len(points))
				a.LocateEach(points, got)
				picture(t, &fresh).LocateEach(points, want)
				if !slices.Equal(got, want) {
					t.Error("corners or middles of edges lie elsewhere")
				}
			})
		}
	}
}

func recoded(g *geo.Grid, code string) *geo.Grid {
	after := *g
	after.Code = code
	return &after
}
