package postgis

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

// A Gone is a grid that was in force once, and what has its ground now.
type Gone struct {
	Territory geo.TerritoryID
	Code      string
	Name      geo.Name     // that it had last
	Heirs     []geo.GridID // in force now, by id; none where nobody took the ground over
}

// Gone returns the grid of the code that was in force last in the first of the
// territories that knows one, and the grids now in force that come from it, over
// however many changes; one that has another code now is its own heir. Error:
// [geo.ErrNotFound] when no grid of the code was ever in force.
func (s *Store) Gone(ctx context.Context, territories []geo.TerritoryID, code string) (Gone, error) {
	ids := make([]int64, len(territories))
	for i, t := range territories {
		ids[i] = int64(t)
	}
	var gone Gone
	err := s.read(ctx, s.limits.Read, func(ctx context.Context, tx pgx.Tx) (err error) {
		gone, err = one(ctx, tx, func(r *row) Gone {
			return Gone{Territory: geo.TerritoryID(r.int64()), Code: r.text(), Name: r.name()}
		}, `
			select g.territory_id, g.code, g.name_zh, g.name_en
			from unnest($1::bigint[]) with ordinality as asked(id, place)
			join grid as g on g.territory_id = asked.id and g.code = $2 and g.kind <> 'task' and not g.rest
			join plan as p on p.territory_id = g.territory_id and p.id = g.plan_id and p.state in ('in_force', 'retired')
			order by asked.place, p.effective desc nulls last, p.id desc limit 1`, ids, code)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("grid with the code: %w", geo.ErrNotFound)
		}
		if err == nil {
			gone.Heirs, err = heirsOf(ctx, tx, gone.Territory, code)
		}
		return err
	})
	return gone, err
}

// heirsOf follows predecessors from the grids that had a code to those in force.
func heirsOf(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, code string) ([]geo.GridID, error) {
	return some(ctx, tx, func(r *row) geo.GridID { return geo.GridID(r.int64()) }, `
		with recursive once as (
			select g.id, g.code, g.predecessors, p.state
			from plan as p join grid as g on g.territory_id = p.territory_id and g.plan_id = p.id
			where p.territory_id = $1 and p.state in ('in_force', 'retired')
		), line(id) as (
			select id from once where code = $2
			union
			select once.id from line join once on line.id = any(once.predecessors)
		)
		select distinct once.id from line join once using (id) where once.state = 'in_force' order by once.id`, int64(territory), code)
}
