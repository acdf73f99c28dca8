package tiles_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/planar"

	"gridmap/tiles"
)

// rewrite makes the golden tiles anew: go test ./tiles -run Golden -rewrite.
var rewrite = flag.Bool("rewrite", false, "write the golden tiles anew")

const goldenDir = "../fixtures/testdata/tiles"

// A told is what one program reads in a golden tile; another must read the
// same.
type told struct {
	ID         uint64         `json:"id"`
	Type       string         `json:"type"`
	Area       float64        `json:"area"` // square units of the tile
	Points     int            `json:"points"`
	Properties map[string]any `json:"properties"`
}

// The county mini is drawn to the same bytes on every machine. What a decoder
// in Go reads in them stands beside, for one in JavaScript to agree with.
func TestGoldenTiles(t *testing.T) {
	t.Parallel()
	p := pictureOf(t, "mini")
	at := whole(p, tiles.Grids).Address
	for _, layer := range []string{tiles.Grids, "village", tiles.Boundaries, tiles.Labels, tiles.Dedicated} {
		data, err := p.Tile(tiles.Query{Layer: layer, Address: at})
		if err != nil || len(data) == 0 {
			t.Fatalf("%s: %d bytes, %v", layer, len(data), err)
		}
		layers, err := mvt.Unmarshal(data)
		if err != nil {
			t.Fatal(err)
		}
		all := []told{}
		for _, f := range layers[0].Features {
			points := 0
			eachPoint(f.Geometry, func() { points++ })
			all = append(all, told{uint64(f.ID.(float64)), f.Geometry.GeoJSONType(), planar.Area(f.Geometry), points, f.Properties})
		}
		text, err := json.MarshalIndent(all, "", " ")
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Join(goldenDir, fmt.Sprintf("mini-%s-%d-%d-%d", layer, at.Z, at.X, at.Y))
		golden(t, base+".mvt", data)
		golden(t, base+".json", append(text, '\n'))
	}
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *rewrite {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || !bytes.Equal(want, got) {
		t.Errorf("%s: %d bytes, want %d; %v", path, len(got), len(want), err)
	}
}

// eachPoint calls fn for every point of a geometry, the last of a ring left
// out.
func eachPoint(g orb.Geometry, fn func()) {
	switch g := g.(type) {
	case orb.Point:
		fn()
	case orb.LineString:
		for range g {
			fn()
		}
	case orb.MultiLineString:
		for _, l := range g {
			eachPoint(l, fn)
		}
	case orb.Polygon:
		for _, r := range g {
			eachPoint(orb.LineString(r[1:]), fn)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			eachPoint(p, fn)
		}
	}
}
