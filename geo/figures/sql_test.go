package figures_test

import (
	"math"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/figures"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// What PostGIS counts and measures is what the figures say, for every unit of
// every made-up county.
func TestFiguresEqualSQL(t *testing.T) {
	t.Parallel()
	counties := fixtures.Names()
	if testing.Short() {
		counties = []string{"mini"}
	}
	for _, county := range counties {
		t.Run(county, func(t *testing.T) {
			t.Parallel()
			compare(t, county)
		})
	}
}

// declared is what the oracle weighs a load by.
var declared = figures.Options{Load: figures.Load{Household: 1, Resident: 0.4, KM2: 3}}

func compare(t *testing.T, county string) {
	t.Helper()
	db := gridtest.DB(t)
	_, plan := gridtest.County(t, db, county)
	snapshot, err := postgis.New(db).Snapshot(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.New(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	day, err := geo.ParseDate("2025-06-30")
	if err != nil {
		t.Fatal(err)
	}
	got, err := figures.Compute(a.Counted(day), func(i int) topo.Shape { return a.Ground(i).Shape }, nil, declared)
	if err != nil {
		t.Fatal(err)
	}
	judge(t, db, sqlFigures, plan, got)
	judgeGroups(t, db, plan, snapshot, got)
	// The walks of so many to all types take SQL minutes: the large counties have
	// those to each type asked between them.
	types := map[string][]string{
		"huize":  {"clinic", "mediation_centre", "school"},
		"funing": {"command_hall", "party_service_centre", "police_station", "service_shop", "station"},
	}[county]
	judgeAll(t, db, plan, got, types)
}

// judge fails unless figures are what a query says, sqlFigures or one without
// the measures, and returns how long it took to say it.
func judge(t testing.TB, db *pgxpool.Pool, query string, plan geo.PlanID, got []figures.Unit) time.Duration {
	t.Helper()
	units := map[string]*figures.Unit{}
	for i := range got {
		if got[i].Kind == string(geo.General) {
			units[got[i].Code] = &got[i]
		}
	}
	began := time.Now()
	rows, err := db.Query(t.Context(), query, int64(plan))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	compared := 0
	for rows.Next() {
		var code string
		var area, perimeter *float64
		var households, resident, registered, workers int64
		if err := rows.Scan(&code, &area, &perimeter, &households, &resident, &registered, &workers); err != nil {
			t.Fatal(err)
		}
		u := units[code]
		if u == nil {
			t.Errorf("%s has no figures", code)
			continue
		}
		if u.Households != households || u.Resident != resident || u.Registered != registered || u.Workers != workers {
			t.Errorf("%s: %d households, %d and %d persons, %d workers; SQL says %d, %d, %d, %d",
				code, u.Households, u.Resident, u.Registered, u.Workers, households, resident, registered, workers)
		}
		if area != nil && (differ(*u.AreaM2, *area) || differ(*u.PerimeterM, *perimeter)) {
			t.Errorf("%s: %v m², %v m; PostGIS says %v, %v", code, *u.AreaM2, *u.PerimeterM, *area, *perimeter)
		}
		compared++
	}
	took := time.Since(began)
	if err := rows.Err(); err != nil || compared != len(units) {
		t.Errorf("%d of %d units compared, %v", compared, len(units), err)
	}
	return took
}

// judgeGroups fails unless every general grid counts in every group what a query
// sums over its households.
func judgeGroups(t *testing.T, db *pgxpool.Pool, plan geo.PlanID, snapshot *geo.Snapshot, got []figures.Unit) {
	t.Helper()
	type place struct{ code, group string }
	want := map[place]int64{}
	rows, err := db.Query(t.Context(), sqlGroups, int64(plan))
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var at place
		var n int64
		if err := rows.Scan(&at.code, &at.group, &n); err != nil {
			t.Fatal(err)
		}
		want[at] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if declared := len(snapshot.Territory.Keeps.Groups); (declared == 0) != (len(want) == 0) {
		t.Errorf("%d groups are declared, SQL counts %d", declared, len(want))
	}
	for i := range got {
		for _, group := range snapshot.Territory.Keeps.Groups {
			u := &got[i]
			if n := *u.Groups[group.Code]; u.Kind == string(geo.General) && n != want[place{u.Code, group.Code}] {
				t.Errorf("%s counts %d %s; SQL says %d", u.Code, n, group.Code, want[place{u.Code, group.Code}])
			}
		}
	}
}

const sqlGroups = `
with recursive under as (
	select id as unit_id, id as grid_id from grid where plan_id = $1 and kind = 'general'
	union all
	select u.unit_id, g.id from under as u join grid as g on g.plan_id = $1 and g.parent_id = u.grid_id
)
select unit.code, n.key, sum(n.value::bigint)
from under as u join grid as unit on unit.plan_id = $1 and unit.id = u.unit_id
join household as h on h.leaf_id = u.grid_id cross join lateral jsonb_each_text(h.groups) as n
group by unit.code, n.key`

// differ reports whether two measures of the ellipsoid are farther apart than
// authalic areas and our lengths are from PostGIS's geodesics.
func differ(a, b float64) bool { return math.Abs(a-b) > 1e-5*b }

const sqlFigures = `
with recursive under as (
	select id as unit_id, id as grid_id from grid where plan_id = $1 and kind = 'general'
	union all
	select u.unit_id, g.id from under as u join grid as g on g.plan_id = $1 and g.parent_id = u.grid_id
), people as (
	select u.unit_id, count(h.id) as households, coalesce(sum(h.resident), 0) as resident, coalesce(sum(h.registered), 0) as registered
	from under as u left join household as h on h.leaf_id = u.grid_id
	group by u.unit_id
), staff as (
	select u.unit_id, count(distinct a.worker_id) as workers
	from under as u join assignment as a using (grid_id)
	join worker as w on (w.territory_id, w.id) = (a.territory_id, a.worker_id)
	where daterange(a.valid_from, a.valid_to) @> date '2025-06-30' and daterange(w.active_from, w.active_to) @> date '2025-06-30'
	group by u.unit_id
)
select unit.code, st_area(unit.boundary::geography), st_perimeter(unit.boundary::geography),
       p.households, p.resident, p.registered, coalesce(s.workers, 0)
from grid as unit join people as p on p.unit_id = unit.id left join staff as s on s.unit_id = unit.id
where unit.plan_id = $1 and not unit.rest`
