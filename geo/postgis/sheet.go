package postgis

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// maxSheets is how many drawings are kept between edits; one of a county of a
// million households takes some 60 MB.
const maxSheets = 6

// sheets are the drawings of the plans edited last.
type sheets struct {
	mu    sync.Mutex
	kept  map[geo.PlanID]*sheet
	order []geo.PlanID // of last use, the newest last
}

// A sheet is the drawing of a plan, kept so that an edit reads nothing but
// what changed since. The database alone is the truth: under the territory's
// lock a sheet is brought up to the revision reached there.
type sheet struct {
	turn chan struct{} // full while someone edits

	territory geo.TerritoryID
	plan      geo.PlanID
	drawing   *redraw.Drawing // nil: to be made
	at        geo.Revision    // of the territory, that the drawing shows
	ids       []int64         // for new grids
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
		sh = &sheet{turn: make(chan struct{}, 1), plan: plan}
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

// take waits for one's turn with the sheet; give it back with release.
func (sh *sheet) take(ctx context.Context) error {
	select {
	case sh.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (sh *sheet) release() { <-sh.turn }

// open makes the drawing if there is none. It needs no lock in the database.
func (s *Store) open(ctx context.Context, sh *sheet) error {
	if sh.drawing != nil {
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
		if snap.Dwellings, err = dwellings(ctx, tx, p.Territory); err != nil {
			return err
		}
		drawing, err := redraw.NewDrawing(snap, nil)
		if err != nil {
			return err
		}
		if err := reserveCodes(ctx, tx, p, drawing, snap.Grids); err != nil {
			return err
		}
		sh.territory, sh.drawing, sh.at = p.Territory, drawing, snap.Revision
		return nil
	})
	if err != nil {
		s.sheets.drop(sh.plan)
	}
	return err
}

// errSheet is returned when a drawing cannot follow what happened since, so
// that a new one must be made.
var errSheet = fmt.Errorf("the drawing must be made anew")

// follow brings the drawing up to revision to.
func (sh *sheet) follow(ctx context.Context, tx pgx.Tx, to geo.Revision) error {
	if sh.at == to {
		return nil
	}
	for {
		sets, err := changeSets(ctx, tx, `territory_id = $1 and revision > $2 and (turn is null or plan_id = $3)`,
			int64(sh.territory), int64(sh.at), int64(sh.plan))
		if err != nil {
			return err
		}
		for i := range sets {
			if err := sh.show(&sets[i]); err != nil {
				return err
			}
			sh.at = sets[i].Revision
		}
		if len(sets) == 0 {
			sh.at = to
			return nil
		}
	}
}

// show makes the changes of a set on the drawing.
func (sh *sheet) show(set *geo.ChangeSet) error {
	if set.Reload {
		return errSheet
	}
	var r redraw.Redrawing
	for _, c := range set.Changes {
		record := c.After
		if record == nil {
			record = c.Before
		}
		switch v := record.(type) {
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
		}
	}
	if err := sh.drawing.Take(r); err != nil {
		return errSheet
	}
	return nil
}

// number gives the grids that a redrawing makes IDs that no grid of any
// territory had.
func (sh *sheet) number(ctx context.Context, tx pgx.Tx, r *redraw.Redrawing) error {
	const ahead = 64
	given := map[geo.GridID]geo.GridID{}
	for _, c := range r.Changes {
		if c.Before != nil {
			continue
		}
		if len(sh.ids) == 0 {
			ids, err := reserve(ctx, tx, "grid_identity", ahead)
			if err != nil {
				return err
			}
			sh.ids = ids
		}
		given[c.After.(*geo.Grid).ID], sh.ids = geo.GridID(sh.ids[0]), sh.ids[1:]
	}
	if len(given) > 0 {
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
	for i := range r.Shifts {
		replace(&r.Shifts[i].From)
		replace(&r.Shifts[i].To)
	}
	for i := range r.Straddlers {
		replace(&r.Straddlers[i].Into)
	}
}
