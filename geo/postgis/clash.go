package postgis

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// A ClashError says why a draft cannot be carried over: what its edits and the
// plan in force both changed. It is a [geo.ErrConflict].
type ClashError struct {
	Plan    geo.PlanID
	Onto    geo.PlanID // the plan in force
	Clashes []Clash    // in the order of the edits, at least one
}

// A Clash is one grid that an edit and the plan in force both changed.
type Clash struct {
	Edit   PlanEdit // of the draft; of what it was copied with the Op is "carry"
	Grid   geo.GridID
	Code   string       // of the grid
	Fields []string     // both changed, as JSON names them; "grid" where one made it or took it away
	Reason string       // says why, where that is not that both changed it
	Ground topo.Shape   // that is contested; nil where the grid is not drawn
	Base   []BaseChange // how the plan in force changed it, the last first
}

// A BaseChange is a change set that made a plan in force another.
type BaseChange struct {
	Plan     geo.PlanID // edited, published or imported
	Revision geo.Revision
	At       time.Time
	By, Op   string
}

func (e *ClashError) Error() string {
	c := &e.Clashes[0]
	text := fmt.Sprintf("%d changes of plan %d clash with plan %d in force, first of grid %s", len(e.Clashes), e.Plan, e.Onto, c.Code)
	if c.Reason != "" {
		return text + ": " + c.Reason
	}
	return fmt.Sprintf("%s: %v", text, c.Fields)
}

// Is makes every ClashError a [geo.ErrConflict].
func (e *ClashError) Is(target error) bool { return target == geo.ErrConflict }

// clash tells clashes with who made them.
func (w *rebasing) clash(ctx context.Context, clashes []redraw.Clash, mine, newer *geo.Snapshot) error {
	codes := map[geo.GridID]string{}
	for _, list := range [][]geo.Grid{mine.Grids, newer.Grids} {
		for i := range list {
			codes[list[i].ID] = list[i].Code
		}
	}
	for i := range w.edits {
		for _, c := range w.edits[i].Changes {
			if g := gridOf(c); codes[g.ID] == "" {
				codes[g.ID] = g.Code
			}
		}
	}
	e := &ClashError{Plan: w.plan.ID, Onto: w.onto.ID}
	known := map[geo.GridID][]BaseChange{}
	for _, c := range clashes {
		base, asked := known[c.Grid]
		if !asked {
			var err error
			if base, err = w.baseChanges(ctx, c.Grid); err != nil {
				return err
			}
			known[c.Grid] = base
		}
		e.Clashes = append(e.Clashes, Clash{Edit: w.edits[c.Edit].told(), Grid: c.Grid, Code: codes[c.Grid],
			Fields: c.Fields, Reason: c.Reason, Ground: c.Ground, Base: base})
	}
	return e
}

// told is an edit as the history shows it.
func (e *stroked) told() PlanEdit {
	p := PlanEdit{Revision: e.revision, First: e.first, At: e.at.UTC(), By: e.by, Op: e.op}
	for _, c := range e.Changes {
		p.Grids = append(p.Grids, gridOf(c).ID)
	}
	slices.Sort(p.Grids)
	return p
}

// baseChanges finds the change sets by which a grid became what it is in the
// plan in force since the draft was copied: edits of the plans that came into
// force since and what brought them there, and changes made in force.
func (w *rebasing) baseChanges(ctx context.Context, grid geo.GridID) ([]BaseChange, error) {
	rows, err := w.tx.Query(ctx, `
		with come as (
			select plan_id, revision from change_set
			where territory_id = $1 and op = 'publish' and revision > $3
		), touching as (
			select c.* from change_set as c
			where c.territory_id = $1 and (c.plan_id = $2 or c.plan_id in (select plan_id from come)) and not c.undone
			  and (c.turn in ('edit', 'carry') and c.plan_id <> $2 or c.turn is null and c.op <> 'rebase' and c.revision > $3)
			  and exists (select from journal as j where j.territory_id = c.territory_id and j.revision = c.revision
			              and j.entity = 'grid' and j.record_id = $4)
		)
		select plan_id, revision, at, by_whom, op from touching
		where not exists (select from touching as later where later.rebased = touching.revision)
		union
		select p.plan_id, p.revision, p.at, p.by_whom, p.op from change_set as p
		where p.territory_id = $1 and p.op = 'publish' and p.revision > $3 and p.plan_id in (select plan_id from touching)
		order by revision desc limit 20`, int64(w.plan.Territory), int64(w.from), int64(w.at), int64(grid))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (c BaseChange, err error) {
		err = r.Scan(&c.Plan, &c.Revision, &c.At, &c.By, &c.Op)
		c.At = c.At.UTC()
		return c, err
	})
}
