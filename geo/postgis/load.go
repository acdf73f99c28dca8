package postgis

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/check"
)

// Load stores a new territory with one plan and everything in it, in one
// transaction. The IDs in snap and households are the caller's own: the store
// gives new ones and follows them through every reference. Grids[0] is the
// root and every parent stands before its children. households may be nil; it
// is read once, and its error is returned as it is. The change set asks
// followers to take a new snapshot.
//
// Each household is placed in the leaf that holds it and gets its H3 cell; the
// cells of leaf grids are filled too.
//
// Errors: [geo.ErrConflict] if the territory's code exists, *[geo.InvalidError]
// for what cannot be, also for a plan in force whose grids do not partition
// their parents. Nothing is written then.
func (s *Store) Load(ctx context.Context, snap *geo.Snapshot, households iter.Seq2[geo.Household, error], by string) (geo.TerritoryID, geo.Revision, error) {
	if err := errors.Join(validSnapshot(snap), consistent(snap)); err != nil {
		return 0, 0, fmt.Errorf("load: %w", err)
	}
	var territory geo.TerritoryID
	var rev geo.Revision
	err := s.once(ctx, writeMode, s.limits.Load, func(ctx context.Context, tx pgx.Tx) error {
		l := &loader{tx: tx, snap: snap}
		if err := l.all(ctx, households, by); err != nil {
			return err
		}
		territory, rev = l.territory, l.rev
		return nil
	})
	if err != nil {
		return 0, 0, fmt.Errorf("load %s: %w", snap.Territory.Code, explain(err))
	}
	s.survey(ctx, surveyed)
	s.bell.ring(territory)
	return territory, rev, nil
}

// What a load fills and queries choose their ways by; grids are what a draft
// fills.
const (
	surveyedGrids = `grid (territory_id, plan_id, id, parent_id, tier, kind, code)`
	surveyed      = surveyedGrids + `, tier, grid_identity, grid_cell, household (territory_id, id, leaf_id, ref)`
)

// survey has the server look at tables that a bulk has filled: until it does by
// itself, a minute later, it takes a plan of thousands of grids for one of a
// few, and reads all of them where an index leads to one. It is only a help,
// and left out while another looks.
func (s *Store) survey(ctx context.Context, tables string) {
	ctx, cancel := context.WithTimeout(ctx, s.limits.Write)
	defer cancel()
	_, _ = s.pool.Exec(ctx, `analyze (skip_locked) `+tables)
}

// A loader is one load under way.
type loader struct {
	tx        pgx.Tx
	snap      *geo.Snapshot
	territory geo.TerritoryID
	plan      geo.PlanID
	rev       geo.Revision
	grids     []geo.Grid // with the new IDs
	ids       newIDs

	schedules  []check.Schedule
	comments   []geo.Comment
	cover      *cover
	households int64 // written
}

// newIDs leads from the caller's IDs to the store's.
type newIDs struct {
	grid   map[geo.GridID]geo.GridID
	worker map[geo.WorkerID]geo.WorkerID
}

func (l *loader) all(ctx context.Context, stream iter.Seq2[geo.Household, error], by string) error {
	steps := []func(context.Context) error{l.frame, l.tiers, l.layGrids, l.roles, l.records}
	if stream != nil {
		steps = append(steps, func(ctx context.Context) error { return l.layHouseholds(ctx, stream) })
	}
	steps = append(steps, l.layCells)
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return l.record(ctx, by)
}

// frame writes the territory, its counter and its plan.
func (l *loader) frame(ctx context.Context) error {
	t, p := &l.snap.Territory, &l.snap.Plan
	err := l.tx.QueryRow(ctx, `insert into territory (code, name_zh, name_en, keeps) values ($1, $2, $3, $4) returning territory_id`,
		t.Code, t.Name.ZH, t.Name.EN, t.Keeps).Scan(&l.territory)
	if err != nil {
		return err
	}
	l.rev = 1
	if _, err := l.tx.Exec(ctx, `insert into territory_counter (territory_id, revision) values ($1, $2)`, l.territory, l.rev); err != nil {
		return err
	}
	err = l.tx.QueryRow(ctx, `insert into plan (territory_id, name, state, effective, revision) values ($1, $2, $3, $4, $5) returning id`,
		l.territory, p.Name, string(p.State), dateArg(p.Effective), l.rev).Scan(&l.plan)
	if err != nil {
		return err
	}
	return houseIn(ctx, l.tx, l.territory, l.plan)
}

func (l *loader) tiers(ctx context.Context) error {
	_, err := copyIn(ctx, l.tx, "tier (territory_id, plan_id, "+tierColumns+")", rowsOf(l.snap.Tiers, func(t *geo.Tier) ([]any, error) {
		return append([]any{int64(l.territory), int64(l.plan)}, tierValues(t)...), nil
	}))
	return err
}

// layGrids gives the grids new IDs and writes them.
func (l *loader) layGrids(ctx context.Context) error {
	fresh, err := reserve(ctx, l.tx, "grid_identity", len(l.snap.Grids))
	if err != nil {
		return err
	}
	l.ids.grid = make(map[geo.GridID]geo.GridID, len(fresh))
	for i := range l.snap.Grids {
		l.ids.grid[l.snap.Grids[i].ID] = geo.GridID(fresh[i])
	}
	if err := l.ids.newFormer(ctx, l.tx, l.territory, l.snap.Former, nil); err != nil {
		return err
	}
	if l.grids, err = l.ids.grids(l.snap.Grids); err != nil {
		return err
	}
	if err := writeIdentities(ctx, l.tx, l.territory, fresh); err != nil {
		return err
	}
	l.cover = coverOf(leaves(l.grids))
	return writeGrids(ctx, l.tx, l.territory, l.plan, l.grids)
}

func writeIdentities(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, ids []int64) error {
	_, err := copyIn(ctx, tx, "grid_identity (territory_id, id)", rowsOf(ids, func(id *int64) ([]any, error) {
		return []any{int64(territory), *id}, nil
	}))
	return err
}

// writeGrids inserts grids, parents before children.
func writeGrids(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, plan geo.PlanID, grids []geo.Grid) error {
	_, err := copyIn(ctx, tx, "grid (territory_id, plan_id, "+gridColumns+")", rowsOf(grids, func(g *geo.Grid) ([]any, error) {
		return append([]any{int64(territory), int64(plan)}, gridValues(g)...), nil
	}))
	return err
}

func (l *loader) roles(ctx context.Context) error {
	return writeRoles(ctx, l.tx, l.territory, l.snap.Roles)
}

func writeRoles(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, roles []geo.Role) error {
	position := int32(0)
	_, err := copyIn(ctx, tx, "role (territory_id, "+roleColumns+", position)",
		rowsOf(roles, func(r *geo.Role) ([]any, error) {
			position++
			return append(append([]any{int64(territory)}, roleValues(r)...), position), nil
		}))
	return err
}

// records writes everything that the snapshot has columns of.
func (l *loader) records(ctx context.Context) error {
	l.ids.worker = make(map[geo.WorkerID]geo.WorkerID, len(l.snap.Workers))
	for _, e := range entities {
		column := l.snap.Column(e.name)
		if column == nil { // households come in a stream
			continue
		}
		if err := l.lay(ctx, e, column.Len(), column.Copy); err != nil {
			return err
		}
	}
	if err := l.lay(ctx, schedules, len(l.schedules), scheduleAt(l.schedules)); err != nil {
		return err
	}
	return l.lay(ctx, comments, len(l.comments), commentAt(l.comments, l.plan))
}

// lay gives n records, of which at gives copies, new IDs and writes them.
func (l *loader) lay(ctx context.Context, e *entity, n int, at func(int) geo.Record) error {
	fresh, err := reserve(ctx, l.tx, e.table(), n)
	if err != nil {
		return err
	}
	i := -1
	_, err = copyIn(ctx, l.tx, e.into(), rowsOf(fresh, func(id *int64) ([]any, error) {
		i++
		r := at(i)
		err := l.lead(e, r, *id)
		if err == nil {
			err = e.valid(r)
		}
		if err != nil {
			return nil, inRecord(e.table(), fmt.Sprint("number ", i+1), err)
		}
		values, err := e.values(r)
		if err != nil {
			return nil, err
		}
		line := append([]any{int64(l.territory), *id}, values...)
		return append(line, int64(l.rev)), nil
	}))
	return err
}

// lead makes r refer to the store's IDs; a worker is led to its own, which
// those that follow refer to.
func (l *loader) lead(e *entity, r geo.Record, id int64) error {
	if w, ok := r.(*geo.Worker); ok {
		if _, twice := l.ids.worker[w.ID]; twice {
			return &geo.InvalidError{Field: "id", Reason: fmt.Sprintf("worker %d stands twice", w.ID)}
		}
		l.ids.worker[w.ID] = geo.WorkerID(id)
	}
	return l.ids.lead(e, r)
}

// layHouseholds streams the households in, each placed in its leaf.
func (l *loader) layHouseholds(ctx context.Context, stream iter.Seq2[geo.Household, error]) error {
	into := "household (territory_id, " + columnsOf(households) + ", revision, leaf_id)"
	var err error
	l.households, err = copyIn(ctx, l.tx, into, householdRows(stream, l.snap.Territory.Keeps, l.ids, newPlacer(open(l.grids)), l.territory, l.rev))
	return err
}

// householdRows turns a stream of households into rows: territory, columns,
// revision and leaf; the id comes from the sequence.
func householdRows(stream iter.Seq2[geo.Household, error], keeps geo.Keeps, ids newIDs, placer *placer, territory geo.TerritoryID, rev geo.Revision) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		line := make([]any, 0, len(households.columns)+4) // used again for every row
		for h, err := range stream {
			if err != nil {
				yield(nil, err)
				return
			}
			values, err := householdLine(&h, keeps, ids)
			if err != nil {
				yield(nil, inRecord("household", h.Ref, err))
				return
			}
			line = append(append(append(line[:0], int64(territory)), values...), int64(rev))
			var leaf geo.GridID
			if h.Located {
				leaf, _ = placer.place(h.At)
			}
			if leaf != 0 {
				line = append(line, int64(leaf))
			} else {
				line = append(line, nil)
			}
			if !yield(line, nil) {
				return
			}
		}
	}
}

func householdLine(h *geo.Household, keeps geo.Keeps, ids newIDs) ([]any, error) {
	if err := h.Validate(); err != nil {
		return nil, err
	}
	if err := keeps.Known(h.Groups); err != nil {
		return nil, err
	}
	if err := ids.toGridOrNone("stated", &h.Stated); err != nil {
		return nil, err
	}
	return householdValues(h)
}

// record writes the change set of the load.
func (l *loader) record(ctx context.Context, by string) error {
	return writeChangeSet(ctx, l.tx, &geo.ChangeSet{
		Territory: l.territory, Plan: l.plan, Revision: l.rev, By: by, Op: "import", Reload: true,
	}, receipt{})
}

// reserve draws n new ids of a table.
func reserve(ctx context.Context, tx pgx.Tx, table string, n int) ([]int64, error) {
	if n == 0 {
		return nil, nil
	}
	rows, err := tx.Query(ctx, `select nextval(pg_get_serial_sequence($1, 'id')) from generate_series(1, $2)`, table, n)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// rowsOf turns a slice into rows for COPY.
func rowsOf[T any](list []T, values func(*T) ([]any, error)) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for i := range list {
			if v, err := values(&list[i]); !yield(v, err) || err != nil {
				return
			}
		}
	}
}
