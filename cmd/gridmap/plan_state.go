package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

func runPlanState(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan state", "--plan ID [FLAGS] reviewed|filed|in_force\n", std)
	c.writes()
	c.onPlan()
	c.atRevision()
	effective := c.flags.String("effective", "", "first `DAY` in force, such as 2026-01-15 (default: today)")
	rest, code, ok := c.parse(args, 1, 1)
	if !ok {
		return code
	}
	day, err := geo.ParseDate(*effective)
	if err != nil {
		return misuse(std, c.name, fmt.Errorf("--effective: %w", err))
	}
	to := geo.PlanState(rest[0])
	switch {
	case !slices.Contains([]geo.PlanState{geo.Reviewed, geo.Filed, geo.InForce}, to):
		return misuse(std, c.name, fmt.Errorf("%q is not one of: reviewed, filed, in_force", rest[0]))
	case day != 0 && to != geo.InForce:
		return misuse(std, c.name, fmt.Errorf("--effective goes with in_force only"))
	}
	counted := day
	if counted == 0 {
		counted = geo.DateOf(time.Now())
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		done, err := store.SetState(ctx, postgis.StateRequest{Plan: geo.PlanID(*c.plan), To: to, Effective: day, By: *c.by,
			Key: *c.key, Base: geo.Revision(*c.at), Check: api.Publishable(counted)})
		if err != nil {
			return nil, err
		}
		return api.ShowPublished(done), nil
	})
}
