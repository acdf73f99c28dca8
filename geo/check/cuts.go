package check

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Cut is a compound whose ground several leaves of the grid system share.
type Cut struct {
	Compound int // index among the snapshot's
	Pieces   []Piece
}

// A Piece is the ground of a compound that lies in one leaf.
type Piece struct {
	Leaf   int32 // its position
	AreaM2 float64
	WidthM float64 // mean width: twice the area by the perimeter
}

// FindCuts returns the compounds that are not wholly in one leaf, with no
// tolerance applied; callers keep them as long as no ground changes.
func FindCuts(s *geo.Snapshot, tree *geo.Tree) []Cut {
	var cuts []Cut
	var near func(topo.Box) []int32
	for i := range s.Compounds {
		shape := s.Compounds[i].Boundary
		if len(shape) == 0 {
			continue
		}
		if near == nil {
			near = leavesNear(s, tree)
		}
		leaves := near(shape.Bound())
		if len(leaves) < 2 || slices.ContainsFunc(leaves, func(l int32) bool { return topo.Within(shape, s.Grids[l].Boundary) }) {
			continue
		}
		if c := (Cut{i, piecesOf(s, shape, leaves)}); len(c.Pieces) > 1 {
			cuts = append(cuts, c)
		}
	}
	return cuts
}

// leavesNear returns a function that finds the leaves whose boxes share a point
// with a box, in the order in which they lie from west to east.
func leavesNear(s *geo.Snapshot, tree *geo.Tree) func(topo.Box) []int32 {
	type leaf struct {
		at  int32
		box topo.Box
	}
	var leaves []leaf
	widest := int64(0)
	for i := range s.Grids {
		g := &s.Grids[i]
		if !g.Partitions() || len(g.Boundary) == 0 || s.Tiers[g.Tier].Class != geo.GridClass ||
			slices.ContainsFunc(tree.Children(i), func(c int32) bool { return s.Grids[c].Partitions() && len(s.Grids[c].Boundary) > 0 }) {
			continue
		}
		box := g.Boundary.Bound()
		leaves = append(leaves, leaf{int32(i), box})
		widest = max(widest, int64(box.Max.X)-int64(box.Min.X))
	}
	slices.SortFunc(leaves, func(a, b leaf) int { return cmp.Or(cmp.Compare(a.box.Min.X, b.box.Min.X), cmp.Compare(a.at, b.at)) })
	return func(box topo.Box) []int32 {
		from, _ := slices.BinarySearchFunc(leaves, int64(box.Min.X)-widest, func(l leaf, x int64) int { return cmp.Compare(int64(l.box.Min.X), x) })
		var found []int32
		for _, l := range leaves[from:] {
			if l.box.Min.X > box.Max.X {
				break
			}
			if l.box.Intersects(box) {
				found = append(found, l.at)
			}
		}
		return found
	}
}

// piecesOf lays a compound over leaves.
func piecesOf(s *geo.Snapshot, compound topo.Shape, leaves []int32) []Piece {
	shapes := make([]topo.Shape, len(leaves))
	for n, i := range leaves {
		shapes[n] = s.Grids[i].Boundary
	}
	laid, _, err := topo.CutRegion(shapes, compound)
	if err != nil {
		return nil // a boundary that bounds no ground is told as GEO-1
	}
	var pieces []Piece
	for n, shape := range laid.Left {
		if len(shape) > 0 {
			area := shape.AreaM2()
			pieces = append(pieces, Piece{leaves[n], area, 2 * area / shape.PerimeterM()})
		}
	}
	return pieces
}

// checkCuts asks GEO-9: does the ground of a compound lie in several of the
// grids that have none below them? It belongs to the one with the most.
func (k *inquiry) checkCuts(cuts []Cut) {
	if !slices.ContainsFunc(k.Compounds, func(c geo.Compound) bool { return len(c.Boundary) > 0 }) {
		k.skip[geo.RuleCut] = "no compounds with a boundary"
		return
	}
	buildings := k.buildingsOf(cuts)
	for _, cut := range cuts {
		c := &k.Compounds[cut.Compound]
		if !c.Valid.Holds(k.AsOf) {
			continue
		}
		var codes []string
		most, sum := 0.0, 0.0
		for _, p := range cut.Pieces {
			if k.asks(geo.RuleCut, int(p.Leaf)) && k.exceeds(geo.RuleCut, topo.Fault{AreaM2: p.AreaM2, WidthM: p.WidthM}) {
				codes = append(codes, k.Grids[p.Leaf].Code)
				most, sum = max(most, p.AreaM2), sum+p.AreaM2
			}
		}
		if len(codes) < 2 {
			continue
		}
		slices.Sort(codes)
		stand := k.standing(buildings[c.Code], cut)
		k.add(Finding{Rule: geo.RuleCut, Region: c.Boundary,
			Subject:  Subject{Type: "compound", ID: int64(c.ID), Code: c.Code, Name: c.Name.ZH, NameEN: c.Name.EN},
			Measure:  &Measure{Value: sum - most, Unit: "m2", Op: "<=", Limit: *k.setting(geo.RuleCut).AreaM2},
			Evidence: &Evidence{Touches: codes, Buildings: stand}, Message: cutMessage(c, codes, stand)})
	}
}

// buildingsOf returns the buildings of the day that belong to cut compounds, by
// the code of the compound.
func (k *inquiry) buildingsOf(cuts []Cut) map[string][]*geo.Building {
	of := make(map[string][]*geo.Building, len(cuts))
	for _, cut := range cuts {
		of[k.Compounds[cut.Compound].Code] = nil
	}
	for i := range k.Buildings {
		v := &k.Buildings[i]
		if list, cut := of[v.Compound]; cut && v.Compound != "" && v.Valid.Holds(k.AsOf) {
			of[v.Compound] = append(list, v)
		}
	}
	return of
}

// standing counts the buildings of a cut compound by the grid that each stands
// in: a building is one place and is never cut itself.
func (k *inquiry) standing(buildings []*geo.Building, cut Cut) map[string]int {
	var stand map[string]int
	for _, v := range buildings {
		at := slices.IndexFunc(cut.Pieces, func(p Piece) bool { return k.Grids[p.Leaf].Boundary.Contains(v.At) })
		if at < 0 {
			continue
		}
		if stand == nil {
			stand = map[string]int{}
		}
		stand[k.Grids[cut.Pieces[at].Leaf].Code]++
	}
	return stand
}
