package postgis

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// gridsBefore tells of every grid of a plan that changed after a revision what
// it was then: before its first change since.
const gridsBefore = `select distinct on (j.record_id) j.record_id, j.before
	from change_set as c join journal as j using (territory_id, revision)
	where c.territory_id = $1 and c.plan_id = $2 and c.revision > $3 and j.entity = 'grid'
	order by j.record_id, c.revision, j.position`

// GridsAt returns the grids of a plan as they were drawn at a revision of its
// territory, by tier and id. What the journal does not tell stands as it is
// now: the days on which publishing lets grids begin and end. Errors:
// [geo.ErrNotFound] for no such plan, or none at that revision;
// *[geo.InvalidError] for a revision that is still to come, or from before the
// plan was imported anew.
func (s *Store) GridsAt(ctx context.Context, plan geo.PlanID, rev geo.Revision) ([]geo.Grid, error) {
	var grids []geo.Grid
	err := s.read(ctx, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, plan)
		if err != nil {
			return err
		}
		reach, err := reachOf(ctx, tx, p, rev)
		if err != nil {
			return err
		}
		if rev < reach.loaded {
			return &geo.InvalidError{Field: "revision", Reason: fmt.Sprintf("%d is before the plan was imported at %d, of which nothing is kept", rev, reach.loaded)}
		}
		frame, err := frameOf(ctx, tx, p)
		if err != nil {
			return err
		}
		then, err := changedSince(ctx, tx, p, rev)
		if err != nil {
			return err
		}
		grids = asThen(frame.Grids, then)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("plan %d at revision %d: %w", plan, rev, err)
	}
	return grids, nil
}

// A reach is how far back something of a plan is kept.
type reach struct {
	loaded geo.Revision // the plan was imported last: its grids, as [Store.GridsAt] tells them
	framed geo.Revision // all that it rests on
}

// reachOf returns what is kept of a plan, and refuses a revision that it never
// had.
func reachOf(ctx context.Context, tx pgx.Tx, p geo.Plan, rev geo.Revision) (r reach, err error) {
	var first, newest geo.Revision
	err = tx.QueryRow(ctx, `
		select coalesce(min(c.revision), 0), coalesce(max(c.revision) filter (where c.reload and c.op <> 'publish'), 0),
		       (select revision from territory_counter where territory_id = $1), (select framed_since from territory where territory_id = $1)
		from change_set as c where c.territory_id = $1 and c.plan_id = $2`, int64(p.Territory), int64(p.ID)).
		Scan(&first, &r.loaded, &newest, &r.framed)
	switch {
	case err != nil:
		return r, err
	case rev > newest:
		return r, &geo.InvalidError{Field: "revision", Reason: fmt.Sprintf("%d is still to come: the territory is at %d", rev, newest)}
	case rev < first:
		return r, fmt.Errorf("the plan was made at revision %d: %w", first, geo.ErrNotFound)
	}
	return r, nil
}

// changedSince returns what the grids that changed after a revision were then,
// nil for those that were not there.
func changedSince(ctx context.Context, tx pgx.Tx, p geo.Plan, rev geo.Revision) (map[geo.GridID]*geo.Grid, error) {
	rows, err := tx.Query(ctx, gridsBefore, int64(p.Territory), int64(p.ID), int64(rev))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	then := map[geo.GridID]*geo.Grid{}
	for rows.Next() {
		var id geo.GridID
		var before []byte
		if err := rows.Scan(&id, &before); err != nil {
			return nil, err
		}
		record, err := decodeRecord(geo.GridEntity, before)
		if err != nil {
			return nil, err
		}
		then[id], _ = record.(*geo.Grid)
	}
	return then, rows.Err()
}

// asThen puts grids back to what they were.
func asThen(grids []geo.Grid, then map[geo.GridID]*geo.Grid) []geo.Grid {
	var out []geo.Grid
	for _, g := range grids {
		if _, changed := then[g.ID]; !changed {
			out = append(out, g)
		}
	}
	for _, g := range then {
		if g != nil {
			out = append(out, *g)
		}
	}
	slices.SortFunc(out, func(a, b geo.Grid) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.ID, b.ID)) })
	return out
}

// SnapshotAt returns the snapshot of a plan with its grids as they were drawn
// at a revision, and the people of now. Errors: those of [Store.GridsAt].
func (s *Store) SnapshotAt(ctx context.Context, plan geo.PlanID, rev geo.Revision) (*geo.Snapshot, error) {
	snap, err := s.Snapshot(ctx, plan)
	if err != nil {
		return nil, err
	}
	if snap.Grids, err = s.GridsAt(ctx, plan, rev); err != nil {
		return nil, err
	}
	snap.Plan.Revision = rev
	return snap, nil
}
