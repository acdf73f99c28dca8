package postgis

import (
	"math"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A legacy is who has the ground of a grid that is gone.
type legacy struct {
	grid  *geo.Grid // as it was
	heir  geo.GridID
	whole bool // all of the ground lies in the heir, which is of its tier
}

// legacies returns what became of every grid that is gone.
func legacies(before, after []geo.Grid) map[geo.GridID]legacy {
	at := make(map[geo.GridID]*geo.Grid, len(after))
	for i := range after {
		at[after[i].ID] = &after[i]
	}
	heirs := successors(before, after)
	list := make(map[geo.GridID]legacy, len(heirs))
	for i := range before {
		g := &before[i]
		heir, gone := heirs[g.ID]
		if !gone {
			continue
		}
		l := legacy{grid: g, heir: heir}
		if h := at[heir]; h != nil && h.Tier == g.Tier {
			l.whole = sameArea(common(h.Boundary, g.Boundary), g.Boundary.AreaM2())
		}
		list[g.ID] = l
	}
	return list
}

// sameArea allows for borders that were rounded.
func sameArea(a, b float64) bool { return math.Abs(a-b) <= max(1, 1e-6*b) }

// successors returns for every grid that is gone the one of its tier, or of
// the nearest tier above that has one there, with the largest share of its
// ground; 0 for grids that only lay over others.
func successors(before, after []geo.Grid) map[geo.GridID]geo.GridID {
	gone := map[geo.GridID]bool{}
	for _, id := range missing(before, after) {
		gone[geo.GridID(id)] = true
	}
	to := map[geo.GridID]geo.GridID{}
	for i := range before {
		g := &before[i]
		if !gone[g.ID] {
			continue
		}
		to[g.ID] = 0
		for tier := g.Tier; g.Partitions() && tier >= 0 && to[g.ID] == 0; tier-- {
			to[g.ID] = largestShare(g.Boundary, after, tier)
		}
	}
	return to
}

// largestShare returns the general grid of a tier that has most of a shape, 0
// if none has any.
func largestShare(shape topo.Shape, grids []geo.Grid, tier int) geo.GridID {
	if len(shape) == 0 {
		return 0
	}
	box := shape.Bound()
	var best geo.GridID
	most := 0.0
	for i := range grids {
		g := &grids[i]
		if g.Tier != tier || !g.Partitions() || !g.Boundary.Bound().Intersects(box) {
			continue
		}
		if area := common(g.Boundary, shape); area > most {
			best, most = g.ID, area
		}
	}
	return best
}

// common returns the area in m² that two shapes share, 0 also for shapes that
// cannot be laid over each other.
func common(a, b topo.Shape) float64 {
	pieces, _, err := topo.CutRegion([]topo.Shape{a}, b)
	if err != nil || pieces.Left[0] == nil {
		return 0
	}
	return pieces.Left[0].AreaM2()
}
