package check

import (
	"cmp"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Thin part of a grid is narrow or small enough to be asked whether it was
// meant.
type Thin struct {
	Member int // index into the children
	AreaM2 float64
	WidthM float64 // mean width: twice the area by the perimeter
	Region topo.Shape
}

// Parts wider than thinM and larger than smallM2 are never slivers; no profile
// may ask for more.
const (
	thinM   = 20
	smallM2 = 10_000
)

// FindNotes returns what [FindFaults] does of children that are known to
// partition the grid at parent, or to lie over others as they may: no faults,
// but what else there is to note. center is the interior point of a drawn grid,
// which a caller may know.
func FindNotes(s *geo.Snapshot, tree *geo.Tree, parent int, center func(*geo.Grid) topo.Point) (found SiblingFaults) {
	var over []int32
	for _, c := range tree.Children(parent) {
		switch g := &s.Grids[c]; {
		case len(g.Boundary) == 0:
		case g.Partitions():
			found.Children = append(found.Children, c)
		default:
			over = append(over, c)
		}
	}
	found.Children = append(found.Children, over...)
	found.note(s, tree, parent, center)
	return found
}

// noteUnclaimed lists the members that hold ground left for siblings, when none
// of their tier is left to be drawn.
func (found *SiblingFaults) noteUnclaimed(s *geo.Snapshot, tree *geo.Tree, parent int) {
	for member, c := range found.Children {
		waits := func(o int32) bool {
			g := &s.Grids[o]
			return g.Partitions() && g.Tier == s.Grids[c].Tier && len(g.Boundary) == 0
		}
		if s.Grids[c].Rest && s.Grids[c].Partitions() && !slices.ContainsFunc(tree.Children(parent), waits) {
			found.Unclaimed = append(found.Unclaimed, member)
		}
	}
}

// noteSkips lists the members below a complete tier that no grid of it holds.
func (found *SiblingFaults) noteSkips(s *geo.Snapshot, parent int) {
	for member, c := range found.Children {
		g := &s.Grids[c]
		if !g.Partitions() || g.Tier <= s.Grids[parent].Tier+1 {
			continue
		}
		for _, t := range s.Tiers {
			if t.Complete && t.Rank > s.Grids[parent].Tier && t.Rank < g.Tier {
				found.Skips = append(found.Skips, Skip{member, t.Rank})
			}
		}
	}
}

// note lists the parts of the children that a profile could call slivers, and
// looks at the order of their numbers.
func (found *SiblingFaults) note(s *geo.Snapshot, tree *geo.Tree, parent int, center func(*geo.Grid) topo.Point) {
	found.noteUnclaimed(s, tree, parent)
	found.noteSkips(s, parent)
	invalid := map[int]bool{}
	for _, f := range found.Faults {
		if f.Kind == topo.InvalidRing && len(f.Members) > 0 {
			invalid[f.Members[0]] = true
		}
	}
	for member, c := range found.Children {
		if invalid[member] || !ofGrids(s, s.Grids[c].Tier) {
			continue // a division is drawn by others
		}
		for _, polygon := range s.Grids[c].Boundary {
			if t, thin := thinPart(topo.Shape{polygon}); thin {
				t.Member = member
				found.Thin = append(found.Thin, t)
			}
		}
	}
	found.Disorder = disorder(s, found.Children, center)
}

// thinPart measures one part of a grid, if it may be a sliver.
func thinPart(part topo.Shape) (Thin, bool) {
	const stepM = 0.0112 // a step of the lattice is at most this long
	steps := int64(0)    // along the axes: no border is longer
	for p, q := range part.Edges() {
		dx, dy := int64(p.X)-int64(q.X), int64(p.Y)-int64(q.Y)
		steps += max(dx, -dx) + max(dy, -dy)
	}
	area := part.AreaM2()
	if area >= smallM2 && 2*area >= thinM*stepM*float64(steps) {
		return Thin{}, false
	}
	width := 0.0
	if perimeter := part.PerimeterM(); perimeter > 0 {
		width = 2 * area / perimeter
	}
	return Thin{AreaM2: area, WidthM: width, Region: part}, area < smallM2 || width < thinM
}

// ofGrids reports whether a tier belongs to the grid system.
func ofGrids(s *geo.Snapshot, rank int) bool {
	return slices.ContainsFunc(s.Tiers, func(t geo.Tier) bool { return t.Rank == rank && t.Class == geo.GridClass })
}

// checkShapes asks GEO-5, GEO-6, GEO-8, GEO-9, SIZ-3 and SIZ-4.
func (k *inquiry) checkShapes(faults func(parent int) SiblingFaults) {
	for i := range k.Grids {
		if len(k.Tree.Children(i)) > 0 && k.inScope(i) {
			k.checkSlivers(faults(i))
			k.checkEvenness(i)
		}
		g := &k.Grids[i]
		if g.Rest || len(g.Boundary) == 0 || !k.asked(i) {
			continue
		}
		k.checkExclave(i)
		k.checkUnitArea(i)
	}
	k.checkVillages()
}

func (k *inquiry) checkSlivers(sf SiblingFaults) {
	s := k.setting(geo.RuleSliver)
	for _, t := range sf.Thin {
		i := int(sf.Children[t.Member])
		if !k.asks(geo.RuleSliver, i) || t.AreaM2 >= *s.AreaM2 && t.WidthM >= *s.WidthM {
			continue
		}
		measure := &Measure{Value: t.WidthM, Unit: "m", Op: ">=", Limit: *s.WidthM}
		if t.WidthM >= *s.WidthM {
			measure = &Measure{Value: t.AreaM2, Unit: "m2", Op: ">=", Limit: *s.AreaM2}
		}
		k.add(Finding{Rule: geo.RuleSliver, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Region: t.Region,
			Measure: measure, Evidence: &Evidence{WidthM: t.WidthM}, Message: sliverMessage(t.AreaM2, t.WidthM)})
	}
}

// checkExclave asks GEO-6 of the grid at i: does it lie in several parts, and
// does a neighbour lie wholly within it? Exclaves are data and may be right;
// the planner is asked to look.
func (k *inquiry) checkExclave(i int) {
	g := &k.Grids[i]
	if !g.Partitions() || !k.asks(geo.RuleExclave, i) {
		return
	}
	if parts := len(g.Boundary); parts > 1 {
		k.add(Finding{Rule: geo.RuleExclave, Tier: k.tierCode(g.Tier), Subject: k.subject(i), Region: g.Boundary,
			Measure: &Measure{Value: float64(parts), Unit: "parts", Op: "<=", Limit: 1}, Message: partsMessage(parts)})
	}
	for _, polygon := range g.Boundary {
		for _, hole := range polygon[1:] {
			k.addEnclave(i, hole)
		}
	}
}

// addEnclave reports the one sibling that fills a hole of the grid at i; several
// grids in a hole are no enclave of one.
func (k *inquiry) addEnclave(i int, hole topo.Ring) {
	filled := topo.Shape{{hole}}
	box := filled.Bound()
	inside := -1
	for _, c := range k.Tree.Children(max(0, k.Tree.Parent(i))) {
		g := &k.Grids[c]
		if int(c) == i || !g.Partitions() || len(g.Boundary) == 0 {
			continue
		}
		if g.Kind != geo.General && box == g.Boundary.Bound() {
			return // a dedicated grid in its hole is meant to be there
		}
		if b := g.Boundary.Bound(); !box.Contains(b.Min) || !box.Contains(b.Max) {
			continue
		}
		if inside >= 0 {
			return
		}
		inside = int(c)
	}
	if inside < 0 {
		return
	}
	k.add(Finding{Rule: geo.RuleExclave, Tier: k.tierCode(k.Grids[inside].Tier), Subject: k.subject(inside),
		Region: k.Grids[inside].Boundary, Evidence: &Evidence{Touches: []string{k.Grids[i].Code}},
		Message: enclaveMessage(k.Grids[i].Code)})
}

// checkUnitArea asks SIZ-3 of the tiers that the profile or the question lists:
// few nets are made of unit grids.
func (k *inquiry) checkUnitArea(i int) {
	s := k.setting(geo.RuleUnitArea)
	if len(s.Tiers) == 0 {
		k.skip[geo.RuleUnitArea] = "no tier is said to be of unit grids"
		return
	}
	if !k.asks(geo.RuleUnitArea, i) {
		return
	}
	if area := k.Grids[i].Boundary.AreaM2(); area > float64(s.Max) {
		k.add(Finding{Rule: geo.RuleUnitArea, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i),
			Measure: &Measure{Value: area, Unit: "m2", Op: "<=", Limit: float64(s.Max)}, Message: unitAreaMessage(area, s.Max)})
	}
}

// checkEvenness asks SIZ-4 of the grids right under the node at i: is the
// largest far over their mean?
func (k *inquiry) checkEvenness(i int) {
	if k.Dwellings.Len() == 0 {
		k.skip[geo.RuleUneven] = "no households"
		return
	}
	largest, sum, n := -1, int64(0), int64(0)
	for _, c := range k.Tree.Children(i) {
		if g := &k.Grids[c]; !g.Partitions() || g.Rest || !k.IsGrid(int(c)) || !k.asks(geo.RuleUneven, int(c)) {
			continue
		}
		sum, n = sum+k.Tallies[c].Households, n+1
		if largest < 0 || k.larger(int(c), largest) {
			largest = int(c)
		}
	}
	limit := k.setting(geo.RuleUneven).Permille
	// most / (sum / n) > limit / 1000, in integers
	if n < 2 || sum == 0 || k.Tallies[largest].Households*n*1000 <= limit*sum {
		return
	}
	ratio := cut2(k.Tallies[largest].Households*n*100, sum)
	k.add(Finding{Rule: geo.RuleUneven, Tier: k.tierCode(k.Grids[largest].Tier), Subject: k.subject(i),
		Measure:  &Measure{Value: *ratio, Unit: "ratio", Op: "<=", Limit: float64(limit) / 1000},
		Evidence: &Evidence{Touches: []string{k.Grids[largest].Code}},
		Message:  unevenMessage(k.Grids[largest].Code, k.Tallies[largest].Households, sum, n)})
}

// larger reports whether the grid at i holds more households than that at j, of
// two that hold as many whether its code comes first: the finding that names the
// largest stays the same in whatever order a picture has its grids.
func (k *inquiry) larger(i, j int) bool {
	return cmp.Or(cmp.Compare(k.Tallies[i].Households, k.Tallies[j].Households), cmp.Compare(k.Grids[j].Code, k.Grids[i].Code)) > 0
}

// checkVillages asks GEO-8: every grid stands under the lowest administrative
// tier that covers the territory, the village or community.
func (k *inquiry) checkVillages() {
	village := -1
	for _, t := range k.Tiers {
		if t.Class == geo.Administrative && t.Complete && t.Rank > 0 {
			village = max(village, t.Rank)
		}
	}
	if village < 0 {
		k.skip[geo.RuleVillageless] = "no tier of villages or communities"
		return
	}
	for i := range k.Grids {
		g := &k.Grids[i]
		up := k.Tree.Parent(i)
		if g.Kind != geo.General || g.Rest || up < 0 || !k.IsGrid(i) || k.IsGrid(up) || k.Grids[up].Tier >= village || !k.asks(geo.RuleVillageless, i) {
			continue
		}
		k.add(Finding{Rule: geo.RuleVillageless, Tier: k.tierCode(g.Tier), Subject: k.subject(i),
			Evidence: &Evidence{Touches: []string{k.Grids[up].Code}}, Message: villagelessMessage(k.Grids[up].Code)})
	}
}
