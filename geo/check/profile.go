package check

import (
	"fmt"
	"slices"

	"gridmap/geo"
)

// CountyDefault returns the limits that hold where no profile and no question
// states others. Every limit names where it comes from; what only this program
// chose says so.
func CountyDefault() geo.Profile {
	const zhoushan, rule, chosen = "舟山市网格化服务管理条例 (2023)", "rule set of the field", "chosen, no document"

	return geo.Profile{
		Code: geo.DefaultProfile, Name: geo.Name{ZH: "县级默认标准", EN: "county default"},
		Rules: map[geo.RuleID]geo.RuleSetting{
			geo.RuleValid:       {Severity: geo.Error, Source: rule},
			geo.RuleInside:      {Severity: geo.Error, AreaM2: new(float64(1)), WidthM: new(float64(0.05)), Source: rule},
			geo.RuleOverlap:     {Severity: geo.Error, AreaM2: new(float64(1)), WidthM: new(float64(0.05)), Source: rule},
			geo.RuleGap:         {Severity: geo.Error, AreaM2: new(float64(1)), WidthM: new(float64(0.05)), Source: rule},
			geo.RuleSliver:      {Severity: geo.Warning, AreaM2: new(float64(1)), WidthM: new(float64(1)), Source: "no part under 1 m² (rule set of the field); width: " + chosen},
			geo.RuleExclave:     {Severity: geo.Warning, Source: rule},
			geo.RuleWrongParent: {Severity: geo.Error, AreaM2: new(float64(1)), WidthM: new(float64(0.05)), Source: rule},
			geo.RuleVillageless: {Severity: geo.Error, Source: "DB6101/T 3185-2024"},
			geo.RuleCut:         {Severity: geo.Warning, AreaM2: new(float64(1)), WidthM: new(float64(0.05)), Source: rule},
			geo.RuleUndrawn:     {Severity: geo.Warning, Source: rule},
			geo.RuleDatum:       {Severity: geo.Warning, Permille: 200, Source: rule},
			geo.RuleHouseholds:  {Severity: geo.Warning, Source: zhoushan + "; the tier's own band"},
			geo.RulePersons:     {Severity: geo.Warning, Source: "the tier's own cap"},
			geo.RuleUnitArea:    {Severity: geo.Info, Max: 10_000, Source: "10,000 m² of a unit grid (Beijing Dongcheng)"},
			geo.RuleUneven:      {Severity: geo.Info, Permille: 1500, Source: rule},
			geo.RuleUnplaced:    {Severity: geo.Error, Source: rule},
			geo.RuleTwice:       {Severity: geo.Error, Source: rule},
			geo.RuleMisplaced:   {Severity: geo.Warning, Source: rule},
			geo.RulePointless:   {Severity: geo.Warning, Source: rule},
			geo.RuleSettlement:  {Severity: geo.Error, Max: 50, Source: zhoushan + ", inhabited islands"},
			geo.RuleEmptyCell:   {Severity: geo.Info, Source: rule},
			geo.RuleReach:       {Severity: geo.Info, Source: rule},
			geo.RuleUnstaffed:   {Severity: geo.Error, Source: rule},
			geo.RuleOneWorker:   {Severity: geo.Warning, Off: new(true), Source: "一格一员"},
			geo.RuleRatio:       {Severity: geo.Error, Source: "the territory's standards"},
			geo.RuleSteps:       {Severity: geo.Error, Source: "the territory's standards"},
			geo.RulePosts:       {Severity: geo.Warning, Source: "the territory's standards"},
			geo.RuleExpired:     {Severity: geo.Warning, Source: rule},
			geo.RuleLoad:        {Severity: geo.Warning, Max: 300, Source: rule},
			geo.RuleSpread:      {Severity: geo.Warning, Max: 5, Source: rule},
			geo.RuleDedicated:   {Severity: geo.Warning, Source: rule},
			geo.RuleBoard:       {Severity: geo.Warning, Source: rule},
			geo.RuleUntrained:   {Severity: geo.Info, Source: rule},
			geo.RuleKeeper:      {Severity: geo.Warning, Chain: usualChain(), Source: "包联, county leader to group head; the positions: " + chosen},
			geo.RuleCode:        {Severity: geo.Error, Source: "DB11/T 2157-2023, 15 digits; another prefix than the parent's is a warning"},
			geo.RuleDuplicate:   {Severity: geo.Error, Source: rule},
			geo.RuleOrder:       {Severity: geo.Info, Source: "DB11/T 2157-2023"},
			geo.RuleStated:      {Severity: geo.Warning, Source: rule},
			geo.RuleUnfiled:     {Severity: geo.Warning, Off: new(true), Source: rule},
			geo.RulePrivate:     {Severity: geo.Error, Source: rule},
		},
	}
}

// profileOf returns the profile that the question names, as it holds on the
// day, and what of it the territory states itself.
func (q *Question) profileOf(c *geo.Counted) (_ geo.Profile, stated map[geo.RuleID]geo.RuleSetting, _ error) {
	standard := CountyDefault()
	if q.Profile == "" || q.Profile == geo.DefaultProfile {
		return standard, nil, nil
	}
	var own *geo.Profile
	for i := range c.Profiles {
		p := &c.Profiles[i]
		if p.Code == q.Profile && p.Valid.Holds(c.AsOf) && (own == nil || p.Valid.From > own.Valid.From) {
			own = p
		}
	}
	if own == nil {
		return standard, nil, &geo.InvalidError{Field: "profile",
			Reason: fmt.Sprintf("no profile %q holds on %s; %q is built in", q.Profile, c.AsOf, geo.DefaultProfile)}
	}
	for id, s := range own.Rules {
		standard.Rules[id] = standard.Rules[id].Over(s)
	}
	standard.Code, standard.Name, standard.Valid, standard.Source = own.Code, own.Name, own.Valid, own.Source
	return standard, own.Rules, nil
}

// Limits returns the profile that the question names as it holds on the day of
// c, with what the question changes. The error is a *[geo.InvalidError].
func (q *Question) Limits(c *geo.Counted) (geo.Profile, error) {
	p, _, err := q.profileOf(c)
	for id, s := range q.Rules {
		p.Rules[id] = p.Rules[id].Over(s)
	}
	return p, err
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
