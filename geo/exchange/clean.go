package exchange

import (
	"errors"
	"fmt"

	"gridmap/geo/topo"
)

// Clean makes the grids of every tier fit together and into their parents, see
// [topo.CleanTree], and returns what it did, where members are positions of
// grids. Overlaps go to the lowest priority that files give. Gaps wider than
// asked stay for the check to tell of; below a partial tier's parent they are
// no fault. Dedicated and task grids that lie over others are left alone.
//
// Call it when the grids have been placed, before [Assembly.Settle].
func (a *Assembly) Clean(opt topo.CleanOptions) ([]topo.CleanedGroup, error) {
	tree := topo.CleanTree{Shapes: make([]topo.Shape, len(a.snap.Grids)), Parents: make([]int, len(a.snap.Grids)), Partial: make([]bool, len(a.snap.Grids))}
	complete := make([]bool, len(a.snap.Grids))
	for i := range a.snap.Grids {
		g := &a.snap.Grids[i]
		tree.Parents[i] = -1
		if i > 0 && g.Partitions() {
			tree.Shapes[i], tree.Parents[i] = g.Boundary, int(g.Parent)-1
			complete[g.Parent-1] = complete[g.Parent-1] || g.Tier < len(a.snap.Tiers) && a.snap.Tiers[g.Tier].Complete
		}
	}
	if len(a.snap.Grids) > 0 {
		tree.Shapes[0] = a.snap.Grids[0].Boundary
	}
	for i := range complete {
		tree.Partial[i] = !complete[i]
	}
	if len(a.priority) > 0 {
		tree.Priority = make([]int, len(a.snap.Grids))
		for i := range tree.Priority {
			tree.Priority[i] = LastPriority
			if n, ok := a.priority[a.snap.Grids[i].Code]; ok {
				tree.Priority[i] = n
			}
		}
	}
	shapes, groups, err := tree.Clean(opt)
	var at *topo.CleanTreeError
	if errors.As(err, &at) {
		return nil, fmt.Errorf("the grids in %s: %w", a.snap.Grids[at.Shape].Code, at.Err)
	}
	if err != nil {
		return nil, err
	}
	for i := range a.snap.Grids {
		if i == 0 || a.snap.Grids[i].Partitions() {
			a.snap.Grids[i].Boundary = shapes[i]
		}
	}
	return append(groups, a.closed(groups)...), nil
}

// HasPriorities reports whether files give any grid a priority.
func (a *Assembly) HasPriorities() bool { return len(a.priority) > 0 }

// closed tells of the rings that were open or too short in a file, which the
// ground no longer shows, and takes them out of the flaws.
func (a *Assembly) closed(groups []topo.CleanedGroup) []topo.CleanedGroup {
	told := map[int]bool{}
	for _, g := range groups {
		for _, change := range g.Changes {
			if change.Kind == topo.Repaired {
				told[change.Members[0]] = true
			}
		}
	}
	var closed []topo.CleanedGroup
	for i := range a.snap.Grids {
		g, flaw := &a.snap.Grids[i], a.Flaws[i]
		if flaw == nil || i == 0 || !g.Partitions() {
			continue
		}
		delete(a.Flaws, i)
		if !told[i] {
			closed = append(closed, topo.CleanedGroup{Parent: int(g.Parent) - 1,
				Changes: []topo.CleanChange{{Kind: topo.Repaired, Members: []int{i}, To: -1, At: flaw.At}}})
		}
	}
	return closed
}
