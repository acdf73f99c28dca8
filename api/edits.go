package api

import (
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"

	"gridmap/geo"
	"gridmap/geo/postgis"
)

// plan returns the plan of the address and asks allow about its territory.
func (s *Server) plan(r *http.Request, right Right) (geo.Plan, error) {
	scope, err := s.addressed(r)
	if err != nil {
		return geo.Plan{}, err
	}
	return s.planOf(r, scope.Plan, right)
}

// planOf returns a plan and asks allow about its territory.
func (s *Server) planOf(r *http.Request, id geo.PlanID, right Right) (geo.Plan, error) {
	plan, err := s.store.Plan(r.Context(), id)
	if err != nil {
		return geo.Plan{}, err
	}
	return plan, s.allow(r, right, Scope{Territory: plan.Territory, Plan: plan.ID})
}

// createPlan handles POST /v1/plans: a draft, copied from a plan.
func (s *Server) createPlan(w http.ResponseWriter, r *http.Request) error {
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	var asked struct {
		Territory geo.TerritoryID `json:"territory"`
		From      geo.PlanID      `json:"from"`
		Name      string          `json:"name"`
	}
	if err := decodeJSON(raw, &asked); err != nil {
		return err
	}
	switch {
	case asked.Territory < 1:
		return bad("territory", "is missing: the id of the territory to divide")
	case asked.From < 0:
		return bad("from", "%d is not a plan's id", asked.From)
	}
	if err := s.allow(r, Edit, Scope{Territory: asked.Territory}); err != nil {
		return err
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	plan, err := s.store.Draft(r.Context(), postgis.DraftRequest{Territory: asked.Territory, From: asked.From, Name: asked.Name, By: to.by, Key: to.key})
	if err != nil {
		return err
	}
	s.warm(r.Context(), plan)
	w.Header().Set("Location", fmt.Sprintf("/v1/plans/%d", plan.ID))
	tellRevision(w, plan.Revision)
	return writeJSON(w, http.StatusCreated, plan)
}

// warm makes ready to edit a draft that somebody just made or opened, without
// waiting. If that fails, the first edit does it and says why.
func (s *Server) warm(ctx context.Context, plan geo.Plan) {
	if plan.State == geo.Draft {
		go func() { _ = s.store.Warm(context.WithoutCancel(ctx), plan.ID) }()
	}
}

// postEdits handles POST /v1/plans/{p}/edits: one edit or a list, done whole
// or not at all, drawn at the revision named by If-Match.
func (s *Server) postEdits(w http.ResponseWriter, r *http.Request) error {
	plan, err := s.plan(r, Edit)
	if err != nil {
		return err
	}
	raw, err := readBody(w, r, s.limits.Body, typeJSON)
	if err != nil {
		return err
	}
	asked, err := DecodeEdits(raw)
	if err != nil {
		return err
	}
	to, err := s.turn(r, raw)
	if err != nil {
		return err
	}
	request, err := asked.Ask(PlanNames(r.Context(), s.store, plan))
	if err != nil {
		return err
	}
	request.Plan, request.By, request.Key, request.Request, request.Base = plan.ID, to.by, to.key, to.digest, to.base
	shows, err := s.editShows(r, plan)
	if err != nil {
		return err
	}
	done, err := s.store.Edit(r.Context(), request)
	if err != nil {
		return err
	}
	return s.tellEdited(w, r, plan, done, shows)
}

// An editShow is what the answer to an edit shows: how much ground, and who
// moved by external number.
type editShow struct {
	detail Detail
	refs   bool
}

// editShows reads what the answer shows.
func (s *Server) editShows(r *http.Request, plan geo.Plan) (editShow, error) {
	word, err := wordQuery(r.URL.Query(), "geometry", string(FullGround), string(AfterGround), string(NoGround))
	if err != nil {
		return editShow{}, err
	}
	refs, err := s.asksRefs(r, plan.ID, plan.Territory)
	return editShow{Detail(word), refs}, err
}

// A turn is a write: who, under which key, at which revision.
type turn struct {
	by, key string
	base    geo.Revision
	digest  []byte // of the request, to tell two under one key apart
}

// turn reads whose turn it is from the headers.
func (s *Server) turn(r *http.Request, body []byte) (turn, error) {
	base, err := baseRevision(r)
	if err != nil {
		return turn{}, err
	}
	key := r.Header.Get("Idempotency-Key")
	if len(key) > 255 || strings.ContainsFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) {
		return turn{}, bad("Idempotency-Key", "must be up to 255 printable ASCII characters")
	}
	digest := sha256.New()
	fmt.Fprintf(digest, "%s\n%s\n%s\n%d\n", r.Method, r.URL.Path, r.URL.RawQuery, base)
	digest.Write(body)
	return turn{s.who(r), key, base, digest.Sum(nil)}, nil
}

// tellEdited answers what an edit changed.
func (s *Server) tellEdited(w http.ResponseWriter, r *http.Request, plan geo.Plan, done postgis.Edited, shows editShow) error {
	answer, err := ShowEdited(r.Context(), s.store, plan, done, shows.detail)
	if err == nil && shows.refs {
		err = answer.NameHouseholds(r.Context(), s.store, plan.Territory)
	}
	if err != nil {
		return err
	}
	tellRevision(w, done.Revision)
	return writeJSON(w, http.StatusOK, answer)
}

// tellRevision names the revision that a write made, for the next If-Match.
func tellRevision(w http.ResponseWriter, revision geo.Revision) {
	w.Header().Set("ETag", etag(revision))
	w.Header().Set("Gridmap-Revision", revisionText(revision))
}
