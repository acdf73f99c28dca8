package topo_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/topo"
)

// PostGIS intersects a county's leaves with a copy of them that is moved and
// shuffled to the same areas, pair by pair.
func TestCellsAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	_, shapes := leaves(t, "mini")
	rng := rand.New(rand.NewPCG(5, 5))
	moved := make([]topo.Shape, len(shapes))
	for i, s := range shapes {
		for _, polygon := range s {
			var rings topo.Polygon
			for _, ring := range polygon {
				var r topo.Ring
				for _, p := range ring {
					r = append(r, topo.Point{X: p.X + 4_321, Y: p.Y - 1_234})
				}
				rings = append(rings, r)
			}
			moved[i] = append(moved[i], rings)
		}
	}
	rng.Shuffle(len(moved), func(i, j int) { moved[i], moved[j] = moved[j], moved[i] })
	cells, err := topo.Cells(append(append([]topo.Shape{}, shapes...), moved...))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, c := range cells {
		if len(c.Members) == 2 {
			got[fmt.Sprint(c.Members[0]+1, " ", c.Members[1]-len(shapes)+1)] += planar(c.Ground)
		}
	}
	found := column[string](t, db, `
with a as (select n, st_geomfromtext(w) as g from unnest($1::text[]) with ordinality as s(w, n)),
     b as (select n, st_geomfromtext(w) as g from unnest($2::text[]) with ordinality as s(w, n))
select a.n || ' ' || b.n || ':' || st_area(x) || ':' || st_perimeter(x) from a join b on st_intersects(a.g, b.g),
lateral (select st_intersection(a.g, b.g) as x) as common where st_area(x) > 0`, texts(shapes), texts(moved))
	for _, line := range found {
		pair, rest, _ := strings.Cut(line, ":")
		var area, perimeter float64
		if _, err := fmt.Sscanf(strings.Replace(rest, ":", " ", 1), "%g %g", &area, &perimeter); err != nil {
			t.Fatal(err)
		}
		if off := math.Abs(got[pair] - area); off > perimeter/2+1 { // crossings are rounded by half a step
			t.Errorf("pair %s: %v lattice squares, PostGIS %v", pair, got[pair], area)
		}
		delete(got, pair)
	}
	for pair, area := range got {
		if area > 1000 { // dust that PostGIS's own crossings leave out
			t.Errorf("pair %s: %v lattice squares, PostGIS none", pair, area)
		}
	}
	if len(found) < 50 {
		t.Errorf("only %d pairs", len(found))
	}
}
