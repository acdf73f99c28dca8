// Package geo models a territory divided into staffed grids: its plans, tiers
// and grids, the workers who serve them and the households they serve. It
// holds the rules and does no I/O.
package geo

import "gridmap/geo/topo"

// Identities are given by the store and unique across territories, so that a
// grid keeps its ID from plan to plan.
type (
	TerritoryID  int64
	PlanID       int64
	GridID       int64
	WorkerID     int64
	AssignmentID int64
	HouseholdID  int64
	PopulationID int64
	FacilityID   int64
	CompoundID   int64
	BuildingID   int64
	MatterID     int64
	MetricID     int64
	StandardID   int64
	ProfileID    int64
	WaiverID     int64
	CommentID    int64

	ResponsibilityID int64
	NetID            int64
	NetMemberID      int64
)

// A Revision numbers the change sets of one territory in commit order.
type Revision int64

// A Name is what people read, in both languages; EN may be empty.
type Name struct {
	ZH string `json:"zh"`
	EN string `json:"en,omitempty"`
}

// A Territory is the ground a county divides; its boundary is that of the
// root grid of its plan.
type Territory struct {
	ID   TerritoryID `json:"id"`
	Code string      `json:"code"`
	Name Name        `json:"name"`
	// Keeps is what may be kept of households.
	Keeps Keeps `json:"keeps,omitzero"`
}

// A Class says who made a tier: the administration or the grid system.
type Class string

const (
	Administrative Class = "administrative"
	GridClass      Class = "grid"
)

// A Tier is one level of the tree below (and including) the territory.
type Tier struct {
	Rank     int    `json:"rank"` // 0 is the territory itself
	Code     string `json:"code"` // county, township, village, primary, secondary, micro …
	Name     Name   `json:"name"`
	Class    Class  `json:"class"`
	Complete bool   `json:"complete"` // the drawn children of a subdivided parent must cover it
	// Households is the band of resident households a grid of this tier should
	// hold; Max 0 leaves it open.
	Households Band  `json:"households"`
	PersonsCap int64 `json:"persons_cap"` // most residents of a grid, 0 for none
	// NeedsWorker makes a grid without a worker an error; without it the
	// finding is information only (a county of 422 workers cannot staff 1,404
	// micro grids).
	NeedsWorker bool `json:"needs_worker"`
	// Dedicated says how new dedicated grids of the tier lie: empty is Overlay.
	Dedicated Lying `json:"dedicated,omitempty"`
}

// A Lying says how a dedicated grid lies to the general grids of its tier.
type Lying string

const (
	Overlay Lying = "overlay" // over them; nothing of theirs moves
	Hole    Lying = "hole"    // in a hole carved out of them, so that together they partition the parent
)

// A Band is a range of counts, both ends included.
type Band struct {
	Min int64 `json:"min"`
	Max int64 `json:"max"`
}

// A Kind says whether a grid partitions its parent (General) or lies over
// other grids (Dedicated, Task); see [Grid.Partitions] for dedicated grids in
// holes.
type Kind string

const (
	General   Kind = "general"
	Dedicated Kind = "dedicated"
	Task      Kind = "task"
)

// A Setting is the surrounding a grid lies in; rules and bands differ by it.
type Setting string

const (
	Urban Setting = "urban"
	Rural Setting = "rural"
)

// A Grid is a node of a plan's tree; the root is the territory, and towns and
// villages are nodes like any other.
type Grid struct {
	ID         GridID     `json:"id"`
	Parent     GridID     `json:"parent,omitempty"` // 0 for the root
	Tier       int        `json:"tier"`             // rank
	Code       string     `json:"code"`
	Name       Name       `json:"name"`
	Kind       Kind       `json:"kind"`
	Setting    Setting    `json:"setting,omitempty"`
	Boundary   topo.Shape `json:"-"`                     // nil: not drawn
	TextBounds string     `json:"text_bounds,omitempty"` // 四至: boundary in words
	Owner      string     `json:"owner,omitempty"`       // department of a dedicated grid
	Valid      Period     `json:"valid"`
	// Predecessors are the grids this one was made from. They may be gone: see
	// [Snapshot.Former].
	Predecessors []GridID `json:"predecessors,omitempty"`
	// Hole marks a dedicated grid that was carved out of the general grids
	// around it and partitions their parent together with them.
	Hole bool `json:"hole,omitempty"`
	// Rest marks ground of a partial tier that no child takes: a leaf of its
	// parent, so that the leaves always cover the territory.
	Rest bool `json:"rest,omitempty"`
}

// Partitions reports whether the grid takes part in the partition of its
// parent: a general grid, or a dedicated one in a hole of theirs. Others lie
// over them.
func (g *Grid) Partitions() bool { return g.Kind == General || g.Hole }

// A PlanState is a step on a plan's way into force.
type PlanState string

const (
	Draft    PlanState = "draft"
	Reviewed PlanState = "reviewed"
	Filed    PlanState = "filed"
	InForce  PlanState = "in_force"
	Retired  PlanState = "retired"
	// Discarded is a draft that was given up; it stays to be read.
	Discarded PlanState = "discarded"
)

// A Plan is one division of a territory. At most one plan per territory is in
// force on a day.
type Plan struct {
	ID        PlanID      `json:"id"`
	Territory TerritoryID `json:"territory"`
	Name      string      `json:"name"`
	State     PlanState   `json:"state"`
	Effective Date        `json:"effective,omitzero"`
	Revision  Revision    `json:"revision"` // the last change set that touched it
	// Reviewed and Filed are the days on which it last was, since it was made or
	// sent back; 0: never, or not known.
	Reviewed Date `json:"-"`
	Filed    Date `json:"-"`
}

// A Role is what a worker does; CountsInRatio lets STF-3 count it.
type Role struct {
	Code          string `json:"code"` // leader, grid_worker, community_worker …
	Name          Name   `json:"name"`
	CountsInRatio bool   `json:"counts_in_ratio"`
	// Duties say what who holds the role has to do.
	Duties Name `json:"duties,omitzero"`
	// Employment is how who holds the role is expected to be engaged; empty:
	// in any way.
	Employment Employment `json:"employment,omitempty"`
	// Public lets who holds the role stand on the notice board of the grid, with
	// the telephone they have for it. Who leads a grid always does.
	Public bool `json:"public,omitempty"`
}

// An Employment is how a worker is engaged.
type Employment string

const (
	FullTime  Employment = "full_time"
	PartTime  Employment = "part_time"
	Volunteer Employment = "volunteer"
)

// A Worker is a person who serves grids. There is no ID number and no track
// of where a worker has been, and there never will be.
type Worker struct {
	ID         WorkerID   `json:"id"`
	Number     string     `json:"number"` // the employer's number, the key of bulk upserts
	Name       string     `json:"name"`
	Phone      string     `json:"phone,omitempty"`
	Employment Employment `json:"employment"`
	Org        string     `json:"org,omitempty"`
	TrainedOn  Date       `json:"trained_on,omitzero"`
	Active     Period     `json:"active"`
}

// An Assignment puts a worker in a grid (or a division) in one role.
type Assignment struct {
	ID       AssignmentID `json:"id"`
	Worker   WorkerID     `json:"worker"`
	Grid     GridID       `json:"grid"`
	Role     string       `json:"role"`
	Primary  bool         `json:"primary"`        // the worker's main post
	Permille int          `json:"share_permille"` // share of a full post, 0 to 1000
	Duty     string       `json:"duty,omitempty"`
	Valid    Period       `json:"valid"`
	Deputy   WorkerID     `json:"deputy,omitempty"`
}

// A Dwelling is the part of a household that is counted: a place and numbers,
// no address and no reference to the people.
type Dwelling struct {
	ID         HouseholdID `json:"id"`
	At         topo.Point  `json:"-"`
	Stated     GridID      `json:"stated,omitempty"` // the division its address names, 0 if none
	Resident   int32       `json:"resident"`         // persons living there
	Registered int32       `json:"registered"`       // persons registered there
	Located    bool        `json:"located"`          // At holds a place
	Occupied   bool        `json:"occupied"`
	Groups     GroupCounts `json:"groups,omitempty"` // residents by group
}

// A Household is a dwelling with what its own scope may read.
type Household struct {
	Dwelling
	Ref       string  `json:"ref"` // external number, opaque; the key of bulk upserts
	Address   string  `json:"address,omitempty"`
	Compound  string  `json:"compound,omitempty"` // code of the compound its address names; none need exist
	Building  string  `json:"building,omitempty"` // code of the building, or what its address calls it; none need exist
	Unit      string  `json:"unit,omitempty"`
	SourceCRS string  `json:"source_crs,omitempty"`
	AccuracyM float64 `json:"accuracy_m,omitempty"`
	Method    string  `json:"method,omitempty"` // survey, geocoded, derived …
	UpdatedOn Date    `json:"updated_on,omitzero"`
}

// A Basis says which people a figure counts.
type Basis string

const (
	Resident      Basis = "resident"       // 常住
	Registered    Basis = "registered"     // 户籍
	UrbanResident Basis = "urban_resident" // 城镇常住
)

// A Population is a published count for a unit, used where it is the declared
// basis of a rule.
type Population struct {
	ID     PopulationID `json:"id"`
	Unit   GridID       `json:"unit"`
	Basis  Basis        `json:"basis"`
	Value  int64        `json:"value"`
	AsOf   Date         `json:"as_of"`
	Source string       `json:"source,omitempty"`
}

// A Facility is a place people go to: a party-service centre, a station.
type Facility struct {
	ID          FacilityID `json:"id"`
	Type        string     `json:"type"`
	Name        Name       `json:"name"`
	At          topo.Point `json:"-"`
	Division    GridID     `json:"division,omitempty"`
	FloorAreaM2 float64    `json:"floor_area_m2,omitempty"`
	Hours       string     `json:"hours,omitempty"`
	Services    []string   `json:"services,omitempty"`
	Valid       Period     `json:"valid"`
}

// A PropertyState says who looks after a compound.
type PropertyState string

const (
	Serviced    PropertyState = "serviced"     // 有物业: by a property company
	SelfManaged PropertyState = "self_managed" // 自管: by its owners or their employer
	Unserviced  PropertyState = "unserviced"   // 三无: by nobody
)

// A Compound is a housing estate, 小区: ground that planners give away whole
// and that no grid's border should cut.
type Compound struct {
	ID       CompoundID    `json:"id"`
	Code     string        `json:"code"` // the key of bulk upserts
	Name     Name          `json:"name"`
	Property PropertyState `json:"property,omitempty"` // empty: not known
	Division GridID        `json:"division,omitempty"`
	Units    int32         `json:"units,omitempty"` // dwellings built, lived in or not
	Boundary topo.Shape    `json:"-"`               // nil: not drawn, known by its households alone
	Valid    Period        `json:"valid"`
}

// A Snapshot is all that holds for one territory under one plan at one
// revision. Grids[0] is the root and every parent stands before its children.
// Tiers are ordered by rank.
type Snapshot struct {
	Territory   Territory
	Plan        Plan
	Revision    Revision // of the territory, when the snapshot was taken
	Tiers       []Tier
	Grids       []Grid
	Roles       []Role
	Workers     []Worker
	Assignments []Assignment
	Populations []Population
	Facilities  []Facility
	Compounds   []Compound
	Buildings   []Building
	Matters     []Matter
	Metrics     []Metric
	Standards   []Standard
	Profiles    []Profile
	Waivers     []Waiver

	Responsibilities []Responsibility
	Nets             []Net
	NetMembers       []NetMember

	Dwellings []Dwelling
	// Unkept is of how many households something personal was found that the
	// territory does not keep; 0 of files, which are asked when they are read.
	Unkept int64
	// Former are the codes of grids that are no more, but that others name as
	// their predecessors, or that records refer to; their IDs are none of a grid's.
	Former map[GridID]string
}
