package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

func runPlanUndo(ctx context.Context, args []string, std streams) int {
	return runTurn(ctx, "plan undo", args, std, (*postgis.Store).Undo)
}

func runPlanRedo(ctx context.Context, args []string, std streams) int {
	return runTurn(ctx, "plan redo", args, std, (*postgis.Store).Redo)
}

// runTurn takes the last edit of a plan back, or does it again.
func runTurn(ctx context.Context, name string, args []string, std streams, do func(*postgis.Store, context.Context, postgis.Turn) (postgis.Edited, error)) int {
	c := newPlanCall(name, "--plan ID [FLAGS]\n", std)
	c.writes()
	c.onPlan()
	c.atRevision()
	c.showsMoved(api.NoGround)
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		plan, err := store.Plan(ctx, geo.PlanID(*c.plan))
		if err != nil {
			return nil, err
		}
		done, err := do(store, ctx, postgis.Turn{Plan: plan.ID, By: *c.by, Key: *c.key, Base: geo.Revision(*c.at)})
		if errors.Is(err, geo.ErrNotFound) {
			return nil, errors.New("there is nothing left to do that with")
		}
		if err != nil {
			return nil, err
		}
		return c.showEdited(ctx, store, plan, done)
	})
}

func runPlanEdits(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan edits", "--plan ID [--limit N] [--detail changes|full]\n", std)
	c.onPlan()
	detail := c.flags.String("detail", "grids", "grids: a table of what was done; changes: JSON, every grid before and after; full: its ground too")
	limit := c.flags.Int("limit", 100, "how many, the newest first")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	if *limit < 1 || *limit > 1000 {
		return misuse(std, c.name, fmt.Errorf("--limit %d is not 1 to 1000", *limit))
	}
	switch *detail {
	case "grids":
	case "changes", "full":
		return c.answer(ctx, func(store *postgis.Store) (any, error) {
			plan, err := store.Plan(ctx, geo.PlanID(*c.plan))
			if err != nil {
				return nil, err
			}
			edits, err := store.EditsInFull(ctx, plan.ID, 0, *limit)
			if err != nil {
				return nil, err
			}
			return api.ShowPlanEdits(ctx, store, plan, edits, *detail)
		})
	default:
		return misuse(std, c.name, fmt.Errorf("--detail %q is not one of: grids, changes, full", *detail))
	}
	return c.onStore(ctx, func(store *postgis.Store) error {
		if _, err := store.Plan(ctx, geo.PlanID(*c.plan)); err != nil {
			return err
		}
		edits, err := store.Edits(ctx, geo.PlanID(*c.plan), 0, *limit)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "REVISION\tWHEN\tWHO\tWHAT\tGRIDS\tSTANDS")
		for _, e := range edits {
			stands := "yes"
			if e.Undone {
				stands = "undone"
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d\t%s\n", e.Revision, e.At.Local().Format(time.DateTime), e.By, e.Op, len(e.Grids), stands)
		}
		if err := table.Flush(); err != nil {
			return err
		}
		return writeSteps(ctx, std.out, store, geo.PlanID(*c.plan))
	})
}

// writeSteps writes who took a plan to its states, and when.
func writeSteps(ctx context.Context, out io.Writer, store *postgis.Store, plan geo.PlanID) error {
	steps, err := store.Steps(ctx, plan)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "\nSTATE\tWHEN\tWHO\tREASON")
	for _, step := range steps {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", step.State, step.At.Local().Format(time.DateTime), step.By, step.Reason)
	}
	return table.Flush()
}
