package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

// dueEvery is how often the service looks for plans whose day has come.
const dueEvery = time.Minute

// keepDays brings plans into force on their day and asks what schedules ask on
// theirs, at once for days that came while no service ran, until ctx ends. Any
// number of services may do so on one database. What is in force from a day is
// so before a schedule asks about that day.
func keepDays(ctx context.Context, store *postgis.Store, live *atlas.Live, log *slog.Logger, now func() time.Time) {
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
		askSchedules(ctx, store, live, log, geo.DateOf(now()))
	}
}

// askSchedules keeps the checks that are due by a day.
func askSchedules(ctx context.Context, store *postgis.Store, live *atlas.Live, log *slog.Logger, today geo.Date) {
	kept, err := store.RunDue(ctx, today, api.Scheduled(store, live, today))
	for _, k := range kept {
		about := []any{"territory", int64(k.Territory), "schedule", k.Code, "day", k.Day.String()}
		if k.Refused != "" {
			warn(ctx, log, "a scheduled check could not be asked", errors.New(k.Refused), about...)
			continue
		}
		if k.Changed != nil {
			about = append(about, "new", k.Changed.New, "gone", k.Changed.Gone)
		}
		log.Info("a scheduled check is kept", append(about, "run", k.Run)...)
	}
	if err != nil {
		warn(ctx, log, "scheduled checks could not be asked", err)
	}
}
