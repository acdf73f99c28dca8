package atlas

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func TestNewRefusesGridsWithoutOrder(t *testing.T) {
	for _, grids := range [][]geo.Grid{
		nil,
		{{ID: 1, Parent: 2}},
		{{ID: 1}, {ID: 2, Tier: 1, Parent: 3}, {ID: 3, Tier: 0, Parent: 1}},
		{{ID: 1}, {ID: 1, Tier: 1, Parent: 1}},
	} {
		if _, err := New(&geo.Snapshot{Grids: grids}); !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%+v: %v, want ErrInvalid", grids, err)
		}
	}
}

func TestRecordsMayComeInAnyOrder(t *testing.T) {
	w := newWorld(t, rand.New(rand.NewPCG(3, 3)))
	sorted := w.snapshot(picture(t, w.base), 1)
	mixed := *sorted
	mixed.Workers, mixed.Assignments = slices.Clone(sorted.Workers), slices.Clone(sorted.Assignments)
	mixed.Dwellings = slices.Clone(sorted.Dwellings)
	w.rng.Shuffle(len(mixed.Workers), func(i, k int) { mixed.Workers[i], mixed.Workers[k] = mixed.Workers[k], mixed.Workers[i] })
	w.rng.Shuffle(len(mixed.Assignments), func(i, k int) {
		mixed.Assignments[i], mixed.Assignments[k] = mixed.Assignments[k], mixed.Assignments[i]
	})
	w.rng.Shuffle(len(mixed.Dwellings), func(i, k int) { mixed.Dwellings[i], mixed.Dwellings[k] = mixed.Dwellings[k], mixed.Dwellings[i] })
	first := mixed.Dwellings[0].ID
	samePicture(t, picture(t, &mixed), picture(t, sorted), w.rng)
	if mixed.Dwellings[0].ID != first {
		t.Error("New has changed the snapshot it was given")
	}
}

func TestOverlaysEqualContains(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		rng := seeded(rt)
		s := smallCounty(t, rng)
		at := func() topo.Point { return topo.Point{X: rng.Int32N(60) - 30, Y: rng.Int32N(60) - 30} }
		for n := range rng.IntN(30) {
			a := at()
			g := geo.Grid{ID: geo.GridID(500 + n), Parent: 1, Tier: 2, Kind: []geo.Kind{geo.Dedicated, geo.Task}[n%2]}
			if n%7 > 0 { // some are not drawn
				g.Boundary = topo.Shape{{{a, {X: a.X + 8, Y: a.Y}, {X: a.X + 8, Y: a.Y + 8}, {X: a.X, Y: a.Y + 8}}}}
			}
			s.Grids = append(s.Grids, g)
		}
		a := picture(t, s)
		for range 200 {
			p := at()
			var want []int32
			for i := range s.Grids {
				if s.Grids[i].Kind != geo.General && s.Grids[i].Boundary.Contains(p) {
					want = append(want, int32(i))
				}
			}
			if got := a.Overlays(p); !slices.Equal(got, want) {
				t.Fatalf("over %v lie %v, want %v", p, got, want)
			}
		}
	})
}

func TestWorkersOfAGridOnADay(t *testing.T) {
	a := picture(t, &geo.Snapshot{
		Tiers: []geo.Tier{{}, {Rank: 1}},
		Grids: []geo.Grid{{ID: 1, Kind: geo.General}, {ID: 2, Parent: 1, Tier: 1, Kind: geo.General}},
		Workers: []geo.Worker{
			{ID: 1}, {ID: 2}, {ID: 3},
			{ID: 4, Active: geo.Period{To: 20250101}}, {ID: 5},
		},
		Assignments: []geo.Assignment{
			{ID: 1, Worker: 1, Grid: 2, Role: "grid_worker"},
			{ID: 2, Worker: 2, Grid: 2, Role: "grid_worker", Primary: true},
			{ID: 3, Worker: 3, Grid: 2, Role: "leader", Valid: geo.Period{From: 20250601, To: 20250701}},
			{ID: 4, Worker: 4, Grid: 2, Role: "leader"},                      // has left
			{ID: 5, Worker: 9, Grid: 2, Role: "leader"},                      // nobody
			{ID: 6, Worker: 5, Grid: 1, Role: "leader"},                      // of the county
			{ID: 7, Worker: 5, Grid: 8, Role: "leader", Deputy: 1},           // of another plan
			{ID: 8, Worker: 5, Grid: 2, Role: "micro_leader", Primary: true}, // after the leader by number
		},
	})
	tests := []struct {
		name string
		day  geo.Date
		want []geo.AssignmentID
	}{
		{"leaders, then main posts, then the others", 20250630, []geo.AssignmentID{3, 8, 2, 1}},
		{"the day a post ends it is not held", 20250701, []geo.AssignmentID{8, 2, 1}},
		{"a worker counts until leaving", 20241231, []geo.AssignmentID{4, 8, 2, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []geo.AssignmentID
			for _, p := range a.Workers(1, tt.day) {
				if p.Worker.ID != p.Assignment.Worker {
					t.Errorf("assignment %d is shown with worker %d", p.Assignment.ID, p.Worker.ID)
				}
				got = append(got, p.Assignment.ID)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("posts %v, want %v", got, tt.want)
			}
		})
	}
}

func TestGroundOfAnUndrawnGrid(t *testing.T) {
	s := smallCounty(t, rand.New(rand.NewPCG(8, 8)))
	whole := s.Grids[0].Boundary
	s.Grids[0].Boundary = nil
	a := picture(t, s)
	g := a.Ground(0)
	if g.Box != whole.Bound() || math.Abs(g.AreaM2/whole.AreaM2()-1) > 1e-9 {
		t.Errorf("the ground of the county is %+v, want that of its villages", g)
	}
	if !g.Shape.Contains(g.Interior) {
		t.Errorf("%v lies outside", g.Interior)
	}
	s.Grids[1].Boundary = nil
	for i := range s.Grids {
		if s.Grids[i].Parent == s.Grids[1].ID {
			s.Grids[i].Boundary = nil
		}
	}
	if g := picture(t, s).Ground(0); len(g.Shape) != 0 {
		t.Errorf("the ground of a county with an unknown village is %+v, want none", g)
	}
}
