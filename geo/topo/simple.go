package topo

// mostSimple is from how many vertices on a ring is not held against itself
// piece by piece, which takes time with their square.
const mostSimple = 4096

// stretch is how many edges of a ring are held against others by one box.
const stretch = 8

// A quickLook certifies most shapes sooner than a validator does.
type quickLook struct {
	stretches []Box
	ways      []way // of stretches: which all edges go
}

// A way is the directions in which an edge goes. Edges one behind the other
// that have a direction in common do not meet again.
type way uint8

func wayOf(p, q Point) (w way) {
	switch {
	case p.X < q.X:
		w = 1
	case p.X > q.X:
		w = 2
	}
	switch {
	case p.Y < q.Y:
		w |= 4
	case p.Y > q.Y:
		w |= 8
	}
	return w
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
	for i, way := range q.ways {
		if way == 0 && !q.apart(ring, i, i) {
			return false
		}
		for j := i + 1; j < len(q.stretches); j++ {
			if way &= q.ways[j]; way == 0 && q.stretches[i].Intersects(q.stretches[j]) && !q.apart(ring, i, j) {
				return false
			}
		}
	}
	return ring.area2().sign() > 0
}

func boxOf(p, q Point) Box {
	return Box{Point{min(p.X, q.X), min(p.Y, q.Y)}, Point{max(p.X, q.X), max(p.Y, q.Y)}}
}

// measure fills in the stretches, and reports false when a point is out of range
// or repeated, or an edge does not leave where the one before came from.
func (q *quickLook) measure(ring Ring) bool {
	q.stretches, q.ways = q.stretches[:0], q.ways[:0]
	before := ring[len(ring)-1]
	came := wayOf(before, ring[0])
	for i, p := range ring {
		next := ring[0]
		if i+1 < len(ring) {
			next = ring[i+1]
		}
		goes := wayOf(p, next)
		if !p.inRange() || goes == 0 || came&goes == 0 && orient(before, p, next) == 0 {
			return false
		}
		if i%stretch == 0 {
			q.stretches, q.ways = append(q.stretches, boxOf(p, next)), append(q.ways, goes)
		} else {
			last := &q.stretches[len(q.stretches)-1]
			last.Min.X, last.Min.Y = min(last.Min.X, next.X), min(last.Min.Y, next.Y)
			last.Max.X, last.Max.Y = max(last.Max.X, next.X), max(last.Max.Y, next.Y)
			q.ways[len(q.ways)-1] &= goes
		}
		before, came = p, goes
	}
	return true
}

// apart reports whether no edge of stretch i meets one of stretch j, other
// than at the vertex between neighbours.
func (q *quickLook) apart(ring Ring, i, j int) bool {
	n := len(ring)
	for e := stretch * i; e < min(stretch*(i+1), n); e++ {
		a, b := ring[e], ring[(e+1)%n]
		box := boxOf(a, b)
		if i != j && !box.Intersects(q.stretches[j]) {
			continue
		}
		from := stretch * j
		if i == j {
			from = e + 1
		}
		for f := from; f < min(stretch*(j+1), n); f++ {
			c, d := ring[f], ring[(f+1)%n]
			if !box.Intersects(boxOf(c, d)) || f == e+1 || e == 0 && f == n-1 {
				continue
			}
			if orient(a, b, c)*orient(a, b, d) <= 0 && orient(c, d, a)*orient(c, d, b) <= 0 {
				return false
			}
		}
	}
	return true
}
