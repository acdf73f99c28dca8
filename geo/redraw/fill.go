package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func (e Fill) apply(w *draft) error {
	to := w.before(e.To)
	switch {
	case to == nil:
		return &missingError{"to", e.To}
	case to.Parent == 0 || !to.Partitions():
		return &EditError{Field: "to", Reason: "is no general grid below the territory", Grid: e.To}
	}
	if err := topo.CheckRegion(e.Region); err != nil {
		return refused("region", err)
	}
	gaps, err := w.gaps(to.Parent, e.Region)
	if err != nil {
		return err
	}
	for _, gap := range gaps {
		if err := w.fill(to, gap); err != nil {
			return err
		}
	}
	return nil
}

// gaps returns the ground of a parent that none of its children holds, gap by
// gap, as far as a region means it, and proves it: laid over the children it
// takes nothing of theirs, laid over the parent all of it is the parent's, and
// nobody needs a new vertex for it.
func (w *draft) gaps(parent geo.GridID, region topo.Shape) ([]topo.Shape, error) {
	up := w.before(parent)
	nowhere := &EditError{Field: "region", Reason: "lies in no gap among the grids of the parent", Grid: parent}
	if w.nodes[parent].ground == 0 {
		return nil, nowhere
	}
	var children []topo.Shape
	vertices := up.Boundary.Vertices()
	for _, c := range w.children(parent) {
		if g := w.before(c); counts(g) {
			children = append(children, g.Boundary)
			vertices += g.Boundary.Vertices()
		}
	}
	if vertices > maxPatch {
		return nil, &EditError{Field: "region", Reason: "meets more ground than one edit may change"}
	}
	faults, dust := topo.Faults(up.Boundary, children, topo.DefaultTolerance)
	var gaps []topo.Shape
	for _, f := range append(faults, dust...) {
		if f.Kind != topo.Gap || !region.Contains(f.At) && !f.Region.Contains(region.InteriorPoint()) {
			continue
		}
		if !bare(up.Boundary, children, f.Region) {
			return nil, &EditError{Field: "region", Reason: "means a gap whose border meets an overlap: mend that first", Grid: parent, At: &f.At}
		}
		gaps = append(gaps, f.Region)
	}
	if len(gaps) == 0 {
		return nil, nowhere
	}
	return gaps, nil
}

// bare proves that ground is the parent's, which may be nil where it is not
// drawn, and no child's, and that it fits them vertex for vertex.
func bare(parent topo.Shape, children []topo.Shape, ground topo.Shape) bool {
	box := ground.Bound()
	near := slices.DeleteFunc(slices.Clone(children), func(s topo.Shape) bool { return !s.Bound().Intersects(box) })
	pieces, free, err := topo.CutRegion(near, ground)
	if err != nil || !sameShape(free, ground) {
		return false
	}
	for i, s := range near {
		if pieces.Left[i] != nil || !sameShape(pieces.Alone[i], s) {
			return false
		}
	}
	if len(parent) == 0 {
		return true
	}
	pieces, free, err = topo.CutRegion([]topo.Shape{parent}, ground)
	return err == nil && free == nil && sameShape(pieces.Left[0], ground)
}

// fill gives a gap to a grid, or to the one under it that has the longest
// border with the gap. Who lives in it comes into a grid by that.
func (w *draft) fill(to *geo.Grid, gap topo.Shape) error {
	k, heir := len(w.parts), to.ID
	w.parts = append(w.parts, part{shape: gap, from: to.Parent, to: to.Parent})
	if !w.isLeaf(to.ID) {
		heir = w.neighbour(k, func(leaf geo.GridID) geo.GridID {
			if w.isUnder(leaf, to.ID) {
				return leaf
			}
			return 0
		})
	}
	if heir == 0 {
		at := gap.InteriorPoint()
		return &EditError{Field: "to", Reason: "has no grid with a border to the ground it would take", Grid: to.ID, At: &at}
	}
	w.partsOf(heir)
	w.parts[k].to = heir
	w.filled[to.Parent] = append(w.filled[to.Parent], gap)
	box := gap.Bound()
	for _, home := range w.homes[0] {
		if at := w.dwellings[home].At; box.Contains(at) && gap.Contains(at) {
			w.strays[home] = 0
		}
	}
	return nil
}
