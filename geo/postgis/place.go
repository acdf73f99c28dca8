package postgis

import (
	"context"
	_ "embed"

	"github.com/jackc/pgx/v5"
	"github.com/tidwall/rtree"

	"gridmap/geo"
	"gridmap/geo/topo"
)

//go:embed queries/grids_around.sql
var gridsAroundSQL string

// A placer finds the grid a household is stored under: the drawn leaf that
// holds its point by the boundary rule of topo.Shape.Contains, or, on ground
// that drawn children leave while a sibling is not drawn yet, their parent.
// Ground that children leave when all are drawn is a gap and nobody's. Where
// leaves of a faulty draft overlap, the lowest id has it. The picture in
// memory places alike.
type placer struct {
	grids  []ground
	leaves rtree.RTreeGN[float64, int32]
	upper  rtree.RTreeGN[float64, int32]
}

type ground struct {
	id    geo.GridID
	tier  int
	shape topo.Shape
}

// open returns the drawn general grids of a plan that can hold a household
// themselves: those without general children, and those with one not drawn.
func open(grids []geo.Grid) []geo.Grid {
	children, undrawn := map[geo.GridID]bool{}, map[geo.GridID]bool{}
	for i := range grids {
		if g := &grids[i]; g.Partitions() {
			children[g.Parent] = true
			undrawn[g.Parent] = undrawn[g.Parent] || g.Boundary == nil
		}
	}
	var out []geo.Grid
	for i := range grids {
		g := &grids[i]
		if g.Partitions() && g.Boundary != nil && (!children[g.ID] || undrawn[g.ID]) {
			out = append(out, *g)
		}
	}
	return out
}

// newPlacer indexes grids that can hold a household, as open has it.
func newPlacer(grids []geo.Grid) *placer {
	parents := make(map[geo.GridID]bool, len(grids))
	for i := range grids {
		parents[grids[i].Parent] = true
	}
	p := &placer{}
	for i := range grids {
		g := &grids[i]
		p.grids = append(p.grids, ground{g.ID, g.Tier, g.Boundary})
		box := g.Boundary.Bound()
		tree := &p.leaves
		if parents[g.ID] {
			tree = &p.upper
		}
		tree.Insert(corner(box.Min), corner(box.Max), int32(len(p.grids)-1))
	}
	return p
}

// place returns the grid that holds at, if any does.
func (p *placer) place(at topo.Point) (geo.GridID, bool) {
	best := -1
	p.search(&p.leaves, at, &best, func(g, best *ground) bool { return g.id < best.id })
	if best < 0 {
		p.search(&p.upper, at, &best, func(g, best *ground) bool {
			return g.tier > best.tier || g.tier == best.tier && g.id < best.id
		})
	}
	if best < 0 {
		return 0, false
	}
	return p.grids[best].id, true
}

// search sets best to the better of it and those grids of tree that hold at.
func (p *placer) search(tree *rtree.RTreeGN[float64, int32], at topo.Point, best *int, better func(g, best *ground) bool) {
	c := corner(at)
	tree.Search(c, c, func(_, _ [2]float64, i int32) bool {
		g := &p.grids[i]
		if (*best < 0 || better(g, &p.grids[*best])) && g.shape.Contains(at) {
			*best = int(i)
		}
		return true
	})
}

func corner(p topo.Point) [2]float64 { return [2]float64{float64(p.X), float64(p.Y)} }

// houseIn notes that the households of a territory lie in the grids of a plan.
func houseIn(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, plan geo.PlanID) error {
	_, err := tx.Exec(ctx, `update territory set housed_in = $2 where territory_id = $1`, int64(territory), int64(plan))
	return err
}

// placeHouseholds writes the leaf of located households in the plan that those
// of the territory lie in.
func placeHouseholds(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, list []*geo.Household) error {
	var plan geo.PlanID
	err := tx.QueryRow(ctx, `select coalesce(housed_in, 0) from territory where territory_id = $1`, int64(territory)).Scan(&plan)
	if err != nil {
		return found(err, "plan of territory", int64(territory))
	}
	return placeIn(ctx, tx, territory, plan, list)
}

// placeIn writes the leaf of located households in a plan.
func placeIn(ctx context.Context, tx pgx.Tx, territory geo.TerritoryID, plan geo.PlanID, list []*geo.Household) error {
	if len(list) == 0 {
		return nil
	}
	ring := make(topo.Ring, len(list))
	for i, h := range list {
		ring[i] = h.At
	}
	box := ring.Bound()
	west, south := box.Min.LonLat()
	east, north := box.Max.LonLat()
	grids, err := some(ctx, tx, readGrid, gridsAroundSQL, int64(territory), int64(plan), west, south, east, north)
	if err != nil {
		return err
	}
	placer := newPlacer(grids)
	leaves := moves{}
	for _, h := range list {
		if leaf, ok := placer.place(h.At); ok {
			leaves[h.ID] = leaf
		}
	}
	_, err = rehouse(ctx, tx, territory, leaves)
	return err
}
