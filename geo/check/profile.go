package check

import (
	"maps"

	"gridmap/geo"
)

// CountyDefault returns the limits that hold where no profile and no question
// states others: those of the field's rule set. Every limit names where it comes
// from; what only this program chose says so. Limits of what a tier or a
// standard states itself yield to these.
func CountyDefault() geo.Profile {
	p := geo.Profile{
		Code: geo.DefaultProfile, Name: geo.Name{ZH: "县级默认标准", EN: "county default"},
		Rules: make(geo.RuleSettings, len(geo.AllRules)),
	}
	for _, some := range []geo.RuleSettings{groundDefaults(), sizeDefaults(), coverageDefaults(), staffDefaults(), recordDefaults()} {
		maps.Copy(p.Rules, some)
	}
	return p
}

// The documents that several limits come from.
const (
	zhoushan = "舟山市网格化服务管理条例 (2023)"
	beijing  = "DB11/T 2157-2023"
	fields   = "rule set of the field"
	chosen   = "chosen, no document"
)

// tolerated is what may lie over or outside unnoticed: 1 m², or 5 cm of mean
// width.
func tolerated(s geo.Severity) geo.RuleSetting {
	return geo.RuleSetting{Severity: s, AreaM2: new(float64(1)), WidthM: new(0.05), Source: fields}
}

func groundDefaults() geo.RuleSettings {
	return geo.RuleSettings{
		geo.RuleValid: {Severity: geo.Error, Source: beijing + ", closed polygons"}, geo.RuleInside: tolerated(geo.Error),
		geo.RuleOverlap: tolerated(geo.Error), geo.RuleGap: tolerated(geo.Error), geo.RuleWrongParent: tolerated(geo.Error),
		geo.RuleSliver:      {Severity: geo.Warning, AreaM2: new(float64(1)), WidthM: new(float64(1)), Source: "no part under 1 m² (" + fields + "); width: " + chosen},
		geo.RuleExclave:     {Severity: geo.Warning, Source: fields},
		geo.RuleVillageless: {Severity: geo.Error, Source: "DB6101/T 3185-2024"},
		geo.RuleCut:         tolerated(geo.Warning),
		geo.RuleUndrawn:     {Severity: geo.Warning, Source: fields + "; a plan that comes into force is refused"},
		geo.RuleDatum:       {Severity: geo.Warning, Permille: 200, Source: fields},
	}
}

func sizeDefaults() geo.RuleSettings {
	return geo.RuleSettings{
		geo.RuleHouseholds: {Severity: geo.Warning, Bands: []geo.SizeBand{
			{Tier: "primary", Min: 300, Max: 500},
			{Tier: "primary", Setting: geo.Rural, Max: 300},
			{Tier: "micro", Min: 30, Max: 80},
		}, Source: zhoushan + "第八、九条; rural about 300 (szhjjp.com/n/71039), taken for the most; micro 30 to 80: " + fields},
		geo.RulePersons:  {Severity: geo.Warning, Max: 2500, Source: "szhjjp.com/n/71039, urban 2,000 to 2,500 and rural 2,500"},
		geo.RuleUnitArea: {Severity: geo.Info, Max: 10_000, Source: "10,000 m² of a unit grid (Beijing Dongcheng)"},
		geo.RuleUneven:   {Severity: geo.Info, Permille: 1500, Source: fields},
	}
}

func coverageDefaults() geo.RuleSettings {
	return geo.RuleSettings{
		geo.RuleUnplaced:   {Severity: geo.Error, Source: fields},
		geo.RuleTwice:      {Severity: geo.Error, Source: fields},
		geo.RuleMisplaced:  {Severity: geo.Warning, Source: fields},
		geo.RulePointless:  {Severity: geo.Warning, Source: fields},
		geo.RuleSettlement: {Severity: geo.Error, Max: 50, Source: zhoushan + ", inhabited islands"},
		geo.RuleEmptyCell:  {Severity: geo.Info, Source: fields + ", H3 cells of resolution 10"},
		geo.RuleReach:      {Severity: geo.Info, Source: fields + "; limits by type of facility: the territory's standards"},
	}
}

// staffDefaults hold limits of STF-2, STF-4 and STF-5 that are asked only where
// a standard, a profile or a question speaks of the rule.
func staffDefaults() geo.RuleSettings {
	return geo.RuleSettings{
		geo.RuleUnstaffed: {Severity: geo.Error, Source: fields + "; information in tiers that need no worker"},
		geo.RuleOneWorker: {Severity: geo.Warning, Off: new(true), Source: "一格一员"},
		geo.RuleRatio: {Severity: geo.Error, Per: 10_000, Min: 18,
			Source: "18 community workers (社区工作者) per 10,000 urban residents by 2025 (Hubei)"},
		geo.RuleSteps: {Severity: geo.Error, Off: new(true), Tiers: []string{"township"},
			Steps: []geo.Step{{From: 0, Workers: 10}, {From: 30_000, Workers: 20}}, Source: fields + "; the tier: " + chosen},
		geo.RulePosts: {Severity: geo.Warning, Off: new(true), Tiers: []string{"village"}, Settings: []geo.Setting{geo.Urban},
			Min: 15, Max: 18, Source: fields + ", posts of a community (石楼); the tier and setting: " + chosen},
		geo.RuleExpired:   {Severity: geo.Warning, Source: fields},
		geo.RuleLoad:      {Severity: geo.Warning, Max: 300, Source: fields},
		geo.RuleSpread:    {Severity: geo.Warning, Max: 5, Source: fields},
		geo.RuleDedicated: {Severity: geo.Warning, Source: zhoushan + ", dedicated grids"},
		geo.RuleBoard:     {Severity: geo.Warning, Source: fields},
		geo.RuleUntrained: {Severity: geo.Info, Source: fields},
	}
}

func recordDefaults() geo.RuleSettings {
	return geo.RuleSettings{
		geo.RuleKeeper:    {Severity: geo.Warning, Chain: usualChain(), Source: "包联, county leader to household head; the positions: " + chosen},
		geo.RuleCode:      {Severity: geo.Error, Source: beijing + ", 15 digits; another prefix than the parent's is a warning"},
		geo.RuleDuplicate: {Severity: geo.Error, Source: fields},
		geo.RuleOrder:     {Severity: geo.Info, Source: beijing},
		geo.RuleStated:    {Severity: geo.Warning, Source: fields},
		geo.RuleUnfiled:   {Severity: geo.Warning, Off: new(true), Source: zhoushan + "第十条"},
		geo.RulePrivate:   {Severity: geo.Error, Source: "个人信息保护法第二十八条"},
	}
}
