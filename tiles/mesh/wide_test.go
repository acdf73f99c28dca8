package mesh

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"pgregory.net/rapid"

	"gridmap/geo/topo"
	own "gridmap/tiles/mvt"
)

// comb returns a ring with more vertices than 16 bits count, all in one tile of
// the deepest zoom, north of the equator, and each in a place of its own there:
// teeth whose sides are jagged.
func comb() (ring topo.Ring, in Tile) {
	const unit, teeth, jags, column = 14, 150, 300, 51_000 // a unit of a tile is 13.4 steps
	west := int32(int64(column*360*topo.Unit)>>MaxZoom - 180*topo.Unit)
	at := func(x, y int32) topo.Point { return topo.Point{X: west + (5+x)*unit, Y: (25 + y) * unit} }
	ring = topo.Ring{at(0, -20), at(teeth*24, -20)}
	for k := int32(teeth - 1); k >= 0; k-- {
		for j := range int32(jags) {
			ring = append(ring, at(24*k+18+j%2*3, 6*j))
		}
		for j := int32(jags) - 1; j >= 0; j-- {
			ring = append(ring, at(24*k+6+j%2*3, 6*j))
		}
	}
	return ring, Tile{MaxZoom, column, 1<<(MaxZoom-1) - 1}
}

// A face of ninety thousand vertices is drawn with all of them at the deepest
// zoom, as another program reads it.
func TestFacesOfManyVertices(t *testing.T) {
	t.Parallel()
	ring, at := comb()
	var want []orb.Point
	for _, q := range ring {
		p := at.At(Project(q))
		want = append(want, orb.Point{float64(p.X), float64(p.Y)})
	}
	polygon := readBack(t, []Face[string]{{ID: 1, Shape: topo.Shape{{ring}}}}, at)[1].(orb.Polygon)
	got := slices.Clone(polygon[0][1:])
	byPlace := func(a, b orb.Point) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }
	slices.SortFunc(got, byPlace)
	slices.SortFunc(want, byPlace)
	if len(polygon) != 1 || len(got) < 1<<16 || !slices.Equal(got, want) {
		t.Errorf("%d rings, the first of %d vertices, want those of one of %d", len(polygon), len(got), len(want))
	}
}

// readBack returns what another program reads in a tile of faces, by ID.
func readBack(t *testing.T, faces []Face[string], at Tile) map[uint64]orb.Geometry {
	t.Helper()
	var p Pen
	var l own.Layer
	l.Reset(nil, "faces")
	Build(faces).Draw(at, &p, func(s *Sight[string]) { l.Polygon(uint64(s.ID), nil, &own.Common{}, s.Path) })
	layers, err := mvt.Unmarshal(l.Tile())
	if err != nil {
		t.Fatal(err)
	}
	found := map[uint64]orb.Geometry{}
	for _, layer := range layers {
		for _, f := range layer.Features {
			found[uint64(f.ID.(float64))] = f.Geometry
		}
	}
	return found
}

// Two faces that share the world are drawn up to its edges and cut there, at
// the first zoom and the last, in the first tile of it and the last.
func TestFacesOfTheWholeWorld(t *testing.T) {
	t.Parallel()
	half := func(x0, x1 int32) topo.Shape {
		const south, north = -90 * topo.Unit, 90 * topo.Unit
		return topo.Shape{{{{X: x0, Y: south}, {X: x1, Y: south}, {X: x1, Y: north}, {X: x0, Y: north}}}}
	}
	const edge = 180 * topo.Unit
	faces := []Face[string]{{ID: 1, Shape: half(-edge, 0)}, {ID: math.MaxUint32 + 2, Shape: half(0, edge)}}
	square := func(x0, y0, x1, y1 float64) orb.Bound {
		return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}
	}
	const last, middle = 1<<MaxZoom - 1, 1 << (MaxZoom - 1)
	for at, want := range map[Tile]map[uint64]orb.Bound{
		{}:                       {1: square(0, 0, 2048, 4096), math.MaxUint32 + 2: square(2048, 0, 4096, 4096)},
		{1, 1, 1}:                {1: square(low, low, 0, 4096), math.MaxUint32 + 2: square(0, low, 4096, 4096)},
		{MaxZoom, 0, 0}:          {1: square(0, 0, high, high)},
		{MaxZoom, last, last}:    {math.MaxUint32 + 2: square(low, low, 4096, 4096)},
		{MaxZoom, middle, last}:  {1: square(low, low, 0, 4096), math.MaxUint32 + 2: square(0, low, high, 4096)},
		{MaxZoom, middle - 1, 0}: {1: square(low, 0, 4096, high), math.MaxUint32 + 2: square(4096, 0, high, high)},
		{MaxZoom, middle + 1, 9}: {math.MaxUint32 + 2: square(low, low, high, high)},
	} {
		got := readBack(t, faces, at)
		for id, bound := range want {
			if g := got[id]; g == nil || g.Bound() != bound || len(g.(orb.Polygon)[0]) != 5 {
				t.Errorf("tile %v: face %d is drawn as %v, want %v", at, id, g, bound)
			}
		}
		if len(got) != len(want) {
			t.Errorf("tile %v: %d faces, want %d", at, len(got), len(want))
		}
	}
}

// Places lie where the formula of Web Mercator puts them, to a unit of the plane,
// up to its edges; what lies beyond is moved onto them.
func TestPlacesAreThoseOfWebMercator(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := topo.Point{X: rapid.Int32Range(-180*topo.Unit, 180*topo.Unit).Draw(t, "x"), Y: rapid.Int32Range(-90*topo.Unit, 90*topo.Unit).Draw(t, "y")}
		lon, lat := p.LonLat()
		const world = 1 << worldBits
		x := world * (lon/360 + 0.5)
		y := world * (0.5 - math.Asinh(math.Tan(lat*math.Pi/180))/(2*math.Pi))
		x, y = max(0, min(world-1, x)), max(0, min(world-1, y))
		if got := Project(p); math.Abs(float64(got.X)-x) > 1 || math.Abs(float64(got.Y)-y) > 1 {
			t.Fatalf("%v lies at %v, want %.1f, %.1f", p, got, x, y)
		}
	})
}
