package api

import (
	"cmp"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/gorilla/mux"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/check"
	"gridmap/geo/figures"
	"gridmap/geo/stats"
)

var classesQuery = []string{"min_revision", "as_of", "tier", "parent", "n", "method", "period", "load_household", "load_resident", "load_km2",
	"detour_permille", "walk_m"}

// findingsFigure is the one figure that package figures does not know: errors
// and warnings that stand, at the unit and under it.
const findingsFigure = "findings"

// A classesJSON answers one figure of all grids of a tier, put into classes: what
// a thematic map is coloured by.
type classesJSON struct {
	Plan     geo.PlanID      `json:"plan"`
	Revision geo.Revision    `json:"revision"`
	AsOf     geo.Date        `json:"as_of"`
	Figure   string          `json:"figure"`
	Tier     string          `json:"tier"`
	Method   stats.Grouping  `json:"method"`
	Options  figures.Options `json:"options"`
	// Of metrics: what they are counted in, of which period they are, and all
	// periods there are, the latest first.
	Unit    string   `json:"unit,omitempty"`
	Period  string   `json:"period,omitempty"`
	Periods []string `json:"periods,omitempty"`
	// Least and Most are null where no grid has the figure as a number.
	Least   *float64               `json:"least"`
	Most    *float64               `json:"most"`
	Classes []classJSON            `json:"classes"`
	Without map[figures.Reason]int `json:"without"` // grids that do not have the figure, by why
	Values  []classedJSON          `json:"values"`
}

// A classJSON is a class of numbers, those from From up to but without To, in
// the last class with it; or a grade.
type classJSON struct {
	From  *float64 `json:"from,omitempty"`
	To    *float64 `json:"to,omitempty"`
	Grade string   `json:"grade,omitempty"`
	Count int      `json:"count"`
}

// A classedJSON is the figure of a grid: with the index of its class, or why it
// has none.
type classedJSON struct {
	ID      geo.GridID     `json:"id"`
	Code    string         `json:"code"`
	Value   *float64       `json:"value,omitempty"`
	Grade   string         `json:"grade,omitempty"`
	Class   *int           `json:"class,omitempty"`
	Because figures.Reason `json:"because,omitempty"`
}

// getFigureClasses handles GET /v1/plans/{p}/figures/{figure}/classes.
func (s *Server) getFigureClasses(w http.ResponseWriter, r *http.Request) error {
	options, err := figureOptions(r)
	if err != nil {
		return err
	}
	n, err := intQuery(queryOf(r), "n", 5, 2, 9)
	if err != nil {
		return err
	}
	method, err := wordQuery(queryOf(r), "method", string(stats.Quantile), string(stats.Equal), string(stats.Jenks))
	if err != nil {
		return err
	}
	day, err := s.asOf(r)
	if err != nil {
		return err
	}
	if !queryOf(r).Has("tier") {
		return bad("tier", "is missing: grids of one tier are compared")
	}
	a, err := s.picture(r, Counts)
	if err != nil {
		return err
	}
	asked, err := askedUnits(r, viewOf(a, day))
	if err != nil {
		return err
	}
	asked = slices.DeleteFunc(asked, func(i int) bool { return a.Grid(i).Kind != geo.General })
	name := mux.Vars(r)["figure"]
	if fresh(w, r, etag(a.Revision(), int32(day), name, r.URL.RawQuery), a.Revision()) {
		return nil
	}
	readings, err := readFigure(a, day, asked, name, options)
	if err != nil {
		return err
	}
	answer := classesJSON{Plan: a.Plan().ID, Revision: a.Revision(), AsOf: day, Figure: name, Tier: queryOf(r).Get("tier"),
		Method: stats.Grouping(method), Options: options}
	if metric, is := strings.CutPrefix(name, "metric:"); is {
		answer.Periods = a.Rest().Periods(metric)
	}
	if err := answer.fill(a, readings, int(n)); err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, answer)
}

// readFigure returns one figure of the grids at the positions.
func readFigure(a *atlas.Atlas, day geo.Date, asked []int, name string, o figures.Options) ([]figures.Reading, error) {
	if name == findingsFigure {
		return findingCounts(a, day, asked)
	}
	readings, err := figures.Read(a.Counted(day), groundOf(a), asked, name, o)
	return readings, asInput(err)
}

// findingCounts counts the errors and warnings about each of the grids and what
// lies under them. A finding about a person, a household or a place belongs to
// the grid it lies in, one about more than one of the grids to none of them.
func findingCounts(a *atlas.Atlas, day geo.Date, asked []int) ([]figures.Reading, error) {
	report, err := a.Check(check.Question{AsOf: day, MaxFindings: mostFindings})
	if err != nil {
		return nil, err
	}
	counts := make(map[int]*float64, len(asked))
	readings := make([]figures.Reading, len(asked))
	for k, i := range asked {
		counts[i] = new(float64)
		readings[k] = figures.Reading{Position: i, Value: counts[i]}
	}
	for i := range report.Findings {
		f := &report.Findings[i]
		if f.Waived != nil || f.Severity != geo.Error && f.Severity != geo.Warning {
			continue
		}
		at, known := viewOf(a, day).subjectOf(f)
		if !known && f.At != nil {
			at, known = a.Locate(*f.At)
		}
		for ; known && at >= 0; at = a.Tree().Parent(at) {
			if n := counts[at]; n != nil {
				*n++
				break
			}
		}
	}
	return readings, nil
}

// mostFindings is how many findings are counted at most: more than any plan has
// that somebody can work on.
const mostFindings = 1_000_000

// fill puts readings into classes: numbers into at most n, and grades each into
// one of its own, in the order of their text.
func (c *classesJSON) fill(a *atlas.Atlas, readings []figures.Reading, n int) error {
	var numbers []float64
	var grades []string
	for i := range readings {
		switch r := &readings[i]; {
		case r.Value != nil:
			numbers = append(numbers, *r.Value)
		case r.Grade != "":
			grades = append(grades, r.Grade)
		}
	}
	slices.Sort(grades)
	grades = slices.Compact(grades)
	from, err := c.begin(numbers, grades, n)
	if err != nil {
		return err
	}
	c.Without, c.Values = map[figures.Reason]int{}, make([]classedJSON, len(readings))
	for i := range readings {
		r := &readings[i]
		g := a.Grid(r.Position)
		v := classedJSON{ID: g.ID, Code: g.Code, Value: r.Value, Grade: r.Grade, Because: r.Because}
		class := 0
		switch {
		case r.Value != nil:
			// The class is the last that begins no later.
			class = sort.Search(len(from), func(k int) bool { return from[k] > *r.Value }) - 1
		case r.Grade != "":
			class = len(from) + sort.SearchStrings(grades, r.Grade)
		default:
			c.Without[r.Because]++
			c.Values[i] = v
			continue
		}
		c.Classes[class].Count++
		v.Class = &class
		c.Values[i] = v
		if m := r.Measure; m != nil {
			c.Unit, c.Period = cmp.Or(c.Unit, m.UnitOfMeasure), m.Period
		}
	}
	return nil
}

// begin makes the classes, still without counts, and returns where those of
// numbers begin.
func (c *classesJSON) begin(numbers []float64, grades []string, n int) (from []float64, err error) {
	c.Classes = []classJSON{}
	if len(numbers) > 0 {
		if from, err = stats.Classes(numbers, n, c.Method); err != nil {
			return nil, err
		}
		c.Least, c.Most = new(slices.Min(numbers)), new(slices.Max(numbers))
	}
	for k := range from {
		c.Classes = append(c.Classes, classJSON{From: &from[k], To: c.Most})
		if k > 0 {
			c.Classes[k-1].To = &from[k]
		}
	}
	for _, grade := range grades {
		c.Classes = append(c.Classes, classJSON{Grade: grade})
	}
	return from, nil
}
