package mesh

import (
	"cmp"
	"slices"

	"gridmap/tiles/mvt"
)

// The clip lines run half a unit outside the tile's buffer, so that no vertex
// lies on them. Along them, positions count counterclockwise (as if y ran up)
// from the corner where x and y are least.
const (
	low  = -buffer
	high = 1<<tileBits + buffer
	side = high - low
	// low2 and high2 are the lines themselves, in half units.
	low2  = 2*low - 1
	high2 = 2*high + 1
)

// A clipper cuts the ground of a face out of a tile. What comes out depends
// only on what of the border lies inside and on whether the corner is ground:
// not on the way the border takes outside. Where rounded lines overlap, it
// keeps the area right.
type clipper struct {
	points []mvt.Point // of all chains
	chains []chain
	events []event
	places []place
	links  []link
	ring   []mvt.Point
}

// A chain is a stretch of border inside, from the clip line to the clip line.
type chain struct {
	from, to int
	link     int // its number among the links
}

// An event is the end of a chain: where it enters or leaves.
type event struct {
	at    int32 // along the clip lines, 0 to 4·side
	chain int32
	leave bool
}

// A place is a position along the clip lines where something happens, and the
// links that begin there.
type place struct {
	at     int32
	first  int32 // 1 + link
	ground int32 // how often the ground before the place is taken
}

// A link leads from place to place: a chain, or the clip line itself, which
// may be followed more than once where rounded lines overlap.
type link struct {
	chain    int32 // -1: along the clip line
	backward bool
	from, to int32
	next     int32 // 1 + the next link from the same place
	used     bool
}

// face clips rings into out. Cornered says whether the corner of the clip lines,
// where positions begin, may lie in one.
func (c *clipper) face(line []mvt.Point, ends []int32, cornered bool, out *assembly) {
	c.points, c.chains, c.events = c.points[:0], c.chains[:0], c.events[:0]
	ground, from := int32(0), int32(0)
	for _, to := range ends {
		ring := line[from:to]
		from = to
		if len(ring) < 2 {
			continue
		}
		if cornered {
			ground += corner(ring)
		}
		c.cut(ring, out)
	}
	switch {
	case len(c.events) == 0 && ground > 0:
		out.add([]mvt.Point{{X: low, Y: low}, {X: high, Y: low}, {X: high, Y: high}, {X: low, Y: high}}, false)
	case len(c.events) == 2 && c.close(ground, out):
	case len(c.events) > 0:
		c.connect(ground)
		c.follow(out)
	}
}

// close makes the ring of the only chain there is, which most faces have that are
// cut: the clip line from where it leaves, ahead, to where it enters. It does
// nothing when that is not ground once and all the rest none.
func (c *clipper) close(ground int32, out *assembly) (closed bool) {
	enter, leave := c.events[0].at, c.events[1].at
	switch {
	case ground == 0 && leave < enter:
	case ground == 1 && enter < leave:
		enter += 4 * side
	default:
		return false
	}
	for k := leave/side + 1; k*side < enter; k++ {
		c.points = append(c.points, alongClip(k*side))
	}
	c.keep(c.points, out)
	return true
}

// keep puts a ring into out, unless it encloses nothing.
func (c *clipper) keep(ring []mvt.Point, out *assembly) {
	if ring = withoutRepeats(ring); len(ring) > 2 {
		if area := area2(ring); area != 0 {
			out.put(ring, area < 0)
		}
	}
}

// corner returns how often the ring winds around the point just above the
// corner of the clip lines.
func corner(ring []mvt.Point) (winds int32) {
	a := ring[len(ring)-1]
	for _, b := range ring {
		if (2*int64(a.Y) > low2) != (2*int64(b.Y) > low2) {
			dx, dy := int64(b.X)-int64(a.X), int64(b.Y)-int64(a.Y)
			turn := dx*(low2-2*int64(a.Y)) - dy*(low2-2*int64(a.X))
			if turn == 0 {
				turn = dx
			}
			switch {
			case dy > 0 && turn < 0:
				winds--
			case dy < 0 && turn > 0:
				winds++
			}
		}
		a = b
	}
	return winds
}

// within reports whether a point lies inside the clip lines.
func within(p mvt.Point) bool { return uint32(p.X-low) <= side && uint32(p.Y-low) <= side }

// past reports whether all of a segment lies beyond one of the lines.
func past(a, b mvt.Point) bool {
	return a.X < low && b.X < low || a.X > high && b.X > high || a.Y < low && b.Y < low || a.Y > high && b.Y > high
}

// cut finds the chains of a ring; one that lies inside altogether goes to out.
func (c *clipper) cut(ring []mvt.Point, out *assembly) {
	start := 0
	for start < len(ring) && within(ring[start]) {
		start++
	}
	if start == len(ring) {
		if area := area2(ring); area != 0 && len(ring) > 2 {
			out.put(ring, area < 0)
		}
		return
	}
	a, inside := ring[start], false
	for _, part := range [2][]mvt.Point{ring[start+1:], ring[:start+1]} {
		for _, b := range part {
			switch now := within(b); {
			case now && inside:
				c.points = append(c.points, b)
			case now != inside || !past(a, b):
				c.cross(a, b, inside, now)
				inside = now
			}
			a = b
		}
	}
}

// cross goes on with the chains along a segment that leaves the clip lines or
// comes in, or may do both.
func (c *clipper) cross(a, b mvt.Point, from, to bool) {
	in, leave, passes := crossing(a, b)
	if !passes {
		return
	}
	if !from {
		at, p := in.place()
		c.chains = append(c.chains, chain{from: len(c.points)})
		c.events = append(c.events, event{at: at, chain: int32(len(c.chains) - 1)})
		c.points = append(c.points, p)
	}
	if to {
		c.points = append(c.points, b)
		return
	}
	at, p := leave.place()
	c.points = append(c.points, p)
	c.chains[len(c.chains)-1].to = len(c.points)
	c.events = append(c.events, event{at: at, chain: int32(len(c.chains) - 1), leave: true})
}

// connect makes the places and the links between them. ground says whether
// the clip line is ground before position 0.
func (c *clipper) connect(ground int32) {
	slices.SortFunc(c.events, c.byPlace)
	c.places, c.links = c.places[:0], c.links[:0]
	for _, e := range c.events {
		if !e.leave {
			c.chains[e.chain].link = len(c.links)
			c.links = append(c.links, link{chain: e.chain})
		}
	}
	for _, e := range c.events {
		if n := len(c.places); n == 0 || c.places[n-1].at != e.at {
			c.places = append(c.places, place{at: e.at, ground: ground})
		}
		here := int32(len(c.places) - 1)
		if l := &c.links[c.chains[e.chain].link]; e.leave {
			ground++
			l.to = here
		} else {
			ground--
			l.from = here
		}
	}
	for i := range c.places {
		before, here := int32((i+len(c.places)-1)%len(c.places)), int32(i)
		for range c.places[i].ground {
			c.links = append(c.links, link{chain: -1, from: before, to: here})
		}
		for range -c.places[i].ground {
			c.links = append(c.links, link{chain: -1, from: here, to: before, backward: true})
		}
	}
	for i := len(c.links) - 1; i >= 0; i-- {
		l := &c.links[i]
		l.next, c.places[l.from].first = c.places[l.from].first, int32(i)+1
	}
}

// byPlace orders events along the clip line, and at one place by what comes of
// their chains: not by where a ring happens to begin.
func (c *clipper) byPlace(a, b event) int {
	if n := cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(bit(a.leave), bit(b.leave))); n != 0 || a.chain == b.chain {
		return n
	}
	k, l := c.chains[a.chain], c.chains[b.chain]
	return slices.CompareFunc(c.points[k.from:k.to], c.points[l.from:l.to], compare)
}

// follow walks along the links until all are used; every time it comes back to
// where it began, a ring is done.
func (c *clipper) follow(out *assembly) {
	for begin := range c.links {
		if c.links[begin].used {
			continue
		}
		c.ring = c.ring[:0]
		start, i := c.links[begin].from, int32(begin)
		for {
			l := &c.links[i]
			l.used = true
			c.draw(l)
			if l.to == start {
				break
			}
			// As many links leave a place as come to it, so one is left.
			next := c.places[l.to].first
			for c.links[next-1].used {
				next = c.links[next-1].next
			}
			i = next - 1
		}
		c.keep(c.ring, out)
	}
}

// draw adds the points of a link to the ring.
func (c *clipper) draw(l *link) {
	if l.chain >= 0 {
		k := c.chains[l.chain]
		c.ring = append(c.ring, c.points[k.from:k.to]...)
		return
	}
	from, to := c.places[l.from].at, c.places[l.to].at
	if l.backward {
		from, to = to, from
	}
	if l.from == l.to || to < from {
		to += 4 * side
	}
	at := len(c.ring)
	c.ring = append(c.ring, alongClip(from))
	for k := from/side + 1; k*side < to; k++ {
		c.ring = append(c.ring, alongClip(k*side))
	}
	c.ring = append(c.ring, alongClip(to))
	if l.backward {
		slices.Reverse(c.ring[at:])
	}
}

// alongClip returns the point at a position along the clip lines.
func alongClip(at int32) mvt.Point {
	switch k := at % side; at / side % 4 {
	case 0:
		return mvt.Point{X: low + k, Y: low}
	case 1:
		return mvt.Point{X: high, Y: low + k}
	case 2:
		return mvt.Point{X: high - k, Y: high}
	default:
		return mvt.Point{X: low, Y: high - k}
	}
}

// withoutRepeats takes points out that repeat the one before, in place.
func withoutRepeats(ring []mvt.Point) []mvt.Point {
	ring = slices.Compact(ring)
	for len(ring) > 1 && ring[0] == ring[len(ring)-1] {
		ring = ring[:len(ring)-1]
	}
	return ring
}

// area2 returns twice the area of a ring, by the surveyor's formula.
func area2(ring []mvt.Point) int64 {
	var sum int64
	a := ring[len(ring)-1]
	for _, b := range ring {
		sum += int64(a.X)*int64(b.Y) - int64(b.X)*int64(a.Y)
		a = b
	}
	return sum
}
