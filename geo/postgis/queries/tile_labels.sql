-- One vector tile of the points that carry the names of grids, one for each
-- drawn grid.
-- $1 territory, $2 plan, $3 z, $4 x, $5 y, $6 layer name.
-- psql: prepare q (bigint, bigint, int, int, int, text) as <this>;
--       execute q (1, 1, 10, 838, 387, 'labels');
with frame as (
    select st_tileenvelope($3, $4, $5) as tile,
           st_transform(st_tileenvelope($3, $4, $5), 4326) as around
), drawn as (
    select g.id, g.code, g.name_zh, g.name_en, g.kind, t.code as tier, t.rank::int as rank, g.parent_id as parent,
           st_asmvtgeom(st_transform(g.label, 3857), frame.tile, 4096, 0) as geom
    from frame
    join grid as g on g.boundary && frame.around and g.label && frame.around
    join tier as t on t.territory_id = g.territory_id and t.plan_id = g.plan_id and t.rank = g.tier
    where g.territory_id = $1 and g.plan_id = $2
)
select st_asmvt(drawn, $6, 4096, 'geom', 'id' order by id) from drawn where geom is not null;
