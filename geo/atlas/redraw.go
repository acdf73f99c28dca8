package atlas

import (
	"gridmap/geo"
)

// redraw puts the changed grids in their places. Names, codes and the like
// leave the ground as it is; anything else makes a new locator and looks up
// every dwelling again.
func (s *succession) redraw() error {
	a := s.next
	a.snap.Grids = parentsFirst(s.merge())
	tree, err := geo.NewTree(a.snap.Grids)
	if err != nil {
		return err
	}
	a.tree = tree
	a.faults = s.from.faults.carry(s) // codes count in them too
	if s.sameGround() {
		return nil
	}
	a.cuts = a.findCuts()
	columns, _ := a.book.seed.columns.after(a.book.seed.moves, nil)
	a.draw(s.from.places)
	a.book.seed = seed{columns: a.places.home(columns.dwellings)}
	a.grounds = make(grounds, tree.Len())
	for i := range a.snap.Grids {
		if at, ok := s.sameOutline(i); ok {
			a.grounds[i].Store(s.from.grounds[at].Load())
		}
	}
	return nil
}

// merge returns the grids before with the changes made: those that stay in
// their order, those that came at the end.
func (s *succession) merge() []geo.Grid {
	before := s.from.snap.Grids
	grids := make([]geo.Grid, 0, len(before)+len(s.grids))
	for i := range before {
		after, changed := s.grids[before[i].ID]
		switch {
		case !changed:
			grids = append(grids, before[i])
		case after != nil:
			grids = append(grids, *after)
		}
	}
	for _, id := range s.order {
		if _, known := s.from.tree.Index(id); !known && s.grids[id] != nil {
			grids = append(grids, *s.grids[id])
		}
	}
	return grids
}

// parentsFirst moves grids behind their parents where a move to another
// parent has put them before; all others keep their order. What has no parent
// here stays at the end, for [geo.NewTree] to refuse.
func parentsFirst(grids []geo.Grid) []geo.Grid {
	placed := make(map[geo.GridID]bool, len(grids))
	out := make([]geo.Grid, 0, len(grids))
	for left := grids; len(left) > 0; {
		var waiting []geo.Grid
		for _, g := range left {
			if g.Parent == 0 || placed[g.Parent] {
				out, placed[g.ID] = append(out, g), true
			} else {
				waiting = append(waiting, g)
			}
		}
		if len(waiting) == len(left) {
			return append(out, waiting...)
		}
		left = waiting
	}
	return out
}

// sameGround reports whether positions, the tree and every boundary are as
// they were.
func (s *succession) sameGround() bool {
	before, after := s.from.snap.Grids, s.next.snap.Grids
	if len(before) != len(after) {
		return false
	}
	for i := range after {
		b, g := &before[i], &after[i]
		if b.ID != g.ID || b.Parent != g.Parent || b.Tier != g.Tier || b.Kind != g.Kind || b.Hole != g.Hole {
			return false
		}
		if _, changed := s.grids[g.ID]; changed && !b.Boundary.Equal(g.Boundary) {
			return false
		}
	}
	return true
}

// sameOutline returns the position before of the grid now at position i, if
// its ground is the same: its boundary, or where it has none, the same
// children with the same ground.
func (s *succession) sameOutline(i int) (before int, ok bool) {
	g := &s.next.snap.Grids[i]
	before, ok = s.from.tree.Index(g.ID)
	if _, changed := s.grids[g.ID]; changed || !ok {
		return before, false
	}
	if drawn(g) {
		return before, true
	}
	old, now := s.from.tree.Children(before), s.next.tree.Children(i)
	if len(old) != len(now) {
		return before, false
	}
	for k, c := range now {
		if at, same := s.sameOutline(int(c)); !same || at != int(old[k]) {
			return before, false
		}
	}
	return before, true
}
