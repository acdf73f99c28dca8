package postgis

import (
	"context"
	_ "embed"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gridmap/geo"
)

//go:embed queries/tile_households.sql
var tileHouseholdsSQL string

// MaxHouseholds is how many households one tile may hold.
const MaxHouseholds = 50_000

// HouseholdTile draws a vector tile (MVT 2.1) of the households of a territory:
// points in the layer households, in order of id, with how many live there,
// whether anybody does and the id of the grid it lies in. It names nobody, yet
// is for those who may read household rows. A tile without households is
// empty. The address must be one of the pyramid. Error: *[geo.InvalidError] for
// a tile that would hold more than [MaxHouseholds]; none is ever left out.
func (s *Store) HouseholdTile(ctx context.Context, t geo.TerritoryID, z, x, y uint32) ([]byte, error) {
	var tile []byte
	var near int
	err := s.read(ctx, s.limits.Tile, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, tileHouseholdsSQL, int64(t), z, x, y, MaxHouseholds).Scan(&near, &tile)
	})
	if err != nil {
		return nil, fmt.Errorf("tile of households %d/%d/%d: %w", z, x, y, err)
	}
	if near > MaxHouseholds {
		return nil, &geo.InvalidError{Field: "z", Reason: fmt.Sprintf("more than %d households in one tile: ask for a deeper zoom", MaxHouseholds)}
	}
	return tile, nil
}
