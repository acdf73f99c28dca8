package postgis

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

var (
	//go:embed queries/tile.sql
	tileSQL string
	//go:embed queries/tile_labels.sql
	tileLabelsSQL string
	//go:embed queries/tile_facilities.sql
	tileFacilitiesSQL string
)

// MaxZoom is the deepest zoom that tiles are drawn for: about 1 cm a unit.
const MaxZoom = 22

// Layers besides the tiers, which are called by their codes.
const (
	LabelLayer    = "labels"     // a point well inside every drawn grid
	FacilityLayer = "facilities" // where people go to
)

// Tile draws a vector tile (MVT 2.1) of one layer of a plan: the general grids
// of a tier by its code, all "dedicated" or "task" grids, [LabelLayer] or
// [FacilityLayer]. The layer in the tile has the same name; a feature's id is
// that of its grid or facility, and features stand in that order. A tile
// without features is empty. How fresh it is tells the Revision of
// [Store.Plan].
//
// Errors: [geo.ErrNotFound] for a plan or layer that does not exist,
// *[geo.InvalidError] for coordinates outside the pyramid.
func (s *Store) Tile(ctx context.Context, plan geo.PlanID, layer string, z, x, y uint32) ([]byte, error) {
	if z > MaxZoom {
		return nil, &geo.InvalidError{Field: "z", Reason: fmt.Sprintf("%d is deeper than %d", z, MaxZoom)}
	}
	if x >= 1<<z || y >= 1<<z {
		return nil, &geo.InvalidError{Field: "x, y", Reason: fmt.Sprintf("no tile %d, %d at zoom %d", x, y, z)}
	}
	var tile []byte
	err := s.read(ctx, s.limits.Tile, func(ctx context.Context, tx pgx.Tx) error {
		at, err := findLayer(ctx, tx, plan, layer)
		if err != nil {
			return err
		}
		switch layer {
		case LabelLayer:
			return tx.QueryRow(ctx, tileLabelsSQL, at.territory, int64(plan), z, x, y, layer).Scan(&tile)
		case FacilityLayer:
			return tx.QueryRow(ctx, tileFacilitiesSQL, at.territory, z, x, y, layer).Scan(&tile)
		}
		return tx.QueryRow(ctx, tileSQL, at.territory, int64(plan), z, x, y, layer, at.rank, string(at.kind)).Scan(&tile)
	})
	if err != nil {
		return nil, fmt.Errorf("tile %s %d/%d/%d: %w", layer, z, x, y, err)
	}
	return tile, nil
}

// A layerPlace is where a layer's features lie.
type layerPlace struct {
	territory int64
	rank      *int // nil: every tier
	kind      geo.Kind
}

// findLayer resolves the name of a layer.
func findLayer(ctx context.Context, tx pgx.Tx, plan geo.PlanID, layer string) (layerPlace, error) {
	at := layerPlace{kind: geo.General}
	err := tx.QueryRow(ctx, `
		select p.territory_id, t.rank
		from plan as p
		left join tier as t on t.territory_id = p.territory_id and t.plan_id = p.id and t.code = $2
		where p.id = $1`, int64(plan), layer).Scan(&at.territory, &at.rank)
	if errors.Is(err, pgx.ErrNoRows) {
		return at, fmt.Errorf("plan %d: %w", plan, geo.ErrNotFound)
	}
	if err != nil {
		return at, err
	}
	switch {
	case layer == string(geo.Dedicated) || layer == string(geo.Task):
		at.kind, at.rank = geo.Kind(layer), nil
	case layer != LabelLayer && layer != FacilityLayer && at.rank == nil:
		return at, fmt.Errorf("layer %q: %w", layer, geo.ErrNotFound)
	}
	return at, nil
}
