package api

import (
	"time"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// changedJSON is what was done to a plan since an edit was drawn.
type changedJSON struct {
	Plan     geo.PlanID         `json:"plan"`
	Base     geo.Revision       `json:"base"`     // drawn against
	Revision geo.Revision       `json:"revision"` // of the plan now
	Grids    []geo.GridID       `json:"grids"`    // those in question
	Since    []changedSinceJSON `json:"since"`
}

type changedSinceJSON struct {
	Revision geo.Revision `json:"revision"`
	At       time.Time    `json:"at"`
	By       string       `json:"by"`
	Op       string       `json:"op"`
}

func changedSince(e *postgis.StaleError) *changedJSON {
	j := &changedJSON{Plan: e.Plan, Base: e.Base, Revision: e.Revision, Grids: append([]geo.GridID{}, e.Grids...), Since: []changedSinceJSON{}}
	for _, c := range e.Since {
		j.Since = append(j.Since, changedSinceJSON{c.Revision, c.At, c.By, c.Op})
	}
	return j
}

// A faultJSON says what is wrong at one place of a refused edit.
type faultJSON struct {
	Kind    string        `json:"kind"`
	Grids   []geo.GridID  `json:"grids"`
	AreaM2  float64       `json:"area_m2,omitempty"`
	WidthM  float64       `json:"width_m,omitempty"` // mean width
	Reason  string        `json:"reason,omitempty"`
	Message check.Message `json:"message"`
}

// editFeatures shows where an edit cannot be done, if that is known.
func editFeatures(e *redraw.EditError) *collectionJSON {
	c := newCollection()
	fault := faultJSON{Kind: "edit", Grids: []geo.GridID{}, Reason: e.Reason, Message: e.Message()}
	if e.Grid != 0 {
		fault.Grids = append(fault.Grids, e.Grid)
	}
	if e.At != nil {
		c.add(pointJSON(*e.At), fault)
	} else {
		c.add(nil, fault)
	}
	return c
}

// faultFeatures shows where grids would no longer partition their parent.
func faultFeatures(e *redraw.TopologyError) *collectionJSON {
	c := newCollection()
	for i := range e.Faults {
		f := &e.Faults[i]
		fault := faultJSON{Kind: string(f.Kind), Grids: []geo.GridID{}, AreaM2: f.AreaM2, WidthM: f.WidthM, Reason: f.Reason, Message: check.FaultMessage(*f)}
		for _, m := range f.Members {
			if m < len(e.Grids) {
				fault.Grids = append(fault.Grids, e.Grids[m])
			}
		}
		if len(f.Region) > 0 {
			c.add(shapeJSON(f.Region), fault)
		} else {
			c.add(pointJSON(topo.Point(f.At)), fault)
		}
	}
	return c
}

// refusedFeatures shows the findings that stand against a plan.
func refusedFeatures(e *FindingsError) *collectionJSON {
	c := newCollection()
	c.Matched = &e.Total
	for i := range e.Findings {
		f := &e.Findings[i]
		c.Features = append(c.Features, featureJSON{Type: "Feature", ID: f.ID, Geometry: geometryOf(f), Properties: f})
	}
	return c
}

func newCollection() *collectionJSON {
	return &collectionJSON{Type: "FeatureCollection", Features: []featureJSON{}}
}

func (c *collectionJSON) add(geometry, properties any) {
	c.Features = append(c.Features, featureJSON{Type: "Feature", Geometry: geometry, Properties: properties})
}

// toldClashes is how many clashes a refusal holds.
const toldClashes = 200

// A clashJSON is one grid that an edit of a draft and the plan in force both
// changed.
type clashJSON struct {
	Edit    clashEditJSON    `json:"edit"`
	Grid    geo.GridID       `json:"grid"`
	Code    string           `json:"code"`
	Fields  []string         `json:"fields"`
	Reason  string           `json:"reason,omitempty"`
	Message check.Message    `json:"message"`
	Base    []baseChangeJSON `json:"base"` // how the plan in force changed it, the last first
}

// A clashEditJSON is an edit of a draft that clashes.
type clashEditJSON struct {
	Revision geo.Revision `json:"revision"`
	At       time.Time    `json:"at"`
	By       string       `json:"by"`
	Op       string       `json:"op"`
}

// A baseChangeJSON is a change set of a plan in force.
type baseChangeJSON struct {
	Plan geo.PlanID `json:"plan"`
	changedSinceJSON
}

// showClashes lists clashes and shows the contested grounds.
func showClashes(e *postgis.ClashError) ([]clashJSON, *collectionJSON) {
	var list []clashJSON
	where := newCollection()
	matched := len(e.Clashes)
	where.Matched = &matched
	for i := range e.Clashes[:min(matched, toldClashes)] {
		c := &e.Clashes[i]
		j := clashJSON{Edit: clashEditJSON{c.Edit.Revision, c.Edit.At, c.Edit.By, c.Edit.Op}, Grid: c.Grid, Code: c.Code,
			Fields: c.Fields, Reason: c.Reason, Message: clashMessage(c), Base: []baseChangeJSON{}}
		for _, b := range c.Base {
			j.Base = append(j.Base, baseChangeJSON{b.Plan, changedSinceJSON{b.Revision, b.At, b.By, b.Op}})
		}
		list = append(list, j)
		fault := faultJSON{Kind: "clash", Grids: []geo.GridID{c.Grid}, Reason: c.Reason}
		if len(c.Ground) > 0 {
			where.add(shapeJSON(c.Ground), fault)
		} else {
			where.add(nil, fault)
		}
	}
	return list, where
}
