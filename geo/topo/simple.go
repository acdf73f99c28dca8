package topo

// mostSimple is from how many vertices on a ring is not held against itself
// piece by piece, which takes time with their square.
const mostSimple = 4096

// stretch is how many edges of a ring are held against others by one box.
const stretch = 8

// A quickLook certifies most shapes sooner than a validator does.
type quickLook struct {
	boxes     []Box // of edges: from each vertex of the ring to the next
	stretches []Box
}

// simple reports that s is one counter-clockwise ring that does not touch
// itself. It may miss that, but never says so of another.
func (q *quickLook) simple(s Shape) bool {
	if len(s) != 1 || len(s[0]) != 1 {
		return false
	}
	ring := s[0][0]
	if len(ring) < 3 || len(ring) > mostSimple || !q.measure(ring) {
		return false
	}
	for i := range q.stretches {
		if !q.apart(ring, i, i) {
			return false
		}
		for j := i + 1; j < len(q.stretches); j++ {
			if q.stretches[i].Intersects(q.stretches[j]) && !q.apart(ring, i, j) {
				return false
			}
		}
	}
	return ring.area2().sign() > 0
}

// measure fills in the boxes, and reports false when a point is out of range
// or repeated, or an edge does not leave where the one before came from.
func (q *quickLook) measure(ring Ring) bool {
	q.boxes, q.stretches = q.boxes[:0], q.stretches[:0]
	before := ring[len(ring)-1]
	for i, p := range ring {
		next := ring[0]
		if i+1 < len(ring) {
			next = ring[i+1]
		}
		if !p.inRange() || p == next || orient(before, p, next) == 0 && before.before(p) != p.before(next) {
			return false
		}
		box := noBox.Extend(p).Extend(next)
		q.boxes = append(q.boxes, box)
		if i%stretch == 0 {
			q.stretches = append(q.stretches, box)
		} else {
			last := &q.stretches[len(q.stretches)-1]
			*last = last.Extend(p).Extend(next)
		}
		before = p
	}
	return true
}

// apart reports whether no edge of stretch i meets one of stretch j, other
// than at the vertex between neighbours.
func (q *quickLook) apart(ring Ring, i, j int) bool {
	n := len(ring)
	for e := stretch * i; e < min(stretch*(i+1), n); e++ {
		box := q.boxes[e]
		if i != j && !box.Intersects(q.stretches[j]) {
			continue
		}
		from := stretch * j
		if i == j {
			from = e + 1
		}
		for f := from; f < min(stretch*(j+1), n); f++ {
			if !box.Intersects(q.boxes[f]) || f == e+1 || e == 0 && f == n-1 {
				continue
			}
			a, b, c, d := ring[e], ring[(e+1)%n], ring[f], ring[(f+1)%n]
			if orient(a, b, c)*orient(a, b, d) <= 0 && orient(c, d, a)*orient(c, d, b) <= 0 {
				return false
			}
		}
	}
	return true
}
