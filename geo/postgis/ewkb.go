package postgis

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"gridmap/geo/topo"
)

// EWKB as PostGIS sends and takes it: little-endian, SRID in the outermost
// geometry only.
const (
	srid           = 4326
	wkbPoint       = 1
	wkbPolygon     = 3
	wkbMulti       = 6
	ewkbSRID       = 0x2000_0000
	ewkbHeader     = 1 + 4 + 4 // byte order, type, SRID
	wkbLittle      = 1
	bytesPerVertex = 16
)

var errGeometry = errors.New("not the geometry this column holds")

// A geometry is EWKB on its way into a column; nil is null.
type geometry []byte

// pointEWKB encodes p.
func pointEWKB(p topo.Point) geometry {
	b := make([]byte, 0, ewkbHeader+bytesPerVertex)
	b = appendHeader(b, wkbPoint|ewkbSRID)
	b = binary.LittleEndian.AppendUint32(b, srid)
	return appendVertex(b, p)
}

// shapeEWKB encodes s as a MultiPolygon, nil if it is not drawn, with the hash
// that constraint grid_boundary_hash_matches asks for: SHA-256 of the same
// bytes without the SRID.
func shapeEWKB(s topo.Shape) (g geometry, hash []byte) {
	if s == nil {
		return nil, nil
	}
	b := appendHeader(make([]byte, 0, ewkbSize(s)), wkbMulti|ewkbSRID)
	b = binary.LittleEndian.AppendUint32(b, srid)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s)))
	for _, polygon := range s {
		b = appendHeader(b, wkbPolygon)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(polygon)))
		for _, ring := range polygon {
			b = appendRing(b, ring)
		}
	}
	sum := sha256.New()
	sum.Write(appendHeader(nil, wkbMulti))
	sum.Write(b[ewkbHeader:])
	return b, sum.Sum(nil)
}

func ewkbSize(s topo.Shape) int {
	size := ewkbHeader + 4
	for _, polygon := range s {
		size += 1 + 4 + 4
		for _, ring := range polygon {
			size += 4 + (len(ring)+1)*bytesPerVertex
		}
	}
	return size
}

func appendHeader(b []byte, kind uint32) []byte {
	return binary.LittleEndian.AppendUint32(append(b, wkbLittle), kind)
}

// appendRing writes the ring closed.
func appendRing(b []byte, ring topo.Ring) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(len(ring)+1))
	for _, p := range ring {
		b = appendVertex(b, p)
	}
	return appendVertex(b, ring[0])
}

func appendVertex(b []byte, p topo.Point) []byte {
	lon, lat := p.LonLat()
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(lon))
	return binary.LittleEndian.AppendUint64(b, math.Float64bits(lat))
}

// decodePoint reads a point back onto the lattice.
func decodePoint(b []byte) (topo.Point, error) {
	r := wkbReader{b: b}
	r.header(wkbPoint | ewkbSRID)
	r.uint32() // SRID
	p := r.vertex()
	return p, r.end()
}

// decodeShape reads a MultiPolygon back onto the lattice.
func decodeShape(b []byte) (topo.Shape, error) {
	r := wkbReader{b: b}
	r.header(wkbMulti | ewkbSRID)
	r.uint32() // SRID
	shape := make(topo.Shape, 0, r.count(1+4+4))
	for range cap(shape) {
		r.header(wkbPolygon)
		polygon := make(topo.Polygon, 0, r.count(4))
		for range cap(polygon) {
			polygon = append(polygon, r.ring())
		}
		shape = append(shape, polygon)
	}
	return shape, r.end()
}

// A wkbReader takes bytes off the front; after the first error it only returns
// zeros.
type wkbReader struct {
	b   []byte
	err error
}

func (r *wkbReader) take(n int) []byte {
	if r.err != nil || len(r.b) < n {
		if r.err == nil {
			r.err = fmt.Errorf("%w: cut short", errGeometry)
		}
		return make([]byte, n)
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *wkbReader) uint32() uint32 { return binary.LittleEndian.Uint32(r.take(4)) }

// count reads a number of parts of at least size bytes each, no more than the
// bytes left can hold.
func (r *wkbReader) count(size int) int {
	n := int(r.uint32())
	if n > len(r.b)/size {
		r.err = errors.Join(r.err, fmt.Errorf("%w: %d parts in %d bytes", errGeometry, n, len(r.b)))
		return 0
	}
	return n
}

func (r *wkbReader) header(want uint32) {
	order := r.take(1)[0]
	if kind := r.uint32(); r.err == nil && (order != wkbLittle || kind != want) {
		r.err = fmt.Errorf("%w: type %#x, want %#x", errGeometry, kind, want)
	}
}

func (r *wkbReader) vertex() topo.Point {
	b := r.take(bytesPerVertex)
	lon := math.Float64frombits(binary.LittleEndian.Uint64(b))
	lat := math.Float64frombits(binary.LittleEndian.Uint64(b[8:]))
	p, err := topo.Snap(lon, lat)
	if err != nil && r.err == nil {
		r.err = err
	}
	return p
}

// ring reads a closed ring and drops the repeated point.
func (r *wkbReader) ring() topo.Ring {
	n := r.count(bytesPerVertex)
	ring := make(topo.Ring, n)
	for i := range ring {
		ring[i] = r.vertex()
	}
	return ring[:max(0, n-1)]
}

func (r *wkbReader) end() error {
	if r.err == nil && len(r.b) > 0 {
		r.err = fmt.Errorf("%w: %d bytes too many", errGeometry, len(r.b))
	}
	return r.err
}
