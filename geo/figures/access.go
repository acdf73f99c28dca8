package figures

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/near"
)

// A Reach says how near the facilities of one type are to the residents of a
// unit. Distances are geodesic; a walk is estimated from them by the declared
// detour. Facilities outside the unit count.
type Reach struct {
	Count int64 `json:"count"` // facilities that belong to the unit or a division under it
	// NearestM is the mean geodesic distance of residents to their nearest
	// facility, WithinPct the share of residents within an estimated walk, cut
	// to two decimals. Both are nil where no resident has a place; why any of the
	// three is nil is said of nearest:TYPE, within:TYPE and floor:TYPE.
	NearestM  *float64 `json:"nearest_m"`
	WithinPct *float64 `json:"within_walk_pct"`
	// PerResidentM2 is the floor area within an estimated walk per resident who
	// walks to the same facility (two-step floating catchment area), the mean
	// over residents; nil without floor areas.
	PerResidentM2 *float64 `json:"floor_m2_per_resident"`
}

// access holds for each type of facility what each unit's residents reach.
type access struct {
	types []string
	sums  map[string][]reachSums // by type and position
	count map[string][]int64
	floor map[string]bool // types of which a floor area is known
}

// reachSums add up over residents and over the tree.
type reachSums struct {
	residents, within int64
	distance, floor   float64 // metres and square metres times residents
}

func (s *reachSums) add(o reachSums) {
	s.residents += o.residents
	s.within += o.within
	s.distance += o.distance
	s.floor += o.floor
}

// newAccess measures every located household against the nearest facility of
// each type.
func newAccess(c *geo.Counted, o Options) access {
	a := access{sums: map[string][]reachSums{}, count: map[string][]int64{}, floor: map[string]bool{}}
	byType := map[string][]*geo.Facility{}
	for i := range c.Facilities {
		if f := &c.Facilities[i]; f.Valid.Holds(c.AsOf) {
			byType[f.Type] = append(byType[f.Type], f)
		}
	}
	for kind, facilities := range byType {
		a.types = append(a.types, kind)
		a.measure(c, o, kind, facilities)
	}
	slices.Sort(a.types)
	return a
}

// measure fills the sums of one type.
func (a *access) measure(c *geo.Counted, o Options, kind string, facilities []*geo.Facility) {
	sums, count := make([]reachSums, len(c.Grids)), make([]int64, len(c.Grids))
	for _, f := range facilities {
		a.floor[kind] = a.floor[kind] || f.FloorAreaM2 > 0
		if at, ok := c.Tree.Index(f.Division); ok {
			count[at]++
		}
	}
	n := nearby{near.New(c.Dwellings, facilities), float64(o.WalkM) * 1000 / float64(o.DetourPermille)}
	perResident := n.share(c)
	for i, d := range c.Dwellings.All() {
		if c.Leaf[i] < 0 || !d.Located || d.Resident == 0 {
			continue
		}
		far, residents := n.Nearest(i), int64(d.Resident)
		s := reachSums{residents: residents, distance: far * float64(residents), floor: perResident(i) * float64(residents)}
		if far <= n.walk {
			s.within = residents
		}
		sums[c.Leaf[i]].add(s)
	}
	for _, i := range slices.Backward(c.Tree.Preorder()) {
		if up := c.Tree.Parent(int(i)); up >= 0 {
			count[up] += count[i]
			if c.Grids[i].Kind == geo.General {
				sums[up].add(sums[i])
			}
		}
	}
	a.sums[kind], a.count[kind] = sums, count
}

// fill gives a unit its reach by type.
func (a *access) fill(u *Unit) {
	u.Facilities = make(map[string]Reach, len(a.types))
	for _, kind := range a.types {
		r, s := Reach{Count: a.count[kind][u.Position]}, a.sums[kind][u.Position]
		if s.residents > 0 {
			r.NearestM, r.WithinPct = new(s.distance/float64(s.residents)), cut(s.within*100, s.residents)
		} else {
			u.without("nearest:"+kind, NoPeople)
			u.without("within:"+kind, NoPeople)
		}
		switch {
		case !a.floor[kind]:
			u.without("floor:"+kind, NoFloor)
		case s.residents == 0:
			u.without("floor:"+kind, NoPeople)
		default:
			r.PerResidentM2 = new(s.floor / float64(s.residents))
		}
		u.Facilities[kind] = r
	}
}

// nearby finds facilities near households, and those within a walk.
type nearby struct {
	*near.Finder
	walk float64 // metres as the crow flies
}

// share returns the floor area per resident that each home reaches: what
// [stats.Reach] gives for a walk that counts one or nothing, without asking
// every pair.
func (n *nearby) share(c *geo.Counted) func(home int) float64 {
	facilities := n.Facilities()
	users := make([]float64, len(facilities))
	for i := range c.Dwellings.Len() {
		if d := c.Dwellings.At(i); d.Located && d.Resident > 0 && c.Leaf[i] >= 0 {
			n.Within(i, n.walk, func(k int) { users[k] += float64(d.Resident) })
		}
	}
	return func(home int) float64 {
		sum := 0.0
		n.Within(home, n.walk, func(k int) {
			if users[k] > 0 {
				sum += facilities[k].FloorAreaM2 / users[k]
			}
		})
		return sum
	}
}
