package check

import (
	"cmp"
	"errors"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// SiblingFaults is where the general children of one grid fail to partition
// it, with no tolerance applied.
type SiblingFaults struct {
	Children []int32 // positions, those that lie over others last; the members of each fault index this
	Faults   []topo.Fault
	Thin     []Thin // parts that may be slivers
	// Disorder holds the codes of two general grids that follow each other from
	// west to east in rows from north to south while their numbers do not;
	// empty where all are in order.
	Disorder []string
	// Unclaimed are the members that hold what ground was left for siblings to
	// be drawn, when none of these is left. In a complete tier that is a gap.
	Unclaimed []int
	// Skips are the members whose ground lies in no grid of a complete tier
	// between the parent's and theirs. In that tier it is a gap.
	Skips []Skip
}

// A Skip is a child that stands below a complete tier without a grid of it.
type Skip struct {
	Member int // index into the children
	Tier   int // rank of the complete tier
}

// FindFaults proves the children that partition the grid at parent, or finds
// where they fail. Children without a boundary take no part; where a child of a
// parent is undrawn, the ground it should take shows as a gap no more than the
// plan can know, so gaps are left out. Children that lie over others are asked
// only to be valid and to lie in the territory.
func FindFaults(s *geo.Snapshot, tree *geo.Tree, parent int) (found SiblingFaults) {
	defer func() {
		found.note(s, tree, parent, func(g *geo.Grid) topo.Point { return g.Boundary.InteriorPoint() })
	}()
	var shapes []topo.Shape
	var over []int32
	undrawn := false
	for _, c := range tree.Children(parent) {
		g := &s.Grids[c]
		switch {
		case !g.Partitions():
			if len(g.Boundary) > 0 {
				over = append(over, c)
			}
		case g.Boundary == nil:
			undrawn = true
		default:
			found.Children = append(found.Children, c)
			shapes = append(shapes, g.Boundary)
		}
	}
	if len(shapes) == 0 {
		found.addOverlays(s, parent, over)
		return found
	}
	faults, dust := topo.Faults(s.Grids[parent].Boundary, shapes, topo.DefaultTolerance)
	found.Faults = append(faults, dust...)
	if undrawn {
		found.Faults = slices.DeleteFunc(found.Faults, func(f topo.Fault) bool { return f.Kind == topo.Gap })
	}
	found.addOverlays(s, parent, over)
	return found
}

// addOverlays adds what is wrong with children that lie over others.
func (found *SiblingFaults) addOverlays(s *geo.Snapshot, parent int, over []int32) {
	for _, c := range over {
		member := len(found.Children)
		found.Children = append(found.Children, c)
		f, bad := overlayFault(s.Grids[c].Boundary, s.Grids[parent].Boundary, s.Grids[0].Boundary)
		if bad {
			f.Members = []int{member}
			found.Faults = append(found.Faults, f)
		}
	}
}

// overlayFault says what is wrong with ground that may lie anywhere in the
// territory. Most of it lies within its parent, which is looked at first.
func overlayFault(shape, parent, territory topo.Shape) (topo.Fault, bool) {
	if err := shape.Validate(); err != nil {
		f := topo.Fault{Kind: topo.InvalidRing, Reason: err.Error(), At: shape.Bound().Min}
		var ring *topo.RingError
		if errors.As(err, &ring) {
			f.Reason, f.At = ring.Reason, ring.At
		}
		return f, true
	}
	var stray topo.Shape
	for _, within := range [...]topo.Shape{parent, territory} {
		if len(within) == 0 {
			return topo.Fault{}, false // nobody knows where the ground ends
		}
		_, bare, err := topo.CutRegion([]topo.Shape{within}, shape)
		if err != nil {
			return topo.Fault{}, false // the ground beneath is told as invalid itself
		}
		if bare == nil {
			return topo.Fault{}, false
		}
		stray = bare
	}
	return topo.Fault{Kind: topo.Outside, Region: stray, At: stray.InteriorPoint(), AreaM2: stray.AreaM2(),
		WidthM: 2 * stray.AreaM2() / stray.PerimeterM()}, true
}

// placeFound is a fault with the grid whose children it stands among.
type placeFound struct {
	parent   int
	children []int32
	topo.Fault
	held    int  // households that a grid holds there
	stands  bool // a grid holds the ground: nobody claims it, or it skips a tier
	left    int  // rank of the tier that ground was left for which nobody claims, else 0
	skipped int  // rank of the tier that has no grid there, 0 unless ground skips one
}

// checkGeometry asks GEO-1 to GEO-4 and GEO-7 of the children of every grid in
// the scope.
func (k *inquiry) checkGeometry(faults func(parent int) SiblingFaults) {
	var found []placeFound
	for i := range k.Grids {
		if !k.inScope(i) || len(k.Tree.Children(i)) == 0 {
			continue
		}
		sf := faults(i)
		for _, f := range sf.Faults {
			if p := (placeFound{parent: i, children: sf.Children, Fault: f}); k.asksOf(p) {
				found = append(found, p)
			}
		}
		for _, member := range sf.Unclaimed {
			if p := k.unclaimed(i, sf.Children, member); k.complete(p) && k.asksOf(p) {
				found = append(found, p)
			}
		}
		for _, skip := range sf.Skips {
			if p := k.passed(i, sf.Children, skip); k.asksOf(p) {
				found = append(found, p)
			}
		}
	}
	for _, p := range k.takeWrongParents(found) {
		k.addFault(p)
	}
}

// asksOf reports whether faults of that tier and kind are asked for.
func (k *inquiry) asksOf(p placeFound) bool {
	rank := k.childTier(p)
	return k.tiers[rank] && k.q.asksKind(&k.Grids[k.firstOf(p)], k.tierCode(rank))
}

// gapAt is the ground of a member as a gap.
func (k *inquiry) gapAt(parent int, children []int32, member int) placeFound {
	at := int(children[member])
	ground := k.Grids[at].Boundary
	p := placeFound{parent: parent, children: children, held: int(k.Tallies[at].Households), stands: true}
	p.Fault = topo.Fault{Kind: topo.Gap, Region: ground, At: ground.InteriorPoint(), AreaM2: ground.AreaM2(),
		WidthM: 2 * ground.AreaM2() / ground.PerimeterM()}
	return p
}

// passed is the ground of a member that skips a tier, as a gap in that tier.
func (k *inquiry) passed(parent int, children []int32, skip Skip) placeFound {
	p := k.gapAt(parent, children, skip.Member)
	p.skipped, p.Members = skip.Tier, []int{skip.Member}
	return p
}

// unclaimed is the ground of a member that stands for a gap, among those around.
func (k *inquiry) unclaimed(parent int, children []int32, member int) placeFound {
	p := k.gapAt(parent, children, member)
	ground := p.Region
	p.left = k.Grids[children[member]].Tier
	for m, c := range children {
		if m != member && k.Grids[c].Partitions() && topo.SharedBorderM(ground, k.Grids[c].Boundary) > 0 {
			p.Members = append(p.Members, m)
		}
	}
	return p
}

// childTier is the tier of the children a fault stands among, or of those that
// are not there.
func (k *inquiry) childTier(p placeFound) int {
	if rank := cmp.Or(p.skipped, p.left); rank > 0 {
		return rank
	}
	return k.Grids[k.firstOf(p)].Tier
}

// firstOf is the first grid at fault, or of a gap the first of those around, of
// all that divide the parent where none is: in whatever order the grids came, the
// uppermost, and of a tier the one with the first code. Around a gap those of
// tiers that must cover the ground go before others.
func (k *inquiry) firstOf(p placeFound) int32 {
	var concerned []int32
	for _, m := range p.Members {
		concerned = append(concerned, p.children[m])
	}
	for _, c := range p.children {
		if len(p.Members) == 0 && k.Grids[c].Partitions() {
			concerned = append(concerned, c)
		}
	}
	return slices.MinFunc(concerned, func(a, b int32) int {
		g, h := &k.Grids[a], &k.Grids[b]
		if must := k.covers(g.Tier); p.Kind == topo.Gap && must != k.covers(h.Tier) {
			return map[bool]int{true: -1, false: 1}[must]
		}
		return cmp.Or(cmp.Compare(g.Tier, h.Tier), cmp.Compare(g.Code, h.Code), cmp.Compare(g.ID, h.ID))
	})
}

// addFault reports p as the finding its kind and size make it.
func (k *inquiry) addFault(p placeFound) {
	rule := map[topo.FaultKind]geo.RuleID{
		topo.InvalidRing: geo.RuleValid, topo.Outside: geo.RuleInside, topo.Overlap: geo.RuleOverlap,
		topo.Duplicate: geo.RuleOverlap, topo.Gap: geo.RuleGap,
	}[p.Kind]
	if rule == "" || k.severity(rule) == "" {
		return
	}
	if rule != geo.RuleValid && !k.exceeds(rule, p.Fault) {
		k.report.Summary.Dust.add(p.AreaM2)
		return
	}
	f := Finding{Rule: rule, Tier: k.tierCode(k.childTier(p)), Region: p.Region, Subject: k.faultSubject(p)}
	f.Evidence = &Evidence{Touches: k.codes(p), WidthM: p.WidthM, Households: k.unplacedIn(p.Region) + p.held}
	if f.Message = faultMessage(p.Fault, f.Evidence); p.Kind == topo.Outside && !k.Grids[k.firstOf(p)].Partitions() {
		f.Message = strayMessage(p.AreaM2)
	}
	switch rule {
	case geo.RuleValid:
		f.At = pointOf(p.At)
	case geo.RuleGap:
		k.addGap(&f, p)
	case geo.RuleOverlap:
		k.report.Summary.Overlaps.add(p.AreaM2)
	}
	if rule != geo.RuleValid {
		f.Measure = &Measure{Value: p.AreaM2, Unit: "m2", Op: "<=", Limit: k.tolerance(rule).AreaM2}
	}
	k.add(f)
}

// addGap says of a gap what it weighs, what would close it, and whether it is
// ground that skips a tier.
func (k *inquiry) addGap(f *Finding, p placeFound) {
	k.report.Summary.Gaps.add(p.AreaM2)
	if p.skipped == 0 {
		if !k.complete(p) {
			f.Severity = geo.Info
		}
		f.Fixes = k.gapFixes(p)
		return
	}
	f.About = f.Tier
	for _, t := range k.Tiers {
		if t.Rank == p.skipped {
			f.Message = skipMessage(k.Grids[k.firstOf(p)].Code, t, p.AreaM2, p.held)
		}
	}
	p.Members = nil // whose tier it is
	for m, c := range p.children {
		if g := &k.Grids[c]; g.Partitions() && g.Tier == p.skipped {
			p.Members = append(p.Members, m)
		}
	}
	f.Fixes = k.gapFixes(p)
}

func (p *Places) add(m2 float64) {
	p.Count++
	p.M2 += m2
}

func (k *inquiry) tolerance(rule geo.RuleID) topo.Tolerance {
	s := k.setting(rule)
	return topo.Tolerance{AreaM2: *s.AreaM2, WidthM: *s.WidthM}
}

func (k *inquiry) exceeds(rule geo.RuleID, f topo.Fault) bool {
	tol := k.tolerance(rule)
	return f.AreaM2 > tol.AreaM2 && f.WidthM > tol.WidthM
}

// complete reports whether the tier the fault stands in must cover its parent.
func (k *inquiry) complete(p placeFound) bool { return k.covers(k.childTier(p)) }

// covers reports whether the grids of a tier must cover their parents.
func (k *inquiry) covers(rank int) bool {
	return slices.ContainsFunc(k.Tiers, func(t geo.Tier) bool { return t.Rank == rank && t.Complete })
}

// faultSubject is the parent whose ground is missing, else the first grid at
// fault.
func (k *inquiry) faultSubject(p placeFound) Subject {
	if p.Kind == topo.Gap || len(p.Members) == 0 {
		return k.subject(p.parent)
	}
	return k.subject(int(k.firstOf(p)))
}

func (k *inquiry) codes(p placeFound) []string {
	var codes []string
	for _, m := range p.Members {
		codes = append(codes, k.Grids[p.children[m]].Code)
	}
	slices.Sort(codes)
	return codes
}

// unplacedIn counts the located households in no grid that lie in region.
func (k *inquiry) unplacedIn(region topo.Shape) int {
	n := 0
	if len(region) == 0 || len(k.Placing.None) == 0 {
		return n
	}
	box := region.Bound()
	for i := range k.Placing.None {
		if at := k.Dwellings.At(i).At; box.Contains(at) && region.Contains(at) {
			n++
		}
	}
	return n
}

// gapFixes offers the ground of a gap to the grid it shares most border with. A
// grid that nobody claims, or that skips the tier, hands over what it holds in
// its place.
func (k *inquiry) gapFixes(p placeFound) []Fix {
	best, length := -1, 0.0
	for _, m := range p.Members {
		c := int(p.children[m])
		l := topo.SharedBorderM(p.Region, k.Grids[c].Boundary)
		if l > length || best >= 0 && l == length && k.Grids[c].Code < k.Grids[best].Code {
			best, length = c, l
		}
	}
	if best < 0 {
		return nil
	}
	edit := "fill"
	if p.stands {
		edit = "transfer"
	}
	return []Fix{{Do: "assign_to", Grid: k.Grids[best].Code, SharedEdgeM: length, Edit: edit}}
}

// takeWrongParents turns a grid that lies outside its parent and inside
// another of the same tier into one finding of GEO-7, and takes away the gap
// that it leaves where it lies. The other faults are returned.
func (k *inquiry) takeWrongParents(found []placeFound) []placeFound {
	dropped := map[int]bool{}
	for i, p := range found {
		if p.Kind != topo.Outside || len(p.Members) != 1 {
			continue
		}
		child := int(p.children[p.Members[0]])
		if !k.Grids[child].Partitions() {
			continue // belongs nowhere but in the territory
		}
		whole := k.Grids[child].Boundary.AreaM2()
		if p.AreaM2 < whole*0.999 {
			continue
		}
		at := k.Grids[child].Boundary.InteriorPoint()
		home := k.holder(k.Grids[p.parent].Tier, at)
		if home < 0 || home == p.parent {
			continue
		}
		dropped[i] = true
		for j, o := range found {
			if o.Kind == topo.Gap && o.parent == home && o.Region.Contains(at) && o.AreaM2 < whole*1.001 {
				dropped[j] = true
			}
		}
		k.addWrongParent(child, home, p)
	}
	var rest []placeFound
	for i, p := range found {
		if !dropped[i] {
			rest = append(rest, p)
		}
	}
	return rest
}

// holder finds the general grid of a tier that holds p, of several the one with
// the first code, -1 for none.
func (k *inquiry) holder(tier int, p topo.Point) int {
	first := -1
	for i := range k.Grids {
		g := &k.Grids[i]
		if g.Tier == tier && g.Kind == geo.General && (first < 0 || g.Code < k.Grids[first].Code) && g.Boundary.Contains(p) {
			first = i
		}
	}
	return first
}

func (k *inquiry) addWrongParent(child, home int, p placeFound) {
	k.add(Finding{
		Rule: geo.RuleWrongParent, Tier: k.tierCode(k.Grids[child].Tier), Subject: k.subject(child), Region: p.Region,
		Measure:  &Measure{Value: p.AreaM2, Unit: "m2", Op: "<=", Limit: k.tolerance(geo.RuleInside).AreaM2},
		Evidence: &Evidence{Touches: []string{k.Grids[home].Code}},
		Message:  wrongParentMessage(k.Grids[p.parent].Code, k.Grids[home].Code),
		Fixes:    []Fix{{Do: "move_to", Grid: k.Grids[home].Code}},
	})
}

// checkUndrawn asks GEO-10.
func (k *inquiry) checkUndrawn() {
	for i := range k.Grids {
		if k.Grids[i].Boundary == nil && k.asks(geo.RuleUndrawn, i) {
			k.add(Finding{Rule: geo.RuleUndrawn, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: undrawnMessage})
		}
	}
}

// checkCodes asks COD-2.
func (k *inquiry) checkCodes() {
	type use struct {
		code string
		tier int
	}
	seen := make(map[use]bool, len(k.Grids))
	for i := range k.Grids {
		u := use{code: k.Grids[i].Code}
		if k.q.CodesPerTier {
			u.tier = k.Grids[i].Tier
		}
		if seen[u] && k.asked(i) {
			k.add(Finding{Rule: geo.RuleDuplicate, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: duplicateMessage(u.code)})
		}
		seen[u] = true
	}
}
