package redraw_test

import (
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A drawing whose households change splits as one made of them anew.
func TestRehouse(t *testing.T) {
	t.Parallel()
	s := siblings(3)
	d := drawing(t, s)
	middle, west := s.Grids[5], s.Grids[4]
	split := redraw.Split{Grid: middle.ID, Line: across(middle)}
	told := func() int {
		r, err := d.Apply(split)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, shift := range r.Shifts {
			n += len(shift.Households)
		}
		return n
	}
	var there int
	for i := range s.Dwellings { // all of the middle's to the west, one by one
		w := s.Dwellings[i]
		if middle.Boundary.Contains(w.At) {
			there++
			w.At = west.Boundary.InteriorPoint()
			if !d.Rehouse(w.ID, &w) {
				t.Fatal("a known dwelling was not taken")
			}
		}
	}
	if got := told(); there == 0 || got != 0 {
		t.Fatalf("%d of %d households still move", got, there)
	}
	last := s.Dwellings[len(s.Dwellings)-1].ID
	high := geo.Dwelling{ID: last + 1, At: middle.Boundary.InteriorPoint(), Located: true}
	low := high
	for range 3 {
		high.ID++
		if !d.Rehouse(high.ID, &high) {
			t.Fatal("a new dwelling was not taken")
		}
	}
	low.ID = high.ID - 3
	if d.Rehouse(low.ID, &low) {
		t.Error("a new dwelling among the old was taken")
	}
	before := told()
	for range 2 { // once more changes nothing
		if !d.Rehouse(high.ID, nil) {
			t.Error("a dwelling could not be taken away")
		}
	}
	if after := told(); before != 0 || after != 0 { // all three lie on one side, which keeps the code
		t.Errorf("%d, then %d households move", before, after)
	}
}
