package api

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/gorilla/mux"

	"gridmap/geo"
)

// A route is one call. openapi.yaml describes the same, which a test compares.
type route struct {
	method string
	path   string // as in openapi.yaml
	right  Right
	query  []string // the parameters it knows
	bulk   bool     // a large body, so few at a time and with more time
	stream bool     // an answer without an end
	pages  bool     // the pages, whose query is their own
	handle func(*Server, http.ResponseWriter, *http.Request) error
}

// idPattern keeps every identity in the path within int64.
const idPattern = `[0-9]{1,18}`

// table lists every call of the service. The router tries one after the other,
// and most requests are for tiles.
func table() []route {
	all := slices.Concat(tileRoutes, serviceRoutes, planRoutes, questionRoutes)
	for _, k := range recordKinds {
		all = append(all, k.routes()...)
	}
	return all
}

// tileRoutes are the calls of maps.
var tileRoutes = []route{
	{method: "GET", path: tilePath, right: Counts, query: []string{"rev", "props", "min_revision"}, handle: (*Server).getTile},
	{method: "GET", path: "/tiles/{p}/tilejson.json", right: Counts, query: []string{"props"}, handle: (*Server).getTileJSON},
	{method: "GET", path: "/tiles/{p}/{layer}/tilejson.json", right: Counts, query: []string{"props"}, handle: (*Server).getTileJSON},
	{method: "GET", path: "/v1/basemaps", right: Counts, handle: (*Server).listBasemaps},
	{method: "GET", path: "/tiles/basemap/{z}/{x}/{y}", right: Counts, handle: (*Server).getBasemapTile},
	{method: "GET", path: "/styles/{name}.json", right: Counts, query: []string{"territory", "plan", "theme"}, handle: (*Server).getStyle},
}

// serviceRoutes are those of the service itself, of territories and of what
// they keep of persons.
var serviceRoutes = []route{
	{method: "GET", path: "/healthz", right: Open, handle: (*Server).getHealth},
	{method: "GET", path: "/readyz", right: Open, handle: (*Server).getReady},
	{method: "GET", path: "/metrics", right: Admin, handle: (*Server).getMetrics},
	{method: "GET", path: "/v1/openapi.yaml", right: Open, handle: (*Server).getContract},
	{method: "GET", path: "/v1/territories", right: Counts, handle: (*Server).listTerritories},
	{method: "GET", path: "/v1/territories/{t}", right: Counts, query: []string{"min_revision", "as_of"}, handle: (*Server).getTerritory},
	{method: "PUT", path: "/v1/territories/{t}/keeps", right: Edit, handle: (*Server).putKeeps},
	{method: "GET", path: "/v1/households/{id}/personal", right: Personal, query: []string{"territory"}, handle: (*Server).getPersonal},
	{method: "PUT", path: "/v1/households/{id}/personal", right: Personal, query: []string{"territory"}, handle: (*Server).putPersonal},
	{method: "DELETE", path: "/v1/households/{id}/personal", right: Personal, query: []string{"territory"}, handle: (*Server).deletePersonal},
	{method: "POST", path: "/v1/households/personal/bulk", right: Personal, query: []string{"territory"}, bulk: true, handle: (*Server).putAllPersonal},
}

// planRoutes are those by which plans come to be, change and are told of.
var planRoutes = []route{
	{method: "GET", path: "/v1/plans/{p}", right: Counts, query: []string{"min_revision", "as_of"}, handle: (*Server).getPlan},
	{method: "GET", path: "/v1/plans/{p}/grids", right: Counts, query: gridQuery, handle: (*Server).listGrids},
	{method: "GET", path: "/v1/plans/{p}/grids/{g}", right: Counts, query: []string{"min_revision", "as_of", "geometry", "neighbours", "f", "format"}, handle: (*Server).getGrid},
	{method: "POST", path: "/v1/imports", right: Edit, query: importQuery, bulk: true, handle: (*Server).postImport},
	{method: "POST", path: "/v1/plans", right: Edit, handle: (*Server).createPlan},
	{method: "POST", path: "/v1/plans/{p}/edits", right: Edit, query: []string{"geometry", "households"}, handle: (*Server).postEdits},
	{method: "GET", path: "/v1/plans/{p}/edits", right: Counts, query: []string{"cursor", "detail", "limit"}, handle: (*Server).listEdits},
	{method: "POST", path: "/v1/plans/{p}/undo", right: Edit, query: []string{"geometry", "households"}, handle: (*Server).postUndo},
	{method: "POST", path: "/v1/plans/{p}/redo", right: Edit, query: []string{"geometry", "households"}, handle: (*Server).postRedo},
	{method: "POST", path: "/v1/plans/{p}/rebase", right: Edit, bulk: true, handle: (*Server).postRebase},
	{method: "POST", path: "/v1/plans/{p}/state", right: Publish, bulk: true, handle: (*Server).postState},
	{method: "GET", path: "/v1/plans/{p}/diff", right: Counts, query: diffQueryNames, handle: (*Server).getDiff},
	{method: "GET", path: "/v1/plans/{p}/crosswalk", right: Counts, query: crosswalkQuery, handle: (*Server).getCrosswalk},
	{method: "GET", path: "/v1/events", right: Counts, query: []string{"territory", "since", "plan"}, stream: true, handle: (*Server).getEvents},
}

// questionRoutes are those that ask what holds in a plan.
var questionRoutes = []route{
	{method: "GET", path: "/v1/plans/{p}/figures", right: Counts, query: figuresQuery, handle: (*Server).getFigures},
	{method: "GET", path: "/v1/plans/{p}/figures/{figure}/classes", right: Counts, query: classesQuery, handle: (*Server).getFigureClasses},
	{method: "GET", path: "/v1/nets/{id}/progress", right: Counts, query: []string{"territory", "min_revision", "as_of", "tier", "f", "format"}, handle: (*Server).getProgress},
	{method: "GET", path: "/v1/plans/{p}/balance", right: Counts, query: balanceQuery, handle: (*Server).getBalance},
	{method: "GET", path: "/v1/plans/{p}/people", right: Counts, query: peopleQuery, handle: (*Server).getPeople},
	{method: "GET", path: "/v1/plans/{p}/surface", right: Counts, query: surfaceQuery, handle: (*Server).getSurface},
	{method: "GET", path: "/v1/plans/{p}/check", right: Counts, query: checkQueryNames, handle: (*Server).getCheck},
	{method: "GET", path: "/v1/plans/{p}/standing", right: Counts, query: standingQuery, handle: (*Server).getStanding},
	{method: "GET", path: "/v1/plans/{p}/report", right: Counts, query: reportQuery, handle: (*Server).getReport},
	{method: "POST", path: "/v1/checks", right: Counts, query: []string{"min_revision", "territory", "f", "format"}, handle: (*Server).postCheck},
	{method: "POST", path: "/v1/checks/coverage", right: Counts, query: coverageQuery, bulk: true, handle: (*Server).postCoverage},
	{method: "GET", path: "/v1/runs", right: Counts, query: []string{"territory", "cursor", "limit"}, handle: (*Server).listRuns},
	{method: "GET", path: "/v1/runs/{run}", right: Counts, handle: (*Server).getRun},
	{method: "DELETE", path: "/v1/runs/{run}", right: Edit, handle: (*Server).deleteRun},
	{method: "GET", path: "/v1/runs/{run}/again", right: Counts, handle: (*Server).repeatRun},
	{method: "GET", path: "/v1/runs/{run}/diff", right: Counts, query: []string{"against", "max_findings"}, handle: (*Server).diffRun},
	{method: "GET", path: "/v1/schedules/{id}/runs", right: Counts, query: []string{"before", "limit"}, handle: (*Server).listScheduledRuns},
	{method: "GET", path: "/v1/rollup", right: Counts, query: rollupQuery, handle: (*Server).getRollup},
	{method: "GET", path: "/v1/public/grids/{code}", right: Public, query: []string{"in"}, handle: (*Server).getPublicGrid},
	{method: "GET", path: "/v1/profiles/county-default", right: Open, handle: (*Server).getDefaultProfile},
	{method: "GET", path: "/v1/locate", right: Counts, query: locateQuery, handle: (*Server).getLocate},
	{method: "POST", path: "/v1/locate", right: Counts, query: batchQuery, bulk: true, handle: (*Server).postLocate},
}

// routes builds the router. Paths are taken as they stand, uncleaned; what no
// route takes goes to the pages or gets a problem.
func (s *Server) routes() *mux.Router {
	router := mux.NewRouter().SkipClean(true)
	methods := map[string][]string{}
	for _, rt := range table() {
		list := []string{rt.method}
		if rt.method == http.MethodGet {
			list = append(list, http.MethodHead)
		}
		methods[rt.path] = append(methods[rt.path], list...)
		router.Handle(muxPath(rt.path), s.serve(rt)).Methods(list...).Name(rt.method + " " + rt.path)
	}
	for path, list := range methods {
		router.Handle(muxPath(path), s.serve(route{path: path, right: Open, handle: options(list)})).Methods(http.MethodOptions)
	}
	router.NotFoundHandler = s.serve(route{path: "pages", right: Open, pages: true, handle: (*Server).getPage})
	router.MethodNotAllowedHandler = s.serve(route{path: "method", right: Open, handle: s.wrongMethod(router, methods)})
	return router
}

// muxPath gives identities in the path their form. Everything else may hold
// any text without a slash; the handler says what is wrong with it.
func muxPath(path string) string {
	for _, name := range []string{"t", "p", "g", "id"} {
		path = strings.ReplaceAll(path, "{"+name+"}", "{"+name+":"+idPattern+"}")
	}
	return strings.ReplaceAll(path, "{figure}", "{figure:.+}") // a metric may have a slash in its name
}

// options answers which methods a path takes.
func options(methods []string) func(*Server, http.ResponseWriter, *http.Request) error {
	allow := allowHeader(methods)
	return func(_ *Server, w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Allow", allow)
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
}

func allowHeader(methods []string) string {
	list := append(slices.Clone(methods), http.MethodOptions)
	slices.Sort(list)
	return strings.Join(slices.Compact(list), ", ")
}

// wrongMethod names the methods that the path would have taken.
func (s *Server) wrongMethod(router *mux.Router, methods map[string][]string) func(*Server, http.ResponseWriter, *http.Request) error {
	return func(_ *Server, _ http.ResponseWriter, r *http.Request) error {
		probe := r.Clone(r.Context())
		probe.Method = http.MethodOptions
		var match mux.RouteMatch
		if router.Match(probe, &match) && match.Route != nil {
			if template, err := match.Route.GetPathTemplate(); err == nil {
				for path, list := range methods {
					if muxPath(path) == template {
						return &methodError{allow: allowHeader(list)}
					}
				}
			}
		}
		return &methodError{allow: http.MethodOptions}
	}
}

// recovered answers a panic as an internal error. It must not occur: the
// count and the stack in the log are there to find it.
func (s *Server) recovered(cause any, rec *recorder, r *http.Request) {
	if cause == nil {
		return
	}
	if err, is := cause.(error); is && errors.Is(err, http.ErrAbortHandler) {
		panic(cause)
	}
	s.metrics.panics.Inc()
	s.log.ErrorContext(r.Context(), "handler panicked", "path", r.URL.Path, "cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
	if rec.status != 0 {
		panic(http.ErrAbortHandler)
	}
	writeProblem(rec, r, s.log, fmt.Errorf("panic: %v", cause))
}

// addressed reads the scope that the address names.
func (s *Server) addressed(r *http.Request) (Scope, error) {
	vars := mux.Vars(r)
	var scope Scope
	if text, has := vars["p"]; has {
		scope.Plan = geo.PlanID(identity(text))
	}
	if text, has := vars["t"]; has {
		scope.Territory = geo.TerritoryID(identity(text))
	} else if text := queryOf(r).Get("territory"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return Scope{}, bad("territory", "%q is not a territory's id", clip(text))
		}
		scope.Territory = geo.TerritoryID(n)
	}
	return scope, nil
}

// identity reads an identity that the path pattern has already checked.
func identity(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0 // matches nothing
	}
	return n
}
