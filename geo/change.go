package geo

import (
	"errors"
	"time"
)

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("not found")
	ErrStale    = errors.New("drawn against an older revision")
	ErrConflict = errors.New("already exists")
	ErrInvalid  = errors.New("invalid")
)

// An InvalidError names the field of a record that cannot be taken and why.
// It is an [ErrInvalid].
type InvalidError struct {
	Field  string
	Reason string
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// Is makes every InvalidError an [ErrInvalid].
func (e *InvalidError) Is(target error) bool { return target == ErrInvalid }

// An Entity names a sort of record in the journal.
type Entity string

const (
	GridEntity       Entity = "grid"
	WorkerEntity     Entity = "worker"
	AssignmentEntity Entity = "assignment"
	HouseholdEntity  Entity = "household"
	PopulationEntity Entity = "population"
	FacilityEntity   Entity = "facility"
	CompoundEntity   Entity = "compound"
	BuildingEntity   Entity = "building"
	MatterEntity     Entity = "matter"
	MetricEntity     Entity = "metric"
	StandardEntity   Entity = "standard"
	ProfileEntity    Entity = "profile"
	WaiverEntity     Entity = "waiver"
	CommentEntity    Entity = "comment"

	ResponsibilityEntity Entity = "responsibility"
	NetEntity            Entity = "net"
	NetMemberEntity      Entity = "net_member"
)

// A Record is one row of an entity: *Grid, *Worker, *Assignment, *Household,
// *Population, *Facility, *Compound, *Building, *Matter, *Metric, *Standard, *Profile,
// *Waiver, *Comment, *Responsibility, *Net or *NetMember.
type Record interface {
	Key() (Entity, int64)
}

func (g *Grid) Key() (Entity, int64)       { return GridEntity, int64(g.ID) }
func (w *Worker) Key() (Entity, int64)     { return WorkerEntity, int64(w.ID) }
func (a *Assignment) Key() (Entity, int64) { return AssignmentEntity, int64(a.ID) }
func (h *Household) Key() (Entity, int64)  { return HouseholdEntity, int64(h.ID) }
func (p *Population) Key() (Entity, int64) { return PopulationEntity, int64(p.ID) }
func (f *Facility) Key() (Entity, int64)   { return FacilityEntity, int64(f.ID) }
func (c *Compound) Key() (Entity, int64)   { return CompoundEntity, int64(c.ID) }
func (s *Standard) Key() (Entity, int64)   { return StandardEntity, int64(s.ID) }
func (p *Profile) Key() (Entity, int64)    { return ProfileEntity, int64(p.ID) }
func (w *Waiver) Key() (Entity, int64)     { return WaiverEntity, int64(w.ID) }

func (r *Responsibility) Key() (Entity, int64) { return ResponsibilityEntity, int64(r.ID) }
func (n *Net) Key() (Entity, int64)            { return NetEntity, int64(n.ID) }
func (m *NetMember) Key() (Entity, int64)      { return NetMemberEntity, int64(m.ID) }

// A Change is one record before and after; Before is nil when it was created,
// After when it was deleted.
type Change struct {
	Before, After Record
}

// A ChangeSet is what one transaction changed, as the journal keeps it and the
// live feed tells it.
type ChangeSet struct {
	Territory TerritoryID
	Plan      PlanID // 0 when no plan's grids are touched
	Revision  Revision
	At        time.Time
	By        string // who
	Op        string // what: create, update, delete, upsert, import …
	Changes   []Change
	// Reload is set for a load too large to tell change by change: whoever
	// follows takes a new snapshot.
	Reload bool
}
