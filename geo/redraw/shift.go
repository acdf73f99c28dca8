package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// A passage is a pair of grids of one tier between which ground passes.
type passage struct {
	tier     int
	from, to geo.GridID
}

// shifts tells what passed from which grid to which, in every tier.
func (w *draft) shifts() []Shift {
	found := map[passage]*Shift{}
	for i := range w.parts {
		w.shift(found, &w.parts[i])
	}
	if w.redrawn() {
		w.shiftStrays(found)
	}
	shifts := make([]Shift, 0, len(found))
	for _, s := range found {
		slices.Sort(s.Households)
		shifts = append(shifts, *s)
	}
	slices.SortFunc(shifts, func(s, t Shift) int {
		return cmp.Or(cmp.Compare(s.Tier, t.Tier), cmp.Compare(s.From, t.From), cmp.Compare(s.To, t.To))
	})
	return shifts
}

// shiftStrays adds the dwellings that moved only because a border was rounded,
// also those that came into the territory so, or left it.
func (w *draft) shiftStrays(found map[passage]*Shift) {
	if w.grids[w.root] != nil {
		moved := w.slivers[w.root].Bound()
		for _, home := range w.homes[0] {
			if w.slivers[w.root] == nil || moved.Contains(w.dwellings[home].At) {
				w.strays[home] = 0
			}
		}
	}
	for home, leaf := range w.strays {
		at := w.dwellings[home].At
		p := part{from: leaf, homes: []int32{home}}
		if k := slices.IndexFunc(w.parts, func(p part) bool { return p.shape.Contains(at) }); k >= 0 {
			p.to = w.parts[k].to
		}
		w.shift(found, &p)
	}
}

// shift adds what passes with a part.
func (w *draft) shift(found map[passage]*Shift, p *part) {
	passed := w.passages(p)
	if len(passed) == 0 {
		return
	}
	area := p.shape.AreaM2()
	for _, at := range passed {
		s := found[at]
		if s == nil {
			s = &Shift{Tier: at.tier, From: at.from, To: at.to}
			found[at] = s
		}
		s.AreaM2 += area
		for _, home := range p.homes {
			s.Households = append(s.Households, w.dwellings[home].ID)
			s.Persons += int64(w.dwellings[home].Resident)
		}
	}
}

// passages returns the pairs of grids, tier by tier, that a part passes
// between.
func (w *draft) passages(p *part) []passage {
	was := map[int]geo.GridID{}
	for b := w.before(p.from); b != nil; b = w.before(b.Parent) {
		was[b.Tier] = b.ID
	}
	var passed []passage
	for a := w.grid(p.to); a != nil; a = w.grid(a.Parent) {
		if from := was[a.Tier]; from != a.ID {
			passed = append(passed, passage{a.Tier, from, a.ID})
		}
		delete(was, a.Tier)
	}
	for tier, from := range was {
		passed = append(passed, passage{tier, from, 0})
	}
	return passed
}
