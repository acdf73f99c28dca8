package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gridmap/geo/topo"
)

// A Place is where a unit stands on a plane, in metres or any one unit.
type Place struct{ X, Y float64 }

func (p Place) to(q Place) float64 { return math.Hypot(p.X-q.X, p.Y-q.Y) }

// Places lays lattice points on a plane in metres around their middle, with
// the radii of curvature of the WGS 84 ellipsoid there. Within a county
// (100 km) distances keep to about one part in a thousand.
func Places(points []topo.Point) []Place {
	if len(points) == 0 {
		return nil
	}
	box := topo.Box{Min: points[0], Max: points[0]}
	for _, p := range points {
		box.Min = topo.Point{X: min(box.Min.X, p.X), Y: min(box.Min.Y, p.Y)}
		box.Max = topo.Point{X: max(box.Max.X, p.X), Y: max(box.Max.Y, p.Y)}
	}
	middle := topo.Point{X: int32((int64(box.Min.X) + int64(box.Max.X)) / 2), Y: int32((int64(box.Min.Y) + int64(box.Max.Y)) / 2)}
	const step = topo.Unit / 1000 // short enough to be straight
	east := topo.LengthM(middle, topo.Point{X: middle.X + step, Y: middle.Y}) / step
	north := topo.LengthM(middle, topo.Point{X: middle.X, Y: middle.Y + step}) / step
	places := make([]Place, len(points))
	for i, p := range points {
		places[i] = Place{
			X: float64(int64(p.X)-int64(middle.X)) * east,
			Y: float64(int64(p.Y)-int64(middle.Y)) * north,
		}
	}
	return places
}

// Nearest returns as neighbours of each place the k others nearest to it, each
// with the weight of one. Of places equally far the one listed first is taken,
// so there are always exactly k.
func Nearest(places []Place, k int) (*Weights, error) {
	if k < 1 || k >= len(places) {
		return nil, fmt.Errorf("%d nearest neighbours asked of %d units", k, len(places))
	}
	order := byX(places)
	neighbours := make([][]int, len(places))
	for at, i := range order {
		neighbours[i] = nearest(places, order, at, k)
	}
	return binary(neighbours), nil
}

// byX returns the numbers of places from west to east.
func byX(places []Place) []int {
	order := make([]int, len(places))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(places[a].X, places[b].X) })
	return order
}

// nearest walks from the place at position at of order to both sides until
// what is left lies farther in x alone than the k found.
func nearest(places []Place, order []int, at, k int) []int {
	type candidate struct {
		unit int
		far  float64
	}
	before := func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(a.unit, b.unit))
	}
	me := places[order[at]]
	var found []candidate // ascending, at most k
	for west, east := at-1, at+1; west >= 0 || east < len(order); {
		next := east
		if east == len(order) || west >= 0 && me.X-places[order[west]].X <= places[order[east]].X-me.X {
			next = west
			west--
		} else {
			east++
		}
		p := places[order[next]]
		if len(found) == k && math.Abs(p.X-me.X) > found[k-1].far {
			break
		}
		c := candidate{order[next], me.to(p)}
		if i, _ := slices.BinarySearchFunc(found, c, before); i < k {
			found = slices.Insert(found, i, c)
			found = found[:min(len(found), k)]
		}
	}
	units := make([]int, len(found))
	for i, c := range found {
		units[i] = c.unit
	}
	return units
}

// Within returns as neighbours of each place the others at most far from it,
// each with the weight of one.
func Within(places []Place, far float64) (*Weights, error) {
	if !(far > 0) || math.IsInf(far, 0) {
		return nil, fmt.Errorf("the distance %v is not above zero", far)
	}
	order := byX(places)
	neighbours := make([][]int, len(places))
	for at, i := range order {
		for _, j := range order[at+1:] {
			if places[j].X-places[i].X > far {
				break
			}
			if places[i].to(places[j]) <= far {
				neighbours[i] = append(neighbours[i], j)
				neighbours[j] = append(neighbours[j], i)
			}
		}
	}
	return binary(neighbours), nil
}
