package atlas

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A quilt is a made-up ground of patches that share their borders exactly:
// quadrilaterals whose corners and bends are moved about.
type quilt struct {
	cols, rows int
	patches    []topo.Ring
}

// newQuilt makes cols x rows patches of the given size, each side broken into
// 1+bends lines. Corners and bends move so little that no ring crosses itself.
func newQuilt(rng *rand.Rand, at topo.Point, cols, rows int, size int32, bends int) quilt {
	jitter, bend := max(1, size/2), int32(1)
	if bends > 0 {
		jitter, bend = size/8, max(1, size/int32(4*bends))
	}
	corner := make([]topo.Point, (cols+1)*(rows+1))
	for i := range corner {
		corner[i] = topo.Point{
			X: at.X + int32(i%(cols+1))*size + rng.Int32N(jitter),
			Y: at.Y + int32(i/(cols+1))*size + rng.Int32N(jitter),
		}
	}
	side := func(a, b topo.Point) []topo.Point {
		line := []topo.Point{a}
		for k := 1; k <= bends; k++ {
			x := int64(a.X) + int64(b.X-a.X)*int64(k)/int64(bends+1)
			y := int64(a.Y) + int64(b.Y-a.Y)*int64(k)/int64(bends+1)
			p := topo.Point{X: int32(x), Y: int32(y)}
			if b.X-a.X > b.Y-a.Y {
				p.Y += rng.Int32N(bend)
			} else {
				p.X += rng.Int32N(bend)
			}
			line = append(line, p)
		}
		return append(line, b)
	}
	level, upright := map[int][]topo.Point{}, map[int][]topo.Point{}
	for i := range corner {
		if i%(cols+1) < cols {
			level[i] = side(corner[i], corner[i+1])
		}
		if i/(cols+1) < rows {
			upright[i] = side(corner[i], corner[i+cols+1])
		}
	}
	q := quilt{cols: cols, rows: rows}
	for j := range rows {
		for i := range cols {
			k := j*(cols+1) + i
			var ring topo.Ring
			ring = append(ring, level[k][:bends+1]...)
			ring = append(ring, upright[k+1][:bends+1]...)
			ring = append(ring, backwards(level[k+cols+1])...)
			ring = append(ring, backwards(upright[k])...)
			q.patches = append(q.patches, ring)
		}
	}
	return q
}

// backwards returns the line from its end, without its start.
func backwards(line []topo.Point) []topo.Point {
	var out []topo.Point
	for i := len(line) - 1; i > 0; i-- {
		out = append(out, line[i])
	}
	return out
}

// shapeOf joins patches; it may have holes and exclaves.
func (q quilt) shapeOf(t testing.TB, patches []int) topo.Shape {
	t.Helper()
	var parts []topo.Shape
	for _, p := range patches {
		parts = append(parts, topo.Shape{{q.patches[p]}})
	}
	s, err := topo.Union(parts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// county makes a snapshot of a quilt: patches are dealt to leaves, leaves to
// villages, all under one root. Leaves may have holes and exclaves.
func (q quilt) county(t testing.TB, leafOf, villageOf []int) *geo.Snapshot {
	t.Helper()
	s := &geo.Snapshot{
		Territory: geo.Territory{ID: 1, Code: "990101000000"},
		Plan:      geo.Plan{ID: 1, Territory: 1, State: geo.InForce, Revision: 1},
		Revision:  1,
		Tiers: []geo.Tier{
			{Rank: 0, Code: "county", Class: geo.Administrative, Complete: true},
			{Rank: 1, Code: "village", Class: geo.Administrative, Complete: true},
			{Rank: 2, Code: "primary", Class: geo.GridClass, Complete: true, NeedsWorker: true},
		},
		Roles: []geo.Role{
			{Code: "leader", CountsInRatio: false},
			{Code: "grid_worker", CountsInRatio: true},
		},
	}
	leaves, villages := map[int][]int{}, map[int][]int{}
	for patch, leaf := range leafOf {
		leaves[leaf] = append(leaves[leaf], patch)
		villages[villageOf[leaf]] = append(villages[villageOf[leaf]], patch)
	}
	all := make([]int, len(q.patches))
	for i := range all {
		all[i] = i
	}
	add := func(parent geo.GridID, tier int, patches []int) geo.GridID {
		id := geo.GridID(len(s.Grids) + 1)
		s.Grids = append(s.Grids, geo.Grid{
			ID: id, Parent: parent, Tier: tier, Kind: geo.General,
			Code: fmt.Sprintf("99%04d", id), Boundary: q.shapeOf(t, patches),
		})
		return id
	}
	root := add(0, 0, all)
	ids := map[int]geo.GridID{}
	for _, v := range slices.Sorted(maps.Keys(villages)) {
		ids[v] = add(root, 1, villages[v])
	}
	for leaf := range len(villageOf) {
		if len(leaves[leaf]) > 0 {
			add(ids[villageOf[leaf]], 2, leaves[leaf])
		}
	}
	return s
}

// dealt gives each of n things one of k owners, at random.
func dealt(rng *rand.Rand, n, k int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = rng.IntN(k)
	}
	return out
}

// wideCounty is a county of one leaf per patch, 20 leaves a village.
func wideCounty(t testing.TB, cols, rows int) *geo.Snapshot {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	q := newQuilt(rng, topo.Point{X: 1110000000, Y: 380000000}, cols, rows, 90000, 11)
	leafOf, villageOf := make([]int, cols*rows), make([]int, cols*rows)
	for i := range leafOf {
		leafOf[i], villageOf[i] = i, i/20
	}
	return q.county(t, leafOf, villageOf)
}
