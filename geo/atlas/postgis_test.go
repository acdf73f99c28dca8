package atlas

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkb"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

func execute(t testing.TB, db *pgxpool.Pool, sql string, args ...any) {
	t.Helper()
	if _, err := db.Exec(context.Background(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// hang puts the leaves of a picture into table leaf (position, geom), with
// lattice integers as coordinates or, scaled by 1e-7, degrees.
func hang(t testing.TB, db *pgxpool.Pool, a *Atlas, scale float64, srid int) {
	t.Helper()
	var positions []int32
	var shapes [][]byte
	for slot, how := range a.places.how {
		if how == none {
			continue
		}
		var m orb.MultiPolygon
		for _, polygon := range a.shelf.grid(int32(slot)).Boundary {
			var p orb.Polygon
			for _, ring := range polygon {
				var r orb.Ring
				for _, q := range append(slices.Clone(ring), ring[0]) {
					r = append(r, orb.Point{float64(q.X) * scale, float64(q.Y) * scale})
				}
				p = append(p, r)
			}
			m = append(m, p)
		}
		shape, err := wkb.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		positions, shapes = append(positions, a.shelf.at[slot]), append(shapes, shape)
	}
	execute(t, db, "create table leaf (position int primary key, geom geometry)")
	execute(t, db, "insert into leaf select position, st_setsrid(st_geomfromwkb(shape), $3::int) from unnest($1::int[], $2::bytea[]) as t(position, shape)",
		positions, shapes, srid)
	execute(t, db, "create index on leaf using gist (geom)")
}

// pin puts points into table point (n, geom), as hang does.
func pin(t testing.TB, db *pgxpool.Pool, points []topo.Point, scale float64, srid int) {
	t.Helper()
	execute(t, db, "create table point (n int primary key, geom geometry)")
	for from := 0; from < len(points); from += 100_000 {
		var x, y []float64
		for _, p := range points[from:min(len(points), from+100_000)] {
			x, y = append(x, float64(p.X)*scale), append(y, float64(p.Y)*scale)
		}
		execute(t, db, "insert into point select $4::int + n - 1, st_setsrid(st_makepoint(x, y), $3::int) from unnest($1::float8[], $2::float8[]) with ordinality as t(x, y, n)",
			x, y, srid, from)
	}
	execute(t, db, "create index on point using gist (geom)")
}

// PostGIS, on the same lattice integers, says in which leaves a point lies
// inside and which it merely touches. Ours must be the one it lies in, or one
// of those it touches; on the outer border it may be none.
func TestLocateAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	a := picture(t, &county.Snapshot)
	points := trickyPoints(a, 4000)
	db := gridtest.DB(t)
	hang(t, db, a, 1, 0)
	pin(t, db, points, 1, 0)
	rows, err := db.Query(t.Context(), `
		select n, coalesce(array_agg(position) filter (where st_contains(leaf.geom, point.geom)), '{}'),
		          coalesce(array_agg(position) filter (where position is not null), '{}')
		from point left join leaf on st_intersects(leaf.geom, point.geom)
		group by n`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	asked, onBorders := 0, 0
	for rows.Next() {
		var n int
		var inside, touched []int32
		if err := rows.Scan(&n, &inside, &touched); err != nil {
			t.Fatal(err)
		}
		asked++
		ours := a.LocateAll(points[n], nil)
		if len(inside) > 0 || len(touched) == 0 {
			if !slices.Equal(ours, inside) {
				t.Errorf("%v lies in %v, PostGIS says %v", points[n], ours, inside)
			}
			continue
		}
		onBorders++
		if len(ours) > 1 || len(ours) == 1 && !slices.Contains(touched, ours[0]) || len(ours) == 0 && a.Grid(0).Boundary.Contains(points[n]) {
			t.Errorf("%v lies in %v, PostGIS says on the border of %v", points[n], ours, touched)
		}
	}
	if err := rows.Err(); err != nil || asked != len(points) || onBorders < 1000 {
		t.Errorf("%d of %d points asked, %d on borders, %v", asked, len(points), onBorders, err)
	}
}

// trickyPoints are corners, points level with or above corners, lattice points
// next to the middle of edges, and points anywhere, in turn.
func trickyPoints(a *Atlas, n int) []topo.Point {
	rng := rand.New(rand.NewPCG(11, 12))
	points := countyPoints(a, n)
	var leaves []int32
	for slot, how := range a.places.how {
		if how != none {
			leaves = append(leaves, int32(slot))
		}
	}
	for k := range points {
		slot := leaves[rng.IntN(len(leaves))]
		ring := a.shelf.grid(slot).Boundary[0][0]
		i := rng.IntN(len(ring))
		p, q := ring[i], ring[(i+1)%len(ring)]
		switch k % 5 {
		case 0, 1:
			points[k] = p
		case 2:
			points[k].X = p.X
		case 3:
			points[k].Y = p.Y
		case 4:
			points[k] = topo.Point{X: p.X + (q.X-p.X)/2, Y: p.Y + (q.Y-p.Y)/2}
		}
	}
	return points
}

// 1 M points in a county of 5,040 grids, beside the join that PostGIS plans
// by itself with an index on both sides.
func BenchmarkLocatePostGIS(b *testing.B) {
	a := picture(b, wideCounty(b, 72, 70))
	points := countyPoints(a, 1_000_000)
	db := gridtest.DB(b)
	hang(b, db, a, 1e-7, 4326)
	pin(b, db, points, 1e-7, 4326)
	execute(b, db, "analyze leaf, point")
	conn, err := db.Acquire(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Release()
	if _, err := conn.Exec(context.Background(), "set statement_timeout = 0"); err != nil {
		b.Fatal(err)
	}
	leaf := make([]int32, len(points))
	var ours, theirs fastest
	for b.Loop() {
		for range 20 {
			ours.round(func() { a.LocateEach(points, leaf) })
		}
		theirs.round(func() {
			var found int
			err := conn.QueryRow(context.Background(), "select count(*) from point join leaf on st_covers(leaf.geom, point.geom)").Scan(&found)
			if err != nil || found < len(points)*9/10 {
				b.Fatalf("%d found, %v", found, err)
			}
		})
	}
	each, peer := ours.per(len(points)), theirs.per(len(points))
	b.ReportMetric(each, "ns/point")
	b.ReportMetric(peer, "postgis-ns/point")
	b.ReportMetric(peer/each, "x-postgis")
}
