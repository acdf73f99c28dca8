-- One vector tile of a territory's facilities.
-- $1 territory, $2 z, $3 x, $4 y, $5 layer name.
-- psql: prepare q (bigint, int, int, int, text) as <this>;
--       execute q (1, 10, 838, 387, 'facilities');
with frame as (
    select st_tileenvelope($2, $3, $4) as tile,
           st_transform(st_tileenvelope($2, $3, $4, margin => 64.0 / 4096), 4326) as around
), drawn as (
    select f.id, f.type, f.name_zh, f.name_en,
           st_asmvtgeom(st_transform(f.at, 3857), frame.tile, 4096, 64) as geom
    from frame join facility as f on f.at && frame.around
    where f.territory_id = $1
)
select st_asmvt(drawn, $5, 4096, 'geom', 'id' order by id) from drawn where geom is not null;
