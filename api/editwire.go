package api

import (
	"errors"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// The edits as JSON; op tells which. Grids are ids or codes, ground and lines
// GeoJSON geometries in degrees.
type (
	splitJSON struct {
		Op         string            `json:"op"`
		Grid       *gridRef          `json:"grid"`
		Line       lineJSON          `json:"line"`
		ToleranceM float64           `json:"tolerance_m,omitempty"`
		Straddling redraw.Straddling `json:"straddling,omitempty"`
		Name       geo.Name          `json:"name,omitzero"`
		As         string            `json:"as,omitempty"` // what later edits of the list call the new grid
	}
	mergeJSON struct {
		Op    string    `json:"op"`
		Grids []gridRef `json:"grids"`
		Keep  *gridRef  `json:"keep,omitempty"`
	}
	reshapeJSON struct {
		Op         string            `json:"op"`
		Grid       *gridRef          `json:"grid"`
		With       *gridRef          `json:"with,omitempty"`
		Line       lineJSON          `json:"line"`
		ToleranceM float64           `json:"tolerance_m,omitempty"`
		Straddling redraw.Straddling `json:"straddling,omitempty"`
	}
	transferJSON struct {
		Op         string            `json:"op"`
		To         *gridRef          `json:"to"`
		Region     areaJSON          `json:"region,omitempty"`
		Compounds  []string          `json:"compounds,omitempty"` // their codes
		Atoms      []gridRef         `json:"atoms,omitempty"`     // grids of a lower tier, or codes of compounds
		From       []gridRef         `json:"from,omitempty"`
		ToleranceM float64           `json:"tolerance_m,omitempty"`
		Straddling redraw.Straddling `json:"straddling,omitempty"`
	}
	fillJSON struct {
		Op     string   `json:"op"`
		To     *gridRef `json:"to"`
		Region areaJSON `json:"region"`
	}
	createJSON struct {
		Op         string      `json:"op"`
		Parent     *gridRef    `json:"parent"`
		Tier       string      `json:"tier"` // its code
		Code       string      `json:"code,omitempty"`
		Name       geo.Name    `json:"name"`
		Kind       geo.Kind    `json:"kind,omitempty"`
		Setting    geo.Setting `json:"setting,omitempty"`
		TextBounds string      `json:"text_bounds,omitempty"`
		Owner      string      `json:"owner,omitempty"`
		Valid      geo.Period  `json:"valid,omitzero"`
		Boundary   areaJSON    `json:"boundary,omitempty"`
		ToleranceM float64     `json:"tolerance_m,omitempty"`
		As         string      `json:"as,omitempty"`
	}
	retireJSON struct {
		Op   string   `json:"op"`
		Grid *gridRef `json:"grid"`
		To   *gridRef `json:"to,omitempty"`
	}
	setJSON struct {
		Op         string       `json:"op"`
		Grid       *gridRef     `json:"grid"`
		Code       *string      `json:"code,omitempty"`
		Name       *geo.Name    `json:"name,omitempty"`
		Setting    *geo.Setting `json:"setting,omitempty"`
		TextBounds *string      `json:"text_bounds,omitempty"`
		Owner      *string      `json:"owner,omitempty"`
		Valid      *geo.Period  `json:"valid,omitempty"`
		Boundary   areaJSON     `json:"boundary,omitempty"`
		ToleranceM float64      `json:"tolerance_m,omitempty"`
	}
	moveJSON struct {
		Op     string   `json:"op"`
		Grid   *gridRef `json:"grid"`
		Parent *gridRef `json:"parent"`
	}
	renumberJSON struct {
		Op     string   `json:"op"`
		Parent *gridRef `json:"parent"`
		Tier   string   `json:"tier,omitempty"` // its code
	}
)

func (j *splitJSON) label() string  { return j.As }
func (j *createJSON) label() string { return j.As }

func (j *splitJSON) edit(n *Names) (redraw.Edit, error) {
	e := redraw.Split{Line: j.Line, ToleranceM: j.ToleranceM, Straddling: j.Straddling, Name: j.Name}
	err := firstError(n.needs("grid", j.Grid, &e.Grid), j.Line.given("line"), straddling(j.Straddling))
	return e, err
}

func (j *mergeJSON) edit(n *Names) (redraw.Edit, error) {
	var e redraw.Merge
	var err error
	if e.Grids, err = n.all("grids", j.Grids); err != nil {
		return nil, err
	}
	return e, n.may("keep", j.Keep, &e.Keep)
}

func (j *reshapeJSON) edit(n *Names) (redraw.Edit, error) {
	e := redraw.Reshape{Line: j.Line, ToleranceM: j.ToleranceM, Straddling: j.Straddling}
	err := firstError(n.needs("grid", j.Grid, &e.Grid), n.may("with", j.With, &e.With), j.Line.given("line"), straddling(j.Straddling))
	return e, err
}

func (j *transferJSON) edit(n *Names) (redraw.Edit, error) {
	e := redraw.Transfer{ToleranceM: j.ToleranceM, Straddling: j.Straddling}
	if err := firstError(n.needs("to", j.To, &e.To), straddling(j.Straddling)); err != nil {
		return nil, err
	}
	var err error
	if e.From, err = n.all("from", j.From); err != nil {
		return nil, err
	}
	if j.Region == nil && len(j.Compounds)+len(j.Atoms) == 0 {
		return nil, bad("region", "is missing: name a region, compounds or atoms")
	}
	if j.Region != nil {
		if e.Region, err = j.Region.shape("region"); err != nil {
			return nil, err
		}
	}
	for _, code := range j.Compounds {
		compound, known := n.compounds[code]
		if !known {
			return nil, invalid("compounds", "no compound of the territory has the code %q", clip(code))
		}
		e.Compounds = append(e.Compounds, compound)
	}
	return e, n.atoms(j.Atoms, &e)
}

// atoms adds what a transfer names to it: a grid, or else a compound.
func (n *Names) atoms(refs []gridRef, e *redraw.Transfer) error {
	for i := range refs {
		var id geo.GridID
		err := n.may("atoms", &refs[i], &id)
		compound, known := n.compounds[refs[i].code]
		switch {
		case err == nil:
			e.Grids = append(e.Grids, id)
		case known:
			e.Compounds = append(e.Compounds, compound)
		case errors.Is(err, geo.ErrInvalid):
			return invalid("atoms", "no grid of the plan and no compound has the code %q", clip(refs[i].code))
		default:
			return err
		}
	}
	return nil
}

func (j *fillJSON) edit(n *Names) (redraw.Edit, error) {
	var e redraw.Fill
	if err := n.needs("to", j.To, &e.To); err != nil {
		return nil, err
	}
	if j.Region == nil {
		return nil, bad("region", "is missing: ground in the gap")
	}
	var err error
	e.Region, err = j.Region.shape("region")
	return e, err
}

func (j *createJSON) edit(n *Names) (redraw.Edit, error) {
	e := redraw.Create{ToleranceM: j.ToleranceM, Grid: geo.Grid{Code: j.Code, Name: j.Name, Kind: j.Kind, Setting: j.Setting,
		TextBounds: j.TextBounds, Owner: j.Owner, Valid: j.Valid}}
	if e.Grid.Kind == "" {
		e.Grid.Kind = geo.General
	}
	err := n.needs("parent", j.Parent, &e.Grid.Parent)
	if err != nil {
		return nil, err
	}
	if e.Grid.Tier, err = n.tier(j.Tier); err != nil {
		return nil, err
	}
	if j.Boundary != nil {
		e.Grid.Boundary, err = j.Boundary.shape("boundary")
	}
	return e, err
}

func (j *retireJSON) edit(n *Names) (redraw.Edit, error) {
	var e redraw.Retire
	err := firstError(n.needs("grid", j.Grid, &e.Grid), n.may("to", j.To, &e.To))
	return e, err
}

func (j *setJSON) edit(n *Names) (redraw.Edit, error) {
	e := redraw.Set{ToleranceM: j.ToleranceM, Code: j.Code, Name: j.Name, Setting: j.Setting, TextBounds: j.TextBounds, Owner: j.Owner, Valid: j.Valid}
	if err := n.needs("grid", j.Grid, &e.Grid); err != nil {
		return nil, err
	}
	if j.Boundary != nil {
		shape, err := j.Boundary.shape("boundary")
		if err != nil {
			return nil, err
		}
		e.Boundary = &shape
	}
	return e, nil
}

func (j *moveJSON) edit(n *Names) (redraw.Edit, error) {
	var e redraw.Move
	err := firstError(n.needs("grid", j.Grid, &e.Grid), n.needs("parent", j.Parent, &e.Parent))
	return e, err
}

func (j *renumberJSON) edit(n *Names) (redraw.Edit, error) {
	var e redraw.Renumber
	err := n.needs("parent", j.Parent, &e.Parent)
	if err == nil && j.Tier != "" {
		e.Tier, err = n.tier(j.Tier)
	}
	return e, err
}

// straddling refuses a word that is none of the three.
func straddling(s redraw.Straddling) error {
	switch s {
	case "", redraw.Cut, redraw.LargerShare, redraw.Absorb:
		return nil
	}
	return bad("straddling", "%q is not one of: %s, %s, %s", clip(string(s)), redraw.Cut, redraw.LargerShare, redraw.Absorb)
}

// needs sets id to the grid that a member names, which must be there.
func (n *Names) needs(field string, ref *gridRef, id *geo.GridID) error {
	if ref == nil {
		return bad(field, "is missing: the id or the code of a grid")
	}
	return n.may(field, ref, id)
}

// may sets id to the grid that a member names, if it is there.
func (n *Names) may(field string, ref *gridRef, id *geo.GridID) error {
	if ref == nil {
		return nil
	}
	if ref.code == "" {
		*id = ref.id
		return nil
	}
	found, err := n.Grid(ref.code)
	if errors.Is(err, geo.ErrNotFound) {
		return invalid(field, "no grid of the plan has the code %q", clip(ref.code))
	}
	*id = found
	return err
}

// all returns the grids that a member lists.
func (n *Names) all(field string, refs []gridRef) ([]geo.GridID, error) {
	var ids []geo.GridID
	for i := range refs {
		var id geo.GridID
		if err := n.may(field, &refs[i], &id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// tier returns the rank of the tier with the code.
func (n *Names) tier(code string) (int, error) {
	if code == "" {
		return 0, bad("tier", "is missing: the code of a tier")
	}
	rank, err := n.Tier(code)
	if errors.Is(err, geo.ErrNotFound) {
		return 0, invalid("tier", "the plan has no tier with the code %q", clip(code))
	}
	return rank, err
}

// given refuses a line that is missing.
func (l lineJSON) given(field string) error {
	if l == nil {
		return bad(field, "is missing: a GeoJSON LineString")
	}
	return nil
}

// misdrawn turns an error of topo into one about a member of an edit.
func misdrawn(field string, err error) error {
	var ring *topo.RingError
	if errors.As(err, &ring) {
		return &redraw.EditError{Field: field, Reason: ring.Reason, At: &ring.At}
	}
	return bad(field, "%v", err)
}
