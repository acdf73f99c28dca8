package tiles_test

import (
	"testing"

	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/geojson"

	"gridmap/fixtures"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// drawCounty makes a county, with so many households or its own number for 0, and
// draws it as change leaves it.
func drawCounty(t testing.TB, name string, households int, change func(*fixtures.County)) (*fixtures.County, *tiles.Picture) {
	t.Helper()
	c, err := fixtures.Make(name, households)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(c)
	}
	a, err := atlas.New(&c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return c, tiles.Draw(a)
}

func pictureOf(t testing.TB, name string) *tiles.Picture {
	t.Helper()
	_, p := drawCounty(t, name, 2000, func(c *fixtures.County) { c.Plan.ID = 1 })
	return p
}

// featuresOf returns the features of a tile, as another program reads them.
func featuresOf(t *testing.T, p *tiles.Picture, q tiles.Query) []*geojson.Feature {
	t.Helper()
	data, err := p.Tile(q)
	if err != nil {
		t.Fatal(err)
	}
	layers, err := mvt.Unmarshal(data)
	switch {
	case err != nil:
		t.Fatal(err)
	case len(layers) == 0:
		return nil
	case len(layers) > 1 || layers[0].Name != q.Layer || layers[0].Version != 2:
		t.Errorf("tile %v: %d layers, the first one %s of version %d", q, len(layers), layers[0].Name, layers[0].Version)
	}
	return layers[0].Features
}

// featuresAround returns those of the tiles of a zoom that show a box; what lies
// near an edge is in several of them.
func featuresAround(t *testing.T, p *tiles.Picture, q tiles.Query, box topo.Box) (features []*geojson.Feature) {
	t.Helper()
	for _, q.Address = range addresses(tiles.Touched([]topo.Box{box})[q.Z]) {
		features = append(features, featuresOf(t, p, q)...)
	}
	return features
}
