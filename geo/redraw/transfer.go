package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func (e Transfer) apply(w *draft) error {
	if err := oneOfStraddling(e.Straddling, Cut, LargerShare, Absorb); err != nil {
		return err
	}
	to := w.before(e.To)
	if to == nil {
		return &missingError{"to", e.To}
	}
	field, ground, err := e.ground()
	switch {
	case err != nil:
		return err
	case !to.Partitions():
		return w.coverMore(e, field, ground)
	case to.Parent == 0:
		return &EditError{Field: "to", Reason: "is no general grid below the territory", Grid: e.To}
	}
	for _, id := range e.From {
		if g := w.before(id); g == nil {
			return &missingError{"from", id}
		} else if g.Parent != to.Parent || id == e.To {
			return &EditError{Field: "from", Reason: "is not a sibling of the grid that takes", Grid: id}
		}
	}
	if ground != nil {
		if err := w.cutRegion(field, ground, e.ToleranceM, to.Parent); err != nil {
			return err
		}
	}
	if err := w.takeGrids(e, to); err != nil {
		return err
	}
	givers := w.givers(to.Parent, e.To)
	if len(e.From) > 0 {
		givers = slices.DeleteFunc(givers, func(id geo.GridID) bool { return !slices.Contains(e.From, id) })
	}
	if len(givers) == 0 && len(e.Grids) > 0 {
		return nil
	}
	if len(givers) == 0 {
		return &EditError{Field: field, Reason: "holds no ground of those who could give it", Grid: e.To}
	}
	return w.takeAll(givers, e.To, e.Straddling)
}

// cutRegion lays a region over the leaves near it and refuses one that reaches
// outside the grid whose children it is about.
func (w *draft) cutRegion(field string, region topo.Shape, toleranceM float64, parent geo.GridID) error {
	if err := topo.CheckRegion(region); err != nil {
		return refused(field, err)
	}
	if err := checkTolerance(toleranceM); err != nil {
		return err
	}
	leaves := w.near.find(region.Bound().Grow(toleranceM))
	shapes, err := w.patch(field, leaves)
	if err != nil {
		return err
	}
	shapes, attached := attachRings(shapes, region, toleranceM)
	pieces, bare, err := topo.CutRegion(shapes, attached)
	if err != nil {
		return w.unlaid(field, leaves, err)
	}
	outside := bare
	w.lay(leaves, pieces)
	for i := range w.parts {
		if p := &w.parts[i]; p.class == left && !w.isUnder(p.from, parent) {
			outside = append(outside, p.shape...)
			p.class = alone
		}
	}
	if outside.AreaM2() > topo.DefaultTolerance.AreaM2 {
		at := outside.InteriorPoint()
		return &EditError{Field: field, Reason: "reaches outside the parent", Grid: parent, At: &at}
	}
	return nil
}

// attachRings attaches the rings of a region to shapes and these to it.
func attachRings(shapes []topo.Shape, region topo.Shape, toleranceM float64) ([]topo.Shape, topo.Shape) {
	attached := make(topo.Shape, len(region))
	for i, polygon := range region {
		for _, ring := range polygon {
			var points []topo.Point
			shapes, points = topo.Attach(shapes, ring, toleranceM)
			if len(points) > 1 && points[0] == points[len(points)-1] {
				points = points[1:]
			}
			attached[i] = append(attached[i], points)
		}
	}
	return shapes, attached
}

// isUnder reports whether a grid is top or will lie under it.
func (w *draft) isUnder(id, top geo.GridID) bool {
	for id != top {
		g := w.grid(id)
		if g == nil {
			return false
		}
		id = g.Parent
	}
	return true
}

// givers returns the children of parent, but to, that have ground in the
// region.
func (w *draft) givers(parent, to geo.GridID) []geo.GridID {
	var ids []geo.GridID
	for i := range w.parts {
		if p := &w.parts[i]; p.class == left {
			if id := w.ancestor(p.from, parent); id != 0 && id != to {
				ids = append(ids, id)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// takeAll gives what the givers have in the region to a sibling, and refuses
// when one of them would be left without ground; a rest may go.
func (w *draft) takeAll(givers []geo.GridID, to geo.GridID, mode Straddling) error {
	for _, id := range givers {
		w.need[id] = !w.grid(id).Rest
		if err := w.take(id, to, mode, func(p *part) bool { return p.class == left }); err != nil {
			return err
		}
	}
	return w.keepGround(givers)
}

// keepGround refuses to leave a grid without ground.
func (w *draft) keepGround(ids []geo.GridID) error {
	kept := map[geo.GridID]bool{}
	for i := range w.parts {
		kept[w.parts[i].to] = true
	}
	for _, id := range ids {
		if !w.grid(id).Rest && !slices.ContainsFunc(w.leaves(id), func(leaf geo.GridID) bool { return kept[leaf] || w.of[leaf] == nil }) {
			return &EditError{Field: "grid", Reason: "would be left without ground: merge it", Grid: id}
		}
	}
	return nil
}

// take gives the ground of a grid for which in holds to another. A grid that
// is not divided takes it as its own; else grids go over as a whole, those on
// both sides as mode says, and ground that is not divided goes to the grid
// over there with the longest border.
func (w *draft) take(id, to geo.GridID, mode Straddling, in func(*part) bool) error {
	if w.isLeaf(to) {
		w.partsOf(to)
		for _, leaf := range w.leaves(id) {
			for _, k := range w.partsOf(leaf) {
				if in(&w.parts[k]) {
					w.parts[k].to = to
				}
			}
		}
		return nil
	}
	if w.isLeaf(id) {
		return w.absorb(id, to, in)
	}
	for _, c := range w.children(id) {
		if !counts(w.grid(c)) {
			continue
		}
		if err := w.takeChild(id, c, to, mode, in); err != nil {
			return err
		}
	}
	return nil
}

// takeChild gives to what child c of a grid has inside.
func (w *draft) takeChild(id, c, to geo.GridID, mode Straddling, in func(*part) bool) error {
	var inside, outside share
	leaves := w.leaves(c)
	for _, leaf := range leaves {
		for _, k := range w.partsOf(leaf) {
			if in(&w.parts[k]) {
				inside.add(&w.parts[k])
			} else {
				outside.add(&w.parts[k])
			}
		}
	}
	switch {
	case inside.area == 0:
		return nil
	case outside.area == 0:
		return w.join(c, to)
	case mode == LargerShare:
		w.straddlers = append(w.straddlers, Straddler{Grid: c, Did: Stayed}) // follow tells if it did not
		if inside.area <= outside.area {
			return nil
		}
		return w.join(c, to)
	case mode == Absorb:
		for _, leaf := range leaves {
			if err := w.absorb(leaf, to, in); err != nil {
				return err
			}
		}
		return nil
	}
	made, err := w.divide(c, sides{[2]geo.GridID{id, to}, func(p *part) int {
		if in(p) {
			return 1
		}
		return 0
	}})
	if made != 0 {
		w.straddlers = append(w.straddlers, Straddler{c, WasCut, made})
	}
	return err
}

// absorb gives what a leaf has inside, polygon by polygon, to the leaves under
// to that have the longest border with it.
func (w *draft) absorb(leaf, to geo.GridID, in func(*part) bool) error {
	w.scatter(leaf)
	for _, k := range w.partsOf(leaf) {
		if !in(&w.parts[k]) {
			continue
		}
		heir := w.neighbour(k, func(id geo.GridID) geo.GridID {
			if id != leaf && w.isUnder(id, to) {
				return id
			}
			return 0
		})
		if heir == 0 {
			at := w.parts[k].shape.InteriorPoint()
			return &EditError{Field: "to", Reason: "has no grid with a border to the ground it would take", Grid: to, At: &at}
		}
		w.partsOf(heir)
		w.parts[k].to = heir
		w.straddlers = append(w.straddlers, Straddler{leaf, Absorbed, heir})
	}
	return nil
}

// neighbour returns the grid with the longest border with a part, 0 for none.
// of tells for a leaf for which grid its border counts, 0 for none.
func (w *draft) neighbour(k int, of func(leaf geo.GridID) geo.GridID) geo.GridID {
	length := map[geo.GridID]float64{}
	shape := w.parts[k].shape
	for _, leaf := range w.near.find(shape.Bound()) {
		id := of(leaf)
		if id == 0 {
			continue
		}
		ground := []topo.Shape{w.nodes[leaf].Boundary}
		if w.of[leaf] != nil {
			ground = ground[:0]
			for _, j := range w.of[leaf] {
				if j != k && w.parts[j].to == leaf {
					ground = append(ground, w.parts[j].shape)
				}
			}
		}
		for _, s := range ground {
			length[id] += topo.SharedBorderM(shape, s)
		}
	}
	var best geo.GridID
	for _, id := range sortedKeys(length) {
		if length[id] > length[best] {
			best = id
		}
	}
	return best
}
