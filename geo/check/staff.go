package check

import (
	"slices"

	"gridmap/geo"
)

// checkStaff asks STF-1, STF-6, STF-7 and STF-9.
func (k *inquiry) checkStaff() {
	if len(k.Workers) == 0 {
		for _, rule := range []geo.RuleID{geo.RuleUnstaffed, geo.RuleExpired, geo.RuleLoad, geo.RuleDedicated} {
			k.skip[rule] = "no workers"
		}
		return
	}
	limit := k.setting(geo.RuleLoad).Max
	for i := range k.Grids {
		g, t := &k.Grids[i], &k.Tallies[i]
		if !k.asked(i) || g.Rest {
			continue
		}
		if g.Kind == geo.Dedicated {
			if k.asks(geo.RuleDedicated, i) {
				k.checkDedicated(i)
			}
			continue
		}
		if g.Kind != geo.General || !k.IsGrid(i) {
			continue
		}
		if t.Posts == 0 && k.mustStaff(g) {
			k.report.Summary.GridsWithoutWorker++
			k.add(Finding{Rule: geo.RuleUnstaffed, Severity: k.unstaffedSeverity(g.Tier), Tier: k.tierCode(g.Tier),
				Subject: k.subject(i), Message: unstaffedMessage,
				Measure: &Measure{Value: 0, Unit: "workers", Op: ">=", Limit: 1},
				Fixes:   []Fix{{Do: "assign_worker", Grid: g.Code}}})
		}
		if t.GridWorkers > 0 && t.Households > limit*t.GridWorkers && k.asks(geo.RuleLoad, i) {
			k.addLoad(i, t, limit)
		}
	}
	k.checkPosts()
}

// mustStaff reports whether STF-1 is asked of the grid: by its tier's own
// switch, or by the tiers that the profile or the question lists, and in the
// settings that they list.
func (k *inquiry) mustStaff(g *geo.Grid) bool {
	s := k.setting(geo.RuleUnstaffed)
	if len(s.Settings) > 0 && !slices.Contains(s.Settings, g.Setting) {
		return false
	}
	if len(s.Tiers) > 0 {
		return slices.Contains(s.Tiers, k.tierCode(g.Tier))
	}
	return k.tier(g.Tier).NeedsWorker
}

func (k *inquiry) unstaffedSeverity(rank int) geo.Severity {
	if k.tier(rank).NeedsWorker {
		return geo.Error
	}
	return geo.Info
}

func (k *inquiry) addLoad(i int, t *geo.Tally, limit int64) {
	k.add(Finding{
		Rule: geo.RuleLoad, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i),
		Measure: &Measure{Value: *cut2(t.Households*100, t.GridWorkers), Unit: "households per worker", Op: "<=", Limit: float64(limit)},
		Message: loadMessage(t.Households, t.GridWorkers, limit),
	})
}

func (k *inquiry) checkDedicated(i int) {
	if k.Tallies[i].Posts == 0 || k.Grids[i].Owner == "" {
		k.add(Finding{Rule: geo.RuleDedicated, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: dedicatedMessage})
	}
}

// checkPosts asks STF-6: an active worker should hold a post on the day.
func (k *inquiry) checkPosts() {
	if k.tops[0] != 0 {
		return // a worker without a post belongs to the whole territory
	}
	for w := range k.Workers {
		worker := &k.Workers[w]
		if len(k.PostsOf(w)) == 0 && worker.Active.Holds(k.AsOf) {
			k.add(Finding{Rule: geo.RuleExpired, Subject: Subject{Type: "worker", ID: int64(worker.ID), Code: worker.Number}, Message: expiredMessage})
		}
	}
}

// summarise fills the figures of the report.
func (k *inquiry) summarise() {
	s := &k.report.Summary
	s.Grids = k.countGrids()
	for _, top := range k.tops {
		s.AreaM2 += k.Grids[top].Boundary.AreaM2()
	}
	s.CoveredM2 = max(0, s.AreaM2-s.Gaps.M2)
	s.CoveredPct = percent(s.CoveredM2, s.AreaM2)
	s.Households = k.countHouseholds()
	basis := k.q.Basis
	if standards := k.standardsOf(geo.RuleRatio); basis == "" && len(standards) > 0 {
		basis = standards[0].Basis
	}
	if basis == "" {
		basis = geo.Resident
	}
	if p, ok := k.population(k.tops[0], basis); ok && len(k.tops) == 1 {
		s.Population = &p
	}
	s.Workers.ByRole = map[string]int64{}
	for r, role := range k.Roles {
		for _, top := range k.tops {
			s.Workers.ByRole[role.Code] += k.Tallies[top].ByRole[r]
		}
	}
}

// countGrids counts the grids in scope by tier, and apart those that overlay
// and those not drawn.
func (k *inquiry) countGrids() map[string]int {
	counts := map[string]int{}
	for i := range k.Grids {
		g := &k.Grids[i]
		if !k.asked(i) || g.Rest {
			continue
		}
		if g.Kind == geo.General {
			counts[k.tierCode(g.Tier)]++
		} else {
			counts[string(g.Kind)]++
		}
		if g.Boundary == nil {
			counts["undrawn"]++
		}
	}
	return counts
}

func (k *inquiry) countHouseholds() HouseholdCount {
	if k.tops[0] == 0 {
		p := &k.Placing
		h := HouseholdCount{
			Total: int64(k.Dwellings.Len()), Located: p.Located, InNone: int64(len(p.None)),
			InMany: int64(len(k.Many)), Outside: int64(len(p.Misplaced)), Resident: k.Tallies[0].Resident,
		}
		h.InOne = h.Located - h.InNone - h.InMany
		return h
	}
	var h HouseholdCount
	for i := range k.Dwellings.Len() {
		if !k.dwellingInScope(i) {
			continue
		}
		h.Total++
		_, many := k.Many[i]
		_, misplaced := k.Placing.Misplaced[i]
		switch {
		case !k.Dwellings.At(i).Located:
			continue
		case k.Leaf[i] < 0:
			h.InNone++
		case many:
			h.InMany++
		default:
			h.InOne++
		}
		h.Located++
		if misplaced {
			h.Outside++
		}
		h.Resident += int64(k.Dwellings.At(i).Resident)
	}
	return h
}
