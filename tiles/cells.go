package tiles

import (
	"fmt"

	"gridmap/geo"
	"gridmap/geo/suppress"
	"gridmap/geo/surface"
	"gridmap/geo/topo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// cellsOf are the cells of a day at one resolution.
type cellsOf struct {
	of    *geo.Counted
	list  []surface.Cell
	cells *mesh.Mesh[int32] // by feature ID
}

// resolutionAt returns the resolution of cells that a zoom shows: cells of
// about 30 to 80 pixels.
func resolutionAt(z uint32) int {
	return max(surface.Coarsest, min(surface.Finest, surface.Coarsest+(int(z)-7)/2))
}

// spread returns the cells that the zoom shows: with all counts for those who
// may read households, else without small ones.
func (p *Picture) spread(day geo.Date, z uint32, all bool) (cellsOf, error) {
	resolution, least := resolutionAt(z), int64(suppress.DefaultLeast)
	c := p.a.Counted(day)
	p.mu.Lock()
	defer p.mu.Unlock()
	known := &p.cells[resolution-surface.Coarsest]
	if all {
		known, least = &p.homes[resolution-surface.Coarsest], 0
	}
	if known.of == c {
		return *known, nil
	}
	middle := func(i int) (topo.Point, bool) {
		g := p.a.Ground(i)
		return g.Interior, len(g.Shape) > 0
	}
	found, err := surface.Compute(c, middle, p.a.Ground(0).Shape, surface.Options{Resolution: resolution, Least: least})
	if err != nil {
		return cellsOf{}, fmt.Errorf("cells of plan %d: %w", p.a.Plan().ID, err)
	}
	faces := make([]mesh.Face[int32], len(found.Cells))
	for i := range found.Cells {
		cell := &found.Cells[i]
		ring, err := cell.Cell.Boundary()
		if err != nil {
			return cellsOf{}, fmt.Errorf("cell %s: %w", cell.Cell, err)
		}
		// What a cell of the resolution has below its own digits is the same in
		// all; without it the number fits JavaScript.
		id := int64(cell.Cell) >> (3 * (15 - resolution)) & (1<<53 - 1)
		faces[i] = mesh.Face[int32]{ID: id, Shape: topo.Shape{{ring}}, Tag: int32(i), Mark: markOfCell(cell)}
	}
	*known = cellsOf{c, found.Cells, mesh.Build(faces)}
	return *known, nil
}

// markOfCell says what a cell's attributes say.
func markOfCell(c *surface.Cell) uint64 {
	h := digest(0).number(uint64(c.Cell)).number(uint64(c.Workers))
	for measure, n := range c.Counts {
		if c.Hidden[measure] {
			n = -1
		}
		h = h.number(uint64(n))
	}
	return uint64(h)
}

func (v *view) drawCells(d *desk) error {
	found, err := v.spread(v.q.Day, v.q.Z, v.q.Layer == Households)
	if err != nil {
		return err
	}
	l := &d.layer
	name, households, resident := l.Key("cell"), l.Key("households"), l.Key("resident")
	workers, density := l.Key("workers"), l.Key("residents_per_km2")
	found.cells.Draw(v.tile, &d.pen, func(s *mesh.Sight[int32]) {
		c := &found.list[*s.Tag]
		l.Begin(uint64(s.ID), mvt.PolygonType)
		l.Tag(name, l.Unique(c.Cell.String()))
		if !c.Hidden[surface.Households] {
			l.Tag(households, l.Int(c.Counts[surface.Households]))
		}
		if !c.Hidden[surface.Resident] {
			l.Tag(resident, l.Int(c.Counts[surface.Resident]))
		}
		l.Tag(workers, l.Int(c.Workers))
		if n, shown := c.Density(); shown {
			l.Tag(density, l.Double(n))
		}
		l.Path(s.Path)
		l.End()
	})
	return nil
}

func (v *view) sumCells(d *desk) (uint64, error) {
	found, err := v.spread(v.q.Day, v.q.Z, v.q.Layer == Households)
	if err != nil {
		return 0, err
	}
	sum, _ := found.cells.Sum(v.tile, &d.pen, func(*int32) bool { return true })
	return sum, nil
}
