package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A Due is what became of a plan whose day had come.
type Due struct {
	Plan      geo.Plan  // as it was
	Published Published // the zero Published when Err is set
	Err       error     // why it stays filed
}

// Due brings into force every filed plan whose day is today or past, in the
// order of their days; check returns the question of [StateRequest] for a day,
// nil for none. Any number of services may call it at once and as often as they
// like: each plan comes into force once. What speaks against a plan is noted in
// its steps and asked again when the territory has changed since.
func (s *Store) Due(ctx context.Context, today geo.Date, check func(day geo.Date) func(*geo.Snapshot) error) ([]Due, error) {
	type waiting struct {
		plan geo.Plan
		by   string
	}
	list, err := query(ctx, s, func(r *row) waiting { return waiting{readPlan(r), r.text()} }, `
		select p.territory_id, p.id, p.name, p.state, p.effective, p.revision, p.due_by
		from plan as p join territory_counter as c using (territory_id)
		where p.state = 'filed' and p.effective <= $1 and (p.due_revision = 0 or p.due_revision <> c.revision)
		order by p.effective, p.id`, today.Time())
	if err != nil {
		return nil, fmt.Errorf("plans that are due: %w", err)
	}
	var told []Due
	for _, next := range list {
		ask := StateRequest{Plan: next.plan.ID, To: geo.InForce, Effective: next.plan.Effective, By: next.by, Today: today, due: true}
		if check != nil {
			ask.Check = check(next.plan.Effective)
		}
		done, err := s.SetState(ctx, ask)
		var other *StateError
		switch {
		case err == nil:
			told = append(told, Due{Plan: next.plan, Published: done})
		case errors.As(err, &other), errors.Is(err, geo.ErrNotFound): // another service was first, or it was sent back
		case errors.Is(err, ErrUnavailable), ctx.Err() != nil:
			return told, err
		default:
			told = append(told, Due{Plan: next.plan, Err: err})
			if err := s.holdBack(ctx, next.plan, next.by, err); err != nil {
				return told, err
			}
		}
	}
	return told, nil
}

// holdBack notes why a plan that was due stays filed, the same reason once.
func (s *Store) holdBack(ctx context.Context, p geo.Plan, by string, cause error) error {
	reason := cause.Error()
	if len(reason) > maxReason {
		reason = strings.ToValidUTF8(reason[:maxReason], "")
	}
	return retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) error {
			var was string
			err := tx.QueryRow(ctx, `
				update plan as p set due_refused = $4, due_revision = c.revision
				from territory_counter as c, (select due_refused from plan where territory_id = $1 and id = $2 for update) as before
				where p.territory_id = $1 and p.id = $2 and c.territory_id = $1 and p.state = 'filed' and p.effective = $3
				returning before.due_refused`, int64(p.Territory), int64(p.ID), dateArg(p.Effective), reason).Scan(&was)
			if errors.Is(err, pgx.ErrNoRows) || err == nil && was == reason {
				return nil // sent back meanwhile, or noted
			}
			if err != nil {
				return err
			}
			return writeStep(ctx, tx, &p, by, note{reason: reason, effective: p.Effective})
		})
	})
}
