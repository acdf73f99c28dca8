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

// An Asker asks a question of the plan of a territory that was in force on the
// question's day, and returns the run and its report as the face writes it. The
// run's By is left to the store.
type Asker func(ctx context.Context, territory geo.TerritoryID, q check.Question) (check.Run, []byte, error)

// A Fallen is a day of a schedule that [Store.RunDue] dealt with.
type Fallen struct {
	Territory geo.TerritoryID `json:"territory_id"`
	Code      string          `json:"code"` // of the schedule
	check.ScheduledRun
}

// A dueSchedule is a schedule and the last day of it that was dealt with.
type dueSchedule struct {
	territory geo.TerritoryID
	schedule  check.Schedule
	revision  geo.Revision
	last      geo.Date
}

// RunDue asks every schedule for each of its days up to today that was not
// dealt with, the earliest first, and keeps the answers. Days that were missed
// are asked for as of that day, of the plan in force then. Any number of
// services may call it at once and as often as they like: each day is asked
// once. A question that cannot be asked (*[geo.InvalidError], [geo.ErrNotFound])
// is noted with its day and not asked again; any other error ends the call, and
// the day's turn comes with the next.
func (s *Store) RunDue(ctx context.Context, today geo.Date, ask Asker) ([]Fallen, error) {
	list, err := query(ctx, s, func(r *row) dueSchedule {
		return dueSchedule{territory: geo.TerritoryID(r.int64()), last: r.date(), schedule: readSchedule(r), revision: geo.Revision(r.int64())}
	}, `select r.territory_id,
			(select max(d.day) from check_day as d where d.territory_id = r.territory_id and d.schedule_id = r.id), `+schedules.list("r")+`
		from check_schedule as r where r.valid_from <= $1 order by r.territory_id, r.id`, today.Time())
	if err != nil {
		return nil, fmt.Errorf("schedules: %w", err)
	}
	var told []Fallen
	for i := range list {
		for _, day := range list[i].schedule.Days(list[i].last, today) {
			done, err := s.runDay(ctx, &list[i], day, ask)
			if err != nil {
				return told, fmt.Errorf("schedule %s of territory %d on %s: %w", list[i].schedule.Code, list[i].territory, day, err)
			}
			if done == nil {
				break // another service is at it, or the schedule changed
			}
			told = append(told, *done)
		}
	}
	return told, nil
}

// runDay deals with one day of a schedule, nil when that is not its turn. The
// lock on the schedule, held until the answer is kept, lets one service ask.
func (s *Store) runDay(ctx context.Context, of *dueSchedule, day geo.Date, ask Asker) (*Fallen, error) {
	var done *Fallen
	err := s.once(ctx, writeMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		_, err := one(ctx, tx, (*row).int64, `select r.id from check_schedule as r
			where r.territory_id = $1 and r.id = $2 and r.revision = $3
			for update skip locked`, int64(of.territory), int64(of.schedule.ID), int64(of.revision))
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		} else if err != nil {
			return err
		}
		taken, err := one(ctx, tx, (*row).bool, `select exists (select from check_day where territory_id = $1 and schedule_id = $2 and day = $3)`,
			int64(of.territory), int64(of.schedule.ID), day.Time())
		if taken || err != nil {
			return err
		}
		question := of.schedule.Question
		question.AsOf = day
		run, report, err := ask(ctx, of.territory, question)
		if err != nil && !errors.Is(err, geo.ErrInvalid) && !errors.Is(err, geo.ErrNotFound) {
			return err
		}
		done = &Fallen{Territory: of.territory, Code: of.schedule.Code, ScheduledRun: check.ScheduledRun{Schedule: of.schedule.ID, Day: day}}
		if err != nil {
			done.Refused = err.Error()
			return writeDay(ctx, tx, done)
		}
		run.By = byOf(&of.schedule)
		if err := done.keep(ctx, tx, run, report); err != nil {
			return err
		}
		return throwAway(ctx, tx, of.territory, &of.schedule)
	})
	if err != nil {
		return nil, explain(err)
	}
	return done, nil
}

// scheduleBy begins the name of a schedule as who asked for its runs.
const scheduleBy = "schedule "

// byOf names a schedule as who asked for its runs.
func byOf(s *check.Schedule) string { return scheduleBy + s.Code }

// throwAway deletes the runs of a schedule that its retention does not keep.
// One that somebody asked for himself stays, as does one that a kept day of any
// schedule is of or is compared with. The days stay, with what they changed.
func throwAway(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, s *check.Schedule) error {
	if s.Keep == (check.Retention{}) {
		return nil
	}
	args := []any{int64(territory), int64(s.ID), max(s.Keep.Runs, 1), dateArg(s.Keep.Since)}
	// A day that is not kept is no more compared with the one before.
	const beyond = `territory_id = $1 and schedule_id = $2 and run is not null and ($4::date is null or day < $4)
		and day < (select min(day) from (select day from check_day
			where territory_id = $1 and schedule_id = $2 and run is not null order by day desc limit $3) as last)`
	if _, err := tx.Exec(ctx, `update check_day set before = null where `+beyond, args...); err != nil {
		return err
	}
	// The runs are locked before anything is done: one that somebody asks for in
	// that moment is his, or is kept anew.
	gone, err := some(ctx, tx, (*row).text, `select r.run from check_run as r join check_day as d on d.territory_id = r.territory_id and d.run = r.run
		where r.territory_id = $1 and r.by_whom = $5
		  and (d.territory_id, d.schedule_id, d.day) in (select territory_id, schedule_id, day from check_day where `+beyond+`)
		  and not exists (select from check_day as o where o.territory_id = $1 and (o.before = d.run or o.run = d.run and o.schedule_id <> $2))
		for update of r`, append(args, byOf(s))...)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `update check_day set run = null, thrown = true where territory_id = $1 and schedule_id = $2 and run = any($3)`,
		int64(territory), int64(s.ID), gone); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `delete from check_run where territory_id = $1 and run = any($2)`, int64(territory), gone)
	return err
}

// keep keeps the run of the day and how it differs from the schedule's run
// before.
func (f *Fallen) keep(ctx context.Context, tx pgx.Tx, run check.Run, report []byte) error {
	run, err := keepRun(ctx, tx, run, report)
	if err != nil {
		return err
	}
	f.Run = run.ID
	f.Before, err = one(ctx, tx, (*row).text, `select run from check_day
		where territory_id = $1 and schedule_id = $2 and day < $3 and run is not null
		order by day desc limit 1`, int64(f.Territory), int64(f.Schedule), f.Day.Time())
	if errors.Is(err, pgx.ErrNoRows) {
		return writeDay(ctx, tx, f)
	} else if err != nil {
		return err
	}
	before, err := reportOf(ctx, tx, f.Territory, f.Before)
	if err != nil {
		return err
	}
	var was, is check.Report
	if err := errors.Join(json.Unmarshal(before, &was), json.Unmarshal(report, &is)); err != nil {
		return fmt.Errorf("compare run %s with %s: %w", f.Run, f.Before, err)
	}
	totals := check.Compare(was, is).Totals
	f.Changed = &totals
	return writeDay(ctx, tx, f)
}

func writeDay(ctx context.Context, tx pgx.Tx, f *Fallen) error {
	var changed any
	if f.Changed != nil {
		text, err := json.Marshal(f.Changed)
		if err != nil {
			return err
		}
		changed = string(text)
	}
	return tx.QueryRow(ctx, `
		insert into check_day (territory_id, schedule_id, day, run, refused, before, changed)
		values ($1, $2, $3, nullif($4, ''), $5, nullif($6, ''), $7::text::jsonb) returning at`,
		int64(f.Territory), int64(f.Schedule), f.Day.Time(), f.Run, f.Refused, f.Before, changed).Scan(&f.At)
}

// ScheduledRuns returns the days of a schedule that were dealt with before a
// day, 0 for all, the last first; limit is 1 to 1,000. Of a schedule that is
// not there it returns none.
func (s *Store) ScheduledRuns(ctx context.Context, territory geo.TerritoryID, schedule check.ScheduleID, before geo.Date, limit int) ([]check.ScheduledRun, error) {
	return query(ctx, s, func(r *row) check.ScheduledRun {
		d := check.ScheduledRun{Schedule: schedule, Day: r.date(), At: r.moment(), Run: r.text(), Refused: r.text(), Thrown: r.bool(), Before: r.text()}
		r.document(&d.Changed)
		return d
	}, `select day, at, run, refused, thrown, before, changed from check_day
		where territory_id = $1 and schedule_id = $2 and ($3::date is null or day < $3)
		order by day desc limit $4`, int64(territory), int64(schedule), dateArg(before), limit)
}
