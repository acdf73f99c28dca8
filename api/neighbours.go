package api

import (
	"slices"

	"gridmap/geo"
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
	v.beside(0, i, func(k int) {
		other := &v.s.Grids[k]
		if k != i && other.Tier == g.Tier && other.Kind == g.Kind && len(other.Boundary) > 0 && v.a.Ground(k).Box.Intersects(ground.Box) &&
			topo.SharedBorderM(ground.Shape, v.a.Ground(k).Shape) > 0 {
			list = append(list, k)
		}
	})
	slices.Sort(list)
	return list
}

// beside visits the grids under the one at position up that may border on the
// grid at i. In a plan in force a general grid lies within its parent, so that
// what lies under one farther off is left out.
func (v view) beside(up, i int, visit func(k int)) {
	visit(up)
	g := &v.s.Grids[i]
	if v.s.Grids[up].Tier >= g.Tier && g.Partitions() {
		return
	}
	if ground := v.a.Ground(up); g.Partitions() && v.s.Plan.State == geo.InForce && len(ground.Shape) > 0 && !ground.Box.Intersects(v.a.Ground(i).Box) {
		return
	}
	for _, k := range v.a.Tree().Children(up) {
		v.beside(int(k), i, visit)
	}
}
