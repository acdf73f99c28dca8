package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

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
	Draws   []Draw        // instead of Edits: made when their turns come
}

// Edited is what a redrawing did. Changes holds each grid once, as it was
// before and as it is after, parents before children, and then those that are
// gone, children before parents.
type Edited struct {
	geo.ChangeSet
	Shifts     []redraw.Shift // net of all edits, by tier
	Straddlers []redraw.Straddler
	Effects    redraw.Effects // on those who live and serve there, with at most 200 findings each
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
// Errors, after which nothing is written: those of [redraw.Drawing.Apply], in an
// *[InEdit] when there are several edits; *[StaleError]; *[StateError] for a
// plan that is not a draft; [geo.ErrNotFound]; [geo.ErrConflict] for a Key used
// for another request; *[geo.InvalidError].
func (s *Store) Edit(ctx context.Context, r EditRequest) (Edited, error) {
	draws := r.draws()
	if len(draws) == 0 || len(draws) > MaxEdits {
		reason := fmt.Sprintf("holds %d edits, allowed are 1 to %d", len(draws), MaxEdits)
		return Edited{}, fmt.Errorf("edit: %w", &geo.InvalidError{Field: "edits", Reason: reason})
	}
	op, touches := "edits", []geo.GridID(nil)
	if len(r.Edits) == 1 {
		op = opOf(r.Edits[0])
	}
	if len(r.Edits) > 0 {
		touches = named(r.Edits[0])
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "edit %d\x00", r.Plan)
	digest.Write(r.Request)
	return s.redraw(ctx, &stroke{
		set: geo.ChangeSet{Plan: r.Plan, By: r.By, Op: op}, base: r.Base,
		receipt: receipt{key: r.Key, hash: digest.Sum(nil), turn: "edit"}, touches: touches,
		judge: func(ctx context.Context, w *stroke) error { return w.apply(ctx, draws) },
	})
}

// A stroke is one redrawing under way: an edit, an undo or a redo.
type stroke struct {
	set     geo.ChangeSet // asked for: plan, by and op
	base    geo.Revision
	receipt receipt
	touches []geo.GridID                         // surely
	judge   func(context.Context, *stroke) error // sets judgement
	// alone keeps all other writes of the territory out from the beginning:
	// what depends on all edits before it, or was overtaken too often.
	alone bool

	tx     pgx.Tx
	sheet  *sheet
	plan   geo.Plan
	at     geo.Revision // of the territory when the transaction began
	housed bool         // the territory's households lie in the draft
	*judgement
}

// An answer is what is kept of an Edited besides its changes.
type answer struct {
	Shifts     []redraw.Shift     `json:"shifts,omitempty"`
	Straddlers []redraw.Straddler `json:"straddlers,omitempty"`
	Effects    *keptEffects       `json:"effects,omitempty"`
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
	done, err := s.strike(ctx, w)
	if err != nil {
		return Edited{}, fmt.Errorf("%s of plan %d: %w", w.receipt.turn, w.set.Plan, explain(err))
	}
	if len(done.Changes) > 0 {
		s.bell.ring(done.Territory)
	}
	return done, nil
}

// How often a stroke is tried: side by side with others, then alone. More
// means that the territory is being imported over and over.
const (
	triesBeside = 4
	triesAlone  = 4
)

// strike is redraw with the sheet in hand.
func (s *Store) strike(ctx context.Context, w *stroke) (done Edited, err error) {
	alone := w.alone
	for try := range triesBeside + triesAlone {
		w.alone = alone || w.housed || try >= triesBeside
		if err = s.open(ctx, w.sheet); err != nil {
			return Edited{}, err
		}
		err = retry(ctx, func() (err error) {
			done, err = s.try(ctx, w)
			return err
		})
		switch {
		case errors.Is(err, errSheet), w.alone && errors.Is(err, errOvertaken): // changed behind the journal's back
			w.sheet.forget()
		case !errors.Is(err, errOvertaken):
			return done, err
		}
	}
	return Edited{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
}

// try carries out a stroke in one transaction. If its commit is in doubt and
// came about, the next try finds it under the key.
func (s *Store) try(ctx context.Context, w *stroke) (done Edited, err error) {
	w.judgement = nil
	leave, err := w.sheet.enter(ctx, w.touches)
	if err != nil {
		return Edited{}, err
	}
	defer leave()
	err = s.once(ctx, writeMode, s.limits.Write, func(ctx context.Context, tx pgx.Tx) (err error) {
		w.tx = tx
		done, err = w.do(ctx)
		return err
	})
	if w.judgement != nil && w.claimed {
		rev := done.Revision
		if err != nil {
			rev = 0
		}
		w.sheet.letGo(w.judgement, rev)
	}
	if err != nil && !w.alone && overtaken(err) {
		err = errOvertaken
	}
	return done, err
}

// overtaken reports whether an edit that was judged right may have been refused
// because another came first.
func overtaken(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	switch pg.ConstraintName {
	case "edit_overtaken", "change_set_key_unique", "grid_code_unique", "grid_parent_in_plan", "grid_children_cover_parent":
		return true
	}
	return false
}

// do is one try in its transaction: judge, lock what that stands on, write,
// and last draw the revision.
func (w *stroke) do(ctx context.Context) (Edited, error) {
	if err := w.begin(ctx); err != nil {
		return Edited{}, err
	}
	first, ok, err := w.answered(ctx)
	if ok || err != nil {
		return first, err
	}
	if w.plan.State != geo.Draft {
		return Edited{}, &StateError{Plan: w.plan.ID, State: w.plan.State, Reason: "only a draft can be redrawn"}
	}
	if err := w.sheet.follow(ctx, w.tx, w.at); err != nil {
		return Edited{}, err
	}
	if err := w.judge(ctx, w); err != nil {
		return Edited{}, err
	}
	done := Edited{ChangeSet: w.set}
	done.Territory, done.Revision, done.Changes = w.plan.Territory, w.at, w.changes
	done.Shifts, done.Straddlers, done.Effects = w.shifts, w.straddlers, w.effects
	if len(done.Changes) == 0 {
		return done, remember(ctx, w.tx, done.ChangeSet, w.receipt.key, w.receipt.hash)
	}
	if err := w.lock(ctx, w.tx, w.plan); err != nil {
		return Edited{}, err
	}
	if err := w.stale(ctx, w.involved); err != nil {
		return Edited{}, err
	}
	return done, w.write(ctx, &done)
}

// begin reads the plan and what the territory has reached. It takes the plan's
// lock, beside other edits or alone, and alone the counter's too. Households
// that follow the edits of a draft, because no plan is in force, are nobody
// else's meanwhile.
func (w *stroke) begin(ctx context.Context) error {
	const read = `select p.territory_id, p.id, p.name, p.state, p.effective, p.revision, c.revision,
			t.housed_in is not distinct from p.id
		from plan as p join territory_counter as c using (territory_id) join territory as t using (territory_id)
		where p.territory_id = $1 and p.id = $2 `
	t, id := int64(w.sheet.territory), int64(w.set.Plan)
	look := func(lock string) error {
		_, err := one(ctx, w.tx, func(r *row) bool {
			w.plan = readPlan(r)
			w.at, w.housed = geo.Revision(r.int64()), r.bool()
			return true
		}, read+lock, t, id)
		return found(err, "plan", id)
	}
	if !w.alone {
		err := besideOthers(ctx, w.tx, w.set.Plan)
		if err == nil {
			err = look(`for key share of p`)
		}
		if err == nil && w.housed {
			err = errOvertaken // to be tried alone
		}
		return err
	}
	if err := aloneWith(ctx, w.tx, `id = $2`, t, id); err != nil {
		return err
	}
	if _, err := lockCounter(ctx, w.tx, w.sheet.territory); err != nil {
		return err
	}
	return look(``)
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
	done.Shifts, done.Straddlers, done.Effects = told.Shifts, told.Straddlers, told.Effects.effects()
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
