package mesh

import (
	"cmp"
	"slices"

	"gridmap/tiles/mvt"
)

// An assembly puts the rings of one face into the order in which a tile has
// them. The order depends on the rings alone.
type assembly struct {
	points []mvt.Point
	rings  []loop
	order  []int32
}

type loop struct {
	from, to int32
	hole     bool
	outer    int32 // of a hole: the ring it lies in
}

func (s *assembly) reset() { s.points, s.rings, s.order = s.points[:0], s.rings[:0], s.order[:0] }

// add takes a ring, which must be wound as hole says. A ring that encloses
// nothing, or has been turned inside out by rounding, is left out.
func (s *assembly) add(ring []mvt.Point, hole bool) {
	if len(ring) < 3 {
		return
	}
	if area := area2(ring); area == 0 || (area < 0) != hole {
		return
	}
	s.put(ring, hole)
}

// put takes a ring that encloses something and is wound as hole says.
func (s *assembly) put(ring []mvt.Point, hole bool) {
	from := int32(len(s.points))
	k := leastStart(ring)
	s.points = append(append(s.points, ring[k:]...), ring[:k]...)
	s.rings = append(s.rings, loop{from: from, to: int32(len(s.points)), hole: hole})
}

// leastStart returns where the ring begins that comes first by order.
func leastStart(ring []mvt.Point) int {
	k, least := 0, orderOf(ring[0])
	for i := 1; i < len(ring); i++ {
		if o := orderOf(ring[i]); o < least || o == least && startsLess(ring, i, k) {
			k, least = i, o
		}
	}
	return k
}

// orderOf returns a number that orders points by x, then y.
func orderOf(p mvt.Point) int64 { return int64(p.X)<<32 | int64(uint32(p.Y)^1<<31) }

// startsLess compares the ring begun at i with the ring begun at k.
func startsLess(ring []mvt.Point, i, k int) bool {
	n := len(ring)
	for s := 1; s < n; s++ {
		if c := compare(ring[(i+s)%n], ring[(k+s)%n]); c != 0 {
			return c < 0
		}
	}
	return false
}

func compare(a, b mvt.Point) int { return cmp.Compare(orderOf(a), orderOf(b)) }

func (s *assembly) of(i int32) []mvt.Point { return s.points[s.rings[i].from:s.rings[i].to] }

// settle orders the rings, each hole behind the outer ring it lies in. It
// reports whether there is an outer ring; holes alone are nothing.
func (s *assembly) settle() bool {
	outer := 0
	for i := range s.rings {
		s.order = append(s.order, int32(i))
		if !s.rings[i].hole {
			outer++
		}
	}
	if len(s.rings) < 2 || outer == 0 {
		return outer > 0
	}
	byPoints := func(a, b int32) int { return slices.CompareFunc(s.of(a), s.of(b), compare) }
	slices.SortFunc(s.order, byPoints)
	for i := range s.rings {
		if s.rings[i].hole {
			s.rings[i].outer = s.around(int32(i))
		} else {
			s.rings[i].outer = int32(i)
		}
	}
	slices.SortStableFunc(s.order, func(a, b int32) int {
		if c := byPoints(s.rings[a].outer, s.rings[b].outer); c != 0 {
			return c
		}
		return cmp.Compare(bit(s.rings[a].hole), bit(s.rings[b].hole))
	})
	return true
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// around returns the smallest outer ring that holds the hole, else the first.
func (s *assembly) around(hole int32) int32 {
	best, least := int32(-1), int64(0)
	for _, i := range s.order {
		if s.rings[i].hole {
			continue
		}
		if best < 0 {
			best, least = i, 1<<62
		}
		if area := area2(s.of(i)); area < least && holds(s.of(i), s.of(hole)) {
			best, least = i, area
		}
	}
	return best
}

// holds reports whether the first point of ring that does not lie on the
// border of outer lies inside it.
func holds(outer, ring []mvt.Point) bool {
	for _, p := range ring {
		in, on := false, false
		a := outer[len(outer)-1]
		for _, b := range outer {
			ax, ay, bx, by := int64(a.X-p.X), int64(a.Y-p.Y), int64(b.X-p.X), int64(b.Y-p.Y)
			a = b
			turn := ax*by - ay*bx
			if turn == 0 && min(ax, bx) <= 0 && max(ax, bx) >= 0 && min(ay, by) <= 0 && max(ay, by) >= 0 {
				on = true
				break
			}
			if (ay > 0) != (by > 0) && (turn > 0) == (by > ay) {
				in = !in
			}
		}
		if !on {
			return in
		}
	}
	return true
}
