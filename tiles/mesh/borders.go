package mesh

import (
	"gridmap/tiles/mvt"
)

// A Border is what lies on the two sides of an arc, seen from above in the
// direction in which it is drawn: IDs of faces, 0 for none.
type Border struct{ Left, Right int64 }

// Borders calls fn with every stretch of border the tile shows, once, in an
// order that depends on what it shows alone. The points are good until fn
// returns.
func (m *Mesh[T]) Borders(t Tile, p *Pen, fn func(b Border, line []mvt.Point)) {
	p.set(t)
	for _, h := range m.hits(t) {
		p.refs = h.b.lists.of(int(h.i), p.refs[:0])
		for _, ref := range p.refs {
			if ref == endOuter || ref == endHole {
				continue
			}
			a := m.arc(ref)
			ahead, opposite := a.sides()
			if !a.box().Intersects(p.reach) || !drawnBy(ahead, opposite, h.id, ref) {
				continue
			}
			p.line = p.line[:0]
			p.stroke(a, false, 0)
			if q := t.At(a.last()); len(p.line) == 0 || p.line[len(p.line)-1] != q {
				p.line = append(p.line, q)
			}
			p.clip.line(p.line, func(line []mvt.Point) { fn(Border{ahead, opposite}, line) })
		}
	}
}

// drawnBy reports whether the border of an arc with these sides is drawn with the
// face: that of the lower ID, or the only one.
func drawnBy(ahead, opposite, id int64, ref int32) bool {
	other := opposite
	if ref < 0 {
		other = ahead
	}
	return other == 0 || id < other || id == other && ref > 0
}

// line calls fn with the stretches of a line that lie inside.
func (c *clipper) line(line []mvt.Point, fn func([]mvt.Point)) {
	c.ring = c.ring[:0]
	flush := func() {
		if len(c.ring) > 1 {
			fn(c.ring)
		}
		c.ring = c.ring[:0]
	}
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		in, leave, passes := crossing(a, b)
		if !passes {
			continue
		}
		if len(c.ring) == 0 {
			if within(a) {
				c.ring = append(c.ring, a)
			} else {
				_, p := in.place()
				c.ring = append(c.ring, p)
			}
		}
		if within(b) {
			c.ring = append(c.ring, b)
			continue
		}
		if _, p := leave.place(); p != c.ring[len(c.ring)-1] {
			c.ring = append(c.ring, p)
		}
		flush()
	}
	flush()
}
