package api

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/postgis"
)

// onDuty reports whether who holds a role stands on the notice board: who leads,
// and who holds one that the territory says is public. Whoever holds another role
// in a grid is not named to the public.
func (v view) onDuty(role string) bool {
	return geo.Leads(role) || slices.ContainsFunc(v.s.Roles, func(r geo.Role) bool { return r.Code == role && r.Public })
}

// mostAround bounds how many neighbours the public map of a grid draws.
const mostAround = 100

// A publicJSON is what anybody may know of a grid. It is written member by
// member, so that nothing comes in with a grid or a worker that grows: no
// figure of households and no identity of ours.
type publicJSON struct {
	// State is in_force, retired (nothing but its name and Successors) or
	// several (nothing but Choices).
	State      string            `json:"state"`
	Choices    []publicRefJSON   `json:"choices,omitempty"`
	Successors *[]publicRefJSON  `json:"successors,omitempty"`
	Grid       *publicGridJSON   `json:"grid,omitempty"`
	Territory  *publicNameJSON   `json:"territory,omitempty"`
	Plan       *publicPlanJSON   `json:"plan,omitempty"`
	Chain      []publicNameJSON  `json:"chain,omitempty"` // from the territory down to the parent
	Leader     *publicPostJSON   `json:"leader"`
	Workers    []publicPostJSON  `json:"workers,omitempty"`
	Supervised []publicPostJSON  `json:"supervision,omitempty"`
	Duties     []publicDutyJSON  `json:"duties,omitempty"`
	Around     []publicShapeJSON `json:"around,omitempty"` // what borders on it, for the map
	Within     *shapeJSON        `json:"within,omitempty"` // ground of the parent
}

// A publicNameJSON names a place.
type publicNameJSON struct {
	Code string   `json:"code"`
	Name geo.Name `json:"name"`
	Tier geo.Name `json:"tier,omitzero"`
}

// A publicRefJSON leads to the public page of a grid.
type publicRefJSON struct {
	Code      string         `json:"code"`
	Name      geo.Name       `json:"name"`
	Territory publicNameJSON `json:"territory"`
}

type publicGridJSON struct {
	Code       string      `json:"code"`
	Name       geo.Name    `json:"name"`
	Tier       geo.Name    `json:"tier,omitzero"`
	Kind       geo.Kind    `json:"kind,omitempty"`
	TextBounds string      `json:"text_bounds,omitempty"`
	Owner      string      `json:"owner,omitempty"`
	Drawn      bool        `json:"drawn"`
	AreaM2     float64     `json:"area_m2,omitempty"`
	Bounds     *boundsJSON `json:"bounds,omitempty"`
	Geometry   *shapeJSON  `json:"geometry,omitempty"`
}

// A publicPlanJSON says which division the page is of.
type publicPlanJSON struct {
	Name      string       `json:"name"`
	Effective geo.Date     `json:"effective,omitzero"`
	Revision  geo.Revision `json:"revision"`
	AsOf      geo.Date     `json:"as_of"`
}

// A publicPostJSON is somebody on duty. Of is the grid of the post, where it is
// not the grid of the page.
type publicPostJSON struct {
	Name  string          `json:"name"`
	Phone string          `json:"phone,omitempty"`
	Role  publicNameJSON  `json:"role"`
	Duty  string          `json:"duty,omitempty"`
	Of    *publicNameJSON `json:"of,omitempty"`
}

type publicDutyJSON struct {
	Role   publicNameJSON `json:"role"`
	Duties geo.Name       `json:"duties"`
}

type publicShapeJSON struct {
	Code     string    `json:"code"`
	Name     geo.Name  `json:"name"`
	Geometry shapeJSON `json:"geometry"`
}

// getPublicGrid handles GET /v1/public/grids/{code}: all that the public page
// and the notice board of a grid show.
func (s *Server) getPublicGrid(w http.ResponseWriter, r *http.Request) error {
	found, err := s.findPublic(r, mux.Vars(r)["code"], r.URL.Query().Get("in"))
	if err != nil {
		return err
	}
	day := s.today()
	switch {
	case found.gone != nil:
		w.Header().Set("Cache-Control", "no-cache")
		return writeJSON(w, http.StatusOK, s.showGone(found.gone))
	case len(found.in) > 1:
		w.Header().Set("Cache-Control", "no-cache")
		return writeJSON(w, http.StatusOK, showChoices(found))
	}
	a := found.in[0]
	if fresh(w, r, etag(a.Revision(), int32(day)), a.Revision()) {
		return nil
	}
	return writeJSON(w, http.StatusOK, viewOf(a, day).public(found.at[0]))
}

// A publicFind is where a code was found: in the pictures, at the positions; or
// it is that of a grid that is gone.
type publicFind struct {
	in   []*atlas.Atlas
	at   []int
	gone *postgis.Gone
}

// findPublic looks for a grid by its code among the territories that show
// themselves to the caller; in, unless empty, is the code of the only one.
func (s *Server) findPublic(r *http.Request, code, in string) (publicFind, error) {
	var found publicFind
	var asked []geo.TerritoryID
	for _, a := range s.live.All() {
		t := a.Territory()
		if in != "" && t.Code != in || s.allow(r, Public, Scope{Territory: t.ID}) != nil {
			continue
		}
		asked = append(asked, t.ID)
		if i, ok := a.Tree().ByCode(code); ok && shownToAll(a.Grid(i)) {
			found.in, found.at = append(found.in, a), append(found.at, i)
		}
	}
	if len(found.in) > 0 {
		return found, nil
	}
	gone, err := s.store.Gone(r.Context(), asked, code)
	found.gone = &gone
	return found, err
}

// unknownGrid reports whether the address is that of a page of a grid and there
// is no such grid: programs are to see it, people read it on the page.
func (s *Server) unknownGrid(r *http.Request) bool {
	code, is := strings.CutPrefix(r.URL.Path, "/g/")
	code = strings.TrimSuffix(code, "/board")
	if !is || code == "" || strings.Contains(code, "/") {
		return false
	}
	_, err := s.findPublic(r, code, r.URL.Query().Get("in"))
	return errors.Is(err, geo.ErrNotFound)
}

// shownToAll reports whether a grid has a public page: a task tells who is to
// move away or to be counted, and a rest is nobody's.
func shownToAll(g *geo.Grid) bool { return g.Kind != geo.Task && !g.Rest }

func showChoices(found publicFind) publicJSON {
	j := publicJSON{State: "several"}
	for k, a := range found.in {
		g, t := a.Grid(found.at[k]), a.Territory()
		j.Choices = append(j.Choices, publicRefJSON{g.Code, g.Name, publicNameJSON{Code: t.Code, Name: t.Name}})
	}
	return j
}

// showGone names what took the place of a grid.
func (s *Server) showGone(gone *postgis.Gone) publicJSON {
	heirs := []publicRefJSON{}
	j := publicJSON{State: "retired", Grid: &publicGridJSON{Code: gone.Code, Name: gone.Name}, Successors: &heirs}
	a, live := s.live.Get(gone.Territory)
	if !live {
		return j
	}
	t := publicNameJSON{Code: a.Territory().Code, Name: a.Territory().Name}
	j.Territory = &t
	for _, id := range gone.Heirs {
		if i, ok := a.Tree().Index(id); ok && shownToAll(a.Grid(i)) {
			heirs = append(heirs, publicRefJSON{a.Grid(i).Code, a.Grid(i).Name, t})
		}
	}
	return j
}

// public writes the page of the grid at a position.
func (v view) public(i int) publicJSON {
	t := v.s.Territory
	j := publicJSON{State: "in_force", Grid: v.publicGrid(i), Territory: &publicNameJSON{Code: t.Code, Name: t.Name},
		Plan: &publicPlanJSON{Name: v.s.Plan.Name, Effective: v.s.Plan.Effective, Revision: v.a.Revision(), AsOf: v.asOf}}
	for _, k := range v.a.Chain(i) {
		if k != i {
			j.Chain = append(j.Chain, v.publicName(k))
		}
	}
	lead, at := v.leads(i)
	named := map[geo.WorkerID]bool{}
	if lead != nil {
		named[lead.Worker.ID] = true
		post := v.publicPost(lead, at, i)
		j.Leader = &post
		j.tellDuties(v, lead.Assignment.Role)
	}
	for _, held := range v.a.Workers(i, v.asOf) {
		if role := held.Assignment.Role; v.onDuty(role) && (lead == nil || held.Assignment.ID != lead.Assignment.ID) {
			named[held.Worker.ID] = true
			j.Workers = append(j.Workers, v.publicPost(&held, i, i))
			j.tellDuties(v, role)
		}
	}
	j.Supervised = v.supervision(i, named)
	if !j.Grid.Drawn {
		return j
	}
	j.Around = v.around(i)
	if up := v.a.Tree().Parent(i); up >= 0 && len(v.a.Ground(up).Shape) > 0 {
		within := shapeJSON(v.a.Ground(up).Shape)
		j.Within = &within
	}
	return j
}

func (v view) publicGrid(i int) *publicGridJSON {
	g, ground := &v.s.Grids[i], v.a.Ground(i)
	j := &publicGridJSON{Code: g.Code, Name: g.Name, Tier: v.tierName(g.Tier), Kind: g.Kind, TextBounds: g.TextBounds, Owner: g.Owner,
		Drawn: len(ground.Shape) > 0, AreaM2: ground.AreaM2}
	if j.Drawn {
		bounds, shape := boundsJSON(ground.Box), shapeJSON(ground.Shape)
		j.Bounds, j.Geometry = &bounds, &shape
	}
	return j
}

func (v view) tierName(rank int) geo.Name {
	for i := range v.s.Tiers {
		if v.s.Tiers[i].Rank == rank {
			return v.s.Tiers[i].Name
		}
	}
	return geo.Name{}
}

func (v view) publicName(i int) publicNameJSON {
	g := &v.s.Grids[i]
	return publicNameJSON{g.Code, g.Name, v.tierName(g.Tier)}
}

func (v view) roleName(code string) publicNameJSON {
	for i := range v.s.Roles {
		if v.s.Roles[i].Code == code {
			return publicNameJSON{Code: code, Name: v.s.Roles[i].Name}
		}
	}
	return publicNameJSON{Code: code, Name: geo.Name{ZH: code}}
}

// leads returns who leads the grid, or the nearest above it that is led, and
// the position of that; nil where nobody does.
func (v view) leads(i int) (*atlas.Post, int) {
	for ; i >= 0; i = v.a.Tree().Parent(i) {
		for _, held := range v.a.Workers(i, v.asOf) {
			if geo.Leads(held.Assignment.Role) {
				return &held, i
			}
		}
	}
	return nil, -1
}

// publicPost writes a post in the grid at a position for the page of another.
func (v view) publicPost(held *atlas.Post, at, page int) publicPostJSON {
	j := publicPostJSON{Name: held.Worker.Name, Phone: held.Worker.Phone, Role: v.roleName(held.Assignment.Role), Duty: held.Assignment.Duty}
	if at != page {
		of := v.publicName(at)
		j.Of = &of
	}
	return j
}

// tellDuties adds what a role has to do, once.
func (j *publicJSON) tellDuties(v view, role string) {
	if slices.ContainsFunc(j.Duties, func(d publicDutyJSON) bool { return d.Role.Code == role }) {
		return
	}
	for i := range v.s.Roles {
		if r := &v.s.Roles[i]; r.Code == role && r.Duties != (geo.Name{}) {
			j.Duties = append(j.Duties, publicDutyJSON{v.roleName(role), r.Duties})
		}
	}
}

// supervision lists who is to be called about those who serve the grid, with a
// telephone: from the nearest unit up that has somebody in a role that
// supervises (STF-10), in the grid or above it. Where no role is said to
// supervise, it is the leader of the nearest unit above. It is never somebody
// whom the page names for the service: nobody complains about somebody to the
// same.
func (v view) supervision(i int, named map[geo.WorkerID]bool) []publicPostJSON {
	roles := v.supervising()
	at := i
	if len(roles) == 0 {
		at = v.a.Tree().Parent(i)
	}
	for ; at >= 0; at = v.a.Tree().Parent(at) {
		var list []publicPostJSON
		for _, held := range v.a.Workers(at, v.asOf) {
			role := held.Assignment.Role
			if !named[held.Worker.ID] && held.Worker.Phone != "" && (slices.Contains(roles, role) || len(roles) == 0 && geo.Leads(role)) {
				list = append(list, v.publicPost(&held, at, i))
			}
		}
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// supervising are the roles that the territory's profiles of the day name for
// STF-10.
func (v view) supervising() (roles []string) {
	for i := range v.s.Profiles {
		if p := &v.s.Profiles[i]; p.Valid.Holds(v.asOf) {
			roles = append(roles, p.Rules[geo.RuleBoard].Roles...)
		}
	}
	return roles
}

// around draws what borders on the grid at a position: its neighbours, and
// those of the unit it lies in where none of the grid's tier are drawn, as
// beside a partial tier.
func (v view) around(i int) (list []publicShapeJSON) {
	beside := v.bordering(i)
	under := map[int]bool{} // units that a neighbour is part of, and the grid's own
	for _, k := range append(beside, i) {
		for _, up := range v.a.Chain(k) {
			under[up] = true
		}
	}
	if up := v.a.Tree().Parent(i); up >= 0 {
		for _, k := range v.bordering(up) {
			if !under[k] {
				beside = append(beside, k)
			}
		}
	}
	for _, k := range beside {
		if len(list) < mostAround && shownToAll(&v.s.Grids[k]) {
			g, ground := &v.s.Grids[k], v.a.Ground(k)
			list = append(list, publicShapeJSON{g.Code, g.Name, shapeJSON(ground.Shape)})
		}
	}
	return list
}
