package postgis

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// Territories returns all territories by code.
func (s *Store) Territories(ctx context.Context) ([]geo.Territory, error) {
	return query(ctx, s, func(r *row) geo.Territory {
		t := geo.Territory{ID: geo.TerritoryID(r.int64()), Code: r.text(), Name: r.name()}
		r.document(&t.Keeps)
		return t
	}, `select territory_id, code, name_zh, name_en, keeps from territory order by code`)
}

// Plans returns the plans of a territory, the newest first; none of an unknown
// territory.
func (s *Store) Plans(ctx context.Context, territory geo.TerritoryID) ([]geo.Plan, error) {
	return query(ctx, s, readPlan, planRead+`where territory_id = $1 order by id desc`, int64(territory))
}

// Plan returns one plan; its Revision is that of the last change set that
// touched its grids. Error: [geo.ErrNotFound].
func (s *Store) Plan(ctx context.Context, plan geo.PlanID) (geo.Plan, error) {
	list, err := query(ctx, s, readPlan, planRead+`where id = $1`, int64(plan))
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return geo.Plan{}, found(err, "plan", int64(plan))
	}
	return list[0], nil
}

// Revision returns the revision of a territory's last change set. Error:
// [geo.ErrNotFound].
func (s *Store) Revision(ctx context.Context, territory geo.TerritoryID) (geo.Revision, error) {
	list, err := query(ctx, s, func(r *row) geo.Revision { return geo.Revision(r.int64()) },
		`select revision from territory_counter where territory_id = $1`, int64(territory))
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return 0, found(err, "territory", int64(territory))
	}
	return list[0], nil
}

// Roles returns the roles of a territory in its own order.
func (s *Store) Roles(ctx context.Context, territory geo.TerritoryID) ([]geo.Role, error) {
	return query(ctx, s, readRole, `select `+roleColumns+` from role
		where territory_id = $1 order by position, code`, int64(territory))
}

// query runs one statement in a transaction of its own and collects its rows.
func query[T any](ctx context.Context, s *Store, read func(*row) T, sql string, args ...any) ([]T, error) {
	var list []T
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) (err error) {
		list, err = some(ctx, tx, read, sql, args...)
		return err
	})
	return list, err
}

// Households calls fn for every household of a territory in order of id, all
// as of one moment, until fn fails; its error is returned as it is.
func (s *Store) Households(ctx context.Context, territory geo.TerritoryID, fn func(geo.Household) error) error {
	err := s.once(ctx, readMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		query := fmt.Sprintf("select %s from household as r where territory_id = %d order by id", households.list("r"), territory)
		return copyOut(ctx, tx, query, func(r *row) error {
			h := readHousehold(r)
			if r.err != nil {
				return r.err
			}
			return fn(h)
		})
	})
	return explain(err)
}

// HouseholdRefs returns the external numbers of households of a territory by
// ID, without those that are not there.
func (s *Store) HouseholdRefs(ctx context.Context, territory geo.TerritoryID, ids []geo.HouseholdID) (map[geo.HouseholdID]string, error) {
	refs := make(map[geo.HouseholdID]string, len(ids))
	_, err := query(ctx, s, func(r *row) bool {
		id := geo.HouseholdID(r.int64())
		refs[id] = r.text()
		return true
	}, `select h.id, h.ref from unnest($2::bigint[]) as wanted (id) cross join lateral (
		select id, ref from household where territory_id = $1 and id = wanted.id offset 0) as h`, int64(territory), ids)
	return refs, explain(err)
}

// LastChange returns the revision of a territory's last change set and when
// it was made. Error: [geo.ErrNotFound].
func (s *Store) LastChange(ctx context.Context, territory geo.TerritoryID) (geo.Revision, time.Time, error) {
	var rev geo.Revision
	var at time.Time
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select revision, at from change_set where territory_id = $1
			order by revision desc limit 1`, int64(territory)).Scan(&rev, &at)
	})
	if err != nil {
		return 0, time.Time{}, found(err, "territory", int64(territory))
	}
	return rev, at.UTC(), nil
}
