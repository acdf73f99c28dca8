package geo

import (
	"fmt"
	"slices"
)

// A Matter is an entry of the catalogue of what people bring to the grids,
// 事项: which grids admit it, and who answers.
type Matter struct {
	ID    MatterID `json:"id"`
	Code  string   `json:"code"` // the key of bulk upserts
	Name  Name     `json:"name"`
	Group string   `json:"group,omitempty"` // what the catalogue lists it under
	// Admitted is whether any grid takes it; a catalogue also lists what none does.
	Admitted bool `json:"admitted"`
	// Kinds, Tiers and Settings say which grids take it; none means all. Tiers
	// are codes, of divisions too.
	Kinds    []Kind    `json:"kinds,omitempty"`
	Tiers    []string  `json:"tiers,omitempty"`
	Settings []Setting `json:"settings,omitempty"`
	// Department is the one it goes to, Role the code of who answers in the grid:
	// the leader, where it is empty.
	Department Name   `json:"department"`
	Role       string `json:"role,omitempty"`
	Valid      Period `json:"valid"`
}

// Key names the record.
func (m *Matter) Key() (Entity, int64) { return MatterEntity, int64(m.ID) }

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether tiers and the role exist is for [Matter.Known] to say.
func (m *Matter) Validate() error {
	var c checker
	c.word("code", m.Code)
	c.name(m.Name)
	c.text("group", m.Group, maxWord)
	for _, k := range m.Kinds {
		oneOf(&c, "kinds", k, General, Dedicated, Task)
	}
	c.words("tiers", m.Tiers)
	for _, s := range m.Settings {
		oneOf(&c, "settings", s, Urban, Rural)
	}
	c.text("department.zh", m.Department.ZH, maxWord)
	c.text("department.en", m.Department.EN, maxWord)
	c.text("role", m.Role, maxWord)
	c.period("valid", m.Valid)
	if m.Admitted && m.Department.ZH == "" {
		c.fail("department.zh", "is empty, and the matter is admitted")
	}
	return c.err()
}

// Known returns an *[InvalidError] for the first tier or role that the territory
// does not have: a matter that waits for such a grid would be refused everywhere,
// and nobody would answer for such a role.
func (m *Matter) Known(tiers []Tier, roles []Role) error {
	for i, code := range m.Tiers {
		if !slices.ContainsFunc(tiers, func(t Tier) bool { return t.Code == code }) {
			return &InvalidError{fmt.Sprintf("tiers[%d]", i), fmt.Sprintf("there is no tier %q", code)}
		}
	}
	if m.Role != "" && !slices.ContainsFunc(roles, func(r Role) bool { return r.Code == m.Role }) {
		return &InvalidError{"role", fmt.Sprintf("there is no role %q", m.Role)}
	}
	return nil
}

// Takes reports whether a grid of a kind, a tier and a setting takes the
// matter. A grid of no setting takes what any takes.
func (m *Matter) Takes(kind Kind, tier string, setting Setting) bool {
	return m.Admitted &&
		(len(m.Kinds) == 0 || slices.Contains(m.Kinds, kind)) &&
		(len(m.Tiers) == 0 || slices.Contains(m.Tiers, tier)) &&
		(len(m.Settings) == 0 || setting == "" || slices.Contains(m.Settings, setting))
}

// Leads reports whether a role leads a grid: 网格长, or 微网格长 for a micro
// grid.
func Leads(role string) bool { return role == "leader" || role == "micro_leader" }

// A MatterError says that a matter is not admitted in a place.
type MatterError struct {
	Matter Matter
	Grid   string // code of the grid that the place lies in
	Day    Date   // on which the matter is not in the catalogue, 0 where it is
}

func (e *MatterError) Error() string { return "matter " + e.Matter.Code + " " + e.Reason() }

// Reason says why, and names the grid.
func (e *MatterError) Reason() string {
	switch {
	case e.Day != 0:
		return "is not in the catalogue on " + e.Day.String() + ", asked of grid " + e.Grid
	case !e.Matter.Admitted:
		return "is admitted by no grid, nor by " + e.Grid
	}
	return "is not admitted by grid " + e.Grid + " nor by those above and over it"
}
