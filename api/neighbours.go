package api

import (
	"gridmap/geo/topo"
)

// A border is an edge whichever way it is walked: its lower end first.
type border struct{ a, b topo.Point }

func borderOf(a, b topo.Point) border {
	if b.X < a.X || b.X == a.X && b.Y < a.Y {
		a, b = b, a
	}
	return border{a, b}
}

// eachBorder calls fn with every edge of the shape until it returns false.
func eachBorder(s topo.Shape, fn func(border) bool) {
	for _, polygon := range s {
		for _, ring := range polygon {
			for i, p := range ring {
				if !fn(borderOf(p, ring[(i+1)%len(ring)])) {
					return
				}
			}
		}
	}
}

// neighbours lists the grids of the same tier and kind that share an edge
// with the grid at i, under whichever parent, by position. In a plan that is
// whole, neighbours share their vertices, so edges can be compared as they
// are.
func (v view) neighbours(i int) []refJSON {
	list := []refJSON{}
	g, ground := &v.s.Grids[i], v.a.Ground(i)
	edges := map[border]bool{}
	eachBorder(ground.Shape, func(b border) bool { edges[b] = true; return true })
	for k := range v.s.Grids {
		other := &v.s.Grids[k]
		if k == i || other.Tier != g.Tier || other.Kind != g.Kind || len(other.Boundary) == 0 ||
			!other.Boundary.Bound().Intersects(ground.Box) {
			continue
		}
		touches := false
		eachBorder(v.a.Ground(k).Shape, func(b border) bool { touches = edges[b]; return !touches })
		if touches {
			list = append(list, v.ref(k))
		}
	}
	return list
}
