package redraw_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// mini returns the smallest county, which has five tiers, the
// last under two grids only.
func mini(t testing.TB) *fixtures.County {
	t.Helper()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	return county
}

func drawing(t rapid.TB, s *geo.Snapshot) *redraw.Drawing {
	t.Helper()
	d, err := redraw.NewDrawing(s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// drawn returns the general children of a grid that are drawn.
func drawn(d *redraw.Drawing, id geo.GridID) []geo.Grid {
	var grids []geo.Grid
	for _, c := range d.Children(id) {
		if g, _ := d.Grid(c); g.Partitions() && g.Boundary != nil {
			grids = append(grids, g)
		}
	}
	return grids
}

func shapes(grids []geo.Grid) []topo.Shape {
	var out []topo.Shape
	for _, g := range grids {
		out = append(out, g.Boundary)
	}
	return out
}

// broken says what is wrong with a drawing: a parent that its children do not
// partition, or a code that stands twice.
func broken(d *redraw.Drawing) error {
	codes := map[string]geo.GridID{}
	grids := d.Grids()
	for _, g := range grids {
		if other, twice := codes[g.Code]; twice {
			return fmt.Errorf("grids %d and %d both have code %s", other, g.ID, g.Code)
		}
		codes[g.Code] = g.ID
		if children := drawn(d, g.ID); len(children) > 0 && !topo.Whole(g.Boundary, shapes(children)) {
			return fmt.Errorf("the children of grid %d (%s) do not partition it", g.ID, g.Code)
		}
	}
	_, err := geo.NewTree(grids)
	return err
}

// state is everything that an undo must bring back.
type state map[geo.GridID]geo.Grid

func stateOf(d *redraw.Drawing) state {
	s := state{}
	for _, g := range d.Grids() {
		s[g.ID] = g
	}
	return s
}

func (s state) differs(o state) error {
	if len(s) != len(o) {
		return fmt.Errorf("%d grids, want %d", len(s), len(o))
	}
	for id, g := range s {
		h := o[id]
		if g.Boundary.Fingerprint() != h.Boundary.Fingerprint() || !g.Boundary.Equal(h.Boundary) {
			return fmt.Errorf("grid %d has another boundary", id)
		}
		g.Boundary, h.Boundary = nil, nil
		if fmt.Sprint(g) != fmt.Sprint(h) {
			return fmt.Errorf("grid %d is %v, want %v", id, g, h)
		}
	}
	return nil
}

// A hand draws random edits.
type hand struct {
	*rand.Rand
	d *redraw.Drawing
}

func pick[T any](h hand, from []T) T { return from[h.IntN(len(from))] }

// grid picks a drawn grid of any tier that partitions, below the root.
func (h hand) grid() geo.Grid {
	grids := h.d.Grids()
	for {
		if g := pick(h, grids); g.Partitions() && g.Parent != 0 && g.Boundary != nil {
			return g
		}
	}
}

// near picks a place in or around a box.
func (h hand) near(b topo.Box) topo.Point {
	wide, high := b.Max.X-b.Min.X+8, b.Max.Y-b.Min.Y+8
	return topo.Point{X: b.Min.X - wide/8 + h.Int32N(wide+wide/4), Y: b.Min.Y - high/8 + h.Int32N(high+high/4)}
}

func (h hand) line(g geo.Grid) []topo.Point {
	var line []topo.Point
	for range 2 + h.IntN(3) {
		line = append(line, h.near(g.Boundary.Bound()))
	}
	return line
}

// region draws a rectangle over a corner of a grid, or somewhere around it.
func (h hand) region(g geo.Grid) topo.Shape {
	box := g.Boundary.Bound()
	if h.IntN(4) > 0 {
		corner, reach := pick(h, g.Boundary[0][0]), (box.Max.X-box.Min.X)/4+8
		box = topo.Box{Min: topo.Point{X: corner.X - reach, Y: corner.Y - reach}, Max: topo.Point{X: corner.X + reach, Y: corner.Y + reach}}
	}
	p, q := h.near(box), h.near(box)
	x0, x1, y0, y1 := min(p.X, q.X), max(p.X, q.X)+50, min(p.Y, q.Y), max(p.Y, q.Y)+50
	return topo.Shape{{{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}}}
}

// edit draws an edit that mostly can be done.
func (h hand) edit() redraw.Edit {
	g := h.grid()
	sibling := pick(h, drawn(h.d, g.Parent))
	tolerance := pick(h, []float64{0, 0, 1, 5, 30})
	straddling := pick(h, []redraw.Straddling{"", redraw.Cut, redraw.LargerShare, redraw.Absorb})
	switch h.IntN(13) {
	case 12:
		return redraw.Set{Grid: g.ID, Owner: ptr(fmt.Sprint("单位", h.IntN(9)))}
	case 8:
		return h.overlay(g, tolerance)
	case 9:
		return redraw.Renumber{Parent: g.Parent}
	case 10:
		return h.atoms(g, sibling)
	case 11:
		return redraw.Transfer{To: g.ID, Compounds: []geo.Compound{{Code: "C-1", Boundary: h.region(g)}, {Code: "C-2", Boundary: h.region(sibling)}}, Straddling: straddling}
	case 0, 1:
		if straddling == redraw.Absorb {
			straddling = redraw.Cut
		}
		return redraw.Split{Grid: g.ID, Line: h.line(g), ToleranceM: tolerance, Straddling: straddling}
	case 2:
		return redraw.Merge{Grids: []geo.GridID{g.ID, sibling.ID}}
	case 3:
		return h.reshape(g, straddling)
	case 4, 5:
		return redraw.Transfer{To: g.ID, Region: h.region(g), ToleranceM: tolerance, Straddling: straddling}
	case 6:
		if h.IntN(2) > 0 {
			return redraw.Retire{Grid: g.ID}
		}
		return h.move(g)
	}
	made := geo.Grid{Parent: g.ID, Tier: g.Tier + 1, Kind: geo.General, Name: geo.Name{ZH: "新"}, Boundary: h.region(g)}
	if h.IntN(2) == 0 {
		made.Parent, made.Tier = g.Parent, g.Tier
	}
	return redraw.Create{Grid: made, ToleranceM: tolerance}
}

// atoms gives a child of one grid, and sometimes a compound, to the other.
func (h hand) atoms(from, to geo.Grid) redraw.Edit {
	e := redraw.Transfer{To: to.ID}
	if under := h.d.Children(from.ID); len(under) > 0 {
		e.Grids = append(e.Grids, pick(h, under))
	}
	if h.IntN(2) == 0 {
		e.Compounds = []geo.Compound{{Code: "C-1", Boundary: h.region(from)}}
	}
	return e
}

// overlay makes a dedicated grid, or does something to one that is there.
func (h hand) overlay(g geo.Grid, tolerance float64) redraw.Edit {
	var all []geo.Grid
	for _, o := range h.d.Grids() {
		if o.Kind == geo.Dedicated {
			all = append(all, o)
		}
	}
	if len(all) == 0 || h.IntN(3) == 0 {
		return redraw.Create{ToleranceM: tolerance, Grid: geo.Grid{Parent: g.Parent, Tier: g.Tier, Kind: geo.Dedicated,
			Name: geo.Name{ZH: "专"}, Boundary: h.region(g)}}
	}
	o, ground := pick(h, all), h.region(g)
	if len(o.Boundary) == 0 {
		return redraw.Set{Grid: o.ID, Boundary: &ground, ToleranceM: tolerance}
	}
	if h.IntN(2) == 0 {
		ground = h.region(o)
	}
	switch h.IntN(6) {
	case 0:
		return redraw.Set{Grid: o.ID, Boundary: &ground, ToleranceM: tolerance}
	case 1:
		return redraw.Retire{Grid: o.ID}
	case 2:
		return redraw.Merge{Grids: []geo.GridID{o.ID, pick(h, all).ID}}
	case 3:
		return h.reshape(o, "")
	case 4:
		return redraw.Split{Grid: o.ID, Line: h.line(o), ToleranceM: tolerance}
	}
	return redraw.Transfer{To: o.ID, Region: ground, ToleranceM: tolerance}
}

// move puts a grid under a sibling of its parent, where that has any.
func (h hand) move(g geo.Grid) redraw.Edit {
	if up, _ := h.d.Grid(g.Parent); up.Parent != 0 {
		return redraw.Move{Grid: g.ID, Parent: pick(h, drawn(h.d, up.Parent)).ID}
	}
	return redraw.Move{Grid: g.ID, Parent: h.grid().ID}
}

// reshape bends a stretch of border between two vertices.
func (h hand) reshape(g geo.Grid, straddling redraw.Straddling) redraw.Edit {
	ring := g.Boundary[0][0]
	i := h.IntN(len(ring))
	from, to := ring[i], ring[(i+1+h.IntN(4))%len(ring)]
	box := topo.Ring{from, to}.Bound()
	return redraw.Reshape{Grid: g.ID, Line: []topo.Point{from, h.near(box), to}, Straddling: straddling}
}

// Whatever the planner does, at whatever tier, every parent stays partitioned,
// a refusal changes nothing, households follow the ground they stand on, and
// undoing all of it brings everything back bit for bit.
func TestDrawingSurvivesAnyEdits(t *testing.T) {
	t.Parallel()
	counties := []*geo.Snapshot{&mini(t).Snapshot, &mini(t).Snapshot, siblings(3), siblings(4)}
	for _, i := range []int{1, 3} { // dedicated grids are carved out there
		for k := range counties[i].Tiers {
			counties[i].Tiers[k].Dedicated = geo.Hole
		}
	}
	done := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		county := counties[rapid.IntRange(0, len(counties)-1).Draw(t, "county")]
		survives(t, county, seed, rapid.IntRange(1, 12).Draw(t, "edits"), done)
	})
	never := func() (ops []string) {
		for _, op := range []string{"Split", "Merge", "Reshape", "Transfer", "Create", "Retire", "Move", "Set", "Renumber"} {
			if done["redraw."+op] == 0 {
				ops = append(ops, op)
			}
		}
		return ops
	}
	for seed := uint64(0); seed < 100 && len(never()) > 0; seed++ { // what chance left out
		survives(t, counties[seed%uint64(len(counties))], seed, 12, done)
	}
	if ops := never(); len(ops) > 0 {
		t.Errorf("never done: %v", ops)
	}
	t.Log(done)
}

// survives makes random edits of a county and takes them back. It counts in done
// those that could be made.
func survives(t rapid.TB, county *geo.Snapshot, seed uint64, edits int, done map[string]int) {
	t.Helper()
	d := drawing(t, county)
	h := hand{rand.New(rand.NewPCG(seed, 3)), d}
	start := stateOf(d)
	var made []redraw.Redrawing
	for range edits {
		before := stateOf(d)
		edit := h.edit()
		r, err := d.Apply(edit)
		if bad := stateOf(d).differs(before); bad != nil {
			t.Fatalf("%T: Apply changed the drawing: %v", edit, bad)
		}
		if err != nil {
			var topology *redraw.TopologyError
			if !errors.Is(err, geo.ErrInvalid) && !errors.As(err, &topology) {
				t.Fatalf("%+v: refused with %v", edit, err)
			}
			continue
		}
		if err := d.Take(r); err != nil {
			t.Fatalf("%+v: %v", edit, err)
		}
		after := stateOf(d)
		for _, err := range []error{broken(d), grown(before[1].Boundary, after[1].Boundary),
			misplaced(before, after, county.Dwellings, r), unaccounted(before, after, r)} {
			if err != nil {
				t.Fatalf("after %+v: %v", edit, err)
			}
		}
		made = append(made, r)
		done[fmt.Sprintf("%T", edit)]++
	}
	for _, r := range slices.Backward(made) {
		if err := d.Take(r.Inverse()); err != nil {
			t.Fatal(err)
		}
	}
	if err := stateOf(d).differs(start); err != nil {
		t.Fatalf("undone: %v", err)
	}
}

// grown says when the territory has another area than before, beyond what new
// vertices on its border, rounded to the lattice, can make of it: half a step
// (8 mm aslant) along the edges that are new.
func grown(before, after topo.Shape) error {
	allowed := 1e-6 * before.AreaM2() * 1e-6
	for _, polygon := range after {
		for _, ring := range polygon {
			for i, p := range ring {
				if q := ring[(i+1)%len(ring)]; !before.HasEdge(p, q) {
					allowed += 0.008 * topo.LengthM(p, q)
				}
			}
		}
	}
	if off := math.Abs(before.AreaM2() - after.AreaM2()); off > allowed {
		return fmt.Errorf("the territory's area is off by %g m², allowed are %g", off, allowed)
	}
	return nil
}

// unaccounted holds the areas that a redrawing says passed against what every
// grid has more or less than before. New vertices may move borders by 8 mm.
func unaccounted(before, after state, r redraw.Redrawing) error {
	gained := map[geo.GridID]float64{}
	for _, s := range r.Shifts {
		gained[s.From] -= s.AreaM2
		gained[s.To] += s.AreaM2
	}
	for _, s := range []state{before, after} {
		for id, g := range s {
			if !g.Partitions() || g.Boundary == nil && before[id].Boundary == nil {
				continue
			}
			was, is := before[id].Boundary, after[id].Boundary
			off := is.AreaM2() - was.AreaM2() - gained[id]
			if math.Abs(off) > 1+0.008*(was.PerimeterM()+is.PerimeterM()) {
				return fmt.Errorf("grid %d has %f m² that no shift tells of: %+v", id, off, r.Shifts)
			}
		}
	}
	return nil
}

// homes finds by trying every grid the chain of grids above each household, by
// tier.
func (s state) homes(dwellings []geo.Dwelling) []map[int]geo.GridID {
	parents := map[geo.GridID]bool{}
	for _, g := range s {
		if g.Partitions() && g.Boundary != nil {
			parents[g.Parent] = true
		}
	}
	chains := make([]map[int]geo.GridID, len(dwellings))
	for i, w := range dwellings {
		chains[i] = map[int]geo.GridID{}
		for _, g := range s {
			if !g.Partitions() || parents[g.ID] || !w.Located || !g.Boundary.Contains(w.At) {
				continue
			}
			for up, ok := g, true; ok; up, ok = s[up.Parent] {
				chains[i][up.Tier] = up.ID
			}
		}
	}
	return chains
}

// misplaced holds the households that a redrawing says moved against those
// that did.
func misplaced(before, after state, dwellings []geo.Dwelling, r redraw.Redrawing) error {
	type moved struct {
		geo.HouseholdID
		tier     int
		from, to geo.GridID
	}
	want := map[moved]bool{}
	was, is := before.homes(dwellings), after.homes(dwellings)
	for i, w := range dwellings {
		for tier := range 6 {
			if was[i][tier] != is[i][tier] {
				want[moved{w.ID, tier, was[i][tier], is[i][tier]}] = true
			}
		}
	}
	for _, s := range r.Shifts {
		for _, id := range s.Households {
			m := moved{id, s.Tier, s.From, s.To}
			if !want[m] {
				return fmt.Errorf("household %d did not move as told: %+v", id, s)
			}
			delete(want, m)
		}
	}
	if len(want) > 0 {
		return fmt.Errorf("moves not told: %v", want)
	}
	return nil
}
