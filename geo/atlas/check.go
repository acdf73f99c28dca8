package atlas

import (
	"sync"
	"time"

	"gridmap/geo/check"
)

// A faultCache keeps what is wrong among the children of each grid, by
// position of the parent, worked out when first asked.
type faultCache struct{ cells []*faultCell }

type faultCell struct {
	once   sync.Once
	faults check.SiblingFaults
}

func newFaultCache(n int) *faultCache {
	cells := make([]*faultCell, n)
	for i := range cells {
		cells[i] = &faultCell{}
	}
	return &faultCache{cells}
}

func (a *Atlas) faultsOf(parent int) check.SiblingFaults {
	cell := a.faults.cells[parent]
	cell.once.Do(func() { cell.faults = check.FindFaults(a.snap, a.tree, parent) })
	return cell.faults
}

// findCuts returns a function that finds the compounds cut by borders, once.
func (a *Atlas) findCuts() func() []check.Cut {
	return sync.OnceValue(func() []check.Cut { return check.FindCuts(a.snap, a.tree) })
}

// carry returns the cache of the next picture: a parent keeps its faults when
// neither it nor its children changed and all stand where they stood.
func (f *faultCache) carry(s *succession) *faultCache {
	next := newFaultCache(s.next.tree.Len())
	for i := range next.cells {
		if i < len(f.cells) && s.sameFamily(i) {
			next.cells[i] = f.cells[i]
		}
	}
	return next
}

// sameFamily reports whether the grid at position i and its children are the
// same as before, in the same positions and unchanged, and with children that
// may lie anywhere in the territory the territory too.
func (s *succession) sameFamily(i int) bool {
	before, after := s.from.tree.Children(i), s.next.tree.Children(i)
	if len(before) != len(after) || !s.sameGrid(i) {
		return false
	}
	territory := s.sameGrid(0)
	for k, c := range after {
		if before[k] != c || !s.sameGrid(int(c)) || !territory && !s.next.Grid(int(c)).Partitions() {
			return false
		}
	}
	return true
}

func (s *succession) sameGrid(i int) bool {
	id := s.next.snap.Grids[i].ID
	_, changed := s.grids[id]
	return !changed && s.from.snap.Grids[i].ID == id
}

// Check answers a question about the plan as the picture shows it. For the
// same picture, day and question the answer is the same, but for how long it
// took; Run is left empty. A question that cannot be asked is a
// *[geo.InvalidError].
func (a *Atlas) Check(q check.Question) (check.Report, error) {
	start := time.Now()
	r, err := check.Ask(a.Counted(q.AsOf), check.Ground{Faults: a.faultsOf, Cuts: a.cuts}, q)
	r.ElapsedMS = float64(time.Since(start).Microseconds()) / 1000
	return r, err
}
