package geo

import (
	"slices"
	"strings"
)

// A Declared names a figure that a metric states and that is counted here too:
// households, occupied, residents, registered, workers, grids, facilities,
// compounds or buildings. Workers may be narrowed by a role (workers.leader),
// grids by a tier or a kind (grids.village, grids.dedicated), facilities by a
// type (facilities.station). share.NAME is what part, in percent, a metric
// NAME:A is of all that are called NAME.
type Declared string

// declarable names the figures for who mistyped one.
const declarable = "households, occupied, residents, registered, workers, workers.ROLE, grids, grids.TIER, facilities, facilities.TYPE, compounds, buildings, share.NAME"

// split parts a figure into what is counted and what narrows it.
func (d Declared) split() (figure, of string) {
	figure, of, _ = strings.Cut(string(d), ".")
	return figure, of
}

func (d Declared) known() bool {
	figure, of := d.split()
	switch figure {
	case "households", "occupied", "residents", "registered", "compounds", "buildings":
		return !strings.Contains(string(d), ".")
	case "workers", "grids", "facilities":
		return of != "" || !strings.Contains(string(d), ".")
	case "share":
		return of != ""
	}
	return false
}

// Share returns the family that a share is of.
func (d Declared) Share() (family string, ok bool) {
	figure, of := d.split()
	return of, figure == "share"
}

// Unit is what the figure counts, as a measure names it.
func (d Declared) Unit() string {
	switch figure, _ := d.split(); figure {
	case "residents", "registered":
		return "persons"
	case "occupied":
		return "households"
	default:
		return figure
	}
}

// Grid reports whether a grid is one of those the figure counts: without a
// tier, every general grid of the grid system; rests are none.
func (d Declared) Grid(g *Grid, tiers []Tier) bool {
	figure, of := d.split()
	if figure != "grids" || g.Rest {
		return false
	}
	at := slices.IndexFunc(tiers, func(t Tier) bool { return t.Rank == g.Tier })
	switch {
	case of == "":
		return g.Kind == General && at >= 0 && tiers[at].Class == GridClass
	case of == string(Dedicated), of == string(Task):
		return g.Kind == Kind(of)
	}
	return g.Kind == General && at >= 0 && tiers[at].Code == of
}

// Facility reports whether a facility is one of those the figure counts on a day.
func (d Declared) Facility(f *Facility, day Date) bool {
	figure, of := d.split()
	return figure == "facilities" && (of == "" || f.Type == of) && f.Valid.Holds(day)
}

// Compound reports whether a compound is one of those the figure counts on a day.
func (d Declared) Compound(v *Compound, day Date) bool {
	return d == "compounds" && v.Valid.Holds(day)
}

// Building reports whether a building is one of those the figure counts on a day.
func (d Declared) Building(v *Building, day Date) bool {
	return d == "buildings" && v.Valid.Holds(day)
}

// people returns the figure of a tally, false for one of things.
func (d Declared) people(t *Tally, roles []Role) (int64, bool) {
	figure, of := d.split()
	switch figure {
	case "households":
		return t.Households, true
	case "occupied":
		return t.Occupied, true
	case "residents":
		return t.Resident, true
	case "registered":
		return t.Registered, true
	case "workers":
		if of == "" {
			return t.Workers, true
		}
		if r := slices.IndexFunc(roles, func(r Role) bool { return r.Code == of }); r >= 0 {
			return t.ByRole[r], true
		}
		return 0, true
	}
	return 0, false
}

// Declared returns a function that gives what is counted of a figure in the
// unit at a position and all under it.
func (c *Counted) Declared(d Declared) func(i int) int64 {
	if _, people := d.people(&Tally{ByRole: make([]int64, len(c.Roles))}, c.Roles); people {
		return func(i int) int64 {
			n, _ := d.people(&c.Tallies[i], c.Roles)
			return n
		}
	}
	if c.part.Things != nil {
		return func(i int) int64 { return c.part.Things(c.Grids[i].ID, d) }
	}
	sums := make([]int64, c.Tree.Len())
	for in := range c.Things(d) {
		if at, ok := c.Tree.Index(in); ok {
			sums[at]++
		}
	}
	order := c.Tree.Preorder()
	for k := len(order) - 1; k > 0; k-- {
		sums[c.Tree.Parent(int(order[k]))] += sums[order[k]]
	}
	return func(i int) int64 { return sums[i] }
}

// Things yields, for each thing that a figure counts, the grid or division it
// stands in, for a grid itself.
func (c *Counted) Things(d Declared) func(yield func(GridID) bool) {
	return func(yield func(GridID) bool) {
		for i := range c.Grids {
			if d.Grid(&c.Grids[i], c.Tiers) && !yield(c.Grids[i].ID) {
				return
			}
		}
		for i := range c.Facilities {
			if f := &c.Facilities[i]; d.Facility(f, c.AsOf) && !yield(f.Division) {
				return
			}
		}
		for i := range c.Compounds {
			if v := &c.Compounds[i]; d.Compound(v, c.AsOf) && !yield(v.Division) {
				return
			}
		}
		for i := range c.Buildings {
			if v := &c.Buildings[i]; d.Building(v, c.AsOf) && !yield(v.Division) {
				return
			}
		}
	}
}
