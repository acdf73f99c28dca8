package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func whole(*part) bool { return true }

func (e Merge) apply(w *draft) error {
	ids := slices.Clone(e.Grids)
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) < 2 {
		return &EditError{Field: "grids", Reason: "names fewer than two grids"}
	}
	if w.isOverlay(ids[0]) {
		return w.mergeOverlays(e, ids)
	}
	var grids []*geo.Grid
	for _, id := range ids {
		g, err := w.general("grids", id)
		switch {
		case err != nil:
			return err
		case g.Kind != w.before(ids[0]).Kind:
			return &EditError{Field: "grids", Reason: "is of another kind than the first", Grid: id}
		case g.Parent != w.before(ids[0]).Parent:
			return &EditError{Field: "grids", Reason: "is not a sibling of the others", Grid: id}
		}
		grids = append(grids, g)
	}
	if apart := separate(grids); apart != 0 {
		return &EditError{Field: "grids", Reason: "has no border with the others", Grid: apart}
	}
	keep, err := e.keeper(grids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if id == keep {
			continue
		}
		if err := w.dissolve(id, keep); err != nil {
			return err
		}
	}
	return nil
}

// keeper returns which of the grids, ascending by ID, keeps identity and code.
func (e Merge) keeper(grids []*geo.Grid) (geo.GridID, error) {
	if e.Keep == 0 {
		return slices.MinFunc(grids, func(a, b *geo.Grid) int {
			return int(a.Valid.From - b.Valid.From) // of equals the first has the lowest ID
		}).ID, nil
	}
	if !slices.ContainsFunc(grids, func(g *geo.Grid) bool { return g.ID == e.Keep }) {
		return 0, &EditError{Field: "keep", Reason: "is not among the grids", Grid: e.Keep}
	}
	return e.Keep, nil
}

// dissolve gives all of a grid's ground to a sibling and takes it away.
func (w *draft) dissolve(id, heir geo.GridID) error {
	if err := w.take(id, heir, Cut, whole); err != nil {
		return err
	}
	w.remove(id, heir)
	if g := w.change(heir); !slices.Contains(g.Predecessors, id) {
		g.Predecessors = append(slices.Clone(g.Predecessors), id)
	}
	return nil
}

// separate returns a grid that no chain of common borders joins with the
// first, 0 if there is none.
func separate(grids []*geo.Grid) geo.GridID {
	type edge [2]topo.Point
	owner := map[edge]int{}
	group := make([]int, len(grids))
	root := func(i int) int {
		for group[i] != i {
			i = group[i]
		}
		return i
	}
	for i, g := range grids {
		group[i] = i
		for p, q := range g.Boundary.Edges() {
			if j, ok := owner[edge{q, p}]; ok {
				group[root(i)] = root(j)
			}
			owner[edge{p, q}] = i
		}
	}
	for i := range grids {
		if root(i) != root(0) {
			return grids[i].ID
		}
	}
	return 0
}

func (e Retire) apply(w *draft) error {
	g := w.before(e.Grid)
	switch {
	case g == nil:
		return &missingError{"grid", e.Grid}
	case g.Parent == 0:
		return &EditError{Field: "grid", Reason: "is the territory", Grid: e.Grid}
	case !counts(g):
		w.remove(e.Grid, g.Parent)
		return nil
	}
	if e.To != 0 {
		to, err := w.general("to", e.To)
		if err != nil {
			return err
		}
		if to.Parent != g.Parent || e.To == e.Grid {
			return &EditError{Field: "to", Reason: "is not a sibling", Grid: e.To}
		}
		return w.dissolve(e.Grid, e.To)
	}
	if w.nodes[g.Parent].ground == 1 {
		return w.raise(e.Grid, g.Parent)
	}
	heir := w.heir(e.Grid, g.Parent)
	if heir == 0 {
		return &EditError{Field: "to", Reason: "must be named: no sibling has a border with the grid", Grid: e.Grid}
	}
	return w.dissolve(e.Grid, heir)
}

// raise gives the ground of an only child, or the grids under it, to its
// parent.
func (w *draft) raise(id, parent geo.GridID) error {
	if w.isLeaf(id) {
		for _, k := range w.partsOf(id) {
			w.parts[k].to = parent
		}
	} else {
		for _, c := range w.children(id) {
			if err := w.join(c, parent); err != nil {
				return err
			}
		}
	}
	w.remove(id, parent)
	return nil
}

// heir returns the general sibling with the longest border with a grid, 0 for
// none.
func (w *draft) heir(id, parent geo.GridID) geo.GridID {
	length := map[geo.GridID]float64{}
	shape := w.before(id).Boundary
	for _, leaf := range w.near.find(shape.Bound()) {
		if sibling := w.ancestor(leaf, parent); sibling != 0 && sibling != id && w.before(sibling).Kind == geo.General {
			length[sibling] += topo.SharedBorderM(shape, w.nodes[leaf].Boundary)
		}
	}
	var best geo.GridID
	for _, s := range sortedKeys(length) {
		if length[s] > length[best] {
			best = s
		}
	}
	return best
}
