package api

import (
	"errors"
	"math"
	"net/http"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// DiffJSON is what one plan, at one revision, does otherwise than another.
type DiffJSON struct {
	From         geo.PlanID        `json:"from"`
	FromRevision geo.Revision      `json:"from_revision"`
	To           geo.PlanID        `json:"to"`
	ToRevision   geo.Revision      `json:"to_revision"`
	Added        []*drawnGridJSON  `json:"added"`
	Retired      []*drawnGridJSON  `json:"retired"`
	Changed      []changedGridJSON `json:"changed"`
	Moved        []movedJSON       `json:"moved"`
	Effects      effectsJSON       `json:"effects"`
}

// A changedGridJSON is a grid that both plans have, and what differs.
type changedGridJSON struct {
	ID     geo.GridID     `json:"id"`
	Before *drawnGridJSON `json:"before"`
	After  *drawnGridJSON `json:"after"`
	Fields []string       `json:"fields"`
	AreaM2 float64        `json:"area_m2"` // lost and gained together
}

// diffQueryNames are the parameters of a diff.
var diffQueryNames = []string{"against", "against_revision", "as_of", "geometry", "households", "min_revision", "revision"}

// getDiff handles GET /v1/plans/{p}/diff?against=: what the plan does
// otherwise than another of its territory, or than itself at an earlier
// revision.
func (s *Server) getDiff(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	geometry, err := wordQuery(q, "geometry", string(NoGround), string(FullGround))
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	before, after, err := s.diffSides(r)
	if err != nil {
		return err
	}
	refs, err := s.asksRefs(r, after.Plan().ID, after.Territory().ID)
	if err != nil {
		return err
	}
	// Of the plan before, only its grids count: its picture also moves on with
	// revisions that leave them as they are.
	tag := etag(after.Revision(), after.Plan().ID, after.Plan().Revision, before.Plan().ID, before.Plan().Revision, int32(day), geometry, refs)
	if fresh(w, r, tag, after.Revision()) {
		return nil
	}
	diff, err := ShowDiff(before, after, Detail(geometry), day)
	if err == nil && refs {
		err = diff.NameHouseholds(r.Context(), s.store, after.Territory().ID)
	}
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, diff)
}

// diffSides returns the pictures of the two plans, or two revisions of one,
// that a request compares.
func (s *Server) diffSides(r *http.Request) (before, after *atlas.Atlas, err error) {
	q := r.URL.Query()
	var asked [3]int64
	for i, name := range []string{"against", "against_revision", "revision"} {
		if asked[i], err = intQuery(q, name, 0, 1, 1<<62); err != nil {
			return nil, nil, err
		}
	}
	against, earlier, later := geo.PlanID(asked[0]), geo.Revision(asked[1]), geo.Revision(asked[2])
	if against == 0 && earlier == 0 {
		return nil, nil, bad("against", "is missing: the id of the plan to compare with, or against_revision, one of this plan's own")
	}
	if after, err = s.picture(r, Counts); err != nil {
		return nil, nil, err
	}
	if before = after; against != 0 {
		if before, err = s.pictureOf(r, against, Counts); err != nil {
			return nil, nil, err
		}
	}
	if before.Territory().ID != after.Territory().ID {
		return nil, nil, invalid("against", "is a plan of another territory")
	}
	if before, err = s.pictures.at(r.Context(), s, before, earlier); err != nil {
		return nil, nil, fieldOf(err, "against_revision")
	}
	after, err = s.pictures.at(r.Context(), s, after, later)
	return before, after, err
}

// fieldOf names the parameter that a revision came in.
func fieldOf(err error, field string) error {
	var refused *geo.InvalidError
	if errors.As(err, &refused) {
		return &geo.InvalidError{Field: field, Reason: refused.Reason}
	}
	return err
}

// ShowDiff tells what the plan after does otherwise than the plan before, two
// pictures of one territory; households are those of after, and who serves is
// told of a day.
func ShowDiff(before, after *atlas.Atlas, detail Detail, day geo.Date) (DiffJSON, error) {
	dwellings := after.Snapshot().Dwellings
	c, err := redraw.Compare(divisionOf(before, dwellings), divisionOf(after, dwellings), dwellings)
	if err != nil {
		return DiffJSON{}, err
	}
	effects, err := effectsOf(before, after, day, c.Shifts)
	if err != nil {
		return DiffJSON{}, err
	}
	v := editView{tiers: map[int]geo.Tier{}, codes: map[geo.GridID]string{}}
	for _, a := range []*atlas.Atlas{before, after} {
		for _, t := range a.Records().Tiers {
			v.tiers[t.Rank] = t
		}
		for i := range a.Records().Grids {
			v.codes[a.Grid(i).ID] = a.Grid(i).Code
		}
	}
	j := v.comparison(c, detail == FullGround)
	j.From, j.FromRevision = before.Plan().ID, before.Plan().Revision
	j.To, j.ToRevision = after.Plan().ID, after.Plan().Revision
	j.Moved, j.Effects = v.moved(c.Shifts), v.effects(effects)
	return j, nil
}

// effectsOf checks two pictures on a day and tells what the change between
// them means.
func effectsOf(before, after *atlas.Atlas, day geo.Date, shifts []redraw.Shift) (redraw.Effects, error) {
	q := check.Question{AsOf: day, MaxFindings: math.MaxInt}
	b, err := before.Check(q)
	if err != nil {
		return redraw.Effects{}, err
	}
	a, err := after.Check(q)
	if err != nil {
		return redraw.Effects{}, err
	}
	effects := redraw.EffectsBetween(before.Counted(day), after.Counted(day), b, a, shifts)
	effects.Cut(diffFindings)
	return effects, nil
}

// diffFindings is how many findings that appeared, and how many that went, a
// comparison lists.
const diffFindings = 1000

// comparison writes the grids that differ.
func (v *editView) comparison(c redraw.Comparison, ground bool) DiffJSON {
	j := DiffJSON{Added: []*drawnGridJSON{}, Retired: []*drawnGridJSON{}, Changed: []changedGridJSON{}}
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
	return j
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
