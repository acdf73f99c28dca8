// Package mesh holds the polygons of one tier as arcs that neighbours share,
// and draws them into tiles. A border is stored once and simplified once for
// each zoom, so what two neighbours show of it is the same line. A mesh never
// changes: [Mesh.Update] makes another that shares what stayed.
//
// What a mesh draws depends on its faces alone, not on how it came about: one
// that followed a thousand edits draws the same bytes, and has the same sums,
// as one built from the last state.
package mesh

import (
	"gridmap/geo/topo"
	"gridmap/tiles/mvt"
)

// MaxZoom is the zoom at which every vertex is drawn.
const MaxZoom = 16

// worldBits is the fineness of the plane: the world is 2^32 units wide, about
// 9 mm at the equator, finer than the lattice of topo, so that different
// lattice points stay different.
const worldBits = 32

// tileBits is the fineness of a tile.
const tileBits = 12

// buffer is how many units beyond its edge a tile shows.
const buffer = 64

// A Point is a place in Web Mercator: 2^32 units around the world, x east of
// the antimeridian and y south of the northern edge.
type Point struct{ X, Y uint32 }

// A Box is a closed rectangle. The empty one has Max below Min.
type Box struct{ Min, Max Point }

var noBox = Box{Min: Point{1<<32 - 1, 1<<32 - 1}}

// Intersects reports whether the boxes share a point.
func (b Box) Intersects(o Box) bool {
	return b.Min.X <= o.Max.X && o.Min.X <= b.Max.X && b.Min.Y <= o.Max.Y && o.Min.Y <= b.Max.Y
}

func (b Box) join(o Box) Box {
	return Box{Point{min(b.Min.X, o.Min.X), min(b.Min.Y, o.Min.Y)}, Point{max(b.Max.X, o.Max.X), max(b.Max.Y, o.Max.Y)}}
}

func (b Box) within(o Box) bool {
	return b.Min.X >= o.Min.X && b.Max.X <= o.Max.X && b.Min.Y >= o.Min.Y && b.Max.Y <= o.Max.Y
}

func boundOf(points []Point) Box {
	b := noBox
	for _, p := range points {
		b = b.join(Box{p, p})
	}
	return b
}

// A Face is one polygon of a mesh, with what its user keeps of it. Tags that
// neighbours have in common are kept once.
type Face[T comparable] struct {
	ID    int64 // not 0, once in a mesh
	Shape topo.Shape
	Tag   T
	Text  string // values that are drawn with it; see [mvt.Texts]
	Mark  uint64 // says what Tag says: equal for equal ones
}

// A Sight is a face as a tile shows it.
type Sight[T comparable] struct {
	ID  int64
	Tag *T
	// Texts are those of faces that lie near each other, I the number of this one.
	Texts *mvt.Texts
	I     int
	Path  mvt.Path // good until the pen is used again
}

// Text returns the text of the face.
func (s *Sight[T]) Text() string { return s.Texts.Of(s.I) }

// A Tile is a tile of the Web Mercator pyramid; Z is at most [MaxZoom].
type Tile struct{ Z, X, Y uint32 }

// shift is how many bits of the plane a unit of the zoom spans.
func shift(z uint32) uint32 { return worldBits - tileBits - z }

// pixel returns p in units of the zoom, rounded.
func (p Point) pixel(s uint32) (x, y int64) {
	half := uint64(1) << s >> 1
	return int64((uint64(p.X) + half) >> s), int64((uint64(p.Y) + half) >> s)
}

// reach returns what of the plane rounds into the tile and its buffer.
func (t Tile) reach() Box {
	s := shift(t.Z)
	half := int64(1) << s >> 1
	from := func(n uint32) uint32 { return uint32(max(0, (int64(n)<<tileBits-buffer)<<s-half)) }
	to := func(n uint32) uint32 {
		return uint32(min(1<<worldBits-1, (int64(n+1)<<tileBits+buffer+1)<<s-half-1))
	}
	return Box{Point{from(t.X), from(t.Y)}, Point{to(t.X), to(t.Y)}}
}

// origin returns the corner of the tile in units of its zoom.
func (t Tile) origin() (x, y int64) { return int64(t.X) << tileBits, int64(t.Y) << tileBits }

// At returns where p lies in the tile.
func (t Tile) At(p Point) mvt.Point {
	x, y := p.pixel(shift(t.Z))
	ox, oy := t.origin()
	return mvt.Point{X: int32(x - ox), Y: int32(y - oy)}
}

// Holds reports whether p lies in the tile proper, its western and northern
// edge included: of the tiles of a zoom exactly one holds a point.
func (t Tile) Holds(p Point) bool {
	s := worldBits - t.Z
	return uint64(p.X)>>s == uint64(t.X) && uint64(p.Y)>>s == uint64(t.Y)
}

// Shows reports whether p lies in the tile or its buffer.
func (t Tile) Shows(p Point) bool { return t.reach().Intersects(Box{p, p}) }
