package postgis

import (
	"context"
	"fmt"

	"gridmap/geo"
)

// Compounds returns the compounds of a territory that have one of the codes,
// by code; codes of none are passed over.
func (s *Store) Compounds(ctx context.Context, territory geo.TerritoryID, codes []string) (map[string]geo.Compound, error) {
	list, err := query(ctx, s, readCompound, `select `+compounds.list("r")+` from compound as r
		where r.territory_id = $1 and r.code = any($2)`, int64(territory), codes)
	if err != nil {
		return nil, fmt.Errorf("compounds of territory %d: %w", territory, err)
	}
	found := make(map[string]geo.Compound, len(list))
	for _, c := range list {
		found[c.Code] = c
	}
	return found, nil
}
