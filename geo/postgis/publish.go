package postgis

import (
	"context"
	"errors"
	"fmt"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// publish makes the plan ready to come into force and retires the one that was.
func (w *step) publish(ctx context.Context, done *Published) error {
	if err := w.inForceNow(ctx); err != nil {
		return err
	}
	if w.old != nil {
		done.Retired = w.old.ID
	}
	if err := w.day(); err != nil {
		return err
	}
	if err := w.rebase(ctx, done); err != nil {
		return err
	}
	snap, err := snapshot(ctx, w.tx, w.plan)
	if err != nil {
		return err
	}
	if err := w.judge(snap); err != nil {
		return err
	}
	var before []geo.Grid
	if w.old != nil {
		frame, err := frameOf(ctx, w.tx, *w.old)
		if err != nil {
			return err
		}
		before = frame.Grids
		if err := w.retire(ctx, before, snap.Grids); err != nil {
			return err
		}
	}
	if done.Households, err = placeEvery(ctx, w.tx, w.plan.Territory, w.plan.ID, snap.Grids); err != nil {
		return err
	}
	if err := w.cells(ctx, before, snap.Grids); err != nil {
		return err
	}
	done.Changes, err = w.repost(ctx, before, snap)
	return err
}

// day sets the day on which the plan takes effect.
func (w *step) day() error {
	if w.plan.Effective = w.ask.Effective; w.plan.Effective == 0 {
		w.plan.Effective = w.ask.Today
	}
	if err := w.plan.Validate(); err != nil {
		return err
	}
	if w.old != nil && w.plan.Effective < w.old.Effective {
		return &geo.InvalidError{Field: "effective", Reason: "is before " + w.old.Effective.String() + ", when the plan in force took effect"}
	}
	return nil
}

// inForceNow finds the plan that is in force, if one is.
func (w *step) inForceNow(ctx context.Context) error {
	old, err := planInForce(ctx, w.tx, w.plan.Territory, 0)
	switch {
	case err == nil:
		w.old = &old
	case !errors.Is(err, geo.ErrNotFound):
		return err
	}
	return nil
}

// judge asks whether the plan may be in force as snap shows it.
func (w *step) judge(snap *geo.Snapshot) error {
	snap.Plan.State, snap.Plan.Effective = geo.InForce, w.plan.Effective
	if err := ready(snap); err != nil || w.ask.Check == nil {
		return err
	}
	return w.ask.Check(snap)
}

// ready refuses a snapshot with what no plan in force may have.
func ready(snap *geo.Snapshot) error {
	for i := range snap.Grids {
		if g := &snap.Grids[i]; g.Partitions() && len(g.Boundary) == 0 {
			return inRecord("grid", g.Code, &geo.InvalidError{Field: "boundary", Reason: "is not drawn"})
		}
	}
	return validSnapshot(snap)
}

// retire ends the plan in force, and what one of the two plans alone has on
// the day between them.
func (w *step) retire(ctx context.Context, before, after []geo.Grid) error {
	old := *w.old
	old.State, old.Revision = geo.Retired, w.rev
	if err := w.advance(ctx, &old, note{effective: w.plan.Effective}); err != nil {
		return err
	}
	const ends = `update grid set valid_to = $4 where territory_id = $1 and plan_id = $2 and id = any($3)
		and valid_to is null and coalesce(valid_from < $4, true)`
	const begins = `update grid set valid_from = $4 where territory_id = $1 and plan_id = $2 and id = any($3)
		and coalesce(valid_to > $4, true)`
	day := dateArg(w.plan.Effective)
	if _, err := w.tx.Exec(ctx, ends, int64(old.Territory), int64(old.ID), missing(before, after), day); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, begins, int64(old.Territory), int64(w.plan.ID), missing(after, before), day)
	return err
}

// missing returns the grids of list that are not among others.
func missing(list, others []geo.Grid) []int64 {
	there := make(map[geo.GridID]bool, len(others))
	for i := range others {
		there[others[i].ID] = true
	}
	ids := []int64{}
	for i := range list {
		if !there[list[i].ID] {
			ids = append(ids, int64(list[i].ID))
		}
	}
	return ids
}

// cells fills the H3 cells of the plan's leaves: those of the plan before
// where a leaf stayed as it was, new ones for the others.
func (w *step) cells(ctx context.Context, before, after []geo.Grid) error {
	was := map[geo.GridID]topo.Shape{}
	for _, g := range leaves(before) {
		was[g.ID] = g.Boundary
	}
	var same []int64
	var changed []geo.Grid
	for _, g := range leaves(after) {
		if was[g.ID].Equal(g.Boundary) {
			same = append(same, int64(g.ID))
		} else {
			changed = append(changed, g)
		}
	}
	if len(same) > 0 {
		if _, err := w.tx.Exec(ctx, `insert into grid_cell (territory_id, plan_id, cell, grid_id, interior)
			select territory_id, $3, cell, grid_id, interior from grid_cell
			where territory_id = $1 and plan_id = $2 and grid_id = any($4) on conflict do nothing`,
			int64(w.plan.Territory), int64(w.old.ID), int64(w.plan.ID), same); err != nil {
			return err
		}
	}
	return writeCells(ctx, w.tx, w.plan.Territory, w.plan.ID, coverOf(changed))
}

// repost ends on the day the assignments to grids that are gone, and lets them
// go on in the successors, where the worker does not serve already.
func (w *step) repost(ctx context.Context, before []geo.Grid, snap *geo.Snapshot) ([]geo.Change, error) {
	day := w.plan.Effective
	to := successors(before, snap.Grids)
	type post struct {
		worker geo.WorkerID
		grid   geo.GridID
		role   string
	}
	held := map[post]bool{}
	for _, a := range snap.Assignments {
		if a.Valid.Holds(day) {
			held[post{a.Worker, a.Grid, a.Role}] = true
		}
	}
	write := &Write{Territory: w.plan.Territory}
	for _, a := range snap.Assignments {
		heir, gone := to[a.Grid]
		if !gone || a.Valid.To != 0 && a.Valid.To <= day {
			continue
		}
		if a.Valid.From < day {
			write.Actions = append(write.Actions, Patch(geo.AssignmentEntity, int64(a.ID), func(r geo.Record) error {
				r.(*geo.Assignment).Valid.To = day
				return nil
			}))
		} else {
			write.Actions = append(write.Actions, Delete(geo.AssignmentEntity, int64(a.ID)))
		}
		if at := (post{a.Worker, heir, a.Role}); heir != 0 && !held[at] {
			held[at] = true
			next := a
			next.ID, next.Grid, next.Valid.From = 0, heir, max(a.Valid.From, day)
			write.Actions = append(write.Actions, Upsert(&next))
		}
	}
	if len(write.Actions) == 0 {
		return nil, nil
	}
	desk, err := newDesk(ctx, w.tx, write)
	if err != nil {
		return nil, err
	}
	for i := range write.Actions {
		if err := desk.do(&write.Actions[i], i); err != nil {
			return nil, fmt.Errorf("assignments: %w", err)
		}
	}
	if err := desk.settle(); err != nil {
		return nil, err
	}
	return desk.changes(), desk.apply(ctx, w.tx, w.rev)
}

// successors returns for every grid that is gone the one of its tier, or of
// the nearest tier above that has one there, with the largest share of its
// ground; 0 for grids that only lay over others.
func successors(before, after []geo.Grid) map[geo.GridID]geo.GridID {
	gone := map[geo.GridID]bool{}
	for _, id := range missing(before, after) {
		gone[geo.GridID(id)] = true
	}
	to := map[geo.GridID]geo.GridID{}
	for i := range before {
		g := &before[i]
		if !gone[g.ID] {
			continue
		}
		to[g.ID] = 0
		for tier := g.Tier; g.Partitions() && tier >= 0 && to[g.ID] == 0; tier-- {
			to[g.ID] = largestShare(g.Boundary, after, tier)
		}
	}
	return to
}

// largestShare returns the general grid of a tier that has most of a shape, 0
// if none has any.
func largestShare(shape topo.Shape, grids []geo.Grid, tier int) geo.GridID {
	if len(shape) == 0 {
		return 0
	}
	box := shape.Bound()
	var best geo.GridID
	most := 0.0
	for i := range grids {
		g := &grids[i]
		if g.Tier != tier || !g.Partitions() || !g.Boundary.Bound().Intersects(box) {
			continue
		}
		if area := common(g.Boundary, shape); area > most {
			best, most = g.ID, area
		}
	}
	return best
}

// common returns the area in m² that two shapes share, 0 also for shapes that
// cannot be laid over each other.
func common(a, b topo.Shape) float64 {
	pieces, _, err := topo.CutRegion([]topo.Shape{a}, b)
	if err != nil || pieces.Left[0] == nil {
		return 0
	}
	return pieces.Left[0].AreaM2()
}
