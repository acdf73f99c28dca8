package check

import (
	"gridmap/geo"
	"gridmap/geo/topo"
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
	// Position is the one nobody keeps the unit in (RES-1).
	Position geo.Position `json:"position,omitempty"`
	// Metric is whose statement is not what is counted, and of which figure
	// (CON-1).
	Metric string `json:"metric,omitempty"`
	// Buildings counts those of a cut compound by the code of the grid that each
	// stands in (GEO-9).
	Buildings map[string]int `json:"buildings,omitempty"`
}

// A Finding is one place or record where the plan breaks a rule.
type Finding struct {
	ID       string       `json:"id"` // the same finding has the same id in every run
	Rule     geo.RuleID   `json:"rule"`
	Severity geo.Severity `json:"severity"`
	Tier     string       `json:"tier,omitempty"`
	Subject  Subject      `json:"subject"`
	// About tells what of the subject it speaks of, where a rule asks for several
	// things of one: the form of the standard, the type of facility, the roles.
	About    string      `json:"about,omitempty"`
	Measure  *Measure    `json:"measure,omitempty"`
	Region   topo.Shape  `json:"-"` // the ground, encoded as GeoJSON by the face
	At       *topo.Point `json:"-"` // the place, where there is no ground
	Evidence *Evidence   `json:"evidence,omitempty"`
	Message  Message     `json:"message"`
	Fixes    []Fix       `json:"fixes,omitempty"`
	Waived   *Waived     `json:"waived,omitempty"` // it stands, and fails no check
}

// A Waived says who let a finding stand, why, and until which day; the day
// itself no more, and without one for good.
type Waived struct {
	By    string   `json:"by"`
	Why   string   `json:"why"`
	Until geo.Date `json:"until,omitzero"`
}

// A Fix is something the planner could do about a finding.
type Fix struct {
	Do          string       `json:"do"`                      // assign_to, assign_keeper, assign_worker, move_to, renumber
	Grid        string       `json:"grid"`                    // that gets the ground, the keeper, the worker or the grid, or whose grids are numbered
	SharedEdgeM float64      `json:"shared_edge_m,omitempty"` // border the ground shares with the grid
	Position    geo.Position `json:"position,omitempty"`      // of the keeper who is missing
	Edit        string       `json:"edit,omitempty"`          // fill or transfer: the op that gives the ground
}

// NotChecked names a rule that could not be asked and why.
type NotChecked struct {
	Rule    geo.RuleID `json:"rule"`
	Because string     `json:"because"`
}

// A UnitReport is one unit against one standard.
type UnitReport struct {
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	NameEN     string     `json:"name_en,omitempty"`
	Tier       string     `json:"tier"`
	Rule       geo.RuleID `json:"rule"`
	Form       geo.Form   `json:"form"`
	Facility   string     `json:"facility,omitempty"` // type
	About      string     `json:"about,omitempty"`    // as [Finding.About]
	Population *int64     `json:"population"`         // that it asks by, null where it asks by none
	Basis      *geo.Basis `json:"basis"`              // of the population, null with it
	// Workers is who is counted: persons, or full posts; of a standard of
	// facilities all who serve in the unit.
	Workers int64 `json:"workers"`
	// Counts says what Actual, Required, Short and Over count: workers,
	// full_posts, facilities or residents. Fractions of Actual are cut, those of
	// Required and Short count as whole ones.
	Counts              string   `json:"counts"`
	Actual              int64    `json:"actual"`
	Required            int64    `json:"required"`
	Short               int64    `json:"short"`
	Over                int64    `json:"over,omitempty"`        // beyond the upper end of a band
	RatioPer10k         *float64 `json:"ratio_per_10k"`         // cut to two decimals, null without people
	HouseholdsPerWorker *float64 `json:"households_per_worker"` // cut to two decimals, null without workers
	Status              string   `json:"status"`                // ok, or the severity
}

// AskedBy returns the people that the standard asks by and their basis, 0 and
// "" where it asks by none.
func (u *UnitReport) AskedBy() (people int64, basis geo.Basis) {
	if u.Population != nil {
		people = *u.Population
	}
	if u.Basis != nil {
		basis = *u.Basis
	}
	return people, basis
}

// A StandardSummary adds up the units of one standard.
type StandardSummary struct {
	Rule     geo.RuleID `json:"rule"`
	Form     geo.Form   `json:"form"`
	Tier     string     `json:"tier"`
	Facility string     `json:"facility,omitempty"`
	Roles    []string   `json:"roles,omitempty"`
	Source   string     `json:"source,omitempty"`
	Units    int        `json:"units"`
	Met      int        `json:"met"` // of the units
	Actual   int64      `json:"actual"`
	Required int64      `json:"required"`
	Short    int64      `json:"short"`
	Over     int64      `json:"over,omitempty"`
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
	Value int64     `json:"value"`
	Basis geo.Basis `json:"basis"`
	AsOf  geo.Date  `json:"as_of,omitzero"`
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
	// Standards holds a row for each standard that was asked.
	Standards []StandardSummary `json:"standards"`
}

// A Report is the answer of one check.
type Report struct {
	Run         string       `json:"run"`
	Territory   string       `json:"territory"`
	PlanVersion geo.Revision `json:"plan_version"`
	AsOf        geo.Date     `json:"as_of"`
	CRS         string       `json:"crs"`
	Pass        bool         `json:"pass"`
	Worst       geo.Severity `json:"worst,omitempty"`
	ElapsedMS   float64      `json:"elapsed_ms"`
	Summary     Summary      `json:"summary"`
	Units       []UnitReport `json:"units"`
	Findings    []Finding    `json:"findings"`
	// FindingsTotal counts the findings before MaxFindings cut the list.
	FindingsTotal int `json:"findings_total"`
	// WaivedTotal is how many of them are waived.
	WaivedTotal int          `json:"waived_total,omitempty"`
	NotChecked  []NotChecked `json:"not_checked"`
	// Outline has all of it in figures that can be added up.
	Outline Outline `json:"-"`
}
