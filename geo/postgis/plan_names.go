package postgis

import (
	"context"
	"fmt"

	"gridmap/geo"
)

// Tiers returns the tiers of a plan by rank; none of an unknown plan.
func (s *Store) Tiers(ctx context.Context, p geo.Plan) ([]geo.Tier, error) {
	return query(ctx, s, readTier, `select `+tierColumns+` from tier where territory_id = $1 and plan_id = $2 order by rank`,
		int64(p.Territory), int64(p.ID))
}

// GridByCode returns the grid of a plan with the code. Error: [geo.ErrNotFound].
func (s *Store) GridByCode(ctx context.Context, p geo.Plan, code string) (geo.GridID, error) {
	ids, err := query(ctx, s, func(r *row) geo.GridID { return geo.GridID(r.int64()) },
		`select id from grid where territory_id = $1 and plan_id = $2 and code = $3`, int64(p.Territory), int64(p.ID), code)
	switch {
	case err != nil:
		return 0, err
	case len(ids) == 0:
		return 0, fmt.Errorf("grid %q of plan %d: %w", code, p.ID, geo.ErrNotFound)
	}
	return ids[0], nil
}
