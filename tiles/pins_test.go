package tiles_test

import (
	"fmt"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// A tile has every building and facility of its ground with what it is called,
// buildings from their first zoom on and not above.
func TestPinsAreWhatTheyMark(t *testing.T) {
	t.Parallel()
	c, p := drawCounty(t, "mini", 0, func(c *fixtures.County) { c.Facilities[0].Valid.To = fixtures.AsOf })
	over := c.Facilities[0]
	read := func(layer string, at topo.Point, z uint32) map[uint64]string {
		found := map[uint64]string{}
		for _, f := range featuresAround(t, p, tiles.Query{Layer: layer, Address: tiles.Address{Z: z}, Day: fixtures.AsOf}, topo.Box{Min: at, Max: at}) {
			found[uint64(f.ID.(float64))] = fmt.Sprint(f.Properties)
		}
		return found
	}
	for _, b := range c.Buildings {
		f, here := read(tiles.Buildings, b.At, tiles.BuildingZoom)[uint64(b.ID)]
		if want := fmt.Sprint(map[string]any{"code": b.Code, "name_zh": b.Name.ZH, "name_en": b.Name.EN, "units": b.Units}); !here || f != want {
			t.Errorf("building %+v is drawn as %s", b, f)
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
		if want := fmt.Sprint(map[string]any{"type": b.Type, "name_zh": b.Name.ZH, "name_en": b.Name.EN}); !here || f != want {
			t.Errorf("facility %+v is drawn as %s", b, f)
		}
	}
	if d, ok := p.Layering().Describe(tiles.Buildings, "n", "1", "u"); !ok || d.MinZoom != tiles.BuildingZoom || d.Layers[0].MinZoom != tiles.BuildingZoom {
		t.Errorf("TileJSON %+v", d)
	}
}
