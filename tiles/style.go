package tiles

import "fmt"

// A Style is a MapLibre style. It names no glyphs: MapLibre GL 5.11 and later
// then draw labels with the fonts of the machine, which a map of Chinese
// names wants in any case.
type Style struct {
	Version int            `json:"version"`
	Name    string         `json:"name"`
	Center  [2]float64     `json:"center"`
	Zoom    float64        `json:"zoom"`
	Sources map[string]any `json:"sources"`
	Layers  []StyleLayer   `json:"layers"`
}

// A StyleLayer is one layer of a style.
type StyleLayer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     uint32         `json:"minzoom,omitempty"`
	MaxZoom     uint32         `json:"maxzoom,omitempty"`
	Filter      []any          `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint"`
}

// A palette is the colours of one style.
type palette struct{ ground, fill, line, text, halo, overlay string }

var palettes = map[string]palette{
	"light": {ground: "#f4f2ec", fill: "#dfe7e2", line: "#4a5b62", text: "#1d2a30", halo: "#ffffff", overlay: "#a5551f"},
	"dark":  {ground: "#10171c", fill: "#1d2b33", line: "#7fa3b0", text: "#e6eef2", halo: "#10171c", overlay: "#e39a5c"},
}

// StyleNames lists the styles there are.
func StyleNames() []string { return []string{"light", "dark"} }

// Style returns the named style of all tiers of a plan over a plain ground,
// false when there is no such style. base is the address of the plan's tiles.
func (l Layering) Style(name, base string) (Style, bool) {
	p, ok := palettes[name]
	if !ok {
		return Style{}, false
	}
	west, south := l.Bounds.Min.LonLat()
	east, north := l.Bounds.Max.LonLat()
	s := Style{Version: 8, Name: "gridmap " + name, Center: [2]float64{(west + east) / 2, (south + north) / 2}, Zoom: 9,
		Sources: map[string]any{}}
	s.Layers = []StyleLayer{{ID: "ground", Type: "background", Paint: map[string]any{"background-color": p.ground}}}
	source := func(layer string) {
		s.Sources[layer] = map[string]any{"type": "vector", "url": fmt.Sprintf("%s/%s/tilejson.json", base, layer)}
	}
	for i, level := range l.Levels {
		source(level.Code)
		s.Layers = append(s.Layers, l.tierLayers(i, p)...)
	}
	source(Dedicated)
	source(Labels)
	s.Layers = append(s.Layers, StyleLayer{ID: "dedicated", Type: "line", Source: Dedicated, SourceLayer: Dedicated, MinZoom: 11,
		Paint: map[string]any{"line-color": p.overlay, "line-width": 1.5, "line-dasharray": []float64{3, 2}}})
	for i := range l.Levels {
		s.Layers = append(s.Layers, l.labels(i, p))
	}
	return s, true
}

// tierLayers draw one tier: the territory as ground, every tier's lines from
// the zoom that can carry it, the upper ones the heavier.
func (l Layering) tierLayers(i int, p palette) []StyleLayer {
	code := l.Levels[i].Code
	width := max(0.5, 3-float64(i)*0.6)
	line := StyleLayer{ID: code + "-line", Type: "line", Source: code, SourceLayer: code, MinZoom: l.from(i),
		Paint: map[string]any{"line-color": p.line, "line-width": width, "line-opacity": max(0.4, 1-float64(i)*0.12)}}
	if i > 0 {
		return []StyleLayer{line}
	}
	fill := StyleLayer{ID: code + "-fill", Type: "fill", Source: code, SourceLayer: code,
		Paint: map[string]any{"fill-color": p.fill}}
	return []StyleLayer{fill, line}
}

// labels name the grids of one tier, one zoom after its lines.
func (l Layering) labels(i int, p palette) StyleLayer {
	return StyleLayer{ID: l.Levels[i].Code + "-label", Type: "symbol", Source: Labels, SourceLayer: Labels,
		MinZoom: min(MaxZoom, l.from(i)+1), Filter: []any{"==", []any{"get", "tier"}, l.Levels[i].Code},
		Layout: map[string]any{"text-field": []any{"get", "name_zh"}, "text-size": max(10, 15-i), "text-font": []string{"sans-serif"}},
		Paint:  map[string]any{"text-color": p.text, "text-halo-color": p.halo, "text-halo-width": 1.2}}
}

// from returns the first zoom that carries the tier or a deeper one.
func (l Layering) from(tier int) uint32 {
	for z := range uint32(MaxZoom) {
		if l.Carries(z) >= tier {
			return z
		}
	}
	return MaxZoom
}
