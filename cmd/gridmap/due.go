package main

import (
	"context"
	"log/slog"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/postgis"
)

// dueEvery is how often the service looks for plans whose day has come.
const dueEvery = time.Minute

// keepDays brings plans into force on their day, at once for those whose day
// came while no service ran, until ctx ends. Any number of services may do so
// on one database.
func keepDays(ctx context.Context, store *postgis.Store, log *slog.Logger, now func() time.Time) {
	for ; ctx.Err() == nil; wait(ctx, dueEvery) {
		told, err := store.Due(ctx, geo.DateOf(now()), api.Publishable)
		if err != nil {
			warn(ctx, log, "plans that are due could not come into force", err)
		}
		for _, d := range told {
			if d.Err != nil {
				warn(ctx, log, "a plan stays filed though its day has come", d.Err, "plan", int64(d.Plan.ID), "effective", d.Plan.Effective.String())
				continue
			}
			log.Info("a plan came into force", "plan", int64(d.Plan.ID), "effective", d.Plan.Effective.String(), "revision", int64(d.Published.Revision))
		}
	}
}
