-- Grids that can hold a household and whose box meets a box: drawn grids
-- that partition, without children that do, or with one that is not drawn yet.
-- $1 territory, $2 plan, $3 west, $4 south, $5 east, $6 north, degrees.
-- psql: prepare q (bigint, bigint, float8, float8, float8, float8) as <this>;
--       execute q (1, 1, 110.40, 37.50, 110.42, 37.52);
select g.id, g.parent_id, g.tier, g.code, g.name_zh, g.name_en, g.kind, g.setting, g.boundary,
       g.text_bounds, g.owner, g.valid_from, g.valid_to, g.predecessors, g.rest, g.hole
from grid as g
where g.territory_id = $1 and g.plan_id = $2 and (g.kind = 'general' or g.hole)
  and g.boundary && st_makeenvelope($3, $4, $5, $6, 4326)
  and (select coalesce(bool_or(c.boundary is null), true)
       from grid as c
       where c.territory_id = g.territory_id and c.plan_id = g.plan_id and c.parent_id = g.id and (c.kind = 'general' or c.hole));
