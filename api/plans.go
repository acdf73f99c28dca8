package api

import (
	"net/http"
	"strconv"

	"gridmap/geo"
)

// listTerritories handles GET /v1/territories: those the caller may see.
func (s *Server) listTerritories(w http.ResponseWriter, r *http.Request) error {
	territories, err := s.store.Territories(r.Context())
	if err != nil {
		return err
	}
	list := []territoryJSON{}
	for _, t := range territories {
		if s.allow(r, Counts, Scope{Territory: t.ID}) != nil {
			continue
		}
		j, err := s.territory(r, t)
		if err != nil {
			return err
		}
		list = append(list, j)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeJSON(w, http.StatusOK, map[string]any{"territories": list})
}

// territory gathers what is told of one territory.
func (s *Server) territory(r *http.Request, t geo.Territory) (territoryJSON, error) {
	j := territoryJSON{Territory: t, Plans: []geo.Plan{}}
	plans, err := s.store.Plans(r.Context(), t.ID)
	if err != nil {
		return j, err
	}
	if j.Revision, j.ChangedAt, err = s.store.LastChange(r.Context(), t.ID); err != nil {
		return j, err
	}
	j.Plans = append(j.Plans, plans...)
	if a, ok := s.live.Get(t.ID); ok {
		plan := a.Plan()
		j.Plan = &plan
		return j, nil
	}
	// One that was loaded a moment ago has no picture yet.
	for i := range plans {
		if plans[i].State == geo.InForce && plans[i].Effective <= s.today() {
			j.Plan = &plans[i]
		}
	}
	return j, nil
}

// getTerritory handles GET /v1/territories/{t}: the territory and the plan in
// force on the day, with its tiers and counts.
func (s *Server) getTerritory(w http.ResponseWriter, r *http.Request) error {
	scope, err := s.addressed(r)
	if err != nil {
		return err
	}
	asOf, err := s.asOf(r)
	if err != nil {
		return err
	}
	territories, err := s.store.Territories(r.Context())
	if err != nil {
		return err
	}
	for _, t := range territories {
		if t.ID != scope.Territory {
			continue
		}
		if err := s.awaitRevision(r, t.ID); err != nil {
			return err
		}
		j, err := s.territory(r, t)
		if err != nil {
			return err
		}
		answer := struct {
			territoryJSON
			InForce *planJSON `json:"in_force"`
		}{territoryJSON: j}
		shown := geo.Revision(0) // the picture may be a moment behind the store
		if live, ok := s.live.Get(t.ID); ok {
			a, err := s.pictureOn(r.Context(), live, asOf)
			if err != nil {
				return err
			}
			if a != nil {
				plan := viewOf(a, asOf).plan()
				answer.InForce, shown = &plan, a.Revision()
			}
		}
		if fresh(w, r, etag(j.Revision, shown, int32(asOf)), j.Revision) {
			return nil
		}
		return writeJSON(w, http.StatusOK, answer)
	}
	return geo.ErrNotFound
}

// getPlan handles GET /v1/plans/{p}.
func (s *Server) getPlan(w http.ResponseWriter, r *http.Request) error {
	asOf, err := s.asOf(r)
	if err != nil {
		return err
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	if fresh(w, r, etag(a.Revision(), int32(asOf)), a.Revision()) {
		return nil
	}
	return writeJSON(w, http.StatusOK, viewOf(a, asOf).plan())
}

// revisionText writes a revision for a header.
func revisionText(r geo.Revision) string { return strconv.FormatInt(int64(r), 10) }
