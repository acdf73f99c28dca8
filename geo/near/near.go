// Package near finds the facilities near households: the nearest one, and those
// within a distance. Distances are geodesic, in metres.
package near

import (
	"cmp"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/stats"
	"gridmap/geo/topo"
)

// slack is by how much at most a distance on the plane is off a geodesic one
// south of 53 degrees, as long as the facilities lie within so many degrees and
// a household not farther outside. What does not is measured one by one: a
// point typed wrong must not bend the plane for all.
const (
	slack   = 1.02
	wide    = 3 * topo.Unit
	high    = 1 * topo.Unit
	outside = topo.Unit / 4
)

// A Finder finds facilities near households. Both lie on one plane, facilities
// sorted from west to east, so that only those near enough on it are measured.
type Finder struct {
	homes      []stats.Place
	at         []topo.Point // of homes
	apart      []bool       // homes that do not lie on the plane
	facilities []*geo.Facility
	places     []stats.Place
}

// New returns a finder of facilities near dwellings, which it names by their
// index. What it finds of a dwelling without a place means nothing.
func New(dwellings geo.Dwellings, facilities []*geo.Facility) *Finder {
	facilities = slices.SortedStableFunc(slices.Values(facilities), func(f, g *geo.Facility) int { return cmp.Compare(f.At.X, g.At.X) })
	n := &Finder{facilities: facilities, at: make([]topo.Point, dwellings.Len()), apart: make([]bool, dwellings.Len())}
	plane := topo.Box{}
	if len(facilities) > 0 {
		plane = around(facilities)
	}
	points := make([]topo.Point, 0, dwellings.Len()+len(facilities))
	for i, d := range dwellings.All() {
		n.at[i] = d.At
		if p := n.at[i]; plane.Contains(p) {
			points = append(points, p)
		} else {
			n.apart[i] = true
			points = append(points, plane.Min)
		}
	}
	for _, f := range facilities {
		points = append(points, f.At)
	}
	places := stats.Places(points)
	n.homes, n.places = places[:dwellings.Len()], places[dwellings.Len():]
	return n
}

// around returns the box in which a plane is true to distances: the facilities
// and what lies near them; a single point where they lie too far apart.
func around(facilities []*geo.Facility) topo.Box {
	box := topo.Box{Min: facilities[0].At, Max: facilities[0].At}
	for _, f := range facilities {
		box.Min = topo.Point{X: min(box.Min.X, f.At.X), Y: min(box.Min.Y, f.At.Y)}
		box.Max = topo.Point{X: max(box.Max.X, f.At.X), Y: max(box.Max.Y, f.At.Y)}
	}
	if int64(box.Max.X)-int64(box.Min.X) > wide || int64(box.Max.Y)-int64(box.Min.Y) > high {
		return topo.Box{Min: box.Min, Max: box.Min}
	}
	box.Min.X, box.Min.Y = box.Min.X-outside, box.Min.Y-outside
	box.Max.X, box.Max.Y = box.Max.X+outside, box.Max.Y+outside
	return box
}

// Facilities returns what it finds, in the order in which it names them.
func (n *Finder) Facilities() []*geo.Facility { return n.facilities }

// start returns the first facility east of home i.
func (n *Finder) start(i int) int {
	at, _ := slices.BinarySearchFunc(n.places, n.homes[i].X, func(p stats.Place, x float64) int {
		if p.X < x {
			return -1
		}
		return 1
	})
	return at
}

// Nearest returns the distance from home i to its nearest facility, infinity
// where there is none.
func (n *Finder) Nearest(i int) float64 {
	home, far := n.homes[i], math.Inf(1)
	if n.apart[i] {
		for _, f := range n.facilities {
			far = min(far, topo.LengthM(n.at[i], f.At))
		}
		return far
	}
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
	n.eachWay(i, look)
	return far
}

// Within calls visit for every facility at most so many metres from home i.
func (n *Finder) Within(i int, metres float64, visit func(facility int)) {
	if n.apart[i] {
		for k, f := range n.facilities {
			if topo.LengthM(n.at[i], f.At) <= metres {
				visit(k)
			}
		}
		return
	}
	home, reach := n.homes[i], metres*slack
	look := func(k int) bool {
		p := n.places[k]
		if math.Abs(p.X-home.X) > reach {
			return false
		}
		if math.Hypot(p.X-home.X, p.Y-home.Y) <= reach && topo.LengthM(n.at[i], n.facilities[k].At) <= metres {
			visit(k)
		}
		return true
	}
	n.eachWay(i, look)
}

// eachWay looks at the facilities from home i on to the east and then to the
// west, each way until look says that the next are too far.
func (n *Finder) eachWay(i int, look func(k int) bool) {
	from := n.start(i)
	for k := from; k < len(n.places) && look(k); k++ {
	}
	for k := from - 1; k >= 0 && look(k); k-- {
	}
}
