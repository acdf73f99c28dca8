package api

import (
	"context"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

// codes finds workers by number and grids by code in what is written, so that
// a roster needs no identities of ours. It looks when first asked.
type codes struct {
	ctx       context.Context
	server    *Server
	territory geo.TerritoryID
	a         *atlas.Atlas // nil until asked, or when no plan is in force
	workers   map[string]geo.WorkerID
	by        string // whoever writes
}

func (s *Server) codes(r *http.Request, t geo.TerritoryID) *codes {
	return &codes{ctx: r.Context(), server: s, territory: t, by: s.who(r)}
}

// look takes the picture as it is after every write acknowledged before.
func (c *codes) look() error {
	if c.a != nil {
		return nil
	}
	if _, live := c.server.live.Get(c.territory); !live {
		return invalid("territory", "has no plan in force, so records cannot be told by code or number")
	}
	revision, err := c.server.store.Revision(c.ctx, c.territory)
	if err != nil {
		return err
	}
	if err := c.server.await(c.ctx, c.territory, revision); err != nil {
		return err
	}
	c.a, _ = c.server.live.Get(c.territory)
	return nil
}

// known asks whether the territory has the tiers and roles that a record names;
// of one without a plan in force that cannot be said.
func (c *codes) known(record interface {
	Known([]geo.Tier, []geo.Role) error
}) error {
	if _, live := c.server.live.Get(c.territory); !live {
		return nil
	}
	if err := c.look(); err != nil {
		return err
	}
	return record.Known(c.a.Rest().Tiers, c.a.Rest().Roles)
}

// grid sets id to that of the grid with the code, if a code is given.
func (c *codes) grid(field, code string, id *geo.GridID) error {
	if code == "" {
		return nil
	}
	if err := c.look(); err != nil {
		return err
	}
	i, ok := c.a.Tree().ByCode(code)
	if !ok {
		return invalid(field, "no grid or division of the plan in force has the code %q", clip(code))
	}
	*id = c.a.Grid(i).ID
	return nil
}

// worker sets id to that of the worker with the number, if one is given.
func (c *codes) worker(field, number string, id *geo.WorkerID) error {
	if number == "" {
		return nil
	}
	if err := c.look(); err != nil {
		return err
	}
	if c.workers == nil {
		c.workers = make(map[string]geo.WorkerID, len(c.a.Rest().Workers))
		for i := range c.a.Rest().Workers {
			w := &c.a.Rest().Workers[i]
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
