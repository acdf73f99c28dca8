package tiles_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"os/exec"
	"path/filepath"
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
// the same attributes, and the same ground but for half a pixel along borders, as a
// decoder in Go reads both and one in JavaScript.
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
	var drawn [][]byte // ours and theirs
	var read []map[uint64]feature
	for _, tier := range snap.Tiers {
		for z := uint32(13); z <= 16; z++ {
			for k, at := range around(p, z) {
				if k%(1<<(2*z-26)) == 0 {
					q := tiles.Query{Layer: tier.Code, Address: at}
					ours, theirs := bothTiles(t, db, p, q, int64(plan))
					drawn, read = append(drawn, ours, theirs), append(read, decode(t, ours), decode(t, theirs))
					features += compareTiles(t, q, read[len(read)-2], read[len(read)-1])
				}
			}
		}
	}
	if features < 2000 {
		t.Errorf("only %d features were compared", features)
	}
	same := func(a, b feature) bool {
		return a.properties == b.properties && math.Abs(a.area-b.area) < 1e-6*b.area+1e-6 && math.Abs(a.perimeter-b.perimeter) < 1e-6*b.perimeter
	}
	t.Run("in JavaScript", func(t *testing.T) { // which alone is skipped where npm has not run
		for i, other := range decodeInJavaScript(t, drawn) {
			if !maps.EqualFunc(other, read[i], same) {
				t.Errorf("a tile is read in JavaScript as %v, in Go as %v", other, read[i])
			}
		}
	})
}

// decodeInJavaScript returns what the package of MapLibre's makers reads in tiles.
func decodeInJavaScript(t *testing.T, drawn [][]byte) []map[uint64]feature {
	t.Helper()
	const web = "../api/web"
	if _, err := os.Stat(filepath.Join(web, "node_modules", "@mapbox", "vector-tile")); err != nil {
		t.Skip("npm ci has not run in api/web")
	}
	var in bytes.Buffer
	for _, tile := range drawn {
		fmt.Fprintln(&in, base64.StdEncoding.EncodeToString(tile))
	}
	node := exec.Command("node", filepath.Join(web, "test", "vectortile.mjs"))
	node.Stdin, node.Stderr = &in, os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read []map[uint64]feature
	for lines := json.NewDecoder(bytes.NewReader(out)); len(read) < len(drawn); {
		var list []struct {
			ID           uint64
			Properties   map[string]any
			Area, Length float64
		}
		if err := lines.Decode(&list); err != nil {
			t.Fatalf("after %d of %d tiles: %v", len(read), len(drawn), err)
		}
		of := map[uint64]feature{}
		for _, f := range list {
			of[f.ID] = feature{fmt.Sprint(f.Properties), f.Area, f.Length}
		}
		read = append(read, of)
	}
	return read
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

// bothTiles returns a tile as it is drawn here, and by PostGIS.
func bothTiles(t *testing.T, db *pgxpool.Pool, p *tiles.Picture, q tiles.Query, plan int64) (ours, theirs []byte) {
	t.Helper()
	ours, err := p.Tile(q)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), asMVT, plan, q.Z, q.X, q.Y, q.Layer).Scan(&theirs); err != nil {
		t.Fatal(err)
	}
	return ours, theirs
}

// compareTiles holds what is read in our tile against what is read in theirs, and
// returns how many features that has.
func compareTiles(t *testing.T, q tiles.Query, got, want map[uint64]feature) int {
	t.Helper()
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
