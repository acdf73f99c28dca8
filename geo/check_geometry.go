package geo

import (
	"slices"

	"gridmap/geo/topo"
)

// SiblingFaults is where the general children of one grid fail to partition
// it, with no tolerance applied.
type SiblingFaults struct {
	Children []int32 // positions; the members of each fault index this
	Faults   []topo.Fault
}

// FindFaults proves the general children of the grid at parent, or finds where
// they fail. Children without a boundary take no part; where a child of a
// parent is undrawn, the ground it should take shows as a gap no more than the
// plan can know, so gaps are left out.
func FindFaults(s *Snapshot, tree *Tree, parent int) SiblingFaults {
	var found SiblingFaults
	var shapes []topo.Shape
	undrawn := false
	for _, c := range tree.Children(parent) {
		g := &s.Grids[c]
		switch {
		case g.Kind != General:
		case g.Boundary == nil:
			undrawn = true
		default:
			found.Children = append(found.Children, c)
			shapes = append(shapes, g.Boundary)
		}
	}
	if len(shapes) == 0 {
		return found
	}
	faults, dust := topo.Faults(s.Grids[parent].Boundary, shapes, topo.DefaultTolerance)
	found.Faults = append(faults, dust...)
	if undrawn {
		found.Faults = slices.DeleteFunc(found.Faults, func(f topo.Fault) bool { return f.Kind == topo.Gap })
	}
	return found
}

// placeFound is a fault with the grid whose children it stands among.
type placeFound struct {
	parent   int
	children []int32
	topo.Fault
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
			p := placeFound{i, sf.Children, f}
			first := &k.Grids[sf.Children[0]]
			if rank := k.childTier(p); k.tiers[rank] && k.q.asksKind(first, k.tierCode(rank)) {
				found = append(found, p)
			}
		}
	}
	for _, p := range k.takeWrongParents(found) {
		k.addFault(p)
	}
}

// childTier is the tier of the children a fault stands among.
func (k *inquiry) childTier(p placeFound) int {
	if len(p.Members) > 0 {
		return k.Grids[p.children[p.Members[0]]].Tier
	}
	return k.Grids[p.children[0]].Tier
}

// addFault reports p as the finding its kind and size make it.
func (k *inquiry) addFault(p placeFound) {
	rule := map[topo.FaultKind]RuleID{
		topo.InvalidRing: RuleValid, topo.Outside: RuleInside, topo.Overlap: RuleOverlap,
		topo.Duplicate: RuleOverlap, topo.Gap: RuleGap,
	}[p.Kind]
	if rule == "" || k.severity(rule) == "" {
		return
	}
	if rule != RuleValid && !k.exceeds(rule, p.Fault) {
		k.report.Summary.Dust.add(p.AreaM2)
		return
	}
	f := Finding{Rule: rule, Tier: k.tierCode(k.childTier(p)), Region: p.Region, Subject: k.faultSubject(p)}
	f.Evidence = &Evidence{Touches: k.codes(p), WidthM: p.WidthM, Households: k.unplacedIn(p.Region)}
	f.Message = faultMessage(p.Fault, f.Evidence)
	switch rule {
	case RuleValid:
		f.At = pointOf(p.At)
	case RuleGap:
		if !k.complete(p) {
			f.Severity = Info
		}
		k.report.Summary.Gaps.add(p.AreaM2)
		f.Fixes = k.gapFixes(p)
	case RuleOverlap:
		k.report.Summary.Overlaps.add(p.AreaM2)
	}
	if rule != RuleValid {
		f.Measure = &Measure{Value: p.AreaM2, Unit: "m2", Op: "<=", Limit: k.tolerance(rule).AreaM2}
	}
	k.add(f)
}

func (p *Places) add(m2 float64) {
	p.Count++
	p.M2 += m2
}

func (k *inquiry) tolerance(rule RuleID) topo.Tolerance {
	tol, s := topo.DefaultTolerance, k.q.Rules[rule]
	if s.AreaM2 != nil {
		tol.AreaM2 = *s.AreaM2
	}
	if s.WidthM != nil {
		tol.WidthM = *s.WidthM
	}
	return tol
}

func (k *inquiry) exceeds(rule RuleID, f topo.Fault) bool {
	tol := k.tolerance(rule)
	return f.AreaM2 > tol.AreaM2 && f.WidthM > tol.WidthM
}

// complete reports whether the tier the fault stands in must cover its parent.
func (k *inquiry) complete(p placeFound) bool {
	for _, t := range k.Tiers {
		if t.Rank == k.childTier(p) {
			return t.Complete
		}
	}
	return false
}

// faultSubject is the parent whose ground is missing, else the first grid at
// fault.
func (k *inquiry) faultSubject(p placeFound) Subject {
	if p.Kind == topo.Gap || len(p.Members) == 0 {
		return k.subject(p.parent)
	}
	return k.subject(int(p.children[p.Members[0]]))
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
		if at := k.Dwellings[i].At; box.Contains(at) && region.Contains(at) {
			n++
		}
	}
	return n
}

// gapFixes offers the ground of a gap to the grid it shares most border with.
func (k *inquiry) gapFixes(p placeFound) []Fix {
	best, length := -1, 0.0
	for _, m := range p.Members {
		if l := topo.SharedBorderM(p.Region, k.Grids[p.children[m]].Boundary); l > length {
			best, length = int(p.children[m]), l
		}
	}
	if best < 0 {
		return nil
	}
	return []Fix{{Do: "assign_to", Grid: k.Grids[best].Code, SharedEdgeM: length}}
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

// holder finds the general grid of a tier that holds p, -1 for none.
func (k *inquiry) holder(tier int, p topo.Point) int {
	for i := range k.Grids {
		if g := &k.Grids[i]; g.Tier == tier && g.Kind == General && g.Boundary.Contains(p) {
			return i
		}
	}
	return -1
}

func (k *inquiry) addWrongParent(child, home int, p placeFound) {
	k.add(Finding{
		Rule: RuleWrongParent, Tier: k.tierCode(k.Grids[child].Tier), Subject: k.subject(child), Region: p.Region,
		Measure:  &Measure{Value: p.AreaM2, Unit: "m2", Op: "<=", Limit: k.tolerance(RuleInside).AreaM2},
		Evidence: &Evidence{Touches: []string{k.Grids[home].Code}},
		Message:  wrongParentMessage(k.Grids[p.parent].Code, k.Grids[home].Code),
	})
}

// checkUndrawn asks GEO-10.
func (k *inquiry) checkUndrawn() {
	for i := range k.Grids {
		if k.Grids[i].Boundary == nil && k.asked(i) {
			k.add(Finding{Rule: RuleUndrawn, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: undrawnMessage})
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
			k.add(Finding{Rule: RuleDuplicate, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: duplicateMessage(u.code)})
		}
		seen[u] = true
	}
}
