package mesh

import (
	"cmp"
	"iter"
	"slices"

	"gridmap/tiles/mvt"
)

// A Pen draws the faces of one tile after the other and keeps its memory for
// the next. It is for one user at a time.
type Pen struct {
	tile   Tile
	reach  Box
	shift  uint32
	ox, oy int64

	line []mvt.Point // rings, one after the other
	ends []int32     // where each ends
	hole []bool

	clip  clipper
	rings assembly
}

// set makes the pen draw into the tile.
func (p *Pen) set(t Tile) {
	p.tile, p.reach, p.shift = t, t.reach(), shift(t.Z)
	p.ox, p.oy = t.origin()
}

// A hit is a face whose box meets a tile.
type hit[T any] struct {
	id int64
	b  *block[T]
	i  int32
}

// hits returns the faces near the tile in order of ID.
func (m *Mesh[T]) hits(t Tile) []hit[T] {
	found := make([]hit[T], 0, 256)
	m.visit(t.reach(), func(b *block[T], i int) { found = append(found, hit[T]{b.ids[i], b, int32(i)}) })
	slices.SortFunc(found, func(a, b hit[T]) int { return cmp.Compare(a.id, b.id) })
	return found
}

// Near returns about how many faces the tile shows: those whose boxes meet it.
// It stops counting at most.
func (m *Mesh[T]) Near(t Tile, most int) int {
	reach, n := t.reach(), 0
	for _, k := range m.nodes {
		switch {
		case n >= most:
			return n
		case k.box.within(reach):
			n += k.count
		case k.box.Intersects(reach):
			for _, b := range k.blocks {
				if b.box.within(reach) {
					n += len(b.ids)
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
func (m *Mesh[T]) Each(t Tile, fn func(id int64, tag *T)) {
	for _, h := range m.hits(t) {
		fn(h.id, &h.b.tags[h.i])
	}
}

// Draw calls fn with every face that the tile shows, in order of ID, and with
// its rings: clockwise as one sees them the outer ones, each followed by its
// holes, all of three points or more. They are good until fn returns.
func (m *Mesh[T]) Draw(t Tile, p *Pen, fn func(id int64, tag *T, rings iter.Seq[[]mvt.Point])) {
	p.set(t)
	for _, h := range m.hits(t) {
		inside := h.b.boxes[h.i].within(p.reach)
		m.trace(p, h.b.list(int(h.i)), inside)
		if p.finish(inside) {
			fn(h.id, &h.b.tags[h.i], p.rings.each)
		}
	}
}

// finish turns what was traced into what the tile shows, and reports whether
// that is anything.
func (p *Pen) finish(inside bool) bool {
	p.rings.reset()
	if inside {
		from := int32(0)
		for i, to := range p.ends {
			p.rings.add(p.line[from:to], p.hole[i])
			from = to
		}
	} else {
		p.clip.face(p.line, p.ends, &p.rings)
	}
	return p.rings.settle()
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
			a, c := m.arc(refs[k])
			p.stroke(a, c, refs[k] > 0, begin, !inside && p.beside(a.box))
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

// stroke adds the points of an arc but for its last one, against its direction
// when reversed. What rounds to the same place as the point before is left out.
func (p *Pen) stroke(a *arc, c *columns, reversed bool, begin int, short bool) {
	points, levels := c.of(a), c.levels[a.from:int(a.from)+int(a.n)]
	at, end, step := 0, len(points)-1, 1
	if reversed {
		at, end, step = end, 0, -1
	}
	if short {
		points, levels = []Point{points[at]}, []uint8{0}
		at, end, step = 0, 1, 1
	}
	out, s, z := p.line, p.shift, uint8(p.tile.Z)
	half := uint64(1) << s >> 1
	for ; at != end; at += step {
		if levels[at] > z {
			continue
		}
		q := mvt.Point{X: int32(int64((uint64(points[at].X)+half)>>s) - p.ox), Y: int32(int64((uint64(points[at].Y)+half)>>s) - p.oy)}
		if n := len(out); n > begin && out[n-1] == q {
			continue
		}
		out = append(out, q)
	}
	p.line = out
}
