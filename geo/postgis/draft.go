package postgis

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A DraftRequest makes a draft.
type DraftRequest struct {
	Territory geo.TerritoryID
	From      geo.PlanID // the plan to copy, of any state; 0 is the plan in force
	Name      string
	By        string // who
	Key       string // idempotency key; "" for none
}

// CreateDraft makes a draft without an idempotency key: see [Store.Draft].
func (s *Store) CreateDraft(ctx context.Context, territory geo.TerritoryID, from geo.PlanID, name, by string) (geo.Plan, error) {
	return s.Draft(ctx, DraftRequest{Territory: territory, From: from, Name: name, By: by})
}

// Draft copies a plan of a territory, its tiers and grids, as a draft to be
// edited. The grids keep their IDs. A draft stands on a plan in force: the one
// that is, or that which the draft it was copied from stands on. What the
// copied plan has otherwise than that one is noted as a change of its own, so
// that the draft can be carried over to a newer plan; a draft of a retired plan
// thus takes back what was done since. When the grids of the plan partition
// their parents, every commit of the draft must keep that. A draft has no
// households of its own: they stay placed in the plan in force until another
// takes its place, and a picture of the draft places them itself.
//
// Errors: [geo.ErrNotFound] for a territory or plan that is not there,
// *[geo.InvalidError] for the name, [geo.ErrConflict] for a Key used for
// another request.
func (s *Store) Draft(ctx context.Context, r DraftRequest) (geo.Plan, error) {
	p := geo.Plan{Territory: r.Territory, Name: r.Name, State: geo.Draft}
	err := p.Validate()
	if err == nil && r.Name == "" {
		err = &geo.InvalidError{Field: "name", Reason: "is empty"}
	}
	if err == nil {
		err = validKey(r.Key)
	}
	if err != nil {
		return geo.Plan{}, fmt.Errorf("draft: %w", err)
	}
	if r.Key == "" {
		r.Key = onceKey()
	}
	ctx, cancel := context.WithTimeout(ctx, s.limits.Snapshot)
	defer cancel()
	err = retry(ctx, func() error {
		return s.once(ctx, writeMode, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
			return (&copying{tx: tx, ask: &r, plan: &p}).do(ctx)
		})
	})
	if err != nil {
		return geo.Plan{}, fmt.Errorf("draft of territory %d: %w", r.Territory, explain(err))
	}
	s.survey(ctx, surveyedGrids)
	s.bell.ring(r.Territory)
	return p, nil
}

// A copying is one draft under way.
type copying struct {
	tx     pgx.Tx
	ask    *DraftRequest
	plan   *geo.Plan // the draft
	source geo.Plan
	standing
	carry []geo.Change // what the source has otherwise than the plan the draft stands on
}

func (w *copying) do(ctx context.Context) error {
	// The draft will refer to the plan it stands on, whose lock comes before the
	// counter's: else one who publishes would wait for us and we for him.
	_, err := w.tx.Exec(ctx, `select from plan where territory_id = $1 and (id = $2 or state = 'in_force') order by id for key share`,
		int64(w.ask.Territory), int64(w.ask.From))
	if err != nil {
		return err
	}
	rev, err := lockCounter(ctx, w.tx, w.ask.Territory)
	if err != nil {
		return err
	}
	hash := sha256.Sum256(fmt.Appendf(nil, "draft %d %s", w.ask.From, w.ask.Name))
	first, again, err := answered(ctx, w.tx, w.ask.Territory, w.ask.Key, hash[:])
	if err != nil {
		return err
	}
	if again {
		return json.Unmarshal(first.answer, w.plan)
	}
	if w.source, err = sourceOf(ctx, w.tx, w.ask.Territory, w.ask.From); err != nil {
		return err
	}
	if err := w.stand(ctx); err != nil {
		return err
	}
	w.begun = rev + 1
	w.plan.Revision = w.begun
	if len(w.carry) > 0 {
		w.plan.Revision++
	}
	if err := w.copy(ctx); err != nil {
		return err
	}
	if err := writeStep(ctx, w.tx, w.plan, w.ask.By, note{}); err != nil {
		return err
	}
	if err := drawRevision(ctx, w.tx, w.ask.Territory, w.plan.Revision); err != nil {
		return err
	}
	return w.journal(ctx, hash[:])
}

// sourceOf finds the plan that a draft of a territory is copied from.
func sourceOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, from geo.PlanID) (geo.Plan, error) {
	if from == 0 {
		return planInForce(ctx, tx, territory, 0)
	}
	p, err := one(ctx, tx, readPlan, planRead+`where territory_id = $1 and id = $2`, int64(territory), int64(from))
	return p, found(err, "plan", int64(from))
}

// stand finds what the draft stands on, and what its source has otherwise.
func (w *copying) stand(ctx context.Context) error {
	switch w.source.State {
	case geo.InForce:
		w.standing = standing{from: w.source.ID, at: w.source.Revision}
		return nil
	case geo.Retired:
		return w.standOnNow(ctx)
	}
	of, err := standingOf(ctx, w.tx, w.source)
	if err != nil {
		return err
	}
	w.standing = standing{from: of.from, at: of.at}
	edits, err := strokesOf(ctx, w.tx, w.source, of.begun)
	if err != nil {
		return err
	}
	made := make([]redraw.Redrawing, len(edits))
	for i := range edits {
		made[i] = edits[i].Redrawing
	}
	w.carry = outcome(made)
	return nil
}

// standOnNow makes a draft of a retired plan stand on the plan in force.
func (w *copying) standOnNow(ctx context.Context) error {
	now, err := planInForce(ctx, w.tx, w.ask.Territory, 0)
	if errors.Is(err, geo.ErrNotFound) {
		w.standing = standing{from: w.source.ID, at: w.source.Revision}
		return nil
	}
	if err != nil {
		return err
	}
	w.standing = standing{from: now.ID, at: now.Revision}
	before, err := frameOf(ctx, w.tx, now)
	if err != nil {
		return err
	}
	after, err := frameOf(ctx, w.tx, w.source)
	if err != nil {
		return err
	}
	reopen(after.Grids, geo.DateOf(time.Now()))
	w.carry = redraw.Between(before.Grids, after.Grids).Changes
	return nil
}

// reopen takes the end off grids that went with their plan.
func reopen(grids []geo.Grid, today geo.Date) {
	for i := range grids {
		if to := grids[i].Valid.To; to != 0 && to <= today {
			grids[i].Valid.To = 0
		}
	}
}

// copy writes the draft's plan, tiers and grids.
func (w *copying) copy(ctx context.Context) error {
	t := int64(w.ask.Territory)
	err := w.tx.QueryRow(ctx, `
		insert into plan (territory_id, name, state, revision, from_plan, from_revision, begun, whole)
		select $1, $2, 'draft', $3, nullif($4::bigint, 0), case when $4::bigint <> 0 then $5::bigint end, $6, not exists (select from partition_faults($1, $7))
		returning id`,
		t, w.plan.Name, int64(w.plan.Revision), int64(w.from), int64(w.at), int64(w.begun), int64(w.source.ID)).Scan(&w.plan.ID)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`insert into tier (territory_id, plan_id, ` + tierColumns + `)
			select territory_id, $3, ` + tierColumns + ` from tier where territory_id = $1 and plan_id = $2`,
		`insert into grid (territory_id, plan_id, ` + gridColumns + `)
			select territory_id, $3, ` + gridColumns + ` from grid where territory_id = $1 and plan_id = $2`,
	} {
		if _, err := w.tx.Exec(ctx, statement, t, int64(w.source.ID), int64(w.plan.ID)); err != nil {
			return err
		}
	}
	if w.source.State != geo.Retired {
		return nil
	}
	_, err = w.tx.Exec(ctx, `update grid set valid_to = null where territory_id = $1 and plan_id = $2 and valid_to <= $3`,
		t, int64(w.plan.ID), geo.DateOf(time.Now()).Time())
	return err
}

// journal writes the draft's making, and what it was copied with.
func (w *copying) journal(ctx context.Context, hash []byte) error {
	kept, err := json.Marshal(w.plan)
	if err != nil {
		return err
	}
	set := geo.ChangeSet{Territory: w.ask.Territory, Plan: w.plan.ID, Revision: w.begun, By: w.ask.By, Op: "draft"}
	if err := writeChangeSet(ctx, w.tx, &set, receipt{key: w.ask.Key, hash: hash, answer: kept}); err != nil || len(w.carry) == 0 {
		return err
	}
	carry := set
	carry.Revision, carry.Op, carry.Changes = w.plan.Revision, "carry", w.carry
	return writeChangeSet(ctx, w.tx, &carry, receipt{turn: "carry"})
}
