package redraw_test

import (
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// words is a village whose three grids are known by words only.
func words() *geo.Snapshot {
	s := town()
	whole, _ := topo.Node([]topo.Shape{block(0, 0, 300, 100)})
	s.Grids = s.Grids[:1]
	s.Grids[0].Boundary = whole[0]
	add := func(id, parent geo.GridID, tier int, code string, shape topo.Shape) {
		s.Grids = append(s.Grids, geo.Grid{ID: id, Parent: parent, Tier: tier, Code: code, Kind: geo.General, Boundary: shape})
	}
	add(2, 1, 1, "990199100201", whole[0])
	add(3, 2, 2, "990199100201001", nil)
	add(4, 2, 2, "990199100201002", nil)
	add(5, 2, 2, "990199100201003", nil)
	s.Dwellings = []geo.Dwelling{{ID: 1, At: at(10, 10), Located: true, Resident: 3}, {ID: 2, At: at(290, 10), Located: true, Resident: 4}}
	return s
}

func ground(shape topo.Shape) *topo.Shape { return &shape }

// Grids known by words are drawn one by one. What is left waits in a rest,
// which goes with the last of them; at every step the village is whole.
func TestDrawWhatWasKnownByWords(t *testing.T) {
	t.Parallel()
	d := drawing(t, words())
	must(t, d, redraw.Set{Grid: 3, Boundary: ground(block(0, 0, 100, 100))})
	rest := geo.GridID(0)
	for _, g := range d.Grids() {
		if g.Rest {
			rest = g.ID
		}
	}
	if rest == 0 {
		t.Fatal("nothing holds the ground that is left")
	}
	must(t, d, redraw.Set{Grid: 4, Boundary: ground(block(100, 0, 200, 100))})
	last := must(t, d, redraw.Set{Grid: 5, Boundary: ground(block(200, 0, 300, 100))})
	if _, there := d.Grid(rest); there {
		t.Error("the rest is still there, without ground")
	}
	if len(last.Shifts) != 1 || last.Shifts[0].From != rest || last.Shifts[0].To != 5 || len(last.Shifts[0].Households) != 1 {
		t.Errorf("the last grid took %+v", last.Shifts)
	}
	if grids := d.Grids(); len(grids) != 5 {
		t.Errorf("%d grids", len(grids))
	}
}

func TestDrawRefuses(t *testing.T) {
	t.Parallel()
	flat := words()
	flat.Grids[1].Boundary = nil
	for _, tt := range []struct {
		name string
		snap *geo.Snapshot
		edit redraw.Edit
		want string
	}{
		{"out of the parent", words(), redraw.Set{Grid: 3, Boundary: ground(block(-50, 0, 100, 100))}, "outside"},
		{"a parent that is not drawn", flat, redraw.Set{Grid: 3, Boundary: ground(block(0, 0, 100, 100))}, "parent: is not drawn"},
		{"crossing itself", words(), redraw.Set{Grid: 3, Boundary: ground(topo.Shape{{{at(0, 0), at(100, 100), at(100, 0), at(0, 90)}}})}, "boundary"},
	} {
		if _, err := drawing(t, tt.snap).Apply(tt.edit); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}
