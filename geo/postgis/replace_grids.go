package postgis

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// putGrids adds and changes grids; those that are gone wait for dropGrids.
func (r *replacer) putGrids(ctx context.Context) error {
	if err := r.matchGrids(ctx); err != nil {
		return err
	}
	before := make(map[geo.GridID]*geo.Grid, len(r.old.Grids))
	for i := range r.old.Grids {
		before[r.old.Grids[i].ID] = &r.old.Grids[i]
	}
	var added []geo.Grid
	var updates pgx.Batch
	for i := range r.grids {
		g := &r.grids[i]
		was := before[g.ID]
		delete(before, g.ID)
		switch {
		case was == nil:
			added = append(added, *g)
			r.list = append(r.list, geo.Change{After: g})
			r.shifted = true
		case !sameGrid(was, g):
			r.list = append(r.list, geo.Change{Before: was, After: g})
			r.shifted = r.shifted || !was.Boundary.Equal(g.Boundary) || was.Kind != g.Kind || was.Hole != g.Hole || was.Parent != g.Parent
			updates.Queue(updateGrid, append([]any{int64(r.territory), int64(r.plan.ID)}, statementArgs(gridValues(g))...)...)
		}
	}
	for i := range r.old.Grids {
		if g := &r.old.Grids[i]; before[g.ID] != nil {
			r.list = append(r.list, geo.Change{Before: g})
			r.shifted = true
		}
	}
	if err := writeGrids(ctx, r.tx, r.territory, r.plan.ID, added); err != nil {
		return err
	}
	if err := r.tx.SendBatch(ctx, &updates).Close(); err != nil {
		return err
	}
	return r.putCells(ctx)
}

// updateGrid takes the values of gridValues after territory and plan.
const updateGrid = `update grid set (parent_id, tier, code, name_zh, name_en, kind, setting, boundary, boundary_hash,
	fingerprint_a, fingerprint_b, area_m2, label, text_bounds, owner, valid_from, valid_to, predecessors, rest, hole)
	= ($4, $5, $6, $7, $8, $9, $10, st_geomfromewkb($11::bytea), $12, $13, $14, $15, st_geomfromewkb($16::bytea), $17, $18,
	$19, $20, $21, $22, $23)
	where territory_id = $1 and plan_id = $2 and id = $3`

// matchGrids leads the grids of snap to those with the same codes, and gives
// the others new IDs.
func (r *replacer) matchGrids(ctx context.Context) error {
	byCode := make(map[string]geo.GridID, len(r.old.Grids))
	for i := range r.old.Grids {
		byCode[r.old.Grids[i].Code] = r.old.Grids[i].ID
	}
	r.ids.grid = make(map[geo.GridID]geo.GridID, len(r.snap.Grids))
	var added []geo.GridID
	seen := make(map[string]bool, len(r.snap.Grids))
	for i := range r.snap.Grids {
		g := &r.snap.Grids[i]
		if seen[g.Code] {
			return inRecord("grid", g.Code, fmt.Errorf("code stands twice: %w", geo.ErrConflict))
		}
		seen[g.Code] = true
		if id, ok := byCode[g.Code]; ok {
			r.ids.grid[g.ID] = id
		} else {
			added = append(added, g.ID)
		}
	}
	fresh, err := reserve(ctx, r.tx, "grid_identity", len(added))
	if err != nil {
		return err
	}
	for i, id := range added {
		r.ids.grid[id] = geo.GridID(fresh[i])
	}
	if err := writeIdentities(ctx, r.tx, r.territory, fresh); err != nil {
		return err
	}
	known, err := r.formerCodes(ctx, byCode)
	if err != nil {
		return err
	}
	if err := r.ids.newFormer(ctx, r.tx, r.territory, r.snap.Former, known); err != nil {
		return err
	}
	r.grids, err = r.ids.grids(r.snap.Grids)
	return err
}

// formerCodes leads the codes of former grids to identities: those of grids
// that are to go, of grids that are former already, and of any that had the code
// in force.
func (r *replacer) formerCodes(ctx context.Context, byCode map[string]geo.GridID) (map[string]geo.GridID, error) {
	if len(r.snap.Former) == 0 {
		return nil, nil
	}
	held, err := some(ctx, r.tx, func(row *row) past { return past{geo.GridID(row.int64()), row.text()} },
		`select grid_id, code from grid_code where territory_id = $1 and code = any($2)`,
		int64(r.territory), slices.Collect(maps.Values(r.snap.Former)))
	if err != nil {
		return nil, err
	}
	known := make(map[string]geo.GridID, len(byCode)+len(held))
	for _, h := range held {
		known[h.code] = h.id
	}
	former, err := formerOf(ctx, r.tx, r.territory, r.old.Grids)
	if err != nil {
		return nil, err
	}
	for id, code := range former {
		known[code] = id
	}
	maps.Copy(known, byCode)
	return known, nil
}

func sameGrid(a, b *geo.Grid) bool {
	x, y := *a, *b
	x.Boundary, y.Boundary = nil, nil
	return reflect.DeepEqual(x, y) && (a.Boundary == nil) == (b.Boundary == nil) && a.Boundary.Equal(b.Boundary)
}

// putCells renews the cells of the leaves that changed.
func (r *replacer) putCells(ctx context.Context) error {
	if !r.shifted {
		return nil
	}
	was := map[geo.GridID]geo.Grid{}
	for _, g := range leaves(r.old.Grids) {
		was[g.ID] = g
	}
	var renewed []geo.Grid
	for _, g := range leaves(r.grids) {
		if old, ok := was[g.ID]; ok && old.Boundary.Equal(g.Boundary) {
			delete(was, g.ID)
		} else {
			renewed = append(renewed, g)
		}
	}
	stale := make([]int64, 0, len(was))
	for id := range was {
		stale = append(stale, int64(id))
	}
	if _, err := r.tx.Exec(ctx, `delete from grid_cell where territory_id = $1 and plan_id = $2 and grid_id = any($3)`,
		r.territory, r.plan.ID, stale); err != nil {
		return err
	}
	return writeCells(ctx, r.tx, r.territory, r.plan.ID, coverOf(renewed))
}

// dropGrids takes away the grids that are no more; their identities stay, for
// the journal and for posts that ended.
func (r *replacer) dropGrids(ctx context.Context) error {
	var gone []int64
	for _, c := range r.list {
		if g, ok := c.Before.(*geo.Grid); ok && c.After == nil {
			gone = append(gone, int64(g.ID))
		}
	}
	if len(gone) == 0 {
		return nil
	}
	_, err := r.tx.Exec(ctx, `delete from grid where territory_id = $1 and plan_id = $2 and id = any($3)`,
		r.territory, r.plan.ID, gone)
	return err
}
