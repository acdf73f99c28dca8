package redraw_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// torn leaves grids of a county out, with all that refers to them: where they
// lay is a gap.
func torn(s *geo.Snapshot, ids ...geo.GridID) *geo.Snapshot {
	out := *s
	gone := func(id geo.GridID) bool { return slices.Contains(ids, id) }
	out.Grids = slices.DeleteFunc(slices.Clone(s.Grids), func(g geo.Grid) bool { return gone(g.ID) })
	out.Dwellings = slices.Clone(s.Dwellings)
	for i := range out.Dwellings {
		if gone(out.Dwellings[i].Stated) {
			out.Dwellings[i].Stated = 0
		}
	}
	out.Assignments = slices.DeleteFunc(slices.Clone(s.Assignments), func(a geo.Assignment) bool { return gone(a.Grid) })
	out.Populations = slices.DeleteFunc(slices.Clone(s.Populations), func(p geo.Population) bool { return gone(p.Unit) })
	out.Facilities = slices.DeleteFunc(slices.Clone(s.Facilities), func(f geo.Facility) bool { return gone(f.Division) })
	out.Metrics = slices.DeleteFunc(slices.Clone(s.Metrics), func(m geo.Metric) bool { return gone(m.Unit) })
	out.Compounds = slices.DeleteFunc(slices.Clone(s.Compounds), func(c geo.Compound) bool { return gone(c.Division) })
	out.Buildings = slices.DeleteFunc(slices.Clone(s.Buildings), func(b geo.Building) bool { return gone(b.Division) })
	out.NetMembers = slices.DeleteFunc(slices.Clone(s.NetMembers), func(m geo.NetMember) bool { return gone(m.Grid) })
	out.Responsibilities = slices.DeleteFunc(slices.Clone(s.Responsibilities), func(r geo.Responsibility) bool { return gone(r.Unit) })
	return &out
}

// fillable lists the leaves of a county that can be left out for a gap, each
// with the siblings that can take it.
func fillable(s *geo.Snapshot) map[geo.GridID][]geo.GridID {
	under := map[geo.GridID][]geo.Grid{}
	for _, g := range s.Grids {
		if g.Partitions() {
			under[g.Parent] = append(under[g.Parent], g)
		}
	}
	found := map[geo.GridID][]geo.GridID{}
	for _, g := range s.Grids {
		if g.Kind != geo.General || g.Parent == 0 || len(g.Boundary) == 0 || len(under[g.ID]) > 0 {
			continue
		}
		var others []geo.GridID
		for _, o := range under[g.Parent] {
			if o.ID != g.ID && len(o.Boundary) > 0 && topo.SharedBorderM(o.Boundary, g.Boundary) > 0 {
				others = append(others, o.ID)
			}
		}
		if len(others) > 0 {
			found[g.ID] = others
		}
	}
	return found
}

// A gap goes to a grid as a whole, also to one that was not drawn, or under a
// divided one to the grid that lies along it; who lives there comes with it, and
// undoing opens it again, bit for bit.
func TestFillAGap(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name         string
		gone, to     geo.GridID
		point        topo.Shape
		heir, parent geo.GridID
		households   int
	}{
		{"to a sibling", 6, 4, block(150, 150, 151, 151), 4, 2, 2},
		{"to one not drawn", 6, 11, block(150, 150, 151, 151), 11, 2, 2},
		{"to a divided one", 7, 8, block(250, 90, 251, 91), 10, 3, 2},
		{"by ground that holds it", 7, 8, block(190, -10, 310, 210), 10, 3, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			whole := town()
			lost, _ := drawing(t, whole).Grid(tt.gone)
			d := drawing(t, torn(whole, tt.gone))
			before := stateOf(d)
			r := must(t, d, redraw.Fill{To: tt.to, Region: tt.point})
			had, has := before[tt.heir].Boundary.AreaM2(), grid(t, d, tt.heir).Boundary.AreaM2()
			if got, want := has-had, lost.Boundary.AreaM2(); got < want*0.999 || got > want*1.001 {
				t.Errorf("grid %d gained %f m², the gap has %f", tt.heir, got, want)
			}
			if up := grid(t, d, tt.parent); !up.Boundary.Equal(before[tt.parent].Boundary) {
				t.Error("the outline of the parent changed")
			}
			if err := misplaced(before, stateOf(d), whole.Dwellings, r); err != nil {
				t.Error(err)
			}
			if err := unaccounted(before, stateOf(d), r); err != nil {
				t.Error(err)
			}
			if i := slices.IndexFunc(r.Shifts, func(s redraw.Shift) bool { return s.To == tt.to }); i < 0 || r.Shifts[i].From != 0 || len(r.Shifts[i].Households) != tt.households {
				t.Errorf("told %+v", r.Shifts)
			}
			if err := d.Take(r.Inverse()); err != nil {
				t.Fatal(err)
			}
			if err := stateOf(d).differs(before); err != nil {
				t.Errorf("undone: %v", err)
			}
		})
	}
}

// rows is a village of five strips without the second and the fourth.
func rows() *geo.Snapshot {
	s := torn(town(), 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	shapes, _ := topo.Node([]topo.Shape{block(0, 0, 100, 10), block(0, 0, 100, 2), block(0, 4, 100, 6), block(0, 8, 100, 10),
		block(0, 2, 100, 4), block(0, 6, 100, 8)})
	s.Grids[0].Boundary, s.Grids[1].Boundary = shapes[0], shapes[0]
	for i, shape := range shapes[1:4] {
		s.Grids = append(s.Grids, geo.Grid{ID: geo.GridID(3 + i), Parent: 2, Tier: 2, Code: fmt.Sprintf("990199100201%03d", i+1), Kind: geo.General, Boundary: shape})
	}
	s.Dwellings = nil
	return s
}

// Of several gaps only the one that is meant is filled; the rest stays as it
// is, and only when the last is filled are the siblings whole.
func TestFillLeavesOtherGaps(t *testing.T) {
	t.Parallel()
	d := drawing(t, rows())
	for i, y := range []float64{3, 7} {
		r, err := d.Apply(redraw.Fill{To: 4, Region: block(50, y, 51, y+0.5)})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		faults, _ := topo.Faults(grid(t, d, 2).Boundary, shapes(drawn(d, 2)), topo.DefaultTolerance)
		if want := 1 - i; len(faults) != want {
			t.Errorf("%d gaps are left, want %d", len(faults), want)
		}
	}
	if err := broken(d); err != nil {
		t.Error(err)
	}
	both := drawing(t, rows())
	must(t, both, redraw.Fill{To: 5, Region: block(-1, -1, 101, 11)})
	must(t, both, redraw.Split{Grid: 4, Line: []topo.Point{at(50, 3), at(50, 7)}})
}

// A new grid is made of a gap: created without a boundary, drawn by the fill.
func TestFillDrawsANewGrid(t *testing.T) {
	t.Parallel()
	d := drawing(t, torn(town(), 7))
	r, err := d.Apply(redraw.Create{Grid: geo.Grid{Parent: 3, Tier: 2, Kind: geo.General, Name: geo.Name{ZH: "新"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Take(r); err != nil {
		t.Fatal(err)
	}
	must(t, d, redraw.Fill{To: r.Made, Region: block(250, 90, 251, 91)})
	if area, want := grid(t, d, r.Made).Boundary.AreaM2(), town().Grids[6].Boundary.AreaM2(); area < want*0.999 || area > want*1.001 {
		t.Errorf("the new grid has %f m², the gap had %f", area, want)
	}
}

// moat is a village of two grids, one along its southern border and a smaller
// one, of a tier below, in the middle of what nobody holds.
func moat() *geo.Snapshot {
	s := torn(town(), 3, 4, 5, 6, 7, 8, 9, 10, 11, 12)
	shapes, _ := topo.Node([]topo.Shape{block(0, 0, 100, 100), block(0, 0, 100, 10), block(40, 40, 60, 60)})
	s.Grids[0].Boundary, s.Grids[1].Boundary = shapes[0], shapes[0]
	s.Grids = append(s.Grids, geo.Grid{ID: 3, Parent: 2, Tier: 2, Code: "990199100201001", Kind: geo.General, Boundary: shapes[1]},
		geo.Grid{ID: 4, Parent: 2, Tier: 3, Code: "990199100201002", Kind: geo.General, Boundary: shapes[2]})
	s.Dwellings = []geo.Dwelling{{ID: 1, Located: true, At: at(50, 50)}, {ID: 2, Located: true, At: at(50, 5)}, {ID: 3, Located: true, At: at(50, 80)}}
	return s
}

// A gap along the border of the territory with a grid in its middle goes to the
// one or the other, whatever their tiers.
func TestFillAroundAGrid(t *testing.T) {
	t.Parallel()
	for to, rings := range map[geo.GridID]int{3: 2, 4: 1} {
		s := moat()
		d := drawing(t, s)
		before := stateOf(d)
		r := must(t, d, redraw.Fill{To: to, Region: block(10, 50, 11, 51)})
		if got := grid(t, d, to).Boundary; len(got) != 1 || len(got[0]) != rings {
			t.Errorf("grid %d has %d rings, want %d", to, len(got[0]), rings)
		}
		if err := misplaced(before, stateOf(d), s.Dwellings, r); err != nil {
			t.Error(err)
		}
		if err := d.Take(r.Inverse()); err != nil {
			t.Fatal(err)
		}
		if err := stateOf(d).differs(before); err != nil {
			t.Errorf("undone: %v", err)
		}
	}
}

func TestFillRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		snap *geo.Snapshot
		edit redraw.Fill
		want string
	}{
		{"no such grid", torn(town(), 7), redraw.Fill{To: 99, Region: block(250, 90, 251, 91)}, "to: no such grid"},
		{"to the territory", torn(town(), 7), redraw.Fill{To: 1, Region: block(250, 90, 251, 91)}, "to: is no general grid"},
		{"to an overlay", torn(town(), 7), redraw.Fill{To: 12, Region: block(250, 90, 251, 91)}, "to: is no general grid"},
		{"nothing", torn(town(), 7), redraw.Fill{To: 8}, "region"},
		{"a crossed ring", torn(town(), 7), redraw.Fill{To: 8, Region: topo.Shape{{{at(0, 0), at(50, 50), at(50, 0), at(0, 50)}}}}, "region: crosses itself"},
		{"where there is no gap", town(), redraw.Fill{To: 8, Region: block(250, 90, 251, 91)}, "no gap"},
		{"a gap of another parent", torn(town(), 7), redraw.Fill{To: 4, Region: block(250, 90, 251, 91)}, "no gap"},
		{"under a parent without grids", torn(town(), 7), redraw.Fill{To: 9, Region: block(250, 90, 251, 91)}, "no gap"},
		{"beside an overlap", overlapped(), redraw.Fill{To: 3, Region: block(0, 0, 100, 10)}, "overlap"},
		{"to a divided grid that does not lie along it", apart(), redraw.Fill{To: 8, Region: block(10, 50, 11, 51)}, "no grid with a border"},
	} {
		d := drawing(t, tt.snap)
		if _, err := d.Apply(tt.edit); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
	d := drawing(t, town())
	must(t, d, redraw.Retire{Grid: 4, To: 5})
	if _, err := d.Apply(redraw.Fill{To: 4, Region: block(50, 50, 51, 51)}); err == nil || !strings.Contains(err.Error(), "to: no such grid") {
		t.Errorf("to a grid that is gone: %v", err)
	}
}

// overlapped is rows whose first strip reaches over the gap into the third.
func overlapped() *geo.Snapshot {
	s := rows()
	s.Grids[2].Boundary = topo.Shape{{{at(0, 0), at(100, 0), at(100, 2), at(51, 2), at(50, 5), at(49, 2), at(0, 2)}}}
	return s
}

// apart is the town as one village whose first grid is gone.
func apart() *geo.Snapshot {
	s := torn(town(), 3, 4, 5)
	for i := range s.Grids {
		switch g := &s.Grids[i]; g.ID {
		case 2:
			g.Boundary = s.Grids[0].Boundary
		case 7, 8:
			g.Parent = 2
		}
	}
	return s
}

// Any gap of a county can be given to any grid beside it: the siblings are whole
// again, PostGIS says so too, and undoing opens it as it was.
func TestPostGISFindsFilledGapsWhole(t *testing.T) {
	t.Parallel()
	db := gridtest.DB(t)
	county := mini(t)
	gaps := fillable(&county.Snapshot)
	corner := county.Snapshot.Grids[0].Boundary.Bound().Min
	judgedAll := 0
	for n, gone := range sortedIDs(gaps) {
		if n%3 != 0 { // every third is plenty
			continue
		}
		d := drawing(t, torn(&county.Snapshot, gone))
		lost := county.Snapshot.Grids[slices.IndexFunc(county.Snapshot.Grids, func(g geo.Grid) bool { return g.ID == gone })]
		to := gaps[gone][n%len(gaps[gone])]
		before := stateOf(d)
		r, err := d.Apply(redraw.Fill{To: to, Region: lost.Boundary})
		if err != nil {
			t.Fatalf("gap of %s to %d: %v", lost.Code, to, err)
		}
		if err := d.Take(r); err != nil {
			t.Fatal(err)
		}
		if err := broken(d); err != nil {
			t.Errorf("gap of %s to %d: %v", lost.Code, to, err)
		}
		if err := misplaced(before, stateOf(d), county.Snapshot.Dwellings, r); err != nil {
			t.Errorf("gap of %s to %d: %v", lost.Code, to, err)
		}
		var texts []string
		for _, s := range shapes(drawn(d, lost.Parent)) {
			texts = append(texts, text(s, corner))
		}
		var whole bool
		if err := db.QueryRow(context.Background(), judged, text(grid(t, d, lost.Parent).Boundary, corner), texts).Scan(&whole); err != nil {
			t.Fatal(err)
		}
		if !whole {
			t.Errorf("gap of %s to %d: PostGIS finds the parent not partitioned", lost.Code, to)
		}
		if err := d.Take(r.Inverse()); err != nil {
			t.Fatal(err)
		}
		if err := stateOf(d).differs(before); err != nil {
			t.Errorf("gap of %s to %d: undone: %v", lost.Code, to, err)
		}
		judgedAll++
	}
	if judgedAll < 6 {
		t.Errorf("only %d gaps were filled", judgedAll)
	}
}

func sortedIDs[V any](of map[geo.GridID]V) []geo.GridID {
	var ids []geo.GridID
	for id := range of {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// What filling a gap does, and opening it again, is told in full, and the
// picture that follows it is the one made anew.
func TestFilledGapIsToldInFull(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		county := unsettled(t, seed)
		gaps := fillable(county)
		ids := sortedIDs(gaps)
		gone := ids[int(seed*7)%len(ids)]
		ground := county.Grids[slices.IndexFunc(county.Grids, func(g geo.Grid) bool { return g.ID == gone })].Boundary
		f := newFollower(t, torn(county, gone), rand.New(rand.NewPCG(seed, 33)))
		filled := f.takeAll(t, func() (redraw.Redrawing, error) { return f.d.Apply(redraw.Fill{To: gaps[gone][0], Region: ground}) })
		f.takeAll(t, func() (redraw.Redrawing, error) { return filled.Inverse(), nil })
		f.takeAll(t, func() (redraw.Redrawing, error) { return filled, nil })

		// A drawing that saw no gap before is told of the one that undoing opens.
		late := newFollower(t, f.county, rand.New(rand.NewPCG(seed, 34)))
		late.takeAll(t, func() (redraw.Redrawing, error) { return filled.Inverse(), nil })
	}
}

// takeAll takes one redrawing and compares as after an edit.
func (f *follower) takeAll(t *testing.T, make func() (redraw.Redrawing, error)) redraw.Redrawing {
	t.Helper()
	f.d.Watch(day)
	r, err := make()
	if err != nil {
		t.Fatal(err)
	}
	if err := f.d.Take(r); err != nil {
		t.Fatal(err)
	}
	before := f.before
	f.show(t, r.Changes)
	f.county.Grids = f.d.Grids()
	account(t, f.known, compareEffects(t, f.d, before, f.before, f.d.Net([]redraw.Redrawing{r})), f.before.report.Findings)
	return r
}
