package atlas

import "gridmap/geo/topo"

// A Ground is what there is to know of the place a grid takes.
type Ground struct {
	Shape    topo.Shape // empty: neither drawn nor made of drawn grids
	Box      topo.Box
	AreaM2   float64    // square metres on the WGS 84 ellipsoid, holes left out
	Interior topo.Point // a point well inside, for a label
}

// Ground returns the ground of the grid at position i. A grid that is not
// drawn takes that of the general grids under it, if all of them are drawn
// and fit together; else its shape is empty. It is worked out when first asked.
func (a *Atlas) Ground(i int) Ground {
	kept := a.shelf.ground(a.shelf.slots[i])
	if g := kept.Load(); g != nil {
		return *g
	}
	g := &Ground{Shape: a.outline(i)}
	if len(g.Shape) > 0 {
		g.Box, g.AreaM2, g.Interior = g.Shape.Bound(), g.Shape.AreaM2(), g.Shape.InteriorPoint()
	}
	kept.Store(g) // asking twice at once only costs the work twice
	return *g
}

func (a *Atlas) outline(i int) topo.Shape {
	if drawn(a.Grid(i)) {
		return a.Grid(i).Boundary
	}
	var parts []topo.Shape
	for _, c := range a.tree.Children(i) {
		if !a.Grid(int(c)).Partitions() {
			continue
		}
		part := a.outline(int(c))
		if len(part) == 0 {
			return nil
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return nil
	}
	whole, err := topo.Union(parts)
	if err != nil {
		return nil
	}
	return whole
}
