package tiles_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// asMVT is how PostGIS draws a tier.
const asMVT = `
with frame as (
    select st_tileenvelope($2, $3, $4) as tile,
           st_transform(st_tileenvelope($2, $3, $4, margin => 64.0 / 4096), 4326) as around
), drawn as (
    select g.id, g.code, g.name_zh, g.name_en, g.kind, g.setting, t.code as tier, g.parent_id as parent,
           st_asmvtgeom(st_transform(g.boundary, 3857), frame.tile, 4096, 64) as geom
    from frame
    join grid as g on g.boundary && frame.around
    join tier as t on t.territory_id = g.territory_id and t.plan_id = g.plan_id and t.rank = g.tier
    where g.plan_id = $1 and t.code = $5 and g.kind = 'general'
)
select st_asmvt(drawn, $5, 4096, 'geom', 'id' order by id) from drawn where geom is not null`

// A feature is what a decoder reads of a grid.
type feature struct {
	properties string
	area       float64 // square units of the tile
	perimeter  float64
}

func decode(t testing.TB, tile []byte) map[uint64]feature {
	t.Helper()
	layers, err := mvt.Unmarshal(tile)
	if err != nil {
		t.Fatal(err)
	}
	found := map[uint64]feature{}
	for _, l := range layers {
		for _, f := range l.Features {
			found[uint64(f.ID.(float64))] = feature{fmt.Sprint(f.Properties), planar.Area(f.Geometry), planar.Length(f.Geometry)}
		}
	}
	return found
}

// At z13 to 16 a tile holds what ST_AsMVT puts into it: the same grids with
// the same attributes, and the same ground but for half a pixel along borders.
func TestTilesHoldWhatPostGISDraws(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	_, plan := gridtest.County(t, db, "shilou")
	snap, err := postgis.New(db).Snapshot(t.Context(), plan)
	if err != nil {
		t.Fatal(err)
	}
	a, err := atlas.New(snap)
	if err != nil {
		t.Fatal(err)
	}
	p := tiles.Draw(a)
	features := 0
	for _, tier := range snap.Tiers {
		for z := uint32(13); z <= 16; z++ {
			for k, at := range around(p, z) {
				if k%(1<<(2*z-26)) == 0 {
					features += compareTile(t, db, p, tiles.Query{Layer: tier.Code, Address: at}, int64(plan))
				}
			}
		}
	}
	if features < 2000 {
		t.Errorf("only %d features were compared", features)
	}
}

// around returns the tiles of a zoom over the territory.
func around(p *tiles.Picture, z uint32) []tiles.Address {
	var all []tiles.Address
	for _, r := range tiles.Touched([]topo.Box{p.Layering().Bounds}) {
		if r.Z != z {
			continue
		}
		for x := r.X[0]; x <= r.X[1]; x++ {
			for y := r.Y[0]; y <= r.Y[1]; y++ {
				all = append(all, tiles.Address{Z: z, X: x, Y: y})
			}
		}
	}
	return all
}

func compareTile(t *testing.T, db *pgxpool.Pool, p *tiles.Picture, q tiles.Query, plan int64) int {
	t.Helper()
	ours, err := p.Tile(q)
	if err != nil {
		t.Fatal(err)
	}
	var theirs []byte
	if err := db.QueryRow(context.Background(), asMVT, plan, q.Z, q.X, q.Y, q.Layer).Scan(&theirs); err != nil {
		t.Fatal(err)
	}
	got, want := decode(t, ours), decode(t, theirs)
	// Both round to units; below the deepest zoom our borders may stray by the
	// tolerance.
	stray := 0.75
	if q.Z < tiles.MaxZoom {
		stray = 3
	}
	for id, w := range want {
		g, there := got[id]
		if math.Abs(g.area-w.area) > stray*w.perimeter+4 {
			t.Fatalf("%v: grid %d has area %v, PostGIS %v", q, id, g.area, w.area)
		}
		if there && g.properties != w.properties {
			t.Fatalf("%v: grid %d says %s, PostGIS %s", q, id, g.properties, w.properties)
		}
	}
	for id, g := range got {
		if _, there := want[id]; !there && g.area > stray*g.perimeter+4 {
			t.Fatalf("%v: grid %d is drawn, with area %v, and not by PostGIS", q, id, g.area)
		}
	}
	return len(want)
}
