package figures_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"gridmap/geo"
	"gridmap/geo/figures"
)

// A reading is one figure of one unit, nil where it does not exist.
type reading struct {
	figure, code string
	value        *float64
	near         float64 // by how much, of itself, the oracle may be off
}

// oracle works out figures by SQL from the tables alone, through tables of its
// own that every statement shares.
type oracle struct {
	t     testing.TB
	conn  *pgxpool.Conn
	terms *strings.Replacer
}

func consult(t testing.TB, db *pgxpool.Pool, plan geo.PlanID, types string) oracle {
	t.Helper()
	conn, err := db.Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Release)
	o := oracle{t, conn, strings.NewReplacer("$1", fmt.Sprint(plan), "$2", "'2025-06-30'", "$3", types)}
	for _, sql := range prepared {
		if _, err := conn.Exec(t.Context(), o.terms.Replace(sql)); err != nil {
			t.Fatalf("%.60s: %v", sql, err)
		}
	}
	return o
}

// agree compares readings with those of a query for figure, code and value.
func (o oracle) agree(sql string, got []reading) {
	o.t.Helper()
	rows, err := o.conn.Query(o.t.Context(), o.terms.Replace(sql))
	if err != nil {
		o.t.Fatal(err)
	}
	defer rows.Close()
	want := map[[2]string]*float64{}
	for rows.Next() {
		var figure, code string
		var value *float64
		if err := rows.Scan(&figure, &code, &value); err != nil {
			o.t.Fatal(err)
		}
		want[[2]string{figure, code}] = value
	}
	if err := rows.Err(); err != nil {
		o.t.Fatal(err)
	}
	wrong := 0
	for _, r := range got {
		key := [2]string{r.figure, r.code}
		w, known := want[key]
		delete(want, key)
		if known && (w == nil) == (r.value == nil) && (w == nil || math.Abs(*w-*r.value) <= r.near*math.Abs(*w)+1e-9) {
			continue
		}
		if wrong++; wrong < 6 {
			o.t.Errorf("%s of %s is %s, by SQL %s (known %v)", r.figure, r.code, shown(r.value), shown(w), known)
		}
	}
	if len(want) > 0 || len(got) == 0 {
		o.t.Errorf("%d readings, SQL has %d more: %v", len(got), len(want), first(want))
	}
}

func first(m map[[2]string]*float64) string {
	for k, v := range m {
		return fmt.Sprint(k, shown(v))
	}
	return "none"
}

func shown(v *float64) string {
	if v == nil {
		return "none"
	}
	return fmt.Sprint(*v)
}

// readings lists the figures of units that are neither counted apart nor need
// many distances.
func readings(units map[string]*figures.Unit) (all []reading) {
	number := func(n int64) *float64 { v := float64(n); return &v }
	for code, u := range units {
		add := func(figure string, v *float64, near float64) { all = append(all, reading{figure, code, v, near}) }
		add("occupied", number(u.Occupied), 0)
		add("posts_permille", number(u.PostsPermille), 0)
		add("staffable", number(u.Staffable), 0)
		add("vacant", number(u.Vacant), 0)
		add("compounds", number(u.Compounds), 0)
		add("buildings", number(u.Buildings), 0)
		add("keepers", number(u.Keepers), 0)
		add("matters", number(u.Matters), 0)
		add("workers_per_10k", u.WorkersPer10k, 1e-9)
		add("households_per_worker", u.HouseholdsPerWorker, 1e-9)
		add("persons_per_worker", u.PersonsPerWorker, 1e-9)
		add("vacancy_pct", u.VacancyPct, 1e-9)
		add("load_per_worker", u.LoadPerWorker, 1e-5)
		add("residents_per_km2", u.Density, 1e-5)
		add("polsby_popper", u.PolsbyPopper, 3e-5)
		add("reock", u.Reock, 5e-3)
		add("household_spread_m", u.SpreadM, 5e-3)
		add("cv_households", u.VariationHouseholds, 1e-9)
		add("gini_households", u.GiniHouseholds, 1e-9)
		for role, n := range u.ByRole {
			add("role "+role, number(n), 0)
		}
		for name, m := range u.Metrics {
			if m.Value != nil {
				add("metric "+name+" "+m.Period, m.Value, 0)
			} else {
				add("grade "+name+" "+m.Period, number(int64([]rune(m.Grade)[0])), 0)
			}
		}
		for kind, reach := range u.Facilities {
			add("facilities "+kind, number(reach.Count), 0)
		}
		if u.Theil != nil {
			add("theil", &u.Theil.Total, 1e-6)
			add("theil_between", &u.Theil.Between, 1e-6)
			add("theil_within", &u.Theil.Within, 1e-6)
		}
	}
	return all
}

// distances lists the figures that need many distances.
func distances(units map[string]*figures.Unit, types []string) (all []reading) {
	for code, u := range units {
		for _, b := range u.Borders {
			all = append(all, reading{"border " + b.Code, code, &b.LengthM, 1e-4})
		}
		for kind, r := range u.Facilities {
			if r.NearestM != nil && (types == nil || slices.Contains(types, kind)) {
				all = append(all, reading{"nearest " + kind, code, r.NearestM, 1e-4},
					reading{"within " + kind, code, r.WithinPct, 1e-3}, reading{"floor " + kind, code, r.PerResidentM2, 2e-3})
			}
		}
	}
	return all
}

// judgeAll compares every figure of every general unit, reach of facilities of
// some types only unless types is nil, and returns how long SQL took to say them.
func judgeAll(t testing.TB, db *pgxpool.Pool, plan geo.PlanID, got []figures.Unit, types []string) time.Duration {
	t.Helper()
	units := map[string]*figures.Unit{}
	for i := range got {
		if got[i].Kind == string(geo.General) {
			units[got[i].Code] = &got[i]
		}
	}
	began := time.Now()
	asked := "true"
	if types != nil {
		asked = "type in ('" + strings.Join(types, "', '") + "')"
	}
	o := consult(t, db, plan, asked)
	o.agree(unitFigures, readings(units))
	o.agree(distanceFigures, distances(units, types))
	return time.Since(began)
}

// prepared are tables that the statements share: every grid under every grid,
// the posts of the day, who serves on grids under each unit, and the units.
var prepared = []string{`set statement_timeout = 0`, `
create temp table under as
with recursive under as (
	select id as unit_id, id as grid_id from grid where plan_id = $1 and kind = 'general'
	union all
	select u.unit_id, g.id from under as u join grid as g on g.plan_id = $1 and g.parent_id = u.grid_id
) select * from under`, `
create index on under (unit_id)`, `
create index on under (grid_id)`, `
create temp table post as
select a.worker_id, a.grid_id, a.role, a.share_permille, t.class = 'grid' or g.kind <> 'general' as on_grid
from assignment as a
join worker as w on (w.territory_id, w.id) = (a.territory_id, a.worker_id)
join grid as g on g.plan_id = $1 and g.id = a.grid_id
join tier as t on t.plan_id = $1 and t.rank = g.tier
where daterange(a.valid_from, a.valid_to) @> $2::date and daterange(w.active_from, w.active_to) @> $2::date`, `
create index on post (grid_id)`, `
insert into spatial_ref_sys (srid, proj4text)  -- a plane for the territory; what is in this table PROJ makes only once
select 990001, format('+proj=laea +lat_0=%s +lon_0=%s +ellps=WGS84 +units=m +no_defs', st_y(p), st_x(p))
from (select st_centroid(boundary) as p from grid where plan_id = $1 and parent_id is null) as middle`, `
create temp table home as
select id, leaf_id, resident, occupied, at::geography as place, st_transform(at, 990001) as flat
from household
where leaf_id is not null`, `
create index on home (leaf_id)`, `
create temp table place as  -- by_type lies apart for each type, so that one index finds the nearest of each
select f.*, st_translate(flat, apart, 0) as by_type
from (
	select id, type, floor_area_m2, at::geography as at, st_transform(at, 990001) as flat,
	       1e8 * dense_rank() over (order by type) as apart
	from facility
	where daterange(valid_from, valid_to) @> $2::date and $3
) as f`, `
create index on place using gist (flat)`, `
create index on place using gist (by_type)`, `
create temp table one as
select g.id, g.parent_id, g.tier, g.code, g.boundary, t.needs_worker,
       p.households, p.resident, p.occupied, p.spread, s.workers, s.grid_workers, s.permille
from grid as g join tier as t on t.plan_id = $1 and t.rank = g.tier
join lateral (
	select count(*) as households, coalesce(sum(h.resident), 0) as resident, count(*) filter (where h.occupied) as occupied,
	       sqrt(var_pop(st_x(h.flat)) + var_pop(st_y(h.flat))) as spread
	from under as u join home as h on h.leaf_id = u.grid_id where u.unit_id = g.id
) as p on true
join lateral (
	select count(distinct worker_id) as workers, count(distinct worker_id) filter (where on_grid) as grid_workers, coalesce(sum(share_permille), 0) as permille
	from under as u join post as q on q.grid_id = u.grid_id where u.unit_id = g.id
) as s on true
where g.plan_id = $1 and g.kind = 'general' and not g.rest`, `
create index on one (parent_id)`, `
create index on one (id)`, `
create index on one using gist (boundary)`, `
analyze`,
}

// unitFigures has a row a figure and unit. Ratios are cut, not rounded.
const unitFigures = `
with recursive post_grid as (
	select u.unit_id, count(*) filter (where o.needs_worker) as staffable,
	       count(*) filter (where o.needs_worker and not exists (select from post where grid_id = o.id)) as vacant
	from under as u join one as o on o.id = u.grid_id group by 1
), part as (  -- the grids right under a unit, by how many households they hold
	select parent_id as unit_id, households, row_number() over (partition by parent_id order by households) as place,
	       count(*) over (partition by parent_id) as n
	from one where parent_id is not null
), even as (
	select unit_id, stddev_pop(households) / nullif(avg(households), 0) as cv,
	       sum((2 * place - n - 1) * households) / nullif(max(n) * sum(households), 0) as gini
	from part where n > 1 group by 1
), down as (  -- to the deepest grids that need a worker, by the part they lie in
	select parent_id as unit_id, id as part, id from one where parent_id is not null
	union all
	select d.unit_id, d.part, c.id from down as d join one as c on c.parent_id = d.id and c.needs_worker
), deepest as (
	select d.unit_id, d.part, o.grid_workers::float8 as have, o.households::float8 as need
	from down as d join one as o using (id)
	where not exists (select from one as c where c.parent_id = d.id and c.needs_worker)
	  and exists (select from part as p where p.unit_id = d.unit_id and p.n > 1)
), whole as (
	select unit_id, sum(have) as have, sum(need) as need from deepest group by 1
	having sum(have) > 0 and sum(need) > 0 and bool_and(have = 0 or need > 0)
), held as (
	select unit_id, part, sum(have) as have, sum(need) as need from deepest group by 1, 2
), inequality as (
	select 'theil' as figure, w.unit_id, coalesce(sum(d.have / w.have * ln(d.have / w.have / nullif(d.need / w.need, 0))) filter (where d.have > 0), 0) as value
	from whole as w join deepest as d using (unit_id) group by 2
	union all
	select 'theil_between', w.unit_id, coalesce(sum(d.have / w.have * ln(d.have / w.have / nullif(d.need / w.need, 0))) filter (where d.have > 0), 0)
	from whole as w join held as d using (unit_id) group by 2
	union all
	select 'theil_within', w.unit_id, sum(h.have / w.have * coalesce(i.unequal, 0))
	from whole as w join held as h using (unit_id) left join (
		select d.unit_id, d.part, sum(d.have / h.have * ln(d.have / h.have / (d.need / h.need))) as unequal
		from deepest as d join held as h using (unit_id, part) where d.have > 0 and d.need > 0 and h.have > 0 group by 1, 2
	) as i using (unit_id, part) group by 2
), measured as (  -- of each name and tier those of the period that began last
	select g.code, m.name, m.period, m.value, m.grade, p.begins, max(p.begins) over (partition by m.name, g.tier) as latest
	from metric as m join grid as g on g.plan_id = $1 and g.id = m.unit_id and g.kind = 'general'
	cross join lateral (select case
		when m.period ~ '-Q' then make_date(left(m.period, 4)::int, right(m.period, 1)::int * 3 - 2, 1)
		else rpad(m.period, 10, '-01-01')::date end as begins) as p
	where p.begins <= $2
), shape as (
	select id, st_area(boundary::geography) as area, st_perimeter(boundary::geography) as perimeter,
	       (st_minimumboundingradius(st_transform(boundary, 990001))).radius as radius
	from one where boundary is not null
)
select f.figure, o.code, f.value::float8
from one as o join post_grid as g on g.unit_id = o.id left join even as e on e.unit_id = o.id left join shape as s on s.id = o.id
cross join lateral (values
	('occupied', o.occupied::numeric), ('posts_permille', o.permille), ('staffable', g.staffable), ('vacant', g.vacant),
	('workers_per_10k', trunc(o.workers * 10000.0 / nullif(o.resident, 0), 2)),
	('households_per_worker', trunc(o.households::numeric / nullif(o.grid_workers, 0), 2)),
	('persons_per_worker', trunc(o.resident::numeric / nullif(o.grid_workers, 0), 2)),
	('vacancy_pct', trunc(g.vacant * 100.0 / nullif(g.staffable, 0), 2)),
	('cv_households', e.cv), ('gini_households', e.gini)
) as f (figure, value)
union all
select f.figure, o.code, f.value
from one as o left join shape as s on s.id = o.id
cross join lateral (values
	('load_per_worker', (o.households + 0.4 * o.resident::float8 + 3 * s.area / 1e6) / nullif(o.grid_workers, 0)),
	('residents_per_km2', o.resident / s.area * 1e6), ('polsby_popper', 4 * pi() * s.area / s.perimeter ^ 2),
	('reock', s.area / (pi() * s.radius ^ 2)), ('household_spread_m', o.spread)
) as f (figure, value)
union all
select case when grade = '' then 'metric ' else 'grade ' end || name || ' ' || period, code, coalesce(value, ascii(grade))
from measured where begins = latest
union all
select i.figure, o.code, i.value from inequality as i join one as o on o.id = i.unit_id
union all
select 'role ' || r.code, o.code, count(distinct p.worker_id)
from one as o cross join role as r left join under as u on u.unit_id = o.id left join post as p on p.grid_id = u.grid_id and p.role = r.code
group by 1, 2
union all
select 'facilities ' || k.type, o.code, count(f.id)
from one as o cross join (select distinct type from facility) as k left join under as u on u.unit_id = o.id
left join facility as f on f.division_id = u.grid_id and f.type = k.type
group by 1, 2
union all
select 'compounds', o.code, count(c.id)
from one as o join under as u on u.unit_id = o.id
left join compound as c on c.division_id = u.grid_id and daterange(c.valid_from, c.valid_to) @> $2::date
group by 1, 2
union all
select 'buildings', o.code, count(b.id)
from one as o join under as u on u.unit_id = o.id
left join building as b on b.division_id = u.grid_id and daterange(b.valid_from, b.valid_to) @> $2::date
group by 1, 2
union all
select 'keepers', o.code, count(r.id)
from one as o join under as u on u.unit_id = o.id
left join responsibility as r on r.unit_id = u.grid_id and daterange(r.valid_from, r.valid_to) @> $2::date
group by 1, 2
union all
select 'matters', o.code, count(m.id)
from one as o join grid as g on g.plan_id = $1 and g.id = o.id join tier as t on t.plan_id = $1 and t.rank = g.tier
left join matter as m on m.admitted and daterange(m.valid_from, m.valid_to) @> $2::date
	and (m.kinds = '{}' or g.kind = any (m.kinds)) and (m.tiers = '{}' or t.code = any (m.tiers)) and (m.settings = '{}' or g.setting = any (m.settings))
group by 1, 2`

// distanceFigures measures every household to the facility of each type that is
// nearest on the plane and to those within a walk, which is 1,000 m of 1.3 times
// the geodesic distance, and every two neighbours' borders.
const distanceFigures = `
with walk as materialized (
	select h.id as home, h.resident, f.type, f.id as facility, f.floor_area_m2
	from home as h join place as f on st_dwithin(h.flat, f.flat, 1000 / 1.3 * 1.01)
	where h.resident > 0 and st_distance(h.place, f.at) * 1.3 <= 1000
), users as (
	select facility, sum(resident) as people from walk group by 1
), share as (
	select w.home, w.type, sum(w.floor_area_m2 / u.people) as floor from walk as w join users as u using (facility) group by 1, 2
), reach as (
	select h.leaf_id, k.type, h.resident, st_distance(h.place, nearest.at) as far, coalesce(s.floor, 0) as floor
	from home as h cross join (select distinct type, apart from place) as k
	cross join lateral (select f.at from place as f order by f.by_type <-> st_translate(h.flat, k.apart, 0) limit 1) as nearest
	left join share as s on s.home = h.id and s.type = k.type
	where h.resident > 0
), sums as (
	select u.unit_id, r.type, sum(r.people) as people, sum(r.far) as far, sum(r.floor) as floor, sum(r.within) as within
	from under as u join (
		select leaf_id, type, sum(resident) as people, sum(far * resident) as far, sum(floor * resident) as floor,
		       coalesce(sum(resident) filter (where far * 1.3 <= 1000), 0) as within
		from reach group by 1, 2
	) as r on r.leaf_id = u.grid_id group by 1, 2
)
select f.figure || ' ' || s.type, o.code, f.value::float8
from sums as s join one as o on o.id = s.unit_id cross join lateral (values
	('nearest', s.far / s.people), ('within', trunc(s.within * 100.0 / s.people, 2)), ('floor', s.floor / s.people)
) as f (figure, value)
union all
select 'border ' || v.other, v.code, length from (
	select a.code as a, b.code as b, st_length(st_collectionextract(st_intersection(a.boundary, b.boundary), 2)::geography) as length
	from one as a join one as b on b.tier = a.tier and b.id > a.id and a.boundary && b.boundary and st_intersects(a.boundary, b.boundary)
) as pair cross join lateral (values (a, b), (b, a)) as v (code, other)
where length > 0`
