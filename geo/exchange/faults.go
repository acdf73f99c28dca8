package exchange

import (
	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// Faults returns what [check.Ask] asks for the children of a grid: the faults
// of their ground, and the rings of their files that are open or too short,
// which the ground no longer shows.
func (a *Assembly) Faults(tree *geo.Tree) func(parent int) check.SiblingFaults {
	return func(parent int) check.SiblingFaults {
		found := check.FindFaults(a.snap, tree, parent)
		told := map[int]bool{}
		for _, f := range found.Faults {
			for _, m := range f.Members {
				told[m] = told[m] || f.Kind == topo.InvalidRing
			}
		}
		for k, c := range found.Children {
			if flaw := a.Flaws[int(c)]; flaw != nil && !told[k] {
				found.Faults = append(found.Faults, topo.Fault{Kind: topo.InvalidRing, Members: []int{k}, At: flaw.At, Reason: flaw.Reason})
			}
		}
		return found
	}
}
