package redraw

import (
	"cmp"
	"errors"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// finish makes the redrawing of a draft: the ground of the leaves from their
// parts, the outlines above them, the proof, and who moved.
func (w *draft) finish() (Redrawing, error) {
	if err := w.settle(); err != nil {
		return Redrawing{}, err
	}
	sums, err := w.derive()
	if err != nil {
		return Redrawing{}, err
	}
	if err := w.prove(sums); err != nil {
		return Redrawing{}, err
	}
	w.follow()
	return Redrawing{Changes: w.changes(), Shifts: w.shifts(), Straddlers: w.straddlers, Made: w.made}, nil
}

// follow says of the straddlers that stayed whole which went over.
func (w *draft) follow() {
	for i := range w.straddlers {
		s := &w.straddlers[i]
		if b, a := w.before(s.Grid), w.grid(s.Grid); s.Did == Stayed && a != nil && a.Parent != b.Parent {
			s.Did, s.Into = Followed, a.Parent
		}
	}
}

// settle gives every leaf the ground of its parts. Where no part changes hands
// within a leaf, borders stay as they are, without new vertices.
func (w *draft) settle() error {
	if !w.redrawn() {
		return nil
	}
	ground := map[geo.GridID][]topo.Shape{}
	for i := range w.parts {
		ground[w.parts[i].to] = append(ground[w.parts[i].to], w.parts[i].shape)
	}
	for _, id := range sortedKeys(ground) {
		shape, err := joined(ground[id])
		if err != nil {
			return w.misfit(err)
		}
		if b := w.before(id); b == nil || !sameShape(b.Boundary, shape) {
			w.change(id).Boundary = shape
		}
	}
	for _, id := range sortedKeys(w.of) {
		if ground[id] == nil && w.grid(id) != nil && w.isLeaf(id) {
			if err := w.empty(id); err != nil {
				return err
			}
		}
	}
	return nil
}

// redrawn reports whether ground passes from a leaf to another.
func (w *draft) redrawn() bool {
	return slices.ContainsFunc(w.parts, func(p part) bool { return p.from != p.to })
}

// empty removes a leaf all of whose ground went to others.
func (w *draft) empty(id geo.GridID) error {
	if w.need[id] {
		return &EditError{Field: "grid", Reason: "would be left without ground: merge it", Grid: id}
	}
	up := w.grid(id).Parent
	w.remove(id, w.parts[w.of[id][0]].to)
	if !slices.ContainsFunc(w.children(up), func(c geo.GridID) bool { return counts(w.grid(c)) }) {
		return &EditError{Field: "grid", Reason: "would be left without ground: merge it", Grid: up}
	}
	return nil
}

// joined returns the union of shapes that fit together.
func joined(shapes []topo.Shape) (topo.Shape, error) {
	if len(shapes) == 1 {
		return shapes[0], nil
	}
	return topo.Union(shapes)
}

// sameShape reports whether two shapes have the same edges.
func sameShape(a, b topo.Shape) bool {
	if len(a) == len(b) && len(a) > 0 && &a[0] == &b[0] {
		return true
	}
	return (len(a) == 0) == (len(b) == 0) && a.Fingerprint() == b.Fingerprint()
}

func sortedKeys[V any](m map[geo.GridID]V) []geo.GridID {
	keys := make([]geo.GridID, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// A sum is what changes among the drawn general children of a grid.
type sum struct {
	removed, added []topo.Shape
	count          int
}

// derive draws the outlines of all grids above what changed, from the deepest
// tier up, and returns what changed among whose children.
func (w *draft) derive() (map[geo.GridID]*sum, error) {
	sums := map[geo.GridID]*sum{}
	waiting := map[int]map[geo.GridID]bool{}
	wait := func(id geo.GridID, tier int) {
		if waiting[tier] == nil {
			waiting[tier] = map[geo.GridID]bool{}
		}
		waiting[tier][id] = true
	}
	deepest := 0
	for id := range w.grids {
		tier := cmp.Or(w.grid(id), w.before(id)).Tier
		deepest = max(deepest, tier)
		wait(id, tier)
	}
	for tier := deepest; tier >= 0; tier-- {
		for _, id := range sortedKeys(waiting[tier]) {
			if err := w.outline(id, sums[id]); err != nil {
				return nil, err
			}
			for _, up := range w.pass(id, sums) {
				if g := w.grid(up); g != nil {
					wait(up, g.Tier)
				}
			}
		}
	}
	return sums, nil
}

// pass tells the parents of a grid what became of its ground, and returns
// those that have to follow.
func (w *draft) pass(id geo.GridID, sums map[geo.GridID]*sum) []geo.GridID {
	b, a := w.before(id), w.grid(id)
	was, is := counts(b), counts(a)
	if was && is && b.Parent == a.Parent && w.slivers[id] == nil && sameShape(b.Boundary, a.Boundary) {
		return nil
	}
	var ups []geo.GridID
	at := func(up geo.GridID) *sum {
		if sums[up] == nil {
			sums[up] = &sum{}
		}
		ups = append(ups, up)
		return sums[up]
	}
	if was && b.Parent != 0 {
		s := at(b.Parent)
		s.removed = append(s.removed, b.Boundary)
		s.count--
	}
	if is && a.Parent != 0 {
		s := at(a.Parent)
		s.added = append(s.added, a.Boundary)
		s.count++
	}
	return ups
}

// outline draws a grid whose children changed.
func (w *draft) outline(id geo.GridID, s *sum) error {
	a := w.grid(id)
	if s == nil || a == nil || !a.Partitions() || w.ground(id, s) == 0 {
		return nil
	}
	n := w.nodes[id]
	var old topo.Shape
	if n != nil && n.ground > 0 {
		if len(n.Boundary) == 0 {
			return nil // its outline is whatever its children are
		}
		if topo.SameGround(slices.Concat(s.removed, w.filled[id]), s.added) {
			return nil
		}
		if n.print != n.sum {
			return &EditError{Field: "grid", Reason: "its children do not cover it, so its outline cannot follow", Grid: id}
		}
		old = n.Boundary
		if shape, slivers, ok := topo.Splice(old, s.removed, s.added); ok {
			w.change(id).Boundary = shape
			w.slivers[id] = slivers
			return nil
		}
	}
	shape, err := topo.Amend(old, s.removed, s.added)
	if err != nil {
		return w.misfit(err)
	}
	if shape == nil {
		return &EditError{Field: "grid", Reason: "would be left without ground: merge it", Grid: id}
	}
	if n == nil || !sameShape(n.Boundary, shape) {
		w.change(id).Boundary = shape
	}
	return nil
}

// ground returns how many drawn general children a grid will have.
func (w *draft) ground(id geo.GridID, s *sum) int {
	count := 0
	if n := w.nodes[id]; n != nil {
		count = n.ground
	}
	if s != nil {
		count += s.count
	}
	return count
}

// prove refuses what would not partition: every shape that is new must be
// valid, and the chain of the leaves that change must equal that of the leaves
// that take their place, with gaps that are filled. The territory's own border may get vertices. An
// outline that only got vertices is valid because its children are.
func (w *draft) prove(sums map[geo.GridID]*sum) error {
	touched := sortedKeys(w.grids)
	touched = append(touched, sortedKeys(sums)...)
	slices.Sort(touched)
	var ids []geo.GridID
	var before, after []topo.Shape
	valid := true
	for _, id := range slices.Compact(touched) {
		b, a := w.before(id), w.grid(id)
		if n := w.nodes[id]; n != nil && n.holds() {
			before = append(before, b.Boundary)
		}
		if a == nil {
			continue
		}
		if counts(a) && w.ground(id, sums[id]) == 0 {
			ids, after = append(ids, id), append(after, a.Boundary)
		}
		if w.slivers[id] == nil && (b == nil || !sameShape(b.Boundary, a.Boundary)) {
			valid = valid && a.Boundary.Validate() == nil
		}
	}
	for _, up := range sortedKeys(w.filled) {
		before = append(before, w.filled[up]...)
	}
	left, right := before, after
	if slivers := w.slivers[w.root]; slivers != nil {
		left = append(slices.Clone(before), slivers)
	} else if was, is := w.before(w.root).Boundary, w.grid(w.root).Boundary; !sameShape(was, is) {
		left, right = append(slices.Clone(before), is), append(slices.Clone(after), was)
	}
	if valid && topo.SameGround(left, right) {
		return nil
	}
	ground, _ := topo.Union(before)
	return unfit(ids, ground, after)
}

// unfit tells what is wrong among the shapes of grids that do not fit. Where
// every fault is narrower than the lattice can show, it names the first grid.
func unfit(ids []geo.GridID, ground topo.Shape, shapes []topo.Shape) error {
	faults, dust := topo.Faults(ground, shapes, topo.DefaultTolerance)
	if faults = append(faults, dust...); len(faults) > 0 {
		return &TopologyError{Grids: ids, Faults: faults}
	}
	e := &EditError{Field: "grid", Reason: "has a border that would come within a centimetre of another"}
	if len(ids) > 0 {
		e.Grid = ids[0]
	}
	return e
}

// misfit explains an error of topo by the faults among the leaves touched.
func (w *draft) misfit(err error) error {
	if !errors.Is(err, topo.ErrNoOutline) {
		return err
	}
	return w.faults(sortedKeys(w.of))
}

// faults tells where leaves, as they were, overlap or enclose a gap.
func (w *draft) faults(ids []geo.GridID) error {
	shapes := make([]topo.Shape, len(ids))
	for i, id := range ids {
		shapes[i] = w.before(id).Boundary
	}
	return unfit(ids, nil, shapes)
}

// unlaid explains why leaves could not be laid under what was drawn.
func (w *draft) unlaid(field string, leaves []geo.GridID, err error) error {
	var line *topo.LineError
	if errors.As(err, &line) && line.Reason == topo.LineOverlaps {
		return w.faults(leaves)
	}
	return refused(field, err)
}

// changes lists the records: what comes or changes from the root down, then
// what goes from the leaves up.
func (w *draft) changes() []geo.Change {
	var stay, gone []geo.Change
	ids := sortedKeys(w.grids)
	slices.SortStableFunc(ids, func(a, b geo.GridID) int {
		return cmp.Compare(cmp.Or(w.grid(a), w.before(a)).Tier, cmp.Or(w.grid(b), w.before(b)).Tier)
	})
	for _, id := range ids {
		b, a := w.before(id), w.grid(id)
		switch {
		case b == nil && a == nil:
		case a == nil:
			gone = append(gone, geo.Change{Before: copied(b)})
		case b == nil:
			stay = append(stay, geo.Change{After: a})
		case !sameRecord(b, a):
			stay = append(stay, geo.Change{Before: copied(b), After: a})
		}
	}
	slices.Reverse(gone)
	return append(stay, gone...)
}

func copied(g *geo.Grid) *geo.Grid {
	c := *g
	return &c
}
