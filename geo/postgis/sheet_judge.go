package postgis

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// A judgement is what edits come to against the drawing as it stands.
type judgement struct {
	took       []redraw.Redrawing
	changes    []geo.Change   // net, one a grid
	shifts     []redraw.Shift // net
	straddlers []redraw.Straddler
	effects    redraw.Effects
	involved   []geo.GridID // that were there and that the edits are about
	codes      []string     // given to grids that did not have them
	seen       geo.Revision // that the drawing showed
	last       geo.Revision // of the plan then

	// What the database must still hold when this is written: the grids that
	// change and those whose children change, and the children of the former.
	rows     []geo.Grid
	children map[geo.GridID][]geo.GridID
	claim    *claim
	claimed  bool
}

// A pen makes redrawings on a drawing and notes each that it made.
type pen func(*redraw.Drawing, *[]redraw.Redrawing) error

// judge works out what a pen does to the drawing, which is then as before, and
// claims what that touches; letGo gives it back. named are the grids that it
// will surely touch. While somebody else holds what it needs, judge waits and
// begins again. With the error of the pen, the judgement only says what the
// drawing showed.
func (sh *sheet) judge(ctx context.Context, named []geo.GridID, draw pen) (*judgement, error) {
	for {
		j, held, err := sh.judgeOnce(named, draw)
		if held == nil {
			return j, err
		}
		select {
		case <-held.ended:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// judgeOnce is judge, but returns the claim that it would have to wait for.
func (sh *sheet) judgeOnce(named []geo.GridID, draw pen) (*judgement, *claim, error) {
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if sh.drawing == nil {
		return nil, nil, errSheet
	}
	if held := sh.claims.heldBy(named); held != nil {
		return nil, held, nil
	}
	j := &judgement{seen: sh.at, last: sh.last}
	err := j.draw(sh.drawing, draw)
	for _, r := range slices.Backward(j.took) {
		if back := sh.drawing.Take(r.Inverse()); back != nil {
			sh.drawing = nil
			return nil, nil, errSheet
		}
	}
	if err != nil || len(j.changes) == 0 {
		return j, nil, err
	}
	j.touch(sh.drawing)
	if held := sh.claims.add(j.claim); held != nil {
		return nil, held, nil
	}
	j.claimed = true
	return j, nil, nil
}

// draw lets the pen draw and says what that means.
func (j *judgement) draw(d *redraw.Drawing, draw pen) (err error) {
	j.effects.AsOf = geo.DateOf(time.Now()) // also of edits that change nothing
	d.Watch(j.effects.AsOf)
	if err := draw(d, &j.took); err != nil {
		return err
	}
	for _, r := range j.took {
		j.straddlers = append(j.straddlers, r.Straddlers...)
	}
	if j.changes = outcome(j.took); len(j.changes) == 0 {
		return nil
	}
	j.shifts = d.Net(j.took)
	j.involved = involved(d, j.changes)
	j.effects, err = d.Effects(j.shifts)
	j.effects.Cut(toldFindings)
	return err
}

// letGo ends a judgement: its redrawings are taken over if they were committed
// as revision rev, 0 if not, and what it claims is free.
func (sh *sheet) letGo(j *judgement, rev geo.Revision) {
	if rev != 0 {
		sh.takeOver(rev, j.took)
	}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	j.claim.end()
}

// touch notes what the changes stand on.
func (j *judgement) touch(d *redraw.Drawing) {
	j.children, j.claim, j.codes = map[geo.GridID][]geo.GridID{}, &claim{}, []string{}
	under := map[geo.GridID]bool{}
	for _, c := range j.changes {
		before, was := c.Before.(*geo.Grid)
		after, is := c.After.(*geo.Grid)
		if was {
			j.rows = append(j.rows, *before)
			j.children[before.ID] = d.Children(before.ID)
			j.claim.grids = append(j.claim.grids, before.ID)
			under[before.Parent] = true
		}
		if is {
			under[after.Parent] = true
			if !was || before.Code != after.Code {
				j.codes = append(j.codes, after.Code)
			}
		}
	}
	j.claim.codes = j.codes
	for id := range under {
		g, there := d.Grid(id)
		if _, changes := j.children[id]; there && !changes {
			j.rows = append(j.rows, g)
			j.claim.under = append(j.claim.under, id)
		}
	}
}

// errOvertaken is returned when the database does not hold what an edit was
// judged against, because others were faster.
var errOvertaken = errors.New("overtaken by another edit")

// lock takes the locks of the rows that a judgement stands on, in the order of
// their IDs so that no two wait for each other, and compares them with it. From
// then to the end of the transaction nobody changes those grids, and none comes
// under one of them.
func (j *judgement) lock(ctx context.Context, tx pgx.Tx, p geo.Plan) error {
	const rowOf = `select from grid where territory_id = $1 and plan_id = $2 and id = $3 `
	t, plan := int64(p.Territory), int64(p.ID)
	ids := slices.Concat(j.claim.grids, j.claim.under)
	slices.Sort(ids)
	var batch pgx.Batch
	for _, id := range ids {
		strength := `for key share`
		if _, changes := j.children[id]; changes {
			strength = `for update`
		}
		batch.Queue(rowOf+strength, t, plan, id)
	}
	if err := tx.SendBatch(ctx, &batch).Close(); err != nil {
		return err
	}
	// One by one: of id = any($3) the planner, before the first ANALYZE, makes a
	// filter over the whole plan.
	stored, err := some(ctx, tx, readGrid, `select g.* from unnest($3::bigint[]) as wanted (id) cross join lateral (
		select `+gridRead+` from grid as g where g.territory_id = $1 and g.plan_id = $2 and g.id = wanted.id offset 0) as g`, t, plan, ids)
	if err != nil {
		return err
	}
	at := make(map[geo.GridID]*geo.Grid, len(stored))
	for i := range stored {
		at[stored[i].ID] = &stored[i]
	}
	for i := range j.rows {
		if g := at[j.rows[i].ID]; g == nil || !sameRow(g, &j.rows[i]) {
			return errOvertaken
		}
	}
	under := map[geo.GridID][]geo.GridID{}
	_, err = some(ctx, tx, func(r *row) bool {
		parent := geo.GridID(r.int64())
		under[parent] = append(under[parent], geo.GridID(r.int64()))
		return true
	}, `select c.* from unnest($3::bigint[]) as wanted (id) cross join lateral (
		select parent_id, id from grid where territory_id = $1 and plan_id = $2 and parent_id = wanted.id offset 0) as c`,
		t, plan, j.claim.grids)
	if err != nil {
		return err
	}
	for id, children := range j.children {
		slices.Sort(under[id])
		if !slices.Equal(children, under[id]) {
			return errOvertaken
		}
	}
	return nil
}

// sameRow reports whether a grid in the database is the one in the drawing,
// which may have come there by another way.
func sameRow(a, b *geo.Grid) bool {
	if !slices.Equal(a.Predecessors, b.Predecessors) || !a.Boundary.Equal(b.Boundary) {
		return false
	}
	x, y := *a, *b
	x.Boundary, y.Boundary, x.Predecessors, y.Predecessors = nil, nil, nil, nil
	return reflect.DeepEqual(x, y)
}
