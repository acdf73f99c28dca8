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
	shows, err := s.editShows(r, plan)
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
	return s.tellEdited(w, r, plan, done, shows)
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
	detail, err := wordQuery(q, "detail", "grids", "changes", "full")
	if err != nil {
		return err
	}
	read := s.store.Edits
	if detail != "grids" {
		read = s.store.EditsInFull
	}
	edits, err := read(r.Context(), plan.ID, geo.Revision(before), int(limit)+1)
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
	if answer["edits"], err = ShowPlanEdits(r.Context(), s.store, plan, edits, detail); err != nil {
		return err
	}
	w.Header().Set("Gridmap-Revision", revisionText(plan.Revision))
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, answer)
}

// PlanEditJSON is one entry of a plan's history.
type PlanEditJSON struct {
	Revision geo.Revision     `json:"revision"`
	Made     geo.Revision     `json:"made,omitempty"` // as it was made, before the plan was rebased
	At       time.Time        `json:"at"`
	By       string           `json:"by"`
	Op       string           `json:"op"`
	Grids    []geo.GridID     `json:"grids"`
	Undone   bool             `json:"undone"`
	Again    bool             `json:"again"` // undone, and can be done again
	Changes  []gridChangeJSON `json:"changes,omitempty"`
}

// ShowPlanEdits returns what is told of edits: with detail "changes" every grid
// before and after, with "full" its ground too.
func ShowPlanEdits(ctx context.Context, store *postgis.Store, plan geo.Plan, edits []postgis.PlanEdit, detail string) ([]PlanEditJSON, error) {
	tiers, err := store.Tiers(ctx, plan)
	if err != nil {
		return nil, err
	}
	v := editView{tiers: map[int]geo.Tier{}, codes: map[geo.GridID]string{}}
	for _, t := range tiers {
		v.tiers[t.Rank] = t
	}
	ground := NoGround
	if detail == "full" {
		ground = FullGround
	}
	list := make([]PlanEditJSON, len(edits))
	for i, e := range edits {
		list[i] = PlanEditJSON{Revision: e.Revision, At: e.At, By: e.By, Op: e.Op, Grids: append([]geo.GridID{}, e.Grids...), Undone: e.Undone, Again: e.Again}
		if e.First != e.Revision {
			list[i].Made = e.First
		}
		for _, c := range e.Changes {
			list[i].Changes = append(list[i].Changes, v.change(c, ground))
		}
	}
	return list, nil
}

// stepJSON is a step of a plan on its way into force and out of it.
type stepJSON struct {
	State     geo.PlanState `json:"state"`
	At        time.Time     `json:"at"`
	By        string        `json:"by"`
	Reason    string        `json:"reason,omitempty"`   // why it was sent back, discarded, or is not in force on its day
	Effective geo.Date      `json:"effective,omitzero"` // the day it shall come, or came, into force
}

func showSteps(steps []postgis.Step) []stepJSON {
	list := make([]stepJSON, len(steps))
	for i, s := range steps {
		list[i] = stepJSON{s.State, s.At, s.By, s.Reason, s.Effective}
	}
	return list
}
