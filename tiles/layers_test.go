package tiles

import (
	"encoding/json"
	"testing"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// lan is a county of about 40 by 40 km with the tiers of the reference case.
var lan = Layering{
	Bounds: topo.Box{Min: topo.Point{X: 1111000000, Y: 381000000}, Max: topo.Point{X: 1116000000, Y: 385000000}},
	Levels: []Level{{Code: "county", Name: geo.Name{ZH: "县"}, Grids: 1, Covers: true}, {Code: "township", Name: geo.Name{ZH: "乡镇"}, Grids: 9, Covers: true}, {Code: "village", Name: geo.Name{ZH: "村"}, Grids: 144, Covers: true},
		{Code: "primary", Name: geo.Name{ZH: "一级"}, Grids: 241, Covers: true}, {Code: "secondary", Name: geo.Name{ZH: "二级"}, Grids: 2886, Covers: true}, {Code: "micro", Name: geo.Name{ZH: "三级"}, Grids: 1100, Covers: false}},
}

func TestCarriesGoesDeeperWithTheZoom(t *testing.T) {
	t.Parallel()
	last := 0
	for z := uint32(0); z <= MaxZoom; z++ {
		tier := lan.Carries(z)
		if tier < last {
			t.Errorf("zoom %d carries tier %d after %d", z, tier, last)
		}
		last = tier
	}
	if first := lan.Carries(0); first != 3 {
		t.Errorf("zoom 0 carries tier %d, want the 241 grids that fit the budget", first)
	}
	if last != len(lan.Levels)-1 {
		t.Errorf("the deepest zoom carries tier %d, want the deepest", last)
	}
}

func TestStyleDrawsEveryTierFromASourceItNames(t *testing.T) {
	t.Parallel()
	for _, name := range StyleNames() {
		style, ok := lan.Style(name, "http://localhost/tiles/1")
		if !ok {
			t.Fatalf("no style %q", name)
		}
		lines := map[string]bool{}
		for _, layer := range style.Layers {
			if layer.Source != "" && style.Sources[layer.Source] == nil {
				t.Errorf("%s: layer %s draws from %s, which is no source", name, layer.ID, layer.Source)
			}
			if layer.Type == "line" {
				lines[layer.SourceLayer] = true
			}
		}
		for _, level := range lan.Levels {
			if !lines[level.Code] {
				t.Errorf("%s: no line for tier %s", name, level.Code)
			}
		}
		if raw, err := json.Marshal(style); err != nil || len(raw) < 1000 {
			t.Errorf("%s: %d bytes, error %v", name, len(raw), err)
		}
	}
	if _, ok := lan.Style("pink", ""); ok {
		t.Error("there is a pink style")
	}
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	all, ok := lan.Describe(Grids, "霁岚县", "1.0.7", "http://localhost/{z}/{x}/{y}.mvt")
	if !ok || all.Bounds != [4]float64{111.1, 38.1, 111.6, 38.5} || len(all.Layers) != 1 || all.Layers[0].ID != Grids {
		t.Errorf("grids: %+v, %v", all, ok)
	}
	one, ok := lan.Describe("village", "霁岚县", "1.0.7", "u")
	if !ok || len(one.Layers) != 1 || one.Layers[0].ID != "village" {
		t.Errorf("village: %+v, %v", one, ok)
	}
	if _, ok := lan.Describe("households", "霁岚县", "1.0.7", "u"); ok {
		t.Error("households have a TileJSON")
	}
}
