package redraw

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
)

// Effects are what a redrawing does to those who live and serve in a plan, on
// a day.
type Effects struct {
	AsOf   geo.Date
	Counts []CountChange // by tier and grid
	Posts  []PostChange  // by worker and assignment
	// Appeared and Gone are the findings of a check that the plan has after
	// and had not before, and the other way round, worst first.
	Appeared, Gone []check.Finding
	// AppearedTotal and GoneTotal count them before [Effects.Cut].
	AppearedTotal, GoneTotal int
	Shortfalls               []ShortChange // by unit
	Left                     []Reference   // records that refer to grids that are gone, by grid
}

// Cut leaves the worst findings of each list, at most so many.
func (e *Effects) Cut(most int) {
	e.Appeared, e.Gone = e.Appeared[:min(most, len(e.Appeared))], e.Gone[:min(most, len(e.Gone))]
}

// A CountChange is a grid that came, went or holds more or less than before.
type CountChange struct {
	Grid          geo.GridID
	Code          string // as it is, or was
	Tier          int
	Before, After *geo.Tally // nil: the grid was not, is not there
}

// A ShortChange is a unit that lacks more or fewer workers than before; nil
// where no standard speaks of it.
type ShortChange struct {
	Before, After *check.UnitReport
}

// A Fate says what becomes of a post.
type Fate string

const (
	Lost   Fate = "lost"   // its grid is gone
	Gained Fate = "gained" // its grid is back
	Grown  Fate = "grown"  // more households than before, or as many with more persons
	Shrunk Fate = "shrunk"
)

// A PostChange is an assignment of the day whose grid came, went, or holds
// more or fewer households or persons.
type PostChange struct {
	Worker        geo.WorkerID
	Number        string // of the worker
	Assignment    geo.AssignmentID
	Grid          geo.GridID
	Code          string // of the grid
	Role          string
	Fate          Fate
	Before, After *geo.Tally // of the grid; nil where it is not there
	// Heir has most of the ground of a grid that is gone, 0 if none has any.
	Heir geo.GridID
	// Undecided marks a lost post that somebody must decide on: nobody, or
	// more than one grid, has the ground.
	Undecided bool
}

// A Becoming says what publishing makes of a record that refers to a grid
// that is gone.
type Becoming string

const (
	Follows   Becoming = "follows"   // it goes on with the heir
	AddsUp    Becoming = "adds_up"   // it counts in a new figure of the heir
	Ends      Becoming = "ends"      // it ends with its grid
	Stays     Becoming = "stays"     // it is left as it is
	Attention Becoming = "attention" // it is left, and somebody must look
)

// A Reference is a record, or a number of households, that refers to a grid
// that is gone.
type Reference struct {
	Entity   geo.Entity `json:"entity"`
	ID       int64      `json:"id,omitempty"` // 0 for households
	Count    int        `json:"count"`        // of households, else 1
	Grid     geo.GridID `json:"grid"`
	Code     string     `json:"code"` // of the grid
	Heir     geo.GridID `json:"heir,omitempty"`
	HeirCode string     `json:"heir_code,omitempty"`
	Then     Becoming   `json:"then"`
}

// EffectsBetween returns what the change from one count of a territory to
// another means, which are of one day; b and a are what a check says of each,
// shifts what passed between them.
func EffectsBetween(before, after *geo.Counted, b, a check.Report, shifts []Shift) Effects {
	stating := map[geo.GridID]int{}
	for i := range before.Dwellings.Len() {
		stating[before.Dwellings.At(i).Stated]++
	}
	return effects(before, after, b, a, shifts, func(id geo.GridID) int { return stating[id] })
}

// effects is EffectsBetween for counts of a part of the plans; stating counts
// the households whose address names a grid.
func effects(before, after *geo.Counted, b, a check.Report, shifts []Shift, stating func(geo.GridID) int) Effects {
	e := Effects{AsOf: after.AsOf, Appeared: notAmong(a.Findings, b.Findings), Gone: notAmong(b.Findings, a.Findings)}
	e.AppearedTotal, e.GoneTotal = len(e.Appeared), len(e.Gone)
	e.Shortfalls = shortChanges(b.Units, a.Units)
	e.Counts = countChanges(before, after)
	heirs := heirsOf(before, after, shifts)
	e.Posts = postChanges(before, after, heirs)
	e.Left = references(before, after, heirs, stating)
	return e
}

// notAmong returns the findings of list that are not among others.
func notAmong(list, others []check.Finding) []check.Finding {
	known := make(map[string]bool, len(others))
	for i := range others {
		known[others[i].ID] = true
	}
	var rest []check.Finding
	for i := range list {
		if !known[list[i].ID] {
			rest = append(rest, list[i])
		}
	}
	return rest
}

// shortChanges compares what units lack.
func shortChanges(before, after []check.UnitReport) []ShortChange {
	was, is := unitsOf(before), unitsOf(after)
	var changes []ShortChange
	for _, key := range slices.Sorted(maps.Keys(was)) {
		b, a := was[key], is[key]
		if a == nil && b.Short+b.Over > 0 || a != nil && (a.Short != b.Short || a.Over != b.Over) {
			changes = append(changes, ShortChange{b, a})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(is)) {
		if a := is[key]; was[key] == nil && a.Short+a.Over > 0 {
			changes = append(changes, ShortChange{nil, a})
		}
	}
	return changes
}

// unitsOf finds units by code; those that several standards speak of stand
// one after the other.
func unitsOf(list []check.UnitReport) map[string]*check.UnitReport {
	found := make(map[string]*check.UnitReport, len(list))
	for i := range list {
		u := &list[i]
		_, basis := u.AskedBy()
		key := fmt.Sprint(u.Code, " ", u.Rule, " ", u.About, " ", basis)
		for found[key] != nil {
			key += "+"
		}
		found[key] = u
	}
	return found
}

func countChanges(before, after *geo.Counted) []CountChange {
	var changes []CountChange
	for i := range before.Grids {
		g := &before.Grids[i]
		k, stays := after.Tree.Index(g.ID)
		switch {
		case !stays:
			changes = append(changes, CountChange{g.ID, g.Code, g.Tier, &before.Tallies[i], nil})
		case !sameTally(&before.Tallies[i], &after.Tallies[k]):
			changes = append(changes, CountChange{g.ID, after.Grids[k].Code, g.Tier, &before.Tallies[i], &after.Tallies[k]})
		}
	}
	for i := range after.Grids {
		g := &after.Grids[i]
		if _, was := before.Tree.Index(g.ID); !was {
			changes = append(changes, CountChange{g.ID, g.Code, g.Tier, nil, &after.Tallies[i]})
		}
	}
	slices.SortFunc(changes, func(a, b CountChange) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Grid, b.Grid)) })
	return changes
}

func sameTally(a, b *geo.Tally) bool {
	x, y := *a, *b
	return x.Households == y.Households && x.Resident == y.Resident && x.Registered == y.Registered && x.Occupied == y.Occupied &&
		x.Workers == y.Workers && x.GridWorkers == y.GridWorkers && x.Posts == y.Posts && slices.Equal(x.ByRole, y.ByRole)
}

// An inheritance is who has the ground of a grid that is gone.
type inheritance struct {
	heir geo.GridID
	area float64
	all  bool // the heir has all of it
}

// heirsOf returns the heirs of the grids that are gone, after the ground that
// passed in their tier.
func heirsOf(before, after *geo.Counted, shifts []Shift) map[geo.GridID]*inheritance {
	heirs := map[geo.GridID]*inheritance{}
	for i := range before.Grids {
		id := before.Grids[i].ID
		if _, stays := after.Tree.Index(id); !stays {
			heirs[id] = &inheritance{all: true}
		}
	}
	for i := range shifts {
		s := &shifts[i]
		h := heirs[s.From]
		if h == nil || s.AreaM2 == 0 && len(s.Households) == 0 {
			continue
		}
		if _, there := after.Tree.Index(s.To); !there {
			continue // to a grid that went as well, or to none
		}
		h.all = h.all && (h.heir == 0 || h.heir == s.To)
		if h.heir == 0 || s.AreaM2 > h.area {
			h.heir, h.area = s.To, s.AreaM2
		}
	}
	for i := range before.Grids { // as in publishing, else the nearest tier above
		g := &before.Grids[i]
		if h := heirs[g.ID]; h != nil && h.heir == 0 && g.Partitions() {
			for up := before.Tree.Parent(i); up >= 0 && h.heir == 0; up = before.Tree.Parent(up) {
				if _, there := after.Tree.Index(before.Grids[up].ID); there {
					h.heir = before.Grids[up].ID
				}
			}
		}
	}
	return heirs
}

func postChanges(before, after *geo.Counted, heirs map[geo.GridID]*inheritance) []PostChange {
	workers := make(map[geo.WorkerID]*geo.Worker, len(after.Workers))
	for i := range after.Workers {
		workers[after.Workers[i].ID] = &after.Workers[i]
	}
	var changes []PostChange
	for i := range after.Assignments {
		as := &after.Assignments[i]
		w := workers[as.Worker]
		if w == nil || !as.Valid.Holds(after.AsOf) || !w.Active.Holds(after.AsOf) {
			continue
		}
		p := PostChange{Worker: w.ID, Number: w.Number, Assignment: as.ID, Grid: as.Grid, Role: as.Role}
		if p.compare(before, after) {
			if h := heirs[as.Grid]; h != nil {
				p.Heir, p.Undecided = h.heir, h.heir == 0 || !h.all
			}
			changes = append(changes, p)
		}
	}
	slices.SortFunc(changes, func(a, b PostChange) int {
		return cmp.Or(cmp.Compare(a.Worker, b.Worker), cmp.Compare(a.Assignment, b.Assignment))
	})
	return changes
}

// compare fills in what became of a post; it returns false for nothing.
func (p *PostChange) compare(before, after *geo.Counted) bool {
	i, was := before.Tree.Index(p.Grid)
	k, is := after.Tree.Index(p.Grid)
	if was {
		p.Before, p.Code = &before.Tallies[i], before.Grids[i].Code
	}
	if is {
		p.After, p.Code = &after.Tallies[k], after.Grids[k].Code
	}
	switch {
	case !was && !is:
		return false
	case !is:
		p.Fate = Lost
		return true
	case !was:
		p.Fate = Gained
		return true
	}
	more := cmp.Or(cmp.Compare(p.After.Households, p.Before.Households), cmp.Compare(p.After.Resident, p.Before.Resident))
	p.Fate = Grown
	if more < 0 {
		p.Fate = Shrunk
	}
	return more != 0
}

// references lists what refers to grids that are gone.
func references(before, after *geo.Counted, heirs map[geo.GridID]*inheritance, stating func(geo.GridID) int) []Reference {
	var refs []Reference
	add := func(entity geo.Entity, id int64, count int, grid geo.GridID, then func(h *inheritance) Becoming) {
		if h := heirs[grid]; h != nil {
			r := Reference{Entity: entity, ID: id, Count: count, Grid: grid, Heir: h.heir, Then: then(h)}
			if i, was := before.Tree.Index(grid); was {
				r.Code = before.Grids[i].Code
			}
			if i, is := after.Tree.Index(h.heir); is {
				r.HeirCode = after.Grids[i].Code
			}
			refs = append(refs, r)
		}
	}
	for i := range after.Populations {
		p := &after.Populations[i]
		add(geo.PopulationEntity, int64(p.ID), 1, p.Unit, func(h *inheritance) Becoming {
			if h.all && has(after.Populations, h.heir, p) {
				return AddsUp
			}
			return Attention
		})
	}
	follows := func(h *inheritance) Becoming {
		if h.heir != 0 {
			return Follows
		}
		return Attention
	}
	for i := range after.Facilities {
		f := &after.Facilities[i]
		add(geo.FacilityEntity, int64(f.ID), 1, f.Division, follows)
	}
	for i := range after.Compounds {
		c := &after.Compounds[i]
		add(geo.CompoundEntity, int64(c.ID), 1, c.Division, follows)
	}
	for i := range after.Buildings {
		v := &after.Buildings[i]
		add(geo.BuildingEntity, int64(v.ID), 1, v.Division, follows)
	}
	keptReferences(before, after, add)
	for _, id := range sortedKeys(heirs) {
		if n := stating(id); n > 0 {
			add(geo.HouseholdEntity, 0, n, id, func(*inheritance) Becoming { return Stays })
		}
	}
	slices.SortFunc(refs, func(a, b Reference) int {
		sort := func(r Reference) int { return slices.Index(referring, r.Entity) }
		return cmp.Or(cmp.Compare(a.Grid, b.Grid), cmp.Compare(sort(a), sort(b)), cmp.Compare(a.ID, b.ID))
	})
	return refs
}

// referring lists what may refer to a grid, in the order in which it is told.
var referring = []geo.Entity{
	geo.PopulationEntity, geo.FacilityEntity, geo.CompoundEntity, geo.BuildingEntity,
	geo.ResponsibilityEntity, geo.NetMemberEntity, geo.HouseholdEntity,
}

// has reports whether a unit has a figure of the basis and date of another.
func has(list []geo.Population, unit geo.GridID, p *geo.Population) bool {
	return slices.ContainsFunc(list, func(o geo.Population) bool { return o.Unit == unit && o.Basis == p.Basis && o.AsOf == p.AsOf })
}
