package geo

import (
	"cmp"
	"math"
	"slices"

	"gridmap/geo/topo"
)

// InRows returns grids from west to east in rows from north to south, as they
// are to be numbered; points are places well inside each. There are as many
// rows as make cells of the ground about square. Grids in one place go by ID.
func InRows(grids []*Grid, points []topo.Point) []*Grid {
	if len(grids) < 2 {
		return grids
	}
	order := make([]int, len(grids))
	for i := range order {
		order[i] = i
	}
	byID := func(a, b int) int { return cmp.Compare(grids[a].ID, grids[b].ID) }
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(points[b].Y, points[a].Y), cmp.Compare(points[a].X, points[b].X), byID(a, b))
	})
	for row := range slices.Chunk(order, rowLength(topo.Ring(points).Bound(), len(grids))) {
		slices.SortFunc(row, func(a, b int) int {
			return cmp.Or(cmp.Compare(points[a].X, points[b].X), cmp.Compare(points[b].Y, points[a].Y), byID(a, b))
		})
	}
	sorted := make([]*Grid, len(grids))
	for at, i := range order {
		sorted[at] = grids[i]
	}
	return sorted
}

// rowLength is how many of n points in a box stand in a row.
func rowLength(b topo.Box, n int) int {
	wide := topo.LengthM(b.Min, topo.Point{X: b.Max.X, Y: b.Min.Y})
	high := topo.LengthM(b.Min, topo.Point{X: b.Min.X, Y: b.Max.Y})
	if n == 0 || wide <= 0 {
		return 1
	}
	row := math.Round(math.Sqrt(float64(n) * wide / max(high, wide/float64(n))))
	return min(max(1, int(row)), n)
}
