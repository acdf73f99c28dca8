package api

import (
	"context"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// Scheduled returns who answers the questions of schedules: from the live
// picture where that shows the plan of the day at the newest revision, else from
// a snapshot. live may be nil.
func Scheduled(store *postgis.Store, live *atlas.Live, today geo.Date) postgis.Asker {
	return func(ctx context.Context, territory geo.TerritoryID, q check.Question) (check.Run, []byte, error) {
		a, err := pictureFor(ctx, store, live, territory, q.AsOf, today)
		if err != nil {
			return check.Run{}, nil, err
		}
		kept, err := Keepable(a, q)
		return kept.Run, kept.Text, err
	}
}

// pictureFor takes the plan of a day into memory.
func pictureFor(ctx context.Context, store *postgis.Store, live *atlas.Live, territory geo.TerritoryID, day, today geo.Date) (*atlas.Atlas, error) {
	plan, err := store.PlanInForce(ctx, territory, day, today)
	if err != nil {
		return nil, err
	}
	if live != nil {
		revision, err := store.Revision(ctx, territory)
		if err != nil {
			return nil, err
		}
		if a, ok := live.Get(territory); ok && a.Plan().ID == plan.ID && a.Revision() >= revision {
			return a, nil
		}
	}
	snapshot, err := store.Snapshot(ctx, plan.ID)
	if err != nil {
		return nil, err
	}
	return atlas.New(snapshot)
}
