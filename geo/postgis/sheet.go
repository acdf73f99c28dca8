package postgis

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// maxSheets is how many drawings are kept between edits; one of a county of a
// million households takes some 60 MB.
const maxSheets = 6

// maxBeside is how many edits of a plan one process has in transactions at
// once: more would not be faster, and leave others without a connection.
const maxBeside = 8

// sheets are the drawings of the plans edited last.
type sheets struct {
	mu    sync.Mutex
	kept  map[geo.PlanID]*sheet
	order []geo.PlanID // of last use, the newest last
}

// A sheet is the drawing of a plan, kept so that an edit reads nothing but
// what changed since. The database alone is the truth: what an edit was judged
// against is compared with it under the locks of the rows it touches.
//
// The drawing shows what is committed, never what is under way: edits are
// judged against it side by side, each reserves the grids it touches, and after
// its commit it is taken over.
type sheet struct {
	plan  geo.PlanID
	turn  chan struct{} // full while someone makes the drawing or reads the journal
	seats chan struct{} // full while maxBeside edits are under way

	mu        sync.Mutex // of what follows
	territory geo.TerritoryID
	drawing   *redraw.Drawing       // nil: to be made
	at        geo.Revision          // of the territory, that the drawing shows
	ahead     map[geo.Revision]bool // shown before one in between was
	last      geo.Revision          // shown that changed the plan
	ids       []int64               // for new grids
	claims    claims
}

// of returns the sheet of a plan.
func (s *sheets) of(plan geo.PlanID) *sheet {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.order = append(slices.DeleteFunc(s.order, func(p geo.PlanID) bool { return p == plan }), plan)
	sh := s.kept[plan]
	if sh == nil {
		if len(s.kept) == maxSheets {
			delete(s.kept, s.order[0])
			s.order = s.order[1:]
		}
		sh = &sheet{plan: plan, turn: make(chan struct{}, 1), seats: make(chan struct{}, maxBeside), claims: claims{}}
		s.kept[plan] = sh
	}
	return sh
}

// drop forgets the sheet of a plan.
func (s *sheets) drop(plan geo.PlanID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.kept, plan)
	s.order = slices.DeleteFunc(s.order, func(p geo.PlanID) bool { return p == plan })
}

// take waits for the turn to bring the drawing up to date; give it back with
// release.
func (sh *sheet) take(ctx context.Context) error {
	select {
	case sh.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (sh *sheet) release() { <-sh.turn }

// enter waits until nobody in this process holds the grids named and there is
// a seat for one more edit; leave gives the seat back.
func (sh *sheet) enter(ctx context.Context, grids []geo.GridID) (leave func(), err error) {
	for {
		sh.mu.Lock()
		held := sh.claims.heldBy(grids)
		sh.mu.Unlock()
		if held == nil {
			break
		}
		select {
		case <-held.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	select {
	case sh.seats <- struct{}{}:
		return func() { <-sh.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// open makes the drawing if there is none. It needs no lock in the database.
func (s *Store) open(ctx context.Context, sh *sheet) error {
	if err := sh.take(ctx); err != nil {
		return err
	}
	defer sh.release()
	sh.mu.Lock()
	made := sh.drawing != nil
	sh.mu.Unlock()
	if made {
		return nil
	}
	err := s.read(ctx, s.limits.Snapshot, func(ctx context.Context, tx pgx.Tx) error {
		p, err := planByID(ctx, tx, sh.plan)
		if err != nil {
			return err
		}
		snap, err := frameOf(ctx, tx, p)
		if err != nil {
			return err
		}
		if err := people(ctx, tx, snap); err != nil {
			return err
		}
		drawing, err := redraw.NewDrawing(snap, nil)
		if err != nil {
			return err
		}
		if err := reserveCodes(ctx, tx, p, drawing, snap.Grids); err != nil {
			return err
		}
		drawing.Staff(snap, geo.DateOf(time.Now()))
		sh.mu.Lock()
		defer sh.mu.Unlock()
		if sh.territory == 0 { // it stays the same, and is read without the lock
			sh.territory = p.Territory
		}
		sh.drawing = drawing
		sh.at, sh.ahead, sh.last = snap.Revision, map[geo.Revision]bool{}, p.Revision
		return nil
	})
	if err != nil {
		s.sheets.drop(sh.plan)
	}
	return err
}

// Warm makes the drawing that edits of a draft are judged against, so that the
// first does not wait for it: some 15 ms for every thousand grids. A plan that
// is no draft has none. Error: [geo.ErrNotFound].
func (s *Store) Warm(ctx context.Context, plan geo.PlanID) error {
	p, err := s.Plan(ctx, plan)
	if err != nil || p.State != geo.Draft {
		return err
	}
	return s.open(ctx, s.sheets.of(plan))
}

// errSheet is returned when a drawing cannot follow what happened since, so
// that a new one must be made.
var errSheet = errors.New("the drawing must be made anew")

// forget makes the next to ask make the drawing anew.
func (sh *sheet) forget() {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.drawing = nil
}

// follow brings the drawing up to revision to, if it is behind.
func (sh *sheet) follow(ctx context.Context, tx pgx.Tx, to geo.Revision) error {
	if _, behind := sh.behind(to); !behind {
		return nil
	}
	if err := sh.take(ctx); err != nil {
		return err
	}
	defer sh.release()
	for {
		at, behind := sh.behind(to)
		if !behind {
			return nil
		}
		sets, err := changeSets(ctx, tx, `territory_id = $1 and revision > $2 and (turn is null or plan_id = $3)`,
			int64(sh.territory), int64(at), int64(sh.plan))
		if err != nil {
			return err
		}
		if err := sh.stay(ctx, tx, sets); err != nil {
			return err
		}
		if err := sh.show(sets, to); err != nil {
			return err
		}
	}
}

// stay makes of another plan that came into force what it is to a draft: some
// records changed, and its codes are taken. Only pictures of the plan in force
// need a new snapshot.
func (sh *sheet) stay(ctx context.Context, tx pgx.Tx, sets []geo.ChangeSet) error {
	for i := range sets {
		set := &sets[i]
		if !set.Reload || set.Op != publishOp || set.Plan == sh.plan {
			continue
		}
		if err := changesOf(ctx, tx, sets[i:i+1], true); err != nil {
			return err
		}
		held, err := heldCodes(ctx, tx, sh.territory)
		if err != nil {
			return err
		}
		set.Reload = false
		sh.mu.Lock()
		if sh.drawing != nil {
			sh.drawing.Reserve(slices.Collect(maps.Keys(held))...)
		}
		sh.mu.Unlock()
	}
	return nil
}

// behind returns the revision that the drawing shows, and whether that is not
// yet to.
func (sh *sheet) behind(to geo.Revision) (geo.Revision, bool) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	return sh.at, sh.drawing != nil && sh.at < to
}

// show makes the changes of sets on the drawing, all that there are up to
// revision to or the first of more.
func (sh *sheet) show(sets []geo.ChangeSet, to geo.Revision) error {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.drawing == nil {
		return errSheet
	}
	for i := range sets {
		set := &sets[i]
		if set.Revision > sh.at && !sh.ahead[set.Revision] {
			if err := sh.showSet(set); err != nil {
				return err
			}
		}
		sh.reach(set.Revision, set.Plan == sh.plan)
	}
	if len(sets) == 0 {
		sh.reach(to, false)
	}
	return nil
}

// reach notes that the drawing shows all up to a revision.
func (sh *sheet) reach(rev geo.Revision, ofPlan bool) {
	sh.at = max(sh.at, rev)
	for sh.ahead[sh.at+1] {
		sh.at++
	}
	for ahead := range sh.ahead {
		if ahead <= sh.at {
			delete(sh.ahead, ahead)
		}
	}
	if ofPlan {
		sh.last = max(sh.last, rev)
	}
}

// showSet makes the changes of one set.
func (sh *sheet) showSet(set *geo.ChangeSet) error {
	if set.Reload {
		return errSheet
	}
	var r redraw.Redrawing
	for i := range set.Changes {
		c := set.Changes[i]
		switch v := subject(&c).(type) {
		case *geo.Grid:
			if set.Plan == sh.plan {
				r.Changes = append(r.Changes, c)
			}
		case *geo.Household:
			var now *geo.Dwelling
			if c.After != nil {
				now = &v.Dwelling
			}
			if !sh.drawing.Rehouse(v.ID, now) {
				return errSheet
			}
		default:
			sh.drawing.Record(c)
		}
	}
	if err := sh.drawing.Take(r); err != nil {
		return errSheet
	}
	return nil
}

// takeOver makes what an edit of revision rev changed, after its commit. Edits
// whose commits came before may not have been shown yet: they touched other
// grids.
func (sh *sheet) takeOver(rev geo.Revision, took []redraw.Redrawing) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.drawing == nil || rev <= sh.at || sh.ahead[rev] {
		return // made anew since, or read from the journal
	}
	for _, r := range took {
		if err := sh.drawing.Take(r); err != nil {
			sh.drawing = nil
			return
		}
	}
	sh.last = max(sh.last, rev)
	sh.ahead[rev] = true
	sh.reach(sh.at, false)
}

// reserve makes sure that there are IDs for n new grids.
func (sh *sheet) reserve(ctx context.Context, tx pgx.Tx, n int) error {
	const ahead = 64
	ids, err := reserve(ctx, tx, "grid_identity", max(n, ahead))
	if err != nil {
		return err
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	sh.ids = append(sh.ids, ids...)
	return nil
}

// An idsError says that a redrawing makes more grids than there are IDs.
type idsError struct{ need int }

func (e *idsError) Error() string { return fmt.Sprintf("%d new grids without an ID", e.need) }

// number gives the grids that a redrawing makes IDs that no grid of any
// territory had, or returns an *[idsError].
func (sh *sheet) number(r *redraw.Redrawing) error {
	var made []geo.GridID
	for _, c := range r.Changes {
		if c.Before != nil {
			continue
		}
		made = append(made, c.After.(*geo.Grid).ID)
	}
	if len(made) > len(sh.ids) {
		return &idsError{len(made)}
	}
	if len(made) > 0 {
		given := map[geo.GridID]geo.GridID{}
		for i, id := range made {
			given[id] = geo.GridID(sh.ids[i])
		}
		sh.ids = sh.ids[len(made):]
		renumber(r, given)
	}
	return nil
}

// renumber replaces IDs throughout a redrawing.
func renumber(r *redraw.Redrawing, given map[geo.GridID]geo.GridID) {
	replace := func(id *geo.GridID) {
		if to, ok := given[*id]; ok {
			*id = to
		}
	}
	for _, c := range r.Changes {
		g, ok := c.After.(*geo.Grid)
		if !ok {
			continue
		}
		replace(&g.ID)
		replace(&g.Parent)
		g.Predecessors = slices.Clone(g.Predecessors)
		for i := range g.Predecessors {
			replace(&g.Predecessors[i])
		}
	}
	replace(&r.Made)
	for i := range r.Shifts {
		replace(&r.Shifts[i].From)
		replace(&r.Shifts[i].To)
	}
	for i := range r.Straddlers {
		replace(&r.Straddlers[i].Into)
	}
}
