package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// isOverlay reports whether a grid lies over others instead of partitioning.
func (w *draft) isOverlay(id geo.GridID) bool {
	g := w.before(id)
	return g != nil && !g.Partitions()
}

// overlay snaps the boundary of an overlay to what lies near it.
func (w *draft) overlay(boundary *topo.Shape, toleranceM float64) error {
	if err := checkTolerance(toleranceM); err != nil || *boundary == nil || toleranceM == 0 {
		return err
	}
	if err := topo.CheckRegion(*boundary); err != nil {
		return refused("boundary", err)
	}
	shapes, err := w.patch("boundary", w.near.find(boundary.Bound().Grow(toleranceM)))
	if err != nil {
		return err
	}
	_, *boundary = attachRings(shapes, *boundary, toleranceM)
	return nil
}

// draw gives a grid that was not drawn yet its ground.
func (w *draft) draw(g *geo.Grid, boundary topo.Shape, toleranceM float64) error {
	switch up := w.before(g.Parent); {
	case boundary == nil:
		return nil
	case up == nil:
		return &EditError{Field: "boundary", Reason: "of the territory is that of its grids: draw these", Grid: g.ID}
	case len(up.Boundary) == 0:
		return &EditError{Field: "parent", Reason: "is not drawn", Grid: up.ID}
	case w.nodes[g.ID].ground > 0:
		return &EditError{Field: "boundary", Reason: "of a divided grid is that of its grids: draw these", Grid: g.ID}
	}
	return w.carve(g, boundary, toleranceM)
}

// newBoundary replaces the boundary of a dedicated or task grid, or draws a
// general one that was not drawn. A dedicated grid in a hole takes what it gains
// from its siblings; what it loses goes to those that have the longest border
// with it.
func (w *draft) newBoundary(e Set, g *geo.Grid) error {
	boundary := *e.Boundary
	switch {
	case g.Kind == geo.General && !counts(w.before(g.ID)):
		return w.draw(g, boundary, e.ToleranceM)
	case g.Kind == geo.General:
		return &EditError{Field: "boundary", Reason: "of a general grid changes with its siblings': transfer ground to it", Grid: e.Grid}
	case !g.Hole:
		if err := w.overlay(&boundary, e.ToleranceM); err != nil {
			return err
		}
		if err := w.inTerritory(boundary); err != nil {
			return err
		}
		g.Boundary = boundary
		return nil
	}
	if err := w.cutRegion("boundary", boundary, e.ToleranceM, g.Parent); err != nil {
		return err
	}
	if err := w.takeAll(w.givers(g.Parent, g.ID), g.ID, Cut); err != nil || !counts(w.before(g.ID)) {
		return err
	}
	return w.giveBack(g)
}

// giveBack gives the ground of a hole outside what was drawn, polygon by
// polygon, to the sibling that has the longest border with it.
func (w *draft) giveBack(g *geo.Grid) error {
	for _, k := range w.partsOf(g.ID) {
		if w.parts[k].class != left {
			w.parts[k].class = right
		}
	}
	w.scatter(g.ID)
	for _, k := range w.of[g.ID] {
		if w.parts[k].class != right {
			continue
		}
		heir := w.neighbour(k, func(leaf geo.GridID) geo.GridID {
			if leaf == g.ID || w.ancestor(leaf, g.Parent) == 0 {
				return 0
			}
			return leaf
		})
		if heir == 0 {
			at := w.parts[k].shape.InteriorPoint()
			return &EditError{Field: "boundary", Reason: "leaves ground that no sibling has a border with", Grid: g.ID, At: &at}
		}
		w.partsOf(heir)
		w.parts[k].to = heir
	}
	w.need[g.ID] = true
	return nil
}

// mergeOverlays makes one overlay of several.
func (w *draft) mergeOverlays(e Merge, ids []geo.GridID) error {
	var grids []*geo.Grid
	var shapes []topo.Shape
	for _, id := range ids {
		g := w.before(id)
		switch {
		case g == nil:
			return &missingError{"grids", id}
		case g.Partitions():
			return &EditError{Field: "grids", Reason: "does not lie over others, as the first does", Grid: id}
		case len(grids) > 0 && (g.Kind != grids[0].Kind || g.Tier != grids[0].Tier):
			return &EditError{Field: "grids", Reason: "is of another kind or tier than the first", Grid: id}
		case len(g.Boundary) > 0:
			shapes = append(shapes, g.Boundary)
		}
		grids = append(grids, g)
	}
	keep, err := e.keeper(grids)
	if err != nil {
		return err
	}
	boundary, err := together(shapes)
	if err != nil {
		return refused("grids", err)
	}
	kept := w.change(keep)
	kept.Boundary, kept.Predecessors = boundary, slices.Clone(kept.Predecessors)
	for _, id := range ids {
		if id == keep {
			continue
		}
		w.remove(id, keep)
		if !slices.Contains(kept.Predecessors, id) {
			kept.Predecessors = append(kept.Predecessors, id)
		}
	}
	return nil
}

// coverMore gives ground to an overlay, away from overlays that From names.
func (w *draft) coverMore(e Transfer, field string, ground topo.Shape) error {
	to := w.before(e.To)
	if len(e.Grids) > 0 {
		return &EditError{Field: "atoms", Reason: "cannot go under a grid that lies over others", Grid: e.To}
	}
	if err := w.overlay(&ground, e.ToleranceM); err != nil {
		return err
	}
	for _, id := range e.From {
		from := w.before(id)
		switch {
		case from == nil:
			return &missingError{"from", id}
		case from.Partitions() || id == e.To || len(from.Boundary) == 0:
			return &EditError{Field: "from", Reason: "is no other drawn grid that lies over others", Grid: id}
		}
		pieces, _, err := topo.CutRegion([]topo.Shape{from.Boundary}, ground)
		if err != nil {
			return refused(field, err)
		}
		if pieces.Alone[0] == nil {
			return &EditError{Field: "from", Reason: "would be left without ground: merge it", Grid: id}
		}
		if pieces.Left[0] != nil {
			w.change(id).Boundary = pieces.Alone[0]
		}
	}
	if len(to.Boundary) > 0 {
		var err error
		if ground, err = together([]topo.Shape{to.Boundary, ground}); err != nil {
			return refused(field, err)
		}
	}
	if err := w.inTerritory(ground); err != nil {
		return err
	}
	w.change(e.To).Boundary = ground
	return nil
}

// bend replaces a stretch of an overlay's border by a line: the shorter of the
// ways between its ends.
func (w *draft) bend(e Reshape) error {
	g := w.before(e.Grid)
	if len(g.Boundary) == 0 {
		return &EditError{Field: "grid", Reason: "is not drawn", Grid: e.Grid}
	}
	if e.With != 0 {
		return &EditError{Field: "with", Reason: "is not a sibling", Grid: e.With}
	}
	shape, line, err := w.attachLine(g, e.Line, e.ToleranceM)
	if err != nil {
		return err
	}
	ahead, back, ok := shape.Ways(line[0], line[len(line)-1])
	if !ok {
		return &EditError{Field: "line", Reason: "does not begin and end on one border of the grid", Grid: e.Grid, At: &line[0]}
	}
	old := ahead
	if lengthM(back) < lengthM(ahead) {
		old = back
	}
	pieces, bare, err := topo.ReplaceStretch([]topo.Shape{shape}, old, line)
	if err != nil {
		return refused("line", err)
	}
	if pieces.Alone[0] == nil {
		return &EditError{Field: "grid", Reason: "would be left without ground: merge it", Grid: e.Grid}
	}
	bent, err := topo.Union([]topo.Shape{pieces.Alone[0], bare})
	if err != nil {
		return err
	}
	if err := w.inTerritory(bent); err != nil {
		return err
	}
	w.change(e.Grid).Boundary = bent
	return nil
}

// attachLine snaps a line to the border of an overlay.
func (w *draft) attachLine(g *geo.Grid, line []topo.Point, toleranceM float64) (topo.Shape, []topo.Point, error) {
	if err := checkTolerance(toleranceM); err != nil {
		return nil, nil, err
	}
	if err := topo.CheckLine(line); err != nil {
		return nil, nil, refused("line", err)
	}
	shapes, line := topo.Attach([]topo.Shape{g.Boundary}, line, toleranceM)
	return shapes[0], line, refused("line", topo.CheckLine(line))
}

// splitOverlay cuts an overlay in two; the larger part keeps the code.
func (w *draft) splitOverlay(e Split) error {
	g := w.before(e.Grid)
	if len(g.Boundary) == 0 {
		return &EditError{Field: "grid", Reason: "is not drawn", Grid: e.Grid}
	}
	shape, line, err := w.attachLine(g, e.Line, e.ToleranceM)
	if err != nil {
		return err
	}
	pieces, err := topo.CutLine([]topo.Shape{shape}, []bool{true}, line)
	if err != nil {
		return refused("line", err)
	}
	parts := []topo.Shape{pieces.Left[0], pieces.Right[0]}
	slices.SortStableFunc(parts, func(a, b topo.Shape) int { return cmp.Compare(b.AreaM2(), a.AreaM2()) })
	kept, err := joined(slices.DeleteFunc([]topo.Shape{parts[0], pieces.Alone[0]}, func(s topo.Shape) bool { return s == nil }))
	if err != nil {
		return err
	}
	twin, err := w.twin(e.Grid, g.Parent)
	if err != nil {
		return err
	}
	w.made = twin.ID
	if twin.Boundary = parts[1]; e.Name != (geo.Name{}) {
		twin.Name = e.Name
	}
	w.change(e.Grid).Boundary = kept
	return nil
}
