package figures

import (
	"cmp"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/stats"
	"gridmap/geo/topo"
)

// scatter fills how far apart households live.
func (w *work) scatter(u *Unit) {
	if m := w.spread[u.Position]; m.n > 0 {
		spread := m.distance()
		u.SpreadM = &spread
	} else {
		u.without("household_spread_m", NoHouseholds)
	}
}

// shape fills what is measured on the ground.
func (w *work) shape(u *Unit) {
	ground := w.ground(u.Position)
	if len(ground) == 0 {
		for _, figure := range []string{"area_m2", "perimeter_m", "residents_per_km2", "polsby_popper", "reock", "borders"} {
			u.without(figure, Undrawn)
		}
		return
	}
	area, perimeter := ground.AreaM2(), ground.PerimeterM()
	density := float64(u.Resident) / area * 1e6
	polsby := 4 * math.Pi * area / (perimeter * perimeter)
	around := circle(corners(ground))
	reock := area / (math.Pi * around.r * around.r)
	u.AreaM2, u.PerimeterM, u.Density, u.PolsbyPopper, u.Reock = &area, &perimeter, &density, &polsby, &reock
}

// corners returns the corners of the outer rings on a plane in metres.
func corners(s topo.Shape) []stats.Place {
	var points []topo.Point
	for _, polygon := range s {
		points = append(points, polygon[0]...)
	}
	return stats.Places(points)
}

// A disc is a circle with its inside.
type disc struct {
	x, y, r float64
}

// holds tells whether p lies in d, give or take a millionth of the radius.
func (d disc) holds(p stats.Place) bool {
	return math.Hypot(p.X-d.x, p.Y-d.y) <= d.r*(1+1e-9)+1e-6
}

// circle returns the smallest circle around points (Welzl 1991, without the
// shuffle: only corners of the hull are asked, of which there are few).
func circle(points []stats.Place) disc {
	points = hull(points)
	d := disc{points[0].X, points[0].Y, 0}
	for i, p := range points {
		if d.holds(p) {
			continue
		}
		d = disc{p.X, p.Y, 0}
		for j, q := range points[:i] {
			if d.holds(q) {
				continue
			}
			d = between(p, q)
			for _, r := range points[:j] {
				if !d.holds(r) {
					d = through(p, q, r)
				}
			}
		}
	}
	return d
}

// between returns the circle with pq as its diameter.
func between(p, q stats.Place) disc {
	return disc{(p.X + q.X) / 2, (p.Y + q.Y) / 2, math.Hypot(p.X-q.X, p.Y-q.Y) / 2}
}

// through returns the circle through three points, or of points in a line that
// around the two farthest apart.
func through(p, q, r stats.Place) disc {
	ax, ay, bx, by := q.X-p.X, q.Y-p.Y, r.X-p.X, r.Y-p.Y
	d := 2 * (ax*by - ay*bx)
	if math.Abs(d) < 1e-9 {
		all := []disc{between(p, q), between(q, r), between(p, r)}
		return slices.MaxFunc(all, func(a, b disc) int { return cmp.Compare(a.r, b.r) })
	}
	a, b := ax*ax+ay*ay, bx*bx+by*by
	x, y := (by*a-ay*b)/d, (ax*b-bx*a)/d
	return disc{p.X + x, p.Y + y, math.Hypot(x, y)}
}

// hull returns the corners of the convex hull of points (Andrew's monotone
// chain).
func hull(points []stats.Place) []stats.Place {
	points = slices.Clone(points)
	slices.SortFunc(points, func(p, q stats.Place) int { return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y)) })
	points = slices.Compact(points)
	if len(points) < 3 {
		return points
	}
	var chain []stats.Place
	half := func(points []stats.Place, from int) {
		for _, p := range points {
			for len(chain) >= from+2 {
				a, b := chain[len(chain)-2], chain[len(chain)-1]
				if (b.X-a.X)*(p.Y-a.Y)-(b.Y-a.Y)*(p.X-a.X) > 0 {
					break
				}
				chain = chain[:len(chain)-1]
			}
			chain = append(chain, p)
		}
		chain = chain[:len(chain)-1] // the next half begins with it
	}
	half(points, 0)
	slices.Reverse(points)
	half(points, len(chain))
	return chain
}

// moments are the sums that the standard distance of places is made of.
type moments struct{ n, x, y, square float64 }

func (m moments) add(o moments) moments {
	return moments{m.n + o.n, m.x + o.x, m.y + o.y, m.square + o.square}
}

// distance is the square root of the mean square distance from the middle.
func (m moments) distance() float64 {
	x, y := m.x/m.n, m.y/m.n
	return math.Sqrt(max(0, m.square/m.n-x*x-y*y))
}

// measureSpread adds up where the households of every unit are.
func (w *work) measureSpread() {
	w.spread = make([]moments, len(w.Grids))
	points, leaves := make([]topo.Point, 0, w.Dwellings.Len()), make([]int32, 0, w.Dwellings.Len())
	for i := range w.Dwellings.Len() { // one without a place, or far away, must not bend the plane for all
		if leaf := w.Leaf[i]; leaf >= 0 && w.Dwellings.At(i).Located {
			points, leaves = append(points, w.Dwellings.At(i).At), append(leaves, leaf)
		}
	}
	for k, p := range stats.Places(points) {
		w.spread[leaves[k]] = w.spread[leaves[k]].add(moments{1, p.X, p.Y, p.X*p.X + p.Y*p.Y})
	}
	for _, i := range slices.Backward(w.Tree.Preorder()) {
		if up := w.Tree.Parent(int(i)); up >= 0 && w.Grids[i].Kind == geo.General {
			w.spread[up] = w.spread[up].add(w.spread[i])
		}
	}
}

// borders fills the neighbours of each unit among all general grids of its
// tier, whoever their parents are: longest border first.
func (w *work) borders(units []Unit) {
	type edge [2]topo.Point
	owners := map[int]map[edge]int32{} // by tier, of directed edges
	for k := range units {
		g := &w.Grids[units[k].Position]
		if g.Kind == geo.General && owners[g.Tier] == nil {
			owners[g.Tier] = map[edge]int32{}
		}
	}
	for i := range w.Grids {
		of := owners[w.Grids[i].Tier]
		if of == nil || w.Grids[i].Kind != geo.General {
			continue
		}
		for p, q := range w.ground(i).Edges() {
			of[edge{p, q}] = int32(i)
		}
	}
	for k := range units {
		u := &units[k]
		g, ground := &w.Grids[u.Position], w.ground(u.Position)
		if len(ground) == 0 {
			continue
		}
		u.Borders = []Border{}
		if g.Kind != geo.General {
			continue
		}
		shared := map[int32]float64{}
		for p, q := range ground.Edges() {
			if other, ok := owners[g.Tier][edge{q, p}]; ok {
				shared[other] += topo.LengthM(p, q)
			}
		}
		for other, length := range shared {
			u.Borders = append(u.Borders, Border{w.Grids[other].Code, length})
		}
		slices.SortFunc(u.Borders, func(a, b Border) int {
			return cmp.Or(cmp.Compare(b.LengthM, a.LengthM), cmp.Compare(a.Code, b.Code))
		})
	}
}
