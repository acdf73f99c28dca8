package check

import "gridmap/geo"

import "slices"

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
			k.checkDedicated(i)
			continue
		}
		if g.Kind != geo.General || !k.IsGrid(i) {
			continue
		}
		if t.Posts == 0 && k.mustStaff(g.Tier) {
			k.report.Summary.GridsWithoutWorker++
			k.add(Finding{Rule: geo.RuleUnstaffed, Severity: k.unstaffedSeverity(g.Tier), Tier: k.tierCode(g.Tier),
				Subject: k.subject(i), Message: unstaffedMessage,
				Measure: &Measure{Value: 0, Unit: "workers", Op: ">=", Limit: 1}})
		}
		if t.GridWorkers > 0 && t.Households > limit*t.GridWorkers {
			k.addLoad(i, t, limit)
		}
	}
	k.checkPosts()
}

// mustStaff reports whether STF-1 is asked of the tier: by the tier's own
// switch, or by the tiers the question lists.
func (k *inquiry) mustStaff(rank int) bool {
	if s := k.setting(geo.RuleUnstaffed); len(s.Tiers) > 0 {
		return slices.Contains(s.Tiers, k.tierCode(rank))
	}
	return k.tier(rank).NeedsWorker
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

// checkRatio asks STF-3 of every unit that a standard and a population speak
// of. Everything is counted in integers: a fraction short is short.
func (k *inquiry) checkRatio() {
	standards := k.ratioStandards()
	if len(standards) == 0 {
		k.skip[geo.RuleRatio] = "no staffing standard holds on the day"
		return
	}
	units := 0
	for _, s := range standards {
		for i := range k.Grids {
			if k.Grids[i].Tier != s.Tier || k.Grids[i].Kind != geo.General || !k.asked(i) {
				continue
			}
			if residents, ok := k.population(i, s.Basis); ok {
				units++
				k.addUnit(i, s, residents.Value)
			}
		}
	}
	if units == 0 {
		k.skip[geo.RuleRatio] = "no population on the basis of the standard"
	}
}

// ratioStandards returns the standards of STF-3 on the day, as the question
// changes them. A question that states a ratio where no standard stands asks
// it of the tops of the scope.
func (k *inquiry) ratioStandards() []geo.Standard {
	var standards []geo.Standard
	for _, s := range k.Standards {
		if s.Rule == geo.RuleRatio && s.Valid.Holds(k.AsOf) {
			standards = append(standards, s)
		}
	}
	set := k.setting(geo.RuleRatio)
	if len(standards) == 0 && set.Per > 0 {
		standards = []geo.Standard{{Rule: geo.RuleRatio, Basis: geo.UrbanResident, Tier: k.Grids[k.tops[0]].Tier}}
	}
	for i := range standards {
		if set.Per > 0 {
			standards[i].Workers, standards[i].Residents = set.Min, set.Per
		}
		if len(set.Roles) > 0 {
			standards[i].Roles = set.Roles
		}
		if k.q.Basis != "" {
			standards[i].Basis = k.q.Basis
		}
	}
	return standards
}

// population returns the people of the unit at i on a basis: the newest
// published count not after the day, else the households' own count where the
// basis is one that households have.
func (k *inquiry) population(i int, basis geo.Basis) (PopulationFigure, bool) {
	newest := -1
	for j := range k.Populations {
		p := &k.Populations[j]
		if p.Unit == k.Grids[i].ID && p.Basis == basis && p.AsOf <= k.AsOf && (newest < 0 || p.AsOf > k.Populations[newest].AsOf) {
			newest = j
		}
	}
	switch {
	case newest >= 0:
		return PopulationFigure{k.Populations[newest].Value, basis, k.Populations[newest].AsOf}, true
	case len(k.Dwellings) > 0 && basis == geo.Resident:
		return PopulationFigure{k.Tallies[i].Resident, basis, k.AsOf}, true
	case len(k.Dwellings) > 0 && basis == geo.Registered:
		return PopulationFigure{k.Tallies[i].Registered, basis, k.AsOf}, true
	}
	return PopulationFigure{}, false
}

func (k *inquiry) addUnit(i int, s geo.Standard, residents int64) {
	workers := k.PersonsIn(i, s.Roles)
	u := UnitReport{
		Code: k.Grids[i].Code, Name: k.Grids[i].Name.ZH, NameEN: k.Grids[i].Name.EN, Tier: k.tierCode(k.Grids[i].Tier),
		Population: residents, Basis: s.Basis, Workers: workers,
		Required: s.Required(residents), Short: s.Shortfall(workers, residents),
		RatioPer10k:         cut2(workers*10_000*100, residents),
		HouseholdsPerWorker: cut2(k.Tallies[i].Households*100, k.Tallies[i].GridWorkers),
		Rule:                geo.RuleRatio, Status: "ok",
	}
	if severity := k.severity(geo.RuleRatio); u.Short > 0 && severity != "" {
		u.Status = string(severity)
		k.add(Finding{
			Rule: geo.RuleRatio, Tier: u.Tier, Subject: k.subject(i),
			Measure: &Measure{Value: float64(workers), Unit: "workers", Op: ">=", Limit: float64(u.Required)},
			Message: ratioMessage(u, s),
		})
	}
	k.report.Units = append(k.report.Units, u)
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
	if standards := k.ratioStandards(); basis == "" && len(standards) > 0 {
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
			Total: int64(len(k.Dwellings)), Located: p.Located, InNone: int64(len(p.None)),
			InMany: int64(len(k.Many)), Outside: int64(len(p.Misplaced)), Resident: k.Tallies[0].Resident,
		}
		h.InOne = h.Located - h.InNone - h.InMany
		return h
	}
	var h HouseholdCount
	for i := range k.Dwellings {
		if !k.dwellingInScope(i) {
			continue
		}
		h.Total++
		_, many := k.Many[i]
		_, misplaced := k.Placing.Misplaced[i]
		switch {
		case !k.Dwellings[i].Located:
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
		h.Resident += int64(k.Dwellings[i].Resident)
	}
	return h
}
