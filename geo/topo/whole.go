package topo

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Whole reports whether the children partition the parent: every point of the
// parent lies in exactly one child, and nothing lies outside. It is a proof,
// in O(n log n): the boundary of a sum of regions is the sum of their
// boundaries, so with valid shapes it suffices that the directed edges of the
// children, less those of the parent, cancel.
//
// It holds for noded shapes only: where a vertex stands in one of two rings on
// a shared border, Whole is false and [Faults] decides. It is false when the
// parent or any child is not drawn.
func Whole(parent Shape, children []Shape) bool {
	if parent == nil {
		return false
	}
	for _, child := range children {
		if child == nil {
			return false
		}
	}
	var cancels bool
	var proof sync.WaitGroup
	proof.Go(func() { cancels = boundary(parent, children).empty() })
	var bad atomic.Bool
	validateAll(append([]Shape{parent}, children...), func(int, *RingError) bool {
		bad.Store(true)
		return false
	})
	proof.Wait()
	return cancels && !bad.Load()
}

// validateAll validates shapes on all processors and calls report, from any
// goroutine, for each that fails, until report returns false.
func validateAll(shapes []Shape, report func(i int, bad *RingError) bool) {
	const batch = 32
	var next atomic.Int64
	var stop atomic.Bool
	work := func() {
		var v validator
		var q quickLook
		for !stop.Load() {
			from := int(next.Add(batch)) - batch
			if from >= len(shapes) {
				return
			}
			for i := from; i < min(from+batch, len(shapes)); i++ {
				if q.simple(shapes[i]) {
					continue
				}
				if bad := v.check(shapes[i]); bad != nil && !report(i, bad) {
					stop.Store(true)
				}
			}
		}
	}
	var group sync.WaitGroup
	for range min(workers(), 1+len(shapes)/batch) - 1 {
		group.Go(work)
	}
	work()
	group.Wait()
}

// workers returns how many goroutines share work that keeps a processor busy.
func workers() int { return runtime.GOMAXPROCS(0) }
