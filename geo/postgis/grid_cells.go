package postgis

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/cells"
	"gridmap/geo/topo"
)

// gridCells is the H3 resolution leaf grids are covered at, that of
// households.
const gridCells = householdCells

func (l *loader) layCells(ctx context.Context) error {
	return writeCells(ctx, l.tx, l.territory, l.plan, l.cover)
}

// leaves returns the drawn general grids without drawn general children.
func leaves(grids []geo.Grid) []geo.Grid {
	parents := map[geo.GridID]bool{}
	for i := range grids {
		if g := &grids[i]; g.Partitions() && g.Boundary != nil {
			parents[g.Parent] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(grids), func(g geo.Grid) bool {
		return !g.Partitions() || g.Boundary == nil || parents[g.ID]
	})
}

// A cover is the H3 cells of grids, as they are worked out.
type cover struct {
	grids []geo.Grid
	done  chan struct{} // closed when what follows is known
	cells [][]cells.Covered
	err   error
}

// coverOf begins to work out the cells of grids, while the database is busy
// with other rows.
func coverOf(grids []geo.Grid) *cover {
	c := &cover{grids: grids, done: make(chan struct{})}
	shapes := make([]topo.Shape, len(c.grids))
	for i := range c.grids {
		shapes[i] = c.grids[i].Boundary
	}
	go func() {
		defer close(c.done)
		if c.cells, c.err = cells.CoverAll(shapes, gridCells); c.err != nil {
			c.err = &geo.InvalidError{Field: "boundary", Reason: c.err.Error()}
		}
	}()
	return c
}

// writeCells inserts the cells of c once they are known.
func writeCells(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, plan geo.PlanID, c *cover) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-c.done:
	}
	if c.err != nil {
		return c.err
	}
	_, err := copyIn(ctx, tx, "grid_cell (territory_id, plan_id, cell, grid_id, interior)", func(yield func([]any, error) bool) {
		for i, list := range c.cells {
			for _, cell := range list {
				if !yield([]any{int64(territory), int64(plan), int64(cell.Cell), int64(c.grids[i].ID), cell.Interior}, nil) {
					return
				}
			}
		}
	})
	return err
}
