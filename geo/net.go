package geo

import "math"

// A Purpose says what a net is laid over a territory for.
type Purpose string

const (
	BaseNet   Purpose = "base"   // 综合: the plan's own grids
	PartyNet  Purpose = "party"  // 党建
	PoliceNet Purpose = "police" // 警务
	CityNet   Purpose = "city"   // 城管
	TaskNet   Purpose = "task"   // 任务: flood, census, demolition; it has dates and a progress
	SectorNet Purpose = "sector" // 片区: units grouped across villages
)

// A Net is a grouping of a territory's units beside the plan's tree: the grids
// of another service, a task for some days, or sectors. Several lie over the
// same ground.
type Net struct {
	ID      NetID   `json:"id"`
	Code    string  `json:"code"` // the key of bulk upserts
	Name    Name    `json:"name"`
	Purpose Purpose `json:"purpose"`
	Valid   Period  `json:"valid"` // the days of a task
}

// Validate returns an *[InvalidError] for the first field that cannot be.
func (n *Net) Validate() error {
	var c checker
	c.word("code", n.Code)
	c.name(n.Name)
	oneOf(&c, "purpose", n.Purpose, BaseNet, PartyNet, PoliceNet, CityNet, TaskNet, SectorNet)
	c.period("valid", n.Valid)
	return c.err()
}

// A NetMember is a unit of the territory in a net, and how far the net's task
// has come there. A unit may be in a net several times, with another measure
// each.
type NetMember struct {
	ID   NetMemberID `json:"id"`
	Net  string      `json:"net"` // code of the net
	Grid GridID      `json:"grid"`
	// Measure is what Done and Total count: households, persons, doors …; empty
	// where there is nothing to count.
	Measure string `json:"measure,omitempty"`
	Done    int64  `json:"done"`  // of Total
	Total   int64  `json:"total"` // 0 where there is nothing to do
	// Under is the unit that the member answers to in this net, a second parent
	// by function; 0 when it is its parent in the plan.
	Under GridID `json:"under,omitempty"`
	// Group names what the net puts members together to: a sector, a police
	// post, a party branch.
	Group     string `json:"group,omitempty"`
	UpdatedOn Date   `json:"updated_on,omitzero"`
}

// Validate returns an *[InvalidError] for the first field that cannot be.
// Whether the net and the units exist is for the store to say.
func (m *NetMember) Validate() error {
	var c checker
	c.word("net", m.Net)
	c.between("grid", int64(m.Grid), 1, math.MaxInt64)
	c.text("measure", m.Measure, maxWord)
	c.between("total", m.Total, 0, maxCount)
	c.between("done", m.Done, 0, m.Total)
	if m.Measure == "" && m.Total > 0 {
		c.fail("measure", "is empty, though there is a total")
	}
	c.between("under", int64(m.Under), 0, math.MaxInt64)
	if m.Under == m.Grid {
		c.fail("under", "is the member itself")
	}
	c.text("group", m.Group, maxWord)
	c.date("updated_on", m.UpdatedOn)
	return c.err()
}
