package tiles

import (
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
