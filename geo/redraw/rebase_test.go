package redraw_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// scribble makes random edits on a drawing and returns those that were done.
func scribble(h hand, most int) (done []redraw.Redrawing, asked []redraw.Edit) {
	for range most {
		e := h.edit()
		r, err := h.d.Apply(e)
		if err == nil && len(r.Changes) > 0 && h.d.Take(r) == nil {
			done, asked = append(done, r), append(asked, e)
		}
	}
	return done, asked
}

// replayed makes edits on a drawing as if they were asked for there, and
// reports whether each could be done and does not look at what lies around.
func replayed(d *redraw.Drawing, asked []redraw.Edit) bool {
	d.NumberFrom(1_000_000)
	for _, e := range asked {
		switch e := e.(type) {
		case redraw.Split:
			if e.ToleranceM > 0 || e.Straddling == redraw.LargerShare {
				return false
			}
		case redraw.Merge:
		default:
			return false
		}
		r, err := d.Apply(e)
		if err != nil || d.Take(r) != nil {
			return false
		}
	}
	return true
}

// plan is a drawing's grids as a snapshot.
func plan(like *geo.Snapshot, d *redraw.Drawing) *geo.Snapshot {
	s := *like
	s.Grids = d.Grids()
	return &s
}

// split reports whether drawn general grids stand under a grid.
func (s state) split(id geo.GridID) bool {
	for _, g := range s {
		if g.Parent == id && g.Partitions() && len(g.Boundary) > 0 {
			return true
		}
	}
	return false
}

// strays reports whether a vertex of one shape lies further off the border of
// the other than rounding to the lattice explains, or one holds more than that
// (a strip cut out along the border).
func strays(a, b topo.Shape) bool {
	return math.Abs(a.AreaM2()-b.AreaM2()) > 0.02*min(a.PerimeterM(), b.PerimeterM()) || slices.ContainsFunc(verticesOf(a), func(v topo.Point) bool { return stepsFrom(v, b) > 2 }) ||
		slices.ContainsFunc(verticesOf(b), func(v topo.Point) bool { return stepsFrom(v, a) > 2 })
}

func verticesOf(s topo.Shape) (all []topo.Point) {
	for p := range s.Edges() {
		all = append(all, p)
	}
	return all
}

// stepsFrom returns how many lattice steps a point lies off a border.
func stepsFrom(v topo.Point, s topo.Shape) float64 {
	nearest := math.Inf(1)
	for p, q := range s.Edges() {
		dx, dy := float64(q.X-p.X), float64(q.Y-p.Y)
		ex, ey := float64(v.X-p.X), float64(v.Y-p.Y)
		along := min(max((dx*ex+dy*ey)/(dx*dx+dy*dy), 0), 1)
		nearest = min(nearest, math.Hypot(ex-along*dx, ey-along*dy))
	}
	return nearest
}

// facts are what a redrawing between two states says about grids: "all" for
// one that comes or goes, "under" for one that gets a child, "ground" for one
// whose border moves, else fields.
func facts(before, after state, ids []geo.GridID) map[geo.GridID][]string {
	all := map[geo.GridID][]string{}
	note := func(id geo.GridID, fact string) { all[id] = append(all[id], fact) }
	for _, id := range ids {
		b, was := before[id]
		a, is := after[id]
		if !was || !is {
			if was || is {
				note(id, "all")
			}
			if is {
				note(a.Parent, "under")
			}
			continue
		}
		if b.Parent != a.Parent {
			note(a.Parent, "under")
		}
		if before.split(id) != after.split(id) || !before.split(id) && !b.Boundary.Equal(a.Boundary) &&
			(!b.Partitions() || b.Boundary == nil || a.Boundary == nil || strays(b.Boundary, a.Boundary)) {
			note(id, "ground")
		}
		x, y := reflect.ValueOf(b), reflect.ValueOf(a)
		for i := range x.NumField() {
			if f := x.Type().Field(i).Name; f != "Boundary" && !reflect.DeepEqual(x.Field(i).Interface(), y.Field(i).Interface()) {
				note(id, f)
			}
		}
	}
	return all
}

// meet reports whether two sets of facts are about the same.
func meet(a, b map[geo.GridID][]string) bool {
	for id, mine := range a {
		theirs := b[id]
		if len(theirs) == 0 {
			continue
		}
		if slices.Contains(mine, "all") || slices.Contains(theirs, "all") {
			return true
		}
		for _, f := range mine {
			if f != "under" && slices.Contains(theirs, f) {
				return true
			}
		}
	}
	return false
}

func idsOf(states ...state) []geo.GridID {
	var ids []geo.GridID
	for _, s := range states {
		for id := range s {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Whatever a draft and its plan became, the draft is carried over if and only
// if no edit changed what the plan changed; it is whole then, has what each of
// the two changed, and every edit is undone and done again bit for bit.
func TestRebase(t *testing.T) {
	t.Parallel()
	county := mini(t)
	carried, clashed, again := 0, 0, 0
	for seed := range uint64(120) {
		c := newCase(t, county, seed)
		got, clashes, err := redraw.Rebase(c.mine, c.newer, c.edits, nil)
		switch meet := c.meets(t); {
		case err != nil:
			t.Fatalf("seed %d: %v", seed, err)
		case len(clashes) > 0:
			clashed++
			if !meet && clashes[0].Reason == "" {
				t.Fatalf("seed %d: clash of what does not touch: %+v", seed, clashes[0])
			}
			continue
		case meet:
			t.Fatalf("seed %d: no clash of what touches", seed)
		}
		carried++
		end := c.expectCarried(t, seed, got)
		if replay := drawing(t, c.newer); replayed(replay, c.asked) {
			again++
			if err := sameGround(end, stateOf(replay)); err != nil {
				t.Fatalf("seed %d: asked for again: %v", seed, err)
			}
		}
	}
	if carried < 40 || clashed < 10 || again < 10 {
		t.Errorf("%d carried over, %d of these like asked for again, %d clashed", carried, again, clashed)
	}
}

// A rebasing is a draft and the plan it was made of, both edited since.
type rebasing struct {
	county      *fixtures.County
	origin      state
	mine, newer *geo.Snapshot
	edits       []redraw.Redrawing // of the draft
	asked       []redraw.Edit
	theirs      state
}

func newCase(t *testing.T, county *fixtures.County, seed uint64) rebasing {
	h := hand{rand.New(rand.NewPCG(seed, 5)), drawing(t, &county.Snapshot)}
	h.d.NumberFrom(1_000_000)
	c := rebasing{county: county, origin: stateOf(h.d)}
	c.edits, c.asked = scribble(h, 1+h.IntN(8))
	c.mine = plan(&county.Snapshot, h.d)
	base := hand{h.Rand, drawing(t, &county.Snapshot)}
	for _, g := range c.mine.Grids {
		base.d.Reserve(g.Code)
	}
	for i := range c.edits {
		for _, change := range c.edits[i].Changes {
			if g, ok := change.After.(*geo.Grid); ok {
				base.d.Reserve(g.Code)
			}
		}
	}
	scribble(base, 1+h.IntN(8))
	c.newer, c.theirs = plan(&county.Snapshot, base.d), stateOf(base.d)
	return c
}

// meets reports whether an edit of the draft changed what the plan changed.
func (c *rebasing) meets(t *testing.T) bool {
	theirs := facts(c.origin, c.theirs, idsOf(c.origin, c.theirs))
	walk := drawing(t, &c.county.Snapshot)
	for _, e := range c.edits {
		before := stateOf(walk)
		if err := walk.Take(e); err != nil {
			t.Fatal(err)
		}
		if meet(facts(before, stateOf(walk), idsOf(before, stateOf(walk))), theirs) {
			return true
		}
	}
	return false
}

// expectCarried holds a rebased draft against what it must be and returns how
// it stands.
func (c *rebasing) expectCarried(t *testing.T, seed uint64, got redraw.Rebased) state {
	t.Helper()
	d := drawing(t, c.mine)
	take := func(r redraw.Redrawing) {
		if err := d.Take(r); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := broken(d); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
	take(got.Begin)
	begin := stateOf(d)
	if err := begin.differs(c.theirs); err != nil {
		t.Fatalf("seed %d: begins: %v", seed, err)
	}
	for _, e := range got.Edits {
		take(e)
	}
	end, was := stateOf(d), stateOf(drawing(t, c.mine))
	for _, id := range idsOf(c.origin, begin, was, end) {
		if err := c.expectGrid(id, begin, was, end); err != nil {
			t.Fatalf("seed %d: grid %d %v", seed, id, err)
		}
	}
	for i := range slices.Backward(got.Edits) {
		take(got.Edits[i].Inverse())
	}
	if err := stateOf(d).differs(begin); err != nil {
		t.Fatalf("seed %d: undone to where it begins: %v", seed, err)
	}
	take(got.Begin.Inverse())
	if err := stateOf(d).differs(was); err != nil {
		t.Fatalf("seed %d: undone to the draft as it was: %v", seed, err)
	}
	if len(got.Edits) != len(c.edits) {
		t.Fatalf("seed %d: %d edits of %d", seed, len(got.Edits), len(c.edits))
	}
	return end
}

// expectGrid holds a grid of a rebased draft against the plan it begins from,
// and the draft as it was.
func (c *rebasing) expectGrid(id geo.GridID, begin, was, end state) error {
	_, stays := end[id]
	_, theirs := begin[id]
	_, ours := was[id]
	if _, old := c.origin[id]; stays != (old && theirs && ours || !old && (theirs || ours)) {
		return fmt.Errorf("is there: %v", stays)
	}
	if !stays {
		return nil
	}
	ground := end[id].Boundary
	b, m, o := begin[id].Boundary, was[id].Boundary, c.origin[id].Boundary
	switch {
	case end.split(id):
		union, err := topo.Union(shapesUnder(end, id))
		if err != nil || union.AreaM2() < ground.AreaM2()*(1-1e-9) {
			return fmt.Errorf("is not what stands under it: %v", err)
		}
	case was.split(id) != c.origin.split(id) && was.split(id), begin.split(id) != c.origin.split(id) && begin.split(id):
		return errors.New("is a leaf")
	case m != nil && b != nil && o != nil && !strays(m, o) && !strays(b, o):
		all := map[topo.Point]bool{}
		for _, v := range slices.Concat(verticesOf(m), verticesOf(b)) {
			all[v] = true
		}
		for _, v := range verticesOf(ground) {
			delete(all, v)
		}
		if len(all) > 0 || strays(ground, o) {
			return fmt.Errorf("lacks the vertices %v", all)
		}
	case m != nil && o != nil && !strays(m, o) && strays(ground, b), b != nil && o != nil && !strays(b, o) && strays(ground, m):
		return errors.New("has other ground than who changed it gave it")
	}
	return nil
}

// shapesUnder are the drawn children of a grid.
func shapesUnder(s state, id geo.GridID) (all []topo.Shape) {
	for _, g := range s {
		if g.Parent == id && g.Partitions() && g.Boundary != nil {
			all = append(all, g.Boundary)
		}
	}
	return all
}

// sameGround reports leaves that are not drawn alike.
func sameGround(a, b state) error {
	prints := map[topo.Fingerprint]geo.GridID{}
	for id, g := range a {
		if !a.split(id) {
			prints[g.Boundary.Fingerprint()] = id
		}
	}
	for id, g := range b {
		if !b.split(id) && prints[g.Boundary.Fingerprint()] == 0 {
			return fmt.Errorf("grid %d is drawn otherwise", id)
		}
	}
	return nil
}
