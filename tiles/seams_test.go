package tiles_test

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"gridmap/fixtures"
	"gridmap/tiles"
)

// In every county and at every zoom, the grids of a tile leave no ground between
// them, as another program reads it: their edges cancel but for those along the
// outline of the territory, which the layer of boundaries draws, and along the
// edge of the buffer.
func TestGridsNeverPart(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, rng := pictureOf(t, name), rand.New(rand.NewPCG(3, 8))
			drawn, outer := 0, 0
			for z := uint32(0); z <= tiles.MaxZoom; z++ {
				all := around(p, z)
				for range min(len(all), 12) {
					edges, open := seamsOf(t, p, all[rng.IntN(len(all))])
					drawn, outer = drawn+edges, outer+open
				}
			}
			if outer == 0 || drawn < 4*outer {
				t.Errorf("of %d edges %d are of the outline: nothing was tested", drawn, outer)
			}
		})
	}
}

// seamsOf checks a tile, and returns how many edges the grids in it have and how
// many of them lie along the outline.
func seamsOf(t *testing.T, p *tiles.Picture, at tiles.Address) (drawn, outer int) {
	t.Helper()
	sides, outline := edges{}, edges{}
	for _, ring := range linesOf(t, p, tiles.Grids, at, func(map[string]any) bool { return true }) {
		drawn += len(ring) - 1
		sides.add(ring)
	}
	for _, line := range linesOf(t, p, tiles.Boundaries, at, func(said map[string]any) bool { return said["rank"] == 0.0 }) {
		outline.add(line)
	}
	// A face too thin for the zoom is not drawn: then one neighbour has in two
	// edges what the other has in one.
	ends := map[orb.Point]bool{}
	for e, n := range sides {
		if n != 0 {
			ends[e[0]], ends[e[1]] = true, true
		}
	}
	for e := range outline {
		ends[e[0]], ends[e[1]] = true, true
	}
	border := outline.cut(ends)
	for e, n := range sides.cut(ends) {
		_, along := border[e]
		switch {
		case n == 0 || onClip(e):
		case along:
			outer++
		default:
			t.Errorf("tile %v: the edge %v is drawn %+d times more one way", at, e, n)
		}
	}
	return drawn, outer
}

// edges counts how much more often an edge is drawn in its direction than against
// it: from the end that comes first by x, then y.
type edges map[[2]orb.Point]int

func (es edges) add(line orb.LineString) {
	for k := 1; k < len(line); k++ {
		if a, b := line[k-1], line[k]; byPlace(a, b) < 0 {
			es[[2]orb.Point{a, b}]++
		} else {
			es[[2]orb.Point{b, a}]--
		}
	}
}

// cut returns the edges cut at the places that lie on them.
func (es edges) cut(places map[orb.Point]bool) edges {
	out := edges{}
	for e, n := range es {
		along := []orb.Point{e[0], e[1]}
		for p := range places {
			on := (e[1][0]-e[0][0])*(p[1]-e[0][1]) == (e[1][1]-e[0][1])*(p[0]-e[0][0])
			if on && byPlace(e[0], p) < 0 && byPlace(p, e[1]) < 0 {
				along = append(along, p)
			}
		}
		slices.SortFunc(along, byPlace)
		for k := 1; k < len(along); k++ {
			out[[2]orb.Point{along[k-1], along[k]}] += n
		}
	}
	return out
}

func byPlace(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// onClip reports whether an edge runs along the edge of a tile's buffer.
func onClip(e [2]orb.Point) bool {
	const low, high = -64, tileSide + 64
	return e[0][0] == e[1][0] && (e[0][0] == low || e[0][0] == high) || e[0][1] == e[1][1] && (e[0][1] == low || e[0][1] == high)
}

const tileSide = 4096

// linesOf returns the lines and rings of a layer of a tile, of the features that
// are wanted for what they say.
func linesOf(t *testing.T, p *tiles.Picture, layer string, at tiles.Address, wanted func(map[string]any) bool) (lines []orb.LineString) {
	t.Helper()
	for _, f := range featuresOf(t, p, tiles.Query{Layer: layer, Address: at}) {
		if !wanted(f.Properties) {
			continue
		}
		switch g := f.Geometry.(type) {
		case orb.LineString:
			lines = append(lines, g)
		case orb.MultiLineString:
			lines = append(lines, g...)
		case orb.Polygon:
			for _, ring := range g {
				lines = append(lines, orb.LineString(ring))
			}
		case orb.MultiPolygon:
			for _, polygon := range g {
				for _, ring := range polygon {
					lines = append(lines, orb.LineString(ring))
				}
			}
		}
	}
	return lines
}
