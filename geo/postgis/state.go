package postgis

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A StateRequest takes a plan to its next state: draft, reviewed, filed, in
// force. A plan is retired by the one that takes its place.
type StateRequest struct {
	Plan geo.PlanID
	To   geo.PlanState
	// Effective is the day a plan comes into force: today, which 0 means, or
	// one before, but after that of the plan it takes the place of.
	Effective geo.Date
	By        string       // who
	Key       string       // idempotency key; "" for none
	Base      geo.Revision // of the plan, that the caller saw; 0 does not ask
	// Check is asked of a plan that shall come into force; its error refuses
	// it. It may be called again when the transaction is repeated.
	Check func(*geo.Snapshot) error
}

// Published is what taking a plan to a state did. Its change set holds the
// assignments that ended with their grid or went on in its successor.
type Published struct {
	geo.ChangeSet `json:"-"`
	State         geo.Plan   `json:"state"`      // the plan as it is now
	Retired       geo.PlanID `json:"retired"`    // the plan it took the place of, 0 for none
	Households    int64      `json:"households"` // that lie in another grid now
}

// nextState is the only way of a plan.
var nextState = map[geo.PlanState]geo.PlanState{geo.Draft: geo.Reviewed, geo.Reviewed: geo.Filed, geo.Filed: geo.InForce}

// SetState takes a plan one step on. Coming into force is one transaction: the
// plan in force until then is retired, grids that are new are valid from the
// day and those that are gone to it, every household is placed in the new
// grids, and who served a grid that is gone serves the one of its tier that
// has most of its ground. Followers are asked to take a new snapshot.
//
// Errors, after which nothing is written: *[StateError] for a step that is not
// the next; *[StaleError] when the plan in force is not the one that the draft
// was copied from any more, with the grids that both changed;
// *[geo.InvalidError] for a grid that is not drawn, grids that do not
// partition their parent or the day; the error of Check; [geo.ErrNotFound];
// [geo.ErrConflict] for a Key used for another request.
func (s *Store) SetState(ctx context.Context, r StateRequest) (Published, error) {
	if r.Key == "" {
		r.Key = "once:" + rand.Text()
	}
	p, err := s.Plan(ctx, r.Plan)
	if err != nil {
		return Published{}, err
	}
	var done Published
	ctx, cancel := context.WithTimeout(ctx, s.limits.Load)
	defer cancel()
	err = retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Load, func(ctx context.Context, tx pgx.Tx) (err error) {
			step := &step{tx: tx, ask: &r, plan: p}
			done, err = step.do(ctx)
			return err
		})
	})
	if err != nil {
		return Published{}, fmt.Errorf("plan %d to %s: %w", r.Plan, r.To, explain(err))
	}
	s.bell.ring(p.Territory)
	return done, nil
}

// A step is one call of SetState under way.
type step struct {
	tx   pgx.Tx
	ask  *StateRequest
	plan geo.Plan
	old  *geo.Plan // in force until now, if one was
	rev  geo.Revision
}

func (w *step) do(ctx context.Context) (Published, error) {
	rev, err := lockCounter(ctx, w.tx, w.plan.Territory)
	if err != nil {
		return Published{}, err
	}
	w.rev = rev + 1
	hash := sha256.Sum256(fmt.Appendf(nil, "state %d %s %d", w.ask.Plan, w.ask.To, w.ask.Effective))
	set, again, err := answered(ctx, w.tx, w.plan.Territory, w.ask.Key, hash[:])
	if err != nil {
		return Published{}, err
	}
	if again {
		return w.again(ctx, set)
	}
	if w.plan, err = planByID(ctx, w.tx, w.ask.Plan); err != nil {
		return Published{}, err
	}
	if err := w.allowed(); err != nil {
		return Published{}, err
	}
	op := string(w.ask.To)
	done := Published{ChangeSet: geo.ChangeSet{Territory: w.plan.Territory, Plan: w.plan.ID, Revision: w.rev, By: w.ask.By, Op: op}}
	if w.ask.To == geo.InForce {
		done.Op, done.Reload = "publish", true
		if err := w.publish(ctx, &done); err != nil {
			return Published{}, err
		}
	}
	w.plan.State, w.plan.Revision = w.ask.To, w.rev
	if err := w.advance(ctx, &w.plan); err != nil {
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
	return done, writeChangeSet(ctx, w.tx, &done.ChangeSet, receipt{key: w.ask.Key, hash: hash[:], answer: kept})
}

// again returns what was answered for set before.
func (w *step) again(ctx context.Context, set geo.ChangeSet) (Published, error) {
	var kept []byte
	err := w.tx.QueryRow(ctx, `select answer::text from change_set where territory_id = $1 and revision = $2`,
		int64(set.Territory), int64(set.Revision)).Scan(&kept)
	done := Published{}
	if err == nil {
		err = json.Unmarshal(kept, &done)
	}
	done.ChangeSet = set
	return done, err
}

// allowed refuses a step that is not the plan's next.
func (w *step) allowed() error {
	refuse := func(reason string) error {
		return &StateError{Plan: w.plan.ID, State: w.plan.State, To: w.ask.To, Reason: reason}
	}
	next, goes := nextState[w.plan.State]
	switch {
	case !goes && w.plan.State == geo.InForce:
		return refuse("it is retired by the plan that takes its place")
	case !goes:
		return refuse("it goes no further")
	case next != w.ask.To:
		return refuse(fmt.Sprintf("its next state is %s, not %s", next, w.ask.To))
	case w.ask.Effective != 0 && w.ask.To != geo.InForce:
		return &geo.InvalidError{Field: "effective", Reason: "is only for a plan that comes into force"}
	case w.ask.Base != 0 && w.plan.Revision > w.ask.Base:
		return &StaleError{Plan: w.plan.ID, Base: w.ask.Base, Revision: w.plan.Revision}
	}
	return nil
}

// advance writes the state of a plan and who took it there.
func (w *step) advance(ctx context.Context, p *geo.Plan) error {
	_, err := w.tx.Exec(ctx, `update plan set state = $3, effective = $4, revision = $5 where territory_id = $1 and id = $2`,
		int64(p.Territory), int64(p.ID), string(p.State), dateArg(p.Effective), int64(p.Revision))
	if err != nil {
		return err
	}
	return writeStep(ctx, w.tx, p, w.ask.By)
}

// A Step says who took a plan to a state and when.
type Step struct {
	State geo.PlanState
	At    time.Time
	By    string
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
		rows, err := tx.Query(ctx, `select state, at, by_whom from plan_step
			where territory_id = $1 and plan_id = $2 order by at`, int64(p.Territory), int64(plan))
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, func(r pgx.CollectableRow) (st Step, err error) {
			err = r.Scan(&st.State, &st.At, &st.By)
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
