package geo

// A RuleID names a rule of the check.
type RuleID string

// The rules this version answers; the others are listed as not checked.
const (
	RuleValid       RuleID = "GEO-1"  // simple, closed rings
	RuleInside      RuleID = "GEO-2"  // inside its parent
	RuleOverlap     RuleID = "GEO-3"  // siblings overlap
	RuleGap         RuleID = "GEO-4"  // ground of the parent that no child covers
	RuleUndrawn     RuleID = "GEO-10" // grid without a boundary
	RuleDatum       RuleID = "GEO-11" // households look shifted: suspect CRS
	RuleHouseholds  RuleID = "SIZ-1"  // households out of band
	RulePersons     RuleID = "SIZ-2"  // residents over the cap
	RuleUnplaced    RuleID = "COV-1"  // household in no grid
	RuleTwice       RuleID = "COV-2"  // household in two grids of one tier
	RuleMisplaced   RuleID = "COV-3"  // point outside the stated division
	RulePointless   RuleID = "COV-4"  // household without a point
	RuleUnstaffed   RuleID = "STF-1"  // grid without a worker
	RuleRatio       RuleID = "STF-3"  // fewer workers than the standard asks
	RuleExpired     RuleID = "STF-6"  // assignment expired or to no one
	RuleLoad        RuleID = "STF-7"  // households per worker
	RuleDedicated   RuleID = "STF-9"  // dedicated grid without own worker or owner
	RuleDuplicate   RuleID = "COD-2"  // code used twice
	RuleWrongParent RuleID = "GEO-7"  // lies in another parent than the stated one
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
