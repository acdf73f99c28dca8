package postgis

import (
	"slices"

	"gridmap/geo"
)

// claims are the grids and codes that edits under way in this process hold, so
// that one that needs them waits here and not, with all its work done, in the
// database. That they are held says nothing about other processes: the locks
// of the rows do.
type claims map[any][]*claim

// A claim is what one edit holds until it has ended.
type claim struct {
	grids  []geo.GridID // that it changes
	under  []geo.GridID // whose children it changes
	codes  []string     // that it gives
	ended  chan struct{}
	within claims
}

// heldBy returns a claim in the way of one who wants to change grids, nil if
// there is none.
func (c claims) heldBy(grids []geo.GridID) *claim {
	for _, id := range grids {
		if held := c[id]; len(held) > 0 {
			return held[0]
		}
	}
	return nil
}

// add makes a claim, or returns one that is in its way.
func (c claims) add(wanted *claim) *claim {
	if held := c.heldBy(wanted.grids); held != nil {
		return held
	}
	for _, id := range wanted.under { // two may change children of one grid
		for _, held := range c[id] {
			if slices.Contains(held.grids, id) {
				return held
			}
		}
	}
	for _, code := range wanted.codes {
		if held := c[code]; len(held) > 0 {
			return held[0]
		}
	}
	wanted.ended, wanted.within = make(chan struct{}), c
	for _, key := range wanted.keys() {
		c[key] = append(c[key], wanted)
	}
	return nil
}

func (w *claim) keys() []any {
	var keys []any
	for _, id := range w.grids {
		keys = append(keys, id)
	}
	for _, id := range w.under {
		keys = append(keys, id)
	}
	for _, code := range w.codes {
		keys = append(keys, code)
	}
	return keys
}

// end gives back what a claim holds and wakes those who wait.
func (w *claim) end() {
	for _, key := range w.keys() {
		left := slices.DeleteFunc(w.within[key], func(o *claim) bool { return o == w })
		if w.within[key] = left; len(left) == 0 {
			delete(w.within, key)
		}
	}
	close(w.ended)
}
