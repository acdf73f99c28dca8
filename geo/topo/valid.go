package topo

import (
	"math/bits"
	"slices"
)

// Validate returns nil when s is valid ground, else a *[RingError] for the
// first fault met from west to east. It asks what OGC asks (and PostGIS's
// ST_IsValid answers): rings of at least three points that neither cross nor
// touch themselves; holes inside their outer ring; rings of one polygon that
// touch at points only, without cutting its ground in two; polygons that do
// not overlap, though they may touch at points. It also asks for the winding
// of [Polygon], and it holds a repeated point to be a fault.
//
// It sweeps once over the vertices in O(n log n), whatever the rings look like.
// A shape that is not drawn is valid.
func (s Shape) Validate() error {
	var v validator
	if bad := v.check(s); bad != nil {
		return bad
	}
	return nil
}

// A validator sweeps over the vertices of one shape after another. The edge
// that leaves a vertex has the vertex's index.
type validator struct {
	points      []Point // every vertex, ring after ring
	ringOf      []int32
	rings       []ringState
	pieces      []pieceState
	left, right []Point // ends of every edge in sweep order
	order       []int32 // vertices from west to east
	keys        []uint64
	status      status
	meeting     meeting
}

// A ringState is what the sweep knows of a ring.
type ringState struct {
	polygon, number int
	from, to        int32 // its vertices
	begun           bool  // the sweep has met it
	met             int   // the last place, counted in steps, where it was met
	joined          int32 // a ring of its polygon it touches; itself for the root
}

// A pieceState remembers which ring of a polygon was first at a meeting place.
type pieceState struct {
	met   int
	first int32
}

// check validates s.
func (v *validator) check(s Shape) *RingError {
	if bad := v.load(s); bad != nil || len(v.points) == 0 {
		return bad
	}
	v.sortVertices()
	v.status.reset(v.left, v.right)
	for i, step := 0, 1; i < len(v.order); step++ {
		p := v.points[v.order[i]]
		j := i + 1
		for j < len(v.order) && v.points[v.order[j]] == p {
			j++
		}
		if bad := v.step(p, v.order[i:j], step); bad != nil {
			return bad
		}
		i = j
	}
	return nil
}

// load takes over the vertices of s and refuses what is no ring at all.
func (v *validator) load(s Shape) *RingError {
	v.points, v.ringOf, v.rings = v.points[:0], v.ringOf[:0], v.rings[:0]
	v.left, v.right, v.pieces = v.left[:0], v.right[:0], v.pieces[:0]
	for i, polygon := range s {
		if len(polygon) == 0 {
			return &RingError{Polygon: i, Reason: noRings}
		}
		v.pieces = append(v.pieces, pieceState{})
		for j, ring := range polygon {
			if bad := v.loadRing(ring); bad != nil {
				bad.Polygon, bad.Ring = i, j
				return bad
			}
			last := &v.rings[len(v.rings)-1]
			last.polygon, last.number = i, j
		}
	}
	return nil
}

func (v *validator) loadRing(ring Ring) *RingError {
	if len(ring) == 0 {
		return &RingError{Reason: tooFewPoints}
	}
	if len(ring) < 3 {
		return &RingError{At: ring[0], Reason: tooFewPoints}
	}
	n, from := int32(len(v.rings)), int32(len(v.points))
	for i, p := range ring {
		if !p.inRange() {
			return &RingError{At: p, Reason: outOfRange}
		}
		j := i + 1
		if j == len(ring) {
			j = 0
		}
		q := ring[j]
		if p == q {
			return &RingError{At: p, Reason: repeated}
		}
		v.ringOf = append(v.ringOf, n)
		if p.before(q) {
			v.left, v.right = append(v.left, p), append(v.right, q)
		} else {
			v.left, v.right = append(v.left, q), append(v.right, p)
		}
	}
	v.points = append(v.points, ring...)
	v.rings = append(v.rings, ringState{from: from, to: int32(len(v.points)), joined: n})
	return nil
}

// sortVertices orders the vertices from west to east, then from south to
// north. Where extent and count fit, position and index share one number.
func (v *validator) sortVertices() {
	box := Ring(v.points).Bound()
	high := bits.Len32(uint32(box.Max.Y) - uint32(box.Min.Y))
	low := bits.Len(uint(len(v.points)))
	v.order = v.order[:0]
	if bits.Len32(uint32(box.Max.X)-uint32(box.Min.X))+high+low > 64 {
		for i := range v.points {
			v.order = append(v.order, int32(i))
		}
		slices.SortFunc(v.order, func(i, j int32) int {
			if v.points[i] == v.points[j] {
				return int(i - j)
			}
			if v.points[i].before(v.points[j]) {
				return -1
			}
			return 1
		})
		return
	}
	v.keys = v.keys[:0]
	for i, p := range v.points {
		x, y := uint64(uint32(p.X)-uint32(box.Min.X)), uint64(uint32(p.Y)-uint32(box.Min.Y))
		v.keys = append(v.keys, x<<(high+low)|y<<low|uint64(i))
	}
	slices.Sort(v.keys)
	for _, key := range v.keys {
		v.order = append(v.order, int32(key&(1<<low-1)))
	}
}

// before returns the vertex before i, and so the edge that enters i.
func (v *validator) before(i int32) int32 {
	if r := &v.rings[v.ringOf[i]]; i == r.from {
		return r.to - 1
	}
	return i - 1
}

// step passes the point p, where the vertices of group lie.
func (v *validator) step(p Point, group []int32, step int) *RingError {
	out := group[0]
	in := v.before(out)
	c := v.status.find(p)
	through := v.status.through(c, p)
	ending := 0
	if v.right[in] == p {
		ending++
	}
	if v.right[out] == p {
		ending++
	}
	if len(group) > 1 || through != ending {
		return v.meet(p, group, c, step)
	}
	switch ending {
	case 0:
		return v.begin(p, in, out, c)
	case 1:
		e := in
		if v.right[in] == p {
			e = out
		}
		v.status.set(c, e)
		if bad := v.apart(v.status.below(c), e); bad != nil {
			return bad
		}
		return v.apart(e, v.status.at(v.status.next(c)))
	}
	c = v.status.remove(v.status.remove(c))
	return v.apart(v.status.below(c), v.status.at(c))
}

// begin takes up the two edges of a vertex that both run east.
func (v *validator) begin(p Point, in, out int32, c cursor) *RingError {
	low, high := in, out
	switch orient(p, v.right[in], v.right[out]) {
	case 0:
		return v.fault(v.ringOf[out], p, spike)
	case -1:
		low, high = out, in
	}
	c = v.status.insert(v.status.insert(c, high), low)
	below := v.status.below(c)
	if bad := v.beginRing(p, low, below); bad != nil {
		return bad
	}
	if bad := v.apart(below, low); bad != nil {
		return bad
	}
	c = v.status.next(v.status.next(c))
	return v.apart(high, v.status.at(c))
}

// beginRing asks, where the sweep first meets a ring, that it winds as it
// should and lies in the ground it should. low is the lower of its two edges
// there, below the edge next under it.
func (v *validator) beginRing(p Point, low, below int32) *RingError {
	n := v.ringOf[low]
	ring := &v.rings[n]
	if ring.begun {
		return nil
	}
	ring.begun = true
	hole := ring.number > 0
	if v.groundAbove(low) == hole {
		if sign := Ring(v.points[ring.from:ring.to]).area2().sign(); sign > 0 != hole {
			return nil // winds rightly as a whole: it will be found to cross itself
		}
		return v.fault(n, p, wrongWay)
	}
	inside := below >= 0 && v.groundAbove(below)
	if hole && (!inside || v.rings[v.ringOf[below]].polygon != ring.polygon) {
		return v.fault(n, p, holeOutside)
	}
	if !hole && inside {
		return v.fault(n, p, insideOther)
	}
	return nil
}

// groundAbove reports whether the ground of the polygon lies above edge e:
// ground lies left of every edge.
func (v *validator) groundAbove(e int32) bool { return v.points[e] == v.left[e] }

// apart asks that neighbours in the status, either of which may be missing
// (-1), do not cross further east: where the first of them ends, low must not
// have come to lie above high. That they touch there is seen on the way.
func (v *validator) apart(low, high int32) *RingError {
	if low < 0 || high < 0 {
		return nil
	}
	if v.right[low].before(v.right[high]) {
		if orient(v.left[high], v.right[high], v.right[low]) <= 0 {
			return nil
		}
	} else if orient(v.left[low], v.right[low], v.right[high]) >= 0 {
		return nil
	}
	at := crossing(v.left[low], v.right[low], v.left[high], v.right[high])
	if v.ringOf[low] == v.ringOf[high] {
		return v.fault(v.ringOf[low], at, selfCross)
	}
	return v.fault(max(v.ringOf[low], v.ringOf[high]), at, otherCross)
}

// fault names ring n. A ring that touches itself does so along a spike, if it
// has one.
func (v *validator) fault(n int32, at Point, reason string) *RingError {
	ring := v.rings[n]
	bad := &RingError{Polygon: ring.polygon, Ring: ring.number, At: at, Reason: reason}
	if reason != selfTouch {
		return bad
	}
	for i := ring.from; i < ring.to; i++ {
		a, b := v.points[v.before(i)], v.points[i]
		c := v.points[ring.from]
		if i+1 < ring.to {
			c = v.points[i+1]
		}
		if orient(a, b, c) == 0 && a.before(b) == c.before(b) {
			bad.At, bad.Reason = b, spike
			return bad
		}
	}
	return bad
}
