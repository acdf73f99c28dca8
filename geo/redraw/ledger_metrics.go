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
