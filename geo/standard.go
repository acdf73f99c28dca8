package geo

// A Standard is a staffing norm: at least Workers for every Residents.
//
// Both are integers so that "18 per 10,000" stays exact: 17.76 prints as 18
// and still falls short.
type Standard struct {
	ID        StandardID `json:"id"`
	Rule      RuleID     `json:"rule"`      // the rule it sets, STF-3 for a ratio
	Workers   int64      `json:"workers"`   // required workers, > 0
	Residents int64      `json:"residents"` // per this many residents, > 0
	Basis     Basis      `json:"basis"`
	Tier      int        `json:"tier"`            // rank of the units it is asked of
	Roles     []string   `json:"roles,omitempty"` // counted roles; empty: all with CountsInRatio
	Source    string     `json:"source,omitempty"`
	Valid     Period     `json:"valid"`
}

// Required returns how many workers residents need. A fraction of a worker
// counts as a whole one.
func (s Standard) Required(residents int64) int64 {
	whole, left := residents/s.Residents, residents%s.Residents
	return whole*s.Workers + (left*s.Workers+s.Residents-1)/s.Residents
}

// Shortfall returns how many workers are missing for residents, 0 if the norm
// is met.
func (s Standard) Shortfall(workers, residents int64) int64 {
	return max(0, s.Required(residents)-workers)
}
