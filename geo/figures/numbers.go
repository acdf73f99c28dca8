package figures

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/suppress"
	"gridmap/geo/topo"
)

// A Number is a figure that is one number of a unit, under the name that it has
// in JSON.
type Number struct {
	Name string
	// Of returns the figure of a unit, nil where it does not exist.
	Of   func(*Unit) *float64
	part part
}

// Numbers are the figures that every plan has, in the order of tables.
var Numbers = []Number{
	{"households", func(u *Unit) *float64 { return count(u.Households) }, people},
	{"persons_resident", func(u *Unit) *float64 { return count(u.Resident) }, people},
	{"persons_registered", func(u *Unit) *float64 { return count(u.Registered) }, people},
	{"occupied", func(u *Unit) *float64 { return count(u.Occupied) }, people},
	{"workers", func(u *Unit) *float64 { return count(u.Workers) }, people},
	{"posts_permille", func(u *Unit) *float64 { return count(u.PostsPermille) }, people},
	{"staffable", func(u *Unit) *float64 { return count(u.Staffable) }, people},
	{"vacant", func(u *Unit) *float64 { return count(u.Vacant) }, people},
	{"compounds", func(u *Unit) *float64 { return count(u.Compounds) }, records},
	{"buildings", func(u *Unit) *float64 { return count(u.Buildings) }, records},
	{"keepers", func(u *Unit) *float64 { return count(u.Keepers) }, records},
	{"matters", func(u *Unit) *float64 { return count(u.Matters) }, records},
	{"workers_per_10k", func(u *Unit) *float64 { return u.WorkersPer10k }, people},
	{"households_per_worker", func(u *Unit) *float64 { return u.HouseholdsPerWorker }, people},
	{"persons_per_worker", func(u *Unit) *float64 { return u.PersonsPerWorker }, people},
	{"vacancy_pct", func(u *Unit) *float64 { return u.VacancyPct }, people},
	{"load_per_worker", func(u *Unit) *float64 { return u.LoadPerWorker }, shape},
	{"area_m2", func(u *Unit) *float64 { return u.AreaM2 }, shape},
	{"perimeter_m", func(u *Unit) *float64 { return u.PerimeterM }, shape},
	{"residents_per_km2", func(u *Unit) *float64 { return u.Density }, shape},
	{"polsby_popper", func(u *Unit) *float64 { return u.PolsbyPopper }, shape},
	{"reock", func(u *Unit) *float64 { return u.Reock }, shape},
	{"household_spread_m", func(u *Unit) *float64 { return u.SpreadM }, spread},
	{"cv_households", func(u *Unit) *float64 { return u.VariationHouseholds }, evenness},
	{"gini_households", func(u *Unit) *float64 { return u.GiniHouseholds }, evenness},
	{"theil_workers", func(u *Unit) *float64 {
		if u.Theil == nil {
			return nil
		}
		return &u.Theil.Total
	}, evenness},
}

func count(n int64) *float64 { return new(float64(n)) }

// families are the figures that a plan has one of for each role, group, type of
// facility or metric: the name is that of the family, a colon, and whose it is.
var families = map[string]struct {
	part part
	read func(u *Unit, whose string) Reading
}{
	"role": {people, func(u *Unit, role string) Reading { return Reading{Value: count(u.ByRole[role])} }},
	"group": {groups, func(u *Unit, group string) Reading {
		if n := u.Groups[group]; n != nil {
			return Reading{Value: count(*n)}
		}
		return Reading{Because: u.Because["group:"+group]}
	}},
	"nearest": {reach, func(u *Unit, kind string) Reading { return u.reach("nearest:", kind, u.Facilities[kind].NearestM) }},
	"within":  {reach, func(u *Unit, kind string) Reading { return u.reach("within:", kind, u.Facilities[kind].WithinPct) }},
	"floor":   {reach, func(u *Unit, kind string) Reading { return u.reach("floor:", kind, u.Facilities[kind].PerResidentM2) }},
	"metric": {metrics, func(u *Unit, name string) Reading {
		if m, known := u.Metrics[name]; known {
			return Reading{Value: m.Value, Grade: m.Grade, Measure: &m}
		}
		return Reading{Because: NoMetric}
	}},
}

// reach reads a figure of the facilities of a type.
func (u *Unit) reach(family, kind string, value *float64) Reading {
	if _, known := u.Facilities[kind]; !known {
		return Reading{Because: NoFacility}
	}
	return Reading{Value: value, Because: u.Because[family+kind]}
}

// A Reading is one figure of one unit.
type Reading struct {
	Position int
	Value    *float64
	Grade    string // of a metric that is graded; then there is no value
	Because  Reason // why there is neither
	// Measure is what a metric is of, nil for other figures.
	Measure *Measure
}

// Read returns one figure of the units at the positions asked for, without
// working out those that take long beside it. The name is one of [Numbers] or
// one of a family: role:CODE, group:CODE, nearest:TYPE, within:TYPE and floor:TYPE
// of facilities, metric:NAME. Small counts of a group are hidden, see
// [HideGroups]. Errors: as of [Compute], and a *[geo.InvalidError] of the field
// figure for a name that the territory has no figure of.
func Read(c *geo.Counted, ground func(position int) topo.Shape, asked []int, name string, o Options) ([]Reading, error) {
	part, read, err := figure(c, name)
	if err != nil {
		return nil, err
	}
	units, err := compute(c, ground, asked, o, people|part)
	if err != nil {
		return nil, err
	}
	if part == groups {
		HideGroups(c, units, suppress.DefaultLeast)
	}
	readings := make([]Reading, len(units))
	for k := range units {
		readings[k] = read(&units[k])
		readings[k].Position = units[k].Position
	}
	return readings, nil
}

// figure finds a figure by its name: what it needs, and how it is read.
func figure(c *geo.Counted, name string) (part, func(*Unit) Reading, error) {
	for _, n := range Numbers {
		if n.Name == name {
			return n.part, func(u *Unit) Reading { return Reading{Value: n.Of(u), Because: u.Because[name]} }, nil
		}
	}
	word, whose, _ := strings.Cut(name, ":")
	family, known := families[word]
	switch {
	case !known:
		return 0, nil, &geo.InvalidError{Field: "figure", Reason: fmt.Sprintf("%q is no figure; it is one of %s", name, figureNames())}
	case !declares(c, word, whose):
		return 0, nil, &geo.InvalidError{Field: "figure", Reason: fmt.Sprintf("the territory has nothing that %q is of", name)}
	}
	return family.part, func(u *Unit) Reading { return family.read(u, whose) }, nil
}

// figureNames lists what figures may be called.
func figureNames() string {
	var names []string
	for _, n := range Numbers {
		names = append(names, n.Name)
	}
	for _, word := range slices.Sorted(maps.Keys(families)) {
		names = append(names, word+":…")
	}
	return strings.Join(names, ", ")
}

// declares reports whether the territory has what a figure of a family is of.
func declares(c *geo.Counted, family, whose string) bool {
	switch family {
	case "role":
		return slices.ContainsFunc(c.Roles, func(r geo.Role) bool { return r.Code == whose })
	case "group":
		return slices.ContainsFunc(c.Territory.Keeps.Groups, func(g geo.Group) bool { return g.Code == whose })
	case "metric":
		return slices.ContainsFunc(c.Metrics, func(m geo.Metric) bool { return m.Name == whose })
	}
	return slices.ContainsFunc(c.Facilities, func(f geo.Facility) bool { return f.Type == whose })
}
