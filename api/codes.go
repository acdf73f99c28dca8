package api

import (
	"context"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

// codes finds workers by number and grids by code in what is written, so that
// a roster needs no identities of ours.
type codes struct {
	a       *atlas.Atlas // nil when no plan is in force
	workers map[string]geo.WorkerID
}

// codes returns the codes of the territory's plan in force, after every write
// that was acknowledged before.
func (s *Server) codes(ctx context.Context, t geo.TerritoryID) (codes, error) {
	if _, live := s.live.Get(t); !live {
		return codes{}, nil
	}
	revision, err := s.store.Revision(ctx, t)
	if err != nil {
		return codes{}, err
	}
	if err := s.await(ctx, t, revision); err != nil {
		return codes{}, err
	}
	a, _ := s.live.Get(t)
	return codes{a: a, workers: map[string]geo.WorkerID{}}, nil
}

// grid sets id to that of the grid with the code, if a code is given.
func (c codes) grid(field, code string, id *geo.GridID) error {
	if code == "" {
		return nil
	}
	if c.a != nil {
		if i, ok := c.a.Tree().ByCode(code); ok {
			*id = c.a.Grid(i).ID
			return nil
		}
	}
	return invalid(field, "no grid or division of the plan in force has the code %q", clip(code))
}

// worker sets id to that of the worker with the number, if one is given.
func (c codes) worker(field, number string, id *geo.WorkerID) error {
	if number == "" {
		return nil
	}
	if c.a != nil && len(c.workers) == 0 {
		for i := range c.a.Records().Workers {
			w := &c.a.Records().Workers[i]
			c.workers[w.Number] = w.ID
		}
	}
	known, ok := c.workers[number]
	if !ok {
		return invalid(field, "no worker has the number %q", clip(number))
	}
	*id = known
	return nil
}
