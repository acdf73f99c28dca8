package atlas

import (
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A rehold is a slot whose holding or ground may have changed.
type rehold struct {
	slot          int32
	was, is       holding
	before, after topo.Shape // as far as it held and holds points
	except        []topo.Shape
}

// on returns the locator for a shelf that shows the same ground.
func (l *locator) on(sh *shelf) *locator {
	next := *l
	next.shelf = sh
	return &next
}

// followed returns the locator for a shelf on which only the grids in some
// slots hold points otherwise, and the boxes outside of which every point is
// held as before. Only the edges that changed are laid anew, unless they leave
// the ground that was laid out or have become much more.
func (l *locator) followed(sh *shelf, tree *geo.Tree, slots []int32) (next *locator, boxes []topo.Box) {
	changes := l.reholds(sh, tree, slots)
	var laid []groundChange
	for _, c := range changes {
		g := groundChange{slot: c.slot}
		if c.was == plain {
			g.before = c.before
		}
		if c.is == plain {
			g.after = c.after
		}
		laid = append(laid, g)
		for _, shape := range [...]topo.Shape{c.before, c.after} {
			if len(shape) > 0 && (c.was > plain || c.is > plain) {
				boxes = append(boxes, shape.Bound())
			}
		}
	}
	edges := netEdges(laid)
	if !l.grid.takes(edges) || l.grid.edges > 2*l.laid+1024 {
		return newLocator(sh, tree), append(boxes, boxOf(edges))
	}
	next = l.on(sh)
	next.hold(changes)
	if len(edges) > 0 {
		grid, changed := l.grid.patched(edges)
		next.grid, boxes = grid, append(boxes, changed...)
	}
	return next, boxes
}

// takes reports whether edges lie in the box of the grid.
func (g *edgeGrid) takes(edges []edge) bool {
	if len(edges) == 0 {
		return true
	}
	box := boxOf(edges)
	return g.pages != nil && g.box.Contains(box.Min) && g.box.Contains(box.Max)
}

// boxOf returns the box of edges, an empty one for none.
func boxOf(edges []edge) topo.Box {
	if len(edges) == 0 {
		return topo.Shape(nil).Bound()
	}
	box := topo.Box{Min: edges[0].a, Max: edges[0].a}
	for _, e := range edges {
		box = box.Extend(e.a).Extend(e.b)
	}
	return box
}

// reholds lists what became of the grids in slots.
func (l *locator) reholds(sh *shelf, tree *geo.Tree, slots []int32) []rehold {
	var changes []rehold
	for _, slot := range slots {
		c := rehold{slot: slot}
		if int(slot) < len(l.how) {
			if c.was = l.how[slot]; c.was != none {
				c.before = l.shelf.grid(slot).Boundary
			}
		}
		if i := sh.at[slot]; i >= 0 {
			c.is, c.except = holdingOf(sh, tree, int(i), &tested{c.before, c.was})
			if c.is != none {
				c.after = sh.grid(slot).Boundary
			}
		}
		if c.was == none && c.is == none {
			continue
		}
		changes = append(changes, c)
	}
	return changes
}

// hold notes how grids hold points now, and where, but for the edge grid.
func (l *locator) hold(changes []rehold) {
	l.how = slices.Concat(l.how, make([]holding, len(l.shelf.at)-len(l.how)))
	var all, loosely []boxedChange
	copied := false
	for _, c := range changes {
		box := c.after.Bound()
		all = append(all, boxedChange{boxed{c.slot, box, c.is != none}, c.was != none})
		if c.was > plain || c.is > plain {
			loosely = append(loosely, boxedChange{boxed{c.slot, box, c.is > plain}, c.was > plain})
		}
		l.how[c.slot] = c.is
		if c.was != open && c.is != open {
			continue
		}
		if !copied {
			l.open, copied = maps.Clone(l.open), true
		}
		if delete(l.open, c.slot); c.is == open {
			l.open[c.slot] = c.except
		}
	}
	l.all, l.loose = l.all.with(all), l.loose.with(loosely)
}
