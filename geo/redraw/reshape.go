package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func (e Reshape) apply(w *draft) error {
	if err := oneOfStraddling(e.Straddling, Cut, LargerShare, Absorb); err != nil {
		return err
	}
	if e.Straddling == "" {
		e.Straddling = Absorb
	}
	if w.isOverlay(e.Grid) {
		return w.bend(e)
	}
	g, err := w.general("grid", e.Grid)
	if err != nil {
		return err
	}
	if e.With != 0 {
		if with, err := w.general("with", e.With); err != nil {
			return err
		} else if with.Parent != g.Parent || e.With == e.Grid {
			return &EditError{Field: "with", Reason: "is not a sibling", Grid: e.With}
		}
	}
	s, err := w.stretch(e, g)
	if err != nil {
		return err
	}
	pieces, bare, err := topo.ReplaceStretch(s.shapes, s.old, s.line)
	if err != nil {
		return w.unlaid("line", s.leaves, err)
	}
	if bare.AreaM2() > topo.DefaultTolerance.AreaM2 {
		at := bare.InteriorPoint()
		return &EditError{Field: "line", Reason: "leaves the parent", Grid: g.Parent, At: &at}
	}
	w.lay(s.leaves, pieces)
	return w.swap(e, g.Parent, s)
}

// A stretch is a part of a grid's border that a line is to replace.
type stretch struct {
	leaves    []geo.GridID // near it
	shapes    []topo.Shape
	old, line []topo.Point
	onLeft    bool         // the grid lies left of the stretch
	across    []geo.GridID // the siblings on the other side
}

// stretch finds what e replaces.
func (w *draft) stretch(e Reshape, g *geo.Grid) (*stretch, error) {
	leaves, line, shapes, err := w.under(e.Line, e.ToleranceM, w.before(g.Parent).Boundary.Bound(), w.leaves(e.Grid))
	if err != nil {
		return nil, err
	}
	if err := topo.CheckLine(line); err != nil {
		return nil, refused("line", err)
	}
	own, err := joined(w.shapesUnder(leaves, shapes, e.Grid))
	if err != nil {
		return nil, w.misfit(err)
	}
	ahead, back, ok := own.Ways(line[0], line[len(line)-1])
	if !ok {
		return nil, &EditError{Field: "line", Reason: "does not begin and end on one border of the grid", Grid: e.Grid, At: &line[0]}
	}
	s := &stretch{line: line}
	shapeOf := func(leaf geo.GridID) topo.Shape {
		if i, ok := slices.BinarySearch(leaves, leaf); ok {
			return shapes[i]
		}
		return w.nodes[leaf].Boundary
	}
	first, second := w.across(ahead, e.Grid, shapeOf), w.across(back, e.Grid, shapeOf)
	switch {
	case e.fits(first) && (!e.fits(second) || lengthM(ahead) <= lengthM(back)):
		s.old, s.onLeft, s.across = ahead, true, first
	case e.fits(second):
		s.old, s.across = back, second
	default:
		return nil, &EditError{Field: "line", Reason: "has no stretch of border with the sibling beside it: both ways run along the parent's border or another grid", Grid: e.Grid, At: &line[0]}
	}
	// The shapes again, with those that lie along the old stretch.
	box := topo.Ring(slices.Concat(s.old, line)).Bound()
	s.leaves, s.line, s.shapes, err = w.under(line, e.ToleranceM, w.before(g.Parent).Boundary.Bound(), append(w.near.find(box), w.leaves(e.Grid)...))
	return s, err
}

// shapesUnder picks the shapes of the leaves under a grid.
func (w *draft) shapesUnder(leaves []geo.GridID, shapes []topo.Shape, id geo.GridID) []topo.Shape {
	var own []topo.Shape
	for i, leaf := range leaves {
		if w.isUnder(leaf, id) {
			own = append(own, shapes[i])
		}
	}
	return own
}

// fits reports whether a way with these siblings across, 0 where it is the
// parent's border, can be the stretch.
func (e Reshape) fits(across []geo.GridID) bool {
	if e.With != 0 {
		return len(across) == 1 && across[0] == e.With
	}
	return len(across) > 0 && across[0] != 0
}

func lengthM(line []topo.Point) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		sum += topo.LengthM(line[i-1], line[i])
	}
	return sum
}

// across returns the siblings of a grid along a way on its border, ascending,
// with 0 first where it is the parent's border.
func (w *draft) across(way []topo.Point, id geo.GridID, shapeOf func(leaf geo.GridID) topo.Shape) []geo.GridID {
	parent := w.before(id).Parent
	var found []geo.GridID
	for i := 1; i < len(way); i++ {
		p, q := way[i-1], way[i]
		sibling := geo.GridID(0)
		for _, leaf := range w.near.find(topo.Ring{p, q}.Bound()) {
			other := w.ancestor(leaf, parent)
			if other == 0 || other == id {
				continue
			}
			if s := shapeOf(leaf); s.HasEdge(p, q) || s.HasEdge(q, p) {
				sibling = other
			}
		}
		found = append(found, sibling)
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// swap gives what lies between the old and the new border to whoever is on
// that side now.
func (w *draft) swap(e Reshape, parent geo.GridID, s *stretch) error {
	gains, loses := left, right
	if !s.onLeft {
		gains, loses = right, left
	}
	var givers []geo.GridID
	for i := range w.parts {
		p := &w.parts[i]
		if p.class == alone {
			continue
		}
		owner := w.ancestor(p.from, parent)
		if (p.class == gains) != (owner != e.Grid) || owner != e.Grid && !slices.Contains(s.across, owner) {
			if p.shape.AreaM2() <= topo.DefaultTolerance.AreaM2 {
				p.class = alone
				continue
			}
			at := p.shape.InteriorPoint()
			return &EditError{Field: "line", Reason: "crosses ground of a grid that does not lie along the stretch", Grid: owner, At: &at}
		}
		givers = append(givers, owner)
	}
	slices.Sort(givers)
	givers = slices.Compact(givers)
	for _, id := range givers {
		if id != e.Grid {
			if err := w.take(id, e.Grid, e.Straddling, func(p *part) bool { return p.class == gains }); err != nil {
				return err
			}
		}
	}
	if slices.Contains(givers, e.Grid) {
		if err := w.lose(e, parent, s.across, loses); err != nil {
			return err
		}
	}
	for _, id := range givers {
		w.need[id] = true
	}
	return w.keepGround(givers)
}

// lose gives what the reshaped grid loses, polygon by polygon, to the sibling
// across that has the longest border with it.
func (w *draft) lose(e Reshape, parent geo.GridID, across []geo.GridID, loses class) error {
	for _, leaf := range w.leaves(e.Grid) {
		w.scatter(leaf)
		for _, k := range w.partsOf(leaf) {
			if w.parts[k].class != loses || w.parts[k].from != leaf {
				continue
			}
			heir := w.neighbour(k, func(leaf geo.GridID) geo.GridID {
				if id := w.ancestor(leaf, parent); slices.Contains(across, id) {
					return id
				}
				return 0
			})
			w.parts[k].heir = cmp.Or(heir, across[0])
		}
	}
	for _, to := range across {
		in := func(p *part) bool { return p.class == loses && p.heir == to }
		if !slices.ContainsFunc(w.parts, func(p part) bool { return in(&p) }) {
			continue
		}
		if err := w.take(e.Grid, to, e.Straddling, in); err != nil {
			return err
		}
	}
	return nil
}
