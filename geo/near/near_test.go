package near_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/near"
	"gridmap/geo/topo"
)

// What the finder says of a household is what measuring every facility says,
// also where a point was typed wrong and lies in another country.
func TestFinderMeasuresAsAllPairsDo(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		r := rand.New(rand.NewPCG(seed, 1))
		place := func() topo.Point {
			return topo.Point{X: 1_110_000_000 + r.Int32N(5_000_000), Y: 380_000_000 + r.Int32N(5_000_000)}
		}
		var homes []geo.Dwelling
		for range 300 {
			homes = append(homes, geo.Dwelling{At: place(), Located: true})
		}
		homes = append(homes, geo.Dwelling{}, geo.Dwelling{At: topo.Point{X: 380_000_000, Y: 850_000_000}, Located: true})
		var facilities []*geo.Facility
		for range 40 {
			facilities = append(facilities, &geo.Facility{At: place()})
		}
		if seed%2 == 1 {
			facilities = append(facilities, &geo.Facility{At: topo.Point{X: -700_000_000, Y: -200_000_000}})
		}
		finder := near.New(geo.PageDwellings(homes), facilities)
		for i := range homes {
			far, close := math.Inf(1), 0
			limit := 20_000.0
			for _, f := range facilities {
				d := topo.LengthM(homes[i].At, f.At)
				far = min(far, d)
				if d <= limit {
					close++
				}
			}
			if got := finder.Nearest(i); got != far {
				t.Errorf("seed %d: home %d is %v m from the nearest, want %v", seed, i, got, far)
			}
			var seen []int
			finder.Within(i, limit, func(k int) { seen = append(seen, k) })
			slices.Sort(seen)
			if len(slices.Compact(seen)) != close {
				t.Errorf("seed %d: home %d has %v within the limit, want %d", seed, i, seen, close)
			}
		}
	}
}

func TestFinderWithoutFacilities(t *testing.T) {
	t.Parallel()
	finder := near.New(geo.PageDwellings([]geo.Dwelling{{Located: true}}), nil)
	if d := finder.Nearest(0); !math.IsInf(d, 1) {
		t.Errorf("%v m to nothing", d)
	}
	finder.Within(0, 1e9, func(int) { t.Error("found nothing there") })
}
