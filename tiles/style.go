package tiles

import (
	"fmt"
	"strings"
)

// A Theme is what a map is looked at on: paper and bright rooms, or a wall in
// a dark one.
type Theme string

// The themes there are.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Themes lists the themes there are.
func Themes() []Theme { return []Theme{Light, Dark} }

// The styles there are.
const (
	PlannerStyle = "planner" // every border and name, for who redraws them
	WallStyle    = "wall"    // households by colour, large type, for who looks from afar
	PrintStyle   = "print"   // lines and names that survive a copier, for the notice board
)

// StyleNames lists the styles there are.
func StyleNames() []string { return []string{PlannerStyle, WallStyle, PrintStyle} }

// A Style is a MapLibre style (specification 8). It names no glyphs: MapLibre
// GL 5.11 and later then draw labels with the fonts of the machine, which a
// map of Chinese names wants in any case. It uses expressions only that QGIS
// reads too.
type Style struct {
	Version int                   `json:"version"`
	Name    string                `json:"name"`
	Center  [2]float64            `json:"center"`
	Zoom    float64               `json:"zoom"`
	Sources map[string]TileSource `json:"sources"`
	Layers  []StyleLayer          `json:"layers"`
}

// A TileSource is where a style's tiles come from.
type TileSource struct {
	Type    string     `json:"type"` // vector
	Tiles   []string   `json:"tiles"`
	MinZoom uint32     `json:"minzoom"`
	MaxZoom uint32     `json:"maxzoom"`
	Bounds  [4]float64 `json:"bounds"`
}

// A StyleLayer is one layer of a style.
type StyleLayer struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Source      string         `json:"source,omitempty"`
	SourceLayer string         `json:"source-layer,omitempty"`
	MinZoom     uint32         `json:"minzoom,omitempty"`
	Filter      []any          `json:"filter,omitempty"`
	Layout      map[string]any `json:"layout,omitempty"`
	Paint       map[string]any `json:"paint"`
}

// Style returns the named style of a plan, false when there is no such style
// or theme. base is the address of the plan's tiles.
func (l Layering) Style(name string, theme Theme, base string) (Style, bool) {
	look, ok := looks[name]
	colours, known := palettes[theme]
	if !ok || !known {
		return Style{}, false
	}
	if look.ink {
		colours = inks[theme]
	}
	west, south := l.Bounds.Min.LonLat()
	east, north := l.Bounds.Max.LonLat()
	s := &sheet{layering: l, look: look, palette: colours, base: base, Style: Style{
		Version: 8, Name: fmt.Sprintf("gridmap %s %s", name, theme), Center: [2]float64{(west + east) / 2, (south + north) / 2},
		Zoom: l.fits(), Sources: map[string]TileSource{}}}
	s.add("", StyleLayer{ID: "ground", Type: "background", Paint: map[string]any{"background-color": colours.ground}})
	s.fills()
	s.borders()
	s.buildings()
	s.overlays()
	s.names()
	return s.Style, true
}

// fits returns the zoom at which the plan fills a screen of about a thousand
// pixels: the deepest at which it lies under no more than four tiles of 512.
func (l Layering) fits() float64 {
	zoom := uint32(0)
	for zoom < MaxZoom && tilesOver(l.Bounds, zoom+1) <= 4 {
		zoom++
	}
	return float64(zoom)
}

// A sheet is a style while it is being drawn.
type sheet struct {
	Style
	layering Layering
	look     look
	palette  palette
	base     string
}

// add adds a layer that shows one layer of the tiles, with its source.
func (s *sheet) add(layer string, d StyleLayer, props ...string) {
	if layer != "" {
		d.Source, d.SourceLayer = layer, layer
		if _, known := s.Sources[layer]; !known {
			url := s.base + "/" + layer + "/{z}/{x}/{y}.mvt"
			if len(props) > 0 {
				url += "?props=" + strings.Join(props, ",")
			}
			west, south := s.layering.Bounds.Min.LonLat()
			east, north := s.layering.Bounds.Max.LonLat()
			source := TileSource{Type: "vector", Tiles: []string{url}, MinZoom: firstZoom[layer], MaxZoom: MaxZoom, Bounds: [4]float64{west, south, east, north}}
			s.Sources[layer] = source
		}
	}
	s.Layers = append(s.Layers, d)
}

// fills colour the grids: by households where the look asks, else by setting.
func (s *sheet) fills() {
	var colour any = []any{"match", []any{"get", "setting"}, "urban", s.palette.urban, s.palette.rural}
	props := []string{"code", "name_zh", "name_en", "tier", "kind", "setting"}
	if s.look.choropleth {
		steps := []any{"step", []any{"get", "households"}, s.palette.classes[0]}
		for i, from := range classBreaks {
			steps = append(steps, from, s.palette.classes[i+1])
		}
		// What is left out is too small to be shown.
		colour = []any{"case", []any{"has", "households"}, steps, s.palette.rural}
		props = append(props, "households")
	}
	s.add(Grids, StyleLayer{ID: "grids", Type: "fill", Paint: map[string]any{"fill-color": colour, "fill-opacity": s.look.fill}}, props...)
}

// borders draw every border once, the heavier the higher the tiers it
// separates.
func (s *sheet) borders() {
	for i := len(s.layering.Levels) - 1; i >= 0; i-- {
		paint := map[string]any{"line-color": s.palette.lines[min(i, len(s.palette.lines)-1)],
			"line-width": s.look.width * max(0.5, 3-0.6*float64(i))}
		s.add(Boundaries, StyleLayer{ID: s.layering.Levels[i].Code + "-border", Type: "line", MinZoom: s.layering.from(i),
			Filter: []any{"==", []any{"get", "tier"}, s.layering.Levels[i].Code},
			Layout: map[string]any{"line-join": "round"}, Paint: paint})
	}
}

// overlays draw what lies over the partition.
func (s *sheet) overlays() {
	s.add(Dedicated, StyleLayer{ID: "dedicated", Type: "line", MinZoom: 11,
		Paint: map[string]any{"line-color": s.palette.dedicated, "line-width": 1.5 * s.look.width, "line-dasharray": []float64{3, 2}}})
	s.add(Task, StyleLayer{ID: "task", Type: "line",
		Paint: map[string]any{"line-color": s.palette.task, "line-width": 1.5 * s.look.width, "line-dasharray": []float64{1, 2}}})
	if s.look.findings {
		colour := []any{"match", []any{"get", "severity"}, "error", s.palette.severity[0], "warning", s.palette.severity[1], s.palette.severity[2]}
		s.add(Findings, StyleLayer{ID: "findings", Type: "fill", Paint: map[string]any{"fill-color": colour, "fill-opacity": 0.6}})
		// A circle would stand at every corner of a polygon. QGIS reads the sort
		// of geometry in the older form of a filter only.
		s.add(Findings, StyleLayer{ID: "findings-points", Type: "circle", Filter: []any{"==", "$type", "Point"},
			Paint: map[string]any{"circle-color": colour, "circle-radius": 4.0, "circle-stroke-color": s.palette.halo, "circle-stroke-width": 1.0}})
	}
	s.add(Facilities, StyleLayer{ID: "facilities", Type: "circle", MinZoom: 12,
		Paint: map[string]any{"circle-color": s.palette.dedicated, "circle-radius": 3.0, "circle-stroke-color": s.palette.halo, "circle-stroke-width": 1.0}})
}

// buildings are dots within the outlines of their compounds, where streets can be
// told apart.
func (s *sheet) buildings() {
	s.add(Compounds, StyleLayer{ID: "compounds", Type: "line", MinZoom: 14,
		Paint: map[string]any{"line-color": s.palette.text, "line-opacity": 0.5, "line-width": 1.0}})
	s.add(Buildings, StyleLayer{ID: "buildings", Type: "circle", MinZoom: 15,
		Paint: map[string]any{"circle-color": s.palette.text, "circle-opacity": 0.5, "circle-radius": 2.0}})
}

// names label the grids of every tier, one zoom after its borders.
func (s *sheet) names() {
	for i, level := range s.layering.Levels {
		s.add(Labels, StyleLayer{ID: level.Code + "-label", Type: "symbol", MinZoom: min(MaxZoom, s.layering.from(i)+1),
			Filter: []any{"==", []any{"get", "tier"}, level.Code},
			Layout: map[string]any{"text-field": []any{"get", "name_zh"}, "text-font": []string{"sans-serif"},
				"text-size": s.look.text * max(10, 15-float64(i)), "text-max-width": 8.0},
			Paint: map[string]any{"text-color": s.palette.text, "text-halo-color": s.palette.halo, "text-halo-width": 1.2}})
	}
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
