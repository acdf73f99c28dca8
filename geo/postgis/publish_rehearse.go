package postgis

import (
	"context"
	"errors"
	"math"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A rehearsal is what it means to bring a plan into force, as of one moment.
// All that takes long is worked out there, before anybody has to wait: the
// snapshot, its check, the places of households, the cells. In its turn to
// write, a step makes up for what the journal tells since; the plan is judged
// as of the rehearsal.
type rehearsal struct {
	at   geo.Revision // of the territory
	plan geo.Plan
	old  *geo.Plan // in force, nil for none

	carry  *rebasing     // onto the plan in force; nil: it stands on it
	snap   *geo.Snapshot // as the plan will be in force, but for the records that move
	before []geo.Grid    // of old
	left   map[geo.GridID]legacy
	placer *placer
	moves  moves
	same   []int64 // leaves with the cells they have in old
	cover  *cover  // of the others

	err error // speaks against it
}

// rehearsals is how often a step is rehearsed anew because the plan in force
// or its own plan changed, before it keeps all others waiting.
const rehearsals = 3

// rehearse rehearses a step into force; nil when the plan does not stand
// before it.
func (s *Store) rehearse(ctx context.Context, ask *StateRequest) (r *rehearsal, err error) {
	if ask.To != geo.InForce {
		return nil, nil
	}
	err = s.read(ctx, s.limits.Load, func(ctx context.Context, tx pgx.Tx) error {
		w := &step{tx: tx, ask: ask}
		if w.plan, err = planByID(ctx, tx, ask.Plan); err != nil || w.plan.State != geo.Filed {
			return err
		}
		if err := w.inForceNow(ctx); err != nil {
			return err
		}
		r, err = w.rehearse(ctx)
		return err
	})
	return r, err
}

// rehearse works out what the step means, as its transaction sees the plans.
func (w *step) rehearse(ctx context.Context) (*rehearsal, error) {
	r := &rehearsal{plan: w.plan, old: w.old}
	if r.err = w.day(); r.err != nil {
		return r, nil
	}
	var err error
	var clash *ClashError
	var state *StateError
	if r.carry, err = w.overtaken(ctx); errors.As(err, &clash) || errors.As(err, &state) {
		r.err = err
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	if r.snap, err = snapshot(ctx, w.tx, w.plan); err != nil {
		return nil, err
	}
	r.at = r.snap.Revision
	if r.carry != nil {
		r.snap.Grids = r.carry.done.Grids
		if r.carry.tiers != nil {
			r.snap.Tiers = r.carry.tiers
		}
	}
	if w.old != nil {
		frame, err := frameOf(ctx, w.tx, *w.old)
		if err != nil {
			return nil, err
		}
		r.before = frame.Grids
	}
	r.left = legacies(r.before, r.snap.Grids)
	if err := w.try(ctx, r); err != nil || r.err != nil || w.later() {
		return r, err
	}
	r.cells()
	spots, err := spotsOf(ctx, w.tx, w.plan.Territory)
	if err != nil {
		return nil, err
	}
	r.placer = newPlacer(open(r.snap.Grids))
	r.moves = movesIn(r.placer, spots)
	<-r.cover.done
	return r, nil
}

// try judges the plan with the records as they will be.
func (w *step) try(ctx context.Context, r *rehearsal) error {
	desk, err := r.bequest(w.plan).desk(ctx, w.tx)
	if err != nil {
		return err
	}
	desk.nameNew()
	then := *r.snap
	changes := desk.changes()
	amend(&then, changes)
	r.err = w.judge(&then)
	return nil
}

// nameNew gives new records IDs that none has, for a judgement.
func (d *desk) nameNew() {
	for i, st := range d.changed {
		if st.before == nil {
			st.drawer.setID(st.now, math.MaxInt64-int64(i))
		}
	}
}

// amend makes changes of records in columns of s, which become its own.
func amend(s *geo.Snapshot, changes []geo.Change) {
	owned := map[geo.Entity]bool{}
	for i := range changes {
		entity, id := subject(&changes[i]).Key()
		column := s.Column(entity)
		if column == nil { // households are counted apart
			continue
		}
		if !owned[entity] {
			column.Own()
			owned[entity] = true
		}
		if after := changes[i].After; after != nil {
			column.Put(after)
		} else {
			column.Drop(id)
		}
	}
}

// cells begins to work out the cells of leaves that are not as before.
func (r *rehearsal) cells() {
	was := map[geo.GridID]topo.Shape{}
	for _, g := range leaves(r.before) {
		was[g.ID] = g.Boundary
	}
	var fresh []geo.Grid
	for _, g := range leaves(r.snap.Grids) {
		if was[g.ID].Equal(g.Boundary) {
			r.same = append(r.same, int64(g.ID))
		} else {
			fresh = append(fresh, g)
		}
	}
	r.cover = coverOf(fresh)
}

// of reports whether the plans are still those that were rehearsed.
func (r *rehearsal) of(plan geo.Plan, old *geo.Plan) bool {
	return r.plan == plan && (r.old == nil) == (old == nil) && (old == nil || *r.old == *old)
}

// catchUp makes up for what the journal tells since the rehearsal. It returns
// errOvertaken when that has to be done again. Records that changed do not put
// the plan on trial again: they would not have been refused after it either.
func (w *step) catchUp(ctx context.Context) error {
	if w.ahead.err != nil {
		return w.ahead.err
	}
	recorded := false
	for at := w.ahead.at; ; {
		sets, err := changeSets(ctx, w.tx, `territory_id = $1 and revision > $2 and turn is null`, int64(w.plan.Territory), int64(at))
		if err != nil {
			return err
		}
		if len(sets) == 0 {
			break
		}
		for i := range sets {
			set := &sets[i]
			at = set.Revision
			if set.Reload || set.Plan == w.plan.ID || w.old != nil && set.Plan == w.old.ID {
				return errOvertaken
			}
			for k := range set.Changes {
				recorded = w.ahead.show(set.Changes[k]) || recorded
			}
		}
	}
	if !recorded || len(w.ahead.left) == 0 {
		return nil
	}
	return records(ctx, w.tx, w.ahead.snap)
}

// show places a household that changed, and reports whether another record did.
func (r *rehearsal) show(c geo.Change) bool {
	switch v := subject(&c).(type) {
	case *geo.Grid: // of another plan
		return false
	case *geo.Household:
		if r.placer != nil && c.After != nil {
			r.moves[v.ID] = 0
			if v.Located {
				r.moves[v.ID], _ = r.placer.place(v.At)
			}
		}
		return false
	}
	return true
}
