package redraw

import (
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func (e Create) apply(w *draft) error {
	g, up := e.Grid, w.before(e.Grid.Parent)
	switch {
	case up == nil:
		return &missingError{"parent", g.Parent}
	case up.Kind != geo.General:
		return &EditError{Field: "parent", Reason: "is not a general grid", Grid: up.ID}
	case g.Tier <= up.Tier:
		return &EditError{Field: "tier", Reason: "is not below that of the parent", Grid: up.ID}
	}
	if _, known := w.tiers[g.Tier]; !known {
		return &EditError{Field: "tier", Reason: "is not a tier of the plan"}
	}
	boundary := g.Boundary
	g.Boundary, g.Rest = nil, false
	g.Hole = g.Kind == geo.Dedicated && w.tiers[g.Tier].Dedicated == geo.Hole
	if err := w.newCode(&g, up); err != nil {
		return err
	}
	if err := g.Validate(); err != nil {
		return err
	}
	if !g.Partitions() {
		if err := w.overlay(&boundary, e.ToleranceM); err != nil {
			return err
		}
		if err := w.inTerritory(boundary); err != nil {
			return err
		}
		g.Boundary = boundary
		w.made = w.create(g).ID
		return nil
	}
	made := w.create(g)
	if w.made = made.ID; boundary == nil {
		return nil
	}
	if len(up.Boundary) == 0 {
		return &EditError{Field: "parent", Reason: "is not drawn", Grid: up.ID}
	}
	return w.carve(made, boundary, e.ToleranceM)
}

// newCode checks the code of a new grid, or gives it one: the next free number
// among its siblings of the tier.
func (w *draft) newCode(g *geo.Grid, up *geo.Grid) error {
	if g.Code != "" {
		return w.freeCode(g.Code)
	}
	like := geo.Grid{Code: firstBelow(up.Code), Parent: up.ID}
	if g.Kind == geo.Dedicated {
		like.Code = like.Code[:len(like.Code)-3] + fmt.Sprint(lastOrdinary+1)
	}
	for _, c := range w.nodes[up.ID].children {
		if s := w.before(c); s.Tier == g.Tier && s.Kind == g.Kind {
			like = *s
			break
		}
	}
	code, err := w.code(&like, up.ID)
	g.Code = code
	return err
}

// firstBelow is the code before the first of the grids under one: in fifteen
// digits under a division of twelve, behind a dash under a grid.
func firstBelow(code string) string {
	if len(code) == 12 && isDigits(code) {
		return code + "000"
	}
	return code + "-000"
}

// freeCode refuses a code that was ever used.
func (w *draft) freeCode(code string) error {
	if _, used := w.codes.used[code]; used {
		return fmt.Errorf("code %s: %w", code, geo.ErrConflict)
	}
	return nil
}

// inTerritory asks that a shape that overlays grids is valid and lies inside
// the territory; nil is a shape not drawn.
func (w *draft) inTerritory(shape topo.Shape) error {
	if shape == nil {
		return nil
	}
	root := w.before(w.root).Boundary
	if root == nil {
		return refused("boundary", topo.CheckRegion(shape))
	}
	_, bare, err := topo.CutRegion([]topo.Shape{root}, shape)
	if err != nil {
		return refused("boundary", err)
	}
	if bare.AreaM2() > topo.DefaultTolerance.AreaM2 {
		at := bare.InteriorPoint()
		return &EditError{Field: "boundary", Reason: "reaches outside the territory", At: &at}
	}
	return nil
}

// carve gives a new grid its ground: from the siblings it has, or from the
// parent, which is then divided into it and the rest.
func (w *draft) carve(made *geo.Grid, region topo.Shape, toleranceM float64) error {
	if err := w.cutRegion("boundary", region, toleranceM, made.Parent); err != nil {
		return err
	}
	if w.nodes[made.Parent].ground > 0 {
		givers := w.givers(made.Parent, made.ID)
		if len(givers) == 0 {
			return &EditError{Field: "boundary", Reason: "holds no ground", Grid: made.Parent}
		}
		return w.takeAll(givers, made.ID, Cut)
	}
	var rest *geo.Grid
	for _, k := range w.of[made.Parent] {
		p := &w.parts[k]
		if p.class == left {
			p.to = made.ID
			continue
		}
		if rest == nil {
			var err error
			if rest, err = w.rest(made); err != nil {
				return err
			}
		}
		p.to = rest.ID
	}
	return nil
}

// awaits reports whether siblings of a grid are still to be drawn: the ground
// that is left is theirs.
func (w *draft) awaits(g *geo.Grid) bool {
	return slices.ContainsFunc(w.children(g.Parent), func(c geo.GridID) bool {
		s := w.grid(c)
		return c != g.ID && s.Partitions() && s.Tier == g.Tier && s.Boundary == nil
	})
}

// rest makes the sibling that takes the ground a first child leaves.
func (w *draft) rest(made *geo.Grid) (*geo.Grid, error) {
	g := geo.Grid{
		Parent: made.Parent, Tier: made.Tier, Kind: geo.General, Setting: made.Setting, Valid: made.Valid,
		Name: w.before(made.Parent).Name, Rest: !w.tiers[made.Tier].Complete || w.awaits(made),
	}
	like := made.Code
	if made.Hole {
		like = firstBelow(w.before(made.Parent).Code)
	}
	s, n := seriesOf(like)
	if g.Code = w.codes.next(s, n, w.taken); g.Code == "" {
		return nil, &EditError{Field: "code", Reason: noNumber, Name: like}
	}
	return w.create(g), nil
}

func (e Set) apply(w *draft) error {
	before := w.before(e.Grid)
	if before == nil {
		return &missingError{"grid", e.Grid}
	}
	g := w.change(e.Grid)
	if e.Code != nil && *e.Code != g.Code {
		if err := w.freeCode(*e.Code); err != nil {
			return err
		}
		g.Code = *e.Code
	}
	put(&g.Name, e.Name)
	put(&g.Setting, e.Setting)
	put(&g.TextBounds, e.TextBounds)
	put(&g.Owner, e.Owner)
	put(&g.Valid, e.Valid)
	if e.Boundary != nil {
		if err := w.newBoundary(e, g); err != nil {
			return err
		}
	}
	return g.Validate()
}

// put sets a field that is given.
func put[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

func (e Move) apply(w *draft) error {
	g, to := w.before(e.Grid), w.before(e.Parent)
	switch {
	case g == nil:
		return &missingError{"grid", e.Grid}
	case to == nil:
		return &missingError{"parent", e.Parent}
	case g.Parent == 0:
		return &EditError{Field: "grid", Reason: "is the territory", Grid: e.Grid}
	case to.Kind != geo.General:
		return &EditError{Field: "parent", Reason: "is not a general grid", Grid: e.Parent}
	case w.isUnder(e.Parent, e.Grid):
		return &EditError{Field: "parent", Reason: "lies under the grid itself", Grid: e.Parent}
	case g.Parent == e.Parent:
		return &EditError{Field: "parent", Reason: "is the parent already", Grid: e.Parent}
	}
	if !counts(g) {
		return w.join(e.Grid, e.Parent)
	}
	if w.nodes[e.Parent].ground == 0 {
		return &EditError{Field: "parent", Reason: "has no grids under it yet: create one", Grid: e.Parent}
	}
	if w.nodes[g.Parent].ground == 1 {
		return &EditError{Field: "grid", Reason: "would leave its parent without ground: merge that", Grid: g.Parent}
	}
	return w.join(e.Grid, e.Parent)
}
