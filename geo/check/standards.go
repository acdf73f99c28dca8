package check

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"gridmap/geo"
)

// byStandard are the rules that standards set, in the order of their units in a
// report, each with why it is not asked where there is none.
var byStandard = []struct {
	rule geo.RuleID
	none string
}{
	{geo.RuleRatio, "no staffing standard holds on the day"},
	{geo.RuleSteps, "no step quota holds on the day"},
	{geo.RulePosts, "no band of posts holds on the day"},
	{geo.RuleOneWorker, ""}, // asked of every grid where there is none
	{geo.RuleReach, "no limits for types of facilities hold on the day"},
}

// noPopulation is why a standard is not asked that goes by people nobody counts.
const noPopulation = "no population on the basis of the standard"

// checkStandards asks STF-2 to STF-5 and COV-7 of every unit that a standard
// speaks of. Everything is counted in integers: a fraction short is short.
func (k *inquiry) checkStandards() {
	for _, b := range byStandard {
		standards := k.standardsOf(b.rule)
		if len(standards) == 0 && b.none != "" {
			k.skip[b.rule] = b.none
			if k.setting(b.rule).Per > 0 { // the ratio built in
				k.skip[b.rule] = noPopulation
			}
		}
		if k.severity(b.rule) == "" {
			continue
		}
		units, blank := 0, ""
		for i := range standards {
			asked, because := k.checkStandard(&standards[i])
			units, blank = units+asked, cmp.Or(blank, because)
		}
		if blank != "" {
			k.skip[b.rule] = blank
		} else if len(standards) > 0 && units == 0 {
			k.skip[b.rule] = "no unit is of the tier and setting of the standard"
		}
	}
}

// standardsOf returns the standards of a rule on the day, as the profile and the
// question change them. Where these state limits and no standard stands, the
// limits are asked of the tiers they list, or of the tops of the scope.
func (k *inquiry) standardsOf(rule geo.RuleID) []geo.Standard {
	var standards []geo.Standard
	for _, s := range k.Standards {
		if s.Rule == rule && s.Valid.Holds(k.AsOf) {
			standards = append(standards, s)
		}
	}
	set := k.setting(rule)
	if len(standards) == 0 {
		standards = k.statedStandards(rule, set)
	} else if asked, ok := k.q.Rules[rule]; ok && len(asked.Tiers) > 0 {
		standards = k.spread(standards, asked.Tiers)
	}
	if len(set.Facilities) > 0 {
		standards = slices.DeleteFunc(standards, func(s geo.Standard) bool { return !slices.Contains(set.Facilities, s.Facility) })
	}
	for i := range standards {
		s := &standards[i]
		overrule(s, set)
		if k.q.Basis != "" && s.ByPeople() {
			s.Basis = k.q.Basis
		}
	}
	return standards
}

// spread asks standards of the units of other tiers: of each tier those that
// speak of it, else those of the nearest tier above that has any, else those of
// the highest. A norm of the county so shows which townships fall short of it.
func (k *inquiry) spread(standards []geo.Standard, tiers []string) []geo.Standard {
	highest := slices.MinFunc(standards, func(a, b geo.Standard) int { return cmp.Compare(a.Tier, b.Tier) }).Tier
	var list []geo.Standard
	for _, t := range k.Tiers {
		if !slices.Contains(tiers, t.Code) {
			continue
		}
		from := highest
		for i := range standards {
			if at := standards[i].Tier; at <= t.Rank {
				from = max(from, at)
			}
		}
		for _, s := range standards {
			if s.Tier == from {
				s.Tier = t.Rank
				list = append(list, s)
			}
		}
	}
	return list
}

// overrule puts the limits of a setting in the place of a standard's own.
func overrule(s *geo.Standard, set *geo.RuleSetting) {
	switch kind := s.Kind(); {
	case kind == geo.RatioForm && set.Per > 0:
		s.Workers, s.Residents = set.Min, set.Per
	case kind == geo.StepsForm && len(set.Steps) > 0:
		s.Steps = set.Steps
	case kind == geo.BandForm && set.Min+set.Max > 0:
		s.Min, s.Max = set.Min, set.Max
	case kind == geo.ReachForm:
		s.Max, s.DetourPermille = cmp.Or(set.Max, s.Max), cmp.Or(set.DetourPermille, s.DetourPermille)
	}
	if len(set.Roles) > 0 && s.Rule != geo.RuleReach {
		s.Roles = set.Roles
	}
}

// statedStandards makes standards of the limits that a setting states; of the
// ratio built in only where its population is known, or one is asked by.
func (k *inquiry) statedStandards(rule geo.RuleID, set *geo.RuleSetting) []geo.Standard {
	blank := geo.Standard{Rule: rule, Source: set.Source}
	switch {
	case rule == geo.RuleRatio && set.Per > 0:
		blank.Form, blank.Basis = geo.RatioForm, geo.UrbanResident
		if k.stated[rule].Per == 0 && k.q.Basis == "" && !slices.ContainsFunc(k.Populations, func(p geo.Population) bool { return p.Basis == blank.Basis }) {
			return nil
		}
	case rule == geo.RuleSteps && len(set.Steps) > 0:
		blank.Form, blank.Basis = geo.StepsForm, geo.Resident
	case rule == geo.RulePosts && set.Min+set.Max > 0:
		blank.Form = geo.BandForm
	case rule == geo.RuleReach && set.Max > 0:
		blank.Form = geo.ReachForm
	default:
		return nil
	}
	var made []geo.Standard
	for _, tier := range k.Tiers {
		if len(set.Tiers) > 0 && !slices.Contains(set.Tiers, tier.Code) || len(set.Tiers) == 0 && tier.Rank != k.Grids[k.tops[0]].Tier {
			continue
		}
		blank.Tier = tier.Rank
		if rule != geo.RuleReach {
			made = append(made, blank)
			continue
		}
		for _, kind := range k.facilityTypes() {
			blank.Facility = kind
			made = append(made, blank)
		}
	}
	return made
}

// facilityTypes returns the types of facilities there are on the day, in order.
func (k *inquiry) facilityTypes() []string {
	var types []string
	for i := range k.Facilities {
		if f := &k.Facilities[i]; f.Valid.Holds(k.AsOf) {
			types = append(types, f.Type)
		}
	}
	slices.Sort(types)
	return slices.Compact(types)
}

// unitsOf returns the units of which a standard is asked.
func (k *inquiry) unitsOf(s *geo.Standard) []int {
	var units []int
	for i := range k.Grids {
		g := &k.Grids[i]
		if g.Tier == s.Tier && g.Kind == geo.General && !g.Rest && k.asks(s.Rule, i) &&
			(len(s.Settings) == 0 || slices.Contains(s.Settings, g.Setting)) {
			units = append(units, i)
		}
	}
	return units
}

// A reckoning is what one standard finds in one unit.
type reckoning struct {
	people PopulationFigure // that the standard asks by, without a basis where it asks by none
	have   int64            // of what it counts, fractions cut
	need   int64
	short  int64
	over   int64
	value  float64 // what was measured, where that is not have
	unit   string
	op     string
	limit  float64
	homes  int      // households the finding speaks of
	names  []string // facilities it speaks of
}

// checkStandard asks a standard of its units. It returns how many there were,
// and why some of them could not be asked.
func (k *inquiry) checkStandard(s *geo.Standard) (units int, because string) {
	reckon, because := k.reckoner(s)
	if reckon == nil {
		return 0, because
	}
	sum := StandardSummary{Rule: s.Rule, Form: s.Kind(), Tier: k.tierCode(s.Tier), Facility: s.Facility, Roles: s.Roles, Source: s.Source}
	blank := 0
	for _, i := range k.unitsOf(s) {
		r, ok := reckon(i)
		if units++; !ok {
			blank++
			continue
		}
		k.addUnit(i, s, &r)
		sum.add(&r)
	}
	if blank > 0 {
		because = fmt.Sprintf("%d of %d units have no %s", blank, units, map[bool]string{true: "population on the basis " + string(s.Basis), false: "residents with a place"}[s.ByPeople()])
		if blank == units {
			because = noPopulation
		}
	}
	k.report.Summary.Standards = append(k.report.Summary.Standards, sum)
	return units, because
}

// reckoner returns what works out a standard for a unit, which is false where
// the unit cannot be asked; nil and why where none can.
func (k *inquiry) reckoner(s *geo.Standard) (func(unit int) (reckoning, bool), string) {
	if s.Rule == geo.RuleReach {
		return k.facilityReckoner(s)
	}
	staff := k.StaffBy(s.Counts())
	among := func(int) int64 { return 0 }
	if s.Kind() == geo.ShareForm {
		among = k.StaffBy(s.CountsAmong())
	}
	return func(unit int) (reckoning, bool) {
		r, have := reckoning{}, staff(unit)
		if s.ByPeople() {
			var ok bool
			if r.people, ok = k.population(unit, s.Basis); !ok {
				return r, false
			}
			r.need = s.Required(r.people.Value)
		} else {
			r.need = s.Required(among(unit))
		}
		if s.FullPosts { // have and among are thousandths
			if s.Kind() == geo.ShareForm {
				r.need = ceilDiv(r.need, 1000)
			}
			r.have, r.short = have/1000, max(0, ceilDiv(r.need*1000-have, 1000))
			r.over = s.Over(ceilDiv(have, 1000))
		} else {
			r.have, r.short, r.over = have, max(0, r.need-have), s.Over(have)
		}
		return r, true
	}, ""
}

// ceilDiv divides, a fraction counting as a whole one; 0 for what is negative.
func ceilDiv(n, by int64) int64 { return (max(0, n) + by - 1) / by }

// population returns the people of the unit at i on a basis: the newest
// published count not after the day, else the households' own count where the
// basis is one that households have.
func (k *inquiry) population(i int, basis geo.Basis) (PopulationFigure, bool) {
	if k.published == nil {
		k.published = make(map[peopleOf]*geo.Population, len(k.Populations))
		for j := range k.Populations {
			p := &k.Populations[j]
			at := peopleOf{p.Unit, p.Basis}
			if old := k.published[at]; p.AsOf <= k.AsOf && (old == nil || p.AsOf > old.AsOf) {
				k.published[at] = p
			}
		}
	}
	newest := k.published[peopleOf{k.Grids[i].ID, basis}]
	switch {
	case newest != nil:
		return PopulationFigure{newest.Value, basis, newest.AsOf}, true
	case k.Dwellings.Len() > 0 && basis == geo.Resident:
		return PopulationFigure{k.Tallies[i].Resident, basis, k.AsOf}, true
	case k.Dwellings.Len() > 0 && basis == geo.Registered:
		return PopulationFigure{k.Tallies[i].Registered, basis, k.AsOf}, true
	}
	return PopulationFigure{}, false
}

// peopleOf tells published populations apart.
type peopleOf struct {
	unit  geo.GridID
	basis geo.Basis
}

// addUnit reports the unit at i, and what it lacks as a finding.
func (k *inquiry) addUnit(i int, s *geo.Standard, r *reckoning) {
	u := UnitReport{
		Code: k.Grids[i].Code, Name: k.Grids[i].Name.ZH, NameEN: k.Grids[i].Name.EN, Tier: k.tierCode(k.Grids[i].Tier),
		Rule: s.Rule, Form: s.Kind(), Facility: s.Facility, About: aboutOf(s), Counts: countsOf(s),
		Workers: r.have, Actual: r.have,
		Required: r.need, Short: r.short, Over: r.over, Status: "ok",
		RatioPer10k:         cut2(r.have*10_000*100, r.people.Value),
		HouseholdsPerWorker: cut2(k.Tallies[i].Households*100, k.Tallies[i].GridWorkers),
	}
	if people := r.people; people.Basis != "" {
		u.Population, u.Basis = &people.Value, &people.Basis
	}
	if s.Rule == geo.RuleReach {
		u.Workers, u.RatioPer10k = k.Tallies[i].Workers, nil
	}
	if r.short+r.over > 0 {
		u.Status = string(k.severity(s.Rule))
		f := Finding{Rule: s.Rule, Tier: u.Tier, Subject: k.subject(i), About: u.About, Message: standardMessage(&u, s, r),
			Measure: &Measure{Value: float64(r.have), Unit: u.Counts, Op: ">=", Limit: float64(r.need)}}
		switch {
		case r.unit != "":
			f.Measure = &Measure{Value: r.value, Unit: r.unit, Op: r.op, Limit: r.limit}
			f.Evidence = &Evidence{Households: r.homes}
		case r.over > 0:
			f.Measure.Op, f.Measure.Limit = "<=", float64(s.Max)
		}
		k.add(f)
	}
	k.report.Units = append(k.report.Units, u)
}

// What units of a report count.
const (
	countsWorkers    = "workers"
	countsFullPosts  = "full_posts"
	countsFacilities = "facilities"
	countsResidents  = "residents"
)

func countsOf(s *geo.Standard) string {
	switch {
	case s.Kind() == geo.ReachForm:
		return countsResidents
	case s.Rule == geo.RuleReach:
		return countsFacilities
	case s.FullPosts:
		return countsFullPosts
	}
	return countsWorkers
}

// aboutOf tells findings of one rule about one unit apart. Of a ratio there is
// one a unit.
func aboutOf(s *geo.Standard) string {
	if s.Rule == geo.RuleRatio {
		return ""
	}
	words := append([]string{string(s.Kind()), s.Facility, string(s.Employment)}, s.Roles...)
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}

func (s *StandardSummary) add(r *reckoning) {
	s.Units++
	if r.short+r.over == 0 {
		s.Met++
	}
	s.Required, s.Actual, s.Short, s.Over = s.Required+r.need, s.Actual+r.have, s.Short+r.short, s.Over+r.over
}
