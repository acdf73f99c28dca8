package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// CreateDraft copies a plan of a territory, its tiers and grids, as a draft to
// be edited; from 0 is the plan in force. The grids keep their IDs. When the
// grids of the plan partition their parents, every commit of the draft must
// keep that. A draft has no households of its own: they stay placed in the plan
// in force until another takes its place, and a picture of the draft places
// them itself.
//
// Errors: [geo.ErrNotFound] for a territory or plan that is not there,
// *[geo.InvalidError] for the name.
func (s *Store) CreateDraft(ctx context.Context, territory geo.TerritoryID, from geo.PlanID, name, by string) (geo.Plan, error) {
	p := geo.Plan{Territory: territory, Name: name, State: geo.Draft}
	err := p.Validate()
	if err == nil && name == "" {
		err = &geo.InvalidError{Field: "name", Reason: "is empty"}
	}
	if err != nil {
		return geo.Plan{}, fmt.Errorf("draft: %w", err)
	}
	err = s.once(ctx, writeMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		return copyPlan(ctx, tx, from, &p, by)
	})
	if err != nil {
		return geo.Plan{}, fmt.Errorf("draft of territory %d: %w", territory, explain(err))
	}
	s.bell.ring(territory)
	return p, nil
}

// copyPlan makes p a copy of a plan and sets its ID and revision.
func copyPlan(ctx context.Context, tx pgx.Tx, from geo.PlanID, p *geo.Plan, by string) error {
	rev, err := lockCounter(ctx, tx, p.Territory)
	if err != nil {
		return err
	}
	source, err := sourceOf(ctx, tx, p.Territory, from)
	if err != nil {
		return err
	}
	p.Revision = rev + 1
	err = tx.QueryRow(ctx, `
		insert into plan (territory_id, name, state, revision, from_plan, from_revision, whole)
		select $1, $2, 'draft', $3, $4, $5, not exists (select from partition_faults($1, $4))
		returning id`,
		int64(p.Territory), p.Name, int64(p.Revision), int64(source.ID), int64(source.Revision)).Scan(&p.ID)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`insert into tier (territory_id, plan_id, ` + tierColumns + `)
			select territory_id, $3, ` + tierColumns + ` from tier where territory_id = $1 and plan_id = $2`,
		`insert into grid (territory_id, plan_id, ` + gridColumns + `)
			select territory_id, $3, ` + gridColumns + ` from grid where territory_id = $1 and plan_id = $2`,
	} {
		if _, err := tx.Exec(ctx, statement, int64(p.Territory), int64(source.ID), int64(p.ID)); err != nil {
			return err
		}
	}
	if err := writeStep(ctx, tx, p, by); err != nil {
		return err
	}
	if err := drawRevision(ctx, tx, p.Territory, p.Revision); err != nil {
		return err
	}
	set := geo.ChangeSet{Territory: p.Territory, Plan: p.ID, Revision: p.Revision, By: by, Op: "draft"}
	return writeChangeSet(ctx, tx, &set, receipt{})
}

// sourceOf finds the plan that a draft of a territory is copied from.
func sourceOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, from geo.PlanID) (geo.Plan, error) {
	if from == 0 {
		return planInForce(ctx, tx, territory, 0)
	}
	p, err := one(ctx, tx, readPlan, planRead+`where territory_id = $1 and id = $2`, int64(territory), int64(from))
	return p, found(err, "plan", int64(from))
}

// writeStep notes who took a plan to its state.
func writeStep(ctx context.Context, tx pgx.Tx, p *geo.Plan, by string) error {
	_, err := tx.Exec(ctx, `insert into plan_step (territory_id, plan_id, state, by_whom) values ($1, $2, $3, $4)`,
		int64(p.Territory), int64(p.ID), string(p.State), by)
	return err
}
