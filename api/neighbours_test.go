package api

import (
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
)

// The neighbours of a grid are those that a look at every grid finds, in a plan
// in force and in a draft that leaves ground out and whose communities do not hold
// what is under them.
func TestBorderingEqualsThatOfAllGrids(t *testing.T) {
	t.Parallel()
	for _, state := range []geo.PlanState{geo.InForce, geo.Draft} {
		c, err := fixtures.Make("shilou", 500)
		if err != nil {
			t.Fatal(err)
		}
		if c.Plan.State = state; state == geo.Draft {
			last := &c.Grids[len(c.Grids)-1]
			last.Boundary = nil
			for i := range c.Grids {
				if g := &c.Grids[i]; g.Tier == 2 {
					under := slices.IndexFunc(c.Grids, func(o geo.Grid) bool { return o.Parent == g.ID })
					g.Boundary = c.Grids[under].Boundary
				}
			}
		}
		a, err := atlas.New(&c.Snapshot)
		if err != nil {
			t.Fatal(err)
		}
		v, pairs := viewOf(a, fixtures.AsOf), 0
		for i := 0; i < len(c.Grids); i += 29 {
			g, ground := &c.Grids[i], a.Ground(i)
			var want []int
			for k := range c.Grids {
				o := &c.Grids[k]
				if k != i && o.Tier == g.Tier && o.Kind == g.Kind && len(o.Boundary) > 0 && topo.SharedBorderM(ground.Shape, o.Boundary) > 0 {
					want = append(want, k)
				}
			}
			if pairs += len(want); !slices.Equal(v.bordering(i), want) {
				t.Errorf("%s, %s: borders on %v, want %v", state, g.Code, v.bordering(i), want)
			}
		}
		if pairs == 0 {
			t.Error("no grid has a neighbour: nothing was tested")
		}
	}
}
