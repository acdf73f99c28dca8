package check

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"sync"

	"gridmap/geo"
)

// limits are what a question is asked by.
type limits struct {
	own    *geo.Profile                    // of the territory, nil for the one built in
	rules  map[geo.RuleID]*geo.RuleSetting // as they hold on the day, with what the question changes
	stated geo.RuleSettings                // of them what the territory's profile or the question says
}

// builtIn holds the limits built in, for every question that leaves them as they
// are; they must not be changed.
var builtIn = sync.OnceValue(func() map[geo.RuleID]*geo.RuleSetting {
	rules := map[geo.RuleID]*geo.RuleSetting{}
	for id, s := range CountyDefault().Rules {
		rules[id] = &s
	}
	return rules
})

// ownProfile returns the profile of the territory that the question names, as it
// holds on the day; nil for the one built in.
func (q *Question) ownProfile(c *geo.Counted) (own *geo.Profile, _ error) {
	if q.Profile == "" || q.Profile == geo.DefaultProfile {
		return nil, nil
	}
	for i := range c.Profiles {
		p := &c.Profiles[i]
		if p.Code == q.Profile && p.Valid.Holds(c.AsOf) && (own == nil || p.Valid.From > own.Valid.From) {
			own = p
		}
	}
	if own == nil {
		return nil, &geo.InvalidError{Field: "profile",
			Reason: fmt.Sprintf("no profile %q holds on %s; %q is built in", q.Profile, c.AsOf, geo.DefaultProfile)}
	}
	return own, nil
}

// limits returns what the question is asked by on the day of c. The error is a
// *[geo.InvalidError], also for limits of the question that contradict those it
// leaves as they are.
func (q *Question) limits(c *geo.Counted) (limits, error) {
	own, err := q.ownProfile(c)
	if err != nil {
		return limits{}, err
	}
	l := limits{own: own, rules: maps.Clone(builtIn()), stated: geo.RuleSettings{}}
	var rules geo.RuleSettings
	if own != nil {
		rules = own.Rules
	}
	for _, id := range geo.AllRules {
		_, named := rules[id]
		_, asked := q.Rules[id]
		if named || asked {
			l.stated[id] = rules[id].Over(q.Rules[id])
		}
		if there := normed(c, id); named || asked || there {
			s := yielding(*l.rules[id], id, l.stated, there).Over(l.stated[id])
			l.rules[id] = &s
			if (id == geo.RulePosts || id == geo.RuleHouseholds) && s.Max > 0 && s.Min > s.Max {
				return limits{}, &geo.InvalidError{Field: "rules." + string(id) + ".min", Reason: fmt.Sprintf("%d is more than max, which is %d", s.Min, s.Max)}
			}
		}
	}
	return l, nil
}

// normed reports whether the territory has a standard of a rule on the day.
func normed(c *geo.Counted, rule geo.RuleID) bool {
	return slices.ContainsFunc(c.Standards, func(s geo.Standard) bool { return s.Rule == rule && s.Valid.Holds(c.AsOf) })
}

// yielding returns what of the limits built in stands beside what is stated and
// what standards say. Limits of staff stand for those of standards, and not
// beside them; those that are off are asked once somebody speaks of the rule.
func yielding(built geo.RuleSetting, rule geo.RuleID, stated geo.RuleSettings, normed bool) geo.RuleSetting {
	said, named := stated[rule]
	switch rule {
	case geo.RuleOneWorker:
		if normed { // off is the habit of one grid, one worker; a standard is asked
			built.Off = nil
		}
	case geo.RuleRatio, geo.RuleSteps, geo.RulePosts:
		if normed || said.Per+said.Min+said.Max > 0 || len(said.Steps) > 0 {
			return geo.RuleSetting{Severity: built.Severity, Source: built.Source}
		}
		if named {
			built.Off = nil
		}
	}
	return built
}

// Limits returns the profile that the question names as it holds on the day of
// c, with what the question changes. The error is a *[geo.InvalidError].
func (q *Question) Limits(c *geo.Counted) (geo.Profile, error) {
	l, err := q.limits(c)
	if err != nil {
		return geo.Profile{}, err
	}
	p := CountyDefault()
	if l.own != nil {
		p.Code, p.Name, p.Valid, p.Source = l.own.Code, l.own.Name, l.own.Valid, l.own.Source
	}
	for id, s := range l.rules {
		p.Rules[id] = *s
	}
	return p, nil
}

// setting returns the limits of a rule: those of the question over those of the
// profile.
func (k *inquiry) setting(rule geo.RuleID) *geo.RuleSetting {
	if k.latest.rule != rule {
		k.latest.rule, k.latest.setting = rule, k.rules[rule]
	}
	return k.latest.setting
}

// asks reports whether a rule is asked of the grid at i: its tier, its setting,
// and that the rule is on.
func (k *inquiry) asks(rule geo.RuleID, i int) bool {
	s := k.setting(rule)
	g := &k.Grids[i]
	return k.askedAt[i] && (s.Off == nil || !*s.Off) &&
		(len(s.Tiers) == 0 || slices.Contains(s.Tiers, k.tierCode(g.Tier))) &&
		(len(s.Settings) == 0 || slices.Contains(s.Settings, g.Setting))
}

// bandOf returns how many households the grids of a tier and a setting should
// hold (SIZ-1): as somebody states, else as the tier does, else as is built in.
// Of divisions only a tier or somebody who names theirs says anything.
func (k *inquiry) bandOf(t *geo.Tier, s geo.Setting) geo.Band {
	stated := k.stated[geo.RuleHouseholds]
	band, named := stated.BandOf(t.Code, s)
	if !named {
		band = t.Households
	}
	isGrid := t.Class == geo.GridClass
	if (isGrid || len(stated.Tiers) > 0) && stated.Min+stated.Max > 0 {
		return geo.Band{Min: cmp.Or(stated.Min, band.Min), Max: cmp.Or(stated.Max, band.Max)}
	}
	if band == (geo.Band{}) && isGrid {
		band, _ = k.rules[geo.RuleHouseholds].BandOf(t.Code, s)
	}
	return band
}

// capOf returns how many residents a grid of a tier may have (SIZ-2), 0 for any
// number.
func (k *inquiry) capOf(t *geo.Tier) int64 {
	stated := k.stated[geo.RulePersons]
	isGrid := t.Class == geo.GridClass
	switch {
	case stated.Max > 0 && (isGrid || len(stated.Tiers) > 0):
		return stated.Max
	case t.PersonsCap == 0 && isGrid:
		return k.rules[geo.RulePersons].Max
	}
	return t.PersonsCap
}

// contradiction refuses limits of households that no grid of a tier can keep,
// because one end is stated and the other is the tier's.
func (k *inquiry) contradiction() error {
	for i := range k.Tiers {
		for _, s := range []geo.Setting{"", geo.Urban, geo.Rural} {
			if b := k.bandOf(&k.Tiers[i], s); b.Max > 0 && b.Min > b.Max {
				return &geo.InvalidError{Field: "rules." + string(geo.RuleHouseholds),
					Reason: fmt.Sprintf("in the tier %s at least %d would be asked for and at most %d", k.Tiers[i].Code, b.Min, b.Max)}
			}
		}
	}
	return nil
}
