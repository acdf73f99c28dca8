package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// touched is what was changed about grids.
type touched map[geo.GridID]*touch

// A touch is what was changed about one grid.
type touch struct {
	fields []string  // ascending; wholeGrid alone where it came or went
	needed bool      // something was put under it
	before *geo.Grid // as it was, nil where it was not
}

func (t touched) of(id geo.GridID) *touch {
	if t[id] == nil {
		t[id] = &touch{}
	}
	return t[id]
}

func (t *touch) add(field string) {
	if at, there := slices.BinarySearch(t.fields, field); !there {
		t.fields = slices.Insert(t.fields, at, field)
	}
}

func (t *touch) whole() bool { return slices.Equal(t.fields, []string{wholeGrid}) }

// meets returns the fields that both touched.
func (t *touch) meets(o *touch) []string {
	switch {
	case t == nil || o == nil:
		return nil
	case t.whole() && (len(o.fields) > 0 || o.needed), o.whole() && (len(t.fields) > 0 || t.needed):
		return []string{wholeGrid}
	}
	var both []string
	for _, f := range t.fields {
		if slices.Contains(o.fields, f) {
			both = append(both, f)
		}
	}
	return both
}

// compare notes what is different about a grid; nil is none. divided says
// whether drawn general grids stood, and stand, under it: then its outline
// follows them and is not a change of its own. Neither is a vertex more or less
// on a border that stays where it is.
func (t touched) compare(before, after *geo.Grid, divided [2]bool) {
	if before == nil || after == nil {
		g := before
		if g == nil {
			g = after
		}
		t.of(g.ID).fields = []string{wholeGrid}
		if before != nil {
			t.of(g.ID).before = copied(before)
		}
		if after != nil && after.Parent != 0 {
			t.of(after.Parent).needed = true
		}
		return
	}
	names := differing(before, after)
	if divided[0] != divided[1] {
		names = append(names, "boundary") // its ground is its own, or no longer
	} else if _, same := knots(before, after); same || divided[0] {
		names = slices.DeleteFunc(names, func(f string) bool { return f == "boundary" })
	}
	for _, f := range names {
		t.of(after.ID).add(f)
		t.of(after.ID).before = copied(before)
		if f == "parent" && after.Parent != 0 {
			t.of(after.Parent).needed = true
		}
	}
}

// divided reports whether drawn general grids stand under a grid.
func (d *Drawing) divided(id geo.GridID) bool { return d.nodes[id] != nil && d.nodes[id].ground > 0 }

// grid returns the grid with the ID, nil if it is not there.
func (d *Drawing) grid(id geo.GridID) *geo.Grid {
	if n := d.nodes[id]; n != nil {
		return copied(&n.Grid)
	}
	return nil
}

// knots returns the vertices that only one of two drawings of a leaf has, and
// whether they are all that is different about its ground.
func knots(before, after *geo.Grid) ([]topo.Knot, bool) {
	if !counts(before) || !counts(after) {
		return nil, before.Boundary.Equal(after.Boundary)
	}
	return before.Boundary.Knots(after.Boundary)
}

// A step is what a redrawing does to a drawing.
type step struct {
	touched touched
	follows map[geo.GridID]bool // grids whose ground stays, or follows what is under them
	leaves  []*geo.Grid         // as they were, whose ground or vertices changed
	knots   []topo.Knot         // that came to grids whose ground stays, or went
}

// step takes a redrawing.
func (d *Drawing) step(r Redrawing) (step, error) {
	ids := slices.DeleteFunc(r.touched(), func(id geo.GridID) bool { return id == 0 })
	before := make([]*geo.Grid, len(ids))
	was := make([]bool, len(ids))
	for i, id := range ids {
		before[i], was[i] = d.grid(id), d.divided(id)
	}
	if err := d.Take(r); err != nil {
		return step{}, err
	}
	s := step{touched: touched{}, follows: map[geo.GridID]bool{}}
	for i, id := range ids {
		after, is := d.grid(id), d.divided(id)
		if before[i] != nil || after != nil {
			s.touched.compare(before[i], after, [2]bool{was[i], is})
		}
		s.note(before[i], after, [2]bool{was[i], is})
	}
	return s, nil
}

// note keeps what becomes of the ground of a grid.
func (s *step) note(before, after *geo.Grid, divided [2]bool) {
	if counts(before) && !divided[0] && (after == nil || divided[1] || !before.Boundary.Equal(after.Boundary)) {
		s.leaves = append(s.leaves, before)
	}
	switch {
	case before == nil || after == nil || divided[0] != divided[1]:
	case divided[0]:
		s.follows[after.ID] = true
	default:
		more, same := knots(before, after)
		s.follows[after.ID] = same
		s.knots = append(s.knots, more...)
	}
}

// touchedBetween returns what is different in another drawing.
func touchedBetween(old, now *Drawing) touched {
	all := touched{}
	for id, n := range old.nodes {
		all.compare(&n.Grid, now.grid(id), [2]bool{n.ground > 0, now.divided(id)})
	}
	for id := range now.nodes {
		if old.nodes[id] == nil {
			all.compare(nil, now.grid(id), [2]bool{})
		}
	}
	return all
}
