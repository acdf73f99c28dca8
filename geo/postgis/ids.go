package postgis

import (
	"fmt"

	"gridmap/geo"
)

// grids returns copies of list with the new IDs.
func (ids newIDs) grids(list []geo.Grid) ([]geo.Grid, error) {
	moved := make([]geo.Grid, len(list))
	for i := range list {
		g := list[i]
		g.ID, g.Parent = ids.grid[g.ID], ids.grid[g.Parent]
		if len(g.Boundary) == 0 {
			g.Boundary = nil
		}
		g.Predecessors = nil
		for _, p := range list[i].Predecessors {
			to, ok := ids.grid[p]
			if !ok {
				return nil, inRecord("grid", g.Code, unknown("predecessors", int64(p)))
			}
			g.Predecessors = append(g.Predecessors, to)
		}
		moved[i] = g
	}
	return moved, nil
}

// assignment leads an assignment to its worker, grid and deputy.
func (ids newIDs) assignment(a *geo.Assignment) error {
	if err := ids.toWorker("worker", &a.Worker); err != nil {
		return err
	}
	if a.Deputy != 0 {
		if err := ids.toWorker("deputy", &a.Deputy); err != nil {
			return err
		}
	}
	return ids.toGrid("grid", &a.Grid)
}

func (ids newIDs) toWorker(field string, id *geo.WorkerID) error {
	to, ok := ids.worker[*id]
	if !ok {
		return unknown(field, int64(*id))
	}
	*id = to
	return nil
}

func (ids newIDs) toGrid(field string, id *geo.GridID) error {
	to, ok := ids.grid[*id]
	if !ok {
		return unknown(field, int64(*id))
	}
	*id = to
	return nil
}

func (ids newIDs) toGridOrNone(field string, id *geo.GridID) error {
	if *id == 0 {
		return nil
	}
	return ids.toGrid(field, id)
}

// lead makes r, a record of the entity, refer to the store's IDs.
func (ids newIDs) lead(e *entity, r geo.Record) error {
	if e.move == nil {
		return nil
	}
	return e.move(ids, r)
}

func unknown(field string, id int64) error {
	return &geo.InvalidError{Field: field, Reason: fmt.Sprintf("%d is not among the records given", id)}
}
