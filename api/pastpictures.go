package api

import (
	"context"
	"fmt"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

// keptRevisions is how many old revisions stay in memory.
const keptRevisions = 2

// at returns the plan of a picture with its grids as they were drawn at a
// revision, and the people of the picture; revision 0, or one since which the
// plan has not changed, gives the picture itself.
func (p *pictures) at(ctx context.Context, s *Server, a *atlas.Atlas, rev geo.Revision) (*atlas.Atlas, error) {
	if rev == 0 || rev >= a.Plan().Revision && rev <= a.Revision() {
		return a, nil
	}
	key := pastKey{a.Plan().ID, rev, a.Revision()}
	if past := p.findPast(key); past != nil {
		return past, nil
	}
	return p.paint(ctx, s, key, func(ctx context.Context) (*geo.Snapshot, error) {
		grids, err := s.store.GridsAt(ctx, key.plan, rev)
		snapshot := *a.Snapshot()
		snapshot.Grids, snapshot.Plan.Revision = grids, rev
		return &snapshot, err
	})
}

// then returns the plan of a picture as it was at a revision of its territory,
// with its people and records of then; revision 0 gives the picture itself.
func (p *pictures) then(ctx context.Context, s *Server, a *atlas.Atlas, rev geo.Revision) (*atlas.Atlas, error) {
	if rev == 0 || rev == a.Revision() {
		return a, nil
	}
	key := pastKey{plan: a.Plan().ID, drawn: rev, seen: rev}
	if past := p.findPast(key); past != nil {
		return past, nil
	}
	return p.paint(ctx, s, key, func(ctx context.Context) (*geo.Snapshot, error) { return s.store.PastSnapshot(ctx, key.plan, rev) })
}

// paint makes the picture of an old revision of what read returns, once for all
// who wait for it, and no more at a time than are kept: each takes the room of a
// whole plan.
func (p *pictures) paint(ctx context.Context, s *Server, key pastKey, read func(context.Context) (*geo.Snapshot, error)) (*atlas.Atlas, error) {
	drawn, err, _ := p.flight.Do(fmt.Sprintf("%v", key), func() (any, error) {
		drawing, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.limits.BulkTime)
		defer cancel()
		select {
		case p.painters <- struct{}{}:
			defer func() { <-p.painters }()
		case <-drawing.Done():
			return nil, drawing.Err()
		}
		snapshot, err := read(drawing)
		if err != nil {
			return nil, err
		}
		past, err := atlas.New(snapshot)
		if err != nil {
			return nil, fmt.Errorf("picture of plan %d at revision %d: %w", key.plan, key.drawn, err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.past) == keptRevisions {
			p.past = p.past[1:]
		}
		p.past = append(p.past[:len(p.past):len(p.past)], pastPicture{key, past})
		return past, nil
	})
	if err != nil {
		return nil, err
	}
	return drawn.(*atlas.Atlas), nil
}

// A pastKey names an old revision of a plan, with the people of a later one or,
// when both are one, of then.
type pastKey struct {
	plan        geo.PlanID
	drawn, seen geo.Revision
}

type pastPicture struct {
	pastKey
	*atlas.Atlas
}

func (p *pictures) findPast(key pastKey) *atlas.Atlas {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, past := range p.past {
		if past.pastKey == key {
			return past.Atlas
		}
	}
	return nil
}
