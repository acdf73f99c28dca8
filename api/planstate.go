package api

import (
	"net/http"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// postState handles POST /v1/plans/{p}/state: the next step of a plan on its
// way into force.
func (s *Server) postState(w http.ResponseWriter, r *http.Request) error {
	plan, err := s.plan(r, Publish)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var asked struct {
		To        geo.PlanState `json:"to"`
		Effective geo.Date      `json:"effective"`
	}
	if err := decodeJSON(raw, &asked); err != nil {
		return err
	}
	switch asked.To {
	case geo.Reviewed, geo.Filed, geo.InForce:
	case "":
		return bad("to", "is missing: reviewed, filed or in_force")
	default:
		return bad("to", "%q is not one of: reviewed, filed, in_force", clip(string(asked.To)))
	}
	if asked.Effective != 0 && asked.To != geo.InForce {
		return bad("effective", "goes with in_force only")
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	day := asked.Effective
	if day == 0 {
		day = s.today()
	}
	done, err := s.store.SetState(r.Context(), postgis.StateRequest{Plan: plan.ID, To: asked.To, Effective: asked.Effective,
		By: to.by, Key: to.key, Base: to.base, Check: Publishable(day)})
	if err != nil {
		return err
	}
	tellRevision(w, done.Revision)
	return writeJSON(w, http.StatusOK, ShowPublished(done))
}

// PublishedJSON is a plan after a step, and what the step moved.
type PublishedJSON struct {
	Plan        geo.Plan     `json:"plan"`
	Revision    geo.Revision `json:"revision"`
	Retired     geo.PlanID   `json:"retired,omitempty"` // the plan it took the place of
	Assignments int          `json:"assignments_moved"`
	Households  int64        `json:"households_moved"`
	// References are what refers to grids that are gone, and what became of it.
	References []referenceJSON `json:"references"`
}

// ShowPublished returns what is told of a step.
func ShowPublished(done postgis.Published) PublishedJSON {
	assignments := 0
	for _, r := range done.References {
		if r.Entity == geo.AssignmentEntity {
			assignments++
		}
	}
	return PublishedJSON{done.State, done.Revision, done.Retired, assignments, done.Households, showReferences(done.References)}
}
