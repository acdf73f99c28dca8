package api

import (
	"cmp"
	"errors"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// What became of a row.
const (
	rowKept     = "kept"
	rowRepaired = "repaired"
	rowRefused  = "refused"
)

// mostImportRows is how many rows of each fate are listed; the counts know of
// all.
const mostImportRows = 1000

// An importJSON tells what became, or would become, of the files of an import.
type importJSON struct {
	DryRun    bool            `json:"dry_run"`
	Territory geo.TerritoryID `json:"territory,omitempty"` // where it was written
	Plan      geo.PlanID      `json:"plan,omitempty"`
	Revision  geo.Revision    `json:"revision,omitempty"`
	CRS       string          `json:"crs"`
	Bounds    *boundsJSON     `json:"bounds"` // of all the ground
	// Kept counts the grids that stand as their file has them, Repaired and
	// Refused what was changed or cannot be taken. One refused row refuses all.
	Kept       int                `json:"kept"`
	Repaired   int                `json:"repaired"`
	Refused    int                `json:"refused"`
	Vertices   int                `json:"vertices_inserted"` // into straight borders of neighbours
	Tiers      []importTierJSON   `json:"tiers"`
	Households int                `json:"households"`
	Records    map[geo.Entity]int `json:"records"`
	Rows       []importRowJSON    `json:"rows"`
}

type importTierJSON struct {
	Tier    string `json:"tier"`
	Grids   int    `json:"grids"`
	Undrawn int    `json:"undrawn"`
}

// An importRowJSON is one row, or one change of the ground.
type importRowJSON struct {
	Fate string `json:"fate"`
	// What is why: grid for what is kept; snapped, given, filled … for changes of
	// the ground; unreadable, straddles, uneven or a rule of the check for what is
	// refused.
	What     string         `json:"what"`
	File     string         `json:"file,omitempty"`
	Feature  *int           `json:"feature,omitempty"` // of a GeoJSON file, from 0
	Line     int            `json:"line,omitempty"`    // of a CSV file, from 1
	Code     string         `json:"code,omitempty"`
	Name     *geo.Name      `json:"name,omitempty"`
	Field    string         `json:"field,omitempty"`
	Reason   string         `json:"reason,omitempty"`
	Message  *check.Message `json:"message,omitempty"`
	Grids    []string       `json:"grids,omitempty"` // codes of all concerned
	To       string         `json:"to,omitempty"`    // code of the grid that has the ground now
	AreaM2   float64        `json:"area_m2,omitempty"`
	WidthM   float64        `json:"width_m,omitempty"`
	Vertices int            `json:"vertices,omitempty"`
	Bounds   *boundsJSON    `json:"bounds"`   // null where the place is not known
	Geometry shapeJSON      `json:"geometry"` // the ground of the change or fault, null without one
}

// An importReport is an importJSON in the making.
type importReport struct {
	in      *intake
	a       *exchange.Assembly
	answer  importJSON
	counts  map[string]int
	touched map[string]bool // codes of grids that were changed or refused
}

func newImportReport(in *intake, a *exchange.Assembly) *importReport {
	return &importReport{in: in, a: a, counts: map[string]int{}, touched: map[string]bool{},
		answer: importJSON{CRS: in.crs.String(), Records: map[geo.Entity]int{}, Tiers: []importTierJSON{}, Rows: []importRowJSON{}}}
}

// add lists a row, or only counts it.
func (t *importReport) add(row importRowJSON) {
	for _, code := range append(row.Grids, row.Code) {
		t.touched[code] = true
	}
	if t.counts[row.Fate]++; t.counts[row.Fate] <= mostImportRows {
		t.answer.Rows = append(t.answer.Rows, row)
	}
}

// groundOf returns the box around the ground of the grid with a code.
func (t *importReport) groundOf(code string) *boundsJSON {
	ground := t.a.Ground(code)
	if len(ground) == 0 {
		return nil
	}
	return around(ground)
}

func around(shape topo.Shape) *boundsJSON {
	box := boundsJSON(shape.Bound())
	return &box
}

// failed tells of a step that could not be done on the whole.
func (t *importReport) failed(what string, err error) {
	t.add(importRowJSON{Fate: rowRefused, What: what, Reason: err.Error()})
}

// straddle tells of grids that more than one parent has a share of.
func (t *importReport) straddle(list []exchange.Straddler) {
	for i := range list {
		g := &list[i]
		row := importRowJSON{Fate: rowRepaired, What: "straddles_" + string(g.Did), Code: g.Code, Name: &g.Name, Bounds: t.groundOf(g.Code)}
		if g.Did == exchange.Refused {
			row.What, row.Fate = "straddles", rowRefused
			if t.a.Snapshot().Plan.State == geo.Draft {
				row.Fate = rowRepaired // put under the parent with the largest share
			}
		}
		for _, p := range g.Parents {
			row.Grids = append(row.Grids, cmp.Or(p.Parent, "—"))
		}
		t.add(row)
	}
}

// cleaned tells of every change of the ground.
func (t *importReport) cleaned(groups []topo.CleanedGroup) {
	grids := t.a.Snapshot().Grids
	for _, g := range groups {
		for i := range g.Changes {
			c := &g.Changes[i]
			row := importRowJSON{Fate: rowRepaired, What: string(c.Kind), AreaM2: c.AreaM2, WidthM: c.WidthM, Vertices: c.Vertices,
				Bounds: &boundsJSON{Min: c.At, Max: c.At}, Geometry: shapeJSON(c.Region)}
			if len(c.Region) > 0 {
				row.Bounds = around(c.Region)
			}
			if c.Kind == topo.NothingLeft {
				row.Fate = rowRefused
			}
			for _, m := range c.Members {
				row.Grids = append(row.Grids, grids[m].Code)
			}
			if c.To >= 0 {
				row.To = grids[c.To].Code
			}
			t.add(row)
		}
	}
}

// settled tells of outlines and leaves that were made.
func (t *importReport) settled(done exchange.Settled) {
	t.answer.Vertices = done.Inserted
	for _, made := range []struct {
		what  string
		codes []string
	}{{"derived", done.Derived}, {"rest", done.Rest}} {
		for _, code := range made.codes {
			t.add(importRowJSON{Fate: rowRepaired, What: made.what, Code: code, Bounds: t.groundOf(code)})
		}
	}
}

// proven tells why the plan cannot be held.
func (t *importReport) proven(p *exchange.Proven) {
	for i := range p.Faults.Findings {
		f := &p.Faults.Findings[i]
		row := importRowJSON{Fate: rowRefused, What: string(f.Rule), Code: f.Subject.Code, Message: &f.Message, Geometry: shapeJSON(f.Region)}
		if f.Measure != nil {
			row.AreaM2 = f.Measure.Value
		}
		switch {
		case len(f.Region) > 0:
			row.Bounds = around(f.Region)
		case f.At != nil:
			row.Bounds = &boundsJSON{Min: *f.At, Max: *f.At}
		default:
			row.Bounds = t.groundOf(f.Subject.Code)
		}
		t.add(row)
	}
	for _, code := range p.Uneven {
		t.add(importRowJSON{Fate: rowRefused, What: "uneven", Code: code, Bounds: t.groundOf(code)})
	}
}

// read tells of one thing wrong with a file, or that only warns of it.
func (t *importReport) read(fate, what string, err error) {
	row := importRowJSON{Fate: fate, What: what, Reason: err.Error()}
	var bad *exchange.InputError
	if errors.As(err, &bad) {
		row.File, row.Line, row.Code, row.Field, row.Reason = bad.File, bad.Line, bad.Code, bad.Field, bad.Reason
		if bad.Rule != "" {
			row.What = string(bad.Rule)
		}
		if bad.Feature >= 0 && bad.Line == 0 {
			row.Feature = &bad.Feature
		}
		if row.Bounds = t.groundOf(bad.Code); bad.Where != nil {
			box := boundsJSON(*bad.Where)
			row.Bounds = &box
		}
	}
	t.add(row)
}

// close adds what was read, the grids that stand as they are, and the counts;
// the refused stand first.
func (t *importReport) close() *importJSON {
	problems, more := t.a.Problems()
	for _, err := range problems {
		t.read(rowRefused, "unreadable", err)
	}
	t.counts[rowRefused] += more
	for _, e := range t.in.warned {
		t.read(rowRepaired, "warning", e)
	}
	t.counts[rowRepaired] += t.in.unlisted
	snap := t.a.Snapshot()
	box := topo.Shape{}
	for _, tier := range snap.Tiers {
		line := importTierJSON{Tier: tier.Code}
		for i := range snap.Grids {
			g := &snap.Grids[i]
			if g.Tier != tier.Rank {
				continue
			}
			line.Grids++
			if len(g.Boundary) == 0 {
				line.Undrawn++
			}
			if box = append(box, g.Boundary...); !t.touched[g.Code] {
				row := importRowJSON{Fate: rowKept, What: "grid", Code: g.Code, Name: &g.Name}
				if len(g.Boundary) > 0 {
					row.Bounds = around(g.Boundary)
				}
				t.add(row)
			}
		}
		t.answer.Tiers = append(t.answer.Tiers, line)
	}
	if len(box) > 0 {
		t.answer.Bounds = around(box)
	}
	for _, column := range snap.Columns() {
		if n := column.Len(); n > 0 {
			t.answer.Records[column.Entity()] = n
		}
	}
	t.answer.Kept, t.answer.Repaired, t.answer.Refused = t.counts[rowKept], t.counts[rowRepaired], t.counts[rowRefused]
	order := []string{rowRefused, rowRepaired, rowKept}
	slices.SortStableFunc(t.answer.Rows, func(a, b importRowJSON) int {
		return cmp.Or(cmp.Compare(slices.Index(order, a.Fate), slices.Index(order, b.Fate)), cmp.Compare(a.What, b.What))
	})
	return &t.answer
}

// firstRefused says what is wrong with the first row that cannot be taken.
func (j *importJSON) firstRefused() string {
	for i := range j.Rows {
		if row := &j.Rows[i]; row.Fate == rowRefused {
			if row.Message != nil {
				return row.Code + ": " + row.Message.EN
			}
			return cmp.Or(row.File, row.Code) + ": " + row.What + " " + row.Reason
		}
	}
	return ""
}
