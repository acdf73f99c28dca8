package tiles

import (
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
)

// Layers that are not tiers.
const (
	// Grids holds in every tile the deepest tier that it can carry, and where
	// that tier leaves ground out, the leaves above it: a division of the whole
	// territory. The attribute tier says which tier a feature is of.
	Grids      = "grids"
	Boundaries = "boundaries" // each border of Grids once, by the highest tier it parts
	Labels     = "labels"     // a point well inside every grid
	Dedicated  = "dedicated"
	Task       = "task"
	Facilities = "facilities" // where people go to
	Buildings  = "buildings"  // blocks of dwellings, from [BuildingZoom] on
	Compounds  = "compounds"  // ground of residential compounds, from [CompoundZoom] on
	Workers    = "workers"    // a point in every grid that has posts
	Findings   = "findings"   // where the plan breaks a rule
	Cells      = "cells"      // counts of people by H3 cell, finer with the zoom
)

// Households is a layer for those who may read households: below HouseholdZoom
// it holds cells with all counts, and from there on the households themselves,
// which the database draws. It is not among [Overlays].
const (
	Households    = "households"
	HouseholdZoom = 12
)

// Overlays lists the layers that are not tiers.
func Overlays() []string {
	return []string{Grids, Boundaries, Labels, Dedicated, Task, Facilities, Buildings, Compounds, Workers, Findings, Cells}
}

const (
	// budget is how many grids a tile of the layer [Grids] may hold on the
	// average of its zoom: at about 1 KB each unzipped, half a megabyte.
	budget = 400
	// Where grids lie closer than on the average, a single tile may hold more:
	// mostGrids features, or when it holds more than manyGrids, mostBytes.
	mostGrids = 4096
	manyGrids = 1000
	mostBytes = 1 << 20
	// mostByName is how many features a tier asked for by name may have in one
	// tile; beyond, the tile is refused.
	mostByName = 60_000
)

// A Level is one drawn tier of a plan, as tiles see it.
type Level struct {
	Code  string
	Name  geo.Name
	Grids int // general grids with a boundary
	// Covers is set when the tier leaves no ground out: no drawn leaf lies
	// above it.
	Covers bool
	rank   int // of the tier
}

// layeringOf says which layers a plan has.
func layeringOf(a *atlas.Atlas, t tally) Layering {
	highest := math.MaxInt // tier with a leaf
	for rank, n := range t.leaves {
		if n > 0 {
			highest = min(highest, rank)
		}
	}
	l := Layering{Bounds: a.Ground(0).Box}
	for _, tier := range a.Rest().Tiers {
		if n := t.drawn[tier.Rank]; n > 0 {
			l.Levels = append(l.Levels, Level{Code: tier.Code, Name: tier.Name, Grids: n, Covers: tier.Rank <= highest, rank: tier.Rank})
		}
	}
	return l
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

// Has reports whether the layering has the layer, and the tier's index when
// it is a tier.
func (l Layering) Has(layer string) (tier int, ok bool) {
	if slices.Contains(Overlays(), layer) {
		return -1, true
	}
	for i, level := range l.Levels {
		if level.Code == layer {
			return i, true
		}
	}
	return -1, false
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
