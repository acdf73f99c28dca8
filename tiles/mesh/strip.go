package mesh

import (
	"encoding/binary"
	"math/bits"
)

// strips hold arcs, packed: each point as its distance from the one before.
// Arcs may be appended, which those who hold fewer of them do not see.
type strips struct {
	data   []byte
	starts []uint32 // where each arc begins in data
}

// A strip is an arc, packed:
//
//	0  its first point
//	8  the size of the step from there to the last point, 1 to 4 bytes a
//	   coordinate, and 8 times the exponent of the extents
//	9  the size of an ID, up to 8 bytes
//	10 the step to the last point
//	…  how far it extends from the first point to least and largest x and y, in
//	   units of 2^exponent, rounded up
//	…  the IDs of the faces ahead and opposite
//	…  the points between: size of the step and 8 times the level, and the step
//
// Numbers are little-endian, steps are modulo 2^32.
type strip []byte

const stripHead = 10

func (s *strips) len() int { return len(s.starts) }

func (s *strips) of(i int) strip {
	if i+1 < len(s.starts) {
		return s.data[s.starts[i]:s.starts[i+1]]
	}
	return s.data[s.starts[i]:]
}

// pack returns the arcs of columns as strips.
func (c *columns) pack() strips {
	const stretch = 1 << 13
	pieces := make([]strips, (len(c.arcs)+stretch-1)/stretch)
	each(len(c.arcs), stretch, func(from, to int) {
		s := &pieces[from/stretch]
		for i := from; i < to; i++ {
			a := &c.arcs[i]
			s.add(a, c.of(a), c.levels[a.from:][:a.n])
		}
	})
	size := 0
	for i := range pieces {
		size += len(pieces[i].data)
	}
	s := strips{make([]byte, 0, size), make([]uint32, 0, len(c.arcs))}
	for i := range pieces {
		s.append(&pieces[i])
	}
	return s
}

// append adds the arcs of more.
func (s *strips) append(more *strips) {
	from := uint32(len(s.data))
	s.data = append(s.data, more.data...)
	for _, start := range more.starts {
		s.starts = append(s.starts, from+start)
	}
}

// add appends an arc with its points and their levels, of which the first and
// the last are 0.
func (s *strips) add(a *arc, points []Point, levels []uint8) {
	first, last := points[0], points[len(points)-1]
	box := boundOf(points)
	extents := [4]uint32{first.X - box.Min.X, box.Max.X - first.X, first.Y - box.Min.Y, box.Max.Y - first.Y}
	exponent := max(0, bits.Len32(max(extents[0], extents[1], extents[2], extents[3]))-7)
	id := max(1, (bits.Len64(uint64(a.ahead)|uint64(a.opposite))+7)/8)
	size := sizeOfStep(first, last)
	s.starts = append(s.starts, uint32(len(s.data)))
	d := binary.LittleEndian.AppendUint32(s.data, first.X)
	d = binary.LittleEndian.AppendUint32(d, first.Y)
	d = append(d, byte(size|exponent<<3), byte(id))
	d = appendStep(d, first, last, size)
	for _, e := range extents {
		d = append(d, byte((uint64(e)+1<<exponent-1)>>exponent))
	}
	for _, face := range [2]int64{a.ahead, a.opposite} {
		for k := range id {
			d = append(d, byte(uint64(face)>>(8*k)))
		}
	}
	for i := 1; i < len(points)-1; i++ {
		size := sizeOfStep(points[i-1], points[i])
		d = append(d, byte(size|int(levels[i])<<3))
		d = appendStep(d, points[i-1], points[i], size)
	}
	s.data = d
}

// sizeOfStep returns how many bytes a coordinate of the step takes, 1 to 4.
func sizeOfStep(a, b Point) int {
	x, y := int32(b.X-a.X), int32(b.Y-a.Y)
	return bits.Len32(uint32((x^x>>31)|(y^y>>31)))/8 + 1
}

func appendStep(d []byte, a, b Point, size int) []byte {
	for _, v := range [2]uint32{b.X - a.X, b.Y - a.Y} {
		for k := range size {
			d = append(d, byte(v>>(8*k)))
		}
	}
	return d
}

// step returns the step of a size at the beginning of d.
func step(d []byte, size int) (x, y uint32) {
	switch size {
	case 1:
		return uint32(int8(d[0])), uint32(int8(d[1]))
	case 2:
		v := binary.LittleEndian.Uint32(d)
		return uint32(int16(v)), uint32(int32(v) >> 16)
	case 3:
		v := uint64(binary.LittleEndian.Uint32(d)) | uint64(binary.LittleEndian.Uint16(d[4:]))<<32
		return uint32(int32(v<<8) >> 8), uint32(int64(v<<16) >> 40)
	}
	return binary.LittleEndian.Uint32(d), binary.LittleEndian.Uint32(d[4:])
}

func (s strip) first() Point {
	return Point{binary.LittleEndian.Uint32(s), binary.LittleEndian.Uint32(s[4:])}
}

func (s strip) last() Point {
	p := s.first()
	x, y := step(s[stripHead:], int(s[8]&7))
	return Point{p.X + x, p.Y + y}
}

// box returns a box that holds the arc, a little wider at most.
func (s strip) box() Box {
	p, exponent := s.first(), s[8]>>3
	e := s[stripHead+2*int(s[8]&7):]
	less := func(v uint32, by byte) uint32 { return uint32(max(0, int64(v)-int64(by)<<exponent)) }
	more := func(v uint32, by byte) uint32 { return uint32(min(1<<worldBits-1, int64(v)+int64(by)<<exponent)) }
	return Box{Point{less(p.X, e[0]), less(p.Y, e[2])}, Point{more(p.X, e[1]), more(p.Y, e[3])}}
}

// sides returns the IDs of the faces that run along the arc in its direction
// and the other way, 0 for none.
func (s strip) sides() (ahead, opposite int64) {
	d := s[stripHead+2*int(s[8]&7)+4:]
	n := int(s[9])
	for k := range n {
		ahead |= int64(d[k]) << (8 * k)
		opposite |= int64(d[n+k]) << (8 * k)
	}
	return ahead, opposite
}

// between returns the points between the first and the last, packed.
func (s strip) between() []byte { return s[stripHead+2*int(s[8]&7)+4+2*int(s[9]):] }

// unpack appends the points and their levels.
func (s strip) unpack(points []Point, levels []uint8) ([]Point, []uint8) {
	p := s.first()
	points, levels = append(points, p), append(levels, 0)
	for d := s.between(); len(d) > 0; {
		size := int(d[0] & 7)
		x, y := step(d[1:], size)
		p = Point{p.X + x, p.Y + y}
		points, levels = append(points, p), append(levels, d[0]>>3)
		d = d[1+2*size:]
	}
	return append(points, s.last()), append(levels, 0)
}

// points returns the points.
func (s strip) points() []Point {
	points, _ := s.unpack(nil, nil)
	return points
}
