package geo

import "slices"

// A Waiver lets one finding stand: it stays in the report, but fails no check.
type Waiver struct {
	ID      WaiverID `json:"id"`
	Finding string   `json:"finding"` // its id, the key of bulk upserts
	Rule    RuleID   `json:"rule"`    // that the finding is of
	Why     string   `json:"why"`
	By      string   `json:"by"` // who decided
	// Until is the first day on which the finding counts again; none: it stands
	// for good.
	Until Date `json:"until,omitzero"`
}

// Validate returns an *[InvalidError] for the first field that cannot be. There
// need be no such finding now.
func (w *Waiver) Validate() error {
	var c checker
	c.word("finding", w.Finding)
	if !slices.Contains(AllRules, w.Rule) {
		c.fail("rule", "no such rule")
	}
	if w.Why == "" {
		c.fail("why", "is empty")
	}
	c.text("why", w.Why, maxText)
	c.word("by", w.By)
	c.date("until", w.Until)
	return c.err()
}

// Holds reports whether the waiver lets its finding stand on a day.
func (w *Waiver) Holds(day Date) bool { return w.Until == 0 || day < w.Until }
