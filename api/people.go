package api

import (
	"errors"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/suppress"
	"gridmap/geo/surface"
	"gridmap/geo/topo"
)

var peopleQuery = []string{"min_revision", "as_of", "bbox", "resolution"}

// mostPlaces is how many places one answer may hold: as many as the ground a
// planner has on one screen, and some megabytes.
const mostPlaces = 100_000

// A peopleJSON answers where the people of a box live, for counts that follow
// a border in the hand.
type peopleJSON struct {
	Plan     geo.PlanID   `json:"plan"`
	Revision geo.Revision `json:"revision"`
	AsOf     geo.Date     `json:"as_of"`
	// Exact says that each place is one household; else it is the middle of an
	// H3 cell with those counted there.
	Exact  bool       `json:"exact"`
	Places []homeJSON `json:"places"`
}

type homeJSON struct {
	At         positionJSON `json:"at"`
	Households int64        `json:"households"`
	Resident   int64        `json:"persons_resident"`
}

// getPeople handles GET /v1/plans/{p}/people: where households are in a box.
// Who may not read households gets counts by H3 cell, small ones hidden.
func (s *Server) getPeople(w http.ResponseWriter, r *http.Request) error {
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	if !r.URL.Query().Has("bbox") {
		return bad("bbox", "must be given: west,south,east,north in degrees")
	}
	box, err := readBox(r.URL.Query().Get("bbox"))
	if err != nil {
		return err
	}
	resolution, err := intQuery(r.URL.Query(), "resolution", 8, surface.Coarsest, surface.Finest)
	if err != nil {
		return err
	}
	a, err := s.picture(r, Households)
	exact := !errors.Is(err, ErrForbidden)
	if !exact {
		a, err = s.picture(r, Counts)
	}
	if err != nil {
		return err
	}
	if fresh(w, r, etag(a.Revision(), int32(day), exact, resolution, r.URL.Query().Get("bbox")), a.Revision()) {
		return nil
	}
	var places []homeJSON
	if exact {
		places, err = households(a, *box)
	} else {
		places, err = crowds(a, day, *box, int(resolution))
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, peopleJSON{a.Plan().ID, a.Revision(), day, exact, places})
}

// households returns every household that has a place in the box.
func households(a *atlas.Atlas, box topo.Box) ([]homeJSON, error) {
	places := []homeJSON{}
	dwellings := a.Snapshot().Dwellings
	for i := range dwellings {
		d := &dwellings[i]
		if !d.Located || !box.Contains(d.At) {
			continue
		}
		if len(places) == mostPlaces {
			return nil, bad("bbox", "holds more than %d households: ask for less ground", mostPlaces)
		}
		places = append(places, homeJSON{positionJSON(d.At), 1, int64(d.Resident)})
	}
	return places, nil
}

// crowds returns the cells whose middle lies in the box, those left out whose
// households must not be shown.
func crowds(a *atlas.Atlas, day geo.Date, box topo.Box, resolution int) ([]homeJSON, error) {
	options := surface.Options{Resolution: resolution, Least: suppress.DefaultLeast}
	found, err := surface.Compute(a.Counted(day), middleOf(a), a.Ground(0).Shape, options)
	if err != nil {
		return nil, err
	}
	places := []homeJSON{}
	for i := range found.Cells {
		c := &found.Cells[i]
		middle, err := c.Cell.Center()
		if err != nil {
			return nil, err
		}
		if box.Contains(middle) && c.Counts[surface.Households] > 0 && !c.Hidden[surface.Households] && !c.Hidden[surface.Resident] {
			places = append(places, homeJSON{positionJSON(middle), c.Counts[surface.Households], c.Counts[surface.Resident]})
		}
	}
	return places, nil
}
