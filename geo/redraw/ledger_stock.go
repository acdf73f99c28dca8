package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// stock is what stands in grids and divisions: the grids, facilities, compounds
// and buildings that metrics declare, added up over the tree, and the facilities
// themselves by all units above them.
type stock struct {
	declared []geo.Declared      // each figure that a metric declares, once
	uncount  bool                // nothing is counted yet, or of another day
	shifted  map[geo.GridID]bool // where records changed
	// serving lists facilities by unit, ascending by ID; it is never written to,
	// and nil when it is to be made.
	serving map[geo.GridID][]geo.Facility
}

func newStock(metrics []geo.Metric) stock {
	s := stock{uncount: true, shifted: map[geo.GridID]bool{}}
	for i := range metrics {
		s.declare(metrics[i].Declares)
	}
	return s
}

// declare takes up a figure, for which all is to be counted when it is new.
func (s *stock) declare(d geo.Declared) {
	if d != "" && !slices.Contains(s.declared, d) {
		s.declared, s.uncount = append(s.declared, d), true
	}
}

// shift notes that a record changed which stands in a unit, before or after.
func shift[T any, R interface {
	*T
	geo.Record
}](s *stock, c geo.Change, of func(*T) geo.GridID) {
	for _, r := range [2]geo.Record{c.Before, c.After} {
		if r, _ := r.(R); r != nil {
			s.shifted[of(r)] = true
		}
	}
}

// takeStock counts what is not counted yet.
func (l *ledger) takeStock() {
	switch {
	case l.uncount:
		l.eachUpwards(l.d.root, l.count)
	case len(l.shifted) > 0:
		chains := &taking{l: l, grids: sortedKeys(l.shifted)}
		chains.climb()
		for _, n := range chains.upwards() {
			l.count(n.ID)
		}
	}
	l.uncount = false
	clear(l.shifted)
}

// count counts the things in a grid, whose children are counted.
func (l *ledger) count(id geo.GridID) {
	n, c := l.d.nodes[id], l.counts[id]
	c.things = make([]int64, len(l.declared))
	for k, d := range l.declared {
		if d.Grid(&n.Grid, l.tiers) {
			c.things[k]++
		}
		for i := range l.facilities[id] {
			if d.Facility(&l.facilities[id][i], l.day) {
				c.things[k]++
			}
		}
		for i := range l.compounds[id] {
			if d.Compound(&l.compounds[id][i], l.day) {
				c.things[k]++
			}
		}
		for i := range l.buildings[id] {
			if d.Building(&l.buildings[id][i], l.day) {
				c.things[k]++
			}
		}
	}
	for _, child := range n.children {
		for k, more := range l.counts[child].things {
			c.things[k] += more
		}
	}
}

// things tells how many of what a metric declares stand in a unit of a version.
func (v *version) things(unit geo.GridID, d geo.Declared) int64 {
	return v.held(unit).things[slices.Index(v.l.declared, d)]
}

// serve returns the facilities that belong to each unit or to a grid under it.
func (l *ledger) serve() map[geo.GridID][]geo.Facility {
	if l.serving != nil {
		return l.serving
	}
	l.serving = map[geo.GridID][]geo.Facility{}
	for division, list := range l.facilities {
		for id := division; l.d.nodes[id] != nil; id = l.parent(id) {
			l.serving[id] = append(l.serving[id], list...)
		}
	}
	for _, list := range l.serving {
		slices.SortFunc(list, func(a, b geo.Facility) int { return cmp.Compare(a.ID, b.ID) })
	}
	return l.serving
}

// serves returns what serve does of a version.
func (v *version) serves(unit geo.GridID) []geo.Facility {
	if v.then {
		return v.l.watch.serving[unit]
	}
	return v.l.serve()[unit]
}
