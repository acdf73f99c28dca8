package postgis

import (
	"maps"
	"slices"

	"github.com/jackc/pgx/v5/pgxpool"
)

// ExplainedConstraints names the constraints that callers are told about.
func ExplainedConstraints() []string { return slices.Sorted(maps.Keys(breaches)) }

// Pool gives tests the store's database.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }
