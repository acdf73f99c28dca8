package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

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

// A Step is a state that a plan came to.
type Step struct {
	State geo.PlanState
	At    time.Time
	By    string // who took it there
}

// Steps returns a plan's way through the states, the first being its making;
// none of an unknown plan, or of one that was loaded as it is.
func (s *Store) Steps(ctx context.Context, p geo.Plan) ([]Step, error) {
	var steps []Step
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `select state, at, by_whom from plan_step where territory_id = $1 and plan_id = $2 order by at, state`,
			int64(p.Territory), int64(p.ID))
		if err != nil {
			return err
		}
		steps, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (t Step, err error) {
			err = r.Scan(&t.State, &t.At, &t.By)
			t.At = t.At.UTC()
			return t, err
		})
		return err
	})
	return steps, err
}
