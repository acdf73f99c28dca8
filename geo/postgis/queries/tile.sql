-- One vector tile of the grids of a tier, or of all dedicated or task grids.
-- $1 territory, $2 plan, $3 z, $4 x, $5 y, $6 layer name,
-- $7 rank of the tier, null for all, $8 kind.
-- psql: prepare q (bigint, bigint, int, int, int, text, int, text) as <this>;
--       execute q (1, 1, 10, 838, 387, 'village', 2, 'general');
with frame as (
    select st_tileenvelope($3, $4, $5) as tile,
           -- 64 of 4096 units around, so that borders of neighbours meet.
           st_transform(st_tileenvelope($3, $4, $5, margin => 64.0 / 4096), 4326) as around
), drawn as (
    select g.id, g.code, g.name_zh, g.name_en, g.kind, g.setting, t.code as tier, g.parent_id as parent,
           st_asmvtgeom(st_transform(g.boundary, 3857), frame.tile, 4096, 64) as geom
    from frame
    join grid as g on g.boundary && frame.around
    join tier as t on t.territory_id = g.territory_id and t.plan_id = g.plan_id and t.rank = g.tier
    where g.territory_id = $1 and g.plan_id = $2
      and ($7::int is null or g.tier = $7) and g.kind = $8
    order by g.id
)
select st_asmvt(drawn, $6, 4096, 'geom', 'id' order by id) from drawn where geom is not null;
