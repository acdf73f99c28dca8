// Package figures works out what grids and divisions are compared by: people,
// ground, staff, load, evenness, shape, neighbours and reach. It does no I/O.
//
// Counts and ratios are integers, ratios cut and never rounded. A figure that
// does not exist is nil, and Because says why; it is never 0 or infinite.
package figures

import (
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/stats"
	"gridmap/geo/topo"
)

// What figures are worked out with unless a question declares otherwise: a
// choice and no measurement.
const (
	DefaultDetourPermille = geo.DefaultDetourPermille
	DefaultWalkM          = 1000
)

// DefaultLoad counts households and nothing else.
var DefaultLoad = Load{Household: 1}

// Options say how figures are worked out that depend on a declaration. The
// zero value takes the defaults.
type Options struct {
	// Load weighs what a worker has to look after.
	Load Load `json:"load"`
	// DetourPermille makes an estimate of a walk out of a geodesic distance.
	DetourPermille int64 `json:"detour_permille"`
	// WalkM is how far residents walk, in estimated metres.
	WalkM int64 `json:"walk_m"`
	// Period is that of the metrics, such as 2025-Q2; empty is the latest, see
	// [geo.Snapshot.Measured].
	Period string `json:"period,omitempty"`
}

// Load is the weight of a household, a resident and a square kilometre.
type Load struct {
	Household float64 `json:"household"`
	Resident  float64 `json:"resident"`
	KM2       float64 `json:"km2"`
}

// withDefaults returns o with what it leaves open filled in, or says what
// cannot be taken.
func (o Options) withDefaults() (Options, error) {
	if o.Load == (Load{}) {
		o.Load = DefaultLoad
	}
	if o.DetourPermille == 0 {
		o.DetourPermille = DefaultDetourPermille
	}
	if o.WalkM == 0 {
		o.WalkM = DefaultWalkM
	}
	for field, weight := range map[string]float64{"load.household": o.Load.Household, "load.resident": o.Load.Resident, "load.km2": o.Load.KM2} {
		if !(weight >= 0 && weight <= 1e6) {
			return o, &geo.InvalidError{Field: field, Reason: "must lie between 0 and 1,000,000"}
		}
	}
	if o.DetourPermille < 1000 || o.DetourPermille > 10_000 {
		return o, &geo.InvalidError{Field: "detour_permille", Reason: "must lie between 1000 and 10000: no walk is shorter than the straight line"}
	}
	if o.WalkM < 0 || o.WalkM > 1_000_000 {
		return o, &geo.InvalidError{Field: "walk_m", Reason: "must lie between 0 and 1,000,000"}
	}
	if o.Period != "" {
		if _, err := geo.ParseSpan(o.Period); err != nil {
			return o, &geo.InvalidError{Field: "period", Reason: err.Error()}
		}
	}
	return o, nil
}

// A Reason says why a figure does not exist.
type Reason string

const (
	Undrawn      Reason = "undrawn"       // no ground is known
	NoHouseholds Reason = "no_households" // none lives there
	NoPeople     Reason = "no_people"     // nobody lives there
	NoWorkers    Reason = "no_workers"    // nobody serves there
	NoParts      Reason = "no_parts"      // fewer than two grids to compare
	NoPosts      Reason = "no_posts"      // no grid that needs a worker
	NoFacility   Reason = "no_facility"   // none of the type in the territory
	NoFloor      Reason = "no_floor_area" // known of no facility of the type
	NoMetric     Reason = "no_metric"     // nothing was imported of the period
	Hidden       Reason = "hidden"        // so few that it would tell of single people
)

// A Unit is one grid or division with its figures.
type Unit struct {
	Position int        `json:"-"`
	ID       geo.GridID `json:"id"` // as tiles carry it
	Code     string     `json:"code"`
	Name     string     `json:"name"`
	NameEN   string     `json:"name_en,omitempty"`
	Tier     string     `json:"tier"`
	Kind     string     `json:"kind"`

	Households int64 `json:"households"`
	Resident   int64 `json:"persons_resident"`
	Registered int64 `json:"persons_registered"`
	Occupied   int64 `json:"occupied"`
	// Groups counts residents by each group that the territory declares; a
	// count that must not be shown is nil, see [HideGroups].
	Groups map[string]*int64 `json:"groups"`

	Workers       int64            `json:"workers"`        // persons, each once
	ByRole        map[string]int64 `json:"by_role"`        // persons, each once in each role
	PostsPermille int64            `json:"posts_permille"` // shares of full posts, of each person at most 1,000
	// Staffable counts the grids here that need a worker, Vacant those without.
	Staffable int64 `json:"staffable"`
	Vacant    int64 `json:"vacant"`

	// What hangs on the unit and all under it on the day: compounds, buildings, and
	// people who answer for a unit. Matters are those that the unit itself takes.
	Compounds int64 `json:"compounds"`
	Buildings int64 `json:"buildings"`
	Keepers   int64 `json:"keepers"`
	Matters   int64 `json:"matters"`

	WorkersPer10k       *float64 `json:"workers_per_10k"` // by residents, cut to two decimals
	HouseholdsPerWorker *float64 `json:"households_per_worker"`
	PersonsPerWorker    *float64 `json:"persons_per_worker"`
	VacancyPct          *float64 `json:"vacancy_pct"`
	LoadPerWorker       *float64 `json:"load_per_worker"`

	AreaM2       *float64 `json:"area_m2"`
	PerimeterM   *float64 `json:"perimeter_m"`
	Density      *float64 `json:"residents_per_km2"`
	PolsbyPopper *float64 `json:"polsby_popper"` // 4π × area / perimeter²: 1 for a circle
	Reock        *float64 `json:"reock"`         // area / that of the smallest circle around it
	// SpreadM is the standard distance of the households from their middle.
	SpreadM *float64 `json:"household_spread_m"`

	// Evenness compares the grids right under the unit.
	VariationHouseholds *float64 `json:"cv_households"`
	GiniHouseholds      *float64 `json:"gini_households"`
	Theil               *Theil   `json:"theil_workers"`

	// Borders is nil of a unit that is not drawn.
	Borders    []Border         `json:"borders"`
	Facilities map[string]Reach `json:"facilities"`
	// Metrics are what was imported of the unit, by name.
	Metrics map[string]Measure `json:"metrics"`

	Because map[string]Reason `json:"because,omitempty"`
}

// Theil compares how workers are spread over the deepest staffed grids against
// the households there: in all, between the parts right under the unit, and
// within them.
type Theil struct {
	Total   float64 `json:"total"`
	Between float64 `json:"between"`
	Within  float64 `json:"within"`
}

// A Measure is an imported figure: a value or a grade, and what it is of.
type Measure struct {
	Value         *float64 `json:"value,omitempty"`
	Grade         string   `json:"grade,omitempty"`
	UnitOfMeasure string   `json:"unit_of_measure,omitempty"`
	Period        string   `json:"period"`
}

// A Border is ground shared with a neighbour of the same tier.
type Border struct {
	Code    string  `json:"code"`
	LengthM float64 `json:"length_m"`
}

// without notes why a figure does not exist.
func (u *Unit) without(figure string, because Reason) {
	if u.Because == nil {
		u.Because = map[string]Reason{}
	}
	u.Because[figure] = because
}

// Compute returns the figures of the grids at the positions asked for, in that
// order; nil asks for all but rests. ground returns the ground of a position,
// nil when it is not drawn. The error is a *[geo.InvalidError] that names the
// option it cannot take.
func Compute(c *geo.Counted, ground func(position int) topo.Shape, asked []int, o Options) ([]Unit, error) {
	return compute(c, ground, asked, o, all)
}

// A part is a sort of figures; they are worked out apart as some take longer
// than all others together.
type part uint16

const (
	people part = 1 << iota // and staff, with what is counted per head
	shape
	spread
	evenness
	groups
	reach
	borders
	metrics
	records
	all = 1<<iota - 1
)

// compute returns units with the figures of some parts, those of people always
// among them.
func compute(c *geo.Counted, ground func(position int) topo.Shape, asked []int, o Options, parts part) ([]Unit, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if asked == nil {
		for i := range c.Grids {
			if !c.Grids[i].Rest {
				asked = append(asked, i)
			}
		}
	}
	for _, i := range asked {
		if i < 0 || i >= len(c.Grids) {
			return nil, fmt.Errorf("figures of position %d: there are %d grids", i, len(c.Grids))
		}
	}
	w := newWork(c, ground, o, parts)
	units := make([]Unit, len(asked))
	for k, i := range asked {
		units[k] = w.unit(i)
	}
	if parts&borders != 0 {
		w.borders(units)
	}
	return units, nil
}

// work is what the figures of all units share.
type work struct {
	parts part
	*geo.Counted
	ground    func(int) topo.Shape
	options   Options
	tiers     map[int]*geo.Tier
	posts     func(position int) int64 // shares of posts in the grid and all under it
	staffable []int64
	vacant    []int64
	things    things
	spread    []moments
	groups    [][]int64 // by position and place in the declaration
	access    access
	metrics   geo.Measures
}

func newWork(c *geo.Counted, ground func(int) topo.Shape, o Options, parts part) *work {
	w := &work{parts: parts, Counted: c, ground: ground, options: o, tiers: map[int]*geo.Tier{}}
	for i := range c.Tiers {
		w.tiers[c.Tiers[i].Rank] = &c.Tiers[i]
	}
	w.staff()
	if parts&records != 0 {
		w.things = newThings(c)
	}
	if parts&groups != 0 {
		w.groups = c.Groups()
	}
	if parts&spread != 0 {
		w.measureSpread()
	}
	if parts&reach != 0 {
		w.access = newAccess(c, o)
	}
	if parts&metrics != 0 {
		w.metrics = c.Measured(c.Tree, c.AsOf, o.Period)
	}
	return w
}

// staff adds up empty grids over the tree, and counts shares of posts.
func (w *work) staff() {
	n := len(w.Grids)
	w.posts = w.StaffBy(geo.Staffing{AnyRole: true, FullPosts: true})
	w.staffable, w.vacant = make([]int64, n), make([]int64, n)
	for i := range w.Grids {
		g := &w.Grids[i]
		if t := w.tiers[g.Tier]; g.Kind == geo.General && !g.Rest && t != nil && t.NeedsWorker {
			w.staffable[i] = 1
			if w.Tallies[i].Posts == 0 {
				w.vacant[i] = 1
			}
		}
	}
	for _, i := range slices.Backward(w.Tree.Preorder()) {
		if up := w.Tree.Parent(int(i)); up >= 0 {
			w.staffable[up] += w.staffable[i]
			w.vacant[up] += w.vacant[i]
		}
	}
}

// unit works out the figures of the grid at position i, all but its borders.
func (w *work) unit(i int) Unit {
	g, t := &w.Grids[i], &w.Tallies[i]
	u := Unit{
		Position: i, ID: g.ID, Code: g.Code, Name: g.Name.ZH, NameEN: g.Name.EN, Kind: string(g.Kind),
		Households: t.Households, Resident: t.Resident, Registered: t.Registered, Occupied: t.Occupied,
		Workers: t.Workers, ByRole: map[string]int64{}, Groups: map[string]*int64{}, PostsPermille: w.posts(i),
		Staffable: w.staffable[i], Vacant: w.vacant[i],
	}
	if tier := w.tiers[g.Tier]; tier != nil {
		u.Tier = tier.Code
	}
	for r, role := range w.Roles {
		u.ByRole[role.Code] = t.ByRole[r]
	}
	if w.parts&groups != 0 {
		for k, group := range w.Territory.Keeps.Groups {
			u.Groups[group.Code] = &w.groups[i][k]
		}
	}
	if w.parts&records != 0 {
		w.things.fill(&u)
	}
	if w.parts&spread != 0 {
		w.scatter(&u)
	}
	if w.parts&shape != 0 {
		w.shape(&u)
	}
	w.ratios(&u, t)
	if w.parts&evenness != 0 {
		w.evenness(&u)
	}
	w.access.fill(&u)
	u.Metrics = w.measures(i)
	return u
}

// measures returns the imported figures of the unit at position i.
func (w *work) measures(i int) map[string]Measure {
	list := map[string]Measure{}
	for name, of := range w.metrics {
		if m := of[i]; m != nil {
			list[name] = Measure{m.Value, m.Grade, m.UnitOfMeasure, m.Period}
		}
	}
	return list
}

// ratios fills what is counted per head.
func (w *work) ratios(u *Unit, t *geo.Tally) {
	if u.WorkersPer10k = cut(u.Workers*10_000, u.Resident); u.WorkersPer10k == nil {
		u.without("workers_per_10k", NoPeople)
	}
	u.HouseholdsPerWorker = cut(u.Households, t.GridWorkers)
	u.PersonsPerWorker = cut(u.Resident, t.GridWorkers)
	if t.GridWorkers == 0 {
		u.without("households_per_worker", NoWorkers)
		u.without("persons_per_worker", NoWorkers)
		u.without("load_per_worker", NoWorkers)
	} else if load := w.options.Load; load.KM2 > 0 && u.AreaM2 == nil {
		u.without("load_per_worker", Undrawn)
	} else {
		sum := load.Household*float64(u.Households) + load.Resident*float64(u.Resident)
		if u.AreaM2 != nil {
			sum += load.KM2 * *u.AreaM2 / 1e6
		}
		sum /= float64(t.GridWorkers)
		u.LoadPerWorker = &sum
	}
	if u.VacancyPct = cut(u.Vacant*100, u.Staffable); u.VacancyPct == nil {
		u.without("vacancy_pct", NoPosts)
	}
}

// cut returns a ratio of integers cut to two decimals, nil without a divisor.
func cut(have, by int64) *float64 {
	if by == 0 {
		return nil
	}
	v := float64(have*100/by) / 100
	return &v
}

// evenness compares the general grids right under the unit.
func (w *work) evenness(u *Unit) {
	var households, have, need []float64
	var group []int
	for part, child := range w.Tree.Children(u.Position) {
		if g := &w.Grids[child]; g.Kind != geo.General || g.Rest {
			continue
		}
		households = append(households, float64(w.Tallies[child].Households))
		have, need, group = w.staffed(int(child), part, have, need, group)
	}
	if len(households) < 2 {
		for _, figure := range []string{"cv_households", "gini_households", "theil_workers"} {
			u.without(figure, NoParts)
		}
		return
	}
	cv, err := stats.Variation(households)
	if err == nil {
		gini, _ := stats.Gini(households) // computable wherever the variation is
		u.VariationHouseholds, u.GiniHouseholds = &cv, &gini
	} else {
		u.without("cv_households", NoHouseholds)
		u.without("gini_households", NoHouseholds)
	}
	theil, err := stats.Theil(have, need, group)
	switch {
	case err == nil:
		u.Theil = &Theil{theil.Total, theil.Between, theil.Within}
	case u.Workers == 0:
		u.without("theil_workers", NoWorkers)
	default: // workers where nobody lives: no share of households to compare with
		u.without("theil_workers", NoHouseholds)
	}
}

// staffed appends the deepest grids at and under position i that hold posts of
// their own or none below: who serves there, how many households, and the part.
func (w *work) staffed(i, part int, have, need []float64, group []int) ([]float64, []float64, []int) {
	leaf := true
	for _, child := range w.Tree.Children(i) {
		if g := &w.Grids[child]; g.Kind == geo.General && !g.Rest && w.tiers[g.Tier] != nil && w.tiers[g.Tier].NeedsWorker {
			leaf = false
			have, need, group = w.staffed(int(child), part, have, need, group)
		}
	}
	if leaf {
		have = append(have, float64(w.Tallies[i].GridWorkers))
		need = append(need, float64(w.Tallies[i].Households))
		group = append(group, part)
	}
	return have, need, group
}
