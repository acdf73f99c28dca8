package topo

import (
	"cmp"
	"math"
	"slices"
)

// straightSteps is how far, in lattice steps, a vertex may lie off a border and
// still be one that was only put into it: rounding moves it by 0.71 at most,
// and by as much again where the border had such vertices already.
const straightSteps = 2

// A Knot is a vertex that was put into the straight border from P to Q without
// moving it more than the lattice asks.
type Knot struct{ P, Q, At Point }

// Knots reports whether two shapes are one ground whose borders have
// other vertices, and returns those that only one of the two has. Rounded to
// the lattice such a vertex moves a border by up to a step.
func (s Shape) Knots(o Shape) (knots []Knot, same bool) {
	mine, theirs, ok := edgesApart(s.sortedEdges(), o.sortedEdges())
	if !ok || (len(s) == 0) != (len(o) == 0) {
		return nil, false
	}
	used := [2]int{}
	for p := range mine {
		if _, both := theirs[p]; !both {
			continue
		}
		var ends [2]Point
		for i, next := range []map[Point]Point{mine, theirs} {
			path := pathFrom(p, mine, theirs, next)
			used[i] += len(path)
			ends[i] = path[len(path)-1]
			for _, at := range path[:len(path)-1] {
				knots = append(knots, Knot{p, ends[i], at})
			}
			if !straight(p, path) {
				return nil, false
			}
		}
		if ends[0] != ends[1] {
			return nil, false
		}
	}
	if used != [2]int{len(mine), len(theirs)} {
		return nil, false
	}
	slices.SortFunc(knots, func(a, b Knot) int { return cmp.Compare(a.At.key(), b.At.key()) })
	return knots, true
}

// edgesApart returns the edges that only one of two sorted lists has, from
// their first to their last end. It fails where several begin at one point.
func edgesApart(a, b [][2]Point) (onlyA, onlyB map[Point]Point, ok bool) {
	onlyA, onlyB = map[Point]Point{}, map[Point]Point{}
	put := func(to map[Point]Point, e [2]Point) bool {
		_, twice := to[e[0]]
		to[e[0]] = e[1]
		return !twice
	}
	ok = true
	for len(a) > 0 || len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && compareEdges(a[0], b[0]) < 0:
			ok = put(onlyA, a[0]) && ok
			a = a[1:]
		case len(a) == 0 || compareEdges(a[0], b[0]) > 0:
			ok = put(onlyB, b[0]) && ok
			b = b[1:]
		default:
			a, b = a[1:], b[1:]
		}
	}
	return onlyA, onlyB, ok
}

// pathFrom follows edges from p to where both lists of edges begin again, or
// to the end.
func pathFrom(p Point, mine, theirs, next map[Point]Point) []Point {
	var path []Point
	for len(path) <= len(next) {
		p = next[p]
		path = append(path, p)
		_, m := mine[p]
		_, t := theirs[p]
		if _, on := next[p]; !on || m && t {
			break
		}
	}
	return path
}

// straight reports whether a path from p runs straight to its last point, but
// for the lattice.
func straight(p Point, path []Point) bool {
	last := path[len(path)-1]
	if p == last {
		return false
	}
	reached := 0.0
	for _, at := range path {
		along, off := measure(p, last, at)
		if off > straightSteps || along < reached {
			return false
		}
		reached = along
	}
	return true
}

// measure says where a point lies on the way from p to q, 0 to 1 between the
// two, and how many steps off it.
func measure(p, q, at Point) (along, off float64) {
	dx, dy := float64(int64(q.X)-int64(p.X)), float64(int64(q.Y)-int64(p.Y))
	ex, ey := float64(int64(at.X)-int64(p.X)), float64(int64(at.Y)-int64(p.Y))
	square := float64(dx*dx) + float64(dy*dy)
	along = (float64(dx*ex) + float64(dy*ey)) / square
	across := (float64(dx*ey) - float64(dy*ex)) / square
	return along, math.Hypot(float64(across*dx), float64(across*dy))
}

// Refine returns the shape with the knots in its edges that run along their
// borders. Of two shapes with a common edge both get the same, so that what
// fits together before does so after.
func (s Shape) Refine(knots []Knot) Shape {
	fine := s
	for range refinings {
		var more bool
		if fine, more = fine.refine(knots); !more {
			break
		}
	}
	return fine
}

// refinings bounds how often knots are put between others.
const refinings = 4

func (s Shape) refine(knots []Knot) (fine Shape, more bool) {
	fine = slices.Clone(s)
	for i, polygon := range s {
		for j, ring := range polygon {
			var fuller Ring
			for k, x := range ring {
				between := knotsBetween(x, ring[(k+1)%len(ring)], knots)
				if fuller == nil && len(between) > 0 {
					fuller = slices.Clone(ring[:k])
				}
				if fuller != nil {
					fuller = append(append(fuller, x), between...)
				}
			}
			if fuller == nil {
				continue
			}
			if &fine[i][0] == &polygon[0] {
				fine[i] = slices.Clone(polygon)
			}
			fine[i][j], more = fuller, true
		}
	}
	if !more {
		return s, false
	}
	return fine, true
}

// knotsBetween returns the knots on the edge from x to y, in their order; on
// that from y to x it is the other way round.
func knotsBetween(x, y Point, knots []Knot) []Point {
	p, q := x, y
	if q.before(p) {
		p, q = q, p
	}
	type place struct {
		at    Point
		along float64
	}
	var found []place
	for _, n := range knots {
		if !n.carries(p) || !n.carries(q) {
			continue
		}
		if along, off := measure(p, q, n.At); along > 0 && along < 1 && off <= straightSteps && n.At != p && n.At != q {
			found = append(found, place{n.At, along})
		}
	}
	slices.SortFunc(found, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.along, b.along), cmp.Compare(a.at.key(), b.at.key()))
	})
	var between []Point
	for _, f := range found {
		if len(between) == 0 || between[len(between)-1] != f.at {
			between = append(between, f.at)
		}
	}
	if p != x {
		slices.Reverse(between)
	}
	return between
}

// carries reports whether a point lies on the knot's border.
func (k Knot) carries(at Point) bool {
	along, off := measure(k.P, k.Q, at)
	return along >= 0 && along <= 1 && off <= straightSteps
}
