package api

import (
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

var locateQuery = []string{"lon", "lat", "crs", "territory", "plan", "as_of", "min_revision", "matter"}

// locatedJSON answers who covers a point. Outside every plan Found is false,
// Grid null and Chain empty: that nobody covers a point is an answer too, so
// the status is 200.
type locatedJSON struct {
	At   positionJSON `json:"at"` // in EPSG:4326, on the lattice
	AsOf geo.Date     `json:"as_of"`
	locatedPlace
	Overlays []overlayJSON `json:"overlays"` // dedicated and task grids over the point
	// Matter is who answers for the matter that was asked about, where somebody
	// covers the point.
	Matter *matterAnswer `json:"matter,omitempty"`
}

// locatedPlace is what all points of a leaf grid are answered alike.
type locatedPlace struct {
	Found     bool               `json:"found"`
	Territory *geo.Territory     `json:"territory"`
	Plan      geo.PlanID         `json:"plan,omitempty"`
	Revision  geo.Revision       `json:"revision,omitempty"`
	Grid      *placeJSON         `json:"grid"`
	Tiers     map[string]refJSON `json:"tiers"` // by tier code
	Chain     []refJSON          `json:"chain"`
	Leader    *postJSON          `json:"leader"`
	Workers   []postJSON         `json:"workers"`
}

// overlayJSON is a dedicated or task grid and who serves it.
type overlayJSON struct {
	refJSON
	Owner   string     `json:"owner,omitempty"`
	Workers []postJSON `json:"workers"`
}

// getLocate handles GET /v1/locate.
func (s *Server) getLocate(w http.ResponseWriter, r *http.Request) error {
	q := queryOf(r)
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
	for _, a := range plans {
		leaf, found := a.Locate(at)
		switch {
		case found && matter != "":
			return writeMatter(w, viewOf(a, asOf), matter, at, leaf)
		case found:
			return s.writeLocated(w, a, asOf, at, leaf)
		}
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	nowhere := locatedPlace{Tiers: map[string]refJSON{}, Chain: []refJSON{}, Workers: []postJSON{}}
	return writeJSON(w, http.StatusOK, locatedJSON{positionJSON(at), asOf, nowhere, []overlayJSON{}, nil})
}

// locators returns the plans a point may lie in: the one that is named, or
// all in force on the day that the caller may see.
func (s *Server) locators(r *http.Request) ([]*atlas.Atlas, error) {
	scope, err := s.addressed(r)
	if err != nil {
		return nil, err
	}
	plan, err := intQuery(queryOf(r), "plan", 0, 1, 1<<62)
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

// located tells of the leaf grid that a point lies in.
func (v view) located(leaf int) locatedPlace {
	place := v.place(leaf, false)
	territory := v.s.Territory
	told := locatedPlace{Found: true, Territory: &territory, Plan: v.s.Plan.ID, Revision: v.a.Revision(), Grid: &place,
		Tiers: map[string]refJSON{}, Chain: place.Chain, Leader: place.Leader, Workers: place.Workers}
	for _, ref := range place.Chain {
		told.Tiers[ref.Tier] = ref
	}
	return told
}

// overlays tells of grids that lie over a point.
func (v view) overlays(positions []int32) []overlayJSON {
	list := make([]overlayJSON, len(positions))
	for k, i := range positions {
		list[k] = overlayJSON{refJSON: v.ref(int(i)), Owner: v.s.Grids[i].Owner, Workers: v.posts(int(i))}
	}
	return list
}
