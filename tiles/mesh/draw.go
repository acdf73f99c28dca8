package mesh

import (
	"cmp"
	"slices"

	"gridmap/tiles/mvt"
)

// A Pen draws the faces of one tile after the other and keeps its memory for
// the next. It is for one user at a time.
type Pen struct {
	tile   Tile
	reach  Box
	shift  uint32
	ox, oy int32 // its corner in units of its zoom, which are fewer than 2^31

	refs []int32     // of the face
	line []mvt.Point // rings, one after the other
	ends []int32     // where each ends
	hole []bool

	clip  clipper
	rings assembly
	rest  []byte // of the path drawn last

	fetched uint32 // read ahead for nothing but that it is near; see block.fetch
}

// set makes the pen draw into the tile.
func (p *Pen) set(t Tile) {
	p.tile, p.reach, p.shift = t, t.reach(), shift(t.Z)
	x, y := t.origin()
	p.ox, p.oy = int32(x), int32(y)
	p.rest = p.rest[:0]
}

// A hit is a face whose box meets a tile.
type hit[T comparable] struct {
	id int64
	b  *block[T]
	i  int32
}

// hits returns the faces near the tile in order of ID.
func (m *Mesh[T]) hits(t Tile) []hit[T] {
	found := make([]hit[T], 0, 256)
	m.visit(t.reach(), func(b *block[T], i int) { found = append(found, hit[T]{b.ids.of(i), b, int32(i)}) })
	slices.SortFunc(found, func(a, b hit[T]) int { return cmp.Compare(a.id, b.id) })
	return found
}

// Exceeds reports whether the tile may show more than most faces: as many have
// boxes that meet it.
func (m *Mesh[T]) Exceeds(t Tile, most int) bool {
	reach, n := t.reach(), 0
	// Mostly there are so few around that none need be counted by itself.
	for _, k := range m.nodes {
		if k.box.Intersects(reach) {
			n += k.count
		}
	}
	return n > most && m.near(reach, most+1) > most
}

// near counts the faces whose boxes meet the reach of a tile, about up to most.
func (m *Mesh[T]) near(reach Box, most int) (n int) {
	for _, k := range m.nodes {
		switch {
		case n >= most:
			return n
		case k.box.within(reach):
			n += k.count
		case k.box.Intersects(reach):
			for _, b := range k.blocks {
				if b.box.within(reach) {
					n += b.len()
				} else if b.box.Intersects(reach) {
					for i := range b.boxes {
						if b.boxes[i].Intersects(reach) {
							n++
						}
					}
				}
			}
		}
	}
	return n
}

// Each calls fn with the faces near the tile, those whose boxes meet it, in
// order of ID.
func (m *Mesh[T]) Each(t Tile, fn func(id int64, tag *T, text string)) {
	for _, h := range m.hits(t) {
		fn(h.id, h.b.tag(int(h.i)), h.b.texts.Of(int(h.i)))
	}
}

// Draw calls fn with every face that the tile shows; what it is given is good
// until fn returns, and its parts until the pen is used again. Faces come in the order in which they lie in memory, near
// ones together, which is the same however the mesh came about.
func (m *Mesh[T]) Draw(t Tile, p *Pen, fn func(*Sight[T])) {
	p.set(t)
	near := make([]*block[T], 0, 128)
	for _, n := range m.nodes {
		if !n.box.Intersects(p.reach) {
			continue
		}
		for _, b := range n.blocks {
			if b.box.Intersects(p.reach) {
				near = append(near, b)
			}
		}
	}
	var s Sight[T]
	for i, b := range near {
		// Blocks lie far apart in memory, and so do the parts of one: those of the
		// next are asked for together, before they are needed.
		if i+2 < len(near) {
			p.fetched += near[i+2].fetchHead(p)
		}
		if i+1 < len(near) {
			p.fetched += near[i+1].fetch(p)
		}
		s.Texts = b.texts
		m.drawBlock(b, p, &s, fn)
	}
}

// fetchHead reads of a block what leads to its parts.
func (b *block[T]) fetchHead(p *Pen) (sum uint32) {
	if l := b.made(p.tile.Z); l != nil {
		sum = uint32(l.x)
	}
	return sum + uint32(b.texts.Len()) + uint32(len(b.boxes))
}

// fetch reads of a block the beginnings of its parts, of which the processor
// fetches the rest by itself: a plate in every page, as it stops there.
func (b *block[T]) fetch(p *Pen) (sum uint32) {
	const page, line = 4096, 16 // bytes, and numbers to a line of cache
	if l := b.made(p.tile.Z); l != nil {
		for i := 0; i < len(l.data); i += page {
			sum += uint32(l.data[i])
		}
	}
	for i := 0; i < len(b.ids.near); i += line {
		sum += b.ids.near[i]
	}
	return sum + uint32(b.kind[0]) + uint32(b.kinds[0].mark)
}

func (m *Mesh[T]) drawBlock(b *block[T], p *Pen, s *Sight[T], fn func(*Sight[T])) {
	plate, all := m.plate(b, p), b.box.within(p.reach)
	faces := plate.read(p)
	for i := range b.boxes {
		var shown bool
		if plate != nil {
			s.Path, shown = faces.next()
		}
		switch {
		case all && plate != nil:
		case !all && !b.boxes[i].Intersects(p.reach):
			shown = false
		case !all && !b.boxes[i].within(p.reach):
			s.Path, shown = m.part(b, i, plate, s.Path, p)
		case plate == nil:
			s.Path, shown = m.whole(b, i, p)
		}
		if shown {
			s.ID, s.Tag, s.I = b.ids.of(i), b.tag(i), i
			fn(s)
		}
	}
}

// trace draws the rings of a face, as the zoom shows them, into p.line: the
// outer ones with a positive area by the surveyor's formula, in units of the
// tile. Unless all of it lies inside, arcs wholly on one side of the tile are
// cut short, which changes nothing in it.
func (m *Mesh[T]) trace(p *Pen, refs []int32, inside bool) {
	p.line, p.ends, p.hole = p.line[:0], p.ends[:0], p.hole[:0]
	for from := 0; from < len(refs); {
		to := from
		for refs[to] != endOuter && refs[to] != endHole {
			to++
		}
		begin := len(p.line)
		for k := to - 1; k >= from; k-- {
			a := m.arc(refs[k])
			if !inside && p.beside(a.box()) {
				p.start(a, refs[k] > 0, begin)
			} else {
				p.stroke(a, refs[k] > 0, begin)
			}
		}
		if n := len(p.line); n-1 > begin && p.line[n-1] == p.line[begin] {
			p.line = p.line[:n-1]
		}
		p.ends = append(p.ends, int32(len(p.line)))
		p.hole = append(p.hole, refs[to] == endHole)
		from = to + 1
	}
}

// beside reports whether the box lies wholly on one side of the tile.
func (p *Pen) beside(b Box) bool { return !b.Intersects(p.reach) }

// start adds the first point of an arc, or the last when reversed: enough of
// one that lies beside the tile.
func (p *Pen) start(a strip, reversed bool, begin int) {
	q := p.pixel(a.first())
	if reversed {
		q = p.pixel(a.last())
	}
	if n := len(p.line); n == begin || p.line[n-1] != q {
		p.line = append(p.line, q)
	}
}

// stroke adds the points of an arc but for its last one, against its direction
// when reversed. What rounds to the same place as the point before is left
// out. This is where most of the time of tracing goes.
func (p *Pen) stroke(a strip, reversed bool, begin int) {
	between := a.between()
	from := len(p.line)
	p.line = slices.Grow(p.line, 2+len(between)/3) // three bytes are the shortest point
	out, n := p.line[:cap(p.line)], from
	at, z := a.first(), uint8(p.tile.Z)
	out[n] = p.pixel(at)
	n++
	for len(between) > 0 {
		size := int(between[0] & 7)
		level := between[0] >> 3
		x, y := step(between[1:], size)
		at.X, at.Y = at.X+x, at.Y+y
		between = between[1+2*size:]
		if level > z {
			continue
		}
		if q := p.pixel(at); q != out[n-1] {
			out[n] = q
			n++
		}
	}
	if reversed {
		if q := p.pixel(a.last()); q != out[n-1] {
			out[n] = q
			n++
		}
		slices.Reverse(out[from:n])
		n-- // of several points in one place one has been left, and that is the next arc's
	}
	if n > from && from > begin && out[from] == out[from-1] {
		n = from + copy(out[from:], out[from+1:n])
	}
	p.line = out[:n]
}

// pixel returns where a point lies in the tile. A unit spans two units of the
// plane or more at every zoom there is, so halving first loses nothing.
func (p *Pen) pixel(q Point) mvt.Point {
	s := p.shift - 1
	return mvt.Point{X: int32((q.X>>s+1)>>1) - p.ox, Y: int32((q.Y>>s+1)>>1) - p.oy}
}
