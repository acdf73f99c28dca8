package mesh

import (
	"encoding/binary"
	"math/bits"

	"gridmap/tiles/mvt"
)

// A plate is a block as one zoom shows it, encoded. Apart from where it begins,
// the geometry of a face that lies wholly in a tile is the same in every tile
// of the zoom: it is printed from the plate. Whether there is a plate changes
// nothing in what is drawn.
type plate struct {
	x, y   int32 // the corner of the block's box, in units of the zoom
	starts []offset
	ends   []uint16 // of each face's part of rest, which is empty when it is not shown
	rest   []byte
}

// offset is where a face begins, from the corner of its block.
type offset struct{ x, y uint16 }

// plated is how many zooms have plates: those at which a block is up to a tile
// wide, so that tiles hold many of its faces whole, and up to where tiles would
// hold too many.
const plated = 4

// plateZoom returns the deepest zoom at which a box is no wider than a tile; it
// may be negative.
func plateZoom(b Box) int {
	return min(MaxZoom, worldBits-bits.Len32(max(b.Max.X-b.Min.X, b.Max.Y-b.Min.Y)))
}

// plate returns the plate of a block for the pen's zoom, made when it is not
// there yet; nil when the zoom has none.
func (m *Mesh[T]) plate(b *block[T], p *Pen) *plate {
	k := plateZoom(b.box) - int(p.tile.Z)
	if k < 0 || k >= plated {
		return nil
	}
	known := b.plates[k].Load()
	if known == nil {
		known = m.newPlate(b, p)
		b.plates[k].Store(known)
	}
	if len(known.starts) == 0 {
		return nil
	}
	return known
}

// newPlate draws the faces of a block. With more than 64 KB of geometry it
// comes out empty: such faces are drawn every time.
func (m *Mesh[T]) newPlate(b *block[T], p *Pen) *plate {
	x, y := b.box.Min.pixel(p.shift)
	out := &plate{x: int32(x), y: int32(y), starts: make([]offset, len(b.ids)), ends: make([]uint16, len(b.ids))}
	var all []byte
	for i := range b.ids {
		if path, shown := m.whole(b, i, p); shown {
			out.starts[i] = offset{uint16(path.Start.X + p.ox - out.x), uint16(path.Start.Y + p.oy - out.y)}
			all = append(all, path.Rest...)
		}
		if len(all) > 1<<16-1 {
			return &plate{}
		}
		out.ends[i] = uint16(len(all))
	}
	out.rest = exact(all)
	return out
}

// prepare makes all plates.
func (m *Mesh[T]) prepare() {
	for _, n := range m.nodes {
		each(len(n.blocks), 1, func(from, to int) {
			var p Pen
			for _, b := range n.blocks[from:to] {
				for k := range min(plated, plateZoom(b.box)+1) {
					p.set(Tile{Z: uint32(plateZoom(b.box) - k)})
					m.plate(b, &p)
				}
			}
		})
	}
}

// face returns the geometry of face i of a block.
func (l *plate) face(i int, p *Pen) (path mvt.Path, shown bool) {
	from := 0
	if i > 0 {
		from = int(l.ends[i-1])
	}
	at := l.starts[i]
	path.Start = mvt.Point{X: l.x + int32(at.x) - p.ox, Y: l.y + int32(at.y) - p.oy}
	path.Rest = l.rest[from:l.ends[i]]
	return path, len(path.Rest) > 0
}

// whole returns the geometry of a face all of which is drawn. It is good until
// the pen is used again.
func (m *Mesh[T]) whole(b *block[T], i int, p *Pen) (path mvt.Path, shown bool) {
	m.trace(p, b.list(i), true)
	p.rings.reset()
	from := int32(0)
	for k, to := range p.ends {
		p.rings.add(p.line[from:to], p.hole[k])
		from = to
	}
	return p.path()
}

// outline puts the rings of a face that lies partly in the tile into p.line.
// Of a face no wider than a tile they are those of the whole face, which a plate
// has; they are read from there rather than traced, as that is less work.
func (m *Mesh[T]) outline(b *block[T], i int, l *plate, p *Pen) {
	if plateZoom(b.boxes[i]) < int(p.tile.Z) {
		m.trace(p, b.list(i), false)
		return
	}
	var path mvt.Path
	if l != nil {
		path, _ = l.face(i, p)
	} else {
		path, _ = m.whole(b, i, p)
	}
	p.line, p.ends = path.AppendRings(p.line[:0], p.ends[:0])
}

// part returns the geometry of what the tile shows of a face.
func (m *Mesh[T]) part(b *block[T], i int, l *plate, p *Pen) (path mvt.Path, shown bool) {
	m.outline(b, i, l, p)
	p.rings.reset()
	p.clip.face(p.line, p.ends, &p.rings)
	return p.path()
}

// path encodes the rings that the pen has put together.
func (p *Pen) path() (path mvt.Path, shown bool) {
	if !p.rings.settle() {
		return mvt.Path{}, false
	}
	p.rest = p.rest[:0]
	var before []mvt.Point
	for _, i := range p.rings.order {
		ring := p.rings.of(i)
		p.rest = mvt.AppendRing(p.rest, before, ring)
		before = ring
	}
	return mvt.Path{Start: p.rings.of(p.rings.order[0])[0], Rest: p.rest}, true
}

// sumOf returns a number that says what a path is and where it begins in the
// plane.
func (p *Pen) sumOf(path mvt.Path) uint64 {
	sum, rest := p.absolute(path.Start), path.Rest
	for ; len(rest) >= 8; rest = rest[8:] {
		sum = Mix(sum, binary.LittleEndian.Uint64(rest))
	}
	var last [8]byte
	copy(last[:], rest)
	return Mix(sum^uint64(len(path.Rest)), binary.LittleEndian.Uint64(last[:]))
}
