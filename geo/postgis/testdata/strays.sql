-- Located households whose stored leaf is not the leaf that PostGIS finds,
-- but for those within $3 metres of its border: ST_Covers breaks ties there as
-- rounding has it.
-- $1 territory, $2 plan, $3 metres.
select count(*)
from household as h
left join lateral (
    select g.id
    from grid as g
    where g.territory_id = h.territory_id and g.plan_id = $2 and (g.kind = 'general' or g.hole)
      and st_covers(g.boundary, h.at)
      and not exists (select from grid as c
                      where c.territory_id = g.territory_id and c.plan_id = g.plan_id
                        and c.parent_id = g.id and (c.kind = 'general' or c.hole) and c.boundary is not null)
    order by g.id
    limit 1
) as found on true
left join grid as leaf on leaf.territory_id = h.territory_id and leaf.plan_id = $2 and leaf.id = h.leaf_id
where h.territory_id = $1 and h.at is not null
  and h.leaf_id is distinct from found.id
  and (leaf.id is null or st_distance(st_boundary(leaf.boundary)::geography, h.at::geography) > $3);
