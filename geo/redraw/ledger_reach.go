package redraw

import (
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/near"
)

// walks is who has how far to walk to facilities, for standards of reach. Grids
// move no household: what is measured stands until a record changes, and adding
// it up costs what an edit touches.
type walks struct {
	asked []geo.Standard       // of reach, whatever their days; those that ask the same once
	far   map[string][]float64 // metres to the nearest facility of a type, by dwelling; nil where none stands on the day

	stale map[string]bool     // types whose facilities changed
	moved map[int32]bool      // dwellings that changed
	left  map[geo.GridID]bool // leaves that dwellings were taken out of
}

// newWalks takes up whom the standards ask; nothing is measured yet.
func newWalks(standards []geo.Standard) walks {
	w := walks{far: map[string][]float64{}, stale: map[string]bool{}, moved: map[int32]bool{}, left: map[geo.GridID]bool{}}
	for i := range standards {
		if s := &standards[i]; s.Kind() == geo.ReachForm && w.asks(s) < 0 {
			w.asked = append(w.asked, *s)
			w.stale[s.Facility] = true
		}
	}
	return w
}

// asks returns which of those asked asks what s does, -1 for none.
func (w *walks) asks(s *geo.Standard) int {
	return slices.IndexFunc(w.asked, func(o geo.Standard) bool {
		return o.Facility == s.Facility && o.Max == s.Max && o.Detour() == s.Detour()
	})
}

// rehoused notes a dwelling that changes and the leaf that holds it, before and
// after.
func (w *walks) rehoused(i int32, leaf geo.GridID) {
	if len(w.asked) == 0 {
		return
	}
	w.moved[i], w.left[leaf] = true, true
	for kind, far := range w.far {
		if far != nil && int(i) >= len(far) {
			w.far[kind] = append(far, make([]float64, int(i)+1-len(far))...)
		}
	}
}

// built notes a facility that came, went or changed.
func (w *walks) built(c geo.Change) {
	for _, r := range [2]geo.Record{c.Before, c.After} {
		if f, _ := r.(*geo.Facility); f != nil && slices.ContainsFunc(w.asked, func(s geo.Standard) bool { return s.Facility == f.Type }) {
			w.stale[f.Type] = true
		}
	}
}

// survey measures what is not measured yet and adds it up.
func (l *ledger) survey() {
	for kind := range l.stale {
		l.far[kind] = nil
		if places := l.standing(kind); len(places) > 0 {
			l.far[kind] = make([]float64, len(l.d.dwellings))
			l.measure(l.far[kind], places, nil)
		}
	}
	if len(l.moved) > 0 {
		l.surveyMoved()
	}
	if len(l.stale) > 0 {
		l.eachUpwards(l.d.root, l.reach)
	}
	clear(l.stale)
	clear(l.moved)
	clear(l.left)
}

// surveyMoved measures, to facilities of the types that did not change, the
// dwellings that did, and adds up the grids that held them and hold them.
func (l *ledger) surveyMoved() {
	some := slices.Sorted(maps.Keys(l.moved))
	for kind, far := range l.far {
		if far != nil && !l.stale[kind] {
			l.measure(far, l.standing(kind), some)
		}
	}
	for _, i := range some {
		l.left[l.leafOf(i)] = true
	}
	chains := &taking{l: l, grids: sortedKeys(l.left)}
	chains.climb()
	for _, n := range chains.upwards() {
		l.reach(n.ID)
	}
}

// standing lists the facilities of a type that stand on the day.
func (l *ledger) standing(kind string) (places []*geo.Facility) {
	for _, list := range l.facilities {
		for i := range list {
			if f := &list[i]; f.Type == kind && f.Valid.Holds(l.day) {
				places = append(places, f)
			}
		}
	}
	return places
}

// measure fills in how far some dwellings have, nil being all.
func (l *ledger) measure(far []float64, places []*geo.Facility, some []int32) {
	homes := l.d.dwellings
	if some != nil {
		homes = make([]geo.Dwelling, len(some))
		for k, i := range some {
			homes[k] = l.d.dwellings[i]
		}
	}
	finder := near.New(geo.PageDwellings(homes), places)
	for k := range homes {
		i := k
		if some != nil {
			i = int(some[k])
		}
		if homes[k].Located && homes[k].Resident != 0 {
			far[i] = finder.Nearest(k)
		}
	}
}

// reach adds up who has how far to walk in a grid, whose children are added up.
func (l *ledger) reach(id geo.GridID) {
	n, c := l.d.nodes[id], l.counts[id]
	c.reach = make([]geo.Reached, len(l.asked))
	if n.holds() {
		l.walk(c.reach, l.d.homes[id])
	}
	l.walk(c.reach, l.loose[id])
	for _, child := range n.children {
		if o := l.counts[child]; l.d.nodes[child].Partitions() {
			for k := range c.reach {
				c.reach[k].Add(o.reach[k])
			}
		}
	}
}

// walk adds the households of some dwellings to what a grid's have.
func (l *ledger) walk(reach []geo.Reached, homes []int32) {
	for k := range reach {
		s := &l.asked[k]
		far := l.far[s.Facility]
		for _, i := range homes {
			if w := &l.d.dwellings[i]; far != nil && w.Resident != 0 {
				reach[k].Add(s.Walk(w.Resident, far[i]))
			}
		}
	}
}

// reached tells a version who walks how far.
func (v *version) reached(s *geo.Standard) func(unit geo.GridID) geo.Reached {
	k := v.l.asks(s)
	if k < 0 || v.l.far[s.Facility] == nil {
		return nil
	}
	return func(unit geo.GridID) geo.Reached { return v.held(unit).reach[k] }
}
