package api

import (
	"gridmap/geo/topo"
)

// neighbours lists the grids that border on the grid at i.
func (v view) neighbours(i int) []refJSON {
	list := []refJSON{}
	for _, k := range v.bordering(i) {
		list = append(list, v.ref(k))
	}
	return list
}

// bordering returns the positions of the grids of the same tier and kind that
// share an edge with the grid at i, under whichever parent, in order. In a plan
// that is whole, neighbours share their vertices, so edges can be compared as
// they are.
func (v view) bordering(i int) (list []int) {
	g, ground := &v.s.Grids[i], v.a.Ground(i)
	for k := range v.s.Grids {
		other := &v.s.Grids[k]
		if k == i || other.Tier != g.Tier || other.Kind != g.Kind || len(other.Boundary) == 0 ||
			!other.Boundary.Bound().Intersects(ground.Box) {
			continue
		}
		if topo.SharedBorderM(ground.Shape, v.a.Ground(k).Shape) > 0 {
			list = append(list, k)
		}
	}
	return list
}
