package topo

import "slices"

// mostSplices bounds the edges that [Splice] replaces; more is work for
// [Amend].
const mostSplices = 8

// A splice is an edge of an outline and what takes its place: path runs from
// the first end to the last.
type splice struct {
	p, q Point
	path []Point // between the ends
}

// Splice is [Amend] for the common case that the outline only gets vertices:
// edges of it are replaced by paths between the same ends. slivers are rings
// between the old and the new edges: the boundary of the new outline is that
// of before and the slivers together. The new outline touches itself nowhere
// where before did not, so that it is valid if the shapes are and fit it.
//
// ok is false when the change is another, or goes beyond a few edges.
func Splice(before Shape, removed, added []Shape) (after, slivers Shape, ok bool) {
	c := newChain(64)
	for _, s := range added {
		c.add(s, 1)
	}
	for _, s := range removed {
		c.add(s, -1)
	}
	links := c.residue()
	if len(links) == 0 || len(links) > 4*mostSplices {
		return nil, nil, false
	}
	splices, ok := before.near(links).splices(links)
	if !ok {
		return nil, nil, false
	}
	for _, s := range splices {
		slivers = append(slivers, Polygon{append(Ring{s.p}, append(slices.Clone(s.path), s.q)...)})
	}
	return before.spliced(splices), slivers, true
}

// edges are directed edges of a shape.
type edges [][2]Point

// near returns the edges of s that can meet links.
func (s Shape) near(links []link) edges {
	box := noBox
	for _, l := range links {
		box = box.Extend(l.a).Extend(l.b)
	}
	var found edges
	for ring := range s.rings {
		a := ring[len(ring)-1]
		for _, b := range ring {
			if max(a.X, b.X) >= box.Min.X && min(a.X, b.X) <= box.Max.X && max(a.Y, b.Y) >= box.Min.Y && min(a.Y, b.Y) <= box.Max.Y {
				found = append(found, [2]Point{a, b})
			}
			a = b
		}
	}
	return found
}

// splices pairs the edges among links with the paths in their place.
func (s edges) splices(links []link) ([]splice, bool) {
	next := map[Point]Point{}
	var gone [][2]Point
	for _, l := range links {
		p, q := l.a, l.b
		switch {
		case l.count != 1 && l.count != -1:
			return nil, false
		case slices.Contains(s, [2]Point{p, q}) && l.count == -1:
			gone = append(gone, [2]Point{p, q})
			continue
		case slices.Contains(s, [2]Point{q, p}) && l.count == 1:
			gone = append(gone, [2]Point{q, p})
			continue
		case l.count == -1:
			p, q = q, p
		}
		if _, twice := next[p]; twice {
			return nil, false
		}
		next[p] = q
	}
	if len(gone) == 0 || len(gone) > mostSplices {
		return nil, false
	}
	var splices []splice
	used := 0
	for _, e := range gone {
		one := splice{p: e[0], q: e[1]}
		for at := e[0]; at != e[1]; used++ {
			to, there := next[at]
			if !there || used > len(links) {
				return nil, false
			}
			if to != e[1] {
				one.path = append(one.path, to)
			}
			at = to
		}
		splices = append(splices, one)
	}
	return splices, used == len(next) && s.clear(splices)
}

// clear reports whether the new paths meet the edges at their ends only.
func (s edges) clear(splices []splice) bool {
	for _, one := range splices {
		path := append(append([]Point{one.p}, one.path...), one.q)
		for _, e := range s {
			if e != [2]Point{one.p, one.q} && !touchesAtEnds(e[0], e[1], path) {
				return false
			}
		}
	}
	return true
}

// touchesAtEnds reports whether the edge ab meets a path at ends of the path only.
func touchesAtEnds(a, b Point, path []Point) bool {
	last := len(path) - 1
	for i := 1; i <= last; i++ {
		p, q := path[i-1], path[i]
		if crosses(a, b, p, q) {
			return false
		}
		for _, v := range [2]Point{a, b} {
			if onSegment(p, q, v) && v != path[0] && v != path[last] {
				return false
			}
		}
		for _, v := range [2]Point{p, q} {
			if onSegment(a, b, v) && v != a && v != b {
				return false
			}
		}
	}
	return true
}

// spliced returns s with the paths in place of the edges.
func (s Shape) spliced(splices []splice) Shape {
	out := slices.Clone(s)
	for i, polygon := range s {
		for j, ring := range polygon {
			var fuller Ring
			from := 0
			for k, p := range ring {
				for _, one := range splices {
					if one.p == p && one.q == ring[(k+1)%len(ring)] {
						fuller = append(append(fuller, ring[from:k+1]...), one.path...)
						from = k + 1
					}
				}
			}
			if fuller == nil {
				continue
			}
			if &out[i][0] == &polygon[0] {
				out[i] = slices.Clone(polygon)
			}
			out[i][j] = append(fuller, ring[from:]...)
		}
	}
	return out
}
