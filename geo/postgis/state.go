package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A StateRequest takes a plan to another state: draft, reviewed, filed, in
// force, one after the other; a reviewed or filed plan back to draft; and any
// of the three to discarded. A plan is retired by the one that takes its place.
type StateRequest struct {
	Plan geo.PlanID
	To   geo.PlanState
	// Effective is the day a plan comes into force: today, which 0 means; one
	// before, but after that of the plan it takes the place of; or one to
	// come, until which the plan stays filed.
	Effective geo.Date
	Reason    string       // why a plan is sent back, which it must say, or discarded
	By        string       // who
	Key       string       // idempotency key; "" for none
	Base      geo.Revision // of the plan, that the caller saw; 0 does not ask
	Today     geo.Date     // the day it is; 0 asks the clock
	// Check is asked of a plan that shall come into force; its error refuses
	// it. It may be called again when the transaction is repeated.
	Check func(*geo.Snapshot) error

	due bool // asked because the day has come
}

// Published is what taking a plan to a state did. Its change set holds the
// records that went on with the heirs of grids that are gone, or ended with them.
type Published struct {
	geo.ChangeSet `json:"-"`
	State         geo.Plan   `json:"state"`      // the plan as it is now
	Retired       geo.PlanID `json:"retired"`    // the plan it took the place of, 0 for none
	Households    int64      `json:"households"` // that lie in another grid now
	// References are what refers to grids that are gone, and what became of it.
	References []redraw.Reference `json:"references,omitempty"`
	Rebased    *Rebased           `json:"rebased,omitempty"` // carried over first to the plan in force
}

// nextStates are the ways of a plan, the first of each the one into force.
var nextStates = map[geo.PlanState][]geo.PlanState{
	geo.Draft:    {geo.Reviewed, geo.Discarded},
	geo.Reviewed: {geo.Filed, geo.Draft, geo.Discarded},
	geo.Filed:    {geo.InForce, geo.Draft, geo.Discarded},
}

// maxReason is the most bytes of a reason.
const maxReason = 2000

// SetState takes a plan to another state. Coming into force is one transaction:
// a draft whose plan in force moved on is carried over as [Store.Rebase] does,
// the plan in force until then is retired, grids that are new are valid from
// the day and those that are gone to it, every household is placed in the new
// grids, and what refers to a grid that is gone goes on with its heir, the one
// of its tier that has most of its ground: who served there, facilities, and
// figures that add up. Followers are asked to take a new snapshot. A plan
// with a day to come is judged now and again by [Store.Due] on that day.
//
// Errors, after which nothing is written: *[StateError] for a step that does
// not lead there; *[ClashError] when the plan in force changed what the draft
// changes; *[StaleError] when the plan changed after Base; *[geo.InvalidError]
// for a grid that is not drawn, grids that do not partition their parent, the
// day or the reason; the error of Check; [geo.ErrNotFound]; [geo.ErrConflict]
// for a Key used for another request.
func (s *Store) SetState(ctx context.Context, r StateRequest) (Published, error) {
	if err := validKey(r.Key); err != nil {
		return Published{}, err
	}
	if r.Key == "" {
		r.Key = onceKey()
	}
	if r.Today == 0 {
		r.Today = geo.DateOf(time.Now())
	}
	p, err := s.Plan(ctx, r.Plan)
	if err != nil {
		return Published{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Load)
	defer cancel()
	done, err := s.take(ctx, &r, p)
	if err != nil {
		return Published{}, fmt.Errorf("plan %d to %s: %w", r.Plan, r.To, explain(err))
	}
	s.sheets.drop(r.Plan)
	s.bell.ring(p.Territory)
	return done, nil
}

// take is SetState but for its limits: rehearsed as often as it is overtaken,
// and in the end without a rehearsal.
func (s *Store) take(ctx context.Context, ask *StateRequest, p geo.Plan) (done Published, err error) {
	for round := 0; ; round++ {
		var ahead *rehearsal
		if round < rehearsals {
			if ahead, err = s.rehearse(ctx, ask); err != nil {
				return Published{}, err
			}
		}
		err = retry(ctx, func() error {
			return s.once(ctx, writeMode, s.limits.Load, func(ctx context.Context, tx pgx.Tx) (err error) {
				step := &step{tx: tx, ask: ask, plan: p, ahead: ahead}
				done, err = step.do(ctx)
				return err
			})
		})
		if !errors.Is(err, errOvertaken) {
			return done, err
		}
	}
}

// A step is one call of SetState under way.
type step struct {
	tx   pgx.Tx
	ask  *StateRequest
	plan geo.Plan
	old  *geo.Plan    // in force until now, if one was
	rev  geo.Revision // the next to draw
	op   string
	note note // of the step

	was []planFrame // of the plan, and of the one in force until now

	ahead   *rehearsal // of a step into force; nil: it is to be made in the turn to write
	swapped bool       // the plan stands in the place of the one in force
}

// A note is what stands beside a step of a plan.
type note struct {
	reason    string
	effective geo.Date
}

func (w *step) do(ctx context.Context) (Published, error) {
	if err := lockPlans(ctx, w.tx, w.plan); err != nil {
		return Published{}, err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "state %d %s %d %s", w.ask.Plan, w.ask.To, w.ask.Effective, w.ask.Reason))
	first, again, err := answered(ctx, w.tx, w.plan.Territory, w.ask.Key, hash[:])
	if err != nil {
		return Published{}, err
	}
	if again {
		done := Published{}
		err := json.Unmarshal(first.answer, &done)
		done.ChangeSet = first.set
		return done, err
	}
	if w.plan, err = planByID(ctx, w.tx, w.ask.Plan); err != nil {
		return Published{}, err
	}
	if err := w.allowed(); err != nil {
		return Published{}, err
	}
	done := Published{ChangeSet: geo.ChangeSet{Territory: w.plan.Territory, Plan: w.plan.ID, By: w.ask.By}}
	if err := w.frame(ctx, w.plan); err != nil {
		return Published{}, err
	}
	if err := w.prepare(ctx); err != nil {
		return Published{}, err
	}
	if err := w.turn(ctx); err != nil {
		return Published{}, err
	}
	if err := w.take(ctx, &done); err != nil {
		return Published{}, err
	}
	done.Op, done.Revision, w.plan.Revision = w.op, w.rev, w.rev
	if w.swapped {
		err = w.stamp(ctx)
	} else {
		err = w.advance(ctx, &w.plan, w.note)
	}
	if err != nil {
		return Published{}, err
	}
	done.State = w.plan
	kept, err := json.Marshal(done)
	if err != nil {
		return Published{}, err
	}
	if err := drawRevision(ctx, w.tx, w.plan.Territory, w.rev); err != nil {
		return Published{}, err
	}
	if err := writeChangeSet(ctx, w.tx, &done.ChangeSet, receipt{key: w.ask.Key, hash: hash[:], answer: kept}); err != nil {
		return Published{}, err
	}
	return done, w.keepFrames(ctx)
}

// frame notes how a plan stands before the step.
func (w *step) frame(ctx context.Context, p geo.Plan) error {
	f, err := planFrameOf(ctx, w.tx, p)
	w.was = append(w.was, f)
	return err
}

// keepFrames writes how the plans stood before the step.
func (w *step) keepFrames(ctx context.Context) error {
	for i, f := range w.was {
		id := w.plan.ID
		if i > 0 {
			id = w.old.ID
		}
		if err := keepFrame(ctx, w.tx, w.plan.Territory, w.rev, id, f); err != nil {
			return err
		}
	}
	return nil
}

// lockPlans takes the locks of a plan and of the one in force: a step waits for
// the edits under way and keeps out those to come.
func lockPlans(ctx context.Context, tx pgx.Tx, p geo.Plan) error {
	return aloneWith(ctx, tx, `(id = $2 or state = 'in_force')`, int64(p.Territory), int64(p.ID))
}

// publishOp is what the journal calls a plan's coming into force.
const publishOp = "publish"

// later reports whether the plan shall come into force on a day to come.
func (w *step) later() bool { return w.ask.Effective > w.ask.Today }

// prepare does of a step into force what needs no turn to write, so that others
// do not wait for it: the plans are nobody else's meanwhile.
func (w *step) prepare(ctx context.Context) error {
	if w.ask.To != geo.InForce {
		return nil
	}
	if err := w.inForceNow(ctx); err != nil {
		return err
	}
	if w.old != nil {
		if err := w.frame(ctx, *w.old); err != nil {
			return err
		}
	}
	if w.ahead != nil && !w.ahead.of(w.plan, w.old) {
		return errOvertaken
	}
	if err := w.day(); err != nil || w.ahead == nil || w.later() || w.ahead.carry != nil || w.ahead.err != nil {
		return err
	}
	if err := w.swap(ctx); err != nil {
		return err
	}
	_, err := w.tx.Exec(ctx, `set constraints all immediate`)
	return err
}

// turn waits for the turn to write to the territory.
func (w *step) turn(ctx context.Context) error {
	rev, err := lockCounter(ctx, w.tx, w.plan.Territory)
	if err != nil || w.ask.To != geo.InForce {
		w.rev = rev + 1
		return err
	}
	w.rev = rev + 1
	if w.ahead == nil {
		if w.ahead, err = w.rehearse(ctx); err != nil {
			return err
		}
	}
	return w.catchUp(ctx)
}

// take takes the plan to its state.
func (w *step) take(ctx context.Context, done *Published) error {
	w.op, w.note.reason = string(w.ask.To), w.ask.Reason
	switch w.ask.To {
	case geo.InForce:
		if w.later() {
			w.op, w.note.effective = "schedule", w.plan.Effective
			return nil
		}
		w.op, done.Reload = publishOp, true
		return w.publish(ctx, done)
	case geo.Draft:
		w.op, w.plan.Effective = "send_back", 0
	case geo.Discarded:
		w.op, w.plan.Effective = "discard", 0
	}
	w.plan.State = w.ask.To
	return nil
}

// allowed refuses a step that does not lead on from the plan's state.
func (w *step) allowed() error {
	refuse := func(reason string) error {
		return &StateError{Plan: w.plan.ID, State: w.plan.State, To: w.ask.To, Reason: reason}
	}
	next, goes := nextStates[w.plan.State]
	back := w.ask.To == geo.Draft
	switch {
	case w.ask.due && (w.plan.State != geo.Filed || w.plan.Effective != w.ask.Effective):
		return refuse("it is no longer due")
	case !goes && w.plan.State == geo.InForce:
		return refuse("it is retired by the plan that takes its place")
	case !goes:
		return refuse("it goes no further")
	case !slices.Contains(next, w.ask.To):
		return refuse(fmt.Sprintf("its next state is %s, not %s", next[0], w.ask.To))
	case w.ask.Effective != 0 && w.ask.To != geo.InForce:
		return &geo.InvalidError{Field: "effective", Reason: "is only for a plan that comes into force"}
	case back && w.ask.Reason == "":
		return &geo.InvalidError{Field: "reason", Reason: "is missing: say why the plan is sent back"}
	case w.ask.Reason != "" && !back && w.ask.To != geo.Discarded:
		return &geo.InvalidError{Field: "reason", Reason: "is only for a plan that is sent back or discarded"}
	case len(w.ask.Reason) > maxReason:
		return &geo.InvalidError{Field: "reason", Reason: fmt.Sprintf("is longer than %d bytes", maxReason)}
	case w.ask.Base != 0 && w.plan.Revision > w.ask.Base:
		return &StaleError{Plan: w.plan.ID, Base: w.ask.Base, Revision: w.plan.Revision}
	}
	return nil
}

// advance writes the state of a plan and who took it there.
func (w *step) advance(ctx context.Context, p *geo.Plan, n note) error {
	due := ""
	if p.State == geo.Filed && p.Effective != 0 {
		due = w.ask.By
	}
	_, err := w.tx.Exec(ctx, `update plan set state = $3, effective = $4, revision = $5, due_by = $6, due_refused = '', due_revision = 0
		where territory_id = $1 and id = $2`,
		int64(p.Territory), int64(p.ID), string(p.State), dateArg(p.Effective), int64(p.Revision), due)
	if err != nil {
		return err
	}
	return writeStep(ctx, w.tx, p, w.ask.By, n)
}

// writeStep notes who took a plan to its state.
func writeStep(ctx context.Context, tx pgx.Tx, p *geo.Plan, by string, n note) error {
	_, err := tx.Exec(ctx, `insert into plan_step (territory_id, plan_id, position, state, by_whom, reason, effective)
		select $1, $2, 1 + coalesce(max(position), 0), $3, $4, $5, $6 from plan_step where territory_id = $1 and plan_id = $2`,
		int64(p.Territory), int64(p.ID), string(p.State), by, n.reason, dateArg(n.effective))
	return err
}

// A Step says who took a plan to a state, when and why.
type Step struct {
	State geo.PlanState
	At    time.Time
	By    string
	// Reason says why the plan was sent back or discarded, or did not come
	// into force on its day.
	Reason    string
	Effective geo.Date // the day it shall come, or came, into force
}

// Steps returns who took a plan to its states, in order of time; the first is
// its making. Those that an import set are not known. Error: [geo.ErrNotFound].
func (s *Store) Steps(ctx context.Context, plan geo.PlanID) ([]Step, error) {
	var list []Step
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, plan)
		if err != nil {
			return err
		}
		rows, err := tx.Query(ctx, `select state, at, by_whom, reason, coalesce(to_char(effective, 'yyyymmdd'), '0')::integer from plan_step
			where territory_id = $1 and plan_id = $2 order by position`, int64(p.Territory), int64(plan))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (st Step, err error) {
			err = r.Scan(&st.State, &st.At, &st.By, &st.Reason, &st.Effective)
			st.At = st.At.UTC()
			return st, err
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("steps of plan %d: %w", plan, err)
	}
	return list, nil
}
