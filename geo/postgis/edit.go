package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// MaxEdits is the most edits one [EditRequest] may hold.
const MaxEdits = 100

// An EditRequest redraws grids of a draft, all its edits or none, as one
// change set.
type EditRequest struct {
	Plan    geo.PlanID
	By      string        // who
	Key     string        // idempotency key, unique in the territory; "" for none
	Request []byte        // what was asked under Key, or any digest of it
	Base    geo.Revision  // what the caller saw, of the plan or territory; 0 does not ask
	Edits   []redraw.Edit // each sees what those before it did
}

// Edited is what a redrawing did. Changes holds each grid once, as it was
// before and as it is after, parents before children, and then those that are
// gone, children before parents.
type Edited struct {
	geo.ChangeSet
	Shifts     []redraw.Shift // in order of the edits
	Straddlers []redraw.Straddler
}

// InEdit says which of several edits could not be done.
type InEdit struct {
	Index int // of the edit, from 0
	Err   error
}

func (e *InEdit) Error() string { return fmt.Sprintf("[%d]: %v", e.Index, e.Err) }

func (e *InEdit) Unwrap() error { return e.Err }

// A StateError says that a plan's state does not allow what was asked. It is a
// [geo.ErrConflict].
type StateError struct {
	Plan   geo.PlanID
	State  geo.PlanState // of the plan
	To     geo.PlanState // asked for, "" for an edit
	Reason string
}

func (e *StateError) Error() string {
	return fmt.Sprintf("plan %d is %s: %s", e.Plan, e.State, e.Reason)
}

// Is makes every StateError a [geo.ErrConflict].
func (e *StateError) Is(target error) bool { return target == geo.ErrConflict }

// Edit redraws grids of a draft. A call with a Key already answered returns
// the first answer. Edits of different grids do not disturb each other: with a
// Base, an edit is stale only when a grid that it changes or names was changed
// since. An edit that changes nothing makes no revision.
//
// Errors, after which nothing is written: those of [geo.Drawing.Apply], in an
// *[InEdit] when there are several edits; *[StaleError]; *[StateError] for a
// plan that is not a draft; [geo.ErrNotFound]; [geo.ErrConflict] for a Key used
// for another request; *[geo.InvalidError].
func (s *Store) Edit(ctx context.Context, r EditRequest) (Edited, error) {
	if len(r.Edits) == 0 || len(r.Edits) > MaxEdits {
		reason := fmt.Sprintf("holds %d edits, allowed are 1 to %d", len(r.Edits), MaxEdits)
		return Edited{}, fmt.Errorf("edit: %w", &geo.InvalidError{Field: "edits", Reason: reason})
	}
	op := "edits"
	if len(r.Edits) == 1 {
		op = opOf(r.Edits[0])
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "edit %d\x00", r.Plan)
	digest.Write(r.Request)
	return s.redraw(ctx, &stroke{
		set: geo.ChangeSet{Plan: r.Plan, By: r.By, Op: op}, base: r.Base,
		receipt: receipt{key: r.Key, hash: digest.Sum(nil), turn: "edit"},
		draw:    func(ctx context.Context, w *stroke) error { return w.apply(ctx, r.Edits) },
	})
}

// A stroke is one redrawing under way: an edit, an undo or a redo.
type stroke struct {
	set     geo.ChangeSet // asked for: plan, by and op
	base    geo.Revision
	receipt receipt
	draw    func(context.Context, *stroke) error

	tx    pgx.Tx
	sheet *sheet
	plan  geo.Plan
	took  []redraw.Redrawing // by the sheet's drawing
}

// An answer is what is kept of an Edited besides its changes.
type answer struct {
	Shifts     []redraw.Shift     `json:"shifts,omitempty"`
	Straddlers []redraw.Straddler `json:"straddlers,omitempty"`
}

// redraw carries out a stroke in one transaction, and again where that failed
// in passing.
func (s *Store) redraw(ctx context.Context, w *stroke) (Edited, error) {
	if err := validKey(w.receipt.key); err != nil {
		return Edited{}, err
	}
	if w.receipt.key == "" {
		w.receipt.key = onceKey()
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Snapshot) // the first has to make the drawing
	defer cancel()
	w.sheet = s.sheets.of(w.set.Plan)
	done, err := Edited{}, w.sheet.take(ctx)
	if err == nil {
		defer w.sheet.release()
		done, err = s.strike(ctx, w)
	}
	if err != nil {
		return Edited{}, fmt.Errorf("%s of plan %d: %w", w.receipt.turn, w.set.Plan, explain(err))
	}
	if len(done.Changes) > 0 {
		s.bell.ring(w.sheet.territory)
	}
	return done, nil
}

// strike is redraw with the sheet in hand. A drawing that cannot follow is
// made anew once or twice; more means that the territory is being imported
// over and over.
func (s *Store) strike(ctx context.Context, w *stroke) (done Edited, err error) {
	for range 3 {
		if err = s.open(ctx, w.sheet); err != nil {
			return Edited{}, err
		}
		err = retry(ctx, func() error {
			err := s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) (err error) {
				w.tx, w.took = tx, nil
				done, err = w.do(ctx)
				return err
			})
			switch {
			case err != nil:
				w.rewind()
			case w.took != nil:
				w.sheet.at = done.Revision
			}
			return err
		})
		if !errors.Is(err, errSheet) {
			return done, err
		}
		w.sheet.drawing = nil
	}
	return Edited{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// rewind makes the drawing what it was before a transaction that failed. If
// its commit was in doubt and came about, the next stroke sees it in the
// journal.
func (w *stroke) rewind() {
	for i := len(w.took) - 1; i >= 0; i-- {
		if err := w.sheet.drawing.Take(w.took[i].Inverse()); err != nil {
			w.sheet.drawing = nil // made anew by the next
			return
		}
	}
	w.took = nil
}

// do is one try. The counter's lock puts the writes of a territory in line.
func (w *stroke) do(ctx context.Context) (Edited, error) {
	rev, err := lockCounter(ctx, w.tx, w.sheet.territory)
	if err != nil {
		return Edited{}, err
	}
	first, ok, err := w.answered(ctx)
	if ok || err != nil {
		return first, err
	}
	if w.plan, err = planByID(ctx, w.tx, w.set.Plan); err != nil {
		return Edited{}, err
	}
	if w.plan.State != geo.Draft {
		return Edited{}, &StateError{Plan: w.plan.ID, State: w.plan.State, Reason: "only a draft can be redrawn"}
	}
	if err := w.sheet.follow(ctx, w.tx, rev); err != nil {
		return Edited{}, err
	}
	if err := w.draw(ctx, w); err != nil {
		return Edited{}, err
	}
	done := Edited{ChangeSet: w.set}
	done.Territory, done.Revision, done.Changes = w.sheet.territory, rev, outcome(w.took)
	for _, r := range w.took {
		done.Shifts = append(done.Shifts, r.Shifts...)
		done.Straddlers = append(done.Straddlers, r.Straddlers...)
	}
	if len(done.Changes) == 0 {
		return done, remember(ctx, w.tx, done.ChangeSet, w.receipt.key, w.receipt.hash)
	}
	if err := w.stale(ctx, involved(w.sheet.drawing, done.Changes)); err != nil {
		return Edited{}, err
	}
	done.Revision++
	return done, w.write(ctx, &done)
}

// answered returns what was answered under the key before.
func (w *stroke) answered(ctx context.Context) (Edited, bool, error) {
	first, ok, err := answered(ctx, w.tx, w.sheet.territory, w.receipt.key, w.receipt.hash)
	if !ok || err != nil {
		return Edited{}, ok, err
	}
	done := Edited{ChangeSet: first.set}
	if done.Op == "" { // it changed nothing
		done.Plan, done.By, done.Op = w.set.Plan, w.set.By, w.set.Op
	}
	var told answer
	if first.answer != nil {
		err = json.Unmarshal(first.answer, &told)
	}
	done.Shifts, done.Straddlers = told.Shifts, told.Straddlers
	return done, true, err
}

// told returns what was answered for a change set besides its records.
func told(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, rev geo.Revision) (a answer, err error) {
	var kept []byte
	err = tx.QueryRow(ctx, `select coalesce(answer::text, '{}') from change_set where territory_id = $1 and revision = $2`,
		int64(territory), int64(rev)).Scan(&kept)
	if err == nil {
		err = json.Unmarshal(kept, &a)
	}
	return a, err
}

// apply makes edits on the drawing, one after the other.
func (w *stroke) apply(ctx context.Context, edits []redraw.Edit) error {
	for i, e := range edits {
		r, err := w.sheet.drawing.Apply(e)
		if err == nil {
			err = w.sheet.number(ctx, w.tx, &r)
		} else if stale := w.stale(ctx, named(e)); stale != nil {
			return stale // what it speaks of was changed under its hand
		}
		if err == nil {
			err = w.sheet.drawing.Take(r)
		}
		if err != nil && len(edits) > 1 {
			return &InEdit{Index: i, Err: err}
		}
		if err != nil {
			return err
		}
		w.took = append(w.took, r)
	}
	return nil
}
