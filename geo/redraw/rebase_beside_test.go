package redraw_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A draft that merged grids and a plan that changed the owner of the one that
// stays speak of the same grid, not of the same thing.
func TestRebaseTellsFieldsOfOneGridApart(t *testing.T) {
	t.Parallel()
	draft, newer := drawing(t, town()), drawing(t, town())
	edits := []redraw.Redrawing{must(t, draft, redraw.Merge{Grids: []geo.GridID{9, 10}, Keep: 9})}
	owner := "学校"
	must(t, newer, redraw.Set{Grid: 9, Owner: &owner})
	got, clashes, err := redraw.Rebase(plan(town(), draft), plan(town(), newer), edits, nil)
	if err != nil || len(clashes) > 0 {
		t.Fatalf("%v, %+v", err, clashes)
	}
	i := slices.IndexFunc(got.Grids, func(g geo.Grid) bool { return g.ID == 9 })
	if g := got.Grids[i]; g.Owner != owner || !slices.Equal(g.Predecessors, []geo.GridID{10}) {
		t.Errorf("grid 9 is %+v", g)
	}
}

// Splits of neighbours, each of which puts a vertex into the ring of the other,
// do not touch: the draft is carried over, and what comes of it is whole, with
// the vertices of both.
func TestRebaseOfSplitsSideBySide(t *testing.T) {
	t.Parallel()
	county := mini(t)
	both := 0
	for seed := range uint64(80) {
		h := hand{rand.New(rand.NewPCG(seed, 11)), drawing(t, &county.Snapshot)}
		c := rebasing{county: county, origin: stateOf(h.d)}
		left, right, p, q := h.neighbours()
		if left == 0 {
			continue
		}
		c.edits = h.splitBeside(t, h.d, left, p, q)
		c.mine = plan(&county.Snapshot, h.d)
		base := drawing(t, &county.Snapshot)
		base.NumberFrom(1_000_000)
		for _, g := range c.mine.Grids {
			base.Reserve(g.Code)
		}
		theirs := h.splitBeside(t, base, right, p, q)
		if len(c.edits) == 0 || len(theirs) == 0 {
			continue
		}
		c.newer, c.theirs = plan(&county.Snapshot, base), stateOf(base)
		got, clashes, err := redraw.Rebase(c.mine, c.newer, c.edits, nil)
		if err != nil || len(clashes) > 0 {
			t.Fatalf("seed %d: %v, %+v", seed, err, clashes)
		}
		c.expectCarried(t, seed, got)
		vertices := map[topo.Point]bool{}
		for _, g := range got.Grids {
			for _, v := range verticesOf(g.Boundary) {
				vertices[v] = true
			}
		}
		for _, g := range slices.Concat(c.mine.Grids, c.newer.Grids) {
			for _, v := range verticesOf(g.Boundary) {
				if !vertices[v] {
					t.Fatalf("seed %d: vertex %v is lost", seed, v)
				}
			}
		}
		both++
	}
	if both < 40 {
		t.Errorf("only %d pairs could be split", both)
	}
}

// neighbours picks two leaves and the longest edge that they have in common;
// 0 for a leaf that has nobody beside it.
func (h hand) neighbours() (left, right geo.GridID, p, q topo.Point) {
	s := stateOf(h.d)
	var leaves []geo.Grid
	for _, g := range h.d.Grids() {
		if g.Partitions() && g.Boundary != nil && !s.split(g.ID) {
			leaves = append(leaves, g)
		}
	}
	g, longest := pick(h, leaves), 0.0
	for _, o := range leaves {
		for from, to := range g.Boundary.Edges() {
			if length := topo.LengthM(from, to); length > longest && o.Boundary.HasEdge(to, from) {
				left, right, p, q, longest = g.ID, o.ID, from, to, length
			}
		}
	}
	return left, right, p, q
}

// splitBeside splits a leaf by a line through an edge of its border and returns
// what was done; nothing where it could not be.
func (h hand) splitBeside(t *testing.T, d *redraw.Drawing, id geo.GridID, p, q topo.Point) []redraw.Redrawing {
	t.Helper()
	g, _ := d.Grid(id)
	share := 0.1 + 0.8*h.Float64()
	on := topo.Point{X: p.X + int32(share*float64(q.X-p.X)), Y: p.Y + int32(share*float64(q.Y-p.Y))}
	in := g.Boundary.InteriorPoint()
	far := topo.Point{X: in.X + 8*(in.X-on.X), Y: in.Y + 8*(in.Y-on.Y)}
	near := topo.Point{X: on.X - (in.X-on.X)/8, Y: on.Y - (in.Y-on.Y)/8}
	r, err := d.Apply(redraw.Split{Grid: id, Line: []topo.Point{near, far}})
	if err != nil {
		return nil
	}
	if err := d.Take(r); err != nil {
		t.Fatal(err)
	}
	return []redraw.Redrawing{r}
}
