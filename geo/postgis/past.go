package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// PastSnapshot returns all that held under a plan at a revision of its
// territory: grids, people and records, tiers, roles and the plan's state, each
// as it was before its first change since. What no revision tells stands as it
// is now: the days on which publishing lets grids begin and end, codes of grids
// that are gone, and whether heads and flags are kept that should not be.
//
// Errors: [geo.ErrNotFound] for no such plan, or none at that revision;
// *[geo.InvalidError] for a revision that is still to come, or from before
// everything was kept that it takes.
func (s *Store) PastSnapshot(ctx context.Context, plan geo.PlanID, rev geo.Revision) (*geo.Snapshot, error) {
	var snap *geo.Snapshot
	err := s.read(ctx, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, plan)
		if err != nil {
			return err
		}
		reach, err := reachOf(ctx, tx, p, rev)
		if err != nil {
			return err
		}
		if rev < reach.framed {
			return &geo.InvalidError{Field: "revision", Reason: fmt.Sprintf("%d is before %d, since when all is kept that a plan rests on", rev, reach.framed)}
		}
		if snap, err = snapshot(ctx, tx, p); err != nil {
			return err
		}
		return walkBack(ctx, tx, snap, rev)
	})
	if err != nil {
		return nil, fmt.Errorf("all of plan %d at revision %d: %w", plan, rev, err)
	}
	return snap, nil
}

// walkBack makes a snapshot of now what it was at a revision.
func walkBack(ctx context.Context, tx pgx.Tx, snap *geo.Snapshot, rev geo.Revision) error {
	var plan planFrame
	var territory territoryFrame
	if changed, err := frameBefore(ctx, tx, snap.Territory.ID, rev, snap.Plan.ID, &plan); err != nil {
		return err
	} else if changed {
		plan.put(snap)
	}
	if changed, err := frameBefore(ctx, tx, snap.Territory.ID, rev, 0, &territory); err != nil {
		return err
	} else if changed {
		territory.put(snap)
	}
	then, err := changedSince(ctx, tx, snap.Plan, rev)
	if err != nil {
		return err
	}
	snap.Grids = asThen(snap.Grids, then)
	if err := recordsBack(ctx, tx, snap, rev); err != nil {
		return err
	}
	snap.Revision = rev
	return tx.QueryRow(ctx, `select coalesce(max(revision), 0) from change_set where territory_id = $1 and plan_id = $2 and revision <= $3`,
		int64(snap.Territory.ID), int64(snap.Plan.ID), int64(rev)).Scan(&snap.Plan.Revision)
}

// recordsBefore tells of every record of some sorts that changed after a
// revision what it was then: before its first change since.
const recordsBefore = `select distinct on (entity, record_id) entity, record_id, before from journal
	where territory_id = $1 and revision > $2 and entity = any($3)
	order by entity, record_id, revision, position`

// recordsBack puts the records of a snapshot, and its dwellings, back to what
// they were at a revision.
func recordsBack(ctx context.Context, tx pgx.Tx, snap *geo.Snapshot, rev geo.Revision) error {
	sorts := []string{string(geo.HouseholdEntity)}
	for _, column := range snap.Columns() {
		sorts = append(sorts, string(column.Entity()))
	}
	rows, err := tx.Query(ctx, recordsBefore, int64(snap.Territory.ID), int64(rev), sorts)
	if err != nil {
		return err
	}
	defer rows.Close()
	then := map[geo.Entity]map[int64]geo.Record{} // nil: was not there
	for rows.Next() {
		var name geo.Entity
		var id int64
		var before []byte
		if err := rows.Scan(&name, &id, &before); err != nil {
			return err
		}
		record, err := decodeRecord(name, before)
		if err != nil {
			return fmt.Errorf("%s %d: %w", name, id, err)
		}
		if then[name] == nil {
			then[name] = map[int64]geo.Record{}
		}
		then[name][id] = record
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, column := range snap.Columns() {
		columnBack(column, then[column.Entity()])
	}
	snap.Dwellings = dwellingsBack(snap.Dwellings, then[geo.HouseholdEntity])
	return nil
}

// columnBack puts records back to what they were.
func columnBack(column geo.Column, then map[int64]geo.Record) {
	if len(then) == 0 {
		return
	}
	var stay []geo.Record
	for i := range column.Len() {
		if _, id := column.At(i).Key(); !has(then, id) {
			stay = append(stay, column.Copy(i))
		}
	}
	column.Clear()
	for _, r := range stay {
		column.Append(r)
	}
	for _, r := range then {
		if r != nil {
			column.Append(r)
		}
	}
	column.Order()
}

func has[V any](m map[int64]V, id int64) bool {
	_, there := m[id]
	return there
}

// dwellingsBack puts dwellings back to what they were.
func dwellingsBack(dwellings []geo.Dwelling, then map[int64]geo.Record) []geo.Dwelling {
	if len(then) == 0 {
		return dwellings
	}
	out := slices.DeleteFunc(dwellings, func(d geo.Dwelling) bool { return has(then, int64(d.ID)) })
	for _, r := range then {
		if h, was := r.(*geo.Household); was {
			out = append(out, h.Dwelling)
		}
	}
	slices.SortFunc(out, func(a, b geo.Dwelling) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
