package surface

import (
	"errors"
	"math"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/cells"
	"gridmap/geo/topo"
)

// county counts a made-up county whose households all lie in a grid but every
// hundredth; middles are those of its drawn grids.
func county(t *testing.T) (*geo.Counted, func(int) (topo.Point, bool)) {
	t.Helper()
	made, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := geo.NewTree(made.Grids)
	if err != nil {
		t.Fatal(err)
	}
	leaf := make([]int32, len(made.Dwellings))
	for i := range leaf {
		if i%100 == 0 {
			leaf[i] = -1
		}
	}
	day, _ := geo.NewDate(2025, 6, 30)
	return geo.Count(&made.Snapshot, tree, leaf, day), func(i int) (topo.Point, bool) {
		return made.Grids[i].Boundary.InteriorPoint(), len(made.Grids[i].Boundary) > 0
	}
}

// Every count is that of asking each household for its cell, and all together
// are the county's.
func TestSurfaceCountsEveryHousehold(t *testing.T) {
	t.Parallel()
	c, middle := county(t)
	for res := Coarsest; res <= Finest; res++ {
		s, err := Compute(c, middle, c.Grids[0].Boundary, Options{Resolution: res})
		if err != nil {
			t.Fatal(err)
		}
		want := map[cells.Cell]Counts{}
		for i := range c.Dwellings.Len() {
			if !c.Dwellings.At(i).Located {
				continue
			}
			at, err := cells.At(c.Dwellings.At(i).At, res)
			if err != nil {
				t.Fatal(err)
			}
			sum := want[at]
			sum[Households]++
			sum[Resident] += int64(c.Dwellings.At(i).Resident)
			if i%100 == 0 {
				sum[Gridless]++
			}
			want[at] = sum
		}
		var sum Counts
		for _, cell := range s.Cells {
			w := want[cell.Cell]
			if cell.Counts[Households] != w[Households] || cell.Counts[Resident] != w[Resident] || cell.Counts[Gridless] != w[Gridless] {
				t.Errorf("resolution %d, cell %v: %v, want %v", res, cell.Cell, cell.Counts, w)
			}
			if density, shown := cell.Density(); !shown || math.Abs(density*cell.AreaM2/1e6-float64(w[Resident])) > 1e-6 {
				t.Errorf("resolution %d, cell %v: density %v over %v m²", res, cell.Cell, density, cell.AreaM2)
			}
			sum.add(cell.Counts)
		}
		if sum != s.Total || sum[Households]+s.Pointless != int64(c.Dwellings.Len()) {
			t.Errorf("resolution %d: cells hold %v, total %v, %d without a place, of %d households", res, sum, s.Total, s.Pointless, c.Dwellings.Len())
		}
	}
}

// Whoever adds up what is shown cannot tell a count under five.
func TestSmallCountsAreHidden(t *testing.T) {
	t.Parallel()
	c, middle := county(t)
	open, err := Compute(c, middle, nil, Options{Resolution: 9})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Compute(c, middle, nil, Options{Resolution: 9, Least: 5})
	if err != nil {
		t.Fatal(err)
	}
	for m := range measures {
		left, hidden, small := s.Total[m], 0, 0
		for i, cell := range s.Cells {
			truly := open.Cells[i].Counts[m]
			if cell.Hidden[m] {
				hidden++
				if cell.Counts[m] != 0 {
					t.Errorf("measure %d of cell %v is hidden and %d", m, cell.Cell, cell.Counts[m])
				}
			} else if left -= cell.Counts[m]; cell.Counts[m] != truly || truly > 0 && truly < 5 {
				t.Errorf("measure %d of cell %v is shown as %d, truly %d", m, cell.Cell, cell.Counts[m], truly)
			}
			if truly > 0 && truly < 5 {
				small++
			}
			if cell.Hidden[Households] && !cell.Hidden[m] {
				t.Errorf("cell %v hides its households and shows measure %d", cell.Cell, m)
			}
		}
		// What is left for the hidden ones together bounds each of them.
		if small > 0 && !s.TotalHidden[m] && (hidden < 2 || left < 5) {
			t.Errorf("measure %d: %d small counts among %d hidden ones that add up to %d", m, small, hidden, left)
		}
	}
}

func TestHotSpotsStandOut(t *testing.T) {
	t.Parallel()
	c, middle := county(t)
	s, err := Compute(c, middle, c.Grids[0].Boundary, Options{Resolution: 9, Spots: true})
	if err != nil {
		t.Fatal(err)
	}
	densest, hottest := 0, -1
	for i := range s.Cells {
		if d, _ := s.Cells[i].Density(); d > 0 && s.Cells[i].Spot == nil {
			t.Errorf("cell %v has no figure", s.Cells[i].Cell)
		}
		a, _ := s.Cells[i].Density()
		if b, _ := s.Cells[densest].Density(); a > b {
			densest = i
		}
		if spot := s.Cells[i].Spot; spot != nil && (hottest < 0 || spot.Z > s.Cells[hottest].Spot.Z) {
			hottest = i
		}
	}
	if spot := s.Cells[hottest].Spot; spot.Z < 1.96 || !(spot.P > 0 && spot.P <= 1) || s.Cells[densest].Spot.Z < 1 {
		t.Errorf("the hottest spot is %+v, the densest cell's %+v", spot, s.Cells[densest].Spot)
	}
}

func TestWorkersStandWhereTheirGridsAre(t *testing.T) {
	t.Parallel()
	c, middle := county(t)
	s, err := Compute(c, middle, nil, Options{Resolution: Coarsest})
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, cell := range s.Cells {
		sum += cell.Workers
	}
	if sum < c.Tallies[0].GridWorkers {
		t.Errorf("%d workers in cells, %d in the county", sum, c.Tallies[0].GridWorkers)
	}
}

func TestOptionsAreRefused(t *testing.T) {
	t.Parallel()
	c, middle := county(t)
	for field, o := range map[string]Options{"resolution": {Resolution: 11}, "least": {Resolution: 8, Least: -1}} {
		var invalid *geo.InvalidError
		if _, err := Compute(c, middle, nil, o); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
}
