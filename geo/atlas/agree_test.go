package atlas

import (
	"context"
	"iter"
	"strconv"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

// The store places households when it writes them, the picture when it shows
// them. They must agree everywhere: on corners and borders, where a child is
// not drawn, and where the children of a draft leave gaps or overlap.
func TestStoreAndPicturePlaceAlike(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		state geo.PlanState
		spoil func(leaves []*geo.Grid)
	}{
		{"a whole plan", geo.InForce, func([]*geo.Grid) {}},
		{"a plan with an undrawn grid", geo.InForce, func(leaves []*geo.Grid) { leaves[3].Boundary = nil }},
		{"a draft with an overlap, and a gap where a grid was", geo.Draft, func(leaves []*geo.Grid) {
			leaves[2].Boundary = leaves[5].Boundary
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			county, err := fixtures.Make("mini", 0)
			if err != nil {
				t.Fatal(err)
			}
			leaves := leavesOf(t, county.Grids)
			tt.spoil(leaves)
			county.Plan.State = tt.state
			placeAlike(t, &county.Snapshot, cornersAndMiddles(leaves))
		})
	}
}

// leavesOf returns the general grids that have none under them.
func leavesOf(t *testing.T, grids []geo.Grid) []*geo.Grid {
	t.Helper()
	tree, err := geo.NewTree(grids)
	if err != nil {
		t.Fatal(err)
	}
	var leaves []*geo.Grid
	for i := range grids {
		if len(tree.Children(i)) == 0 && grids[i].Kind == geo.General {
			leaves = append(leaves, &grids[i])
		}
	}
	return leaves
}

// cornersAndMiddles are the points where placing is hardest: every vertex of
// every leaf, the lattice point at the middle of every edge, and its neighbours.
func cornersAndMiddles(leaves []*geo.Grid) []topo.Point {
	var points []topo.Point
	for _, leaf := range leaves {
		for _, polygon := range leaf.Boundary {
			for _, ring := range polygon {
				for i, p := range ring {
					q := ring[(i+1)%len(ring)]
					middle := topo.Point{X: p.X + (q.X-p.X)/2, Y: p.Y + (q.Y-p.Y)/2}
					points = append(points, p, middle, topo.Point{X: middle.X + 1, Y: middle.Y}, topo.Point{X: middle.X - 1, Y: middle.Y})
				}
			}
		}
	}
	return points
}

func placeAlike(t *testing.T, snap *geo.Snapshot, points []topo.Point) {
	t.Helper()
	ctx, db := context.Background(), gridtest.DB(t)
	store := postgis.New(db)
	territory, _, err := store.Load(ctx, snap, householdsAt(points), "test")
	if err != nil {
		t.Fatal(err)
	}
	plans, err := store.Plans(ctx, territory)
	if err != nil {
		t.Fatal(err)
	}
	loaded, err := store.Snapshot(ctx, plans[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	a, err := New(loaded)
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded.Dwellings) != len(points) {
		t.Fatalf("%d households came back of %d", len(loaded.Dwellings), len(points))
	}
	rows, err := db.Query(ctx, "select id, coalesce(leaf_id, 0) from household where territory_id = $1", territory)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	stored := map[geo.HouseholdID]geo.GridID{}
	for rows.Next() {
		var id geo.HouseholdID
		var leaf geo.GridID
		if err := rows.Scan(&id, &leaf); err != nil {
			t.Fatal(err)
		}
		stored[id] = leaf
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for _, d := range loaded.Dwellings {
		shown := geo.GridID(0)
		if leaf, ok := a.Locate(d.At); ok {
			shown = a.Grid(leaf).ID
		}
		if shown != stored[d.ID] {
			t.Fatalf("the point %v lies in grid %d by the store, in %d by the picture", d.At, stored[d.ID], shown)
		}
	}
}

// householdsAt yields one household at each point.
func householdsAt(points []topo.Point) iter.Seq2[geo.Household, error] {
	return func(yield func(geo.Household, error) bool) {
		for i, p := range points {
			h := geo.Household{Ref: strconv.Itoa(i)}
			h.At, h.Located = p, true
			if !yield(h, nil) {
				return
			}
		}
	}
}
