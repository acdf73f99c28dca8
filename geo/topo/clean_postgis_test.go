package topo_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/topo"
)

// spoilt returns the shapes as clerks would hand them in: every vertex of each
// jitters by up to reach steps by itself, and in one of ten a vertex is lost,
// dragged away, or drawn out into a spike.
func spoilt(shapes []topo.Shape, rng *rand.Rand, reach int32) []topo.Shape {
	off := func(reach int32) int32 { return rng.Int32N(2*reach+1) - reach }
	out := make([]topo.Shape, len(shapes))
	for i, s := range shapes {
		for _, polygon := range s {
			var moved topo.Polygon
			for _, ring := range polygon {
				ring = slices.Clone(ring)
				for k := range ring {
					ring[k].X, ring[k].Y = ring[k].X+off(reach), ring[k].Y+off(reach)
				}
				k := rng.IntN(len(ring))
				switch rng.IntN(30) {
				case 0:
					if len(ring) > 4 {
						ring = slices.Delete(ring, k, k+1)
					}
				case 1:
					ring[k].X, ring[k].Y = ring[k].X+off(1000), ring[k].Y+off(1000)
				case 2:
					p := ring[k]
					ring = slices.Insert(ring, k+1, topo.Point{X: p.X + off(3000), Y: p.Y + off(3000)}, p)
				}
				moved = append(moved, ring)
			}
			out[i] = append(out[i], moved)
		}
	}
	return out
}

// PostGIS finds what is cleaned valid and without overlap, and its union to
// leave exactly the gaps reported.
func TestCleanedAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	within, shapes := leaves(t, "mini")
	for seed, reach := range []int32{0, 5, 30, 60, 150} {
		cleaned, err := topo.Clean(spoilt(shapes, rand.New(rand.NewPCG(4, uint64(seed))), reach), within, topo.CleanOptions{SnapM: 1.5, FillWidthM: 0.5})
		if err != nil {
			t.Fatal(err)
		}
		bad := column[int](t, db, "select n::int from unnest($1::text[]) with ordinality as s(w, n) where not st_isvalid(st_geomfromtext(w))", texts(cleaned.Shapes))
		over := column[float64](t, db, `
with child as (select n, st_geomfromtext(w) as g from unnest($1::text[]) with ordinality as s(w, n))
select coalesce(sum(st_area(st_intersection(a.g, b.g))), 0) from child as a join child as b on a.n < b.n and st_overlaps(a.g, b.g)`, texts(cleaned.Shapes))
		if len(bad) > 0 || over[0] != 0 {
			t.Errorf("%d steps: %d not valid, %v overlap", reach, len(bad), over[0])
		}
		gaps := 0.0
		for _, f := range cleaned.Left {
			gaps += planar(f.Region)
		}
		missing := column[float64](t, db, "select st_area(st_symdifference(st_geomfromtext($1), (select st_union(st_geomfromtext(w)) from unnest($2::text[]) as w)))",
			text(cleaned.Within), texts(cleaned.Shapes))
		if missing[0] != gaps {
			t.Errorf("%d steps: PostGIS misses %v, gaps reported %v", reach, missing[0], gaps)
		}
	}
}

// recipe is what a PostGIS user does to the same end: make shapes valid, snap
// each to the border of the ground they divide and to the neighbours before it
// (ST_SnapToGrid is faster but tears vertices apart that lie on either side of a
// line of its net), node lines, make faces, drop those outside, find in which
// shapes the middle of each lies, give those in several, and narrow ones in
// none, to the neighbour with the longest border, and unite the faces by shape.
// Distances are in lattice steps: 135 is 1.5 m, 45 half a metre.
var recipe = []string{
	`create temp table given as select n, st_makevalid(st_geomfromtext(w)) as g from unnest($1::text[]) with ordinality as s(w, n)`,
	`create temp table ground as select st_geomfromtext($1) as g`,
	`insert into given select 0, st_subdivide(st_boundary(g), 64) from ground`,
	`create index on given using gist (g)`,
	`analyze given`,
	`create temp table child as select a.n, st_makevalid(coalesce(st_snap(a.g, st_collect(b.g), 135), a.g)) as g
		from given as a left join given as b on b.n < a.n and st_dwithin(a.g, b.g, 135) where a.n > 0 group by a.n, a.g`,
	`create index on child using gist (g)`,
	`create temp table face as select row_number() over () as id, g from (
		select (st_dump(st_polygonize(g))).geom as g from (select st_union(g) as g from
			(select st_boundary(g) as g from child union all select st_boundary(g) from ground) as border) as line) as dumped`,
	`analyze child`,
	`create temp table claim as select f.id, f.g, count(c.n) as owners, min(c.n) as n
		from face as f left join child as c on st_intersects(c.g, st_pointonsurface(f.g))
		where st_contains((select g from ground), st_pointonsurface(f.g)) group by f.id, f.g`,
	`create index on claim using gist (g)`,
	`analyze claim`,
	`create temp table owned as select g, n from claim where owners = 1 union all
		(select distinct on (odd.id) odd.g, beside.n from claim as odd join claim as beside
		on beside.owners = 1 and st_intersects(odd.g, beside.g)
		where odd.owners > 1 or odd.owners = 0 and 2 * st_area(odd.g) <= 45 * st_perimeter(odd.g)
		order by odd.id, st_length(st_intersection(st_boundary(odd.g), st_boundary(beside.g))) desc, beside.n)`,
	`create temp table cleaned as select n, st_union(g) as g from owned group by n`,
	`drop table given, ground, child, face, claim, owned, cleaned`,
}

// BenchmarkCleanBeside cleans a spoilt copy of the 4,847 grids of huize, and the
// mess of 5,041 children of some 48 vertices that BenchmarkClean cleans, beside
// the recipe above on the same shapes. x_postgis is how many times faster topo
// is in this run.
func BenchmarkCleanBeside(b *testing.B) {
	within, shapes := leaves(b, "huize")
	b.Run("huize", func(b *testing.B) { beside(b, within, spoilt(shapes, rand.New(rand.NewPCG(4, 4)), 30)) })
	within, shapes = topo.Mess()
	b.Run("mess", func(b *testing.B) { beside(b, within, shapes) })
}

func beside(b *testing.B, within topo.Shape, messy []topo.Shape) {
	var postgis time.Duration
	b.Run("postgis", func(b *testing.B) {
		conn, err := gridtest.DB(b).Acquire(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Release()
		if _, err := conn.Exec(b.Context(), "set statement_timeout = 0"); err != nil {
			b.Fatal(err)
		}
		layer := texts(messy)
		for b.Loop() {
			for i, sql := range recipe {
				var args []any
				switch i {
				case 0:
					args = append(args, layer)
				case 1:
					args = append(args, text(within))
				}
				if _, err := conn.Exec(b.Context(), sql, args...); err != nil {
					b.Fatal(err)
				}
			}
		}
		postgis = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("topo", func(b *testing.B) {
		for b.Loop() {
			if _, err := topo.Clean(messy, within, topo.CleanOptions{SnapM: 1.5, FillWidthM: 0.5}); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(postgis)/(float64(b.Elapsed())/float64(b.N)), "x_postgis")
	})
}
