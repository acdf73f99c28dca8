package mvt

import (
	"encoding/binary"
	"slices"
)

// A Path is the geometry of a feature, encoded. Only where it begins depends
// on the tile: what follows is the same in every tile of a zoom.
type Path struct {
	Start Point
	Rest  []byte // from [AppendRing]
}

// AppendRing appends a ring of three points or more, the first not repeated,
// to the rest of a path. Before is nil for the first ring, where the path
// starts, and then the ring that was appended last. The rings of a polygon
// follow each other, the outer one first; an outer ring has a positive area by
// the surveyor's formula, clockwise as one sees it, and a hole a negative one.
func AppendRing(rest []byte, before, ring []Point) []byte {
	if len(before) > 0 {
		from, to := before[len(before)-1], ring[0]
		rest = append(rest, 1<<3|moveTo)
		rest = appendUint32(appendUint32(rest, zigzag(to.X-from.X)), zigzag(to.Y-from.Y))
	}
	return append(appendRest(rest, ring), 1<<3|closePath)
}

// AppendRings appends the points of the rings of a path to points, and to ends
// where each ring ends among them.
func (p Path) AppendRings(points []Point, ends []int32) ([]Point, []int32) {
	at, x, y := 0, p.Start.X, p.Start.Y
	next := func() int32 {
		v := uint32(p.Rest[at])
		at++
		if v >= 1<<7 {
			v &= 1<<7 - 1
			for s := 7; ; s += 7 {
				b := uint32(p.Rest[at])
				at++
				v |= b & (1<<7 - 1) << s
				if b < 1<<7 {
					break
				}
			}
		}
		return int32(v>>1) ^ -int32(v&1)
	}
	for at < len(p.Rest) {
		if p.Rest[at] == 1<<3|moveTo {
			at++
			x += next()
			y += next()
		}
		n, size := binary.Uvarint(p.Rest[at:])
		at += size
		points = append(points, Point{x, y})
		for range n >> 3 {
			x += next()
			y += next()
			points = append(points, Point{x, y})
		}
		at++ // it is closed
		ends = append(ends, int32(len(points)))
	}
	return points, ends
}

// appendRest appends a line behind its first point.
func appendRest(geom []byte, points []Point) []byte {
	geom = appendUint32(geom, uint32(len(points)-1)<<3|lineTo)
	// Room for the longest numbers, so that nothing is asked on the way: this
	// is where the time of drawing goes.
	geom = slices.Grow(geom, 2*binary.MaxVarintLen32*len(points))
	out, at := geom[:cap(geom)], len(geom)
	x, y := points[0].X, points[0].Y
	for _, p := range points[1:] {
		dx, dy := p.X-x, p.Y-y
		x, y = p.X, p.Y
		for _, v := range [2]uint32{zigzag(dx), zigzag(dy)} {
			for ; v >= 1<<7; v >>= 7 {
				out[at] = byte(v) | 0x80
				at++
			}
			out[at] = byte(v)
			at++
		}
	}
	return out[:at]
}

func zigzag(n int32) uint32 { return uint32(n<<1) ^ uint32(n>>31) }
