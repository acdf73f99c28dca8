// Package pmtiles writes and reads archives of map tiles in one file, PMTiles
// version 3: what a browser can read by ranges from any file server, without
// a tile service behind it.
//
// The format is that of the public specification
// (github.com/protomaps/PMTiles/blob/main/spec/v3/spec.md).
package pmtiles

import (
	"encoding/binary"
	"errors"
	"fmt"

	"gridmap/geo/topo"
)

// MaxZoom is the deepest zoom whose addresses are numbered here; the format
// itself allows 26.
const MaxZoom = 26

// The sizes that the format fixes: a header of 127 bytes, and header and root
// directory together in the first 16 KiB, which a reader fetches at once.
const (
	headerBytes = 127
	firstBytes  = 16 << 10
	rootBytes   = firstBytes - headerBytes // 16,257
)

// How parts of an archive are compressed, as the header says it.
const (
	compressNone = 1
	compressGzip = 2
)

// A Type is what the tiles of an archive are, as the header says it.
type Type uint8

// The types that maps in browsers draw.
const (
	MVT  Type = 1 // Mapbox Vector Tiles
	PNG  Type = 2
	JPEG Type = 3
	WebP Type = 4
	AVIF Type = 5
)

// ErrFormat is returned for a file that is no archive, or a damaged one.
var ErrFormat = errors.New("no PMTiles archive of version 3")

// ErrEmpty is returned for an archive without a tile, which the format does
// not have.
var ErrEmpty = errors.New("an archive needs at least one tile")

// A Header is what an archive says of itself in its first bytes.
type Header struct {
	MinZoom, MaxZoom uint8
	Bounds           topo.Box // WGS 84
	Center           topo.Point
	CenterZoom       uint8
	Type             Type // 0 is written as MVT
	Zipped           bool // tiles are gzip
	Addressed        uint64
	Entries          uint64 // in the directories: a run of equal tiles is one
	Contents         uint64 // different ones

	root, meta, leaves, data section
	bare                     bool // directories and metadata are not compressed
}

// A section is a part of the file.
type section struct{ offset, length uint64 }

// encode returns the header as it stands in the file.
func (h *Header) encode() []byte {
	b := append(make([]byte, 0, headerBytes), "PMTiles\x03"...)
	for _, s := range [...]section{h.root, h.meta, h.leaves, h.data} {
		b = binary.LittleEndian.AppendUint64(b, s.offset)
		b = binary.LittleEndian.AppendUint64(b, s.length)
	}
	for _, n := range [...]uint64{h.Addressed, h.Entries, h.Contents} {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	tile := byte(compressNone)
	if h.Zipped {
		tile = compressGzip
	}
	b = append(b, 1 /* clustered */, compressGzip, tile, byte(max(h.Type, MVT)), h.MinZoom, h.MaxZoom)
	for _, p := range [...]topo.Point{h.Bounds.Min, h.Bounds.Max} {
		b = appendPoint(b, p)
	}
	return appendPoint(append(b, h.CenterZoom), h.Center)
}

// appendPoint writes a place; the format counts in the lattice's unit.
func appendPoint(b []byte, p topo.Point) []byte {
	b = binary.LittleEndian.AppendUint32(b, uint32(p.X))
	return binary.LittleEndian.AppendUint32(b, uint32(p.Y))
}

// decodeHeader reads a header and refuses what this package cannot read.
func decodeHeader(b []byte) (Header, error) {
	if len(b) < headerBytes || string(b[:7]) != "PMTiles" || b[7] != 3 {
		return Header{}, ErrFormat
	}
	n := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	p := func(at int) topo.Point {
		return topo.Point{X: int32(binary.LittleEndian.Uint32(b[at:])), Y: int32(binary.LittleEndian.Uint32(b[at+4:]))}
	}
	h := Header{
		root: section{n(8), n(16)}, meta: section{n(24), n(32)}, leaves: section{n(40), n(48)}, data: section{n(56), n(64)},
		Addressed: n(72), Entries: n(80), Contents: n(88), Type: Type(b[99]), Zipped: b[98] == compressGzip, bare: b[97] == compressNone,
		MinZoom: b[100], MaxZoom: b[101], Bounds: topo.Box{Min: p(102), Max: p(110)}, CenterZoom: b[118], Center: p(119),
	}
	switch {
	case b[97] != compressGzip && b[97] != compressNone:
		return Header{}, fmt.Errorf("%w: its directories are compressed as %d; gzip and none are read", ErrFormat, b[97])
	case b[98] != compressGzip && b[98] != compressNone:
		return Header{}, fmt.Errorf("%w: its tiles are compressed as %d; gzip and none are read", ErrFormat, b[98])
	case h.Type < MVT || h.Type > AVIF:
		return Header{}, fmt.Errorf("%w: its tiles are of type %d; vector tiles, PNG, JPEG, WebP and AVIF are read", ErrFormat, h.Type)
	case h.MinZoom > h.MaxZoom || h.MaxZoom > MaxZoom:
		return Header{}, fmt.Errorf("%w: its zooms are %d to %d", ErrFormat, h.MinZoom, h.MaxZoom)
	}
	return h, nil
}
