package tiles

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
)

// What TileJSON 3.0.0 asks of every layer's description.
func TestDescribeKeepsTileJSON(t *testing.T) {
	t.Parallel()
	layers := Overlays()
	for _, level := range lan.Levels {
		layers = append(layers, level.Code)
	}
	for _, layer := range layers {
		d, ok := lan.Describe(layer, "霁岚县", "1.0.7", "http://localhost/{z}/{x}/{y}.mvt")
		if !ok {
			t.Fatalf("no layer %s", layer)
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var members map[string]any
		if err := json.Unmarshal(raw, &members); err != nil {
			t.Fatal(err)
		}
		for _, required := range []string{"tilejson", "tiles", "vector_layers"} {
			if members[required] == nil {
				t.Errorf("%s: no %s", layer, required)
			}
		}
		if d.Version != "3.0.0" || d.Scheme != "xyz" || d.MinZoom > d.MaxZoom || d.MaxZoom != MaxZoom {
			t.Errorf("%s: %+v", layer, d)
		}
		if d.Bounds != [4]float64{111.1, 38.1, 111.6, 38.5} || d.Center[0] <= d.Bounds[0] || d.Center[1] >= d.Bounds[3] ||
			d.Center[2] != math.Trunc(d.Center[2]) || d.Center[2] > float64(d.MaxZoom) {
			t.Errorf("%s: bounds %v, center %v", layer, d.Bounds, d.Center)
		}
		if len(d.Layers) != 1 || d.Layers[0].ID != layer || len(d.Layers[0].Fields) == 0 {
			t.Fatalf("%s: layers %+v", layer, d.Layers)
		}
		for name, sort := range d.Layers[0].Fields {
			if !slices.Contains([]string{"Number", "Boolean", "String"}, sort) {
				t.Errorf("%s: attribute %s is a %s", layer, name, sort)
			}
		}
	}
	if _, ok := lan.Describe("households", "霁岚县", "1.0.7", "u"); ok {
		t.Error("households have a TileJSON")
	}
}
