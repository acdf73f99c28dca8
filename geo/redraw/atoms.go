package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// ground returns the ground that a transfer names, nil when it names grids
// alone, and the field that says so.
func (e Transfer) ground() (field string, ground topo.Shape, err error) {
	var shapes []topo.Shape
	if field = "region"; e.Region != nil {
		shapes = append(shapes, e.Region)
	} else if len(e.Compounds) > 0 {
		field = "compounds"
	}
	for i := range e.Compounds {
		c := &e.Compounds[i]
		if len(c.Boundary) == 0 {
			return field, nil, &EditError{Field: "compounds", Reason: "is not drawn", Name: c.Code}
		}
		shapes = append(shapes, c.Boundary)
	}
	if len(shapes) == 0 && len(e.Grids) == 0 {
		return field, nil, &EditError{Field: "region", Reason: "is missing: name a region, compounds or atoms"}
	}
	ground, err = together(shapes)
	return field, ground, refused(field, err)
}

// together returns the ground that any of the shapes takes; they may overlap.
func together(shapes []topo.Shape) (topo.Shape, error) {
	var all topo.Shape
	for i, s := range shapes {
		if err := topo.CheckRegion(s); err != nil {
			return nil, err
		}
		if i == 0 {
			all = s
			continue
		}
		pieces, bare, err := topo.CutRegion([]topo.Shape{all}, s)
		if err != nil {
			return nil, err
		}
		if all, err = topo.Union([]topo.Shape{pieces.Left[0], pieces.Alone[0], bare}); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// takeGrids puts grids under siblings of to under to itself, with their ground
// and all under them.
func (w *draft) takeGrids(e Transfer, to *geo.Grid) error {
	for _, id := range e.Grids {
		g := w.before(id)
		if g == nil {
			return &missingError{"atoms", id}
		}
		up := w.before(g.Parent)
		switch {
		case up == nil:
			return &EditError{Field: "atoms", Reason: "is the territory", Grid: id}
		case up.ID == to.ID:
			return &EditError{Field: "atoms", Reason: "lies under the grid that takes already", Grid: id}
		case up.Parent != to.Parent || up.Parent == 0:
			return &EditError{Field: "atoms", Reason: "lies under no sibling of the grid that takes: move it", Grid: id}
		case len(e.From) > 0 && !slices.Contains(e.From, up.ID):
			return &EditError{Field: "atoms", Reason: "lies under none of those who give", Grid: id}
		case to.Kind != geo.General:
			return &EditError{Field: "to", Reason: "is not a general grid", Grid: to.ID}
		case counts(g) && w.nodes[to.ID].ground == 0:
			return &EditError{Field: "to", Reason: "has no grids under it yet: create one", Grid: to.ID}
		}
		if err := w.join(id, to.ID); err != nil {
			return err
		}
	}
	for _, id := range e.Grids {
		up := w.before(id).Parent
		if counts(w.before(id)) && !slices.ContainsFunc(w.children(up), func(c geo.GridID) bool { return counts(w.grid(c)) }) {
			return &EditError{Field: "atoms", Reason: "would leave its parent without ground: merge that", Grid: up}
		}
	}
	return nil
}
