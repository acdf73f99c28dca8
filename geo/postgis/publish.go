package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	var before []geo.Grid
	if w.old != nil {
		frame, err := frameOf(ctx, w.tx, *w.old)
		if err != nil {
			return err
		}
		before = frame.Grids
	}
	// The records move first: the plan is judged as it will be in force.
	if err := w.bequeath(ctx, before, snap, done); err != nil {
		return err
	}
	if err := w.judge(snap); err != nil {
		return err
	}
	if w.old != nil {
		if err := w.retire(ctx, before, snap.Grids); err != nil {
			return err
		}
	}
	if done.Households, err = placeEvery(ctx, w.tx, w.plan.Territory, w.plan.ID, snap.Grids); err != nil {
		return err
	}
	return w.cells(ctx, before, snap.Grids)
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
	var codes []string
	count := 0
	for i := range snap.Grids {
		if g := &snap.Grids[i]; g.Partitions() && len(g.Boundary) == 0 {
			if count++; count <= undrawnNamed {
				codes = append(codes, g.Code)
			}
		}
	}
	if count > 0 {
		return &geo.InvalidError{Field: "boundary", Reason: fmt.Sprintf("is not drawn of %d grids: %s", count, strings.Join(codes, " "))}
	}
	return validSnapshot(snap)
}

// undrawnNamed is how many grids that are not drawn a refusal names.
const undrawnNamed = 20

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
