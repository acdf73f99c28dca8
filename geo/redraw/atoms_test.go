package redraw_test

import (
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// compound is a drawn compound.
func compound(code string, ground topo.Shape) geo.Compound {
	return geo.Compound{Code: code, Boundary: ground}
}

// The ground of compounds goes over as if drawn; where they overlap it goes
// once, whoever held it.
func TestTransferOfCompounds(t *testing.T) {
	d := drawing(t, town())
	r := must(t, d, redraw.Transfer{To: 6, Compounds: []geo.Compound{
		compound("A", block(60, 60, 100, 100)), compound("B", block(80, 80, 100, 130)), compound("C", block(60, 110, 70, 120))}})
	const want = 40*40 + 20*30 + 10*10 // steps², the overlap once
	taken := 200*100 + want
	if got := area(grid(t, d, 6).Boundary); got != taken {
		t.Errorf("the grid that takes has %d steps², want %d", got, taken)
	}
	if got := area(grid(t, d, 4).Boundary) + area(grid(t, d, 5).Boundary); got != 200*100-want {
		t.Errorf("those who give keep %d steps²", got)
	}
	moved := map[geo.HouseholdID]bool{}
	for _, s := range r.Shifts {
		for _, h := range s.Households {
			moved[h] = true
		}
	}
	if len(moved) != 1 || !moved[3] {
		t.Errorf("households %v moved, want the one in compound A", moved)
	}
}

// area is a shape's area in square steps of 1e-5 degree.
func area(s topo.Shape) int {
	var twice int64
	for _, polygon := range s {
		for _, ring := range polygon {
			for i, p := range ring {
				q := ring[(i+1)%len(ring)]
				twice += (int64(p.X)-1_100_000_000)*(int64(q.Y)-380_000_000) - (int64(q.X)-1_100_000_000)*(int64(p.Y)-380_000_000)
			}
		}
	}
	return int(twice / 2 / 10_000)
}

// Grids of a lower tier go over whole, with a compound beside them.
func TestTransferOfAtoms(t *testing.T) {
	d := drawing(t, town())
	start := stateOf(d)
	// Village 3 gives the divided grid 8 to village 2, which takes ground of 7 too.
	r := must(t, d, redraw.Transfer{To: 2, Grids: []geo.GridID{8}, Compounds: []geo.Compound{compound("A", block(200, 0, 210, 200))},
		Straddling: redraw.Cut})
	if g := grid(t, d, 8); g.Parent != 2 || g.Code != "990199100202002" || !g.Boundary.Equal(start[8].Boundary) {
		t.Errorf("the atom is %+v", g)
	}
	if g := grid(t, d, 9); g.Parent != 8 {
		t.Errorf("what lies under the atom is %+v", g)
	}
	if got := area(grid(t, d, 3).Boundary); got != 90*200 {
		t.Errorf("the giver keeps %d steps²", got)
	}
	if err := d.Take(r.Inverse()); err != nil {
		t.Fatal(err)
	}
	if err := stateOf(d).differs(start); err != nil {
		t.Errorf("undone: %v", err)
	}
}

// A dedicated grid is given from village to village as a record: no ground
// moves with it.
func TestTransferOfAnOverlayAsAnAtom(t *testing.T) {
	d := drawing(t, town())
	r := must(t, d, redraw.Transfer{To: 3, Grids: []geo.GridID{12}})
	if g := grid(t, d, 12); g.Parent != 3 || len(r.Changes) != 1 || len(r.Shifts) != 0 {
		t.Errorf("the overlay is %+v after %+v", g, r)
	}
}
