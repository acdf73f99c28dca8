package tiles_test

import (
	"fmt"
	"maps"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// A tile has every building and facility of its ground with what it is called,
// buildings from their first zoom on and not above.
func TestPinsAreWhatTheyMark(t *testing.T) {
	t.Parallel()
	c, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	over := c.Facilities[0]
	c.Facilities[0].Valid.To = fixtures.AsOf
	a, err := atlas.New(&c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	p := tiles.Draw(a)
	read := func(layer string, at topo.Point, z uint32) map[uint64]feature {
		found, r := map[uint64]feature{}, tiles.Touched([]topo.Box{{Min: at, Max: at}})[z]
		for x := r.X[0]; x <= r.X[1]; x++ { // near an edge several tiles show it
			for y := r.Y[0]; y <= r.Y[1]; y++ {
				tile, err := p.Tile(tiles.Query{Layer: layer, Address: tiles.Address{Z: z, X: x, Y: y}, Day: fixtures.AsOf})
				if err != nil {
					t.Fatal(err)
				}
				maps.Copy(found, decode(t, tile))
			}
		}
		return found
	}
	for _, b := range c.Buildings {
		f, here := read(tiles.Buildings, b.At, tiles.BuildingZoom)[uint64(b.ID)]
		if want := fmt.Sprint(map[string]any{"code": b.Code, "name_zh": b.Name.ZH, "name_en": b.Name.EN, "units": b.Units}); !here || f.properties != want {
			t.Errorf("building %+v is drawn as %+v", b, f)
		}
		if got := read(tiles.Buildings, b.At, tiles.BuildingZoom-1); len(got) != 0 {
			t.Errorf("%d buildings above their first zoom", len(got))
		}
	}
	if _, here := read(tiles.Facilities, over.At, 8)[uint64(over.ID)]; here {
		t.Errorf("%s is drawn, which is no more", over.Name.ZH)
	}
	for _, b := range c.Facilities[1:] {
		f, here := read(tiles.Facilities, b.At, 8)[uint64(b.ID)]
		if want := fmt.Sprint(map[string]any{"type": b.Type, "name_zh": b.Name.ZH, "name_en": b.Name.EN}); !here || f.properties != want {
			t.Errorf("facility %+v is drawn as %+v", b, f)
		}
	}
	if d, ok := p.Layering().Describe(tiles.Buildings, "n", "1", "u"); !ok || d.MinZoom != tiles.BuildingZoom || d.Layers[0].MinZoom != tiles.BuildingZoom {
		t.Errorf("TileJSON %+v", d)
	}
}
