package api

import (
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// DiffJSON is what one plan does otherwise than another.
type DiffJSON struct {
	From    geo.PlanID        `json:"from"`
	To      geo.PlanID        `json:"to"`
	Added   []*drawnGridJSON  `json:"added"`
	Retired []*drawnGridJSON  `json:"retired"`
	Changed []changedGridJSON `json:"changed"`
	Moved   []movedJSON       `json:"moved"`
}

// A changedGridJSON is a grid that both plans have, and what differs.
type changedGridJSON struct {
	ID     geo.GridID     `json:"id"`
	Before *drawnGridJSON `json:"before"`
	After  *drawnGridJSON `json:"after"`
	Fields []string       `json:"fields"`
	AreaM2 float64        `json:"area_m2"` // lost and gained together
}

// getDiff handles GET /v1/plans/{p}/diff?against=: what the plan does
// otherwise than another of its territory.
func (s *Server) getDiff(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	other, err := intQuery(q, "against", 0, 1, 1<<62)
	if err != nil {
		return err
	}
	if other == 0 {
		return bad("against", "is missing: the id of the plan to compare with")
	}
	geometry, err := wordQuery(q, "geometry", string(NoGround), string(FullGround))
	if err != nil {
		return err
	}
	after, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	before, err := s.pictureOf(r, geo.PlanID(other), Counts)
	if err != nil {
		return err
	}
	if before.Territory().ID != after.Territory().ID {
		return invalid("against", "is a plan of another territory")
	}
	// Of the plan before, only its grids count: its picture also moves on with
	// revisions that leave them as they are.
	if fresh(w, r, etag(after.Revision(), after.Plan().ID, before.Plan().ID, before.Plan().Revision, geometry), after.Revision()) {
		return nil
	}
	diff, err := ShowDiff(before, after, Detail(geometry))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, diff)
}

// ShowDiff tells what the plan after does otherwise than the plan before, two
// pictures of one territory; households are those of after.
func ShowDiff(before, after *atlas.Atlas, detail Detail) (DiffJSON, error) {
	dwellings := after.Snapshot().Dwellings
	c, err := redraw.Compare(divisionOf(before, dwellings), divisionOf(after, dwellings), dwellings)
	if err != nil {
		return DiffJSON{}, err
	}
	ground := detail == FullGround
	v := editView{tiers: map[int]geo.Tier{}, codes: map[geo.GridID]string{}}
	for _, a := range []*atlas.Atlas{before, after} {
		for _, t := range a.Records().Tiers {
			v.tiers[t.Rank] = t
		}
		for i := range a.Records().Grids {
			v.codes[a.Grid(i).ID] = a.Grid(i).Code
		}
	}
	j := DiffJSON{From: before.Plan().ID, To: after.Plan().ID, Added: []*drawnGridJSON{}, Retired: []*drawnGridJSON{}, Changed: []changedGridJSON{}}
	j.Moved = v.moved(c.Shifts)
	for i := range c.Added {
		j.Added = append(j.Added, v.grid(&c.Added[i], ground))
	}
	for i := range c.Retired {
		j.Retired = append(j.Retired, v.grid(&c.Retired[i], ground))
	}
	for i := range c.Changed {
		d := &c.Changed[i]
		j.Changed = append(j.Changed, changedGridJSON{d.After.ID, v.grid(&d.Before, ground), v.grid(&d.After, ground), d.Fields, d.AreaM2})
	}
	return j, nil
}

// divisionOf places dwellings in a picture.
func divisionOf(a *atlas.Atlas, dwellings []geo.Dwelling) redraw.Division {
	points := make([]topo.Point, len(dwellings))
	for i := range dwellings {
		points[i] = dwellings[i].At
	}
	at := make([]int32, len(dwellings))
	a.LocateEach(points, at)
	for i := range dwellings {
		if !dwellings[i].Located {
			at[i] = -1
		}
	}
	return redraw.Division{Grids: a.Records().Grids, At: at}
}
