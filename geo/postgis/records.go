package postgis

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// Sizes of a page of records.
const (
	defaultPage = 100
	maxPage     = 1000
)

// A Page asks for records by ascending id. The zero Page is the first 100.
type Page struct {
	After  int64        // the last id of the page before
	Limit  int          // at most 1,000; 0 is 100
	Grid   geo.GridID   // only assignments to it, comments on it, households whose leaf it is, populations of it, facilities, compounds and buildings in it
	Worker geo.WorkerID // only assignments of this worker
	Number string       // only the worker of this number, the household of this ref, the compound, the building, the matter or the profiles of this code, the metrics of this name, the waiver of this finding, the schedule of this code, the comment of this ref
	// Compound and Building are codes: only households that name them, and
	// buildings of the compound.
	Compound, Building string
	Period             string     // only metrics of it
	Plan               geo.PlanID // only comments on it
	Open               *bool      // only comments that are open, or only those that are settled
}

// Record returns one record and the revision of the last change set that
// touched it. Errors: [geo.ErrNotFound], [geo.ErrInvalid] for an entity that
// is not kept as records.
func (s *Store) Record(ctx context.Context, territory geo.TerritoryID, name geo.Entity, id int64) (geo.Record, geo.Revision, error) {
	e, err := entityOf(name)
	if err != nil {
		return nil, 0, err
	}
	list, err := query(ctx, s, e.state, e.selection()+` where r.territory_id = $1 and r.id = $2`, int64(territory), id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return nil, 0, found(err, string(name), id)
	}
	return list[0].before, list[0].rev, nil
}

// Records returns a page of records. Errors: *[geo.InvalidError] for a page
// or a filter that the entity does not have.
func (s *Store) Records(ctx context.Context, territory geo.TerritoryID, name geo.Entity, page Page) ([]geo.Record, error) {
	e, err := entityOf(name)
	if err != nil {
		return nil, err
	}
	where, args, err := page.where(e, territory)
	if err != nil {
		return nil, err
	}
	list, err := query(ctx, s, e.state, e.selection()+where, args...)
	if err != nil {
		return nil, fmt.Errorf("%ss of territory %d: %w", name, territory, err)
	}
	records := make([]geo.Record, len(list))
	for i := range list {
		records[i] = list[i].before
	}
	return records, nil
}

// where writes the page as the rest of a statement.
func (p Page) where(e *entity, territory geo.TerritoryID) (string, []any, error) {
	limit := p.Limit
	switch {
	case limit == 0:
		limit = defaultPage
	case limit < 0 || limit > maxPage:
		return "", nil, &geo.InvalidError{Field: "limit", Reason: fmt.Sprintf("%d is not between 1 and %d", limit, maxPage)}
	}
	var sql strings.Builder
	sql.WriteString(" where r.territory_id = $1 and r.id > $2")
	args := []any{int64(territory), p.After}
	for _, c := range []struct {
		field, column string
		value         any
		asked         bool
	}{
		{"grid", e.found.grid, int64(p.Grid), p.Grid != 0},
		{"worker", e.found.worker, int64(p.Worker), p.Worker != 0},
		{"number", e.found.number, p.Number, p.Number != ""},
		{"compound", e.found.compound, p.Compound, p.Compound != ""},
		{"period", e.found.period, p.Period, p.Period != ""},
		{"building", e.found.building, p.Building, p.Building != ""},
		{"plan", e.found.plan, int64(p.Plan), p.Plan != 0},
		{"open", e.found.open, p.Open, p.Open != nil},
	} {
		if !c.asked {
			continue
		}
		if c.column == "" {
			return "", nil, &geo.InvalidError{Field: c.field, Reason: fmt.Sprintf("a %s is not found by it", e.name)}
		}
		args = append(args, c.value)
		fmt.Fprintf(&sql, " and r.%s = $%d", c.column, len(args))
	}
	fmt.Fprintf(&sql, " order by r.id limit %d", limit)
	return sql.String(), args, nil
}

// Territory returns the territory that a record, or a grid, belongs to. Error:
// [geo.ErrNotFound].
func (s *Store) Territory(ctx context.Context, name geo.Entity, id int64) (geo.TerritoryID, error) {
	table := "grid_identity"
	if name != geo.GridEntity {
		e, err := entityOf(name)
		if err != nil {
			return 0, err
		}
		table = e.table()
	}
	// One probe of the key in every territory: it begins with territory_id.
	list, err := query(ctx, s, func(r *row) geo.TerritoryID { return geo.TerritoryID(r.int64()) },
		`select t.territory_id from territory as t
		 where exists (select from `+table+` as r where r.territory_id = t.territory_id and r.id = $1)`, id)
	if err == nil && len(list) == 0 {
		err = pgx.ErrNoRows
	}
	if err != nil {
		return 0, found(err, string(name), id)
	}
	return list[0], nil
}

// selection reads records as [entity.state] takes them.
func (e *entity) selection() string { return "select " + e.list("r") + " from " + e.table() + " as r" }

// state reads a record with its revision.
func (e *entity) state(r *row) *state {
	record := e.read(r)
	return &state{before: record, now: record, rev: geo.Revision(r.int64())}
}
