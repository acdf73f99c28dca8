package main

import (
	"context"
	"errors"
	"fmt"

	"gridmap/api"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
)

// subject reads what is to be checked: one file or folder, or a territory,
// which comes with all that the flags of files say.
func (q *checkRequest) subject(rest []string) error {
	switch {
	case q.territory == "" && len(rest) == 0:
		return errors.New("an argument is missing: FILE, DIR or --territory CODE")
	case q.territory == "":
		if q.given["database"] {
			return errors.New("--database needs --territory")
		}
		if q.store {
			return errors.New("--store needs --territory")
		}
		q.file = rest[0]
		return nil
	case len(rest) > 0:
		return fmt.Errorf("%q cannot be checked together with --territory", rest[0])
	}
	for _, name := range []string{"within", "parent", "code", "within-code", "households", "crs", "max-vertices"} {
		if q.given[name] {
			return fmt.Errorf("--%s is for files, not for --territory", name)
		}
	}
	return nil
}

// ofTerritory asks the check of the plan that is in force on a day.
func (q *checkRequest) ofTerritory(ctx context.Context, day geo.Date, std streams) (*check.Report, error) {
	url, ok := databaseURL(q.database, "check", std)
	if !ok {
		return nil, errTold
	}
	pool, err := postgis.Open(ctx, url)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	store := postgis.New(pool)
	picture, err := inForceOn(ctx, store, q.territory, day)
	if err != nil {
		return nil, err
	}
	if q.store {
		return q.keep(ctx, store, picture, day, std)
	}
	report, err := picture.Check(q.question(day))
	return &report, err
}

// inForceOn draws the plan of a territory, by code or name, that is in force on a
// day.
func inForceOn(ctx context.Context, store *postgis.Store, territory string, day geo.Date) (*atlas.Atlas, error) {
	t, err := findTerritory(ctx, store, territory)
	if err != nil {
		return nil, err
	}
	snap, err := store.SnapshotInForce(ctx, t.ID, day)
	if err != nil {
		return nil, err
	}
	return atlas.New(snap)
}

// keep asks the check and keeps it as a run.
func (q *checkRequest) keep(ctx context.Context, store *postgis.Store, picture *atlas.Atlas, day geo.Date, std streams) (*check.Report, error) {
	kept, err := api.Keepable(picture, q.question(day))
	if err != nil {
		return nil, err
	}
	kept.Run.By = q.by
	if _, err := store.KeepRun(ctx, kept.Run, kept.Text); err != nil {
		return nil, err
	}
	fmt.Fprintf(std.err, "kept as run %s\n", kept.Run.ID)
	return &kept.Report, nil
}
