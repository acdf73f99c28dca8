package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

// lookEvery is how often the service looks for territories that another
// process has loaded, and how long it waits after an error.
const lookEvery = 2 * time.Second

// follow keeps the picture of every territory equal to the database, those to
// come included, until ctx ends.
func follow(ctx context.Context, store *postgis.Store, live *atlas.Live, log *slog.Logger) {
	var followers sync.WaitGroup
	defer followers.Wait()
	followed := map[geo.TerritoryID]bool{}
	for ; ctx.Err() == nil; wait(ctx, lookEvery) {
		territories, err := store.Territories(ctx)
		if err != nil {
			warn(ctx, log, "territories cannot be read", err)
			continue
		}
		for _, t := range territories {
			if !followed[t.ID] {
				followed[t.ID] = true
				followers.Go(func() { followOne(ctx, store, live, t, log) })
			}
		}
	}
}

// followOne keeps the picture of one territory. One without a plan in force
// has no picture yet, which is no fault.
func followOne(ctx context.Context, store *postgis.Store, live *atlas.Live, t geo.Territory, log *slog.Logger) {
	for ; ctx.Err() == nil; wait(ctx, lookEvery) {
		if err := live.Follow(ctx, store, t.ID); !errors.Is(err, geo.ErrNotFound) {
			warn(ctx, log, "the feed of a territory broke off", err, "territory", t.Code)
		}
	}
}

// warn logs an error unless it only says that the service stops.
func warn(ctx context.Context, log *slog.Logger, what string, err error, args ...any) {
	if ctx.Err() == nil {
		log.Warn(what, append(args, "error", err)...)
	}
}

// wait returns after d or when ctx ends.
func wait(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// warmDrafts makes ready to edit the newest draft of every territory, so that
// nobody's first edit after a start waits for its drawing.
func warmDrafts(ctx context.Context, store *postgis.Store, log *slog.Logger) {
	territories, err := store.Territories(ctx)
	if err != nil {
		warn(ctx, log, "drafts are not made ready", err)
	}
	for _, t := range territories {
		plans, err := store.Plans(ctx, t.ID)
		for _, p := range plans { // the newest first
			if p.State == geo.Draft {
				err = store.Warm(ctx, p.ID)
				break
			}
		}
		if err != nil {
			warn(ctx, log, "a draft is not made ready", err, "territory", t.Code)
		}
	}
}
