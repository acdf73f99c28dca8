package postgis

import (
	"context"
	"maps"
	"slices"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A past is a grid that is no more, under the code it last had.
type past struct {
	id   geo.GridID
	code string
}

// referred finds the grids that records of a territory, $1, refer to: posts that
// ended, figures of a village that was merged.
const referred = `
	select grid_id from assignment where territory_id = $1
	union select unit_id from population where territory_id = $1
	union select unit_id from metric where territory_id = $1
	union select unit_id from responsibility where territory_id = $1
	union select division_id from facility where territory_id = $1
	union select division_id from compound where territory_id = $1
	union select division_id from building where territory_id = $1
	union select grid_id from net_member where territory_id = $1
	union select under_id from net_member where territory_id = $1
	union select grid_id from comment where territory_id = $1 and grid_id is not null
	union select stated_id from household where territory_id = $1 and stated_id is not null`

// formerOf returns the codes of the predecessors of grids, and of what records
// refer to, that are no longer among them: the one in the newest plan that has the grid, else the one it had
// in force, else the last one of the journal, for what was made and merged in
// the same draft.
func formerOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, grids []geo.Grid) (map[geo.GridID]string, error) {
	present := make(map[geo.GridID]bool, len(grids))
	for i := range grids {
		present[grids[i].ID] = true
	}
	named, err := some(ctx, tx, (*row).int64, referred, int64(territory))
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, id := range named {
		if g := geo.GridID(id); id != 0 && !present[g] {
			present[g] = true
			ids = append(ids, id)
		}
	}
	for i := range grids {
		for _, p := range grids[i].Predecessors {
			if !present[p] {
				present[p] = true
				ids = append(ids, int64(p))
			}
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := some(ctx, tx, func(r *row) past { return past{geo.GridID(r.int64()), r.text()} }, `
		select f.id, coalesce(
			(select g.code from plan as p join grid as g on g.territory_id = p.territory_id and g.plan_id = p.id and g.id = f.id
			 where p.territory_id = $1 order by p.id desc limit 1),
			(select min(c.code) from grid_code as c where c.territory_id = $1 and c.grid_id = f.id),
			(select coalesce(j.after, j.before) ->> 'code' from journal as j
			 where j.territory_id = $1 and j.entity = 'grid' and j.record_id = f.id order by j.revision desc, j.position desc limit 1),
			'')
		from unnest($2::bigint[]) as f(id)`, int64(territory), ids)
	if err != nil {
		return nil, err
	}
	former := make(map[geo.GridID]string, len(found))
	for _, f := range found {
		if f.code != "" {
			former[f.id] = f.code
		}
	}
	return former, nil
}

// newFormer gives the former grids of a snapshot identities, but for those that
// known leads to by code, and writes their codes, which are not given again.
func (ids newIDs) newFormer(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, former map[geo.GridID]string,
	known map[string]geo.GridID) error {
	var added []geo.GridID
	var codes []string
	for _, id := range slices.Sorted(maps.Keys(former)) {
		if at, ok := known[former[id]]; ok {
			ids.grid[id] = at
		} else {
			added, codes = append(added, id), append(codes, former[id])
		}
	}
	if len(added) == 0 {
		return nil
	}
	fresh, err := reserve(ctx, tx, "grid_identity", len(added))
	if err != nil {
		return err
	}
	for i, id := range added {
		ids.grid[id] = geo.GridID(fresh[i])
	}
	if err := writeIdentities(ctx, tx, territory, fresh); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into grid_code (territory_id, code, grid_id)
		select $1, code, id from unnest($2::text[], $3::bigint[]) as f(code, id) on conflict do nothing`, int64(territory), codes, fresh)
	return err
}
