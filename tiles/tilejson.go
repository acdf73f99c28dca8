package tiles

import (
	"net/url"
	"slices"
)

// A TileJSON describes a tile source (TileJSON 3.0.0).
type TileJSON struct {
	Version     string        `json:"tilejson"`
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Revision    string        `json:"version"` // semantic version of the tiles: 1.0.{revision}
	Tiles       []string      `json:"tiles"`
	Scheme      string        `json:"scheme"`
	MinZoom     uint32        `json:"minzoom"`
	MaxZoom     uint32        `json:"maxzoom"`
	Bounds      [4]float64    `json:"bounds"`
	Center      [3]float64    `json:"center"`
	Layers      []VectorLayer `json:"vector_layers"`
}

// A VectorLayer describes one layer inside the tiles.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description,omitempty"`
	MinZoom     uint32            `json:"minzoom"`
	MaxZoom     uint32            `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

// firstZoom is where layers begin that have nothing above.
var firstZoom = map[string]uint32{Buildings: BuildingZoom, Compounds: CompoundZoom}

// Asking returns the description of the same source asked for a set of
// attributes, with props as it was written; layers that are not of grids have the
// same ones whatever is asked for.
func (t TileJSON) Asking(set Props, props string) TileJSON {
	if _, own := Fields(t.Layers[0].ID)["parent"]; set == (Props{}) || !own {
		return t
	}
	t.Layers = slices.Clone(t.Layers)
	t.Layers[0].Fields = set.fields(t.Layers[0].ID)
	t.Tiles = []string{t.Tiles[0] + "?props=" + url.QueryEscape(props)}
	return t
}

// Describe returns the TileJSON of a layer, false when there is no such
// layer. url is the address of its tiles with {z}, {x} and {y}.
func (l Layering) Describe(layer, name, version, url string) (TileJSON, bool) {
	tier, ok := l.Has(layer)
	if !ok {
		return TileJSON{}, false
	}
	west, south := l.Bounds.Min.LonLat()
	east, north := l.Bounds.Max.LonLat()
	t := TileJSON{Version: "3.0.0", Name: name, Revision: version, Tiles: []string{url}, Scheme: "xyz", MaxZoom: MaxZoom,
		Bounds: [4]float64{west, south, east, north},
		Center: [3]float64{(west + east) / 2, (south + north) / 2, l.fits()}}
	own := VectorLayer{ID: layer, MaxZoom: MaxZoom, Fields: Fields(layer)}
	if tier >= 0 {
		own.Description = l.Levels[tier].Name.ZH
	}
	t.MinZoom = firstZoom[layer]
	own.MinZoom = t.MinZoom
	t.Layers = []VectorLayer{own}
	return t, true
}
