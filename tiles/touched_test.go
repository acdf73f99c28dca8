package tiles

import (
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo/topo"
)

// The tile of every zoom in which a point of a box lies is told, and no zoom
// has more ranges than agreed.
func TestTouchedHoldsEveryTileOfTheGround(t *testing.T) {
	t.Parallel()
	point := rapid.Custom(func(t *rapid.T) topo.Point {
		return topo.Point{X: rapid.Int32Range(-1_790_000_000, 1_790_000_000).Draw(t, "x"), Y: rapid.Int32Range(-850_000_000, 850_000_000).Draw(t, "y")}
	})
	rapid.Check(t, func(t *rapid.T) {
		var boxes []topo.Box
		for range rapid.IntRange(0, 40).Draw(t, "boxes") {
			from := point.Draw(t, "from")
			boxes = append(boxes, topo.Box{Min: from, Max: from}.Grow(rapid.Float64Range(0, 5000).Draw(t, "metres")))
		}
		ranges := Touched(boxes)
		held := map[uint32]int{}
		for _, r := range ranges {
			held[r.Z]++
			if held[r.Z] > mostParts {
				t.Fatalf("zoom %d has more than %d ranges", r.Z, mostParts)
			}
		}
		for _, b := range boxes {
			for z := uint32(0); z <= MaxZoom; z++ {
				for _, p := range []topo.Point{b.Min, b.Max} {
					lon, lat := p.LonLat()
					side := float64(uint32(1) << z)
					a := Address{z, uint32((lon/360 + 0.5) * side), uint32(min(side-1, max(0, (0.5-mercator(lat))*side)))}
					if !holds(ranges, a) {
						t.Fatalf("%v of %v is in none of %v", a, b, ranges)
					}
				}
			}
		}
	})
}

func holds(ranges []Range, a Address) bool {
	for _, r := range ranges {
		if r.Holds(a) {
			return true
		}
	}
	return false
}

// Two changes far apart are not told as all that lies between.
func TestTouchedKeepsDistantPartsApart(t *testing.T) {
	t.Parallel()
	far := []topo.Box{
		{Min: topo.Point{X: 1_110_000_000, Y: 380_000_000}, Max: topo.Point{X: 1_110_010_000, Y: 380_010_000}},
		{Min: topo.Point{X: 1_115_000_000, Y: 385_000_000}, Max: topo.Point{X: 1_115_010_000, Y: 385_010_000}},
	}
	tiles := 0
	for _, r := range Touched(far) {
		if r.Z == 14 {
			tiles += int((r.X[1] - r.X[0] + 1) * (r.Y[1] - r.Y[0] + 1))
		}
	}
	if tiles < 2 || tiles > 8 {
		t.Errorf("%d tiles of zoom 14, want those around two points", tiles)
	}
	if again := Touched(append(far, far...)); len(again) != len(Touched(far)) {
		t.Error("the same ground told twice gives other ranges")
	}
}
