package topo

import "slices"

// A meeting is a point where rings touch: a vertex of one on a vertex or an
// edge of another.
type meeting struct {
	rays  []ray
	rings []int32
	stack []int32
}

// A ray leaves the meeting place toward far along an edge.
type ray struct {
	far        Point
	edge, ring int32
	east       bool // runs east, or north
}

// meet passes a point where more than one vertex lies, or an edge passes
// through a vertex. Rings may touch there, but neither cross nor run along
// each other, and no ring may come twice.
func (v *validator) meet(p Point, group []int32, c cursor, step int) *RingError {
	m := &v.meeting
	m.rays, m.rings = m.rays[:0], m.rings[:0]
	for _, out := range group {
		in := v.before(out)
		if bad := v.arrive(p, v.ringOf[out], step); bad != nil {
			return bad
		}
		for _, e := range [2]int32{in, out} {
			m.add(p, v.left[e], v.right[e], e, v.ringOf[e])
		}
	}
	for e := v.status.at(c); e >= 0 && orient(v.left[e], v.right[e], p) == 0; e = v.status.at(c) {
		if v.right[e] != p { // passes through
			if bad := v.arrive(p, v.ringOf[e], step); bad != nil {
				return bad
			}
			m.add(p, v.left[e], p, e, v.ringOf[e])
			m.add(p, p, v.right[e], e, v.ringOf[e])
		}
		c = v.status.remove(c)
	}
	if bad := v.arrange(p); bad != nil {
		return bad
	}
	return v.leave(p, c)
}

// add notes the ray of an edge between left and right, one of which is p.
func (m *meeting) add(p, left, right Point, edge, ring int32) {
	if left == p {
		m.rays = append(m.rays, ray{right, edge, ring, true})
	} else {
		m.rays = append(m.rays, ray{left, edge, ring, false})
	}
}

// arrive notes that ring n is at p. Rings of one polygon that touch must not
// be joined by another touch already: that would fence off ground.
func (v *validator) arrive(p Point, n int32, step int) *RingError {
	ring := &v.rings[n]
	if ring.met == step {
		return v.fault(n, p, selfTouch)
	}
	ring.met = step
	v.meeting.rings = append(v.meeting.rings, n)
	piece := &v.pieces[ring.polygon]
	if piece.met != step {
		piece.met, piece.first = step, n
		return nil
	}
	a, b := v.root(n), v.root(piece.first)
	if a == b {
		return v.fault(n, p, cutInTwo)
	}
	v.rings[a].joined = b
	return nil
}

// root returns the ring that stands for all those joined with n.
func (v *validator) root(n int32) int32 {
	for v.rings[n].joined != n {
		v.rings[n].joined = v.rings[v.rings[n].joined].joined
		n = v.rings[n].joined
	}
	return n
}

// arrange sorts the rays counter-clockwise from south and asks that no two lie
// on each other and that rings do not cross: between the two rays of a ring
// stand both or neither of any other.
func (v *validator) arrange(p Point) *RingError {
	m := &v.meeting
	slices.SortFunc(m.rays, func(a, b ray) int {
		if a.east != b.east {
			if a.east {
				return -1
			}
			return 1
		}
		return -orient(p, a.far, b.far)
	})
	m.stack = m.stack[:0]
	for i, r := range m.rays {
		if i > 0 && m.rays[i-1].east == r.east && orient(p, m.rays[i-1].far, r.far) == 0 {
			return v.fault(max(r.ring, m.rays[i-1].ring), p, alongReason(r.ring == m.rays[i-1].ring))
		}
		if top := len(m.stack) - 1; top >= 0 && m.stack[top] == r.ring {
			m.stack = m.stack[:top]
		} else {
			m.stack = append(m.stack, r.ring)
		}
	}
	if len(m.stack) > 0 {
		return v.fault(slices.Max(m.stack), p, otherCross)
	}
	return nil
}

func alongReason(same bool) string {
	if same {
		return spike
	}
	return otherAlong
}

// leave takes the rays that run east into the status at c.
func (v *validator) leave(p Point, c cursor) *RingError {
	east := v.meeting.rays
	for i, r := range east {
		if !r.east {
			east = east[:i]
			break
		}
	}
	under := v.status.below(c)
	if len(east) == 0 {
		return v.apart(under, v.status.at(c))
	}
	if bad := v.apart(under, east[0].edge); bad != nil {
		return bad
	}
	if bad := v.apart(east[len(east)-1].edge, v.status.at(c)); bad != nil {
		return bad
	}
	for _, r := range slices.Backward(east) {
		c = v.status.insert(c, r.edge)
	}
	for _, r := range east {
		if bad := v.beginRing(p, r.edge, under); bad != nil {
			return bad
		}
		under = r.edge
	}
	return nil
}
