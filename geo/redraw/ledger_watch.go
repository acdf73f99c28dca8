package redraw

import (
	"slices"

	"gridmap/geo"
)

// A watch remembers how things stood when it began, as far as they changed.
type watch struct {
	grids   map[geo.GridID]*geo.Grid // nil: was not there
	counts  map[geo.GridID]count
	own     map[geo.GridID]geo.Owned
	homes   map[int32][2]geo.GridID // of dwellings: the leaf then and now
	workers map[geo.WorkerID]bool
	serving map[geo.GridID][]geo.Facility // by unit
	doubts  bool                          // parents that were not whole, or have undrawn children, changed
}

// Watch begins to note what redrawing changes, for [Drawing.Effects]; day is
// that of the question. Without [Drawing.Staff] it does nothing.
func (d *Drawing) Watch(day geo.Date) {
	l := d.ledger
	if l == nil {
		return
	}
	if l.day != day {
		l.day = day
		l.watch = nil
		l.countStaff()
		for i := range l.asked {
			l.stale[l.asked[i].Facility] = true
		}
		l.uncount = true
	}
	l.survey()
	l.takeStock()
	l.watch = &watch{
		grids: map[geo.GridID]*geo.Grid{}, counts: map[geo.GridID]count{}, own: map[geo.GridID]geo.Owned{},
		homes: map[int32][2]geo.GridID{}, workers: map[geo.WorkerID]bool{}, serving: l.serve(),
	}
}

// touch returns the count of a grid for changing.
func (l *ledger) touch(id geo.GridID) *count {
	c := l.counts[id]
	if c == nil {
		c = l.blank()
		l.counts[id] = c
	}
	if l.watch != nil {
		if _, seen := l.watch.counts[id]; !seen {
			l.watch.counts[id] = c.clone()
		}
	}
	return c
}

// A taking is one redrawing that a drawing takes.
type taking struct {
	l       *ledger
	r       Redrawing
	grids   []geo.GridID // that change, their parents before and after, and all above
	homes   map[int32]geo.GridID
	workers []geo.WorkerID
}

// begin takes out of the ledger what a redrawing may move; end puts it back in
// where it is then. A nil ledger has nothing to do.
func (l *ledger) begin(r Redrawing) *taking {
	if l == nil {
		return nil
	}
	t := &taking{l: l, r: r, grids: r.touched(), homes: map[int32]geo.GridID{}}
	serving := map[geo.WorkerID]bool{}
	open := false
	for _, id := range t.grids {
		if l.open(id) {
			open = true
			l.doubt(id)
		} else if l.faulty[id] { // those who live in a gap may come into a grid
			open = true
			l.doubt(id)
		}
		t.lift(id)
	}
	for _, c := range r.Changes {
		open = t.begin(c, serving) || open
	}
	if open {
		t.lift(0)
		t.grids = append(t.grids, sortedKeys(l.loose)...)
	}
	for w := range serving {
		t.workers = append(t.workers, w)
		l.mark(w, -1)
		if l.watch != nil {
			l.watch.workers[w] = true
		}
	}
	for i, leaf := range t.homes {
		l.hold(l.d.dwellings[i].Stated)
		l.disown(i, leaf, -1)
	}
	t.climb()
	return t
}

// begin takes up whom one change may move. It returns whether dwellings
// without a leaf may have to move too.
func (t *taking) begin(c geo.Change, serving map[geo.WorkerID]bool) (open bool) {
	l := t.l
	b, was := c.Before.(*geo.Grid)
	a, is := c.After.(*geo.Grid)
	switch {
	case !was:
		l.note(a.ID, nil)
		l.relist(len(l.facilities[a.ID]) > 0)
		l.posted(a.ID, serving)
		t.stated(a.ID)
	case !is:
		l.note(b.ID, b)
		l.relist(len(l.facilities[b.ID]) > 0)
		l.posted(b.ID, serving)
		t.stated(b.ID)
	default:
		l.note(b.ID, b)
		if a.Parent != b.Parent {
			l.relist(true)
			l.below(b.ID, func(id geo.GridID) {
				l.posted(id, serving)
				t.lift(id)
			})
		}
		if a.Code != b.Code {
			t.stated(b.ID)
		}
	}
	return was && (b.ID == l.d.root || undrawn(b)) || is && undrawn(a)
}

func undrawn(g *geo.Grid) bool { return g.Partitions() && len(g.Boundary) == 0 }

// open reports whether a grid has general children that are not drawn.
func (l *ledger) open(id geo.GridID) bool {
	n := l.d.nodes[id]
	return n != nil && slices.ContainsFunc(n.children, func(c geo.GridID) bool { return undrawn(&l.d.nodes[c].Grid) })
}

// doubt marks a parent whose faults may change.
func (l *ledger) doubt(id geo.GridID) {
	l.faulty[id] = true
	if l.watch != nil {
		l.watch.doubts = true
	}
}

// note remembers a grid as it was.
func (l *ledger) note(id geo.GridID, g *geo.Grid) {
	if l.watch == nil {
		return
	}
	if _, seen := l.watch.grids[id]; !seen {
		l.watch.grids[id] = g
	}
}

// hold remembers how the dwellings of a division lay to it.
func (l *ledger) hold(id geo.GridID) {
	if l.watch == nil {
		return
	}
	if _, seen := l.watch.own[id]; !seen {
		l.watch.own[id] = l.own[id]
	}
}

// relist has the facilities listed anew by unit where a change bears on them.
func (l *ledger) relist(bears bool) {
	if bears {
		l.serving = nil
	}
}

// posted collects who holds a post in a grid.
func (l *ledger) posted(id geo.GridID, into map[geo.WorkerID]bool) {
	for _, a := range l.inGrid[id] {
		into[l.assignments[a].Worker] = true
	}
}

// below calls visit for a grid and all under it.
func (l *ledger) below(id geo.GridID, visit func(geo.GridID)) {
	n := l.d.nodes[id]
	if n == nil {
		return
	}
	visit(id)
	for _, c := range n.children {
		l.below(c, visit)
	}
}

// lift takes up the dwellings that the drawing has in a grid, 0 being none.
func (t *taking) lift(id geo.GridID) {
	if id != 0 {
		if n := t.l.d.nodes[id]; n == nil || !n.holds() {
			return
		}
	}
	for _, i := range t.l.d.homes[id] {
		t.take(i, t.l.placed(id, i))
	}
}

// stated takes up the dwellings whose address names a grid.
func (t *taking) stated(id geo.GridID) {
	for _, i := range t.l.stating[id] {
		if _, up := t.homes[i]; !up {
			t.take(i, t.l.leafOf(i))
		}
	}
}

func (t *taking) take(i int32, leaf geo.GridID) {
	if _, up := t.homes[i]; up {
		return
	}
	t.homes[i] = leaf
	if w := t.l.watch; w != nil {
		if _, seen := w.homes[i]; !seen {
			w.homes[i] = [2]geo.GridID{leaf, leaf}
		}
	}
}

// leafOf returns the grid that holds a dwelling, 0 for none.
func (l *ledger) leafOf(i int32) geo.GridID {
	if !l.d.dwellings[i].Located {
		return 0
	}
	return l.placed(l.d.locate(&l.d.dwellings[i]), i)
}

// climb adds to the grids all above them, as they stand.
func (t *taking) climb() {
	known := make(map[geo.GridID]bool, 4*len(t.grids))
	for _, id := range t.grids {
		for ; id != 0 && !known[id]; id = t.l.parent(id) {
			known[id] = true
		}
	}
	t.grids = sortedKeys(known)
}

// end enters what begin took out, where it is now.
func (t *taking) end() {
	if t == nil {
		return
	}
	l := t.l
	for _, c := range t.r.Changes {
		if b, was := c.Before.(*geo.Grid); was && undrawn(b) {
			l.undrawn--
		}
		if a, is := c.After.(*geo.Grid); is && undrawn(a) {
			l.undrawn++
		}
	}
	if l.undrawn > 0 || len(l.loose) > 0 {
		l.scatter()
		t.grids = append(t.grids, sortedKeys(l.loose)...)
	}
	for _, id := range t.r.touched() {
		if n := l.d.nodes[id]; n != nil && n.ground > 0 && len(n.Boundary) > 0 && n.print != n.sum {
			l.doubt(id) // a gap that was filled is open again
		}
		t.grids = append(t.grids, id)
	}
	t.climb()
	t.recount()
	for _, w := range t.workers {
		l.mark(w, 1)
	}
	t.settle()
}

// recount counts the people of all grids in hand, from the leaves up.
func (t *taking) recount() {
	for _, id := range t.grids {
		if t.l.touch(id); t.l.d.nodes[id] == nil {
			delete(t.l.counts, id)
		}
	}
	for _, n := range t.upwards() {
		t.l.countPeople(n.ID)
	}
}

// upwards lists the grids in hand that are there, from the leaves up.
func (t *taking) upwards() (there []*node) {
	for _, id := range t.grids {
		if n := t.l.d.nodes[id]; n != nil {
			there = append(there, n)
		}
	}
	slices.SortFunc(there, func(a, b *node) int { return b.Tier - a.Tier })
	return there
}

// settle finds where the dwellings that were taken up lie now.
func (t *taking) settle() {
	l := t.l
	now := make(map[int32]geo.GridID, len(t.homes))
	for _, id := range t.grids {
		if n := l.d.nodes[id]; n != nil && n.holds() {
			for _, i := range l.d.homes[id] {
				now[i] = id
			}
		}
	}
	for i, was := range t.homes {
		at, found := now[i]
		if _, touched := slices.BinarySearch(t.grids, was); !found && was != 0 && !touched {
			at, found = was, true
		}
		if !found {
			at = l.leafOf(i)
		}
		l.disown(i, at, 1)
		if l.watch != nil {
			h := l.watch.homes[i]
			l.watch.homes[i] = [2]geo.GridID{h[0], at}
		}
	}
}
