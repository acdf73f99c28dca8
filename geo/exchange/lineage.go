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
// tier; those of grids that are no more get IDs of their own, as do the former
// grids of the manifest.
func (a *Assembly) lineage() {
	for _, code := range a.manifest.Former {
		a.formerly(code)
	}
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
			g.Predecessors = append(g.Predecessors, a.formerly(code))
		}
	}
	clear(a.from)
}

// firstFormer is the first ID of a grid that is no more, beyond those of any that
// there are.
const firstFormer geo.GridID = 1 << 40

// formerly returns the ID of the grid with a code, that of one that is no more
// where there is none.
func (a *Assembly) formerly(code string) geo.GridID {
	if at, there := a.codes[code]; there {
		return a.snap.Grids[at].ID
	}
	id, known := a.former[code]
	if !known {
		id = firstFormer + geo.GridID(len(a.former))
		a.former[code] = id
		if a.snap.Former == nil {
			a.snap.Former = map[geo.GridID]string{}
		}
		a.snap.Former[id] = code
	}
	return id
}
