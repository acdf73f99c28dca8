package geo

import (
	"fmt"
	"slices"
)

// A Question says what a check is asked. The zero Question asks everything of
// the whole territory for today's plan with the default limits.
type Question struct {
	Scope struct {
		Divisions []string `json:"divisions,omitempty"` // codes; empty: the whole territory
	} `json:"scope"`
	Plan    *PlanID                `json:"plan,omitempty"`
	AsOf    Date                   `json:"as_of,omitzero"`
	Tiers   []string               `json:"tiers,omitempty"` // tier codes; empty: all
	Kinds   []Kind                 `json:"kinds,omitempty"` // empty: all
	Profile string                 `json:"profile,omitempty"`
	Rules   map[RuleID]RuleSetting `json:"rules,omitempty"`
	Basis   Basis                  `json:"population_basis,omitempty"`
	Include struct {
		Geometry string `json:"geometry,omitempty"` // full (default) or none
	} `json:"include"`
	// MaxFindings cuts the list of findings, never the counts; 0 means 1,000.
	MaxFindings int `json:"max_findings,omitempty"`
	// CodesPerTier asks that a code stand once in its tier only: for grids and
	// ground that come from files of different origin.
	CodesPerTier bool   `json:"-"`
	Wait         string `json:"wait,omitempty"`
}

// A RuleSetting changes a rule for one question; what it leaves zero stays as
// the profile has it.
type RuleSetting struct {
	Off      bool     `json:"off,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	// Per and Min set a ratio: at least Min workers per Per residents (STF-3).
	Per   int64    `json:"per,omitempty"`
	Min   int64    `json:"min,omitempty"`
	Roles []string `json:"roles,omitempty"`
	Tiers []string `json:"tiers,omitempty"` // tiers the rule is asked of (STF-1)
	Max   int64    `json:"max,omitempty"`   // a limit on a count (SIZ-2, STF-7)
	// AreaM2 and WidthM are the tolerance of GEO-2 to GEO-4: a fault counts
	// when it exceeds both.
	AreaM2 *float64 `json:"area_m2,omitempty"`
	WidthM *float64 `json:"width_m,omitempty"`
}

// DefaultProfile is the name of the limits built in.
const DefaultProfile = "county-default"

const defaultMaxFindings = 1000

// validate refuses a question that contradicts itself or names what the plan
// does not have.
func (q *Question) validate(c *Counted) error {
	if q.Profile != "" && q.Profile != DefaultProfile {
		return &InvalidError{"profile", fmt.Sprintf("there is no profile %q; %q is built in", q.Profile, DefaultProfile)}
	}
	for i, code := range q.Scope.Divisions {
		if _, ok := c.Tree.ByCode(code); !ok {
			return &InvalidError{fmt.Sprintf("scope.divisions[%d]", i), fmt.Sprintf("no division or grid has the code %q", code)}
		}
	}
	for i, code := range q.Tiers {
		if err := knownTier(c, fmt.Sprintf("tiers[%d]", i), code); err != nil {
			return err
		}
	}
	for i, k := range q.Kinds {
		if k != General && k != Dedicated && k != Task && k != microKind {
			return &InvalidError{fmt.Sprintf("kinds[%d]", i), fmt.Sprintf("no kind %q; there are general, dedicated, task and micro", k)}
		}
	}
	if q.Basis != "" && q.Basis != Resident && q.Basis != Registered && q.Basis != UrbanResident {
		return &InvalidError{"population_basis", fmt.Sprintf("no basis %q; there are resident, registered and urban_resident", q.Basis)}
	}
	if g := q.Include.Geometry; g != "" && g != "full" && g != "none" {
		return &InvalidError{"include.geometry", fmt.Sprintf("%q is neither full nor none", g)}
	}
	if q.MaxFindings < 0 {
		return &InvalidError{"max_findings", "is negative"}
	}
	return q.validateRules(c)
}

func (q *Question) validateRules(c *Counted) error {
	for id, s := range q.Rules {
		field := "rules." + string(id)
		if !slices.Contains(allRules, id) {
			return &InvalidError{field, "no such rule"}
		}
		if s.Severity != "" && s.Severity != Info && s.Severity != Warning && s.Severity != Error {
			return &InvalidError{field + ".severity", fmt.Sprintf("no severity %q; there are info, warning and error", s.Severity)}
		}
		if s.Per < 0 || s.Min < 0 || s.Max < 0 || s.Per > maxCount || s.Min > maxCount {
			return &InvalidError{field, "per, min and max must lie between 0 and 1,000,000,000"}
		}
		if (s.Per > 0) != (s.Min > 0) {
			return &InvalidError{field, "per and min go together"}
		}
		if (s.AreaM2 != nil && !(*s.AreaM2 >= 0)) || (s.WidthM != nil && !(*s.WidthM >= 0)) {
			return &InvalidError{field, "a tolerance must not be negative"}
		}
		for i, code := range s.Tiers {
			if err := knownTier(c, fmt.Sprintf("%s.tiers[%d]", field, i), code); err != nil {
				return err
			}
		}
		for i, code := range s.Roles {
			if !slices.ContainsFunc(c.Roles, func(r Role) bool { return r.Code == code }) {
				return &InvalidError{fmt.Sprintf("%s.roles[%d]", field, i), fmt.Sprintf("no role %q", code)}
			}
		}
	}
	return nil
}

// maxCount bounds every count a stranger may state, so that integer sums and
// products stay far from overflow.
const maxCount = 1_000_000_000

// usualTiers may be asked for of any plan: one that lacks such a tier answers
// for the others, so that one question serves counties of every layout.
var usualTiers = []string{"county", "township", "village", "group", "primary", "secondary", "micro"}

// microKind asks for the general grids of the micro tier, which the field
// often lists among the kinds.
const microKind Kind = "micro"

// asksKind reports whether the question is about grids of g's kind.
func (q *Question) asksKind(g *Grid, tierCode string) bool {
	return len(q.Kinds) == 0 || slices.Contains(q.Kinds, g.Kind) ||
		tierCode == "micro" && g.Kind == General && slices.Contains(q.Kinds, microKind)
}

func knownTier(c *Counted, field, code string) error {
	if slices.Contains(usualTiers, code) || slices.ContainsFunc(c.Tiers, func(t Tier) bool { return t.Code == code }) {
		return nil
	}
	return &InvalidError{field, fmt.Sprintf("the plan has no tier %q", code)}
}
