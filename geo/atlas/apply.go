package atlas

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// ErrReload is returned for a change set that a picture cannot follow: one
// too large to be told change by change, one that is not the next, or one
// about a record the picture does not have. Whoever follows takes a new
// snapshot.
var ErrReload = errors.New("the picture must be loaded anew")

// Apply returns the picture after cs, sharing what cs does not touch; a stays
// as it is. It equals the picture New makes of a snapshot taken then. A change
// set that a already shows returns a itself. Error: [ErrReload].
func (a *Atlas) Apply(cs geo.ChangeSet) (*Atlas, error) {
	switch {
	case cs.Territory != a.snap.Territory.ID:
		return nil, fmt.Errorf("%w: change set of territory %d given to that of %d", geo.ErrInvalid, cs.Territory, a.snap.Territory.ID)
	case cs.Revision <= a.snap.Revision:
		return a, nil
	case cs.Reload:
		return nil, fmt.Errorf("%w: revision %d is a bulk load", ErrReload, cs.Revision)
	case cs.Revision != a.snap.Revision+1:
		return nil, fmt.Errorf("%w: revision %d follows on %d", ErrReload, cs.Revision, a.snap.Revision)
	}
	s := a.succeed(cs)
	for i, c := range cs.Changes {
		if err := s.change(c); err != nil {
			return nil, fmt.Errorf("%w: revision %d, change %d: %w", ErrReload, cs.Revision, i, err)
		}
	}
	if err := s.finish(); err != nil {
		return nil, fmt.Errorf("%w: revision %d: %w", ErrReload, cs.Revision, err)
	}
	return s.next, nil
}

// A succession is the making of the next picture.
type succession struct {
	from  *Atlas
	next  *Atlas
	ours  bool                     // the change set is about the grids of our plan
	owned map[geo.Entity]bool      // columns that have been copied and may be changed
	homes map[geo.HouseholdID]bool // of the dwellings that changed: whether they are there
	moved []topo.Point             // whence and whither households went
	grids map[geo.GridID]*geo.Grid // the grids that changed, nil when removed
	order []geo.GridID             // of the grids that changed
}

func (a *Atlas) succeed(cs geo.ChangeSet) *succession {
	snap := *a.snap
	snap.Revision = cs.Revision
	next := &Atlas{
		snap: &snap, shelf: a.shelf, list: a.list, tree: a.tree, places: a.places, over: a.over,
		staff: a.staff, cuts: a.cuts, vacant: a.vacant, cells: a.cells, origin: a.origin,
	}
	next.records = next.recordsOnce()
	a.mu.Lock()
	next.book.seed = a.book.sow()
	a.mu.Unlock()
	// What is appended must not reach the moves of the picture before.
	next.book.seed.moves = slices.Clip(next.book.seed.moves)
	if cs.Plan == snap.Plan.ID {
		snap.Plan.Revision = cs.Revision
	}
	return &succession{
		from: a, next: next, ours: cs.Plan == 0 || cs.Plan == snap.Plan.ID,
		owned: map[geo.Entity]bool{}, homes: map[geo.HouseholdID]bool{}, grids: map[geo.GridID]*geo.Grid{},
	}
}

// change makes one change.
func (s *succession) change(c geo.Change) error {
	if c.Before == nil && c.After == nil {
		return errors.New("neither before nor after is given")
	}
	switch r := cmp.Or(c.After, c.Before).(type) {
	case *check.Schedule: // a picture does not show who asks it what
		return nil
	case *geo.Household:
		s.moved = append(s.moved, between(c)...)
		return s.move(&r.Dwelling, c)
	case *geo.Grid:
		if !s.ours {
			return nil
		}
		return s.grid(r, c)
	case *geo.Worker, *geo.Assignment:
		s.next.book.seed.staff = true
		return s.amend(r, c)
	case *geo.Compound:
		s.next.cuts = s.next.findCuts()
		return s.amend(r, c)
	default:
		return s.amend(r, c)
	}
}

// between returns the places that a household left and came to, none if it
// changed without going anywhere.
func between(c geo.Change) (places []topo.Point) {
	for _, r := range [...]geo.Record{c.Before, c.After} {
		if h, ok := r.(*geo.Household); ok && h.Located {
			places = append(places, h.At)
		}
	}
	if len(places) == 2 && places[0] == places[1] {
		return nil
	}
	return places
}

// amend makes c, whose record is r, in the column of its sort.
func (s *succession) amend(r geo.Record, c geo.Change) error {
	entity, id := r.Key()
	column := s.next.snap.Column(entity)
	if column == nil {
		return fmt.Errorf("a change of %T is not known here", r)
	}
	_, known := column.Find(id)
	if err := agree(known, c, entity, id); err != nil {
		return err
	}
	if !s.owned[entity] {
		column.Own()
		s.owned[entity] = true
	}
	if c.After == nil {
		column.Drop(id)
	} else {
		column.Put(r)
	}
	return nil
}

// agree reports a change that does not fit what the picture has.
func agree(known bool, c geo.Change, entity geo.Entity, id int64) error {
	switch {
	case known && c.Before == nil:
		return fmt.Errorf("%s %d is created but was there already", entity, id)
	case !known && c.Before != nil:
		return fmt.Errorf("%s %d changes but was never there", entity, id)
	}
	return nil
}

// move notes what became of a dwelling.
func (s *succession) move(d *geo.Dwelling, c geo.Change) error {
	seed := &s.next.book.seed
	known, changed := s.homes[d.ID]
	if !changed {
		known = seed.has(d.ID)
	}
	if err := agree(known, c, geo.HouseholdEntity, int64(d.ID)); err != nil {
		return err
	}
	m := move{dwelling: *d, gone: c.After == nil}
	if d.Located && !m.gone {
		m.leaves = s.next.places.each(d.At, nil)
	}
	s.homes[d.ID] = !m.gone
	seed.moves = append(seed.moves, m)
	return nil
}

// has reports whether the dwelling is there after the moves.
func (s *seed) has(id geo.HouseholdID) bool {
	for i := len(s.moves) - 1; i >= 0; i-- {
		if s.moves[i].dwelling.ID == id {
			return !s.moves[i].gone
		}
	}
	_, known := s.columns.find(id)
	return known
}

// grid notes what became of a grid.
func (s *succession) grid(g *geo.Grid, c geo.Change) error {
	after, changed := s.grids[g.ID]
	known := after != nil
	if !changed {
		_, known = s.from.tree.Index(g.ID)
		s.order = append(s.order, g.ID)
	}
	if err := agree(known, c, geo.GridEntity, int64(g.ID)); err != nil {
		return err
	}
	if s.grids[g.ID] = g; c.After == nil {
		s.grids[g.ID] = nil
	}
	return nil
}

// finish makes what follows from the changes.
func (s *succession) finish() error {
	if len(s.grids) > 0 {
		if err := s.redraw(); err != nil {
			return err
		}
	}
	if s.owned[geo.WorkerEntity] || s.owned[geo.AssignmentEntity] || s.next.tree != s.from.tree {
		s.next.staff = newRoster(s.next.snap, s.next.tree)
	}
	switch {
	case s.owned[geo.BuildingEntity] || s.owned[geo.CompoundEntity]:
		s.next.vacant = new(check.Vacancies)
	case len(s.moved) > 0:
		s.next.vacant = s.from.vacant.After(s.moved)
	}
	s.next.book.seed.ripen(s.next.shelf)
	return nil
}
