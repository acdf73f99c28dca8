package postgis

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"math"
	"testing"

	"github.com/twpayne/go-geom"
	"github.com/twpayne/go-geom/encoding/ewkb"
	"github.com/twpayne/go-geom/encoding/wkb"
	"pgregory.net/rapid"

	"gridmap/geo/topo"
)

func latticePoint(t *rapid.T) topo.Point {
	return topo.Point{
		X: rapid.Int32Range(-1_800_000_000, 1_800_000_000).Draw(t, "x"),
		Y: rapid.Int32Range(-900_000_000, 900_000_000).Draw(t, "y"),
	}
}

// latticeShape draws rings of any form: the codec does not care for topology.
func latticeShape(t *rapid.T) topo.Shape {
	ring := rapid.Custom(func(t *rapid.T) topo.Ring {
		return rapid.SliceOfN(rapid.Custom(latticePoint), 3, 20).Draw(t, "ring")
	})
	polygon := rapid.Custom(func(t *rapid.T) topo.Polygon {
		return rapid.SliceOfN(ring, 1, 3).Draw(t, "polygon")
	})
	return rapid.SliceOfN(polygon, 1, 3).Draw(t, "shape")
}

// The codec writes what go-geom writes, and reads its own bytes back to the
// same lattice integers.
func TestShapeCodecAgreesWithGoGeom(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shape := latticeShape(t)
		got, hash := shapeEWKB(shape)
		reference := geom.NewMultiPolygon(geom.XY).SetSRID(srid)
		for _, polygon := range shape {
			p := geom.NewPolygon(geom.XY)
			for _, ring := range polygon {
				r := geom.NewLinearRing(geom.XY)
				coords := make([]geom.Coord, 0, len(ring)+1)
				for _, at := range append(ring[:len(ring):len(ring)], ring[0]) {
					lon, lat := at.LonLat()
					coords = append(coords, geom.Coord{lon, lat})
				}
				if err := p.Push(r.MustSetCoords(coords)); err != nil {
					t.Fatal(err)
				}
			}
			if err := reference.Push(p); err != nil {
				t.Fatal(err)
			}
		}
		want, err := ewkb.Marshal(reference, binary.LittleEndian)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatalf("EWKB %x, go-geom writes %x", got, want)
		}
		plain, err := wkb.Marshal(reference, binary.LittleEndian)
		if err != nil {
			t.Fatal(err)
		}
		if sum := sha256.Sum256(plain); !bytes.Equal(hash, sum[:]) {
			t.Fatalf("hash %x, of the WKB %x", hash, sum)
		}
		back, err := decodeShape(got)
		if err != nil || !back.Equal(shape) {
			t.Fatalf("%v came back as %v, %v", shape, back, err)
		}
	})
}

// Whatever the bytes, decoding answers or refuses; it does not run away.
func FuzzDecodeShape(f *testing.F) {
	square := topo.Shape{{{{X: 0, Y: 0}, {X: 10, Y: 0}, {X: 10, Y: 10}, {X: 0, Y: 10}}}}
	whole, _ := shapeEWKB(square)
	f.Add([]byte(whole))
	f.Add([]byte(whole[:len(whole)-1]))
	f.Add([]byte(pointEWKB(topo.Point{X: 1, Y: 2})))
	huge := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(huge[ewkbHeader:], math.MaxUint32) // as many polygons
	f.Add(huge)
	f.Fuzz(func(t *testing.T, data []byte) {
		shape, err := decodeShape(data)
		if err != nil {
			return // refused, which is fine
		}
		for _, polygon := range shape {
			for _, ring := range polygon {
				if len(ring) == 0 {
					return // PostGIS stores empty rings; grids never hold one
				}
			}
		}
		again, _ := shapeEWKB(shape)
		back, err := decodeShape(again)
		if err != nil || !back.Equal(shape) {
			t.Errorf("%v came back as %v, %v", shape, back, err)
		}
	})
}
