package postgis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/check"
)

// KeepRun keeps a check with its report, JSON as the face writes it, and
// returns the run as it is kept: the same question of the same revision is kept
// once, as it was answered first. A run of a schedule that somebody asks for too
// is his from then on, so that the schedule's retention leaves it alone.
func (s *Store) KeepRun(ctx context.Context, run check.Run, report []byte) (check.Run, error) {
	var kept check.Run
	err := retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) (err error) {
			kept, err = keepRun(ctx, tx, run, report)
			return err
		})
	})
	if err != nil {
		return check.Run{}, fmt.Errorf("keep run %s: %w", run.ID, err)
	}
	return kept, nil
}

// keepRun writes a run and returns the one that is kept. One statement does it,
// which holds the row: of several who ask for a schedule's run it is the first's,
// and no retention throws it away between.
func keepRun(ctx context.Context, tx pgx.Tx, run check.Run, report []byte) (check.Run, error) {
	question, err := json.Marshal(run.Question)
	if err != nil {
		return run, err
	}
	outline, err := json.Marshal(run.Outline)
	if err != nil {
		return run, err
	}
	profile := run.Question.Profile
	if profile == "" {
		profile = geo.DefaultProfile
	}
	return one(ctx, tx, readRun, `
		insert into check_run as r (territory_id, run, plan_id, revision, as_of, by_whom, profile, whole, usual, question, outline, report)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11::text::jsonb, $12::text::json)
		on conflict (territory_id, run) do update
		set by_whom = case when starts_with(r.by_whom, $13) and not starts_with(excluded.by_whom, $13) then excluded.by_whom else r.by_whom end
		returning `+runColumns,
		int64(run.Territory), run.ID, int64(run.Plan), int64(run.Revision), run.AsOf.Time(), run.By, profile,
		run.Question.Whole(), run.Question.Usual(), string(question), string(outline), string(report), scheduleBy)
}

const (
	runColumns = `r.territory_id, r.run, r.plan_id, r.revision, r.as_of, r.asked_at, r.by_whom, r.question, r.outline`
	runRead    = `select ` + runColumns + ` from check_run as r`
)

func readRun(r *row) check.Run {
	run := check.Run{
		Territory: geo.TerritoryID(r.int64()), ID: r.text(), Plan: geo.PlanID(r.int64()), Revision: geo.Revision(r.int64()),
		AsOf: r.date(), AskedAt: r.moment(), By: r.text(),
	}
	r.document(&run.Question)
	r.document(&run.Outline)
	return run
}

// Runs returns the kept runs of a territory, the one asked last first, after
// the run named after, "" for the first page; limit is 1 to 1,000. Error:
// [geo.ErrNotFound] for a run to go on from that is not there.
func (s *Store) Runs(ctx context.Context, territory geo.TerritoryID, after string, limit int) ([]check.Run, error) {
	var list []check.Run
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		if after != "" {
			var there bool
			if err := tx.QueryRow(ctx, `select exists (select from check_run where territory_id = $1 and run = $2)`, int64(territory), after).Scan(&there); err != nil {
				return err
			}
			if !there {
				return fmt.Errorf("run %q: %w", after, geo.ErrNotFound)
			}
		}
		var err error
		list, err = some(ctx, tx, readRun, runRead+`
			where r.territory_id = $1 and ($2 = '' or (r.asked_at, r.run) < (select asked_at, run from check_run where territory_id = $1 and run = $2))
			order by r.asked_at desc, r.run desc limit $3`, int64(territory), after, limit)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("runs of territory %d: %w", territory, err)
	}
	return list, nil
}

// Run returns a kept run and its report as it was kept. Error:
// [geo.ErrNotFound].
func (s *Store) Run(ctx context.Context, id string) (check.Run, json.RawMessage, error) {
	var run check.Run
	var report []byte
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		territory, err := territoryOfRun(ctx, tx, id)
		if err != nil {
			return err
		}
		if run, err = one(ctx, tx, readRun, runRead+` where r.territory_id = $1 and r.run = $2`, territory, id); err != nil {
			return err
		}
		report, err = reportOf(ctx, tx, run.Territory, id)
		return err
	})
	if err != nil {
		return check.Run{}, nil, foundRun(err, id)
	}
	return run, report, nil
}

// territoryOfRun probes the key in every territory: it begins with it.
func territoryOfRun(ctx context.Context, tx pgx.Tx, id string) (territory int64, err error) {
	err = tx.QueryRow(ctx, `select t.territory_id from territory as t
		where exists (select from check_run as r where r.territory_id = t.territory_id and r.run = $1)`, id).Scan(&territory)
	return territory, err
}

// reportOf reads the report of a run as it was kept.
func reportOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, id string) ([]byte, error) {
	text, err := one(ctx, tx, (*row).text, `select report from check_run where territory_id = $1 and run = $2`, int64(territory), id)
	return []byte(text), err
}

func foundRun(err error, id string) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("run %q: %w", id, geo.ErrNotFound)
	}
	return fmt.Errorf("run %q: %w", id, err)
}

// DropRun takes a kept run away. Errors: [geo.ErrNotFound]; [geo.ErrConflict]
// for a run that a schedule had asked, or is compared with.
func (s *Store) DropRun(ctx context.Context, id string) error {
	err := retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) error {
			territory, err := territoryOfRun(ctx, tx, id)
			if err != nil {
				return err
			}
			var scheduled bool
			if err := tx.QueryRow(ctx, `select exists (select from check_day where territory_id = $1 and (run = $2 or before = $2))`, territory, id).
				Scan(&scheduled); err != nil {
				return err
			}
			if scheduled {
				return fmt.Errorf("it is of a schedule: %w", geo.ErrConflict)
			}
			_, err = tx.Exec(ctx, `delete from check_run where territory_id = $1 and run = $2`, territory, id)
			return err
		})
	})
	if err != nil {
		return foundRun(err, id)
	}
	return nil
}

// A RollupQuery chooses the runs of a national roll-up.
type RollupQuery struct {
	AsOf     geo.Date // the last day of runs that count
	Profile  string   // of runs that no schedule is named for
	Schedule string   // code of the schedules whose runs count, "" for any run
}

// A RollupRow is a territory with the newest of its runs that count; Run is nil
// where it has none.
type RollupRow struct {
	Territory geo.Territory
	Run       *check.Run
}

// The newest run of each territory: of the whole, by the profile as it is, or
// that of the schedule.
const (
	newestRun = `
		select ` + runColumns + ` from check_run as r
		where r.territory_id = t.territory_id and r.whole and r.as_of <= $1 and r.usual and r.profile = $2
		order by r.as_of desc, r.asked_at desc limit 1`
	newestOfSchedule = `
		select ` + runColumns + ` from check_schedule as s
		join check_day as d on d.territory_id = s.territory_id and d.schedule_id = s.id
		join check_run as r on r.territory_id = d.territory_id and r.run = d.run
		where s.territory_id = t.territory_id and s.code = $2 and d.day <= $1 and r.whole
		order by d.day desc limit 1`
)

// Rollup returns every territory by code with the newest of its runs that
// count.
func (s *Store) Rollup(ctx context.Context, q RollupQuery) ([]RollupRow, error) {
	newest, of := newestRun, q.Profile
	if q.Schedule != "" {
		newest, of = newestOfSchedule, q.Schedule
	}
	var list []RollupRow
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		list, err = some(ctx, tx, readRollup, `select t.territory_id, t.code, t.name_zh, t.name_en, n.*
			from territory as t
			left join lateral (`+newest+`) as n (of_territory, run, plan_id, revision, as_of, asked_at, by_whom, question, outline) on true
			order by t.code`, q.AsOf.Time(), of)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("roll-up: %w", err)
	}
	return list, nil
}

func readRollup(r *row) RollupRow {
	one := RollupRow{Territory: geo.Territory{ID: geo.TerritoryID(r.int64()), Code: r.text(), Name: r.name()}}
	if run := readRun(r); run.ID != "" {
		one.Run = &run
	}
	return one
}
