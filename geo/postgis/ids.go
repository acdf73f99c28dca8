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

func (ids newIDs) assignment(a *geo.Assignment) (*geo.Assignment, error) {
	moved := *a
	var ok bool
	if moved.Worker, ok = ids.worker[a.Worker]; !ok {
		return nil, unknown("worker", int64(a.Worker))
	}
	if moved.Grid, ok = ids.grid[a.Grid]; !ok {
		return nil, unknown("grid", int64(a.Grid))
	}
	if a.Deputy != 0 {
		if moved.Deputy, ok = ids.worker[a.Deputy]; !ok {
			return nil, unknown("deputy", int64(a.Deputy))
		}
	}
	return &moved, nil
}

func (ids newIDs) population(p *geo.Population) (*geo.Population, error) {
	moved := *p
	var ok bool
	if moved.Unit, ok = ids.grid[p.Unit]; !ok {
		return nil, unknown("unit", int64(p.Unit))
	}
	return &moved, nil
}

func (ids newIDs) facility(f *geo.Facility) (*geo.Facility, error) {
	moved := *f
	var err error
	moved.Division, err = ids.gridOrNone("division", f.Division)
	return &moved, err
}

func (ids newIDs) compound(c *geo.Compound) (*geo.Compound, error) {
	moved := *c
	var err error
	moved.Division, err = ids.gridOrNone("division", c.Division)
	return &moved, err
}

// gridOrNone returns the new ID of a grid that may be none.
func (ids newIDs) gridOrNone(field string, id geo.GridID) (geo.GridID, error) {
	if id == 0 {
		return 0, nil
	}
	if to, ok := ids.grid[id]; ok {
		return to, nil
	}
	return 0, unknown(field, int64(id))
}

func unknown(field string, id int64) error {
	return &geo.InvalidError{Field: field, Reason: fmt.Sprintf("%d is not among the records given", id)}
}
