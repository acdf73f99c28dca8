package postgis

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A Turn asks to take back the last edit of a draft, or to do it again.
type Turn struct {
	Plan geo.PlanID
	By   string
	Key  string       // idempotency key; "" for none
	Base geo.Revision // of the plan; any later change of it is stale; 0 does not ask
}

// Undo takes back the last edit of a draft that stands: every grid becomes what
// it was, bit for bit, as a new change set that tells the inverse. Errors:
// [geo.ErrNotFound] when no edit stands; else those of [Store.Edit].
func (s *Store) Undo(ctx context.Context, t Turn) (Edited, error) { return s.turn(ctx, t, "undo") }

// Redo does again the edit that was taken back last, unless a new one was made
// since. Errors: [geo.ErrNotFound] when there is none; else those of
// [Store.Edit].
func (s *Store) Redo(ctx context.Context, t Turn) (Edited, error) { return s.turn(ctx, t, "redo") }

func (s *Store) turn(ctx context.Context, t Turn, which string) (Edited, error) {
	digest := sha256.Sum256(fmt.Appendf(nil, "%s %d", which, t.Plan))
	return s.redraw(ctx, &stroke{
		set: geo.ChangeSet{Plan: t.Plan, By: t.By, Op: which}, base: t.Base,
		receipt: receipt{key: t.Key, hash: digest[:], turn: which}, alone: true,
		judge: func(ctx context.Context, w *stroke) error { return w.retrace(ctx) },
	})
}

// The edit to take back is the last that stands; those to do again are the ones
// taken back since the newest edit was made, the oldest first: what was taken
// back before it went with the new edit.
const (
	begun        = `select begun from plan where territory_id = $1 and id = $2`
	lastStanding = `select coalesce(max(revision), 0) from change_set
		where territory_id = $1 and plan_id = $2 and turn = 'edit' and not undone and revision > (` + begun + `)`
	undoneSince = `select u.target from change_set as u
		join change_set as e on e.territory_id = u.territory_id and e.revision = u.target and e.undone
		where u.territory_id = $1 and u.plan_id = $2 and u.turn = 'undo' and u.target > (` + begun + `)
		  and u.revision > (select coalesce(max(revision), 0) from change_set where territory_id = $1 and plan_id = $2 and turn = 'edit')`
	firstUndone = `select coalesce(min(target), 0) from (` + undoneSince + `) as back`
)

// retrace makes the inverse of an edit on the drawing, or the edit again.
func (w *stroke) retrace(ctx context.Context) error {
	undo := w.receipt.turn == "undo"
	query := firstUndone
	if undo {
		query = lastStanding
	}
	if w.base != 0 && w.plan.Revision > w.base {
		return &StaleError{Plan: w.plan.ID, Base: w.base, Revision: w.plan.Revision}
	}
	var target geo.Revision
	if err := w.tx.QueryRow(ctx, query, int64(w.plan.Territory), int64(w.plan.ID)).Scan(&target); err != nil {
		return err
	}
	if target == 0 {
		return fmt.Errorf("edit to %s: %w", w.receipt.turn, geo.ErrNotFound)
	}
	r, err := w.recall(ctx, target)
	if err != nil {
		return err
	}
	if undo {
		r = r.Inverse()
	}
	w.judgement, err = w.sheet.judge(ctx, nil, func(d *redraw.Drawing, took *[]redraw.Redrawing) error {
		if err := d.Take(r); err != nil {
			return err
		}
		*took = []redraw.Redrawing{r}
		return nil
	})
	if errors.Is(err, geo.ErrStale) {
		return fmt.Errorf("the plan was imported anew since edit %d: %w", target, geo.ErrStale)
	} else if err != nil {
		return err
	}
	w.receipt.target = target
	_, err = w.tx.Exec(ctx, `update change_set set undone = $3 where territory_id = $1 and revision = $2`,
		int64(w.plan.Territory), int64(target), undo)
	return err
}

// recall reads an edit back from the journal.
func (w *stroke) recall(ctx context.Context, rev geo.Revision) (redraw.Redrawing, error) {
	sets, err := changeSets(ctx, w.tx, `territory_id = $1 and revision = $2`, int64(w.plan.Territory), int64(rev))
	if err != nil {
		return redraw.Redrawing{}, err
	}
	kept, err := told(ctx, w.tx, w.plan.Territory, rev)
	return redraw.Redrawing{Changes: sets[0].Changes, Shifts: kept.Shifts, Straddlers: kept.Straddlers}, err
}

// A PlanEdit is one edit in a plan's history.
type PlanEdit struct {
	Revision geo.Revision
	First    geo.Revision // as it was made: another than Revision after a rebase
	At       time.Time    // when it was made
	By, Op   string
	Grids    []geo.GridID // that it changed, ascending
	Undone   bool
	Again    bool         // Undone, and can be done again: no edit was made since
	Changes  []geo.Change // each grid before and after, when they were asked for
}

// Edits returns the edits of a plan before a revision, 0 for all, the newest
// first; limit is 1 to 1,000, 0 means 100. Undone edits are listed, undoing
// is not. After a rebase an edit is listed as it stands on the newer plan, with
// who made it and when; the rebase itself is listed as "rebase", and what the
// draft was copied with as "carry". Error: [geo.ErrNotFound].
func (s *Store) Edits(ctx context.Context, plan geo.PlanID, before geo.Revision, limit int) ([]PlanEdit, error) {
	return s.listEdits(ctx, plan, before, limit, false)
}

// EditsInFull is [Store.Edits] with the Changes.
func (s *Store) EditsInFull(ctx context.Context, plan geo.PlanID, before geo.Revision, limit int) ([]PlanEdit, error) {
	return s.listEdits(ctx, plan, before, limit, true)
}

func (s *Store) listEdits(ctx context.Context, plan geo.PlanID, before geo.Revision, limit int, full bool) ([]PlanEdit, error) {
	switch {
	case limit < 0 || limit > 1000:
		return nil, &geo.InvalidError{Field: "limit", Reason: fmt.Sprintf("%d is not between 1 and 1000", limit)}
	case limit == 0:
		limit = 100
	}
	var list []PlanEdit
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, plan)
		if err != nil {
			return err
		}
		if list, err = editsBefore(ctx, tx, p, before, limit); err != nil || !full {
			return err
		}
		return changesOfEdits(ctx, tx, p, list)
	})
	if err != nil {
		return nil, fmt.Errorf("edits of plan %d: %w", plan, err)
	}
	return list, nil
}

func editsBefore(ctx context.Context, tx pgx.Tx, p geo.Plan, before geo.Revision, limit int) ([]PlanEdit, error) {
	rows, err := tx.Query(ctx, `
		select c.revision, coalesce(c.rebased, c.revision), coalesce(o.at, c.at), coalesce(o.by_whom, c.by_whom), c.op, c.undone,
		       c.undone and c.revision in (`+undoneSince+`),
		       array(select j.record_id from journal as j
		             where j.territory_id = c.territory_id and j.revision = c.revision and j.entity = 'grid')
		from change_set as c
		join plan as p on p.territory_id = c.territory_id and p.id = c.plan_id
		left join change_set as o on o.territory_id = c.territory_id and o.revision = c.rebased
		where c.territory_id = $1 and c.plan_id = $2 and ($3 = 0 or c.revision < $3)
		  and (c.turn in ('edit', 'carry') and (c.revision > p.begun or c.undone) or c.turn is null and c.op = 'rebase')
		order by c.revision desc limit $4`, int64(p.Territory), int64(p.ID), int64(before), limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (e PlanEdit, err error) {
		err = r.Scan(&e.Revision, &e.First, &e.At, &e.By, &e.Op, &e.Undone, &e.Again, &e.Grids)
		e.At = e.At.UTC()
		slices.Sort(e.Grids)
		return e, err
	})
}

// changesOfEdits fills in what edits changed.
func changesOfEdits(ctx context.Context, tx pgx.Tx, p geo.Plan, list []PlanEdit) error {
	at := map[geo.Revision]int{}
	var revisions []int64
	for i := range list {
		at[list[i].Revision] = i
		revisions = append(revisions, int64(list[i].Revision))
	}
	slices.Sort(revisions)
	for len(revisions) > 0 {
		sets, err := changeSets(ctx, tx, `territory_id = $1 and revision = any($2)`, int64(p.Territory), revisions)
		if err != nil {
			return err
		}
		for i := range sets {
			list[at[sets[i].Revision]].Changes = sets[i].Changes
		}
		revisions = revisions[len(sets):]
	}
	return nil
}
