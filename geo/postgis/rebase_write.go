package postgis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// write stores the draft as it is on the plan in force: first one change set
// that makes it that plan, then one for each edit. The revisions are for the
// caller to draw.
func (w *rebasing) write(ctx context.Context, r receipt) error {
	if err := w.park(ctx); err != nil {
		return err
	}
	before, err := planFrameOf(ctx, w.tx, w.plan)
	if err != nil {
		return err
	}
	if err := putTiers(ctx, w.tx, w.plan, w.tiers); err != nil {
		return err
	}
	w.begins = w.rev + 1
	begin := geo.ChangeSet{Op: "rebase", Changes: w.done.Begin.Changes, Reload: w.tiers != nil}
	sets := []geo.ChangeSet{begin}
	for i := range w.edits {
		w.now = append(w.now, w.begins+geo.Revision(i)+1)
		sets = append(sets, geo.ChangeSet{Op: w.edits[i].op, Changes: w.done.Edits[i].Changes})
	}
	w.plan.Revision = w.begins + geo.Revision(len(w.edits))
	for i := range sets {
		set := &sets[i]
		w.rev++
		set.Territory, set.Plan, set.By, set.Revision = w.plan.Territory, w.plan.ID, w.by, w.rev
		if err := putRedrawn(ctx, w.tx, set); err != nil {
			return err
		}
		kept, err := w.receiptOf(i, r)
		if err != nil {
			return err
		}
		if err := writeChangeSet(ctx, w.tx, set, kept); err != nil {
			return err
		}
	}
	if err := dropTiers(ctx, w.tx, w.plan, w.tiers); err != nil {
		return err
	}
	if w.tiers != nil {
		if err := keepFrame(ctx, w.tx, w.plan.Territory, w.begins, w.plan.ID, before); err != nil {
			return err
		}
	}
	_, err = w.tx.Exec(ctx, `update plan set revision = $3, begun = $4, from_plan = $5, from_revision = $6 where territory_id = $1 and id = $2`,
		int64(w.plan.Territory), int64(w.plan.ID), int64(w.plan.Revision), int64(w.begins), int64(w.onto.ID), int64(w.onto.Revision))
	return err
}

// receiptOf is what the change set at i keeps: the first that of the request,
// the others those of their edits.
func (w *rebasing) receiptOf(i int, r receipt) (receipt, error) {
	if i > 0 {
		e := &w.edits[i-1]
		return receipt{turn: e.turn, again: e.first, answer: e.answer}, nil
	}
	told, err := json.Marshal(w.told())
	return receipt{key: r.key, hash: r.hash, answer: told}, err
}

// park takes the codes off the grids that shall lose them, so that others can
// have them in any order.
func (w *rebasing) park(ctx context.Context) error {
	var ids []int64
	for _, c := range w.done.Begin.Changes {
		before, was := c.Before.(*geo.Grid)
		after, is := c.After.(*geo.Grid)
		if was && (!is || before.Code != after.Code) {
			ids = append(ids, int64(before.ID))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := w.tx.Exec(ctx, `update grid set code = 'parked ' || id where territory_id = $1 and plan_id = $2 and id = any($3)`,
		int64(w.plan.Territory), int64(w.plan.ID), ids)
	return err
}

// putRedrawn writes the grids of a draft that a change set changes.
func putRedrawn(ctx context.Context, tx pgx.Tx, set *geo.ChangeSet) error {
	t, p := int64(set.Territory), int64(set.Plan)
	var batch pgx.Batch
	for _, c := range set.Changes {
		after, is := c.After.(*geo.Grid)
		switch {
		case !is:
			batch.Queue(`delete from grid where territory_id = $1 and plan_id = $2 and id = $3`, t, p, int64(gridOf(c).ID))
			continue
		case c.Before == nil:
			batch.Queue(insertGrid, append([]any{t, p}, statementArgs(gridValues(after))...)...)
		default:
			batch.Queue(updateGrid, append([]any{t, p}, statementArgs(gridValues(after))...)...)
		}
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// putTiers makes the tiers of a plan those of the list, nil for no change; what
// it has besides stays until dropTiers.
func putTiers(ctx context.Context, tx pgx.Tx, p geo.Plan, tiers []geo.Tier) error {
	if tiers == nil {
		return nil
	}
	var batch pgx.Batch
	batch.Queue(`update tier set code = 'parked ' || rank where territory_id = $1 and plan_id = $2`, int64(p.Territory), int64(p.ID))
	for i := range tiers {
		values := tierValues(&tiers[i])
		marks := make([]string, len(values))
		for k := range marks {
			marks[k] = fmt.Sprintf("$%d", k+3)
		}
		row := strings.Join(marks, ", ")
		batch.Queue(`insert into tier (territory_id, plan_id, `+tierColumns+`) values ($1, $2, `+row+`)
			on conflict (territory_id, plan_id, rank) do update set (`+tierColumns+`) = (`+row+`)`,
			append([]any{int64(p.Territory), int64(p.ID)}, values...)...)
	}
	return tx.SendBatch(ctx, &batch).Close()
}

// dropTiers takes away the tiers of a plan that the list has not.
func dropTiers(ctx context.Context, tx pgx.Tx, p geo.Plan, tiers []geo.Tier) error {
	if tiers == nil {
		return nil
	}
	var ranks []int16
	for i := range tiers {
		ranks = append(ranks, int16(tiers[i].Rank))
	}
	slices.Sort(ranks)
	_, err := tx.Exec(ctx, `delete from tier where territory_id = $1 and plan_id = $2 and rank <> all($3)`, int64(p.Territory), int64(p.ID), ranks)
	return err
}

// rebase carries the plan over before it comes into force, if it has to be.
func (w *step) rebase(ctx context.Context, done *Published) error {
	if w.ahead.carry == nil {
		return nil
	}
	r := *w.ahead.carry // the transaction may be repeated
	r.tx, r.rev = w.tx, w.rev-1
	if err := r.write(ctx, receipt{}); err != nil {
		return err
	}
	told := r.told()
	done.Rebased = &told
	w.rev = r.rev + 1
	return nil
}

// overtaken returns the rebase that a plan needs before it comes into force,
// nil for none.
func (w *step) overtaken(ctx context.Context) (*rebasing, error) {
	if w.old == nil {
		return nil, nil
	}
	r := &rebasing{tx: w.tx, plan: w.plan, onto: *w.old, by: w.ask.By, rev: w.rev - 1}
	if err := r.prepare(ctx); err != nil || !r.behind {
		return nil, err
	}
	return r, nil
}
