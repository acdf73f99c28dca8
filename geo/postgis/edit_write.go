package postgis

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// outcome joins redrawings into one change a grid: parents before children, and
// then those that are gone, children before parents. What ends as it began is
// left out.
func outcome(took []redraw.Redrawing) []geo.Change {
	at := map[geo.GridID]int{}
	var all []geo.Change
	for _, r := range took {
		for _, c := range r.Changes {
			id := gridOf(c).ID
			if i, again := at[id]; again {
				all[i].After = c.After
				continue
			}
			at[id] = len(all)
			all = append(all, c)
		}
	}
	var stay, gone []geo.Change
	for _, c := range all {
		before, was := c.Before.(*geo.Grid)
		after, is := c.After.(*geo.Grid)
		switch {
		case was && is && sameGrid(before, after):
		case is:
			stay = append(stay, c)
		case was:
			gone = append(gone, c)
		}
	}
	byTier := func(a, b geo.Change) int {
		g, h := gridOf(a), gridOf(b)
		return cmp.Or(cmp.Compare(g.Tier, h.Tier), cmp.Compare(g.ID, h.ID))
	}
	slices.SortFunc(stay, byTier)
	slices.SortFunc(gone, byTier)
	slices.Reverse(gone)
	return append(stay, gone...)
}

// gridOf returns the grid after a change, or of one that is gone, before.
func gridOf(c geo.Change) *geo.Grid {
	if g, ok := c.After.(*geo.Grid); ok {
		return g
	}
	return c.Before.(*geo.Grid)
}

// insertGrid takes the values of gridValues after territory and plan.
const insertGrid = `insert into grid (territory_id, plan_id, ` + gridColumns + `)
	values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, st_geomfromewkb($11::bytea), $12, $13, $14, $15, st_geomfromewkb($16::bytea),
	$17, $18, $19, $20, $21, $22, $23)`

// write stores what was redrawn with its change set, whose revision it draws
// last: only from there to the commit do others of the territory wait.
func (w *stroke) write(ctx context.Context, done *Edited) error {
	t, p := int64(done.Territory), int64(done.Plan)
	homeless, err := w.unhouse(ctx, done.Changes)
	if err != nil {
		return err
	}
	var batch pgx.Batch
	for _, c := range done.Changes {
		before, was := c.Before.(*geo.Grid)
		after, is := c.After.(*geo.Grid)
		if !is {
			batch.Queue(`delete from grid where territory_id = $1 and plan_id = $2 and id = $3`, t, p, int64(before.ID))
			continue
		}
		statement := updateGrid
		if !was {
			statement = insertGrid
			batch.Queue(`insert into grid_identity (territory_id, id) values ($1, $2) on conflict do nothing`, t, int64(after.ID))
		}
		batch.Queue(statement, append([]any{t, p}, statementArgs(gridValues(after))...)...)
	}
	if len(homeless) > 0 {
		if err := w.tx.SendBatch(ctx, &batch).Close(); err != nil {
			return err
		}
		if err := placeIn(ctx, w.tx, done.Territory, done.Plan, homeless); err != nil {
			return err
		}
		batch = pgx.Batch{}
	}
	batch.Queue(`set constraints all immediate`) // judged before the counter's lock, not at the commit
	if w.receipt.answer, err = json.Marshal(answer{done.Shifts, done.Straddlers, keepEffects(done.Effects)}); err != nil {
		return err
	}
	return w.commit(ctx, &batch, done)
}

// commit sends what is left to write and then the change set.
func (w *stroke) commit(ctx context.Context, batch *pgx.Batch, done *Edited) error {
	t, p := int64(done.Territory), int64(done.Plan)
	batch.Queue(`select draw_revision($1, $2, $3, $4)`, t, p, int64(w.seen), w.codes).
		QueryRow(func(r pgx.Row) error { return r.Scan(&done.Revision) })
	if err := queueChangeSet(batch, &done.ChangeSet, w.receipt); err != nil {
		return err
	}
	batch.Queue(`update plan set revision = (`+revisionDrawn+`) where territory_id = $1 and id = $2`, t, p)
	return w.tx.SendBatch(ctx, batch).Close()
}

// unhouse takes the households out of the leaves that change and returns them,
// with those in no leaf who may live where one of them will be. They lie in a
// draft only while the territory has no plan in force.
func (w *stroke) unhouse(ctx context.Context, changes []geo.Change) ([]*geo.Household, error) {
	if !w.housed {
		return nil, nil
	}
	var ids []int64
	around := topo.Shape(nil).Bound()
	for _, c := range changes {
		ids = append(ids, int64(gridOf(c).ID), int64(gridOf(c).Parent)) // a parent may have been the leaf
		if after, is := c.After.(*geo.Grid); is && len(after.Boundary) > 0 {
			box := after.Boundary.Bound()
			around = around.Extend(box.Min).Extend(box.Max)
		}
	}
	var west, south, east, north *float64 // null where no ground is drawn: nobody lives in it
	if around != topo.Shape(nil).Bound() {
		x, y := around.Min.LonLat()
		right, top := around.Max.LonLat()
		west, south, east, north = &x, &y, &right, &top
	}
	return some(ctx, w.tx, func(r *row) *geo.Household {
		h := &geo.Household{Dwelling: geo.Dwelling{ID: geo.HouseholdID(r.int64())}}
		h.At, h.Located = r.point()
		return h
	}, `update household set leaf_id = null
		where territory_id = $1 and (leaf_id = any($2) or leaf_id is null and at && st_makeenvelope($3, $4, $5, $6, 4326))
		returning id, at`, int64(w.plan.Territory), ids, west, south, east, north)
}
