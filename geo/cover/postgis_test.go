package cover

import (
	"math"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/geo/topo"
)

// judge compares an answer with PostGIS. Crossings are rounded to the lattice,
// so that areas may differ by a step along the borders.
func judge(t *testing.T, db *pgxpool.Pool, region topo.Shape, net []Grid, a Answer) {
	t.Helper()
	ctx := t.Context()
	ground := onLattice(t, region)
	rows, err := db.Query(ctx, `with region as (select st_setsrid(st_geomfromwkb($1), 0) as geom)
		select n, st_area(st_transscale(st_setsrid(i, 4326), 0, 0, 1e-7, 1e-7)::geography)
		from piece, region, st_intersection(piece.geom, region.geom) as i
		where piece.geom && region.geom and st_area(i) > 0 order by n`, ground)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	want := map[int]float64{}
	for rows.Next() {
		var n int
		var m2 float64
		if err := rows.Scan(&n, &m2); err != nil {
			t.Fatal(err)
		}
		want[n] = m2
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	near := func(got, want, perimeter float64) bool { return math.Abs(got-want) <= 1e-5*want+0.012*perimeter }
	staffed := 0.0
	for _, touch := range a.Touched {
		got, m := float64(touch.Area)/1e4, net[touch.Grid].Ground.PerimeterM()
		if !near(got, want[touch.Grid], m) {
			t.Errorf("grid %d covers %.4f m², PostGIS says %.4f", touch.Grid, got, want[touch.Grid])
		}
		delete(want, touch.Grid)
		if net[touch.Grid].Staffed {
			staffed += got
		}
	}
	for n, m2 := range want {
		if m2 > 0.012*net[n].Ground.PerimeterM() {
			t.Errorf("grid %d covers nothing, PostGIS says %.4f m²", n, m2)
		}
	}
	if math.Abs(float64(a.Staffed)/1e4-staffed) > 1e-3 {
		t.Errorf("%v m² are staffed, the staffed grids cover %.4f", a.Staffed, staffed)
	}
	var difference, border float64
	if err := db.QueryRow(ctx, `with region as (select st_setsrid(st_geomfromwkb($1), 0) as geom),
		bare as (select st_difference(region.geom, (select st_union(geom) from piece)) as geom from region)
		select st_area(st_symdifference(bare.geom, coalesce(st_setsrid(st_geomfromwkb($2), 0), 'multipolygon empty'))), st_perimeter(bare.geom) from bare`,
		ground, onLattice(t, a.Gap)).Scan(&difference, &border); err != nil {
		t.Fatal(err)
	}
	if difference > border {
		t.Errorf("the gap differs by %.0f square steps from that of PostGIS, whose border has %.0f steps", difference, border)
	}
}
