package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A draft is an edit under way: what it changes, over a drawing that stays as
// it is.
type draft struct {
	*Drawing
	grids      map[geo.GridID]*geo.Grid    // as they will be; nil: gone
	added      map[geo.GridID][]geo.GridID // children that were not there before
	taken      map[string]bool             // codes of new grids
	fresh      geo.GridID
	parts      []part
	of         map[geo.GridID][]int        // the parts of a leaf that was there before
	need       map[geo.GridID]bool         // grids that must keep ground
	filled     map[geo.GridID][]topo.Shape // gaps among the children of a grid that one of them takes
	slivers    map[geo.GridID]topo.Shape   // between the old and the new outline of grids that only got vertices
	strays     map[int32]geo.GridID        // dwellings outside all parts of their leaf
	straddlers []Straddler
	made       geo.GridID // by a split or create
}

// A part is ground of a leaf that goes to one leaf as a whole.
type part struct {
	shape    topo.Shape
	from, to geo.GridID
	class    class
	heir     geo.GridID // of ground that a reshaped grid loses
	homes    []int32    // dwellings in it
}

// A class says where a part lies: left or right of what was drawn.
type class int8

const (
	alone class = iota
	left
	right
)

func newDraft(d *Drawing) *draft {
	return &draft{
		Drawing: d, grids: map[geo.GridID]*geo.Grid{}, added: map[geo.GridID][]geo.GridID{}, taken: map[string]bool{},
		fresh: max(d.next, 1), of: map[geo.GridID][]int{}, need: map[geo.GridID]bool{},
		filled: map[geo.GridID][]topo.Shape{}, slivers: map[geo.GridID]topo.Shape{}, strays: map[int32]geo.GridID{},
	}
}

// before returns the grid as it was, nil if it was not there.
func (w *draft) before(id geo.GridID) *geo.Grid {
	if n := w.nodes[id]; n != nil {
		return &n.Grid
	}
	return nil
}

// grid returns the grid as it will be, nil if it will not be there.
func (w *draft) grid(id geo.GridID) *geo.Grid {
	if g, changed := w.grids[id]; changed {
		return g
	}
	return w.before(id)
}

// change returns the grid for changing.
func (w *draft) change(id geo.GridID) *geo.Grid {
	if g := w.grids[id]; g != nil {
		return g
	}
	g := *w.grid(id)
	w.grids[id] = &g
	return &g
}

// create puts a new grid in the draft, with an ID of its own.
func (w *draft) create(g geo.Grid) *geo.Grid {
	g.ID = w.fresh
	w.fresh++
	w.taken[g.Code] = true
	w.grids[g.ID] = &g
	w.added[g.Parent] = append(w.added[g.Parent], g.ID)
	return &g
}

// remove takes a grid and all general grids under it away; what overlays it
// and undrawn grids go to heir, or above it to the first grid of a tier above
// their own.
func (w *draft) remove(id, heir geo.GridID) {
	for _, c := range w.children(id) {
		if g := w.grid(c); counts(g) || w.isNew(c) {
			w.remove(c, heir)
		} else {
			up := heir
			for w.grid(up).Tier >= g.Tier {
				up = w.grid(up).Parent
			}
			w.reparent(c, up)
		}
	}
	w.grids[id] = nil
}

// reparent puts a grid under another parent.
func (w *draft) reparent(id, parent geo.GridID) {
	if w.grid(id).Parent == parent {
		return
	}
	if b := w.before(id); b == nil || b.Parent != parent {
		w.added[parent] = append(w.added[parent], id)
	}
	w.change(id).Parent = parent
	for _, leaf := range w.leaves(id) {
		w.partsOf(leaf)
	}
}

func (w *draft) isNew(id geo.GridID) bool { return w.nodes[id] == nil && w.grids[id] != nil }

// children returns the IDs of the children a grid will have, ascending.
func (w *draft) children(id geo.GridID) []geo.GridID {
	var ids []geo.GridID
	if n := w.nodes[id]; n != nil {
		ids = append(ids, n.children...)
	}
	ids = append(ids, w.added[id]...)
	ids = slices.DeleteFunc(ids, func(c geo.GridID) bool {
		g := w.grid(c)
		return g == nil || g.Parent != id
	})
	slices.Sort(ids)
	return slices.Compact(ids)
}

// isLeaf reports whether the ground of a grid is its own: no drawn general
// grids stand under it.
func (w *draft) isLeaf(id geo.GridID) bool {
	for _, c := range w.added[id] {
		if g := w.grid(c); g != nil && g.Parent == id && (counts(g) || w.isNew(c)) {
			return false
		}
	}
	n := w.nodes[id]
	return n == nil || n.ground == 0
}

// leaves returns the leaves that a grid is made of, itself if it is one,
// ascending.
func (w *draft) leaves(id geo.GridID) []geo.GridID {
	g := w.grid(id)
	if !counts(g) && !w.isNew(id) || !g.Partitions() {
		return nil
	}
	if w.isLeaf(id) {
		return []geo.GridID{id}
	}
	var ids []geo.GridID
	for _, c := range w.children(id) {
		ids = append(ids, w.leaves(c)...)
	}
	slices.Sort(ids)
	return ids
}

// general returns a drawn grid below the root that takes part in the
// partition, for an edit of its ground.
func (w *draft) general(field string, id geo.GridID) (*geo.Grid, error) {
	g := w.before(id)
	switch {
	case g == nil:
		return nil, &missingError{field, id}
	case !g.Partitions():
		return nil, &EditError{Field: field, Reason: "is not a general grid", Grid: id}
	case g.Parent == 0:
		return nil, &EditError{Field: field, Reason: "is the territory", Grid: id}
	case len(g.Boundary) == 0:
		return nil, &EditError{Field: field, Reason: "is not drawn", Grid: id}
	}
	return g, nil
}

// ancestor returns the grid above id, or id itself, that stands under parent;
// 0 if there is none.
func (w *draft) ancestor(id, parent geo.GridID) geo.GridID {
	for id != 0 {
		g := w.grid(id)
		if g == nil || g.Parent == parent {
			break
		}
		id = g.Parent
	}
	if g := w.grid(id); g == nil {
		return 0
	}
	return id
}

// code returns the next free code for a grid like another under parent.
func (w *draft) code(like *geo.Grid, parent geo.GridID) (string, error) {
	up, to := "", ""
	if g := w.before(like.Parent); g != nil {
		up = g.Code
	}
	if g := w.grid(parent); g != nil {
		to = g.Code
	}
	s, n := seriesUnder(like.Code, up, to)
	code := w.codes.next(s, n, w.taken)
	if code == "" {
		return "", &EditError{Field: "code", Reason: noNumber, Grid: like.ID, Name: like.Code}
	}
	return code, nil
}

// twin makes a new grid like one that was cut.
func (w *draft) twin(id, parent geo.GridID) (*geo.Grid, error) {
	g := *w.grid(id)
	code, err := w.code(w.before(id), parent)
	if err != nil {
		return nil, err
	}
	g.Code, g.Parent, g.Boundary, g.Predecessors = code, parent, nil, []geo.GridID{id}
	return w.create(g), nil
}

// lay puts the pieces of leaves in the draft, each with its owner.
func (w *draft) lay(leaves []geo.GridID, p topo.Pieces) {
	for i, id := range leaves {
		for side, shapes := range [][]topo.Shape{alone: p.Alone, left: p.Left, right: p.Right} {
			if shapes[i] != nil {
				w.addPart(part{shape: shapes[i], from: id, to: id, class: class(side)})
			}
		}
		w.house(id)
	}
}

func (w *draft) addPart(p part) {
	w.of[p.from] = append(w.of[p.from], len(w.parts))
	w.parts = append(w.parts, p)
}

// partsOf returns the parts of a leaf; one that nothing was drawn over is one
// part.
func (w *draft) partsOf(leaf geo.GridID) []int {
	if w.of[leaf] == nil && counts(w.before(leaf)) {
		w.addPart(part{shape: w.before(leaf).Boundary, from: leaf, to: leaf})
		w.house(leaf)
	}
	return w.of[leaf]
}

// house puts the dwellings of a leaf into its parts. One that a border rounded
// to the lattice has left behind is a stray.
func (w *draft) house(leaf geo.GridID) {
	of := w.of[leaf]
	if len(of) == 0 {
		return // a new grid: its parts are those of others
	}
	for _, k := range of {
		w.parts[k].homes = nil
	}
	if first := &w.parts[of[0]]; len(of) == 1 && &first.shape[0] == &w.nodes[leaf].Boundary[0] {
		first.homes = w.homes[leaf]
		return
	}
	for _, i := range w.homes[leaf] {
		k := slices.IndexFunc(of, func(k int) bool { return w.parts[k].shape.Contains(w.dwellings[i].At) })
		if k < 0 {
			w.strays[i] = leaf
			continue
		}
		at := &w.parts[of[k]]
		at.homes = append(at.homes, i)
	}
}

// scatter parts the pieces of a leaf that have several polygons, so that each
// can go its own way.
func (w *draft) scatter(leaf geo.GridID) {
	for _, k := range w.partsOf(leaf) {
		shape := w.parts[k].shape
		if len(shape) < 2 || w.parts[k].class == alone {
			continue
		}
		for _, polygon := range shape[1:] {
			p := w.parts[k]
			p.shape = topo.Shape{polygon}
			w.addPart(p)
		}
		w.parts[k].shape = shape[:1:1]
	}
	w.house(leaf)
}

// A share is what lies on one side of a border.
type share struct {
	households int
	area       float64
}

func (s *share) add(p *part) {
	s.households += len(p.homes)
	s.area += p.shape.AreaM2()
}

// more compares shares by households, then by area.
func (s share) more(o share) int {
	return cmp.Or(cmp.Compare(s.households, o.households), cmp.Compare(s.area, o.area))
}

// noSuchGrid is the reason of a missingError.
const noSuchGrid = "no such grid"

// A missingError names a grid that is not there.
type missingError struct {
	field string
	grid  geo.GridID
}

func (e *missingError) Error() string {
	return (&EditError{Field: e.field, Reason: noSuchGrid, Grid: e.grid}).Error()
}

// Is makes every missingError an [ErrNotFound].
func (e *missingError) Is(target error) bool { return target == geo.ErrNotFound }
