package redraw_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// What goes over and comes back has not moved; what goes on has moved once, to
// where it is.
func TestNetTellsWhereAllIsInTheEnd(t *testing.T) {
	t.Parallel()
	corner := block(50, 0, 100, 100) // of grid 4, beside 6
	give := func(to, from geo.GridID) redraw.Edit {
		return redraw.Transfer{To: to, From: []geo.GridID{from}, Region: corner}
	}
	tests := []struct {
		name  string
		edits []redraw.Edit
		want  [][2]geo.GridID // of the tier of these grids
		homes []geo.HouseholdID
	}{
		{"one edit", []redraw.Edit{give(6, 4)}, [][2]geo.GridID{{4, 6}}, []geo.HouseholdID{3}},
		{"there and back", []redraw.Edit{give(6, 4), give(4, 6)}, nil, nil},
		{"there, back and there again", []redraw.Edit{give(6, 4), give(4, 6), give(6, 4)}, [][2]geo.GridID{{4, 6}}, []geo.HouseholdID{3}},
		{"on to a third grid", []redraw.Edit{give(5, 4), give(6, 5)}, [][2]geo.GridID{{4, 6}}, []geo.HouseholdID{3}},
		{"with the grid that took it", []redraw.Edit{give(5, 4), redraw.Retire{Grid: 5, To: 6}}, [][2]geo.GridID{{4, 6}, {5, 6}}, []geo.HouseholdID{3, 4}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := drawing(t, town())
			var list []redraw.Redrawing
			for _, e := range tt.edits {
				list = append(list, must(t, d, e))
			}
			var got [][2]geo.GridID
			var homes []geo.HouseholdID
			for _, s := range d.Net(list) {
				if s.Tier != 2 {
					t.Errorf("shift %+v", s)
				}
				got, homes = append(got, [2]geo.GridID{s.From, s.To}), append(homes, s.Households...)
				if s.Persons != 3*int64(len(s.Households)) {
					t.Errorf("%d persons in %d households of three", s.Persons, len(s.Households))
				}
			}
			if slices.Sort(homes); !slices.Equal(got, tt.want) || !slices.Equal(homes, tt.homes) {
				t.Errorf("%v with %v, want %v with %v", got, homes, tt.want, tt.homes)
			}
		})
	}
}

// Whatever a list does, its net is what a comparison of the whole division
// before with that after finds.
func TestNetAgreesWithAComparison(t *testing.T) {
	t.Parallel()
	county := mini(t)
	lists := 0
	for seed := range uint64(120) {
		h := hand{rand.New(rand.NewPCG(seed, 13)), drawing(t, &county.Snapshot)}
		before := division(h.d.Grids(), county.Dwellings)
		list, _ := scribble(h, 2+h.IntN(6))
		if len(list) < 2 {
			continue
		}
		lists++
		c, err := redraw.Compare(before, division(h.d.Grids(), county.Dwellings), county.Dwellings)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := telling(h.d.Net(list)), telling(c.Shifts); !slices.EqualFunc(got, want, sameShift) {
			t.Errorf("seed %d: net\n%+v, the comparison tells\n%+v", seed, got, want)
		}
		for i := len(list) - 1; i >= 0; i-- {
			back := list[i].Inverse()
			if err := h.d.Take(back); err != nil {
				t.Fatal(err)
			}
			list = append(list, back)
		}
		for _, s := range h.d.Net(list) {
			if len(s.Households) > 0 || math.Abs(s.AreaM2) > 0 {
				t.Errorf("seed %d: all undone, %+v", seed, s)
			}
		}
	}
	if lists < 30 {
		t.Errorf("only %d lists", lists)
	}
}

// Who serves a grid that goes to a sibling which goes to another itself has the
// last as heir.
func TestNetGivesTheLastHeir(t *testing.T) {
	t.Parallel()
	s := town()
	for i, id := range []geo.GridID{4, 5} {
		s.Workers = append(s.Workers, geo.Worker{ID: geo.WorkerID(i + 1)})
		s.Assignments = append(s.Assignments, geo.Assignment{ID: geo.AssignmentID(i + 1), Worker: geo.WorkerID(i + 1), Grid: id})
	}
	d := drawing(t, s)
	d.Staff(s, day)
	d.Watch(day)
	list := []redraw.Redrawing{must(t, d, redraw.Retire{Grid: 4, To: 5}), must(t, d, redraw.Retire{Grid: 5, To: 6})}
	e, err := d.Effects(d.Net(list))
	if err != nil || len(e.Posts) != 2 {
		t.Fatalf("%+v, %v", e.Posts, err)
	}
	for _, p := range e.Posts {
		if p.Fate != redraw.Lost || p.Heir != 6 || p.Undecided {
			t.Errorf("%+v", p)
		}
	}
}
