package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// addMetrics takes those of all grids at hand: what a unit counts changes with
// what lies far under it.
func (v *version) addMetrics() {
	for i := range v.snap.Grids {
		v.snap.Metrics = append(v.snap.Metrics, v.l.metrics[v.snap.Grids[i].ID]...)
	}
	for _, id := range sortedKeys(v.grids) {
		if v.grid(id, v.then) == nil { // it is gone, and what is said of it stays
			v.snap.Metrics = append(v.snap.Metrics, v.l.metrics[id]...)
		}
	}
	slices.SortFunc(v.snap.Metrics, func(a, b geo.Metric) int { return cmp.Compare(a.ID, b.ID) })
}

// things counts, of the whole plan, the grids, facilities, compounds or
// buildings in a unit that a metric declares.
func (v *version) things(unit geo.GridID, d geo.Declared) (n int64) {
	count := func(in geo.GridID, counts bool) {
		for at := in; counts && at != 0; {
			if at == unit {
				n++
				return
			}
			g := v.grid(at, v.then)
			if g == nil {
				return
			}
			at = g.Parent
		}
	}
	for id := range v.l.d.nodes {
		if g := v.grid(id, v.then); g != nil {
			count(id, d.Grid(g, v.l.tiers))
		}
	}
	for id := range v.l.watch.grids { // those that are gone by now
		if g := v.grid(id, v.then); g != nil && v.l.d.nodes[id] == nil {
			count(id, d.Grid(g, v.l.tiers))
		}
	}
	for in, list := range v.l.facilities {
		for i := range list {
			count(in, d.Facility(&list[i], v.l.day))
		}
	}
	for in, list := range v.l.compounds {
		for i := range list {
			count(in, d.Compound(&list[i], v.l.day))
		}
	}
	for in, list := range v.l.buildings {
		for i := range list {
			count(in, d.Building(&list[i], v.l.day))
		}
	}
	return n
}
