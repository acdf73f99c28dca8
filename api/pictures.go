package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"golang.org/x/sync/singleflight"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

// today is the civil day that a question without a date means.
func (s *Server) today() geo.Date { return geo.DateOf(s.now()) }

// asOf reads the day that is asked about.
func (s *Server) asOf(r *http.Request) (geo.Date, error) {
	day, err := dateQuery(queryOf(r), "as_of")
	if err == nil && day == 0 {
		day = s.today()
	}
	return day, err
}

// statedTerritory reads ?territory=, which must be there and exist. That the
// caller may do this there, answer has asked already.
func (s *Server) statedTerritory(r *http.Request) (geo.TerritoryID, error) {
	scope, err := s.addressed(r)
	if err != nil {
		return 0, err
	}
	if scope.Territory == 0 {
		return 0, bad("territory", "is missing: the id of the territory the records belong to")
	}
	// A territory without a plan in force is not live, but has records.
	if _, live := s.live.Get(scope.Territory); !live {
		if _, err := s.store.Revision(r.Context(), scope.Territory); err != nil {
			return 0, err
		}
	}
	return scope.Territory, nil
}

// awaitRevision waits, bounded, until the picture of the territory has
// reached ?min_revision=.
func (s *Server) awaitRevision(r *http.Request, t geo.TerritoryID) error {
	least, err := intQuery(queryOf(r), "min_revision", 0, 0, 1<<62)
	if err != nil || least == 0 {
		return err
	}
	return s.await(r.Context(), t, geo.Revision(least))
}

func (s *Server) await(ctx context.Context, t geo.TerritoryID, least geo.Revision) error {
	waiting, cancel := context.WithTimeout(ctx, s.limits.Wait)
	defer cancel()
	if _, err := s.live.Wait(waiting, t, least); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%w: territory %d is not at revision %d", ErrBehind, t, least)
	}
	return nil
}

// picture returns the plan of the address, as [Server.pictureOf] does.
func (s *Server) picture(r *http.Request, right Right) (*atlas.Atlas, error) {
	scope, err := s.addressed(r)
	if err != nil {
		return nil, err
	}
	return s.pictureOf(r, scope.Plan, right)
}

// pictureOf returns a plan in memory: the live one when it is in force, else
// one drawn from the store. It asks allow about the plan's territory.
func (s *Server) pictureOf(r *http.Request, id geo.PlanID, right Right) (*atlas.Atlas, error) {
	for _, a := range s.live.All() {
		if a.Plan().ID != id {
			continue
		}
		t := a.Territory().ID
		if err := s.allow(r, right, Scope{Territory: t, Plan: id}); err != nil {
			return nil, err
		}
		if err := s.awaitRevision(r, t); err != nil {
			return nil, err
		}
		if newest, ok := s.live.Get(t); ok && newest.Plan().ID == id {
			return newest, nil
		}
		return a, nil
	}
	plan, err := s.store.Plan(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if err := s.allow(r, right, Scope{Territory: plan.Territory, Plan: plan.ID}); err != nil {
		return nil, err
	}
	least, err := intQuery(queryOf(r), "min_revision", 0, 0, 1<<62)
	if err != nil {
		return nil, err
	}
	a, err := s.pictures.get(r.Context(), s, plan)
	if err == nil && a.Revision() < geo.Revision(least) {
		return nil, fmt.Errorf("%w: territory %d is not at revision %d", ErrBehind, plan.Territory, least)
	}
	return a, err
}

// hasPlanInForce reports whether the store has a plan of the territory in
// force today.
func (s *Server) hasPlanInForce(r *http.Request, t geo.TerritoryID) (bool, error) {
	plans, err := s.store.Plans(r.Context(), t)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(plans, func(p geo.Plan) bool {
		return p.State == geo.InForce && p.Effective <= s.today()
	}), nil
}

// inForce returns the plan in force of one territory on a day, or with 0 those
// of all that the caller may see, at the revision that is asked for. A territory
// that had no plan on the day is left out.
func (s *Server) inForce(r *http.Request, only geo.TerritoryID, day geo.Date) ([]*atlas.Atlas, error) {
	if only == 0 && queryOf(r).Has("min_revision") {
		return nil, bad("min_revision", "needs territory beside it, as every territory counts its own revisions")
	}
	var plans []*atlas.Atlas
	for _, a := range s.live.All() {
		t := a.Territory().ID
		if only != 0 && t != only || s.allow(r, Counts, Scope{Territory: t}) != nil {
			continue
		}
		if err := s.awaitRevision(r, t); err != nil {
			return nil, err
		}
		newest, ok := s.live.Get(t)
		if !ok {
			continue
		}
		on, err := s.pictureOn(r.Context(), newest, day)
		if err != nil {
			return nil, err
		}
		if on != nil {
			plans = append(plans, on)
		}
	}
	if only != 0 && len(plans) == 0 {
		return nil, fmt.Errorf("territory %d with a plan in force: %w", only, geo.ErrNotFound)
	}
	return plans, nil
}

// pictureOn returns the plan of a territory that was in force on a day, or will
// be: the live picture for today, nil for a day without a plan.
func (s *Server) pictureOn(ctx context.Context, live *atlas.Atlas, day geo.Date) (*atlas.Atlas, error) {
	if day == 0 || day == s.today() {
		return live, nil
	}
	plan, err := s.store.PlanInForce(ctx, live.Territory().ID, day, s.today())
	switch {
	case errors.Is(err, geo.ErrNotFound):
		return nil, nil
	case err != nil || plan.ID == live.Plan().ID:
		return live, err
	}
	return s.pictures.get(ctx, s, plan)
}

// keptPictures is how many plans that are not in force stay in memory.
const keptPictures = 4

// pictures are plans that are not in force, drawn when asked for. They are
// few: drafts and history that somebody looks at.
type pictures struct {
	flight singleflight.Group
	mu     sync.Mutex
	kept   []*atlas.Atlas // asked for last stands last
	past   []pastPicture  // old revisions, the newest asked for last
	// painters has a place for every old revision that is being drawn.
	painters chan struct{}
}

func (p *pictures) get(ctx context.Context, s *Server, plan geo.Plan) (*atlas.Atlas, error) {
	revision, err := s.store.Revision(ctx, plan.Territory)
	if err != nil {
		return nil, err
	}
	if a := p.find(plan.ID); a != nil && a.Revision() >= revision && sameStanding(a.Plan(), plan) {
		return a, nil
	}
	drawn, err, _ := p.flight.Do(fmt.Sprintf("%d/%d/%s", plan.ID, revision, plan.State), func() (any, error) {
		// The picture is for all who wait: one who leaves must not stop it.
		drawing, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.BulkTime)
		defer cancel()
		a, err := p.draw(drawing, s.store, plan, revision)
		if err != nil {
			return nil, err
		}
		p.keep(a)
		return a, nil
	})
	if err != nil {
		return nil, err
	}
	return drawn.(*atlas.Atlas), nil
}

// draw returns the picture of a plan at the revision or a later one: the kept
// one brought up to it, or one of a new snapshot.
func (p *pictures) draw(ctx context.Context, store *postgis.Store, plan geo.Plan, revision geo.Revision) (*atlas.Atlas, error) {
	if a := p.find(plan.ID); a != nil && sameStanding(a.Plan(), plan) {
		switch next, err := catchUp(ctx, store, a, revision); {
		case err == nil:
			return next, nil
		case !errors.Is(err, atlas.ErrReload):
			return nil, err
		}
	}
	snapshot, err := store.Snapshot(ctx, plan.ID)
	if err != nil {
		return nil, err
	}
	a, err := atlas.New(snapshot)
	if err != nil {
		return nil, fmt.Errorf("picture of plan %d: %w", plan.ID, err)
	}
	return a, nil
}

// sameStanding reports whether a picture shows the plan in its state, which no
// change set tells.
func sameStanding(shown, plan geo.Plan) bool {
	return shown.State == plan.State && shown.Effective == plan.Effective && shown.Name == plan.Name
}

// catchUp applies what the journal tells after a picture, up to the revision.
func catchUp(ctx context.Context, store *postgis.Store, a *atlas.Atlas, revision geo.Revision) (*atlas.Atlas, error) {
	for a.Revision() < revision {
		sets, err := store.Since(ctx, a.Territory().ID, a.Revision())
		if err != nil {
			return nil, err
		}
		if len(sets) == 0 {
			return nil, fmt.Errorf("%w: the journal ends before revision %d", atlas.ErrReload, revision)
		}
		for _, set := range sets {
			if a, err = a.Apply(set); err != nil {
				return nil, err
			}
		}
	}
	return a, nil
}

// find returns the kept picture of a plan, nil if there is none.
func (p *pictures) find(plan geo.PlanID) *atlas.Atlas {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, a := range p.kept {
		if a.Plan().ID == plan {
			p.kept = append(append(p.kept[:i:i], p.kept[i+1:]...), a)
			return a
		}
	}
	return nil
}

func (p *pictures) keep(a *atlas.Atlas) {
	p.mu.Lock()
	defer p.mu.Unlock()
	kept := make([]*atlas.Atlas, 0, keptPictures)
	for _, old := range p.kept {
		if old.Plan().ID != a.Plan().ID {
			kept = append(kept, old)
		}
	}
	if len(kept) == keptPictures {
		kept = kept[1:]
	}
	p.kept = append(kept, a)
}
