package topo

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// A motion is what one step of snapping does to every vertex and edge.
type motion struct {
	places *pointIndex // vertices that may go elsewhere
	to     []Point
	bends  map[[2]Point][]Point // vertices to insert between vertices that have moved
	onto   map[Point]Point      // where vertices go at last, onto a fixed border
}

func (s *snapper) motion() *motion {
	m := &motion{places: s.places, to: s.to, bends: s.insertions(), onto: map[Point]Point{}}
	for _, o := range s.onto {
		m.onto[s.corners[o.corner].at] = o.at
	}
	return m
}

// place returns where p goes, but for the last way onto a fixed border.
func (m *motion) place(p Point) Point {
	if n := m.places.find(p); n >= 0 {
		return m.to[n]
	}
	return p
}

// A shift is what moving did to one shape.
type shift struct {
	shape    Shape
	changed  bool
	vertices int
	areaM2   float64 // that edges were moved over
	at       Point   // the first vertex concerned
	gone     []CleanChange
}

// apply moves the vertices and edges of all shapes, and draws those anew that
// thereby came to cross themselves. It reports whether any did move.
func (c *cleaner) apply(s *snapper) (bool, error) {
	m := s.motion()
	near := s.reached()
	ground := m.shape(c.within)
	if ground.changed {
		c.setGround(ground.shape)
	}
	shifts := make([]shift, len(c.shapes))
	each(len(c.shapes), func(i int) {
		if near(c.boxes[i]) {
			shifts[i] = m.shape(c.shapes[i])
		}
	})
	var changed []Shape
	var index []int
	for i, sh := range shifts {
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
			var err error
			if changed[k], err = wound(changed[k]); err != nil {
				return false, fmt.Errorf("%w: shape %d: %w", ErrUnclean, i, err)
			}
		}
		c.set(i, changed[k])
	}
	return ground.changed || len(changed) > 0, nil
}

// reached returns a function that tells whether anything moves in a box.
func (s *snapper) reached() func(Box) bool {
	var boxes []Box
	add := func(p, q Point) { boxes = append(boxes, noBox.Extend(p).Extend(q)) }
	for _, slot := range s.places.slots {
		if slot.n > 0 && s.to[slot.n-1] != slot.at {
			add(slot.at, slot.at)
		}
	}
	if len(boxes) > manyMoves {
		return func(Box) bool { return true }
	}
	for _, c := range s.cuts {
		add(s.strands[c.strand].a, s.strands[c.strand].b)
	}
	for _, o := range s.onto {
		add(s.corners[o.corner].at, s.corners[o.corner].at)
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

// each calls work for 0 up to n on all processors.
func each(n int, work func(i int)) {
	const batch = 64
	var group sync.WaitGroup
	next := make(chan int)
	for range workers() {
		group.Go(func() {
			for from := range next {
				for i := from; i < min(from+batch, n); i++ {
					work(i)
				}
			}
		})
	}
	for from := 0; from < n; from += batch {
		next <- from
	}
	close(next)
	group.Wait()
}

// shape moves one shape. It shares what stays with s.
func (m *motion) shape(s Shape) shift {
	out := shift{shape: s}
	for i, polygon := range s {
		for j, ring := range polygon {
			moved, ok := m.ring(ring, &out)
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
			continue
		}
		kept = append(kept, slices.DeleteFunc(polygon, func(r Ring) bool { return len(r) == 0 }))
	}
	out.shape = kept
	return out
}

// ring moves one ring, and reports false when it stays. A ring that closes up
// is empty.
func (m *motion) ring(ring Ring, sh *shift) (Ring, bool) {
	n := len(ring)
	placed := make(Ring, n)
	for k, p := range ring {
		placed[k] = m.place(p)
	}
	moved := make(Ring, 0, n+4)
	changed := false
	for k, p := range ring {
		next := (k + 1) % n
		start := len(moved)
		moved = append(moved, m.settle(placed[k]))
		if len(m.bends) > 0 && placed[k] != placed[next] {
			moved = m.bend(moved, placed[(k+n-1)%n], placed[k], placed[next], placed[(k+2)%n])
		}
		q, to := ring[next], m.settle(placed[next])
		if more := len(moved) - start - 1; more > 0 || moved[start] != p || to != q {
			if sh.vertices == 0 {
				sh.at = p
			}
			changed = true
			sh.areaM2 += swept(p, q, moved[start:], to)
			sh.vertices += more
			if moved[start] != p {
				sh.vertices++
			}
		}
	}
	if !changed {
		return ring, false
	}
	return tidy(moved), true
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
	if len(m.onto) > 0 {
		if at, ok := m.onto[p]; ok {
			return at
		}
	}
	return p
}

// swept returns about how much ground, in square metres, lies between the edge
// from p to q and the line through path and to.
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
	return math.Abs(sum) / 2 * stepM * stepM * math.Cos(float64(p.Y)*radian)
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
