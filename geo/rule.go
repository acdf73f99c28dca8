package geo

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// A RuleID names a rule of the check.
type RuleID string

// The rules, each with what it asks.
const (
	RuleValid       RuleID = "GEO-1"  // simple, closed rings
	RuleInside      RuleID = "GEO-2"  // inside its parent
	RuleOverlap     RuleID = "GEO-3"  // siblings overlap
	RuleGap         RuleID = "GEO-4"  // ground of the parent that no child covers
	RuleSliver      RuleID = "GEO-5"  // a part too narrow or too small to be meant
	RuleExclave     RuleID = "GEO-6"  // several parts, or within one neighbour (飞地)
	RuleWrongParent RuleID = "GEO-7"  // lies in another parent than the stated one
	RuleVillageless RuleID = "GEO-8"  // belongs to no village or community
	RuleCut         RuleID = "GEO-9"  // a border cuts a compound
	RuleUndrawn     RuleID = "GEO-10" // grid without a boundary
	RuleDatum       RuleID = "GEO-11" // households look shifted: suspect CRS
	RuleHouseholds  RuleID = "SIZ-1"  // households out of band
	RulePersons     RuleID = "SIZ-2"  // residents over the cap
	RuleUnitArea    RuleID = "SIZ-3"  // unit grid larger than meant
	RuleUneven      RuleID = "SIZ-4"  // largest sibling far over the mean
	RuleUnplaced    RuleID = "COV-1"  // household in no grid
	RuleTwice       RuleID = "COV-2"  // household in two grids of one tier
	RuleMisplaced   RuleID = "COV-3"  // point outside the stated division
	RulePointless   RuleID = "COV-4"  // household without a point
	RuleSettlement  RuleID = "COV-5"  // people living together in no grid
	RuleEmptyCell   RuleID = "COV-6"  // buildings where no household is known
	RuleReach       RuleID = "COV-7"  // facility farther than the limit
	RuleUnstaffed   RuleID = "STF-1"  // grid without a worker
	RuleOneWorker   RuleID = "STF-2"  // not exactly one full-time worker (一格一员)
	RuleRatio       RuleID = "STF-3"  // fewer workers than the standard asks
	RuleSteps       RuleID = "STF-4"  // fewer than the step quota of its population
	RulePosts       RuleID = "STF-5"  // posts outside the band
	RuleExpired     RuleID = "STF-6"  // assignment expired or to no one
	RuleLoad        RuleID = "STF-7"  // households per worker
	RuleSpread      RuleID = "STF-8"  // grids per person
	RuleDedicated   RuleID = "STF-9"  // dedicated grid without own worker or owner
	RuleBoard       RuleID = "STF-10" // notice board incomplete
	RuleUntrained   RuleID = "STF-11" // worker not trained
	RuleKeeper      RuleID = "RES-1"  // node of a responsibility chain without keeper
	RuleCode        RuleID = "COD-1"  // bad format, or another prefix than the parent's
	RuleDuplicate   RuleID = "COD-2"  // code used twice
	RuleOrder       RuleID = "COD-3"  // not numbered from west to east, north to south
	RuleStated      RuleID = "CON-1"  // stated total is not what is counted
	RuleUnfiled     RuleID = "VER-1"  // in force without review or filing
	RulePrivate     RuleID = "PRV-1"  // column of an import that must not be kept
)

// AllRules is the whole rule set of the field, in its order, answered or not. It
// must not be changed.
var AllRules = []RuleID{
	"GEO-1", "GEO-2", "GEO-3", "GEO-4", "GEO-5", "GEO-6", "GEO-7", "GEO-8", "GEO-9", "GEO-10", "GEO-11",
	"SIZ-1", "SIZ-2", "SIZ-3", "SIZ-4",
	"COV-1", "COV-2", "COV-3", "COV-4", "COV-5", "COV-6", "COV-7",
	"STF-1", "STF-2", "STF-3", "STF-4", "STF-5", "STF-6", "STF-7", "STF-8", "STF-9", "STF-10", "STF-11",
	"RES-1", "COD-1", "COD-2", "COD-3", "CON-1", "VER-1", "PRV-1",
}

// A Severity orders findings; an error fails a check.
type Severity string

const (
	Info    Severity = "info"
	Warning Severity = "warning"
	Error   Severity = "error"
)

// A RuleSetting holds the limits of one rule: in a profile, or in a question
// that changes them. What it leaves open stays as it was.
type RuleSetting struct {
	// Off switches the rule off, or with false on again.
	Off      *bool    `json:"off,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	// Per and Min set a ratio: at least Min workers per Per residents (STF-3).
	// Min alone, or with Max, is the band of posts of a unit (STF-5), or of
	// households of a grid in place of its tier's (SIZ-1).
	Per int64 `json:"per,omitempty"`
	Min int64 `json:"min,omitempty"`
	// Max is the most of what the rule counts: persons of a grid (SIZ-2), square
	// metres (SIZ-3), households per worker (STF-7), grids per person (STF-8),
	// metres to a facility (COV-7), months since a training (STF-11).
	Max      int64 `json:"max,omitempty"`
	Permille int64 `json:"permille,omitempty"` // a ratio in thousandths (SIZ-4, GEO-11)
	// Bands are those of households by tier and setting (SIZ-1), where Min and Max
	// do not state one for all. Those built in yield to a band of the tier's own.
	Bands []SizeBand `json:"bands,omitempty"`
	// Steps set the quota of STF-4 by population, ascending.
	Steps []Step `json:"steps,omitempty"`
	// Facilities narrow COV-7 to types of facilities; DetourPermille makes an
	// estimated walk of a geodesic distance.
	Facilities     []string `json:"facilities,omitempty"`
	DetourPermille int64    `json:"detour_permille,omitempty"`
	// Roles, Tiers and Settings narrow whom the rule is asked of; none means all.
	// The roles of STF-2 to STF-5 are counted, those of STF-10 supervise. Tiers
	// that a question names for a rule of standards are those whose units the
	// standards are asked of.
	Roles    []string  `json:"roles,omitempty"`
	Tiers    []string  `json:"tiers,omitempty"`
	Settings []Setting `json:"settings,omitempty"`
	// AreaM2 and WidthM are the tolerance of GEO-2 to GEO-4, GEO-7 and GEO-9: a
	// fault counts when it exceeds both. In GEO-5 a part is a sliver that is
	// below either.
	AreaM2 *float64 `json:"area_m2,omitempty"`
	WidthM *float64 `json:"width_m,omitempty"`
	// Chain says which units need a keeper, and in which position (RES-1).
	Chain []ChainLink `json:"chain,omitempty"`
	// Source is the document that sets the limits.
	Source string `json:"source,omitempty"`
}

// Over returns s with what o states in its place.
func (s RuleSetting) Over(o RuleSetting) RuleSetting {
	s.Off, s.AreaM2, s.WidthM = cmp.Or(o.Off, s.Off), cmp.Or(o.AreaM2, s.AreaM2), cmp.Or(o.WidthM, s.WidthM)
	s.Severity, s.Source = cmp.Or(o.Severity, s.Severity), cmp.Or(o.Source, s.Source)
	s.Max, s.Permille = cmp.Or(o.Max, s.Max), cmp.Or(o.Permille, s.Permille)
	if o.Per > 0 || o.Min > 0 {
		s.Per, s.Min = o.Per, o.Min
	}
	s.DetourPermille = cmp.Or(o.DetourPermille, s.DetourPermille)
	if len(o.Bands) > 0 { // the band for all is not that of what has one of its own now
		s.Bands, s.Min, s.Max = o.Bands, o.Min, o.Max
	}
	if len(o.Steps) > 0 {
		s.Steps = o.Steps
	}
	if len(o.Facilities) > 0 {
		s.Facilities = o.Facilities
	}
	if len(o.Roles) > 0 {
		s.Roles = o.Roles
	}
	if len(o.Tiers) > 0 {
		s.Tiers = o.Tiers
	}
	if len(o.Settings) > 0 {
		s.Settings = o.Settings
	}
	if len(o.Chain) > 0 {
		s.Chain = o.Chain
	}
	return s
}

// maxCount bounds every count a stranger may state, so that integer sums and
// products stay far from overflow.
const maxCount = 1_000_000_000

// takes says which rules each limit of a setting means something to. Whoever
// states another has mistaken the rule, and must not believe it is asked.
var takes = map[string][]RuleID{
	"per": {RuleRatio}, "min": {RuleRatio, RulePosts, RuleHouseholds},
	"max":   {RuleHouseholds, RulePersons, RuleUnitArea, RuleSettlement, RuleReach, RulePosts, RuleLoad, RuleSpread, RuleUntrained},
	"bands": {RuleHouseholds}, "roles": {RuleOneWorker, RuleRatio, RuleSteps, RulePosts, RuleBoard},
	"permille": {RuleUneven, RuleDatum}, "steps": {RuleSteps}, "facilities": {RuleReach}, "detour_permille": {RuleReach},
	"area_m2": {RuleInside, RuleOverlap, RuleGap, RuleSliver, RuleWrongParent, RuleCut},
	"width_m": {RuleInside, RuleOverlap, RuleGap, RuleSliver, RuleWrongParent, RuleCut},
	"chain":   {RuleKeeper},
	"tiers":   byUnit, "settings": byUnit,
}

// byUnit are the rules that are asked unit by unit, and may be asked of some
// tiers or settings only.
var byUnit = []RuleID{
	RuleSliver, RuleExclave, RuleVillageless, RuleCut, RuleUndrawn, RuleHouseholds, RulePersons, RuleUnitArea, RuleUneven, RuleReach,
	RuleUnstaffed, RuleOneWorker, RuleRatio, RuleSteps, RulePosts, RuleLoad, RuleSpread, RuleDedicated, RuleBoard, RuleUntrained,
	RuleKeeper, RuleCode, RuleOrder, RuleStated,
}

// Validate returns an *[InvalidError] for the first field that cannot be in a
// setting of the rule; field names the setting. Whether roles and tiers exist
// is for [RuleSetting.Known].
func (s RuleSetting) Validate(rule RuleID, field string) error {
	var c checker
	if s.Severity != "" && s.Severity != Info && s.Severity != Warning && s.Severity != Error {
		c.fail(field+".severity", "no severity %q; there are info, warning and error", s.Severity)
	}
	given := map[string]bool{"per": s.Per != 0, "min": s.Min != 0, "max": s.Max != 0, "permille": s.Permille != 0, "steps": s.Steps != nil,
		"facilities": len(s.Facilities) > 0, "detour_permille": s.DetourPermille != 0, "area_m2": s.AreaM2 != nil, "width_m": s.WidthM != nil,
		"chain": len(s.Chain) > 0, "tiers": len(s.Tiers) > 0, "settings": len(s.Settings) > 0, "roles": len(s.Roles) > 0, "bands": len(s.Bands) > 0}
	for _, limit := range slices.Sorted(maps.Keys(given)) {
		if given[limit] && !slices.Contains(takes[limit], rule) {
			c.fail(field+"."+limit, "means nothing to %s", rule)
		}
	}
	s.validateAmounts(&c, rule, field)
	s.validateLists(&c, field)
	return c.err()
}

// mostOf bounds limits by what they are counted in, so that one in another unit
// shows: metres of a walk and months since a training.
var mostOf = map[RuleID]int64{RuleReach: 1_000_000, RuleUntrained: 1_200}

// validateAmounts tests what is one number, and the two ends of a band.
func (s RuleSetting) validateAmounts(c *checker, rule RuleID, field string) {
	c.between(field+".per", s.Per, 0, maxCount)
	c.between(field+".min", s.Min, 0, maxCount)
	c.between(field+".max", s.Max, 0, cmp.Or(mostOf[rule], maxCount))
	switch {
	case s.Permille == 0:
	case rule == RuleUneven: // the largest is never below the mean
		c.between(field+".permille", s.Permille, 1000, maxCount)
	default:
		c.between(field+".permille", s.Permille, 1, 1000)
	}
	switch {
	case s.Per > 0 && s.Min == 0:
		c.fail(field+".min", "is missing: per and min go together")
	case rule == RuleRatio && s.Min > 0 && s.Per == 0:
		c.fail(field+".per", "is missing: per and min go together")
	case (rule == RulePosts || rule == RuleHouseholds) && s.Max > 0 && s.Min > s.Max:
		c.fail(field+".min", "%d is more than max, which is %d", s.Min, s.Max)
	}
}

// validateLists tests what is not one number.
func (s RuleSetting) validateLists(c *checker, field string) {
	if s.DetourPermille != 0 {
		c.between(field+".detour_permille", s.DetourPermille, 1000, 10_000)
	}
	if s.Steps != nil {
		c.steps(field+".steps", s.Steps)
	}
	if s.AreaM2 != nil {
		c.amount(field+".area_m2", *s.AreaM2)
	}
	if s.WidthM != nil {
		c.amount(field+".width_m", *s.WidthM)
	}
	c.settings(field+".settings", s.Settings)
	c.bands(field+".bands", s.Bands)
	c.words(field+".facilities", s.Facilities)
	c.words(field+".roles", s.Roles)
	c.words(field+".tiers", s.Tiers)
	c.validChain(field+".chain", s.Chain)
	c.text(field+".source", s.Source, maxText)
}

// Known returns an *[InvalidError] for the first tier or role that a territory
// with these tiers and roles does not have; field names the setting.
func (s RuleSetting) Known(field string, tiers []Tier, roles []Role) error {
	for i, code := range s.Tiers {
		if !KnownTier(tiers, code) {
			return &InvalidError{fmt.Sprintf("%s.tiers[%d]", field, i), fmt.Sprintf("the plan has no tier %q", code)}
		}
	}
	for i, b := range s.Bands {
		if !KnownTier(tiers, b.Tier) {
			return &InvalidError{fmt.Sprintf("%s.bands[%d].tier", field, i), fmt.Sprintf("the plan has no tier %q", b.Tier)}
		}
	}
	for i, l := range s.Chain {
		if !KnownTier(tiers, l.Tier) {
			return &InvalidError{fmt.Sprintf("%s.chain[%d].tier", field, i), fmt.Sprintf("the plan has no tier %q", l.Tier)}
		}
	}
	for i, code := range s.Roles {
		if !slices.ContainsFunc(roles, func(r Role) bool { return r.Code == code }) {
			return &InvalidError{fmt.Sprintf("%s.roles[%d]", field, i), fmt.Sprintf("no role %q", code)}
		}
	}
	return nil
}

// usualTiers may be asked for of any plan: one that lacks such a tier answers
// for the others, so that one question serves counties of every layout.
var usualTiers = []string{"county", "township", "village", "group", "primary", "secondary", "micro"}

// KnownTier reports whether a plan with these tiers may be asked for that of
// the code: one of its own or of the field's usual ones.
func KnownTier(tiers []Tier, code string) bool {
	return slices.Contains(usualTiers, code) || slices.ContainsFunc(tiers, func(t Tier) bool { return t.Code == code })
}

// DefaultProfile is the code of the limits built in, which no record may have.
const DefaultProfile = "county-default"

// A Profile is a named set of limits that holds from one day to another and
// names the document it comes from. What it leaves open is as in the limits
// built in. Of several with one code that hold on a day, the one that begins
// last counts: it ends one that says no end; see [Profile.Clashes].
type Profile struct {
	ID     ProfileID    `json:"id"`
	Code   string       `json:"code"` // the key of bulk upserts, with the first day
	Name   Name         `json:"name"`
	Valid  Period       `json:"valid"`
	Source string       `json:"source,omitempty"`
	Rules  RuleSettings `json:"rules"`
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (p *Profile) Validate() error {
	var c checker
	c.word("code", p.Code)
	c.name(p.Name)
	c.period("valid", p.Valid)
	c.text("source", p.Source, maxText)
	if err := c.err(); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(p.Rules)) {
		if !slices.Contains(AllRules, id) {
			return &InvalidError{"rules." + string(id), "no such rule"}
		}
		if err := p.Rules[id].Validate(id, "rules."+string(id)); err != nil {
			return err
		}
	}
	return nil
}

// Known returns an *[InvalidError] for what a record of a territory with these
// tiers and roles cannot be: named as the limits built in, or about a tier or
// role that there is not.
func (p *Profile) Known(tiers []Tier, roles []Role) error {
	if p.Code == DefaultProfile {
		return &InvalidError{"code", DefaultProfile + " is the name of the limits built in"}
	}
	for _, id := range slices.Sorted(maps.Keys(p.Rules)) {
		if err := p.Rules[id].Known("rules."+string(id), tiers, roles); err != nil {
			return err
		}
	}
	return nil
}

// Clashes reports whether two profiles both say that they hold on the same days:
// they have one code, and the one that begins first ends after the other has
// begun.
func (p *Profile) Clashes(o *Profile) bool {
	if p.Code != o.Code || p.ID == o.ID {
		return false
	}
	first, last := p.Valid, o.Valid
	if first.From > last.From {
		first, last = last, first
	}
	return first.From == last.From || first.To > last.From
}
