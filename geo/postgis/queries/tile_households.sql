-- One vector tile of a territory's households, for those who may read them: a
-- point each with how many live there and the grid it lies in. One more than
-- may be sent are looked at, so that none is left out unseen.
-- $1 territory, $2 z, $3 x, $4 y, $5 most households.
-- psql: prepare q (bigint, int, int, int, int) as <this>;
--       execute q (1, 14, 13221, 6348, 50000);
with frame as (
    select st_tileenvelope($2, $3, $4) as tile,
           st_transform(st_tileenvelope($2, $3, $4, margin => 64.0 / 4096), 4326) as around
), near as (
    select h.id, h.leaf_id as grid, h.resident, h.occupied, h.at
    from frame join household as h on h.at && frame.around
    where h.territory_id = $1
    limit $5::int + 1
), drawn as (
    select id, grid, resident, occupied, st_asmvtgeom(st_transform(at, 3857), tile, 4096, 64) as geom
    from near, frame
)
select (select count(*) from near), (select st_asmvt(drawn, 'households', 4096, 'geom', 'id' order by id) from drawn where geom is not null);
