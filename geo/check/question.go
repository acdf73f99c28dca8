package check

import (
	"fmt"
	"slices"

	"gridmap/geo"
)

// A Question says what a check is asked. The zero Question asks everything of
// the whole territory for today's plan with the default limits.
type Question struct {
	Scope struct {
		Divisions []string `json:"divisions,omitempty"` // codes; empty: the whole territory
	} `json:"scope"`
	Plan    *geo.PlanID      `json:"plan,omitempty"`
	AsOf    geo.Date         `json:"as_of,omitzero"`
	Tiers   []string         `json:"tiers,omitempty"` // tier codes; empty: all
	Kinds   []geo.Kind       `json:"kinds,omitempty"` // empty: all
	Profile string           `json:"profile,omitempty"`
	Rules   geo.RuleSettings `json:"rules,omitempty"`
	Basis   geo.Basis        `json:"population_basis,omitempty"`
	Include struct {
		Geometry string `json:"geometry,omitempty"` // full (default) or none
	} `json:"include"`
	// MaxFindings cuts the list of findings, never the counts; 0 means 1,000.
	MaxFindings int `json:"max_findings,omitempty"`
	// CodesPerTier asks that a code stand once in its tier only: for grids and
	// ground that come from files of different origin.
	CodesPerTier bool   `json:"-"`
	Wait         string `json:"wait,omitempty"`
	// Store keeps the answer as a run.
	Store bool `json:"store,omitempty"`
}

const defaultMaxFindings = 1000

// Known refuses, with a *[geo.InvalidError], a question that contradicts itself
// or names what the plan does not have.
func (q *Question) Known(c *geo.Counted) error {
	for i, code := range q.Scope.Divisions {
		if _, ok := c.Tree.ByCode(code); !ok {
			return &geo.InvalidError{Field: fmt.Sprintf("scope.divisions[%d]", i), Reason: fmt.Sprintf("no division or grid has the code %q", code)}
		}
	}
	for i, code := range q.Tiers {
		if err := knownTier(c, fmt.Sprintf("tiers[%d]", i), code); err != nil {
			return err
		}
	}
	for i, k := range q.Kinds {
		if k != geo.General && k != geo.Dedicated && k != geo.Task && k != microKind {
			return &geo.InvalidError{Field: fmt.Sprintf("kinds[%d]", i), Reason: fmt.Sprintf("no kind %q; there are general, dedicated, task and micro", k)}
		}
	}
	if q.Basis != "" && q.Basis != geo.Resident && q.Basis != geo.Registered && q.Basis != geo.UrbanResident {
		return &geo.InvalidError{Field: "population_basis", Reason: fmt.Sprintf("no basis %q; there are resident, registered and urban_resident", q.Basis)}
	}
	if g := q.Include.Geometry; g != "" && g != "full" && g != "none" {
		return &geo.InvalidError{Field: "include.geometry", Reason: fmt.Sprintf("%q is neither full nor none", g)}
	}
	if q.MaxFindings < 0 {
		return &geo.InvalidError{Field: "max_findings", Reason: "is negative"}
	}
	return q.validateRules(c)
}

func (q *Question) validateRules(c *geo.Counted) error {
	for id, s := range q.Rules {
		field := "rules." + string(id)
		if !slices.Contains(geo.AllRules, id) {
			return &geo.InvalidError{Field: field, Reason: "no such rule"}
		}
		if err := s.Validate(id, field); err != nil {
			return err
		}
		if err := s.Known(field, c.Tiers, c.Roles); err != nil {
			return err
		}
	}
	return nil
}

// microKind asks for the general grids of the micro tier, which the field
// often lists among the kinds.
const microKind geo.Kind = "micro"

// asksKind reports whether the question is about grids of g's kind.
func (q *Question) asksKind(g *geo.Grid, tierCode string) bool {
	return len(q.Kinds) == 0 || slices.Contains(q.Kinds, g.Kind) ||
		tierCode == "micro" && g.Kind == geo.General && slices.Contains(q.Kinds, microKind)
}

func knownTier(c *geo.Counted, field, code string) error {
	if geo.KnownTier(c.Tiers, code) {
		return nil
	}
	return &geo.InvalidError{Field: field, Reason: fmt.Sprintf("the plan has no tier %q", code)}
}
