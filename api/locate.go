package api

import (
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
)

var locateQuery = []string{"lon", "lat", "crs", "territory", "plan", "as_of", "min_revision", "matter"}

// locatedJSON answers who covers a point. Outside every plan Found is false,
// Grid null and Chain empty: that nobody covers a point is an answer too, so
// the status is 200.
type locatedJSON struct {
	At        positionJSON       `json:"at"` // in EPSG:4326, on the lattice
	AsOf      geo.Date           `json:"as_of"`
	Found     bool               `json:"found"`
	Territory *geo.Territory     `json:"territory"`
	Plan      geo.PlanID         `json:"plan,omitempty"`
	Revision  geo.Revision       `json:"revision,omitempty"`
	Grid      *placeJSON         `json:"grid"`
	Tiers     map[string]refJSON `json:"tiers"` // by tier code
	Chain     []refJSON          `json:"chain"`
	Leader    *postJSON          `json:"leader"`
	Workers   []postJSON         `json:"workers"`
	Overlays  []overlayJSON      `json:"overlays"` // dedicated and task grids over the point
	// Matter is who answers for the matter that was asked about, where somebody
	// covers the point.
	Matter *matterAnswer `json:"matter,omitempty"`
}

// overlayJSON is a dedicated or task grid and who serves it.
type overlayJSON struct {
	refJSON
	Owner   string     `json:"owner,omitempty"`
	Workers []postJSON `json:"workers"`
}

// getLocate handles GET /v1/locate.
func (s *Server) getLocate(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	lon, has, err := floatQuery(q, "lon")
	if err != nil || !has {
		return firstError(err, bad("lon", "is missing"))
	}
	lat, has, err := floatQuery(q, "lat")
	if err != nil || !has {
		return firstError(err, bad("lat", "is missing"))
	}
	at, err := snap(lon, lat, q.Get("crs"))
	if err != nil {
		return err
	}
	asOf, err := s.asOf(r)
	if err != nil {
		return err
	}
	plans, err := s.locators(r)
	if err != nil {
		return err
	}
	matter, err := askedMatter(r, plans)
	if err != nil {
		return err
	}
	answer := locatedJSON{At: positionJSON(at), AsOf: asOf, Tiers: map[string]refJSON{}, Chain: []refJSON{},
		Workers: []postJSON{}, Overlays: []overlayJSON{}}
	for _, a := range plans {
		if leaf, found := a.Locate(at); found {
			v := viewOf(a, asOf)
			if matter != "" {
				if answer.Matter, err = v.matter(matter, at, leaf); err != nil {
					return err
				}
			}
			v.locate(&answer, at, leaf)
			break
		}
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	if answer.Found {
		w.Header().Set("Gridmap-Revision", revisionText(answer.Revision))
	}
	return writeJSON(w, http.StatusOK, answer)
}

// locators returns the plans a point may lie in: the one that is named, or
// all in force on the day that the caller may see.
func (s *Server) locators(r *http.Request) ([]*atlas.Atlas, error) {
	scope, err := s.addressed(r)
	if err != nil {
		return nil, err
	}
	plan, err := intQuery(r.URL.Query(), "plan", 0, 1, 1<<62)
	if err != nil {
		return nil, err
	}
	if plan != 0 {
		a, err := s.pictureOf(r, geo.PlanID(plan), Counts)
		if err != nil {
			return nil, err
		}
		return []*atlas.Atlas{a}, nil
	}
	day, err := s.asOf(r)
	if err != nil {
		return nil, err
	}
	return s.inForce(r, scope.Territory, day)
}

// locate fills the answer for a point in the leaf grid.
func (v view) locate(answer *locatedJSON, at topo.Point, leaf int) {
	place := v.place(leaf, false)
	territory := v.s.Territory
	answer.Found, answer.Territory, answer.Plan, answer.Revision = true, &territory, v.s.Plan.ID, v.a.Revision()
	answer.Grid, answer.Chain, answer.Leader, answer.Workers = &place, place.Chain, place.Leader, place.Workers
	for _, ref := range place.Chain {
		answer.Tiers[ref.Tier] = ref
	}
	for _, i := range v.a.Overlays(at) {
		answer.Overlays = append(answer.Overlays, overlayJSON{refJSON: v.ref(int(i)), Owner: v.s.Grids[i].Owner, Workers: v.posts(int(i))})
	}
}
