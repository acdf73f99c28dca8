package topo

// Within reports whether inner certainly lies within outer, its border
// included: every edge of inner is one of outer's, or touches the border of
// outer at common vertices at most and begins or ends inside, and no vertex of
// outer lies inside inner. It is false for some that lie within: those with an
// edge from vertex to vertex of outer, or that touch outer's border in the
// middle of an edge.
func Within(inner, outer Shape) bool {
	if len(inner) == 0 || len(outer) == 0 {
		return false
	}
	corners := map[Point]bool{}
	for p := range outer.Edges() {
		corners[p] = true
	}
	own := map[Point]bool{}
	for p, q := range inner.Edges() {
		own[p] = true
		if !edgeWithin(p, q, outer, corners) {
			return false
		}
	}
	for p := range corners {
		if !own[p] && inner.Contains(p) {
			return false
		}
	}
	return true
}

// edgeWithin reports whether pq certainly lies within outer, whose vertices are
// corners.
func edgeWithin(p, q Point, outer Shape, corners map[Point]bool) bool {
	for a, b := range outer.Edges() {
		if a == p && b == q {
			return true // the ground of both lies on its left
		}
		if a == q && b == p {
			return false
		}
		if meets(p, q, a, b) {
			return false
		}
	}
	switch {
	case !corners[p]:
		return outer.Contains(p)
	case !corners[q]:
		return outer.Contains(q)
	}
	return false
}

// meets reports whether two edges share a point that is not an end of both.
func meets(p, q, a, b Point) bool {
	if min(p.X, q.X) > max(a.X, b.X) || min(a.X, b.X) > max(p.X, q.X) || min(p.Y, q.Y) > max(a.Y, b.Y) || min(a.Y, b.Y) > max(p.Y, q.Y) {
		return false
	}
	pa, pb := orient(p, q, a), orient(p, q, b)
	ap, aq := orient(a, b, p), orient(a, b, q)
	if pa*pb < 0 && ap*aq < 0 {
		return true
	}
	on := func(side int, at, from, to Point) bool {
		return side == 0 && at != from && at != to && noBox.Extend(from).Extend(to).Contains(at)
	}
	return on(pa, a, p, q) || on(pb, b, p, q) || on(ap, p, a, b) || on(aq, q, a, b)
}
