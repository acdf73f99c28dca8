package check

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// A Comparison says what became of a report: which findings came, went and
// stayed, and how the shortfall of every unit moved.
type Comparison struct {
	Before Side `json:"before"`
	After  Side `json:"after"`
	// Complete is false when a side keeps fewer findings than it found, so that
	// what looks new or gone may only be missing from the list.
	Complete bool `json:"complete"`
	// Unasked are the rules that only one side could ask. Their findings are
	// neither new nor gone.
	Unasked []geo.RuleID    `json:"unasked"`
	Totals  ComparedTotals  `json:"totals"`
	Rules   []ComparedRule  `json:"rules"`
	New     []Finding       `json:"new"`
	Gone    []Finding       `json:"gone"`
	Stayed  []StayedFinding `json:"stayed"`
	Units   []ComparedUnit  `json:"units"`
}

// A Side is one of two reports that are compared.
type Side struct {
	Run         string       `json:"run"`
	PlanVersion geo.Revision `json:"plan_version"`
	AsOf        geo.Date     `json:"as_of"`
	Pass        bool         `json:"pass"`
	Worst       geo.Severity `json:"worst,omitempty"`
	Summary     Summary      `json:"summary"`
}

// ComparedTotals counts the findings of a comparison, whatever its lists hold.
type ComparedTotals struct {
	New    int `json:"new"`
	Gone   int `json:"gone"`
	Stayed int `json:"stayed"`
}

// A ComparedRule counts the findings of one rule.
type ComparedRule struct {
	Rule geo.RuleID `json:"rule"`
	ComparedTotals
}

// A StayedFinding stands in both reports.
type StayedFinding struct {
	ID       string       `json:"id"`
	Rule     geo.RuleID   `json:"rule"`
	Severity geo.Severity `json:"severity"` // as it is after
	Subject  Subject      `json:"subject"`
	Before   *Measure     `json:"before,omitempty"`
	After    *Measure     `json:"after,omitempty"`
	Waived   *Waived      `json:"waived,omitempty"` // after
}

// A ComparedUnit is one unit against one rule, before and after; nil where a
// report does not have it.
type ComparedUnit struct {
	Code   string      `json:"code"`
	Name   string      `json:"name"`
	NameEN string      `json:"name_en,omitempty"`
	Tier   string      `json:"tier"`
	Rule   geo.RuleID  `json:"rule"`
	Before *UnitReport `json:"before"`
	After  *UnitReport `json:"after"`
	// ShortChange is how many more are missing than before; fewer when it is
	// negative, null when a side lacks the unit.
	ShortChange *int64 `json:"short_change"`
}

// Compare says how after differs from before. Findings are told apart by their
// ids, which are the same in every run.
func Compare(before, after Report) Comparison {
	c := Comparison{
		Before: sideOf(&before), After: sideOf(&after),
		Complete: len(before.Findings) == before.FindingsTotal && len(after.Findings) == after.FindingsTotal,
		Unasked:  askedByOne(&before, &after), New: []Finding{}, Gone: []Finding{}, Stayed: []StayedFinding{}, Units: []ComparedUnit{},
	}
	was := make(map[string]*Finding, len(before.Findings))
	for i := range before.Findings {
		was[before.Findings[i].ID] = &before.Findings[i]
	}
	for _, f := range after.Findings {
		old := was[f.ID]
		delete(was, f.ID)
		switch {
		case old != nil:
			c.Stayed = append(c.Stayed, StayedFinding{f.ID, f.Rule, f.Severity, f.Subject, old.Measure, f.Measure, f.Waived})
		case !slices.Contains(c.Unasked, f.Rule):
			c.New = append(c.New, f)
		}
	}
	for _, f := range before.Findings {
		if was[f.ID] != nil && !slices.Contains(c.Unasked, f.Rule) {
			c.Gone = append(c.Gone, f)
		}
	}
	c.Totals = ComparedTotals{len(c.New), len(c.Gone), len(c.Stayed)}
	c.Rules = c.byRule()
	c.Units = compareUnits(before.Units, after.Units)
	return c
}

func sideOf(r *Report) Side {
	return Side{Run: r.Run, PlanVersion: r.PlanVersion, AsOf: r.AsOf, Pass: r.Pass, Worst: r.Worst, Summary: r.Summary}
}

// askedByOne returns the rules that one report asked and the other did not.
func askedByOne(a, b *Report) []geo.RuleID {
	skipped := func(r *Report, rule geo.RuleID) bool {
		return slices.ContainsFunc(r.NotChecked, func(n NotChecked) bool { return n.Rule == rule })
	}
	rules := []geo.RuleID{}
	for _, rule := range geo.AllRules {
		if skipped(a, rule) != skipped(b, rule) {
			rules = append(rules, rule)
		}
	}
	return rules
}

// byRule counts the findings of every rule that has any.
func (c *Comparison) byRule() []ComparedRule {
	counts := map[geo.RuleID]*ComparedTotals{}
	of := func(rule geo.RuleID) *ComparedTotals {
		if counts[rule] == nil {
			counts[rule] = &ComparedTotals{}
		}
		return counts[rule]
	}
	for i := range c.New {
		of(c.New[i].Rule).New++
	}
	for i := range c.Gone {
		of(c.Gone[i].Rule).Gone++
	}
	for i := range c.Stayed {
		of(c.Stayed[i].Rule).Stayed++
	}
	list := []ComparedRule{}
	for _, rule := range geo.AllRules {
		if n := counts[rule]; n != nil {
			list = append(list, ComparedRule{rule, *n})
		}
	}
	return list
}

// unitKey tells the rows of a report's units apart; a unit asked twice by one
// rule, of two standards, is told by its place among those.
type unitKey struct {
	rule       geo.RuleID
	tier, code string
	basis      geo.Basis
	about      string
	place      int
}

func keyUnits(units []UnitReport) []unitKey {
	seen := map[unitKey]int{}
	keys := make([]unitKey, len(units))
	for i := range units {
		u := &units[i]
		_, basis := u.AskedBy()
		key := unitKey{rule: u.Rule, tier: u.Tier, code: u.Code, basis: basis, about: u.About}
		place := seen[key]
		seen[key]++
		key.place = place
		keys[i] = key
	}
	return keys
}

// compareUnits lists the units of both reports: those of after in its order,
// then those that are no more.
func compareUnits(before, after []UnitReport) []ComparedUnit {
	old := map[unitKey]*UnitReport{}
	keys := keyUnits(before)
	for i, key := range keys {
		old[key] = &before[i]
	}
	list := []ComparedUnit{}
	for i, key := range keyUnits(after) {
		u := &after[i]
		one := ComparedUnit{Code: u.Code, Name: u.Name, NameEN: u.NameEN, Tier: u.Tier, Rule: u.Rule, After: u, Before: old[key]}
		if one.Before != nil {
			change := u.Short - one.Before.Short
			one.ShortChange = &change
		}
		delete(old, key)
		list = append(list, one)
	}
	for i, key := range keys {
		if u := old[key]; u != nil {
			list = append(list, ComparedUnit{Code: u.Code, Name: u.Name, NameEN: u.NameEN, Tier: u.Tier, Rule: u.Rule, Before: &before[i]})
		}
	}
	return list
}

// Shown returns c with no more than most findings in each list, 0 meaning
// 1,000; the totals stay.
func (c Comparison) Shown(most int) Comparison {
	most = cmp.Or(most, defaultMaxFindings)
	c.New = c.New[:min(most, len(c.New))]
	c.Gone = c.Gone[:min(most, len(c.Gone))]
	c.Stayed = c.Stayed[:min(most, len(c.Stayed))]
	return c
}
