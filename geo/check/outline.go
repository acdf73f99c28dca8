package check

import (
	"math"

	"gridmap/geo"
)

// An Outline is a report in figures that can be added up over territories.
// Every one but the areas is an integer.
type Outline struct {
	Pass  bool         `json:"pass"`
	Worst geo.Severity `json:"worst,omitempty"`

	Grids     map[string]int64 `json:"grids"` // by tier code; also dedicated, task, undrawn
	AreaM2    float64          `json:"area_m2"`
	MissingM2 float64          `json:"missing_m2"` // ground of the area that no grid covers
	// CoveredPct is cut, so that 100 means nothing missing anywhere.
	CoveredPct float64        `json:"covered_pct"`
	Gaps       int64          `json:"gaps"`
	Overlaps   int64          `json:"overlaps"`
	Households HouseholdCount `json:"households"`
	// Population holds the people by basis: figures of two bases are never
	// added to each other.
	Population         map[geo.Basis]int64 `json:"population"`
	Workers            map[string]int64    `json:"workers"` // persons by role
	GridsWithoutWorker int64               `json:"grids_without_worker"`

	// Standards counts units by rule and tier: a township's shortfall is not
	// added to its county's. Rules that ask several things, STF-2 and COV-7, stand
	// with what they are about: residents are not added to facilities.
	Standards map[geo.RuleID]map[string]Shortage `json:"standards"`
	// Findings counts those not waived, by severity and by rule.
	Findings map[geo.Severity]int64 `json:"findings"`
	Rules    map[geo.RuleID]int64   `json:"rules"`
	Waived   int64                  `json:"waived"`
}

// A Shortage is how units stand against one rule: how many were asked, how many
// of them fall short, and what is required, there and missing altogether.
type Shortage struct {
	Units    int64 `json:"units"`
	Failing  int64 `json:"failing"`
	Required int64 `json:"required"`
	Actual   int64 `json:"actual"`
	Short    int64 `json:"short"`
}

func blankOutline() Outline {
	return Outline{
		Grids: map[string]int64{}, Population: map[geo.Basis]int64{}, Workers: map[string]int64{},
		Standards: map[geo.RuleID]map[string]Shortage{}, Findings: map[geo.Severity]int64{}, Rules: map[geo.RuleID]int64{},
	}
}

// Add adds what o counts to the outline of several territories. The zero
// Outline is that of none.
func (sum *Outline) Add(o Outline) {
	if sum.Grids == nil {
		*sum = blankOutline()
		sum.Pass, sum.CoveredPct = true, 100
	}
	addAll(sum.Grids, o.Grids)
	addAll(sum.Population, o.Population)
	addAll(sum.Workers, o.Workers)
	addAll(sum.Findings, o.Findings)
	addAll(sum.Rules, o.Rules)
	sum.Pass = sum.Pass && o.Pass
	if heavier(o.Worst, sum.Worst) {
		sum.Worst = o.Worst
	}
	sum.AreaM2 += o.AreaM2
	sum.MissingM2 += o.MissingM2
	sum.CoveredPct = percentMissing(sum.MissingM2, sum.AreaM2)
	sum.Gaps += o.Gaps
	sum.Overlaps += o.Overlaps
	sum.Households.add(o.Households)
	sum.GridsWithoutWorker += o.GridsWithoutWorker
	sum.Waived += o.Waived
	for rule, tiers := range o.Standards {
		for tier, s := range tiers {
			sum.stand(rule, tier, s)
		}
	}
}

// stand adds the shortage of a tier.
func (sum *Outline) stand(rule geo.RuleID, tier string, s Shortage) {
	if sum.Standards[rule] == nil {
		sum.Standards[rule] = map[string]Shortage{}
	}
	at := sum.Standards[rule][tier]
	at.Units += s.Units
	at.Failing += s.Failing
	at.Required += s.Required
	at.Actual += s.Actual
	at.Short += s.Short
	sum.Standards[rule][tier] = at
}

func (h *HouseholdCount) add(o HouseholdCount) {
	h.Total += o.Total
	h.Located += o.Located
	h.InOne += o.InOne
	h.InNone += o.InNone
	h.InMany += o.InMany
	h.Outside += o.Outside
	h.Resident += o.Resident
}

func addAll[K comparable](to, from map[K]int64) {
	for k, n := range from {
		to[k] += n
	}
}

func heavier(a, b geo.Severity) bool {
	weight := map[geo.Severity]int{geo.Info: 1, geo.Warning: 2, geo.Error: 3}
	return weight[a] > weight[b]
}

// percentMissing is the covered part of the whole in percent, cut to two
// decimals. It looks at what is missing, as that of a nation would drown in the
// last digit of its area.
func percentMissing(missing, whole float64) float64 {
	switch {
	case whole <= 0:
		return 0
	case missing <= 0:
		return 100
	}
	return max(0, min(99.99, math.Floor((1-missing/whole)*10_000)/100))
}

// outline fills what the report has in figures, before its findings are cut.
func (k *inquiry) outline() Outline {
	r := &k.report
	o := blankOutline()
	o.Pass, o.Worst = r.Pass, r.Worst
	for tier, n := range r.Summary.Grids {
		o.Grids[tier] = int64(n)
	}
	o.AreaM2, o.MissingM2 = r.Summary.AreaM2, r.Summary.AreaM2-r.Summary.CoveredM2
	o.CoveredPct = r.Summary.CoveredPct
	o.Gaps, o.Overlaps = int64(r.Summary.Gaps.Count), int64(r.Summary.Overlaps.Count)
	o.Households = r.Summary.Households
	if p := r.Summary.Population; p != nil {
		o.Population[p.Basis] = p.Value
	}
	addAll(o.Workers, r.Summary.Workers.ByRole)
	o.GridsWithoutWorker = int64(r.Summary.GridsWithoutWorker)
	for i := range r.Units {
		u := &r.Units[i]
		s := Shortage{Units: 1, Required: u.Required, Actual: u.Actual, Short: u.Short}
		if u.Short+u.Over > 0 {
			s.Failing = 1
		}
		rule := u.Rule
		if rule == geo.RuleOneWorker || rule == geo.RuleReach {
			rule += geo.RuleID(" " + u.About)
		}
		o.stand(rule, u.Tier, s)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Waived != nil {
			o.Waived++
			continue
		}
		o.Findings[f.Severity]++
		o.Rules[f.Rule]++
	}
	return o
}
