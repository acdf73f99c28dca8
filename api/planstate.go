package api

import (
	"net/http"
	"slices"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// planStates are the states that a call can take a plan to.
var planStates = []geo.PlanState{geo.Draft, geo.Reviewed, geo.Filed, geo.InForce, geo.Discarded}

// postState handles POST /v1/plans/{p}/state: the next step of a plan on its
// way into force, a day to come for that, or back, or out.
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
		Reason    string        `json:"reason"`
	}
	if err := decodeJSON(raw, &asked); err != nil {
		return err
	}
	switch {
	case asked.To == "":
		return bad("to", "is missing: draft, reviewed, filed, in_force or discarded")
	case !slices.Contains(planStates, asked.To):
		return bad("to", "%q is not one of: draft, reviewed, filed, in_force, discarded", clip(string(asked.To)))
	case asked.Effective != 0 && asked.To != geo.InForce:
		return bad("effective", "goes with in_force only")
	case asked.Reason != "" && asked.To != geo.Draft && asked.To != geo.Discarded:
		return bad("reason", "goes with draft and discarded only")
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	day := asked.Effective
	if day == 0 {
		day = s.today()
	}
	done, err := s.store.SetState(r.Context(), postgis.StateRequest{Plan: plan.ID, To: asked.To, Effective: asked.Effective, Reason: asked.Reason,
		By: to.by, Key: to.key, Base: to.base, Today: s.today(), Check: Publishable(day)})
	if err != nil {
		return err
	}
	tellRevision(w, done.Revision)
	return writeJSON(w, http.StatusOK, ShowPublished(done))
}

// postRebase handles POST /v1/plans/{p}/rebase: the draft carried over to the
// plan in force.
func (s *Server) postRebase(w http.ResponseWriter, r *http.Request) error {
	plan, err := s.plan(r, Edit)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var asked struct {
		DryRun bool `json:"dry_run"`
	}
	if len(raw) > 0 {
		if err := decodeJSON(raw, &asked); err != nil {
			return err
		}
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	done, err := s.store.Rebase(r.Context(), postgis.RebaseRequest{Plan: plan.ID, By: to.by, Key: to.key, Base: to.base, DryRun: asked.DryRun})
	if err != nil {
		return err
	}
	tellRevision(w, done.Plan.Revision)
	return writeJSON(w, http.StatusOK, done)
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
	// Rebased says what the plan in force had changed, where the plan was
	// carried over to it first.
	Rebased *postgis.Rebased `json:"rebased,omitempty"`
}

// ShowPublished returns what is told of a step.
func ShowPublished(done postgis.Published) PublishedJSON {
	assignments := 0
	for _, r := range done.References {
		if r.Entity == geo.AssignmentEntity {
			assignments++
		}
	}
	return PublishedJSON{done.State, done.Revision, done.Retired, assignments, done.Households, showReferences(done.References), done.Rebased}
}
