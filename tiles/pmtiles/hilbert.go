package pmtiles

import "iter"

// ID returns the number of a tile: all tiles of a zoom follow on those of the
// zoom above, in the order of Hilbert's curve. It is right up to [MaxZoom] for
// x and y that the zoom has.
func ID(z, x, y uint32) uint64 {
	id := firstOf(z)
	for s := uint32(1) << z >> 1; s > 0; s >>= 1 {
		rx, ry := x&s, y&s
		switch {
		case rx == 0 && ry != 0:
			id += uint64(s) * uint64(s)
		case rx != 0 && ry != 0:
			id += 2 * uint64(s) * uint64(s)
		case rx != 0:
			id += 3 * uint64(s) * uint64(s)
		}
		x, y = turn(s, x&(s-1), y&(s-1), rx != 0, ry != 0)
	}
	return id
}

// Place returns the tile with the number; it is the inverse of [ID].
func Place(id uint64) (z, x, y uint32) {
	for z < MaxZoom && id >= firstOf(z+1) {
		z++
	}
	x, y = place(z, id-firstOf(z))
	return z, x, y
}

// place returns the tile at a position of the zoom's curve.
func place(z uint32, at uint64) (x, y uint32) {
	for s := uint32(1); s < 1<<z; s <<= 1 {
		rx := at&2 != 0
		ry := (at&1 != 0) != rx
		x, y = turn(s, x, y, rx, ry)
		if rx {
			x += s
		}
		if ry {
			y += s
		}
		at >>= 2
	}
	return x, y
}

// turn turns a square of side s as the quarter of the curve in it asks.
func turn(s, x, y uint32, rx, ry bool) (uint32, uint32) {
	if ry {
		return x, y
	}
	if rx {
		x, y = s-1-x, s-1-y
	}
	return y, x
}

// firstOf returns the number of a zoom's first tile.
func firstOf(z uint32) uint64 { return (uint64(1)<<(2*z) - 1) / 3 }

// A Range is a rectangle of tiles of one zoom, all ends included.
type Range struct{ Z, MinX, MinY, MaxX, MaxY uint32 }

// All yields the numbers of the tiles in the range, ascending.
func (r Range) All() iter.Seq[uint64] {
	return func(yield func(uint64) bool) { r.visit(0, 0, yield) }
}

// visit yields the tiles of the range under the tile of zoom z at a position
// of that zoom's curve: the curve of the next zoom runs through its quarters.
func (r Range) visit(z uint32, at uint64, yield func(uint64) bool) bool {
	x, y := place(z, at)
	deeper := r.Z - z
	if x<<deeper > r.MaxX || (x+1)<<deeper <= r.MinX || y<<deeper > r.MaxY || (y+1)<<deeper <= r.MinY {
		return true
	}
	if deeper == 0 {
		return yield(firstOf(z) + at)
	}
	for k := range uint64(4) {
		if !r.visit(z+1, 4*at+k, yield) {
			return false
		}
	}
	return true
}
