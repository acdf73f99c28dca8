package api

import (
	"encoding/json"
	"fmt"
	"math"
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/topo"
	"gridmap/tiles"
)

// What one event may hold: more grids than this are only counted, and when
// their outlines have more vertices, later grids have only their bounds. An
// event is then some 400 KB at most.
const (
	mostEventGrids    = 300
	mostEventVertices = 5000
)

// A revisionJSON is the data of an event "revision": what one change set
// changed.
type revisionJSON struct {
	Territory geo.TerritoryID `json:"territory"`
	// Plan is the plan whose grids changed, else the one in force.
	Plan         geo.PlanID         `json:"plan"`
	Revision     geo.Revision       `json:"revision"`
	PlanRevision geo.Revision       `json:"plan_revision"`
	InForce      geo.PlanID         `json:"in_force,omitempty"`
	Op           string             `json:"op,omitempty"`
	At           *time.Time         `json:"at,omitempty"`
	Reload       bool               `json:"reload,omitempty"` // more changed than is told
	Records      map[geo.Entity]int `json:"records,omitempty"`
	Grids        []toldGridJSON     `json:"grids,omitempty"`
	GridsLeftOut int                `json:"grids_left_out,omitempty"`
	Bounds       *boundsJSON        `json:"bounds,omitempty"` // of all ground that changed
	Tiles        []tiles.Range      `json:"tiles,omitempty"`  // that may have changed
}

// A toldGridJSON is a grid that an event tells of.
type toldGridJSON struct {
	refJSON
	Change   string        `json:"change"`  // created, changed, retired
	Redrawn  bool          `json:"redrawn"` // its outline is not what it was
	Bounds   *boundsJSON   `json:"bounds"`  // of old and new ground; null when it never had any
	Before   *shapeJSON    `json:"before,omitempty"`
	After    *shapeJSON    `json:"after,omitempty"`
	Interior *positionJSON `json:"interior,omitempty"` // where tiles put its name on its new ground
}

// A findingsJSON is the data of an event "findings": how a plan stands.
type findingsJSON struct {
	Territory geo.TerritoryID `json:"territory"`
	Plan      geo.PlanID      `json:"plan"`
	Revision  geo.Revision    `json:"revision"`
	Worst     geo.Severity    `json:"worst,omitempty"`
	Errors    int             `json:"error"`
	Warnings  int             `json:"warning"`
	Infos     int             `json:"info"`
}

// showRevision returns what is told of a change set. a is the plan in force,
// nil without one; tiers are the codes of the plan's tiers by rank.
func showRevision(cs geo.ChangeSet, a *atlas.Atlas, tiers map[int]string) revisionJSON {
	j := revisionJSON{Territory: cs.Territory, Plan: cs.Plan, Revision: cs.Revision, PlanRevision: cs.Revision,
		Op: cs.Op, At: &cs.At, Reload: cs.Reload}
	if a != nil {
		j.InForce = a.Plan().ID
		if cs.Plan == 0 {
			j.Plan, j.PlanRevision = a.Plan().ID, a.Plan().Revision
		}
	}
	vertices := 0
	for _, c := range cs.Changes {
		before, _ := c.Before.(*geo.Grid)
		after, _ := c.After.(*geo.Grid)
		if before == nil && after == nil {
			j.count(c)
			continue
		}
		if len(j.Grids) == mostEventGrids {
			j.GridsLeftOut++
			continue
		}
		one := showChanged(before, after, tiers, mostEventVertices-vertices)
		vertices += one.vertices()
		j.Grids = append(j.Grids, one)
	}
	if boxes := tiles.GroundOf(cs.Changes); len(boxes) > 0 {
		all := boxes[0]
		for _, b := range boxes {
			all = all.Extend(b.Min).Extend(b.Max)
		}
		j.Bounds, j.Tiles = (*boundsJSON)(&all), tiles.Touched(boxes)
	}
	return j
}

// count notes a record that is no grid.
func (j *revisionJSON) count(c geo.Change) {
	kept := c.After
	if kept == nil {
		kept = c.Before
	}
	if j.Records == nil {
		j.Records = map[geo.Entity]int{}
	}
	entity, _ := kept.Key()
	j.Records[entity]++
}

// showChanged returns what is told of a grid. Outlines of more than most
// vertices are left out.
func showChanged(before, after *geo.Grid, tiers map[int]string, most int) toldGridJSON {
	g, change := after, "changed"
	var old, now topo.Shape
	if before != nil {
		old = before.Boundary
	}
	switch {
	case after == nil:
		g, change = before, "retired"
	case before == nil:
		change = "created"
	}
	if after != nil {
		now = after.Boundary
	}
	j := toldGridJSON{refJSON: refJSON{ID: g.ID, Code: g.Code, Name: g.Name, Tier: tiers[g.Tier], Kind: g.Kind},
		Change: change, Redrawn: !old.Equal(now)}
	for _, box := range tiles.GroundOf([]geo.Change{{Before: before, After: after}}) {
		j.Bounds = (*boundsJSON)(&box)
	}
	if j.Redrawn && old.Vertices()+now.Vertices() <= most {
		if len(old) > 0 {
			j.Before = (*shapeJSON)(&old)
		}
		if len(now) > 0 {
			at := positionJSON(now.InteriorPoint())
			j.After, j.Interior = (*shapeJSON)(&now), &at
		}
	}
	return j
}

func (j *toldGridJSON) vertices() int {
	n := 0
	for _, s := range [...]*shapeJSON{j.Before, j.After} {
		if s != nil {
			n += topo.Shape(*s).Vertices()
		}
	}
	return n
}

// countFindings returns how the plan stands on a day.
func countFindings(a *atlas.Atlas, day geo.Date) (findingsJSON, error) {
	q := check.Question{AsOf: day, MaxFindings: math.MaxInt32}
	q.Include.Geometry = "none"
	r, err := a.Check(q)
	if err != nil {
		return findingsJSON{}, err
	}
	j := findingsJSON{Territory: a.Territory().ID, Plan: a.Plan().ID, Revision: a.Revision(), Worst: r.Worst}
	for i := range r.Findings {
		switch r.Findings[i].Severity {
		case geo.Error:
			j.Errors++
		case geo.Warning:
			j.Warnings++
		default:
			j.Infos++
		}
	}
	return j, nil
}

// eventText writes an event as it goes over the line; id 0 is none, so that
// the client's Last-Event-ID stays what it was.
func eventText(id geo.Revision, name string, data any) ([]byte, error) {
	raw, err := json.Marshal(data)
	if err != nil {
		return nil, fmt.Errorf("encode event: %w", err)
	}
	var text []byte
	if id > 0 {
		text = fmt.Appendf(text, "id: %d\n", id)
	}
	return fmt.Appendf(text, "event: %s\ndata: %s\n\n", name, raw), nil
}
