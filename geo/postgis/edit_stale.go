package postgis

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A StaleError says what changed since the revision a request was made at, so
// that it was refused. It is a [geo.ErrStale].
type StaleError struct {
	Plan     geo.PlanID
	Base     geo.Revision    // what the caller saw
	Revision geo.Revision    // of the plan now
	Grids    []geo.GridID    // in question that changed since, ascending; none told when all may have
	Since    []geo.ChangeSet // of the plan, those that changed them, at most 100; without Changes
}

func (e *StaleError) Error() string {
	if len(e.Grids) == 0 {
		return fmt.Sprintf("plan %d changed after revision %d: %v", e.Plan, e.Base, geo.ErrStale)
	}
	return fmt.Sprintf("%d grids of plan %d, first grid %d, changed after revision %d: %v",
		len(e.Grids), e.Plan, e.Grids[0], e.Base, geo.ErrStale)
}

// Is makes every StaleError a [geo.ErrStale].
func (e *StaleError) Is(target error) bool { return target == geo.ErrStale }

// stale returns a *StaleError if one of grids changed in the plan after the
// revision that the caller saw.
func (w *stroke) stale(ctx context.Context, grids []geo.GridID) error {
	reached := max(w.plan.Revision, w.last) // the drawing may show more than there was when the transaction began
	if w.base == 0 || reached <= w.base {
		return nil
	}
	ids := make([]int64, len(grids))
	for i, id := range grids {
		ids[i] = int64(id)
	}
	e := &StaleError{Plan: w.plan.ID, Base: w.base, Revision: reached}
	touched, err := some(ctx, w.tx, func(r *row) geo.GridID { return geo.GridID(r.int64()) }, `
		select distinct j.record_id
		from change_set as c
		join journal as j using (territory_id, revision)
		where c.territory_id = $1 and c.plan_id = $2 and c.revision > $3
		  and j.entity = 'grid' and j.record_id = any($4)
		order by j.record_id`, int64(w.sheet.territory), int64(w.plan.ID), int64(w.base), ids)
	if err != nil || len(touched) == 0 {
		return err
	}
	e.Grids = touched
	if e.Since, err = since(ctx, w.tx, w.plan, w.base, touched); err != nil {
		return err
	}
	return e
}

// since lists the change sets of a plan after a revision that touched grids.
func since(ctx context.Context, tx pgx.Tx, p geo.Plan, base geo.Revision, grids []geo.GridID) ([]geo.ChangeSet, error) {
	rows, err := tx.Query(ctx, `
		select c.territory_id, c.plan_id, c.revision, c.at, c.by_whom, c.op
		from change_set as c
		where c.territory_id = $1 and c.plan_id = $2 and c.revision > $3 and exists (
			select from journal as j
			where j.territory_id = c.territory_id and j.revision = c.revision
			  and j.entity = 'grid' and j.record_id = any($4))
		order by c.revision limit 100`, int64(p.Territory), int64(p.ID), int64(base), grids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (c geo.ChangeSet, err error) {
		err = r.Scan(&c.Territory, &c.Plan, &c.Revision, &c.At, &c.By, &c.Op)
		c.At = c.At.In(time.UTC)
		return c, err
	})
}

// involved returns the grids that were there and that changes are about, but
// for outlines that only follow the grids under them. The drawing shows the
// changes.
func involved(d *redraw.Drawing, changes []geo.Change) []geo.GridID {
	var ids []geo.GridID
	for _, c := range changes {
		before, was := c.Before.(*geo.Grid)
		if !was {
			continue
		}
		if after, is := c.After.(*geo.Grid); is && len(d.Children(after.ID)) > 0 {
			shaped := *before
			shaped.Boundary = after.Boundary
			if sameGrid(&shaped, after) {
				continue
			}
		}
		ids = append(ids, before.ID)
	}
	return ids
}

// named returns the grids that an edit speaks of.
func named(e redraw.Edit) []geo.GridID {
	switch e := e.(type) {
	case redraw.Split:
		return []geo.GridID{e.Grid}
	case redraw.Merge:
		return e.Grids
	case redraw.Reshape:
		return []geo.GridID{e.Grid, e.With}
	case redraw.Transfer:
		return append(slices.Concat(e.From, e.Grids), e.To)
	case redraw.Fill:
		return []geo.GridID{e.To}
	case redraw.Create:
		return []geo.GridID{e.Grid.Parent}
	case redraw.Retire:
		return []geo.GridID{e.Grid, e.To}
	case redraw.Set:
		return []geo.GridID{e.Grid}
	case redraw.Move:
		return []geo.GridID{e.Grid, e.Parent}
	case redraw.Renumber:
		return []geo.GridID{e.Parent}
	}
	return nil
}

// opOf returns what the journal calls an edit.
func opOf(e redraw.Edit) string {
	switch e.(type) {
	case redraw.Split:
		return "split"
	case redraw.Merge:
		return "merge"
	case redraw.Reshape:
		return "reshape"
	case redraw.Transfer:
		return "transfer"
	case redraw.Fill:
		return "fill"
	case redraw.Create:
		return "create"
	case redraw.Retire:
		return "retire"
	case redraw.Set:
		return "set"
	case redraw.Move:
		return "move"
	case redraw.Renumber:
		return "renumber"
	}
	return fmt.Sprintf("%T", e)
}
