package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A RebaseRequest carries a draft over to the plan in force.
type RebaseRequest struct {
	Plan   geo.PlanID
	By     string       // who
	Key    string       // idempotency key; "" for none
	Base   geo.Revision // of the plan, that the caller saw; 0 does not ask
	DryRun bool         // says what would be done, or the clashes, and writes nothing
}

// Rebased is what carrying a draft over did.
type Rebased struct {
	Plan         geo.Plan     `json:"plan"`          // as it is now
	From         geo.PlanID   `json:"from"`          // it stood on
	Onto         geo.PlanID   `json:"onto"`          // it stands on now
	OntoRevision geo.Revision `json:"onto_revision"` // of that plan
	// Begins is the revision at which the draft equals the plan it stands on,
	// but for what it was copied with: where undoing ends from now on. It is 0
	// when the draft stood on the plan in force already, and in a dry run.
	Begins  geo.Revision `json:"begins"`
	Changed int          `json:"changed"` // grids that the plan in force changed
	Edits   []Replayed   `json:"edits"`   // in their order
}

// A Replayed is an edit carried over.
type Replayed struct {
	Edit geo.Revision `json:"edit"` // as it was made
	Now  geo.Revision `json:"now"`  // as it stands; 0 in a dry run
	Op   string       `json:"op"`
	By   string       `json:"by"`
}

// Rebase carries a draft, reviewed or filed plan over to the plan in force,
// when that is not the one it was copied from any more or has changed since.
// The draft becomes that plan, and its standing edits are made again in their
// order as change sets of their own, all in one transaction: they can be undone
// down to the plan it stands on now, not further. Edits taken back before are
// forgotten.
//
// Errors, after which nothing is written: *[ClashError]; *[StateError];
// *[StaleError]; [geo.ErrNotFound]; [geo.ErrConflict] for a Key used for
// another request.
func (s *Store) Rebase(ctx context.Context, r RebaseRequest) (Rebased, error) {
	if err := validKey(r.Key); err != nil {
		return Rebased{}, err
	}
	if r.Key == "" {
		r.Key = onceKey()
	}
	p, err := s.Plan(ctx, r.Plan)
	if err != nil {
		return Rebased{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Snapshot)
	defer cancel()
	var done Rebased
	err = retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) (err error) {
			done, err = rebaseRequested(ctx, tx, p, &r)
			return err
		})
	})
	if err != nil {
		return Rebased{}, fmt.Errorf("rebase of plan %d: %w", r.Plan, explain(err))
	}
	if done.Begins != 0 {
		s.sheets.drop(r.Plan)
		s.bell.ring(p.Territory)
	}
	return done, nil
}

// rebaseRequested is one try.
func rebaseRequested(ctx context.Context, tx pgx.Tx, p geo.Plan, r *RebaseRequest) (Rebased, error) {
	if err := lockPlans(ctx, tx, p); err != nil {
		return Rebased{}, err
	}
	rev, err := lockCounter(ctx, tx, p.Territory)
	if err != nil {
		return Rebased{}, err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "rebase %d %t", r.Plan, r.DryRun))
	first, again, err := answered(ctx, tx, p.Territory, r.Key, hash[:])
	if err != nil {
		return Rebased{}, err
	}
	if again && first.answer != nil {
		var done Rebased
		return done, json.Unmarshal(first.answer, &done)
	}
	if p, err = planByID(ctx, tx, r.Plan); err != nil {
		return Rebased{}, err
	}
	if _, living := nextStates[p.State]; !living {
		return Rebased{}, &StateError{Plan: p.ID, State: p.State, Reason: "only a plan on its way into force stands on another"}
	}
	if r.Base != 0 && p.Revision > r.Base {
		return Rebased{}, &StaleError{Plan: p.ID, Base: r.Base, Revision: p.Revision}
	}
	onto, err := planInForce(ctx, tx, p.Territory, 0)
	if err != nil {
		return Rebased{}, err
	}
	w := &rebasing{tx: tx, plan: p, onto: onto, by: r.By, rev: rev}
	if err := w.prepare(ctx); err != nil {
		return Rebased{}, err
	}
	if again || r.DryRun {
		return w.told(), nil
	}
	if !w.behind {
		return w.told(), remember(ctx, tx, geo.ChangeSet{Territory: p.Territory, Revision: rev}, r.Key, hash[:])
	}
	if err := w.write(ctx, receipt{key: r.Key, hash: hash[:]}); err != nil {
		return Rebased{}, err
	}
	return w.told(), drawRevision(ctx, tx, p.Territory, w.rev)
}

// A rebasing is one rebase under way, in a transaction that holds the counter.
type rebasing struct {
	tx   pgx.Tx
	plan geo.Plan
	onto geo.Plan // in force
	by   string
	rev  geo.Revision // reached by the territory

	standing
	behind bool       // there is something to do
	edits  []stroked  // that stand
	tiers  []geo.Tier // of the plan in force, where they are others
	done   redraw.Rebased
	begins geo.Revision
	now    []geo.Revision // of the edits
}

// A standing is what a draft stands on.
type standing struct {
	from  geo.PlanID   // 0 when it is not known
	at    geo.Revision // of that plan, as it was copied
	begun geo.Revision // after which its edits can be undone
}

func standingOf(ctx context.Context, tx pgx.Tx, p geo.Plan) (st standing, err error) {
	err = tx.QueryRow(ctx, `select coalesce(from_plan, 0), coalesce(from_revision, 0), begun from plan where territory_id = $1 and id = $2`,
		int64(p.Territory), int64(p.ID)).Scan(&st.from, &st.at, &st.begun)
	return st, err
}

// prepare finds out what is to be done. Error: *[ClashError].
func (w *rebasing) prepare(ctx context.Context) (err error) {
	if w.standing, err = standingOf(ctx, w.tx, w.plan); err != nil {
		return err
	}
	switch {
	case w.from == 0:
		return &StateError{Plan: w.plan.ID, State: w.plan.State, Reason: "it is not known which plan it was drawn on: make a draft of the plan in force"}
	case w.from == w.onto.ID && w.onto.Revision <= w.at:
		return nil
	}
	w.behind = true
	if w.edits, err = strokesOf(ctx, w.tx, w.plan, w.begun); err != nil {
		return err
	}
	mine, err := frameOf(ctx, w.tx, w.plan)
	if err != nil {
		return err
	}
	newer, err := frameOf(ctx, w.tx, w.onto)
	if err != nil {
		return err
	}
	if !slices.Equal(mine.Tiers, newer.Tiers) {
		w.tiers = newer.Tiers
	}
	held, err := heldCodes(ctx, w.tx, w.plan.Territory)
	if err != nil {
		return err
	}
	redrawings := make([]redraw.Redrawing, len(w.edits))
	for i := range w.edits {
		redrawings[i] = w.edits[i].Redrawing
	}
	done, clashes, err := redraw.Rebase(mine, newer, redrawings, held)
	if err != nil {
		return err
	}
	if len(clashes) > 0 {
		return w.clash(ctx, clashes, mine, newer)
	}
	w.done = done
	return nil
}

// told is what is answered.
func (w *rebasing) told() Rebased {
	r := Rebased{Plan: w.plan, From: w.from, Onto: w.onto.ID, OntoRevision: w.onto.Revision, Begins: w.begins,
		Changed: w.changed(), Edits: []Replayed{}}
	for i := range w.edits {
		e := &w.edits[i]
		if e.turn != "edit" {
			continue
		}
		one := Replayed{Edit: e.revision, Op: e.op, By: e.by}
		if w.now != nil {
			one.Now = w.now[i]
		}
		r.Edits = append(r.Edits, one)
	}
	return r
}

// changed counts the grids that the plan in force changed.
func (w *rebasing) changed() int {
	mine := map[geo.GridID]bool{}
	for i := range w.edits {
		for _, c := range w.edits[i].Changes {
			mine[gridOf(c).ID] = true
		}
	}
	n := 0
	for _, c := range w.done.Begin.Changes {
		if !mine[gridOf(c).ID] {
			n++
		}
	}
	return n
}

// A stroked is a standing edit of a draft, or what the draft was copied with.
type stroked struct {
	redraw.Redrawing
	revision geo.Revision
	at       time.Time
	by, op   string
	turn     string
	first    geo.Revision // as it was made, before any rebase
	answer   json.RawMessage
}

// strokesOf reads the edits of a draft that stand, in their order.
func strokesOf(ctx context.Context, tx pgx.Tx, p geo.Plan, after geo.Revision) ([]stroked, error) {
	rows, err := tx.Query(ctx, `
		select c.revision, coalesce(o.at, c.at), coalesce(o.by_whom, c.by_whom), c.op, c.turn, coalesce(c.rebased, c.revision), coalesce(c.answer::text, '{}')
		from change_set as c left join change_set as o on o.territory_id = c.territory_id and o.revision = c.rebased
		where c.territory_id = $1 and c.plan_id = $2 and c.revision > $3 and c.turn in ('edit', 'carry') and not c.undone
		order by c.revision`, int64(p.Territory), int64(p.ID), int64(after))
	if err != nil {
		return nil, err
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (e stroked, err error) {
		var kept string
		err = r.Scan(&e.revision, &e.at, &e.by, &e.op, &e.turn, &e.first, &kept)
		e.answer = json.RawMessage(kept)
		return e, err
	})
	if err != nil {
		return nil, err
	}
	for i := 0; i < len(list); {
		sets, err := changeSets(ctx, tx, `territory_id = $1 and plan_id = $2 and revision >= $3 and turn in ('edit', 'carry') and not undone`,
			int64(p.Territory), int64(p.ID), int64(list[i].revision))
		if err != nil {
			return nil, err
		}
		for k := range sets {
			e := &list[i]
			e.Changes = sets[k].Changes
			var kept answer
			if err := json.Unmarshal(e.answer, &kept); err != nil {
				return nil, err
			}
			e.Shifts, e.Straddlers = kept.Shifts, kept.Straddlers
			i++
		}
	}
	return list, nil
}
