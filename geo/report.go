package geo

import "gridmap/geo/topo"

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

// allRules is the whole rule set of the field, answered or not.
var allRules = []RuleID{
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

// A Measure is what was measured, and the limit it was held against.
type Measure struct {
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Op    string  `json:"op"` // the relation that should have held: <=, >=, =
	Limit float64 `json:"limit"`
}

// A Subject is what a finding is about.
type Subject struct {
	Type string `json:"type"` // division, grid, household, worker, assignment
	ID   int64  `json:"id,omitempty"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"` // Chinese
	// NameEN is the English name where there is one.
	NameEN string `json:"name_en,omitempty"`
}

// A Message says a finding in both languages.
type Message struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Evidence is what else is known of the place of a finding.
type Evidence struct {
	Touches    []string `json:"touches,omitempty"` // codes of the grids that meet there, ascending
	Households int      `json:"households_inside,omitempty"`
	WidthM     float64  `json:"mean_width_m,omitempty"` // 2 × area / perimeter
}

// A Finding is one place or record where the plan breaks a rule.
type Finding struct {
	ID       string      `json:"id"` // the same finding has the same id in every run
	Rule     RuleID      `json:"rule"`
	Severity Severity    `json:"severity"`
	Tier     string      `json:"tier,omitempty"`
	Subject  Subject     `json:"subject"`
	Measure  *Measure    `json:"measure,omitempty"`
	Region   topo.Shape  `json:"-"` // the ground, encoded as GeoJSON by the face
	At       *topo.Point `json:"-"` // the place, where there is no ground
	Evidence *Evidence   `json:"evidence,omitempty"`
	Message  Message     `json:"message"`
	Fixes    []Fix       `json:"fixes,omitempty"`
}

// A Fix is something the planner could do about a finding.
type Fix struct {
	Do          string  `json:"do"` // assign_to
	Grid        string  `json:"grid"`
	SharedEdgeM float64 `json:"shared_edge_m"` // border the ground shares with the grid
}

// NotChecked names a rule that could not be asked and why.
type NotChecked struct {
	Rule    RuleID `json:"rule"`
	Because string `json:"because"`
}

// A UnitReport is the staffing of one unit against one rule.
type UnitReport struct {
	Code                string   `json:"code"`
	Name                string   `json:"name"`
	NameEN              string   `json:"name_en,omitempty"`
	Tier                string   `json:"tier"`
	Population          int64    `json:"population"`
	Basis               Basis    `json:"basis"`
	Workers             int64    `json:"workers"`
	Required            int64    `json:"required"`
	Short               int64    `json:"short"`
	RatioPer10k         *float64 `json:"ratio_per_10k"`         // cut to two decimals, null without people
	HouseholdsPerWorker *float64 `json:"households_per_worker"` // cut to two decimals, null without workers
	Rule                RuleID   `json:"rule"`
	Status              string   `json:"status"` // ok, or the severity
}

// A Places is a count of faulty places and their area.
type Places struct {
	Count int     `json:"count"`
	M2    float64 `json:"m2"`
}

// A HouseholdCount says how the households of the scope are placed.
type HouseholdCount struct {
	Total    int64 `json:"total"`
	Located  int64 `json:"located"`
	InOne    int64 `json:"in_one"`
	InNone   int64 `json:"in_none"`
	InMany   int64 `json:"in_many"`
	Outside  int64 `json:"outside_division"`
	Resident int64 `json:"persons_resident"`
}

// A PopulationFigure is the people of the scope, their basis and date.
type PopulationFigure struct {
	Value int64 `json:"value"`
	Basis Basis `json:"basis"`
	AsOf  Date  `json:"as_of,omitzero"`
}

// A Summary is the check in figures.
type Summary struct {
	Grids      map[string]int    `json:"grids"` // by tier code; also dedicated, task, undrawn
	AreaM2     float64           `json:"area_m2"`
	CoveredM2  float64           `json:"covered_m2"`
	CoveredPct float64           `json:"covered_pct"` // cut, so that 100 means nothing missing
	Gaps       Places            `json:"gaps"`
	Overlaps   Places            `json:"overlaps"`
	Dust       Places            `json:"dust"` // faults under the tolerance, listed apart
	Households HouseholdCount    `json:"households"`
	Population *PopulationFigure `json:"population"`
	Workers    struct {
		ByRole map[string]int64 `json:"by_role"`
	} `json:"workers"`
	GridsWithoutWorker int `json:"grids_without_worker"`
}

// A Report is the answer of one check.
type Report struct {
	Run         string       `json:"run"`
	Territory   string       `json:"territory"`
	PlanVersion Revision     `json:"plan_version"`
	AsOf        Date         `json:"as_of"`
	CRS         string       `json:"crs"`
	Pass        bool         `json:"pass"`
	Worst       Severity     `json:"worst,omitempty"`
	ElapsedMS   float64      `json:"elapsed_ms"`
	Summary     Summary      `json:"summary"`
	Units       []UnitReport `json:"units"`
	Findings    []Finding    `json:"findings"`
	// FindingsTotal counts the findings before MaxFindings cut the list.
	FindingsTotal int          `json:"findings_total"`
	NotChecked    []NotChecked `json:"not_checked"`
}
