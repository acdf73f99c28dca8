package api

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/exchange"
	"gridmap/geo/figures"
	"gridmap/geo/suppress"
	"gridmap/geo/topo"
)

var figuresQuery = []string{"min_revision", "as_of", "tier", "code", "parent", "load_household", "load_resident", "load_km2",
	"detour_permille", "walk_m", "period", "groups", "f", "format"}

// A figuresJSON answers which figures were worked out, and how.
type figuresJSON struct {
	Plan     geo.PlanID      `json:"plan"`
	Revision geo.Revision    `json:"revision"`
	AsOf     geo.Date        `json:"as_of"`
	Options  figures.Options `json:"options"`
	// Groups says whether small counts of groups are shown: exact or hidden.
	Groups string `json:"groups"`
	// Estimated names the figures of facilities that are no measurement: a walk is
	// the geodesic distance times the declared detour.
	Estimated []string       `json:"estimated"`
	Units     []figures.Unit `json:"units"`
}

// getFigures handles GET /v1/plans/{p}/figures: what grids and divisions are
// compared by.
func (s *Server) getFigures(w http.ResponseWriter, r *http.Request) error {
	how, err := negotiate(w, r, formatJSON, formatCSV, formatGeoJSON)
	if err != nil {
		return err
	}
	options, err := figureOptions(r)
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	groups, err := wordQuery(queryOf(r), "groups", hiddenGroups, exactGroups)
	if err != nil {
		return err
	}
	right := Counts
	if groups == exactGroups {
		right = Households
	}
	a, err := s.picture(r, right)
	if err != nil {
		return err
	}
	asked, err := askedUnits(r, viewOf(a, day))
	if err != nil {
		return err
	}
	if fresh(w, r, etag(a.Revision(), int32(day), how.word, r.URL.RawQuery), a.Revision()) {
		return nil
	}
	units, err := figures.Compute(a.Counted(day), groundOf(a), asked, options)
	if err != nil {
		return err
	}
	if groups == hiddenGroups {
		figures.HideGroups(a.Counted(day), units, suppress.DefaultLeast)
	}
	switch how {
	case formatCSV:
		return writeCSV(w, figureHeadings(units), func(out *exchange.CSVWriter) error {
			metrics := metricsOf(units)
			for i := range units {
				out.Row(figureRow(&units[i], metrics)...)
			}
			return nil
		})
	case formatGeoJSON:
		return writeAs(w, http.StatusOK, typeGeoJSON, figureFeatures(units, groundOf(a)))
	}
	return writeJSON(w, http.StatusOK, figuresJSON{a.Plan().ID, a.Revision(), day, options, groups, estimatedFigures, units})
}

// estimatedFigures are those of a walk.
var estimatedFigures = []string{"within_walk_pct", "floor_m2_per_resident"}

// How counts of groups are shown: small ones hidden, or all to who may read
// households. There is no other choice of limit, for two of them could give away
// what each hides.
const (
	hiddenGroups = "hidden"
	exactGroups  = "exact"
)

// groundOf returns the grounds of a picture.
func groundOf(a *atlas.Atlas) func(int) topo.Shape {
	return func(i int) topo.Shape { return a.Ground(i).Shape }
}

// figureOptions reads what depends on a declaration.
func figureOptions(r *http.Request) (figures.Options, error) {
	q := queryOf(r)
	var o figures.Options
	for name, weight := range map[string]*float64{"load_household": &o.Load.Household, "load_resident": &o.Load.Resident, "load_km2": &o.Load.KM2} {
		value, present, err := floatQuery(q, name)
		if err != nil {
			return o, err
		}
		if present && !(value >= 0 && value <= 1e6) {
			return o, bad(name, "must lie between 0 and 1,000,000")
		}
		*weight = value
	}
	var err error
	if o.DetourPermille, err = intQuery(q, "detour_permille", figures.DefaultDetourPermille, 1000, 10_000); err != nil {
		return o, err
	}
	if o.WalkM, err = intQuery(q, "walk_m", figures.DefaultWalkM, 1, 1_000_000); err != nil {
		return o, err
	}
	if o.Load == (figures.Load{}) {
		o.Load = figures.DefaultLoad
	}
	if o.Period = q.Get("period"); q.Has("period") {
		if _, err := geo.ParseSpan(o.Period); err != nil {
			return o, bad("period", "%v", err)
		}
	}
	return o, nil
}

// askedUnits returns the positions of the units that tier, code and parent
// choose, in the plan's order.
func askedUnits(r *http.Request, v view) ([]int, error) {
	q := queryOf(r)
	tier := q.Get("tier")
	if q.Has("tier") && !slices.ContainsFunc(v.s.Tiers, func(t geo.Tier) bool { return t.Code == tier }) {
		return nil, bad("tier", "the plan has no tier %q", clip(tier))
	}
	codes := map[string]bool{}
	for _, code := range strings.Split(q.Get("code"), ",") {
		if code = strings.TrimSpace(code); code == "" {
			continue
		}
		if _, known := v.a.Tree().ByCode(code); !known {
			return nil, bad("code", "the plan has no grid %q", clip(code))
		}
		codes[code] = true
	}
	top := 0
	if q.Has("parent") {
		at, known := v.a.Tree().ByCode(q.Get("parent"))
		if !known {
			return nil, bad("parent", "the plan has no grid %q", clip(q.Get("parent")))
		}
		top = at
	}
	asked := []int{}
	for i := range v.s.Grids {
		g := &v.s.Grids[i]
		if !g.Rest && (tier == "" || v.tierCode(g.Tier) == tier) && (len(codes) == 0 || codes[g.Code]) && v.a.Tree().Under(i, top) {
			asked = append(asked, i)
		}
	}
	return asked, nil
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

// decimal writes a figure so that it reads back as the same number.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'f', -1, 64)
}
