package api

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
)

var gridQuery = []string{"min_revision", "as_of", "tier", "parent", "kind", "code", "bbox", "q", "worker", "drawn",
	"geometry", "cursor", "limit", "f", "format"}

// A gridFilter chooses grids of a plan. Each zero field chooses all.
type gridFilter struct {
	after  geo.GridID
	tier   string
	parent geo.GridID
	kind   geo.Kind
	code   string
	words  string // folded; the start of the code or a part of a name
	worker string // folded; part of the name or start of the number of one who serves there
	bbox   *topo.Box
	drawn  string // "true", "false" or ""
}

func readGridFilter(q url.Values) (f gridFilter, err error) {
	after, err := intQuery(q, "cursor", 0, 1, 1<<62)
	if err != nil {
		return f, err
	}
	parent, err := intQuery(q, "parent", 0, 1, 1<<62)
	if err != nil {
		return f, err
	}
	kind, err := wordQuery(q, "kind", "", string(geo.General), string(geo.Dedicated), string(geo.Task))
	if err != nil {
		return f, err
	}
	if f.drawn, err = wordQuery(q, "drawn", "", "true", "false"); err != nil {
		return f, err
	}
	if q.Has("bbox") {
		if f.bbox, err = readBox(q.Get("bbox")); err != nil {
			return f, err
		}
	}
	f.after, f.parent, f.kind = geo.GridID(after), geo.GridID(parent), geo.Kind(kind)
	f.tier, f.code, f.words, f.worker = q.Get("tier"), q.Get("code"), folded(q.Get("q")), folded(q.Get("worker"))
	return f, nil
}

// folded is text as it is looked for.
func folded(text string) string { return strings.ToLower(strings.TrimSpace(text)) }

// readBox reads west,south,east,north in degrees.
func readBox(text string) (*topo.Box, error) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return nil, bad("bbox", "must be west,south,east,north in degrees")
	}
	var n [4]float64
	for i, part := range parts {
		var err error
		if n[i], err = parseFloat(strings.TrimSpace(part)); err != nil {
			return nil, bad("bbox", "%s", err.Error())
		}
	}
	low, err := topo.Snap(n[0], n[1])
	if err != nil {
		return nil, bad("bbox", "lies outside -180 to 180, -90 to 90 degrees")
	}
	high, err := topo.Snap(n[2], n[3])
	if err != nil {
		return nil, bad("bbox", "lies outside -180 to 180, -90 to 90 degrees")
	}
	if high.X < low.X || high.Y < low.Y {
		return nil, bad("bbox", "east lies west of west, or north south of south")
	}
	return &topo.Box{Min: low, Max: high}, nil
}

// takes reports whether the filter chooses the grid.
func (f *gridFilter) takes(v view, i int) bool {
	g := &v.s.Grids[i]
	switch {
	case f.tier != "" && v.tierCode(g.Tier) != f.tier,
		f.parent != 0 && g.Parent != f.parent,
		f.kind != "" && g.Kind != f.kind,
		f.code != "" && g.Code != f.code,
		f.drawn != "" && f.drawn != strconv.FormatBool(len(v.a.Ground(i).Shape) > 0),
		f.bbox != nil && (len(v.a.Ground(i).Shape) == 0 || !v.a.Ground(i).Box.Intersects(*f.bbox)):
		return false
	}
	if f.worker != "" && len(v.serving(i, f.worker)) == 0 {
		return false
	}
	return f.words == "" || strings.HasPrefix(strings.ToLower(g.Code), f.words) ||
		strings.Contains(strings.ToLower(g.Name.ZH), f.words) || strings.Contains(strings.ToLower(g.Name.EN), f.words)
}

// serving returns the posts that those hold in the grid itself who go by a
// name or number, folded.
func (v view) serving(i int, who string) []postJSON {
	held := slices.DeleteFunc(v.a.Workers(i, v.asOf), func(p atlas.Post) bool {
		return !strings.Contains(strings.ToLower(p.Worker.Name), who) && !strings.HasPrefix(strings.ToLower(p.Worker.Number), who)
	})
	return v.showPosts(held, i)
}

// listGrids handles GET /v1/plans/{p}/grids: one page by id.
func (s *Server) listGrids(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	limit, err := intQuery(q, "limit", int64(min(100, s.limits.Page)), 1, int64(s.limits.Page))
	if err != nil {
		return err
	}
	how, err := negotiate(w, r, formatJSON, formatGeoJSON)
	if err != nil {
		return err
	}
	standard := []string{"none", "full"}
	if how == formatGeoJSON {
		standard = []string{"full", "none"}
	}
	geometry, err := wordQuery(q, "geometry", standard...)
	if err != nil {
		return err
	}
	filter, err := readGridFilter(q)
	if err != nil {
		return err
	}
	v, done, err := s.viewed(w, r)
	if err != nil || done {
		return err
	}
	found := v.find(&filter)
	total := len(found)
	answer := gridsJSON{Total: total}
	if total > int(limit) {
		found = found[:limit]
		answer.Next = nextPage(w, r.URL, strconv.FormatInt(int64(v.s.Grids[found[limit-1]].ID), 10))
	}
	answer.Grids = make([]gridJSON, len(found))
	for k, i := range found {
		answer.Grids[k] = v.grid(i, geometry == "full")
		if filter.worker != "" {
			answer.Grids[k].Serving = v.serving(i, filter.worker)
		}
	}
	if how == formatGeoJSON {
		return writeAs(w, http.StatusOK, typeGeoJSON, answer.features())
	}
	return writeJSON(w, http.StatusOK, answer)
}

// viewed returns the plan of the address on the day asked for; done says that
// the client holds the answer already.
func (s *Server) viewed(w http.ResponseWriter, r *http.Request) (v view, done bool, err error) {
	asOf, err := s.asOf(r)
	if err != nil {
		return view{}, false, err
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return view{}, false, err
	}
	if fresh(w, r, etag(a.Revision(), int32(asOf)), a.Revision()) {
		return view{}, true, nil
	}
	return viewOf(a, asOf), false, nil
}

// find returns the positions of the grids a filter chooses, by id.
func (v view) find(f *gridFilter) []int {
	var found []int
	for i := range v.s.Grids {
		if v.s.Grids[i].ID > f.after && f.takes(v, i) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b int) int { return cmp.Compare(v.s.Grids[a].ID, v.s.Grids[b].ID) })
	return found
}

// gridsJSON is one page of grids.
type gridsJSON struct {
	Grids []gridJSON `json:"grids"`
	Total int        `json:"total"` // on this page and those after it
	Next  string     `json:"next,omitempty"`
}

// A featureJSON is a GeoJSON feature (RFC 7946).
type featureJSON struct {
	Type       string `json:"type"`
	ID         any    `json:"id,omitempty"`
	BBox       any    `json:"bbox,omitempty"`
	Geometry   any    `json:"geometry"`
	Properties any    `json:"properties"`
}

// A collectionJSON is a GeoJSON feature collection; links are those of OGC
// API Features.
type collectionJSON struct {
	Type     string        `json:"type"`
	Features []featureJSON `json:"features"`
	Links    []linkJSON    `json:"links,omitempty"`
	Matched  *int          `json:"numberMatched,omitempty"`
}

// A linkJSON is a link inside an answer.
type linkJSON struct {
	Rel  string `json:"rel"`
	Href string `json:"href"`
	Type string `json:"type,omitempty"`
}

func (j gridsJSON) features() collectionJSON {
	c := collectionJSON{Type: "FeatureCollection", Features: make([]featureJSON, len(j.Grids)), Matched: &j.Total}
	for i := range j.Grids {
		c.Features[i] = j.Grids[i].feature()
	}
	if j.Next != "" {
		c.Links = []linkJSON{{Rel: "next", Href: j.Next, Type: typeGeoJSON}}
	}
	return c
}

func (j gridJSON) feature() featureJSON {
	f := featureJSON{Type: "Feature", ID: j.ID, Geometry: j.Geometry}
	if j.Bounds != nil {
		f.BBox = j.Bounds
	}
	j.Geometry, j.Bounds = nil, nil
	f.Properties = j
	return f
}

// getGrid handles GET /v1/plans/{p}/grids/{g}.
func (s *Server) getGrid(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	geometry, err := wordQuery(q, "geometry", "full", "none")
	if err != nil {
		return err
	}
	neighbours, err := wordQuery(q, "neighbours", "false", "true")
	if err != nil {
		return err
	}
	how, err := negotiate(w, r, formatJSON, formatGeoJSON)
	if err != nil {
		return err
	}
	v, done, err := s.viewed(w, r)
	if err != nil || done {
		return err
	}
	i, found := v.a.Tree().Index(geo.GridID(identity(mux.Vars(r)["g"])))
	if !found {
		return geo.ErrNotFound
	}
	place := v.place(i, geometry == "full")
	if neighbours == "true" {
		place.Neighbours = v.neighbours(i)
	}
	if how == formatGeoJSON {
		return writeAs(w, http.StatusOK, typeGeoJSON, place.feature())
	}
	return writeJSON(w, http.StatusOK, place)
}

func (j placeJSON) feature() featureJSON {
	f := featureJSON{Type: "Feature", ID: j.ID, Geometry: j.Geometry}
	if j.Bounds != nil {
		f.BBox = j.Bounds
	}
	j.Geometry, j.Bounds = nil, nil
	f.Properties = j
	return f
}
