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
	x, y int32 // the corner of the block's box, in units of the zoom
	// data has for each face in turn the length of its path, and unless that is 0,
	// when it is not shown, the step to where it begins from where the one before
	// does, at first from the corner, and the rest of the path.
	data []byte
}

// plated is how many zooms have plates: those at which a block is up to two tiles
// wide, so that tiles hold many of its faces whole, and up to where tiles would
// hold too many.
const plated = 5

// fitting returns the deepest zoom at which a box is no wider than a tile; it may
// be negative.
func fitting(b Box) int {
	return min(MaxZoom, worldBits-bits.Len32(max(b.Max.X-b.Min.X, b.Max.Y-b.Min.Y)))
}

// plateZoom returns the deepest zoom at which a block with the box has a plate.
func plateZoom(b Box) int { return min(MaxZoom, fitting(b)+1) }

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
	if known.data == nil {
		return nil
	}
	return known
}

// made returns the plate of a block for a zoom, nil when it is not there yet.
func (b *block[T]) made(zoom uint32) *plate {
	if k := plateZoom(b.box) - int(zoom); k >= 0 && k < plated {
		return b.plates[k].Load()
	}
	return nil
}

// worthPlating is how many bytes the path of a face may take on the average: of
// larger faces a tile holds few.
const worthPlating = 80

// newPlate draws the faces of a block. If they are not worth it, it comes out
// empty: such faces are drawn every time.
func (m *Mesh[T]) newPlate(b *block[T], p *Pen) *plate {
	x, y := b.box.Min.pixel(p.shift)
	out := &plate{x: int32(x), y: int32(y)}
	var all []byte
	last := mvt.Point{X: out.x - p.ox, Y: out.y - p.oy}
	for i := range b.boxes {
		path, shown := m.whole(b, i, p)
		if !shown {
			all = append(all, 0)
			continue
		}
		all = binary.AppendUvarint(all, uint64(len(path.Rest)))
		all = binary.AppendVarint(all, int64(path.Start.X-last.X))
		all = binary.AppendVarint(all, int64(path.Start.Y-last.Y))
		all, last = append(all, path.Rest...), path.Start
	}
	if len(all) > worthPlating*b.len() {
		return &plate{}
	}
	out.data = exact(all)
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

// A reading reads the faces of a plate, one after the other.
type reading struct {
	data []byte
	last mvt.Point // where the face before begins, or the corner, in the tile
}

// read begins to read a plate, which may be nil, for the pen's tile.
func (l *plate) read(p *Pen) reading {
	if l == nil {
		return reading{}
	}
	return reading{l.data, mvt.Point{X: l.x - p.ox, Y: l.y - p.oy}}
}

// next returns the geometry of the next face of the block.
func (r *reading) next() (path mvt.Path, shown bool) {
	data := r.data
	n, size := int(data[0]), 1
	if n >= 1<<7 {
		long, k := binary.Uvarint(data)
		n, size = int(long), k
	}
	if data = data[size:]; n == 0 {
		r.data = data
		return mvt.Path{}, false
	}
	x, size := varint(data)
	y, more := varint(data[size:])
	size += more
	r.last.X, r.last.Y = r.last.X+x, r.last.Y+y
	path.Start, path.Rest = r.last, data[size:size+n]
	r.data = data[size+n:]
	return path, true
}

// varint reads a number that is mostly short.
func varint(data []byte) (v int32, size int) {
	n, size := uint32(data[0]), 1
	if n >= 1<<7 {
		if n, size = n&(1<<7-1)|uint32(data[1])<<7, 2; n >= 1<<14 {
			long, k := binary.Uvarint(data)
			n, size = uint32(long), k
		}
	}
	return int32(n>>1) ^ -int32(n&1), size
}

// whole returns the geometry of a face all of which is drawn. It is good until
// the pen draws another tile.
func (m *Mesh[T]) whole(b *block[T], i int, p *Pen) (path mvt.Path, shown bool) {
	p.refs = b.lists.of(i, p.refs[:0])
	m.trace(p, p.refs, true)
	p.rings.reset()
	from := int32(0)
	for k, to := range p.ends {
		p.rings.add(p.line[from:to], p.hole[k])
		from = to
	}
	return p.path()
}

// small is by how many zooms a face is narrower than a tile when it counts as
// small: a block of such faces mostly has a plate.
const small = 3

// outline puts the rings of a face that lies partly in the tile into p.line.
// Of a small face they are those of the whole face, which a plate has: path is
// from there when there is one. They are read rather than traced, as that is less
// work.
func (m *Mesh[T]) outline(b *block[T], i int, l *plate, path mvt.Path, p *Pen) {
	if fitting(b.boxes[i]) < int(p.tile.Z)+small {
		p.refs = b.lists.of(i, p.refs[:0])
		m.trace(p, p.refs, false)
		return
	}
	if l == nil {
		path, _ = m.whole(b, i, p)
	}
	p.line, p.ends = path.AppendRings(p.line[:0], p.ends[:0])
}

// part returns the geometry of what the tile shows of a face.
func (m *Mesh[T]) part(b *block[T], i int, l *plate, path mvt.Path, p *Pen) (mvt.Path, bool) {
	m.outline(b, i, l, path, p)
	p.rings.reset()
	corner := p.pixel(b.boxes[i].Min)
	p.clip.face(p.line, p.ends, corner.X < low && corner.Y < low, &p.rings)
	return p.path()
}

// path encodes the rings that the pen has put together.
func (p *Pen) path() (path mvt.Path, shown bool) {
	if !p.rings.settle() {
		return mvt.Path{}, false
	}
	from := len(p.rest)
	var before []mvt.Point
	for _, i := range p.rings.order {
		ring := p.rings.of(i)
		p.rest = mvt.AppendRing(p.rest, before, ring)
		before = ring
	}
	return mvt.Path{Start: p.rings.of(p.rings.order[0])[0], Rest: p.rest[from:]}, true
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
