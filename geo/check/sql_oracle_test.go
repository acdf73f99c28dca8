package check_test

import "gridmap/geo"

// The statements of the oracle: $1 stands for the plan, $2 for the day. They
// count from the tables alone, by joins and windows, and know nothing of the check.

// prepared are tables that the statements share: every grid under every grid,
// itself included, the posts of the day, and the grids with their people.
var prepared = []string{`
create temp table under as
with recursive under as (
	select id as unit_id, id as grid_id from grid where plan_id = $1
	union all
	select u.unit_id, g.id from under as u join grid as g on g.plan_id = $1 and g.parent_id = u.grid_id
) select * from under`, `
create index on under (unit_id)`, `
create index on under (grid_id)`, `
create temp table post as
select a.worker_id, a.grid_id, a.role, a.share_permille, w.employment, w.phone, w.number, w.trained_on,
       t.class = 'grid' or g.kind <> 'general' as on_grid
from assignment as a
join worker as w on (w.territory_id, w.id) = (a.territory_id, a.worker_id)
join grid as g on g.plan_id = $1 and g.id = a.grid_id
join tier as t on t.plan_id = $1 and t.rank = g.tier
where daterange(a.valid_from, a.valid_to) @> $2::date and daterange(w.active_from, w.active_to) @> $2::date`, `
create index on post (grid_id)`, `
create index on post (worker_id)`, `
create temp table here as
select g.*, t.class, t.needs_worker, t.code as tier_code, t.households_min, t.households_max, t.persons_cap, p.households, p.resident, p.registered
from grid as g join tier as t on t.plan_id = $1 and t.rank = g.tier
join (
	select u.unit_id, count(h.id) as households, coalesce(sum(h.resident), 0) as resident, coalesce(sum(h.registered), 0) as registered
	from under as u left join household as h on h.leaf_id = u.grid_id
	group by u.unit_id
) as p on p.unit_id = g.id
where g.plan_id = $1 and not g.rest`, `
analyze`,
}

// unitsByStaff is each unit against each standard. Fractions are numeric: none
// is rounded on the way.
const unitsByStaff = `
with norm as (
	select * from standard where daterange(valid_from, valid_to) @> $2::date
), asked as (
	select n.id as norm_id, h.id as unit_id, h.code, h.resident, h.registered
	from norm as n join here as h on h.tier = n.tier and h.kind = 'general' and (n.settings = '{}' or h.setting = any(n.settings))
), served as materialized (  -- each person once, with the shares of the posts that count
	select k.norm_id, k.unit_id, p.worker_id,
	       sum(p.share_permille) filter (where p.counts) as share, bool_or(p.counts) as counts,
	       sum(p.share_permille) filter (where p.among) as share_among, bool_or(p.among) as among
	from asked as k
	join norm as n on n.id = k.norm_id
	join under as u on u.unit_id = k.unit_id
	join lateral (
		select q.*, (n.employment = '' or q.employment = n.employment) and case
		           when n.roles <> '{}' then q.role = any(n.roles)
		           when n.form = 'ratio' then exists (select from role as r where r.code = q.role and r.counts_in_ratio)
		           else true end as counts,
		       n.among = '{}' or q.role = any(n.among) as among
		from post as q where q.grid_id = u.grid_id
	) as p on true
	group by 1, 2, 3
), staffed as (
	select norm_id, unit_id, count(*) filter (where counts) as persons, count(*) filter (where among) as persons_among,
	       coalesce(sum(least(share, 1000)) filter (where counts), 0) as permille,
	       coalesce(sum(least(share_among, 1000)) filter (where among), 0) as permille_among
	from served group by 1, 2
), published as (
	select distinct on (unit_id, basis) unit_id, basis, value from population where as_of <= $2::date order by unit_id, basis, as_of desc
), place as (
	select k.norm_id, k.unit_id, count(*) as facilities, count(*) filter (where f.floor_area_m2 >= n.least) as large
	from asked as k join norm as n on n.id = k.norm_id join under as u on u.unit_id = k.unit_id
	join facility as f on f.division_id = u.grid_id and f.type = n.facility and daterange(f.valid_from, f.valid_to) @> $2::date
	group by 1, 2
), walk as materialized (
	select n.id as norm_id, h.leaf_id, h.resident, exists (
		select from facility as f
		where f.type = n.facility and daterange(f.valid_from, f.valid_to) @> $2::date
		  and st_dwithin(h.at::geography, f.at::geography, n.most * 1000.0 / case n.detour_permille when 0 then 1300 else n.detour_permille end)
	) as within
	from norm as n join household as h on n.form = 'reach' and h.leaf_id is not null and h.at is not null and h.resident > 0
), reached as (
	select k.norm_id, k.unit_id, sum(w.resident) as people, coalesce(sum(w.resident) filter (where w.within), 0) as within
	from asked as k join under as u on u.unit_id = k.unit_id join walk as w on w.norm_id = k.norm_id and w.leaf_id = u.grid_id
	group by 1, 2
), figure as (
	select n.*, k.code, k.unit_id,
	       case when n.form in ('ratio', 'steps') then coalesce(p.value, case n.basis when 'resident' then k.resident when 'registered' then k.registered end)
	            when n.form = 'reach' then coalesce(r.people, 0) else 0 end as people,
	       coalesce(s.persons, 0) as persons, coalesce(s.permille, 0) / 1000.0 as posts,
	       coalesce(s.persons_among, 0) as persons_among, coalesce(s.permille_among, 0) / 1000.0 as posts_among,
	       coalesce(f.facilities, 0) as facilities, coalesce(f.large, 0) as large, coalesce(r.within, 0) as within
	from asked as k join norm as n on n.id = k.norm_id
	left join staffed as s on (s.norm_id, s.unit_id) = (k.norm_id, k.unit_id)
	left join place as f on (f.norm_id, f.unit_id) = (k.norm_id, k.unit_id)
	left join reached as r on (r.norm_id, r.unit_id) = (k.norm_id, k.unit_id)
	left join published as p on p.unit_id = k.unit_id and p.basis = n.basis
), reckoned as (
	select *, case form
	           when 'ratio' then ceil(people::numeric * workers / nullif(residents, 0))
	           when 'steps' then coalesce((select (e ->> 'workers')::numeric from jsonb_array_elements(steps) as e
	                                       where (e ->> 'from')::bigint <= people order by (e ->> 'from')::bigint desc limit 1), 0)
	           when 'band' then least
	           when 'one_each' then greatest(1, least)
	           when 'share' then ceil((case when full_posts then posts_among else persons_among end) * permille / 1000.0)
	           when 'floor' then facilities
	           else case permille when 0 then people else ceil(people::numeric * permille / 1000) end end as required,
	       case when form = 'reach' then within when form = 'floor' then large when facility <> '' then facilities
	            when full_posts then posts else persons end as actual
	from figure where people is not null
)
select format('%s %s %s|%s people %s required %s actual %s short %s over %s', rule, form, code,
	case when rule = 'STF-3' then '' else concat_ws(' ', form, nullif(facility, ''), nullif(employment, ''), nullif(array_to_string(roles, ' '), '')) end,
	people, required::bigint, floor(actual)::bigint, greatest(0, ceil(required - actual))::bigint,
	case when form in ('band', 'one_each') and most > 0 then greatest(0, ceil(actual) - most)::bigint else 0 end)
from reckoned`

// bySQL finds whom or what each rule of people names.
var bySQL = map[geo.RuleID]string{
	geo.RuleUnstaffed: ` select code from here where kind = 'general' and class = 'grid' and needs_worker and not exists (select from post where grid_id = here.id)`,
	geo.RuleExpired:   ` select number from worker as w where daterange(w.active_from, w.active_to) @> $2::date and not exists (select from post where worker_id = w.id)`,
	geo.RuleLoad: ` select code from here where kind = 'general' and class = 'grid' and households > 300 * (
		select nullif(count(distinct p.worker_id), 0) from under as u join post as p on p.grid_id = u.grid_id where u.unit_id = here.id and p.on_grid)`,
	geo.RuleSpread:    ` select number from post where on_grid group by number having count(distinct grid_id) > 5`,
	geo.RuleDedicated: ` select code from here where kind = 'dedicated' and (owner = '' or not exists (select from post where grid_id = here.id))`,
	geo.RuleBoard: ` select code from here where (class = 'grid' or kind <> 'general')
		and (select bool_and(phone = '') from post where grid_id = here.id)`,
	geo.RuleUntrained: ` select distinct number from post where trained_on is null`,
	geo.RuleKeeper: `with link (setting, tier, position) as (values ('', 'township', 'county_leader'), ('', 'village', 'township_leader'),
		('rural', 'primary', 'village_cadre'), ('rural', 'micro', 'group_head'), ('urban', 'primary', 'community_cadre'), ('urban', 'micro', 'building_head'))
		select code from here join link as l on l.tier = here.tier_code and l.setting in ('', here.setting)
		where kind = 'general' and not exists (
			select from responsibility as r left join worker as w on (w.territory_id, w.id) = (r.territory_id, r.worker_id)
			where r.unit_id = here.id and r.position = l.position and daterange(r.valid_from, r.valid_to) @> $2::date
			  and (w.id is null or daterange(w.active_from, w.active_to) @> $2::date))`,
	geo.RuleHouseholds: ` select code from here where kind = 'general' and (households < households_min or households_max > 0 and households > households_max)`,
	geo.RulePersons:    ` select code from here where kind = 'general' and persons_cap > 0 and resident > persons_cap`,
	geo.RuleUnplaced: ` select h.id::text from household as h where h.at is not null
		and not exists (select from grid as g where g.plan_id = $1 and g.parent_id is null and st_intersects(g.boundary, h.at))`,
	geo.RulePointless: ` select id::text from household where at is null`,
	geo.RuleMisplaced: ` select h.id::text from household as h where h.leaf_id is not null and h.stated_id is not null
		and not exists (select from under as u where u.unit_id = h.stated_id and u.grid_id = h.leaf_id)`,
	geo.RuleStated: `with total as (
		select p.unit_id, p.basis, p.as_of, p.value, count(g.id) as parts, count(c.value) as stated, sum(c.value) as sum
		from population as p join grid as g on g.plan_id = $1 and g.parent_id = p.unit_id and g.kind = 'general' and not g.rest
		left join population as c on (c.unit_id, c.basis, c.as_of) = (g.id, p.basis, p.as_of)
		where p.as_of <= $2::date group by 1, 2, 3, 4
	) select code from total join here on here.id = total.unit_id where parts = stated and sum <> value`,
}

const summaryBySQL = `
select format('grids %s %s', case when kind = 'general' then tier_code else kind end, count(*)) from here group by kind, tier_code
union all
select format('grids undrawn %s', count(*)) from here where boundary is null having count(*) > 0
union all
select format('role %s %s', r.code, count(distinct p.worker_id)) from role as r left join post as p on p.role = r.code group by r.code
union all
select format('households %s located %s none %s persons %s', count(*), count(at), count(at) filter (where leaf_id is null), coalesce(sum(resident) filter (where leaf_id is not null), 0)) from household
union all
select format('unstaffed %s', count(*)) from here where kind = 'general' and class = 'grid' and needs_worker and not exists (select from post where grid_id = here.id)`
