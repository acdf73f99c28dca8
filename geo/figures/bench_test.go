package figures_test

import (
	"strings"
	"testing"
	"time"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/figures"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

// The figures of a county of 4,847 grids and 250,000 households beside the same
// in SQL, in turns, both from what they hold of households, staff and borders:
// people counts households, persons and workers under every unit; measured counts
// them and measures every unit's area and perimeter; all is every figure there is,
// with evenness, compactness, spread, borders and reach, whose SQL is that of the
// oracle, indexes and all, and is asked but once. SQL's time ends when the last row
// is read. The answers must agree to the last household. Of each the fastest round
// counts.
func BenchmarkCountyFigures(b *testing.B) {
	county, err := fixtures.Make("huize", 250_000)
	if err != nil {
		b.Fatal(err)
	}
	db := gridtest.DB(b)
	store := postgis.New(db)
	territory, _, err := store.Load(b.Context(), &county.Snapshot, gridtest.Stream(county.Households), "bench")
	if err != nil {
		b.Fatal(err)
	}
	plans, err := store.Plans(b.Context(), territory)
	if err != nil {
		b.Fatal(err)
	}
	plan := plans[0].ID
	if _, err := db.Exec(b.Context(), "analyze"); err != nil {
		b.Fatal(err)
	}
	snapshot, err := store.Snapshot(b.Context(), plan)
	if err != nil {
		b.Fatal(err)
	}
	a, err := atlas.New(snapshot)
	if err != nil {
		b.Fatal(err)
	}
	leaf := a.Counted(fixtures.AsOf).Leaf
	full := a.Snapshot()
	ground := func(i int) topo.Shape { return a.Ground(i).Shape }
	people := strings.Replace(sqlFigures, "st_area(unit.boundary::geography), st_perimeter(unit.boundary::geography)", "null::float8, null::float8", 1)
	const rounds = 5
	least := map[string]time.Duration{}
	note := func(name string, took time.Duration) {
		if d, known := least[name]; !known || took < d {
			least[name] = took
		}
	}
	round := func() {
		began := time.Now()
		c := geo.Count(full, a.Tree(), leaf, fixtures.AsOf)
		note("people", time.Since(began))
		for i := range full.Grids {
			shape := ground(i)
			measured += shape.AreaM2() + shape.PerimeterM()
		}
		note("measured", time.Since(began))
		began = time.Now()
		units, err := figures.Compute(c, ground, nil, declared)
		if err != nil {
			b.Fatal(err)
		}
		note("all", time.Since(began))
		if least["all-sql"] == 0 {
			note("all-sql", judgeAll(b, db, plan, units, nil))
		}
		note("people-sql", judge(b, db, people, plan, units))
		note("measured-sql", judge(b, db, sqlFigures, plan, units))
	}
	for b.Loop() {
		for range rounds {
			round()
		}
	}
	for name, took := range least {
		b.ReportMetric(took.Seconds()*1e3, name+"-ms")
	}
	for _, name := range []string{"people", "measured", "all"} {
		b.ReportMetric(least[name+"-sql"].Seconds()/least[name].Seconds(), name+"-x-sql")
	}
}

// measured keeps what is measured from being left out.
var measured float64
