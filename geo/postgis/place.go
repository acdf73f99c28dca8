package postgis

import (
	"github.com/tidwall/rtree"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A placer finds the grid a household is stored under: the drawn leaf that
// holds its point by the boundary rule of topo.Shape.Contains, or, on ground
// that only an undrawn grid takes, the deepest drawn general grid. Where
// leaves of a faulty draft overlap, the lowest id has it.
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

// newPlacer indexes the drawn general grids; the others are passed over.
func newPlacer(grids []geo.Grid) *placer {
	parents := make(map[geo.GridID]bool, len(grids))
	for i := range grids {
		if g := &grids[i]; g.Kind == geo.General && g.Boundary != nil {
			parents[g.Parent] = true
		}
	}
	p := &placer{}
	for i := range grids {
		g := &grids[i]
		if g.Kind != geo.General || g.Boundary == nil {
			continue
		}
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
