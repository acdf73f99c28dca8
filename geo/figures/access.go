package figures

import (
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/stats"
	"gridmap/geo/topo"
)

// A Reach says how near the facilities of one type are to the residents of a
// unit. Distances are geodesic; a walk is estimated from them by the declared
// detour. Facilities outside the unit count.
type Reach struct {
	Count int64 `json:"count"` // facilities that belong to the unit or a division under it
	// NearestM is the mean geodesic distance of residents to their nearest
	// facility, WithinPct the share of residents within an estimated walk, cut
	// to two decimals. Both are nil where no resident has a place.
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
	near := newNearby(c.Dwellings, facilities, float64(o.WalkM)*1000/float64(o.DetourPermille))
	perResident := near.share(c)
	for i := range c.Dwellings {
		d := &c.Dwellings[i]
		if c.Leaf[i] < 0 || !d.Located || d.Resident == 0 {
			continue
		}
		far, residents := near.nearest(i), int64(d.Resident)
		s := reachSums{residents: residents, distance: far * float64(residents), floor: perResident(i) * float64(residents)}
		if far <= near.walk {
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

// of returns the reach of the unit at position i, by type.
func (a *access) of(i int) map[string]Reach {
	out := make(map[string]Reach, len(a.types))
	for _, kind := range a.types {
		r, s := Reach{Count: a.count[kind][i]}, a.sums[kind][i]
		if s.residents > 0 {
			mean := s.distance / float64(s.residents)
			r.NearestM, r.WithinPct = &mean, cut(s.within*100, s.residents)
			if a.floor[kind] {
				floor := s.floor / float64(s.residents)
				r.PerResidentM2 = &floor
			}
		}
		out[kind] = r
	}
	return out
}

// nearby finds facilities near households: both lie on one plane, facilities
// sorted from west to east.
type nearby struct {
	walk       float64 // metres as the crow flies
	homes      []stats.Place
	at         []topo.Point // of homes
	facilities []*geo.Facility
	places     []stats.Place
}

func newNearby(dwellings []geo.Dwelling, facilities []*geo.Facility, walk float64) *nearby {
	facilities = slices.SortedStableFunc(slices.Values(facilities), func(f, g *geo.Facility) int { return int(int64(f.At.X) - int64(g.At.X)) })
	n := &nearby{walk: walk, facilities: facilities}
	points := make([]topo.Point, 0, len(dwellings)+len(facilities))
	for i := range dwellings {
		points = append(points, dwellings[i].At)
	}
	n.at = points[:len(dwellings):len(dwellings)]
	for _, f := range facilities {
		points = append(points, f.At)
	}
	places := stats.Places(points)
	n.homes, n.places = places[:len(dwellings)], places[len(dwellings):]
	return n
}

// start returns the first facility east of home i.
func (n *nearby) start(i int) int {
	at, _ := slices.BinarySearchFunc(n.places, n.homes[i].X, func(p stats.Place, x float64) int {
		if p.X < x {
			return -1
		}
		return 1
	})
	return at
}

// slack is by how much at most a distance on the plane is off a geodesic one.
const slack = 1.01

// nearest returns the geodesic distance in metres from home i to its nearest
// facility.
func (n *nearby) nearest(i int) float64 {
	home, far := n.homes[i], math.Inf(1)
	look := func(k int) bool {
		p := n.places[k]
		if math.Abs(p.X-home.X) > far*slack {
			return false
		}
		if math.Hypot(p.X-home.X, p.Y-home.Y) <= far*slack {
			far = min(far, topo.LengthM(n.at[i], n.facilities[k].At))
		}
		return true
	}
	from := n.start(i)
	for k := from; k < len(n.places) && look(k); k++ {
	}
	for k := from - 1; k >= 0 && look(k); k-- {
	}
	return far
}

// within calls visit for every facility within the walk of home i.
func (n *nearby) within(i int, visit func(facility int)) {
	home, reach := n.homes[i], n.walk*slack
	look := func(k int) bool {
		p := n.places[k]
		if math.Abs(p.X-home.X) > reach {
			return false
		}
		if math.Hypot(p.X-home.X, p.Y-home.Y) <= reach && topo.LengthM(n.at[i], n.facilities[k].At) <= n.walk {
			visit(k)
		}
		return true
	}
	from := n.start(i)
	for k := from; k < len(n.places) && look(k); k++ {
	}
	for k := from - 1; k >= 0 && look(k); k-- {
	}
}

// share returns the floor area per resident that each home reaches: what
// [stats.Reach] gives for a walk that counts one or nothing, without asking
// every pair.
func (n *nearby) share(c *geo.Counted) func(home int) float64 {
	users := make([]float64, len(n.places))
	for i := range c.Dwellings {
		if d := &c.Dwellings[i]; d.Located && d.Resident > 0 && c.Leaf[i] >= 0 {
			n.within(i, func(k int) { users[k] += float64(d.Resident) })
		}
	}
	return func(home int) float64 {
		sum := 0.0
		n.within(home, func(k int) {
			if users[k] > 0 {
				sum += n.facilities[k].FloorAreaM2 / users[k]
			}
		})
		return sum
	}
}
