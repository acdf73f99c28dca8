package redraw

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Clash is a grid about which an edit of a draft and the newer plan both
// changed something, so that the edit cannot be carried over.
type Clash struct {
	Edit int // of the draft, from 0
	Grid geo.GridID
	// Fields are what both changed, as JSON names them, ascending; "grid"
	// where one of them made the grid or took it away.
	Fields []string
	Reason string     // says why where the edit itself does not fit
	Ground topo.Shape // of the grid in the plan that the draft began from, or else in the newer
}

// Rebased is a draft carried over to a newer plan.
type Rebased struct {
	Begin Redrawing   // from the draft as it was to the newer plan, where its edits begin again
	Edits []Redrawing // in their order, as they are on the newer plan
	Grids []geo.Grid  // of the draft then, by tier and ID
}

// wholeGrid is the field that stands for all of a grid.
const wholeGrid = "grid"

// Rebase carries the edits that made a draft of an older plan over to a newer
// one. An edit is carried over as what it changed: of every grid the fields it
// gave another value, of the ground that of the leaves it redrew; outlines
// above follow, and borders that both leave where they are get the vertices of
// both. It clashes where the newer plan changed the same field of the
// same grid, or where one of the two needs a grid that the other took away.
// held tells which grid a code belongs to that no other may get. With clashes
// there is no Rebased. Households are as the edits told them.
//
// Errors: [geo.ErrStale] when the edits do not lead to draft; one of
// [NewDrawing].
func Rebase(draft, newer *geo.Snapshot, edits []Redrawing, held map[string]geo.GridID) (Rebased, []Clash, error) {
	r := &rebase{held: map[string]geo.GridID{}}
	var err error
	if r.old, err = NewDrawing(unpeopled(draft), nil); err != nil {
		return Rebased{}, nil, fmt.Errorf("rebase: draft: %w", err)
	}
	if r.now, err = NewDrawing(unpeopled(newer), nil); err != nil {
		return Rebased{}, nil, fmt.Errorf("rebase: newer plan: %w", err)
	}
	for code, id := range held {
		r.held[code] = id
	}
	for i := range newer.Grids {
		r.held[newer.Grids[i].Code] = newer.Grids[i].ID
	}
	for _, e := range slices.Backward(edits) {
		if err := r.old.Take(e.Inverse()); err != nil {
			return Rebased{}, nil, fmt.Errorf("rebase: %w", err)
		}
	}
	r.theirs = touchedBetween(r.old, r.now)
	for i, e := range edits {
		if err := r.carry(i, e); err != nil {
			return Rebased{}, nil, fmt.Errorf("rebase: edit %d: %w", i, err)
		}
	}
	if len(r.clashes) > 0 {
		return Rebased{}, r.clashes, nil
	}
	grids := r.now.Grids()
	slices.SortFunc(grids, func(a, b geo.Grid) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.ID, b.ID)) })
	return Rebased{Begin: Between(draft.Grids, newer.Grids), Edits: r.done, Grids: grids}, nil, nil
}

// unpeopled leaves out the people of a snapshot.
func unpeopled(s *geo.Snapshot) *geo.Snapshot {
	return &geo.Snapshot{Plan: s.Plan, Territory: s.Territory, Tiers: s.Tiers, Grids: s.Grids}
}

// Between returns the redrawing that turns a plan's grids into another's; both
// stand with parents before children. It tells of nobody who moved.
func Between(before, after []geo.Grid) Redrawing {
	was := make(map[geo.GridID]*geo.Grid, len(before))
	for i := range before {
		was[before[i].ID] = &before[i]
	}
	var r Redrawing
	for i := range after {
		g := &after[i]
		b := was[g.ID]
		delete(was, g.ID)
		switch {
		case b == nil:
			r.Changes = append(r.Changes, geo.Change{After: g})
		case !sameRecord(b, g):
			r.Changes = append(r.Changes, geo.Change{Before: b, After: g})
		}
	}
	for i := range slices.Backward(before) {
		if g := &before[i]; was[g.ID] != nil {
			r.Changes = append(r.Changes, geo.Change{Before: g})
		}
	}
	return r
}

// A rebase is one call of Rebase under way.
type rebase struct {
	old, now *Drawing // the draft up to an edit, and the newer plan with the edits up to it
	theirs   touched
	held     map[string]geo.GridID
	clashes  []Clash
	done     []Redrawing
}

// carry makes an edit on both drawings, or notes why it clashes. After a clash
// the newer plan is left: what follows may lean on the edit that failed.
func (r *rebase) carry(i int, e Redrawing) error {
	step, err := r.old.step(e)
	if err != nil {
		return err
	}
	if clashes := r.meet(i, step.touched); len(clashes) > 0 {
		r.clashes = append(r.clashes, clashes...)
	}
	if len(r.clashes) > 0 {
		return nil
	}
	if c := r.codes(i, e); len(c) > 0 {
		r.clashes = c
		return nil
	}
	next, err := r.now.Apply(carried{e, step})
	if err != nil {
		r.clashes = append(r.clashes, r.misfit(i, e, err))
		return nil
	}
	next.Shifts, next.Straddlers = e.Shifts, e.Straddlers
	if err := r.now.Take(next); err != nil {
		return err
	}
	r.done = append(r.done, next)
	return nil
}

// meet compares what an edit touched with what the newer plan did.
func (r *rebase) meet(i int, mine touched) []Clash {
	var clashes []Clash
	for _, id := range sortedKeys(mine) {
		if fields := mine[id].meets(r.theirs[id]); len(fields) > 0 {
			clashes = append(clashes, Clash{Edit: i, Grid: id, Fields: fields, Ground: r.ground(id)})
		}
	}
	return clashes
}

// ground returns where a grid lies that is contested.
func (r *rebase) ground(id geo.GridID) topo.Shape {
	if t := r.theirs[id]; t != nil && t.before != nil {
		return t.before.Boundary
	}
	for _, d := range []*Drawing{r.now, r.old} {
		if n := d.nodes[id]; n != nil {
			return n.Boundary
		}
	}
	return nil
}

// codes refuses codes that another grid has, or had while it was in force.
func (r *rebase) codes(i int, e Redrawing) []Clash {
	var clashes []Clash
	for _, c := range e.Changes {
		after, is := c.After.(*geo.Grid)
		before, was := c.Before.(*geo.Grid)
		if !is || was && before.Code == after.Code {
			continue
		}
		if holder, taken := r.held[after.Code]; taken && holder != after.ID {
			clashes = append(clashes, Clash{Edit: i, Grid: after.ID, Fields: []string{"code"}, Ground: after.Boundary,
				Reason: fmt.Sprintf("code %s is that of grid %d", after.Code, holder)})
		}
		r.held[after.Code] = after.ID
	}
	return clashes
}

// misfit tells of an edit that the newer plan does not take, though both
// changed nothing in common: it would leave a grid without ground.
func (r *rebase) misfit(i int, e Redrawing, err error) Clash {
	c := Clash{Edit: i, Fields: []string{"boundary"}, Reason: err.Error()}
	var edit *EditError
	if errors.As(err, &edit) {
		c.Grid = edit.Grid
	} else if len(e.Changes) > 0 {
		_, id := recordOf(e.Changes[0]).Key()
		c.Grid = geo.GridID(id)
	}
	c.Ground = r.ground(c.Grid)
	return c
}

// recordOf returns the record of a change, as it is after or else was.
func recordOf(c geo.Change) geo.Record {
	if c.After != nil {
		return c.After
	}
	return c.Before
}

// carried is an edit done already that is made on another drawing.
type carried struct {
	Redrawing
	step step // that it was where it was made
}

func (e carried) apply(w *draft) error {
	for _, c := range e.Changes {
		before, was := c.Before.(*geo.Grid)
		after, is := c.After.(*geo.Grid)
		switch {
		case !is:
			w.grids[before.ID] = nil
		case !was:
			g := *after
			w.grids[g.ID] = &g
			w.added[g.Parent] = append(w.added[g.Parent], g.ID)
		default:
			e.adopt(w, before, after)
		}
	}
	e.refine(w)
	return nil
}

// adopt gives a grid the fields that an edit changed.
func (e carried) adopt(w *draft, before, after *geo.Grid) {
	for _, f := range gridFields {
		if f.same(before, after) || f.name == "boundary" && e.step.follows[after.ID] {
			continue
		}
		g := w.change(after.ID)
		parent := g.Parent
		f.take(g, after)
		if g.Parent != parent {
			w.added[g.Parent] = append(w.added[g.Parent], g.ID)
		}
	}
}

// refine puts the vertices of both drawings into the borders that the edit
// meets: those that the edit put into its neighbours, whoever has that ground
// here, and those that the grids it draws had here already.
func (e carried) refine(w *draft) {
	knots := slices.Clone(e.step.knots)
	for _, b := range e.step.leaves {
		if n := w.nodes[b.ID]; n != nil && n.holds() {
			here, _ := b.Boundary.Knots(n.Boundary)
			knots = append(knots, here...)
		}
	}
	if len(knots) == 0 {
		return
	}
	leaves := sortedKeys(w.grids)
	for _, k := range knots {
		leaves = append(leaves, w.near.find(topo.Box{Min: k.At, Max: k.At}.Extend(k.P).Extend(k.Q))...)
	}
	slices.Sort(leaves)
	for _, id := range slices.Compact(leaves) {
		if g := w.grid(id); counts(g) && w.isLeaf(id) {
			if fine := g.Boundary.Refine(knots); !sameShape(fine, g.Boundary) {
				w.change(id).Boundary = fine
			}
		}
	}
}
