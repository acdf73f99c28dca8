package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// planStates are the states that a word can take a plan to.
var planStates = []geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.InForce, geo.Discarded}

func runPlanState(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan state", "--plan ID [FLAGS] reviewed|filed|in_force|draft|discarded\n", std)
	c.writes()
	c.onPlan()
	c.atRevision()
	effective := c.flags.String("effective", "", "first `DAY` in force, such as 2026-01-15 (default: today); a day to come is kept by gridmap serve")
	reason := c.flags.String("reason", "", "`WHY` the plan goes back to draft, or is discarded")
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
	case !slices.Contains(planStates, to):
		return misuse(std, c.name, fmt.Errorf("%q is not one of: draft, reviewed, filed, in_force, discarded", rest[0]))
	case day != 0 && to != geo.InForce:
		return misuse(std, c.name, errors.New("--effective goes with in_force only"))
	case *reason == "" && to == geo.Draft:
		return misuse(std, c.name, errors.New("--reason WHY is missing: say why the plan goes back to draft"))
	case *reason != "" && to != geo.Draft && to != geo.Discarded:
		return misuse(std, c.name, errors.New("--reason goes with draft and discarded only"))
	}
	counted := day
	if counted == 0 {
		counted = geo.DateOf(time.Now())
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		done, err := store.SetState(ctx, postgis.StateRequest{Plan: geo.PlanID(*c.plan), To: to, Effective: day, Reason: *reason, By: *c.by,
			Key: *c.key, Base: geo.Revision(*c.at), Check: api.Publishable(counted)})
		if err != nil {
			return nil, listClashes(err)
		}
		return api.ShowPublished(done), nil
	})
}

func runPlanRebase(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan rebase", "--plan ID [FLAGS]\n", std)
	c.writes()
	c.onPlan()
	c.atRevision()
	dry := c.flags.Bool("dry-run", false, "say what would be done, or the clashes, and write nothing")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		done, err := store.Rebase(ctx, postgis.RebaseRequest{Plan: geo.PlanID(*c.plan), By: *c.by, Key: *c.key, Base: geo.Revision(*c.at), DryRun: *dry})
		if err != nil {
			return nil, listClashes(err)
		}
		return done, nil
	})
}

// listClashes adds to a refusal what clashes, a line each.
func listClashes(err error) error {
	var clash *postgis.ClashError
	if !errors.As(err, &clash) {
		return err
	}
	lines := []string{err.Error()}
	for _, c := range clash.Clashes {
		line := fmt.Sprintf("  edit %d (%s by %s): grid %s: %s", c.Edit.Revision, c.Edit.Op, c.Edit.By, c.Code, strings.Join(c.Fields, ", "))
		if c.Reason != "" {
			line += ": " + c.Reason
		}
		for _, b := range c.Base {
			line += fmt.Sprintf("; plan %d: %s by %s at %s", b.Plan, b.Op, b.By, b.At.Local().Format(time.DateTime))
		}
		lines = append(lines, line)
	}
	return errors.New(strings.Join(lines, "\n"))
}
