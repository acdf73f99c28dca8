package atlas

import (
	"sync"
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// A faultCell keeps what is wrong among the children of one grid, worked out
// when first asked.
type faultCell struct {
	once     sync.Once
	faults   check.SiblingFaults
	children []int32 // slots of the faults' Children, which stay when positions shift
}

func (a *Atlas) faultsOf(parent int) check.SiblingFaults {
	cell := a.shelf.fault(a.shelf.slots[parent])
	cell.once.Do(func() {
		cell.faults = check.FindFaults(a.Records(), a.tree, parent)
		cell.children = make([]int32, len(cell.faults.Children))
		for k, c := range cell.faults.Children {
			cell.children[k] = a.shelf.slots[c]
		}
	})
	found := cell.faults
	found.Children = make([]int32, len(cell.children))
	for k, slot := range cell.children {
		found.Children[k] = a.shelf.at[slot]
	}
	return found
}

// findCuts returns a function that finds the compounds cut by borders, once.
func (a *Atlas) findCuts() func() []check.Cut {
	return sync.OnceValue(func() []check.Cut { return check.FindCuts(a.Records(), a.tree) })
}

// Check answers a question about the plan as the picture shows it. For the
// same picture, day and question the answer is the same, but for how long it
// took; Run is left empty. A question that cannot be asked is a
// *[geo.InvalidError].
func (a *Atlas) Check(q check.Question) (check.Report, error) {
	start := time.Now()
	counted := a.Counted(q.AsOf)
	ground := check.Ground{Faults: a.faultsOf, Cuts: a.cuts, Cells: a.cells, Vacant: a.vacant, Homes: a.anyHome}
	r, err := check.Ask(counted, ground, q)
	r.ElapsedMS = float64(time.Since(start).Microseconds()) / 1000
	return r, err
}

// anyHome is the [check.Homes] of the picture.
func (a *Atlas) anyHome(box topo.Box, asked func(topo.Point) bool) bool {
	a.mu.Lock()
	columns := a.upToDate().columns
	a.mu.Unlock()
	return columns.any(box, func(d *geo.Dwelling) bool { return asked(d.At) })
}
