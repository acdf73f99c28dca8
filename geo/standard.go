package geo

import (
	"fmt"
	"slices"
)

// A Form says how a standard reckons what a unit should have.
type Form string

const (
	// RatioForm asks for Workers for every Residents (STF-3).
	RatioForm Form = "ratio"
	// StepsForm asks for a quota that rises with the population (STF-4).
	StepsForm Form = "steps"
	// BandForm asks for Min to Max posts, whoever lives there (STF-5).
	BandForm Form = "band"
	// OneEachForm asks for one of a role (STF-2) or one facility of a type
	// (COV-7): at least Min, 1 when it is 0, and with Max at most that.
	OneEachForm Form = "one_each"
	// ShareForm asks that Permille of the staff be of a role or an employment
	// (STF-2).
	ShareForm Form = "share"
	// FloorForm asks that every facility of a type have Min square metres (COV-7).
	FloorForm Form = "floor"
	// ReachForm asks that residents have at most Max metres to walk to a facility
	// of a type: all, or Permille of them (COV-7).
	ReachForm Form = "reach"
)

// formsOf lists the forms that the standards of each rule may take.
var formsOf = map[RuleID][]Form{
	RuleRatio: {RatioForm}, RuleSteps: {StepsForm}, RulePosts: {BandForm},
	RuleOneWorker: {OneEachForm, ShareForm}, RuleReach: {OneEachForm, FloorForm, ReachForm},
}

// FormOf returns the form that standards of a rule take where they state none:
// the only one there is, "" where there are several.
func FormOf(rule RuleID) Form {
	if forms := formsOf[rule]; len(forms) == 1 {
		return forms[0]
	}
	return ""
}

// A Step asks for Workers from a population on.
type Step struct {
	From    int64 `json:"from"`
	Workers int64 `json:"workers"`
}

// DefaultDetourPermille makes an estimate of a walk out of a geodesic distance
// where a standard declares no detour: a choice and no measurement.
const DefaultDetourPermille = 1300

// A Standard is a norm asked of every unit of a tier. What it counts it counts
// in integers, so that "18 per 10,000" stays exact: 17.76 prints as 18 and
// still falls short.
type Standard struct {
	ID   StandardID `json:"id"`
	Rule RuleID     `json:"rule"` // the rule it sets, STF-3 for a ratio
	Form Form       `json:"form"` // empty: ratio

	Workers   int64  `json:"workers,omitempty"`   // of a ratio, > 0
	Residents int64  `json:"residents,omitempty"` // of a ratio, > 0: per so many
	Steps     []Step `json:"steps,omitempty"`     // ascending; below the first nobody is asked for
	Min       int64  `json:"min,omitempty"`
	Max       int64  `json:"max,omitempty"` // 0: no upper limit
	Permille  int64  `json:"permille,omitempty"`
	// DetourPermille makes an estimated walk of a geodesic distance, 0 taking
	// [DefaultDetourPermille].
	DetourPermille int64 `json:"detour_permille,omitempty"`

	Basis    Basis     `json:"basis,omitempty"` // of ratio and steps
	Tier     int       `json:"tier"`            // rank of the units it is asked of
	Settings []Setting `json:"settings,omitempty"`
	Roles    []string  `json:"roles,omitempty"` // counted roles; empty: of a ratio all with CountsInRatio, else any
	// Employment narrows whom it counts; empty: however employed.
	Employment Employment `json:"employment,omitempty"`
	// Among are the roles that a share is of; empty: all who serve.
	Among []string `json:"among,omitempty"`
	// FullPosts counts shares of full posts rather than persons, of each person
	// at most one.
	FullPosts bool   `json:"full_posts,omitempty"`
	Facility  string `json:"facility,omitempty"` // type, of COV-7
	Source    string `json:"source,omitempty"`
	Valid     Period `json:"valid"`
}

// Kind returns the form, a ratio where none is stated.
func (s *Standard) Kind() Form {
	if s.Form == "" {
		return RatioForm
	}
	return s.Form
}

// Required returns how many of what it counts the standard asks for, of a
// number of people: residents for a ratio and steps, residents to reach a
// facility, or the staff of which it is a share. A fraction counts as a whole
// one.
func (s Standard) Required(people int64) int64 {
	switch s.Kind() {
	case RatioForm:
		return ceilOf(people, s.Workers, s.Residents)
	case StepsForm:
		need := int64(0)
		for _, step := range s.Steps {
			if people >= step.From {
				need = step.Workers
			}
		}
		return need
	case BandForm:
		return s.Min
	case OneEachForm:
		return max(1, s.Min)
	case ReachForm:
		if s.Permille == 0 {
			return people
		}
	case FloorForm: // people are the facilities there
		return people
	}
	return ceilOf(people, s.Permille, 1000)
}

// ceilOf returns n × by ÷ per, a fraction counting as a whole one, without
// overflow while n and by are below 2³¹.
func ceilOf(n, by, per int64) int64 {
	whole, left := n/per, n%per
	return whole*by + (left*by+per-1)/per
}

// Shortfall returns how many are missing, 0 if the norm is met.
func (s Standard) Shortfall(have, people int64) int64 {
	return max(0, s.Required(people)-have)
}

// Over returns how many more there are than the standard admits.
func (s Standard) Over(have int64) int64 {
	if kind := s.Kind(); s.Max == 0 || kind != BandForm && kind != OneEachForm {
		return 0
	}
	return max(0, have-s.Max)
}

// Detour returns the declared detour in thousandths.
func (s Standard) Detour() int64 {
	if s.DetourPermille == 0 {
		return DefaultDetourPermille
	}
	return s.DetourPermille
}

// Counts returns whom a standard of staff counts.
func (s Standard) Counts() Staffing {
	return Staffing{Roles: s.Roles, AnyRole: s.Kind() != RatioForm, Employment: s.Employment, FullPosts: s.FullPosts}
}

// CountsAmong returns the staff that a share is of.
func (s Standard) CountsAmong() Staffing {
	return Staffing{Roles: s.Among, AnyRole: true, FullPosts: s.FullPosts}
}

// ByPeople reports whether the standard asks by the population of a unit.
func (s Standard) ByPeople() bool { return s.Kind() == RatioForm || s.Kind() == StepsForm }

// Clashes reports whether two standards ask the same of the same units on the
// same days, which only one can: they count the same people or facilities in one
// form, and differ in nothing but how many they ask for. Residents may be given
// one way to some and a longer one to more of them.
func (s *Standard) Clashes(o *Standard) bool {
	if s.Kind() == ReachForm && (s.Max != o.Max || s.Detour() != o.Detour()) {
		return false
	}
	return s.ID != o.ID && s.Rule == o.Rule && s.Kind() == o.Kind() && s.Tier == o.Tier && s.Basis == o.Basis && s.Facility == o.Facility &&
		s.Employment == o.Employment && s.FullPosts == o.FullPosts && sameWords(s.Roles, o.Roles) && sameWords(s.Among, o.Among) &&
		meet(s.Settings, o.Settings) && s.Valid.Overlaps(o.Valid)
}

// sameWords reports whether two lists hold the same, in whatever order.
func sameWords(a, b []string) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(a), slices.Compact(b))
}

// meet reports whether two lists of settings have one in common; none is all.
func meet(a, b []Setting) bool {
	return len(a) == 0 || len(b) == 0 || slices.ContainsFunc(a, func(s Setting) bool { return slices.Contains(b, s) })
}

// maxSteps is the most steps of a quota.
const maxSteps = 50

// Validate returns an *[InvalidError] for the first field that cannot be, among
// them those that the form has no use for: a norm that says two things says
// none.
func (s *Standard) Validate() error {
	var c checker
	c.word("rule", string(s.Rule))
	forms, known := formsOf[s.Rule]
	if !known {
		c.fail("rule", "%s takes no standard", s.Rule)
	}
	oneOf(&c, "form", s.Form, forms...)
	s.validateAmounts(&c)
	s.validateCounted(&c)
	c.between("tier", int64(s.Tier), 0, maxTier)
	c.settings("settings", s.Settings)
	c.words("roles", s.Roles)
	c.words("among", s.Among)
	c.text("source", s.Source, maxText)
	c.period("valid", s.Valid)
	return c.err()
}

// validateAmounts tests the figures that the form is made of.
func (s *Standard) validateAmounts(c *checker) {
	kind := s.Kind()
	needs := func(field string, v, low, high int64, forms ...Form) {
		switch {
		case slices.Contains(forms, kind):
			c.between(field, v, low, high)
		case v != 0:
			c.fail(field, "has no meaning for the form %s", kind)
		}
	}
	const most, mostMetres, mostArea = 1_000_000, 1_000_000, 10_000_000
	needs("workers", s.Workers, 1, most, RatioForm)
	needs("residents", s.Residents, 1, maxCount, RatioForm)
	if kind == FloorForm {
		c.between("min", s.Min, 1, mostArea)
	} else {
		needs("min", s.Min, 0, most, BandForm, OneEachForm)
	}
	if kind == ReachForm {
		c.between("max", s.Max, 1, mostMetres)
		c.between("permille", s.Permille, 0, 1000)
	} else {
		needs("max", s.Max, 0, most, BandForm, OneEachForm)
		needs("permille", s.Permille, 1, 1000, ShareForm)
	}
	switch {
	case kind == BandForm && s.Min == 0 && s.Max == 0:
		c.fail("min", "is missing: a band has a lower end, an upper one or both")
	case (kind == BandForm || kind == OneEachForm) && s.Max > 0 && s.Required(0) > s.Max:
		c.fail("min", "%d is more than max, which is %d", s.Required(0), s.Max)
	}
	if s.DetourPermille != 0 {
		needs("detour_permille", s.DetourPermille, 1000, 10_000, ReachForm)
	}
	if kind == StepsForm || len(s.Steps) > 0 {
		if kind != StepsForm {
			c.fail("steps", "has no meaning for the form %s", kind)
		}
		c.steps("steps", s.Steps)
	}
}

// validateCounted tests what is counted, and by which people.
func (s *Standard) validateCounted(c *checker) {
	if s.ByPeople() {
		oneOf(c, "basis", s.Basis, Resident, Registered, UrbanResident)
	} else if s.Basis != "" {
		c.fail("basis", "has no meaning for the form %s", s.Kind())
	}
	oneOf(c, "employment", s.Employment, "", FullTime, PartTime, Volunteer)
	if s.Rule != RuleReach {
		if s.Facility != "" {
			c.fail("facility", "has no meaning for %s", s.Rule)
		}
		if len(s.Among) > 0 && s.Kind() != ShareForm {
			c.fail("among", "has no meaning for the form %s", s.Kind())
		}
		if s.Rule == RuleOneWorker && len(s.Roles) == 0 && s.Employment == "" {
			c.fail("roles", "is missing: say which role or employment is asked for")
		}
		return
	}
	c.word("facility", s.Facility)
	if len(s.Roles)+len(s.Among) > 0 || s.Employment != "" || s.FullPosts {
		c.fail("roles", "has no meaning for a facility")
	}
}

// steps tests a quota: it rises with the population.
func (c *checker) steps(field string, steps []Step) {
	if len(steps) == 0 || len(steps) > maxSteps {
		c.fail(field, "has %d entries; 1 to %d are taken", len(steps), maxSteps)
		return
	}
	for i, step := range steps {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.between(at+".from", step.From, 0, maxCount)
		c.between(at+".workers", step.Workers, 1, 1_000_000)
		if i > 0 && (step.From <= steps[i-1].From || step.Workers <= steps[i-1].Workers) {
			c.fail(at, "does not rise over the step before")
		}
	}
}

// settings tests a list of settings.
func (c *checker) settings(field string, list []Setting) {
	for _, set := range list {
		if set != Urban && set != Rural {
			c.fail(field, "no setting %q; there are urban and rural", set)
		}
	}
}
