package api

import (
	"context"
	"time"

	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/redraw"
)

// EditedJSON is what an edit changed, as the face and the command line tell
// it: of the households only how many.
type EditedJSON struct {
	Plan       geo.PlanID       `json:"plan"`
	Revision   geo.Revision     `json:"revision"`
	Op         string           `json:"op"`
	By         string           `json:"by"`
	At         time.Time        `json:"at"`
	Grids      []gridChangeJSON `json:"grids"`
	Moved      []movedJSON      `json:"moved"`
	Straddlers []straddlerJSON  `json:"straddlers"`
	Effects    effectsJSON      `json:"effects"`
}

// A gridChangeJSON is one grid before and after: null when it came or went.
type gridChangeJSON struct {
	ID     geo.GridID     `json:"id"`
	Before *drawnGridJSON `json:"before"`
	After  *drawnGridJSON `json:"after"`
}

// drawnGridJSON is a grid as a plan draws it, without what is counted in it.
type drawnGridJSON struct {
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
	Geometry     *shapeJSON   `json:"geometry,omitempty"`
}

// A movedJSON is what passed between two grids of a tier; null where the tier
// had, or has, no grid there.
type movedJSON struct {
	Tier       string    `json:"tier"`
	Rank       int       `json:"rank"`
	From       *codeJSON `json:"from"`
	To         *codeJSON `json:"to"`
	AreaM2     float64   `json:"area_m2"`
	Households int       `json:"households"`
	Persons    int64     `json:"persons"` // residents of those households
	// Refs are external numbers of the households, where they were asked for:
	// nil where they were not, fewer than Households where these are many.
	Refs  []string `json:"refs,omitzero"`
	homes []geo.HouseholdID
}

// codeJSON names a grid.
type codeJSON struct {
	ID   geo.GridID `json:"id"`
	Code string     `json:"code,omitempty"`
}

// A straddlerJSON is a grid that lay on both sides of a new border.
type straddlerJSON struct {
	Grid codeJSON             `json:"grid"`
	Did  redraw.StraddlerFate `json:"did"`
	Into *codeJSON            `json:"into"` // null when it stayed
}

// PlanNames finds the grids and tiers of a plan as it stands.
func PlanNames(ctx context.Context, store *postgis.Store, plan geo.Plan) Names {
	return Names{
		Grid: func(code string) (geo.GridID, error) { return store.GridByCode(ctx, plan, code) },
		Tier: func(code string) (int, error) {
			tiers, err := store.Tiers(ctx, plan)
			if err != nil {
				return 0, err
			}
			for _, t := range tiers {
				if t.Code == code {
					return t.Rank, nil
				}
			}
			return 0, geo.ErrNotFound
		},
		Compounds: func(codes []string) (map[string]geo.Compound, error) {
			return store.Compounds(ctx, plan.Territory, codes)
		},
	}
}

// A Detail says of which grids an answer has the ground.
type Detail string

// How much an answer shows.
const (
	FullGround  Detail = "full"  // as it was and as it is
	AfterGround Detail = "after" // as it is
	NoGround    Detail = "none"
)

// ShowEdited returns what is told of an edit of a plan.
func ShowEdited(ctx context.Context, store *postgis.Store, plan geo.Plan, done postgis.Edited, detail Detail) (EditedJSON, error) {
	tiers, err := store.Tiers(ctx, plan)
	if err != nil {
		return EditedJSON{}, err
	}
	v := editView{tiers: map[int]geo.Tier{}, codes: map[geo.GridID]string{}}
	for _, t := range tiers {
		v.tiers[t.Rank] = t
	}
	j := EditedJSON{Plan: plan.ID, Revision: done.Revision, Op: done.Op, By: done.By, At: done.At,
		Grids: []gridChangeJSON{}, Straddlers: []straddlerJSON{}}
	for _, c := range done.Changes {
		j.Grids = append(j.Grids, v.change(c, detail))
	}
	j.Effects = v.effects(done.Effects)
	j.Moved = v.moved(done.Shifts)
	for _, s := range done.Straddlers {
		j.Straddlers = append(j.Straddlers, straddlerJSON{*v.named(s.Grid), s.Did, v.named(s.Into)})
	}
	return j, nil
}

// An editView writes changed grids and learns their codes on the way.
type editView struct {
	tiers map[int]geo.Tier
	codes map[geo.GridID]string
}

func (v *editView) change(c geo.Change, detail Detail) gridChangeJSON {
	var j gridChangeJSON
	if g, ok := c.Before.(*geo.Grid); ok {
		j.ID, j.Before = g.ID, v.grid(g, detail == FullGround)
	}
	if g, ok := c.After.(*geo.Grid); ok {
		j.ID, j.After = g.ID, v.grid(g, detail != NoGround)
	}
	return j
}

func (v *editView) grid(g *geo.Grid, ground bool) *drawnGridJSON {
	v.codes[g.ID] = g.Code
	j := &drawnGridJSON{ID: g.ID, Parent: g.Parent, Tier: v.tiers[g.Tier].Code, Rank: g.Tier, Code: g.Code, Name: g.Name, Kind: g.Kind,
		Setting: g.Setting, TextBounds: g.TextBounds, Owner: g.Owner, Valid: g.Valid, Predecessors: g.Predecessors, Hole: g.Hole, Rest: g.Rest}
	if ground {
		shape := shapeJSON(g.Boundary)
		j.Geometry = &shape
	}
	return j
}

// named returns a grid's id with its code as far as it is known, null for 0.
func (v *editView) named(id geo.GridID) *codeJSON {
	if id == 0 {
		return nil
	}
	return &codeJSON{id, v.codes[id]}
}

func (v *editView) moved(shifts []redraw.Shift) []movedJSON {
	moved := make([]movedJSON, len(shifts))
	for i, s := range shifts {
		moved[i] = movedJSON{Tier: v.tiers[s.Tier].Code, Rank: s.Tier, From: v.named(s.From), To: v.named(s.To),
			AreaM2: s.AreaM2, Households: len(s.Households), Persons: s.Persons, homes: s.Households}
	}
	return moved
}
