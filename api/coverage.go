package api

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/datum"
)

var coverageQuery = []string{"crs", "territory", "plan", "tiers", "roles", "as_of", "min_revision", "f", "format"}

// A coverageAsk is what is asked of places that are not ours: points, or the
// ground of GeoJSON.
type coverageAsk struct {
	CRS      string          `json:"crs"`
	Points   json.RawMessage `json:"points"`
	Polygons json.RawMessage `json:"polygons"`
	Tiers    []string        `json:"tiers"`
	Roles    []string        `json:"roles"`
	AsOf     geo.Date        `json:"as_of"`
	Plan     geo.PlanID      `json:"plan"`
}

// postCoverage handles POST /v1/checks/coverage: which of the points, or how
// much of the ground, of an outside system is covered and staffed at which
// tier, and where not. Nothing is stored, and no query is made: the pictures
// in memory answer.
func (s *Server) postCoverage(w http.ResponseWriter, r *http.Request) error {
	body, media, err := openBody(w, r, s.limits.BulkBody, typeJSON, typeNDJSON, typeCSV)
	if err != nil {
		return err
	}
	ask, points, err := readCoverage(r, body, media)
	if err != nil {
		return err
	}
	formats := groundFormats
	if points != nil {
		formats = append(batchFormats(media), formatGeoJSON)
	}
	how, err := negotiate(w, r, formats...)
	if err != nil {
		return err
	}
	c, err := s.coverageOf(r, ask)
	if err != nil {
		return err
	}
	answer, err := c.answer(r.Context(), ask.Polygons, points, media, s.limits.CheckPoints)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("Content-Type", how.contentType())
	w.WriteHeader(http.StatusOK)
	return answer.write(w, how)
}

// groundFormats are the forms of an answer about polygons.
var groundFormats = []format{formatJSON, formatGeoJSON, formatCSV}

// answer answers of polygons, or of points where they are given.
func (c *Coverage) answer(ctx context.Context, polygons []byte, points io.Reader, media string, most int) (CoverageAnswer, error) {
	if points == nil {
		ground, err := readGround(bytes.NewReader(polygons), c.crs, mostGround)
		if err != nil {
			return nil, err
		}
		return c.coverGround(ctx, ground)
	}
	list, err := readBatch(points, media, c.crs, most)
	if err != nil {
		return nil, err
	}
	return c.coverPoints(list), nil
}

// readCoverage reads what is asked, and the points where the question is of
// points. A JSON body holds everything; of a list of points, as NDJSON or CSV,
// the rest stands in the address.
func readCoverage(r *http.Request, body io.Reader, media string) (ask coverageAsk, points io.Reader, err error) {
	q := r.URL.Query()
	names := []string{"crs", "tiers", "roles", "as_of", "plan"}
	if media == typeJSON {
		if i := slices.IndexFunc(names, q.Has); i >= 0 {
			return ask, nil, bad(names[i], "stands in the body when that is JSON, not in the address")
		}
		raw, err := io.ReadAll(body)
		if err != nil {
			return ask, nil, bodyError(err)
		}
		if err := decodeJSON(raw, &ask); err != nil {
			return ask, nil, err
		}
		switch hasPoints, hasGround := len(ask.Points) > 0, len(ask.Polygons) > 0; {
		case hasPoints && hasGround:
			return ask, nil, bad("polygons", "stands beside points; ask for one of the two")
		case hasPoints:
			return ask, bytes.NewReader(ask.Points), nil
		case hasGround:
			return ask, nil, nil
		}
		return ask, nil, bad("points", "is missing, and so is polygons")
	}
	ask.CRS = q.Get("crs")
	for name, list := range map[string]*[]string{"tiers": &ask.Tiers, "roles": &ask.Roles} {
		if q.Has(name) {
			*list = strings.Split(q.Get(name), ",")
		}
	}
	if ask.AsOf, err = dateQuery(q, "as_of"); err != nil {
		return ask, nil, err
	}
	plan, err := intQuery(q, "plan", 0, 1, 1<<62)
	ask.Plan = geo.PlanID(plan)
	return ask, body, err
}

// A CoverageQuestion is what is asked of places that are not ours.
type CoverageQuestion struct {
	CRS   datum.CRS // that the places are declared to be in
	Tiers []string  // codes; none: all of grids, or where there are none all under the territory
	Roles []string  // codes of the posts that count as staff; none: any
	AsOf  geo.Date  // day of the posts
}

// A Coverage answers what of places that are not ours is covered and staffed on
// a day.
type Coverage struct {
	asOf  geo.Date
	crs   datum.CRS
	roles []string
	plans []*coveredPlan
	tiers []string
}

// A coveredPlan is one of the plans that may cover a place.
type coveredPlan struct {
	*atlas.Atlas
	ranks   []int  // of the tiers asked about, -1 for one the plan does not have
	staffed []int8 // by position: 1 staffed, -1 not, 0 not looked at yet
}

// coverageOf returns the plans that ask is about, and checks what it names.
func (s *Server) coverageOf(r *http.Request, ask coverageAsk) (*Coverage, error) {
	q := CoverageQuestion{Tiers: ask.Tiers, Roles: ask.Roles, AsOf: ask.AsOf}
	if q.AsOf == 0 {
		q.AsOf = s.today()
	}
	var err error
	if q.CRS, err = readCRS(ask.CRS); err != nil {
		return nil, err
	}
	scope, err := s.addressed(r)
	if err != nil {
		return nil, err
	}
	var plans []*atlas.Atlas
	if ask.Plan != 0 {
		a, err := s.pictureOf(r, ask.Plan, Counts)
		if err != nil {
			return nil, err
		}
		plans = []*atlas.Atlas{a}
	} else if plans, err = s.inForce(r, scope.Territory, q.AsOf); err != nil {
		return nil, err
	}
	return NewCoverage(plans, q)
}

// NewCoverage returns what answers of plans. The error is a *[geo.InvalidError]
// that names the tier or role that no plan has.
func NewCoverage(plans []*atlas.Atlas, q CoverageQuestion) (*Coverage, error) {
	c := &Coverage{asOf: q.AsOf, crs: q.CRS, roles: q.Roles}
	for _, a := range plans {
		c.plans = append(c.plans, &coveredPlan{Atlas: a, staffed: make([]int8, a.Tree().Len())})
	}
	if err := c.chooseTiers(q.Tiers); err != nil {
		return nil, err
	}
	for i, role := range q.Roles {
		if !slices.ContainsFunc(plans, func(a *atlas.Atlas) bool {
			return slices.ContainsFunc(a.Rest().Roles, func(k geo.Role) bool { return k.Code == role })
		}) {
			return nil, invalid(indexed("roles", i), "no plan has a role %q", clip(role))
		}
	}
	return c, nil
}

// chooseTiers takes the tiers asked about: by default all those of grids, or,
// where there are none, all under the territory.
func (c *Coverage) chooseTiers(asked []string) error {
	ranks := map[string]int{}
	for _, want := range []func(geo.Tier) bool{
		func(t geo.Tier) bool { return t.Class == geo.GridClass },
		func(t geo.Tier) bool { return t.Rank > 0 },
	} {
		for _, p := range c.plans {
			for _, t := range p.Rest().Tiers {
				if len(asked) == 0 && want(t) && !slices.Contains(c.tiers, t.Code) {
					c.tiers = append(c.tiers, t.Code)
				}
				ranks[t.Code] = t.Rank
			}
		}
		if len(c.tiers) > 0 {
			break
		}
	}
	for i, code := range asked {
		if _, known := ranks[code]; !known {
			return invalid(indexed("tiers", i), "no plan has a tier %q", clip(code))
		}
		if slices.Contains(c.tiers, code) {
			return invalid(indexed("tiers", i), "%q stands there twice", clip(code))
		}
		c.tiers = append(c.tiers, code)
	}
	for _, p := range c.plans {
		for _, code := range c.tiers {
			k := slices.IndexFunc(p.Rest().Tiers, func(t geo.Tier) bool { return t.Code == code })
			if k >= 0 {
				k = p.Rest().Tiers[k].Rank
			}
			p.ranks = append(p.ranks, k)
		}
	}
	return nil
}

// isStaffed reports whether somebody holds a post in the grid at position i
// itself on the day, in one of the roles if any are asked about.
func (c *Coverage) isStaffed(p *coveredPlan, i int) bool {
	if p.staffed[i] == 0 {
		p.staffed[i] = -1
		if slices.ContainsFunc(p.Workers(i, c.asOf), func(post atlas.Post) bool {
			return len(c.roles) == 0 || slices.Contains(c.roles, post.Assignment.Role)
		}) {
			p.staffed[i] = 1
		}
	}
	return p.staffed[i] > 0
}

// undrawn counts the grids of the k-th tier whose ground is not known, so that
// what they cover cannot be said.
func (c *Coverage) undrawn(k int) (n int) {
	for _, p := range c.plans {
		for i := range p.Tree().Len() {
			if g := p.Grid(i); g.Tier == p.ranks[k] && g.Partitions() && len(p.Ground(i).Shape) == 0 {
				n++
			}
		}
	}
	return n
}

// indexed names an element of a list in the question.
func indexed(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

// coverageHead says what was asked of what.
type coverageHead struct {
	AsOf  geo.Date          `json:"as_of"`
	CRS   string            `json:"crs"` // that places were declared to be in; the answer is in EPSG:4326
	Roles []string          `json:"roles,omitempty"`
	Plans []coveragePlanRef `json:"plans"`
}

type coveragePlanRef struct {
	Territory string       `json:"territory"` // code
	Plan      geo.PlanID   `json:"plan"`
	Revision  geo.Revision `json:"revision"`
}

func (c *Coverage) head() coverageHead {
	h := coverageHead{AsOf: c.asOf, CRS: c.crs.String(), Roles: c.roles, Plans: []coveragePlanRef{}}
	for _, p := range c.plans {
		h.Plans = append(h.Plans, coveragePlanRef{p.Territory().Code, p.Plan().ID, p.Revision()})
	}
	return h
}
