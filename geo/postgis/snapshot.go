package postgis

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// Snapshot returns all that holds under a plan, as of one moment. Grids stand
// by tier and id, so the root first and parents before children; everything
// else by id. Error: [geo.ErrNotFound].
func (s *Store) Snapshot(ctx context.Context, plan geo.PlanID) (*geo.Snapshot, error) {
	var snap *geo.Snapshot
	err := s.read(ctx, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, plan)
		if err != nil {
			return err
		}
		snap, err = snapshot(ctx, tx, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot of plan %d: %w", plan, err)
	}
	return snap, nil
}

// SnapshotInForce returns the snapshot of the plan that is or was in force on
// a day; without a day, now. Error: [geo.ErrNotFound].
func (s *Store) SnapshotInForce(ctx context.Context, territory geo.TerritoryID, asOf geo.Date) (*geo.Snapshot, error) {
	var snap *geo.Snapshot
	err := s.read(ctx, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planInForce(ctx, tx, territory, asOf)
		if err != nil {
			return err
		}
		snap, err = snapshot(ctx, tx, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("snapshot of territory %d: %w", territory, err)
	}
	return snap, nil
}

const planRead = `select territory_id, id, name, state, effective, revision from plan `

func readPlan(r *row) geo.Plan {
	return geo.Plan{
		Territory: geo.TerritoryID(r.int64()), ID: geo.PlanID(r.int64()), Name: r.text(),
		State: geo.PlanState(r.text()), Effective: r.date(), Revision: geo.Revision(r.int64()),
	}
}

// planByID finds a plan without knowing its territory: plans are few.
func planByID(ctx context.Context, tx pgx.Tx, plan geo.PlanID) (geo.Plan, error) {
	p, err := one(ctx, tx, readPlan, planRead+`where id = $1`, int64(plan))
	return p, found(err, "plan", int64(plan))
}

// PlanInForce returns the plan that is or was in force on a day, or will be:
// a filed plan with a day after today counts from that day on. Without a day,
// now; today 0 asks the clock. Error: [geo.ErrNotFound].
func (s *Store) PlanInForce(ctx context.Context, territory geo.TerritoryID, asOf, today geo.Date) (geo.Plan, error) {
	var p geo.Plan
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) (err error) {
		p, err = planOn(ctx, tx, territory, asOf, today)
		return err
	})
	if err != nil {
		return geo.Plan{}, fmt.Errorf("territory %d: %w", territory, err)
	}
	return p, nil
}

// planInForce is planOn as seen today.
func planInForce(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, asOf geo.Date) (geo.Plan, error) {
	return planOn(ctx, tx, territory, asOf, 0)
}

// planOn finds the plan of a day: of those in force then, since retired or to
// come, the one that takes effect last. One that was due and is held back does
// not count.
func planOn(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, asOf, today geo.Date) (geo.Plan, error) {
	if today == 0 {
		today = geo.DateOf(time.Now())
	}
	var p geo.Plan
	var err error
	if asOf == 0 {
		p, err = one(ctx, tx, readPlan, planRead+`where territory_id = $1 and state = 'in_force'`, int64(territory))
	} else {
		p, err = one(ctx, tx, readPlan, planRead+`where territory_id = $1 and coalesce(effective, '-infinity') <= $2
			and (state in ('in_force', 'retired') or state = 'filed' and effective > $3)
			order by effective desc nulls last, id desc limit 1`,
			int64(territory), asOf.Time(), today.Time())
	}
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("plan in force: %w", geo.ErrNotFound)
	}
	return p, err
}

// snapshot reads everything under p in tx.
func snapshot(ctx context.Context, tx pgx.Tx, p geo.Plan) (*geo.Snapshot, error) {
	snap, err := frameOf(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	if snap.Former, err = formerOf(ctx, tx, p.Territory, snap.Grids); err != nil {
		return nil, err
	}
	return snap, people(ctx, tx, snap)
}

// planSteps finds the days, in China, on which a plan was last reviewed and filed
// since it was made or sent back.
const planSteps = `
	select coalesce(to_char(max(at at time zone interval '08:00') filter (where state = 'reviewed'), 'yyyymmdd'), '0')::integer,
	       coalesce(to_char(max(at at time zone interval '08:00') filter (where state = 'filed'), 'yyyymmdd'), '0')::integer
	from plan_step
	where territory_id = $1 and plan_id = $2
	  and position > (select coalesce(max(position), 0) from plan_step where territory_id = $1 and plan_id = $2 and state = 'draft')`

// frameOf reads what p divides and how: territory, tiers, grids and roles.
func frameOf(ctx context.Context, tx pgx.Tx, p geo.Plan) (*geo.Snapshot, error) {
	snap := &geo.Snapshot{Plan: p}
	err := tx.QueryRow(ctx, `
		select t.territory_id, t.code, t.name_zh, t.name_en, t.keeps, c.revision
		from territory as t join territory_counter as c using (territory_id)
		where t.territory_id = $1`, p.Territory).
		Scan(&snap.Territory.ID, &snap.Territory.Code, &snap.Territory.Name.ZH, &snap.Territory.Name.EN, &snap.Territory.Keeps, &snap.Revision)
	if err != nil {
		return nil, found(err, "territory", int64(p.Territory))
	}
	if err := tx.QueryRow(ctx, planSteps, int64(p.Territory), int64(p.ID)).Scan(&snap.Plan.Reviewed, &snap.Plan.Filed); err != nil {
		return nil, err
	}
	t, plan := int64(p.Territory), int64(p.ID)
	ofPlan := fmt.Sprintf("where territory_id = %d and plan_id = %d", t, plan)
	if snap.Tiers, err = all(ctx, tx, readTier, "select "+tierColumns+" from tier "+ofPlan+" order by rank"); err != nil {
		return nil, err
	}
	if snap.Grids, err = all(ctx, tx, readGrid, "select "+gridRead+" from grid as g "+ofPlan+" order by tier, id"); err != nil {
		return nil, err
	}
	snap.Roles, err = all(ctx, tx, readRole, fmt.Sprintf(`select `+roleColumns+` from role
		where territory_id = %d order by position, code`, t))
	return snap, err
}

// people reads what a snapshot holds whatever the plan.
func people(ctx context.Context, tx pgx.Tx, snap *geo.Snapshot) (err error) {
	if err := records(ctx, tx, snap); err != nil {
		return err
	}
	if snap.Dwellings, err = dwellings(ctx, tx, snap.Territory.ID); err != nil {
		return err
	}
	snap.Unkept, err = unkept(ctx, tx, snap.Territory.ID)
	return err
}

// records reads what a snapshot has columns of.
func records(ctx context.Context, tx pgx.Tx, snap *geo.Snapshot) error {
	for _, e := range entities {
		column := snap.Column(e.name)
		if column == nil { // households are read as dwellings
			continue
		}
		column.Clear()
		err := copyOut(ctx, tx, fmt.Sprintf("%s where r.territory_id = %d order by r.id", e.selection(), snap.Territory.ID), func(r *row) error {
			column.Append(e.read(r))
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func dwellings(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) ([]geo.Dwelling, error) {
	return all(ctx, tx, readDwelling, fmt.Sprintf(`select id, at, stated_id, resident, registered, occupied, groups
		from household where territory_id = %d order by id`, territory))
}

func readDwelling(r *row) geo.Dwelling {
	d := geo.Dwelling{ID: geo.HouseholdID(r.int64())}
	d.At, d.Located = r.point()
	d.Stated, d.Resident, d.Registered, d.Occupied = geo.GridID(r.int64()), r.int32(), r.int32(), r.bool()
	r.document(&d.Groups)
	return d
}

// all collects the rows of a query without parameters.
func all[T any](ctx context.Context, tx pgx.Tx, read func(*row) T, query string) ([]T, error) {
	var list []T
	err := copyOut(ctx, tx, query, func(r *row) error {
		list = append(list, read(r))
		return nil
	})
	return list, err
}

// one reads the first row of a query, or returns pgx.ErrNoRows.
func one[T any](ctx context.Context, tx pgx.Tx, read func(*row) T, query string, args ...any) (T, error) {
	list, err := some(ctx, tx, read, query, args...)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		var none T
		return none, err
	}
	return list[0], nil
}

// some collects the rows of a query with parameters.
func some[T any](ctx context.Context, tx pgx.Tx, read func(*row) T, query string, args ...any) ([]T, error) {
	rows, err := tx.Query(ctx, query, append([]any{pgx.QueryResultFormats{pgx.BinaryFormatCode}}, args...)...)
	if err != nil {
		return nil, err
	}
	return collect(rows, read)
}

// collect reads rows that come in binary.
func collect[T any](rows pgx.Rows, read func(*row) T) ([]T, error) {
	defer rows.Close()
	var list []T
	for rows.Next() {
		r := row{raw: rows.RawValues()}
		list = append(list, read(&r))
		if r.err != nil {
			return nil, r.err
		}
	}
	return list, rows.Err()
}
