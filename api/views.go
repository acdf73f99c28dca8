package api

import (
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
)

// territoryJSON is a territory as a list shows it.
type territoryJSON struct {
	geo.Territory
	Revision  geo.Revision `json:"revision"`
	ChangedAt time.Time    `json:"changed_at"` // when the revision was made
	Plan      *geo.Plan    `json:"plan"`       // in force today; null when there is none
	Plans     []geo.Plan   `json:"plans"`
}

// tierJSON is a tier and how many grids it has.
type tierJSON struct {
	geo.Tier
	Count   int `json:"count"`   // general grids
	Undrawn int `json:"undrawn"` // of these, without a boundary
}

// planJSON is a plan and what stands in it.
type planJSON struct {
	geo.Plan
	// TerritoryRevision moves with every change in the territory, such as a
	// new post; Revision only with the plan's own grids.
	TerritoryRevision geo.Revision   `json:"territory_revision"`
	Territory         geo.Territory  `json:"territory"`
	AsOf              geo.Date       `json:"as_of"`
	Tiers             []tierJSON     `json:"tiers"`
	Overlays          map[string]int `json:"overlays"` // dedicated and task grids
	Roles             []geo.Role     `json:"roles"`
	Bounds            boundsJSON     `json:"bounds"`
	Counts            geo.Tally      `json:"counts"`
	Root              geo.GridID     `json:"root"`
}

// gridJSON is a grid as lists show it; the ground only where it was asked.
type gridJSON struct {
	ID           geo.GridID   `json:"id"`
	Parent       geo.GridID   `json:"parent,omitempty"`
	Tier         string       `json:"tier"`
	Rank         int          `json:"rank"`
	Code         string       `json:"code"`
	Name         geo.Name     `json:"name"`
	Kind         geo.Kind     `json:"kind"`
	Setting      geo.Setting  `json:"setting,omitempty"`
	TextBounds   string       `json:"text_bounds,omitempty"`
	Owner        string       `json:"owner,omitempty"`
	Valid        geo.Period   `json:"valid"`
	Predecessors []geo.GridID `json:"predecessors,omitempty"`
	Hole         bool         `json:"hole,omitempty"`
	Rest         bool         `json:"rest,omitempty"`
	Drawn        bool         `json:"drawn"`
	Bounds       *boundsJSON  `json:"bounds"` // null when not drawn
	Counts       geo.Tally    `json:"counts"`
	Geometry     *shapeJSON   `json:"geometry,omitempty"`
	Serving      []postJSON   `json:"serving,omitempty"` // whom the question asked for
}

// refJSON names a grid in a chain or beside another.
type refJSON struct {
	ID   geo.GridID `json:"id"`
	Code string     `json:"code"`
	Name geo.Name   `json:"name"`
	Tier string     `json:"tier"`
	Kind geo.Kind   `json:"kind"`
}

// postJSON is a worker in a post.
type postJSON struct {
	ID         geo.WorkerID   `json:"id"`
	Number     string         `json:"number"`
	Name       string         `json:"name"`
	Phone      string         `json:"phone,omitempty"`
	Employment geo.Employment `json:"employment"`
	Role       string         `json:"role"`
	Primary    bool           `json:"primary"`
	Duty       string         `json:"duty,omitempty"`
	Grid       string         `json:"grid"` // code of the grid the post belongs to
	// Deputy is who stands in; absent when nobody is named, or has left.
	Deputy *deputyJSON `json:"deputy,omitempty"`
}

// deputyJSON is a worker who stands in for another.
type deputyJSON struct {
	ID     geo.WorkerID `json:"id"`
	Number string       `json:"number"`
	Name   string       `json:"name"`
	Phone  string       `json:"phone,omitempty"`
}

// placeJSON is a grid with all that stands around it.
type placeJSON struct {
	gridJSON
	Plan       geo.PlanID    `json:"plan"`
	Revision   geo.Revision  `json:"revision"`
	AsOf       geo.Date      `json:"as_of"`
	Interior   *positionJSON `json:"interior"` // a point well inside; null when not drawn
	AreaM2     float64       `json:"area_m2"`
	Chain      []refJSON     `json:"chain"` // from the territory down to the grid
	Children   int           `json:"children"`
	Leader     *postJSON     `json:"leader"`
	Workers    []postJSON    `json:"workers"`
	Neighbours []refJSON     `json:"neighbours,omitempty"`
}

// A view writes one picture as it stands on a day.
type view struct {
	a       *atlas.Atlas
	s       *geo.Snapshot
	counted *geo.Counted
	asOf    geo.Date
}

func viewOf(a *atlas.Atlas, asOf geo.Date) view {
	return view{a: a, s: a.Records(), counted: a.Counted(asOf), asOf: asOf}
}

// tierCode returns the code of the tier with the rank.
func (v view) tierCode(rank int) string {
	for i := range v.s.Tiers {
		if v.s.Tiers[i].Rank == rank {
			return v.s.Tiers[i].Code
		}
	}
	return ""
}

func (v view) ref(i int) refJSON {
	g := &v.s.Grids[i]
	return refJSON{ID: g.ID, Code: g.Code, Name: g.Name, Tier: v.tierCode(g.Tier), Kind: g.Kind}
}

func (v view) chain(i int) []refJSON {
	positions := v.a.Chain(i)
	chain := make([]refJSON, len(positions))
	for k, at := range positions {
		chain[k] = v.ref(at)
	}
	return chain
}

func (v view) grid(i int, geometry bool) gridJSON {
	g, ground := &v.s.Grids[i], v.a.Ground(i)
	j := gridJSON{ID: g.ID, Parent: g.Parent, Tier: v.tierCode(g.Tier), Rank: g.Tier, Code: g.Code, Name: g.Name,
		Kind: g.Kind, Setting: g.Setting, TextBounds: g.TextBounds, Owner: g.Owner, Valid: g.Valid,
		Predecessors: g.Predecessors, Hole: g.Hole, Rest: g.Rest, Drawn: len(ground.Shape) > 0, Counts: v.counted.Tallies[i]}
	if j.Drawn {
		bounds := boundsJSON(ground.Box)
		j.Bounds = &bounds
	}
	if geometry {
		shape := shapeJSON(ground.Shape)
		j.Geometry = &shape
	}
	return j
}

func (v view) place(i int, geometry bool) placeJSON {
	ground := v.a.Ground(i)
	j := placeJSON{gridJSON: v.grid(i, geometry), Plan: v.s.Plan.ID, Revision: v.a.Revision(), AsOf: v.asOf,
		AreaM2: ground.AreaM2, Chain: v.chain(i), Children: len(v.a.Tree().Children(i)),
		Leader: v.leader(i), Workers: v.posts(i)}
	if len(ground.Shape) > 0 {
		inside := positionJSON(ground.Interior)
		j.Interior = &inside
	}
	return j
}

// posts lists who holds a post in the grid itself on the day.
func (v view) posts(i int) []postJSON {
	return v.showPosts(v.a.Workers(i, v.asOf), i)
}

// showPosts writes posts held in the grid at a position.
func (v view) showPosts(held []atlas.Post, i int) []postJSON {
	posts := make([]postJSON, len(held))
	for k, h := range held {
		posts[k] = postJSON{ID: h.Worker.ID, Number: h.Worker.Number, Name: h.Worker.Name, Phone: h.Worker.Phone,
			Employment: h.Worker.Employment, Role: h.Assignment.Role, Primary: h.Assignment.Primary,
			Duty: h.Assignment.Duty, Grid: v.s.Grids[i].Code}
		if d := h.Deputy; d != nil && d.Active.Holds(v.asOf) {
			posts[k].Deputy = &deputyJSON{d.ID, d.Number, d.Name, d.Phone}
		}
	}
	return posts
}

// leader returns who leads the grid, or else the nearest grid above it that
// has a leader; the post says which. Null when nobody does.
func (v view) leader(i int) *postJSON {
	for ; i >= 0; i = v.a.Tree().Parent(i) {
		for _, p := range v.posts(i) {
			if geo.Leads(p.Role) {
				return &p
			}
		}
	}
	return nil
}

// bounds returns the box of the whole plan.
func (v view) bounds() boundsJSON { return boundsJSON(v.a.Ground(0).Box) }

func (v view) plan() planJSON {
	j := planJSON{Plan: v.s.Plan, TerritoryRevision: v.a.Revision(), Territory: v.s.Territory, AsOf: v.asOf, Tiers: make([]tierJSON, len(v.s.Tiers)),
		Overlays: map[string]int{}, Roles: v.s.Roles, Bounds: v.bounds(), Counts: v.counted.Tallies[0], Root: v.s.Grids[0].ID}
	at := map[int]int{}
	for i, t := range v.s.Tiers {
		j.Tiers[i].Tier = t
		at[t.Rank] = i
	}
	for i := range v.s.Grids {
		g := &v.s.Grids[i]
		if g.Kind != geo.General {
			j.Overlays[string(g.Kind)]++
			continue
		}
		t := &j.Tiers[at[g.Tier]]
		t.Count++
		if len(v.a.Ground(i).Shape) == 0 {
			t.Undrawn++
		}
	}
	return j
}
