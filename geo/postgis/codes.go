package postgis

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
	"gridmap/geo/redraw"
)

// reserveCodes tells the drawing of a draft which codes its new grids must not
// get: those that a grid had in force, and those that other drafts have given.
// The codes that the draft alone has are free again when their grids go.
func reserveCodes(ctx context.Context, tx pgx.Tx, p geo.Plan, d *redraw.Drawing, grids []geo.Grid) error {
	held, err := heldCodes(ctx, tx, p.Territory)
	if err != nil {
		return err
	}
	var taken, loose []string
	for code := range held {
		taken = append(taken, code)
	}
	others, err := all(ctx, tx, (*row).text, fmt.Sprintf(`
		select distinct g.code from grid as g join plan as p on p.territory_id = g.territory_id and p.id = g.plan_id
		where g.territory_id = %d and p.id <> %d and p.state in ('draft', 'reviewed', 'filed')`, p.Territory, p.ID))
	if err != nil {
		return err
	}
	for i := range grids {
		if _, inForce := held[grids[i].Code]; !inForce {
			loose = append(loose, grids[i].Code)
		}
	}
	d.Loosen(loose...)
	d.Reserve(append(taken, others...)...)
	return nil
}

// heldCodes returns the codes that grids had while their plan was in force, and
// the grid that keeps each.
func heldCodes(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID) (map[string]geo.GridID, error) {
	held := map[string]geo.GridID{}
	err := copyOut(ctx, tx, fmt.Sprintf(`select code, grid_id from grid_code where territory_id = %d`, territory), func(r *row) error {
		code := r.text()
		held[code] = geo.GridID(r.int64())
		return nil
	})
	return held, err
}
