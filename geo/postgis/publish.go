package postgis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gridmap/geo"
)

// publish brings the plan into force in its turn to write: what is left to do
// then is what the rehearsal found, with what the journal tells since.
func (w *step) publish(ctx context.Context, done *Published) error {
	if w.old != nil {
		done.Retired = w.old.ID
	}
	if err := w.rebase(ctx, done); err != nil {
		return err
	}
	if err := w.bequeath(ctx, done); err != nil {
		return err
	}
	if !w.swapped {
		if err := w.swap(ctx); err != nil {
			return err
		}
	}
	var err error
	if done.Households, err = rehouse(ctx, w.tx, w.plan.Territory, w.ahead.moves); err != nil {
		return err
	}
	return houseIn(ctx, w.tx, w.plan.Territory, w.plan.ID)
}

// swap puts the plan in the place of the one in force, all but their revisions.
func (w *step) swap(ctx context.Context) error {
	w.swapped = true
	if w.old != nil {
		if err := w.retire(ctx, w.ahead.before, w.ahead.snap.Grids); err != nil {
			return err
		}
	}
	w.plan.State, w.note.effective = geo.InForce, w.plan.Effective
	if err := w.advance(ctx, &w.plan, w.note); err != nil {
		return err
	}
	return w.cells(ctx)
}

// stamp writes the revision of the plan and of the one it took the place of.
func (w *step) stamp(ctx context.Context) error {
	plans := []int64{int64(w.plan.ID)}
	if w.old != nil {
		plans = append(plans, int64(w.old.ID))
	}
	_, err := w.tx.Exec(ctx, `update plan set revision = $3 where territory_id = $1 and id = any($2)`,
		int64(w.plan.Territory), plans, int64(w.rev))
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
	old.State = geo.Retired
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
func (w *step) cells(ctx context.Context) error {
	if len(w.ahead.same) > 0 {
		if _, err := w.tx.Exec(ctx, `insert into grid_cell (territory_id, plan_id, cell, grid_id, interior)
			select $1, $3, c.* from unnest($4::bigint[]) as leaf (id) cross join lateral (
				select cell, grid_id, interior from grid_cell
				where territory_id = $1 and plan_id = $2 and grid_id = leaf.id offset 0) as c
			on conflict do nothing`,
			int64(w.plan.Territory), int64(w.old.ID), int64(w.plan.ID), w.ahead.same); err != nil {
			return err
		}
	}
	return writeCells(ctx, w.tx, w.plan.Territory, w.plan.ID, w.ahead.cover)
}
