package atlas

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// redraw puts the changed grids in their places and makes anew what follows
// from them: the tree where its order changed, and of the ground the edges that
// moved and the dwellings near them.
func (s *succession) redraw() error {
	a := s.next
	draft, ordered := s.reshelve()
	a.shelf, a.list = draft.shelf, &gridList{}
	if err := s.reorder(); err != nil {
		return err
	}
	s.forget(draft)
	if !s.movesGround() {
		a.places = s.from.places.on(a.shelf)
		return nil
	}
	a.cuts = a.findCuts()
	a.over = s.from.over.with(s.overlaysChanged())
	var boxes []topo.Box
	a.places, boxes = s.from.places.followed(a.shelf, a.tree, s.touched())
	seed := &a.book.seed
	seed.moves = seed.columns.rehoused(seed.moves, boxes, a.places, !ordered)
	if s.recounts() {
		seed.counted = nil
	}
	return nil
}

// reshelve returns the shelf with the changes made: grids that stay in their
// order, those that came at the end. It is not ordered when a grid would stand
// before its parent there and had to be moved behind it.
func (s *succession) reshelve() (draft *shelfDraft, ordered bool) {
	from := s.from.shelf
	draft = from.copy()
	var came, gone []int32
	for _, id := range s.order {
		i, known := s.from.tree.Index(id)
		switch after := s.grids[id]; {
		case known && after != nil:
			draft.put(from.slots[i], after)
		case known:
			gone = append(gone, from.slots[i])
		case after != nil:
			slot := from.free(came)
			draft.put(slot, after)
			came = append(came, slot)
		}
	}
	if len(came)+len(gone) > 0 {
		draft.exchange(came, gone)
	}
	if s.parentsStand(draft.shelf) {
		return draft, true
	}
	draft.number(draft.parentsFirst(), len(draft.at))
	return draft, false
}

// free returns a slot without a grid that is not among those taken.
func (sh *shelf) free(taken []int32) int32 {
	if len(sh.slots) == len(sh.at) {
		return int32(len(sh.at) + len(taken))
	}
	end := int32(len(sh.at))
	for slot, at := range sh.at {
		if at < 0 && !slices.Contains(taken, int32(slot)) {
			return int32(slot)
		}
	}
	for slices.Contains(taken, end) {
		end++
	}
	return end
}

// exchange takes the grids of some slots away and puts those of others at the
// end.
func (d *shelfDraft) exchange(came, gone []int32) {
	size := len(d.at)
	for _, slot := range came {
		size = max(size, int(slot)+1)
	}
	leaves := make([]bool, len(d.at))
	for _, slot := range gone {
		leaves[slot] = true
	}
	slots := make([]int32, 0, len(d.slots)+len(came))
	for _, slot := range d.slots {
		if !leaves[slot] {
			slots = append(slots, slot)
		}
	}
	d.number(append(slots, came...), size)
}

// number gives the grids in slots their positions; size is how many slots
// there are.
func (d *shelfDraft) number(slots []int32, size int) {
	sh := d.shelf
	sh.slots, sh.at, sh.straight = slots, make([]int32, size), len(slots) == size
	for slot := range sh.at {
		sh.at[slot] = -1
	}
	for i, slot := range slots {
		sh.at[slot] = int32(i)
		sh.straight = sh.straight && int32(i) == slot
	}
}

// parentsStand reports whether no changed grid stands before its parent.
func (s *succession) parentsStand(sh *shelf) bool {
	at := make(map[geo.GridID]int32, len(s.order))
	for _, id := range s.order {
		if i, known := s.from.tree.Index(id); known {
			at[id] = sh.at[s.from.shelf.slots[i]]
		}
	}
	for i := len(sh.slots) - 1; i >= 0; i-- {
		g := sh.grid(sh.slots[i])
		if _, known := s.from.tree.Index(g.ID); known {
			break
		}
		at[g.ID] = int32(i)
	}
	for id, g := range s.grids {
		if g == nil || g.Parent == 0 {
			continue
		}
		parent, changed := at[g.Parent]
		if !changed {
			i, known := s.from.tree.Index(g.Parent)
			if !known {
				continue // for the tree to refuse
			}
			parent = sh.at[s.from.shelf.slots[i]]
		}
		if parent > at[id] {
			return false
		}
	}
	return true
}

// parentsFirst returns the slots in order of position, but for grids that stand
// before their parents, which are moved behind them. What has no parent here
// stays at the end, for [geo.NewTree] to refuse.
func (sh *shelf) parentsFirst() []int32 {
	placed := make(map[geo.GridID]bool, len(sh.slots))
	out := make([]int32, 0, len(sh.slots))
	for left := sh.slots; len(left) > 0; {
		var waiting []int32
		for _, slot := range left {
			g := sh.grid(slot)
			if g.Parent == 0 || placed[g.Parent] {
				out, placed[g.ID] = append(out, slot), true
			} else {
				waiting = append(waiting, slot)
			}
		}
		if len(waiting) == len(left) {
			return append(out, waiting...)
		}
		left = waiting
	}
	return out
}

// before returns the grid with the ID as it was, nil if it was not there.
func (s *succession) before(id geo.GridID) *geo.Grid {
	if i, known := s.from.tree.Index(id); known {
		return s.from.Grid(i)
	}
	return nil
}

// any reports whether a changed grid came, went, or differs in what differ
// looks at.
func (s *succession) any(differ func(b, g *geo.Grid) bool) bool {
	for id, g := range s.grids {
		b := s.before(id)
		if (b == nil) != (g == nil) || b != nil && differ(b, g) {
			return true
		}
	}
	return false
}

// reorder makes the tree, where it is another.
func (s *succession) reorder() error {
	change, moved := geo.TreeChange{Recoded: map[int]string{}}, false
	for _, id := range s.order {
		g := s.grids[id]
		i, known := s.from.tree.Index(id)
		switch {
		case !known && g != nil:
			change.Came = append(change.Came, g)
		case !known:
		case g == nil:
			change.Gone = append(change.Gone, i)
		default:
			b := s.from.Grid(i)
			moved = moved || b.Parent != g.Parent || b.Tier != g.Tier
			if b.Code != g.Code {
				change.Recoded[i] = g.Code
			}
		}
	}
	if !moved && len(change.Came)+len(change.Gone)+len(change.Recoded) == 0 {
		return nil
	}
	slices.Sort(change.Gone)
	if !moved {
		if tree, ok := s.from.tree.Amend(s.from.Grid, change); ok {
			s.next.tree = tree
			return nil
		}
	}
	tree, err := geo.NewTree(s.next.list.of(s.next.shelf))
	if err != nil {
		return err
	}
	s.next.tree = tree
	return nil
}

// recounts reports whether the counts are to be made from nothing.
func (s *succession) recounts() bool {
	return s.any(func(b, g *geo.Grid) bool {
		return b.Parent != g.Parent || b.Tier != g.Tier || b.Kind != g.Kind || b.Hole != g.Hole
	})
}

// movesGround reports whether any place may lie in another grid.
func (s *succession) movesGround() bool { return s.any(otherGround) }

func otherGround(b, g *geo.Grid) bool { return otherRole(b, g) || !b.Boundary.Equal(g.Boundary) }

// otherRole reports whether a grid may hold points otherwise wherever it lies,
// and others with it.
func otherRole(b, g *geo.Grid) bool {
	return b == nil || g == nil || b.Parent != g.Parent || b.Tier != g.Tier || b.Kind != g.Kind || b.Hole != g.Hole || drawn(b) != drawn(g)
}

// forget drops what was worked out of changed grids: the faults of their
// families, since codes count in them too, and the ground of what is drawn
// otherwise and of what is made of it.
func (s *succession) forget(draft *shelfDraft) {
	territory := false
	for id, g := range s.grids {
		b := s.before(id)
		moved := otherRole(b, g) || !b.Boundary.Equal(g.Boundary)
		for _, side := range [...]struct {
			a *Atlas
			g *geo.Grid
		}{{s.from, b}, {s.next, g}} {
			if side.g == nil {
				continue
			}
			i, known := side.a.tree.Index(id)
			if !known {
				continue
			}
			territory = territory || i == 0
			draft.forgetFaults(side.a.shelf.slots[i])
			up := side.a.tree.Parent(i)
			if up >= 0 {
				draft.forgetFaults(side.a.shelf.slots[up])
			}
			if !moved {
				continue
			}
			draft.forgetGround(side.a.shelf.slots[i])
			for ; up >= 0 && !drawn(side.a.Grid(up)); up = side.a.tree.Parent(up) {
				draft.forgetGround(side.a.shelf.slots[up])
			}
		}
	}
	if territory { // grids that lie over others may lie anywhere in it
		for i := range s.next.tree.Len() {
			if !s.next.Grid(i).Partitions() {
				draft.forgetFaults(draft.slots[s.next.tree.Parent(i)])
			}
		}
	}
}

// overlaysChanged lists the changed grids that lie over others, or did.
func (s *succession) overlaysChanged() []boxedChange {
	var changes []boxedChange
	for _, slot := range s.slots() {
		b, g := s.from.shelf.held(slot), s.next.shelf.held(slot)
		c := boxedChange{boxed: boxed{item: slot}}
		c.was = b != nil && overlays(b)
		if c.there = g != nil && overlays(g); c.there {
			c.box = g.Boundary.Bound()
		}
		if c.was || c.there {
			changes = append(changes, c)
		}
	}
	return changes
}

// slots lists the slots that changed grids had and have, each once.
func (s *succession) slots() []int32 {
	var slots []int32
	for _, id := range s.order {
		for _, a := range [...]*Atlas{s.from, s.next} {
			if i, known := a.tree.Index(id); known {
				slots = append(slots, a.shelf.slots[i])
			}
		}
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// touched lists the slots of grids that may hold points otherwise: those that
// changed, open ones above them, and where a grid took another role all above
// and under it.
func (s *succession) touched() []int32 {
	slots := s.slots()
	for _, id := range s.order {
		whole := otherRole(s.before(id), s.grids[id])
		for _, a := range [...]*Atlas{s.from, s.next} {
			i, known := a.tree.Index(id)
			if !known {
				continue
			}
			for up := a.tree.Parent(i); up >= 0; up = a.tree.Parent(up) {
				if slot := a.shelf.slots[up]; whole || s.from.places.opens(slot) {
					slots = append(slots, slot)
				}
			}
			if from, to := a.tree.Interval(i); whole {
				for _, k := range a.tree.Preorder()[from:to] {
					slots = append(slots, a.shelf.slots[k])
				}
			}
		}
	}
	slices.Sort(slots)
	return slices.Compact(slots)
}

// opens reports whether the grid in a slot holds what its drawn children leave.
func (l *locator) opens(slot int32) bool { return int(slot) < len(l.how) && l.how[slot] == open }
