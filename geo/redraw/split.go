package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// sides are the two grids that ground is divided between, and how a part
// falls: 0 or 1, or -1 to go with whatever keeps the code.
type sides struct {
	parents [2]geo.GridID
	of      func(*part) int
}

func byClass(p *part) int { return int(p.class) - 1 }

func (e Split) apply(w *draft) error {
	if err := oneOfStraddling(e.Straddling, Cut, LargerShare); err != nil {
		return err
	}
	if w.isOverlay(e.Grid) {
		return w.splitOverlay(e)
	}
	g, err := w.general("grid", e.Grid)
	if err != nil {
		return err
	}
	own := w.leaves(e.Grid)
	leaves, line, shapes, err := w.under(e.Line, e.ToleranceM, g.Boundary.Bound(), own)
	if err != nil {
		return err
	}
	cut := make([]bool, len(leaves))
	for i, id := range leaves {
		_, cut[i] = slices.BinarySearch(own, id)
	}
	pieces, err := topo.CutLine(shapes, cut, line)
	if err != nil {
		return w.unlaid("line", leaves, err)
	}
	w.lay(leaves, pieces)
	s := sides{[2]geo.GridID{g.Parent, g.Parent}, byClass}
	if e.Straddling == LargerShare && !w.isLeaf(e.Grid) {
		if s.of, err = w.larger(e.Grid, s.of); err != nil {
			return err
		}
	}
	made, err := w.divide(e.Grid, s)
	if err != nil {
		return err
	}
	if w.made = made; e.Name != (geo.Name{}) {
		w.change(made).Name = e.Name
	}
	return nil
}

func oneOfStraddling(s Straddling, allowed ...Straddling) error {
	if s != "" && !slices.Contains(allowed, s) {
		return &EditError{Field: "straddling", Reason: "cannot be " + string(s) + " here"}
	}
	return nil
}

// maxPatch is how many vertices the ground that one edit looks at may have. A
// township of 5,000 grids fits; a line across a whole city does not.
const maxPatch = 500_000

// under returns the leaves near a line and within a box, and those of own,
// ascending, with their shapes and the line attached to each other.
func (w *draft) under(line []topo.Point, toleranceM float64, within topo.Box, own []geo.GridID) ([]geo.GridID, []topo.Point, []topo.Shape, error) {
	if len(line) > topo.MaxLine {
		return nil, nil, nil, &EditError{Field: "line", Reason: topo.LineTooLong}
	}
	if err := checkTolerance(toleranceM); err != nil {
		return nil, nil, nil, err
	}
	for i := range line {
		if err := topo.CheckPoint(line[i]); err != nil {
			return nil, nil, nil, refused("line", err)
		}
	}
	within = within.Grow(toleranceM)
	leaves := slices.DeleteFunc(w.near.find(topo.Ring(line).Bound().Grow(toleranceM)), func(id geo.GridID) bool {
		return !w.near.boxes[id].Intersects(within)
	})
	leaves = append(leaves, own...)
	slices.Sort(leaves)
	leaves = slices.Compact(leaves)
	shapes, err := w.patch("line", leaves)
	if err != nil {
		return nil, nil, nil, err
	}
	shapes, line = topo.Attach(shapes, line, toleranceM)
	return leaves, line, shapes, nil
}

// patch returns the shapes of leaves that an edit is to look at.
func (w *draft) patch(field string, leaves []geo.GridID) ([]topo.Shape, error) {
	shapes := make([]topo.Shape, len(leaves))
	vertices := 0
	for i, id := range leaves {
		shapes[i] = w.nodes[id].Boundary
		vertices += shapes[i].Vertices()
	}
	if vertices > maxPatch {
		return nil, &EditError{Field: field, Reason: "meets more ground than one edit may change"}
	}
	return shapes, nil
}

// maxTolerance is the furthest that a drawn point is moved, in metres.
const maxTolerance = 100

func checkTolerance(m float64) error {
	if !(m >= 0 && m <= maxTolerance) {
		return &EditError{Field: "tolerance_m", Reason: "is not between 0 and 100"}
	}
	return nil
}

// larger returns sides on which every child of a grid lies as a whole: where
// the larger part of its ground lies.
func (w *draft) larger(id geo.GridID, of func(*part) int) (func(*part) int, error) {
	side := map[geo.GridID]int{}
	var any [2]bool
	for _, c := range w.children(id) {
		var shares [2]share
		leaves := w.leaves(c)
		for _, leaf := range leaves {
			for _, k := range w.partsOf(leaf) {
				if s := of(&w.parts[k]); s >= 0 {
					shares[s].add(&w.parts[k])
				}
			}
		}
		to := -1
		if shares[0].area > 0 || shares[1].area > 0 {
			to = 0
			if shares[1].area > shares[0].area {
				to = 1
			}
			any[to] = true
		}
		for _, leaf := range leaves {
			side[leaf] = to
		}
		if shares[0].area > 0 && shares[1].area > 0 {
			w.straddlers = append(w.straddlers, Straddler{Grid: c, Did: Stayed})
		}
	}
	if !any[0] || !any[1] {
		return nil, &EditError{Field: "line", Reason: "leaves all grids with the larger share on one side", Grid: id}
	}
	return func(p *part) int { return side[p.from] }, nil
}

// divide puts what lies on each side of a grid under the parent there. A grid
// on both sides is cut, and so are the grids under it: the part with more
// households, or else more ground, stays the grid it was, the other is new,
// and its ID is returned.
func (w *draft) divide(id geo.GridID, s sides) (geo.GridID, error) {
	var shares [2]share
	var any [2]bool
	for _, leaf := range w.leaves(id) {
		for _, k := range w.partsOf(leaf) {
			if side := s.of(&w.parts[k]); side >= 0 {
				shares[side].add(&w.parts[k])
				any[side] = true
			}
		}
	}
	keep := 0
	if shares[1].more(shares[0]) > 0 {
		keep = 1
	}
	switch {
	case !any[0] && !any[1]:
		return 0, nil // goes with the grid it lies under
	case !any[1-keep] || !any[keep]:
		if any[1-keep] {
			keep = 1 - keep
		}
		return 0, w.join(id, s.parents[keep])
	}
	if err := w.join(id, s.parents[keep]); err != nil {
		return 0, err
	}
	twin, err := w.twin(id, s.parents[1-keep])
	if err != nil {
		return 0, err
	}
	return twin.ID, w.divideUnder(id, twin.ID, keep, s)
}

// divideUnder divides the ground of a grid, or the grids under it, between it
// and its twin.
func (w *draft) divideUnder(id, twin geo.GridID, keep int, s sides) error {
	if n := w.nodes[id]; n.ground == 0 {
		for _, k := range w.of[id] {
			if s.of(&w.parts[k]) == 1-keep {
				w.parts[k].to = twin
			}
		}
		return nil
	}
	down := sides{of: func(p *part) int {
		if side := s.of(p); side >= 0 {
			return side
		}
		return keep
	}}
	down.parents[keep], down.parents[1-keep] = id, twin
	for _, c := range w.children(id) {
		if !counts(w.grid(c)) {
			continue
		}
		made, err := w.divide(c, down)
		if err != nil {
			return err
		}
		if made != 0 {
			w.straddlers = append(w.straddlers, Straddler{c, WasCut, made})
		}
	}
	return nil
}

// join puts a grid under a parent whose tier is above its own.
func (w *draft) join(id, parent geo.GridID) error {
	g, up := w.grid(id), w.grid(parent)
	if g.Parent == parent {
		return nil
	}
	if up == nil || up.Tier >= g.Tier {
		return &EditError{Field: "grid", Reason: "cannot go under a grid that is not of a higher tier", Grid: id}
	}
	w.reparent(id, parent)
	return nil
}
