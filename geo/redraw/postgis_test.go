package redraw_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// text writes a shape for PostGIS in lattice steps from the county's corner,
// where float64 holds every product exactly enough to judge by.
func text(s topo.Shape, corner topo.Point) string {
	var polygons []string
	for _, polygon := range s {
		var rings []string
		for _, ring := range polygon {
			var points []string
			for _, p := range append(slices.Clone(ring), ring[0]) {
				points = append(points, fmt.Sprintf("%d %d", p.X-corner.X, p.Y-corner.Y))
			}
			rings = append(rings, "("+strings.Join(points, ",")+")")
		}
		polygons = append(polygons, "("+strings.Join(rings, ",")+")")
	}
	return "MULTIPOLYGON(" + strings.Join(polygons, ",") + ")"
}

// judged asks PostGIS whether children partition their parent: all valid, no
// two overlapping, and their union the parent.
const judged = `
select coalesce(bool_and(st_isvalid(c.geom)), false)
   and st_isvalid(p.geom)
   and abs(sum(st_area(c.geom)) - st_area(p.geom)) < 1
   and st_equals(st_union(c.geom), p.geom)
from (select st_geomfromtext($1) as geom) as p,
     (select st_geomfromtext(w) as geom from unnest($2::text[]) as w) as c
group by p.geom`

// After many edits at all tiers PostGIS finds every parent partitioned.
func TestPostGISFindsEditedPlansWhole(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	county := mini(t)
	for seed := range uint64(3) {
		d := drawing(t, &county.Snapshot)
		h := hand{rand.New(rand.NewPCG(seed, 8)), d}
		done := 0
		for range 120 {
			r, err := d.Apply(h.edit())
			if err != nil {
				continue
			}
			if err := d.Take(r); err != nil {
				t.Fatal(err)
			}
			done++
		}
		corner := grid(t, d, 1).Boundary.Bound().Min
		parents := 0
		for _, g := range d.Grids() {
			children := drawn(d, g.ID)
			if len(children) == 0 {
				continue
			}
			var texts []string
			for _, s := range shapes(children) {
				texts = append(texts, text(s, corner))
			}
			var whole bool
			if err := db.QueryRow(context.Background(), judged, text(g.Boundary, corner), texts).Scan(&whole); err != nil {
				t.Fatal(err)
			}
			if !whole {
				t.Errorf("seed %d: the children of grid %d do not partition it", seed, g.ID)
			}
			parents++
		}
		if done < 20 || parents < 3 {
			t.Errorf("seed %d: only %d edits were made and %d parents left to judge", seed, done, parents)
		}
	}
}

// A straight line cuts a grid of any tier where PostGIS says that every stretch
// of it inside runs from border to border, and nowhere else; and the two sides
// have the areas that PostGIS finds, up to the rounding of new vertices.
func TestSplitAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	county := mini(t)
	d := drawing(t, &county.Snapshot)
	h := hand{rand.New(rand.NewPCG(5, 5)), d}
	corner := grid(t, d, 1).Boundary.Bound().Min
	agreed := 0
	for range 300 {
		g := h.grid()
		line := []topo.Point{h.near(g.Boundary.Bound()), h.near(g.Boundary.Bound())}
		var cuts, clear bool
		var area float64 // left of the line
		if err := db.QueryRow(context.Background(), split, text(g.Boundary, corner),
			line[0].X-corner.X, line[0].Y-corner.Y, line[1].X-corner.X, line[1].Y-corner.Y).Scan(&cuts, &area, &clear); err != nil {
			t.Fatal(err)
		}
		r, err := d.Apply(redraw.Split{Grid: g.ID, Line: line})
		if cuts != (err == nil) {
			t.Errorf("grid %d: PostGIS says %v, Apply %v", g.ID, cuts, err)
		}
		if err != nil || !clear {
			continue
		}
		var sides []float64
		for _, c := range r.Changes {
			if after := c.After.(*geo.Grid); after.ID == g.ID || c.Before == nil && after.Tier == g.Tier {
				sides = append(sides, planar(after.Boundary))
			}
		}
		const aStripe = 1e6 // a hundred metres by a centimetre, in square steps
		if len(sides) != 2 || math.Min(math.Abs(sides[0]-area), math.Abs(sides[1]-area)) > aStripe {
			t.Errorf("grid %d: the sides are %f, PostGIS has %f", g.ID, sides, area)
		}
		agreed++
	}
	if agreed < 50 {
		t.Errorf("only %d splits could be compared", agreed)
	}
}

// split tells of a shape ($1) and a line from ($2, $3) to ($4, $5) whether the
// line crosses it with both ends outside, and how much lies left of it, unless
// the line made longer would cut more.
const split = `
with given as (select st_geomfromtext($1) as shape, $2::float8 as x, $3::float8 as y, $4::float8 - $2 as dx, $5::float8 - $3 as dy)
select st_intersects(shape, st_makeline(st_makepoint(x, y), st_makepoint(x + dx, y + dy)))
       and not st_intersects(shape, st_makepoint(x, y)) and not st_intersects(shape, st_makepoint(x + dx, y + dy)),
       st_area(st_intersection(shape, st_makepolygon(st_makeline(array[
           st_makepoint(x - 9 * dx, y - 9 * dy), st_makepoint(x + 9 * dx, y + 9 * dy),
           st_makepoint(x + 9 * dx - 99 * dy, y + 9 * dy + 99 * dx), st_makepoint(x - 9 * dx - 99 * dy, y - 9 * dy + 99 * dx),
           st_makepoint(x - 9 * dx, y - 9 * dy)])))),
       st_length(st_intersection(shape, st_makeline(st_makepoint(x - 9 * dx, y - 9 * dy), st_makepoint(x + 9 * dx, y + 9 * dy))))
       < st_length(st_intersection(shape, st_makeline(st_makepoint(x, y), st_makepoint(x + dx, y + dy)))) + 1
from given`

// planar returns the area of s in lattice squares.
func planar(s topo.Shape) float64 {
	sum := 0.0
	for _, polygon := range s {
		for _, ring := range polygon {
			o := ring[0]
			for i, p := range ring {
				q := ring[(i+1)%len(ring)]
				sum += float64(p.X-o.X)*float64(q.Y-o.Y) - float64(q.X-o.X)*float64(p.Y-o.Y)
			}
		}
	}
	return sum / 2
}
