package redraw_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// divided splits a grid along a line and takes the change; it returns the new
// grid beside it.
func divided(t rapid.TB, d *redraw.Drawing, g geo.Grid, line []topo.Point) (geo.GridID, error) {
	t.Helper()
	r, err := d.Apply(redraw.Split{Grid: g.ID, Line: line})
	if err != nil {
		return 0, err
	}
	if err := d.Take(r); err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Changes {
		if made, ok := c.After.(*geo.Grid); ok && c.Before == nil && made.Tier == g.Tier {
			return made.ID, nil
		}
	}
	t.Fatalf("the split of grid %d made no sibling", g.ID)
	return 0, nil
}

// again splits a grid along a line and merges the halves, some times over: what
// could be done once can be done again, and the grids still fit.
func again(t rapid.TB, d *redraw.Drawing, g geo.Grid, line []topo.Point, rounds int) {
	t.Helper()
	for round := range rounds {
		made, err := divided(t, d, g, line)
		var topology *redraw.TopologyError
		if errors.As(err, &topology) || err != nil && round > 0 {
			t.Fatalf("split %d of grid %d along %v: %v", round+1, g.ID, line, err)
		}
		if err != nil {
			return
		}
		r, err := d.Apply(redraw.Merge{Grids: []geo.GridID{g.ID, made}, Keep: g.ID})
		if err != nil {
			t.Fatalf("merge %d of grid %d parted by %v: %v", round+1, g.ID, line, err)
		}
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := broken(d); err != nil {
		t.Fatalf("grid %d parted by %v: %v", g.ID, line, err)
	}
}

// The fourth split of this grid once moved a border past a vertex that an
// earlier one had left half a step beside it.
func TestSplitAgainAlongItsFormerBorder(t *testing.T) {
	t.Parallel()
	d := drawing(t, &mini(t).Snapshot)
	g, _ := d.Grid(13)
	line := []topo.Point{{X: 1104891470, Y: 375167981}, {X: 1105172572, Y: 375167986}}
	made, err := divided(t, d, g, line)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Apply(redraw.Merge{Grids: []geo.GridID{g.ID, made}, Keep: g.ID})
	if err == nil {
		err = d.Take(r)
	}
	if err != nil {
		t.Fatal(err)
	}
	healed, _ := d.Grid(g.ID)
	again(t, d, g, line, 5)
	if after, _ := d.Grid(g.ID); !after.Boundary.Equal(healed.Boundary) {
		t.Errorf("split and merged along one line, the border went from %d to %d vertices", healed.Boundary.Vertices(), after.Boundary.Vertices())
	}
}

// across returns a line through a grid that is almost level or almost upright,
// as planners draw them: it passes the lattice, and so what was cut along it
// before, at the narrowest angles.
func (h hand) across(g geo.Grid) []topo.Point {
	box := g.Boundary.Bound()
	x, y := box.Min.X+h.Int32N(box.Max.X-box.Min.X), box.Min.Y+h.Int32N(box.Max.Y-box.Min.Y)
	slant := h.Int32N(40) - 20
	if h.IntN(2) == 0 {
		return []topo.Point{{X: box.Min.X - 1000, Y: y}, {X: box.Max.X + 1000, Y: y + slant}}
	}
	return []topo.Point{{X: x, Y: box.Min.Y - 1000}, {X: x + slant, Y: box.Max.Y + 1000}}
}

// A border that is cut keeps the vertex, rounded to the lattice, when the cut
// is healed. The same line drawn again passes it by less than a step.
func TestSplitsAlongOneLineCanBeDoneAgain(t *testing.T) {
	t.Parallel()
	counties := []*geo.Snapshot{&mini(t).Snapshot, siblings(3)}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		d := drawing(t, counties[rapid.IntRange(0, len(counties)-1).Draw(t, "county")])
		h := hand{rand.New(rand.NewPCG(seed, 4)), d}
		for range 4 {
			g := h.grid()
			again(t, d, g, h.across(g), 4)
		}
	})
}
