package mesh

import (
	"math/bits"
	"runtime"
	"sync"
	"sync/atomic"

	"gridmap/geo/topo"
)

// A ring is a stretch of the points of a patch. The ground of its face lies
// left of it, seen from above.
type ring struct {
	from, to int32
	face     int32
	hole     bool // of the polygon before
}

// A patch is faces as plain rings, to be stitched together.
type patch struct {
	points []Point
	rings  []ring
	ids    []int64 // of the faces

	twin []int32 // by edge, which has the number of its first point; see match
}

const (
	alone   = -1 // nobody else has the edge
	crowded = -2 // too many have it, or two on the same side: the faces overlap
)

// each calls fn for 0 to n-1 in stretches, on all processors.
func each(n, stretch int, fn func(from, to int)) {
	var next atomic.Int64
	work := func() {
		for {
			from := int(next.Add(int64(stretch))) - stretch
			if from >= n {
				return
			}
			fn(from, min(n, from+stretch))
		}
	}
	if n <= stretch {
		work()
		return
	}
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(work)
	}
	all.Wait()
}

// newPatch projects shapes.
func newPatch(ids []int64, shapes []topo.Shape) *patch {
	p := &patch{ids: ids}
	total, rings := 0, 0
	for _, s := range shapes {
		for _, polygon := range s {
			rings += len(polygon)
		}
		total += s.Vertices()
	}
	p.points, p.rings = make([]Point, total), make([]ring, 0, rings)
	sources := make([]topo.Ring, 0, rings)
	at := int32(0)
	for i, s := range shapes {
		for _, polygon := range s {
			for k, r := range polygon {
				p.rings = append(p.rings, ring{at, at + int32(len(r)), int32(i), k > 0})
				sources = append(sources, r)
				at += int32(len(r))
			}
		}
	}
	each(len(sources), 4096, func(from, to int) {
		for i := from; i < to; i++ {
			out := p.points[p.rings[i].from:p.rings[i].to]
			for k, q := range sources[i] {
				out[k] = Project(q)
			}
		}
	})
	return p
}

func less(a, b Point) bool { return a.X < b.X || a.X == b.X && a.Y < b.Y }

// match finds for every edge the one that runs the other way, in p.twin.
// Edges with the same lower end lie in the same cell of a grid, so every cell
// is worked on by itself and in little memory.
func (p *patch) match() {
	n := len(p.points)
	p.twin = make([]int32, n)
	next := make([]int32, n)
	for _, r := range p.rings {
		for e := r.from; e < r.to-1; e++ {
			next[e] = e + 1
		}
		if r.to > r.from {
			next[r.to-1] = r.from
		}
	}
	g := newCells(boundOf(p.points), n/512)
	low := func(e int32) Point {
		a, b := p.points[e], p.points[next[e]]
		if less(b, a) {
			return b
		}
		return a
	}
	starts, edges := g.sort(n, func(i int) Point { return low(int32(i)) })
	each(g.count(), 64, func(from, to int) {
		var table []int32
		for c := from; c < to; c++ {
			if cell := edges[starts[c]:starts[c+1]]; len(cell) > 0 {
				table = p.matchCell(cell, next, table)
			}
		}
	})
}

// matchCell matches the edges of one cell. table is memory to be used again.
func (p *patch) matchCell(cell, next []int32, table []int32) []int32 {
	size := 1 << bits.Len(uint(2*len(cell)))
	if len(table) < size {
		table = make([]int32, size)
	}
	slots := table[:size]
	clear(slots)
	mask := uint64(size - 1)
	for _, e := range cell {
		a, b := p.points[e], p.points[next[e]]
		p.twin[e] = alone
		lo, hi := a, b
		if less(b, a) {
			lo, hi = b, a
		}
		h := Mix(pack(lo), pack(hi))
		for i := h & mask; ; i = (i + 1) & mask {
			if slots[i] == 0 {
				slots[i] = e + 1
				break
			}
			f := slots[i] - 1
			c, d := p.points[f], p.points[next[f]]
			if a == d && b == c && p.twin[f] == alone {
				p.twin[e], p.twin[f] = f, e
				break
			}
			if a == d && b == c || a == c && b == d {
				if t := p.twin[f]; t >= 0 {
					p.twin[t] = crowded
				}
				p.twin[e], p.twin[f] = crowded, crowded
				break
			}
		}
	}
	return table
}

func pack(p Point) uint64 { return uint64(p.X)<<32 | uint64(p.Y) }

// Mix hashes two numbers into one.
func Mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xe7037ed1a0b428db)
	return hi ^ lo
}
