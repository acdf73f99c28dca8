package main

import (
	"context"
	"errors"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

func runPlanDiff(ctx context.Context, args []string, std streams) int {
	c := newPlanCall("plan diff", "--plan ID --against ID [--geometry full]\n", std)
	c.onPlan()
	c.showsGround(api.NoGround)
	against := c.flags.Int64("against", 0, "`ID` of the plan to compare with")
	if _, code, ok := c.parse(args, 0, 0); !ok {
		return code
	}
	if *against < 1 {
		return misuse(std, c.name, errors.New("--against ID is missing"))
	}
	return c.answer(ctx, func(store *postgis.Store) (any, error) {
		after, err := pictureOf(ctx, store, geo.PlanID(*c.plan))
		if err != nil {
			return nil, err
		}
		before, err := pictureOf(ctx, store, geo.PlanID(*against))
		if err != nil {
			return nil, err
		}
		if before.Territory().ID != after.Territory().ID {
			return nil, errors.New("the plans are of two territories")
		}
		return api.ShowDiff(before, after, api.Detail(*c.geometry))
	})
}

// pictureOf takes a plan into memory.
func pictureOf(ctx context.Context, store *postgis.Store, plan geo.PlanID) (*atlas.Atlas, error) {
	snapshot, err := store.Snapshot(ctx, plan)
	if err != nil {
		return nil, err
	}
	return atlas.New(snapshot)
}
