package exchange

import (
	"maps"
	"slices"

	"gridmap/geo"
)

// A source is the codes of the predecessors that a grid names, and where.
type source struct {
	file        string
	index, line int
	codes       []string
}

// lineage leads the codes of predecessors to the grids of the assembly, in any
// tier; those of grids that are no more get IDs of their own.
func (a *Assembly) lineage() {
	former := map[string]geo.GridID{}
	for _, i := range slices.Sorted(maps.Keys(a.from)) {
		g, from := &a.snap.Grids[i], a.from[i]
		for k, code := range from.codes {
			reason := ""
			switch {
			case code == g.Code:
				reason = "the grid is named as its own predecessor"
			case slices.Contains(from.codes[:k], code):
				reason = code + " stands twice"
			}
			if err := (&geo.Grid{Code: code, Kind: geo.General}).Validate(); err != nil { // it was a grid's
				reason = err.Error()
			}
			if reason != "" {
				a.Problem(&InputError{File: from.file, Feature: from.index, Line: from.line, Code: g.Code, Field: "predecessors", Reason: reason})
				continue
			}
			id := former[code]
			if at, there := a.codes[code]; there {
				id = a.snap.Grids[at].ID
			} else if id == 0 {
				id = geo.GridID(-len(former) - 1)
				former[code] = id
			}
			g.Predecessors = append(g.Predecessors, id)
		}
	}
	clear(a.from)
	if len(former) > 0 {
		a.snap.Former = make(map[geo.GridID]string, len(former))
		for code, id := range former {
			a.snap.Former[id] = code
		}
	}
}
