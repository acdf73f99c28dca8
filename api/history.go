package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// postUndo handles POST /v1/plans/{p}/undo: the last edit that still stands.
func (s *Server) postUndo(w http.ResponseWriter, r *http.Request) error {
	return s.postTurn(w, r, "undo", s.store.Undo)
}

// postRedo handles POST /v1/plans/{p}/redo: the edit undone last.
func (s *Server) postRedo(w http.ResponseWriter, r *http.Request) error {
	return s.postTurn(w, r, "redo", s.store.Redo)
}

func (s *Server) postTurn(w http.ResponseWriter, r *http.Request, what string, do func(context.Context, postgis.Turn) (postgis.Edited, error)) error {
	plan, err := s.plan(r, Edit)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	if len(raw) > 0 {
		if err := decodeJSON(raw, &struct{}{}); err != nil {
			return err
		}
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	detail, err := editDetail(r)
	if err != nil {
		return err
	}
	done, err := do(r.Context(), postgis.Turn{Plan: plan.ID, By: to.by, Key: to.key, Base: to.base})
	if errors.Is(err, geo.ErrNotFound) {
		return &postgis.StateError{Plan: plan.ID, State: plan.State, Reason: "there is nothing left to " + what}
	}
	if err != nil {
		return err
	}
	return s.tellEdited(w, r, plan, done, detail)
}

// listEdits handles GET /v1/plans/{p}/edits: what was done to a plan, the
// newest first, and its way through the states.
func (s *Server) listEdits(w http.ResponseWriter, r *http.Request) error {
	plan, err := s.plan(r, Counts)
	if err != nil {
		return err
	}
	q := r.URL.Query()
	limit, err := intQuery(q, "limit", min(100, int64(s.limits.Page)), 1, int64(s.limits.Page))
	if err != nil {
		return err
	}
	before, err := intQuery(q, "cursor", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	edits, err := s.store.Edits(r.Context(), plan.ID, geo.Revision(before), int(limit)+1)
	if err != nil {
		return err
	}
	steps, err := s.store.Steps(r.Context(), plan.ID)
	if err != nil {
		return err
	}
	answer := map[string]any{"plan": plan.ID, "state": plan.State, "revision": plan.Revision, "steps": showSteps(steps)}
	if len(edits) > int(limit) {
		edits = edits[:limit]
		answer["next"] = nextPage(w, r.URL, strconv.FormatInt(int64(edits[limit-1].Revision), 10))
	}
	answer["edits"] = showPlanEdits(edits)
	w.Header().Set("Gridmap-Revision", revisionText(plan.Revision))
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, answer)
}

// planEditJSON is one entry of a plan's history.
type planEditJSON struct {
	Revision geo.Revision `json:"revision"`
	At       time.Time    `json:"at"`
	By       string       `json:"by"`
	Op       string       `json:"op"`
	Grids    []geo.GridID `json:"grids"`
	Undone   bool         `json:"undone"`
}

func showPlanEdits(edits []postgis.PlanEdit) []planEditJSON {
	list := make([]planEditJSON, len(edits))
	for i, e := range edits {
		list[i] = planEditJSON{e.Revision, e.At, e.By, e.Op, append([]geo.GridID{}, e.Grids...), e.Undone}
	}
	return list
}

// stepJSON is a step of a plan on its way into force and out of it.
type stepJSON struct {
	State geo.PlanState `json:"state"`
	At    time.Time     `json:"at"`
	By    string        `json:"by"`
}

func showSteps(steps []postgis.Step) []stepJSON {
	list := make([]stepJSON, len(steps))
	for i, s := range steps {
		list[i] = stepJSON{s.State, s.At, s.By}
	}
	return list
}
