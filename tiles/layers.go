package tiles

import (
	"math"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Layers that are not tiers.
const (
	// Grids holds at each zoom the deepest tier that the zoom can carry, and
	// where that tier does not cover all ground, the tiers above it down from
	// one that does. Each layer inside the tile bears the code of its tier.
	Grids     = "grids"
	Labels    = "labels"
	Dedicated = "dedicated"
	Task      = "task"
)

// budget is how many grids a tile of the layer [Grids] may hold on average:
// at about 1 KB each unzipped, half a megabyte.
const budget = 400

// A Level is one drawn tier of a plan, as tiles see it.
type Level struct {
	Code  string
	Name  geo.Name
	Grids int // general grids with a boundary
	// Covers is set when the tier leaves no ground out: no drawn leaf lies
	// above it.
	Covers bool
}

// A Layering says which tier each zoom carries.
type Layering struct {
	Bounds topo.Box
	Levels []Level // from the territory down; tiers without a drawn grid left out
}

// Carries returns the index of the tier that the zoom carries: the deepest of
// which a tile holds no more than the budget on average.
func (l Layering) Carries(zoom uint32) int {
	held := tilesOver(l.Bounds, zoom)
	best := 0
	for i, level := range l.Levels {
		if float64(level.Grids)/held <= budget {
			best = i
		}
	}
	if zoom >= MaxZoom {
		best = max(0, len(l.Levels)-1) // there is no later zoom to wait for
	}
	return best
}

// Zooms returns the first and last zoom at which [Grids] holds the tier with
// the index; shown is false when it never does.
func (l Layering) Zooms(tier int) (first, last uint32, shown bool) {
	for z := uint32(0); z <= MaxZoom; z++ {
		if carried := l.Carries(z); l.cover(carried) <= tier && tier <= carried {
			if !shown {
				first, shown = z, true
			}
			last = z
		}
	}
	return first, last, shown
}

// Has reports whether the layering has the layer, and the tier's index when
// it is a tier.
func (l Layering) Has(layer string) (tier int, ok bool) {
	switch layer {
	case Grids, Labels, Dedicated, Task:
		return -1, true
	}
	for i, level := range l.Levels {
		if level.Code == layer {
			return i, true
		}
	}
	return -1, false
}

// Resolve returns the layers to draw for a request: the layer itself, or for
// [Grids] the tiers that the zoom carries. It is empty for an unknown layer.
func (l Layering) Resolve(layer string, zoom uint32) []string {
	if layer != Grids {
		if _, ok := l.Has(layer); !ok {
			return nil
		}
		return []string{layer}
	}
	if len(l.Levels) == 0 {
		return nil
	}
	last := l.Carries(zoom)
	var codes []string
	for _, level := range l.Levels[l.cover(last) : last+1] {
		codes = append(codes, level.Code)
	}
	return codes
}

// cover returns the deepest tier down to the one with the index that leaves
// no ground out.
func (l Layering) cover(tier int) int {
	for tier > 0 && !l.Levels[tier].Covers {
		tier--
	}
	return tier
}

// tilesOver returns how many tiles of the zoom the box fills, at least 1.
func tilesOver(box topo.Box, zoom uint32) float64 {
	west, south := box.Min.LonLat()
	east, north := box.Max.LonLat()
	side := math.Exp2(float64(zoom))
	return max(1, (east-west)/360*side*(mercator(north)-mercator(south))*side)
}

// mercator returns the height of a latitude in the unit square of Web
// Mercator, cut off at its edge.
func mercator(lat float64) float64 {
	const edge = 85.05112877980659
	lat = min(edge, max(-edge, lat)) * math.Pi / 180
	return math.Log(math.Tan(math.Pi/4+lat/2)) / (2 * math.Pi)
}
