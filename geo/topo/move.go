package topo

import (
	"fmt"
	"math"
	"slices"
)

// A motion is what one step of snapping does to every vertex and edge.
type motion struct {
	*snapper
	bent  []bool               // by the numbers of places: an edge is bent that ends there
	bends map[[2]Point][]Point // vertices to insert between vertices that have moved
	last  map[Point]Point      // where vertices go at last, onto a fixed border
}

// A placed vertex is one on its way.
type placed struct {
	at   Point // where it goes, but for the last way onto a fixed border
	bent bool  // an edge is bent that ends there
}

func (s *snapper) motion() *motion {
	m := &motion{snapper: s, bent: make([]bool, len(s.first)), bends: s.insertions(), last: map[Point]Point{}}
	for ends := range m.bends {
		m.bent[s.places.find(ends[0])], m.bent[s.places.find(ends[1])] = true, true
	}
	for _, o := range s.onto {
		m.last[s.ends.points[o.corner]] = o.at
	}
	return m
}

// place returns where vertex k of a ring goes; numbers are the places of its
// vertices, nil if they are to be found.
func (m *motion) place(ring Ring, numbers []int32, k int) placed {
	n := int32(-1)
	if numbers != nil {
		n = numbers[k]
	} else if n = m.places.find(ring[k]); n < 0 {
		return placed{ring[k], false}
	}
	to := m.to[n]
	return placed{m.points[to], m.bent[to]}
}

// A shift is what moving did to one shape.
type shift struct {
	shape    Shape
	changed  bool
	vertices int
	areaM2   float64 // that edges were moved over
	at       Point   // the first vertex concerned
	gone     []CleanChange
	bent     []link // what its edges come to beyond those between the places of its vertices
}

// apply moves the vertices and edges of all shapes, and draws those anew that
// thereby came to cross themselves. It reports whether any did move.
func (c *cleaner) apply(s *snapper) (bool, error) {
	m := s.motion()
	near := s.reached()
	ground := m.shape(len(c.shapes))
	for _, l := range ground.bent {
		c.since = append(c.since, link{l.a, l.b, -l.count})
	}
	if ground.changed {
		c.replaceGround(ground.shape, ground.bent) // its vertices stay where they are
	}
	shifts := make([]shift, len(c.shapes))
	each(len(c.shapes), func(i int) {
		if near(c.boxes[i]) {
			shifts[i] = m.shape(i)
		}
	})
	var changed []Shape
	var index []int
	for i, sh := range shifts {
		c.since = append(c.since, sh.bent...)
		if sh.changed {
			c.note(i, sh)
			changed, index = append(changed, sh.shape), append(index, i)
		}
	}
	bad := make([]bool, len(changed))
	validateAll(changed, func(k int, _ *RingError) bool {
		bad[k] = true
		return true
	})
	for k, i := range index {
		if bad[k] {
			c.since = appendLinksOf(c.since, changed[k], -1)
			var err error
			if changed[k], err = wound(changed[k]); err != nil {
				return false, fmt.Errorf("%w: shape %d: %w", ErrUnclean, i, err)
			}
			c.since = appendLinksOf(c.since, changed[k], 1)
		}
		c.replace(i, changed[k])
	}
	return ground.changed || len(changed) > 0, nil
}

// given returns shape i, or behind them all the ground to be divided, and the
// places of its vertices.
func (m *motion) given(i int) (s Shape, numbers []int32) {
	s = m.within
	if i < len(m.shapes) {
		s = m.shapes[i]
	}
	if m.numbers != nil {
		numbers = m.numbers[i]
	}
	return s, numbers
}

// reached returns a function that tells whether anything moves in a box.
func (s *snapper) reached() func(Box) bool {
	if s.moves > manyMoves {
		return func(Box) bool { return true }
	}
	var boxes []Box
	add := func(p, q Point) { boxes = append(boxes, noBox.Extend(p).Extend(q)) }
	for i, to := range s.to {
		if to != int32(i) {
			add(s.points[i], s.points[i])
		}
	}
	for _, c := range s.cuts {
		add(s.strands[c.strand].a, s.strands[c.strand].b)
	}
	for _, o := range s.onto {
		add(s.ends.points[o.corner], s.ends.points[o.corner])
	}
	return nearAny(boxes)
}

// manyMoves is from how many moves on all shapes are looked at.
const manyMoves = 20_000

// note adds what moving did to shape i to the account.
func (c *cleaner) note(i int, sh shift) {
	if c.snaps[i].Vertices == 0 {
		c.snaps[i].At = sh.at
	}
	c.snaps[i].Vertices += sh.vertices
	c.snaps[i].AreaM2 += sh.areaM2
	for _, part := range sh.gone {
		part.Members = []int{i}
		c.changes = append(c.changes, part)
	}
}

// shape moves shape n. It shares what stays.
func (m *motion) shape(n int) shift {
	s, numbers := m.given(n)
	out := shift{shape: s}
	for i, polygon := range s {
		for j, ring := range polygon {
			moved, ok := m.ring(ring, numbers, &out)
			if numbers != nil {
				numbers = numbers[len(ring):]
			}
			if !ok {
				continue
			}
			if !out.changed {
				out.changed, out.shape = true, slices.Clone(s)
			}
			if &out.shape[i][0] == &polygon[0] {
				out.shape[i] = slices.Clone(polygon)
			}
			out.shape[i][j] = moved
		}
	}
	if !out.changed {
		return out
	}
	kept := out.shape[:0]
	for i, polygon := range out.shape {
		if len(polygon[0]) == 0 {
			out.gone = append(out.gone, CleanChange{Kind: PartGone, To: -1, AreaM2: s[i].AreaM2(), At: s[i][0].Bound().Min})
			holes := slices.DeleteFunc(slices.Clone(polygon[1:]), func(r Ring) bool { return len(r) == 0 })
			out.bent = appendLinksOf(out.bent, Shape{holes}, -1) // they go with it
			continue
		}
		kept = append(kept, slices.DeleteFunc(polygon, func(r Ring) bool { return len(r) == 0 }))
	}
	out.shape = kept
	return out
}

// ring moves one ring, and reports false when it stays. A ring that closes up
// is empty.
func (m *motion) ring(ring Ring, numbers []int32, sh *shift) (Ring, bool) {
	n := len(ring)
	var room [128]Point
	moved := Ring(room[:0])
	changed := false
	var squares squares
	before, from, to := m.place(ring, numbers, n-1), m.place(ring, numbers, 0), m.place(ring, numbers, 1%n)
	for k, p := range ring {
		after := m.place(ring, numbers, (k+2)%n)
		start := len(moved)
		moved = append(moved, m.settle(from.at))
		if from.bent && to.bent && from.at != to.at {
			moved = m.bend(moved, before.at, from.at, to.at, after.at)
		}
		q, end := ring[(k+1)%n], m.settle(to.at)
		if more := len(moved) - start - 1; more > 0 || moved[start] != p || end != q {
			if sh.vertices == 0 {
				sh.at = p
			}
			changed = true
			sh.areaM2 += swept(p, q, moved[start:], end) * squares.at(p.Y)
			sh.vertices += more
			if moved[start] != p {
				sh.vertices++
			}
		}
		if len(moved)-start > 1 || moved[start] != from.at || end != to.at {
			sh.bent = appendLink(sh.bent, from.at, to.at, -1)
			for i, r := range moved[start:] {
				next := end
				if start+i+1 < len(moved) {
					next = moved[start+i+1]
				}
				sh.bent = appendLink(sh.bent, r, next, 1)
			}
		}
		before, from, to = from, to, after
	}
	if !changed {
		return ring, false
	}
	return slices.Clone(tidy(moved)), true
}

// bend appends the vertices to insert between from and to, but not those that
// stand next to them in the ring: they would make a spike.
func (m *motion) bend(ring Ring, before, from, to, after Point) Ring {
	start := len(ring)
	ends := [2]Point{from, to}
	if to.before(from) {
		ends = [2]Point{to, from}
	}
	for _, p := range m.bends[ends] {
		if p != before && p != after {
			ring = append(ring, m.settle(p))
		}
	}
	if to.before(from) {
		slices.Reverse(ring[start:])
	}
	return ring
}

// settle returns where p goes at last.
func (m *motion) settle(p Point) Point {
	if len(m.last) > 0 {
		if at, ok := m.last[p]; ok {
			return at
		}
	}
	return p
}

// swept returns about how many squares of the lattice lie between the edge from
// p to q and the line through path and to.
func swept(p, q Point, path []Point, to Point) float64 {
	sum := 0.0
	last := p
	add := func(r Point) { // the triangle q, last, r
		ax, ay := float64(last.X)-float64(q.X), float64(last.Y)-float64(q.Y)
		bx, by := float64(r.X)-float64(q.X), float64(r.Y)-float64(q.Y)
		sum += float64(ax*by) - float64(ay*bx)
		last = r
	}
	for _, r := range path {
		add(r)
	}
	add(to)
	return math.Abs(sum) / 2
}

// squares knows how large a square of the lattice is, in square metres, along a
// band of 0.7 km: along the tangent in its middle, true to a hundred-millionth.
type squares struct {
	band   int32
	areaM2 float64 // in the middle; 0 when not known
	grows  float64 // with each step north
}

func (s *squares) at(y int32) float64 {
	const bits = 16
	band := y >> bits
	middle := band<<bits + 1<<(bits-1)
	if s.areaM2 == 0 || band != s.band {
		sin, cos := math.Sincos(float64(middle) * radian)
		*s = squares{band, stepM * stepM * cos, -stepM * stepM * sin * radian}
	}
	return s.areaM2 + float64(s.grows*float64(y-middle))
}

// tidy takes repeated points and spikes out of a ring; of one that bounds
// nothing then, nothing is left.
func tidy(ring Ring) Ring {
	kept := ring[:0]
	for _, p := range ring {
		kept = append(kept, p)
		for n := len(kept); ; n = len(kept) {
			if n >= 2 && kept[n-1] == kept[n-2] {
				kept = kept[:n-1]
			} else if n >= 3 && kept[n-1] == kept[n-3] {
				kept = kept[:n-2]
			} else {
				break
			}
		}
	}
	for len(kept) >= 2 { // across the start
		n := len(kept)
		if kept[0] == kept[n-1] {
			kept = kept[:n-1]
		} else if n >= 3 && kept[1] == kept[n-1] {
			kept = kept[1:]
		} else if n >= 3 && kept[0] == kept[n-2] {
			kept = kept[:n-1]
		} else {
			break
		}
	}
	if len(kept) < 3 {
		return Ring{}
	}
	return kept
}
