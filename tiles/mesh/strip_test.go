package mesh

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Any arc, of short steps or across the world, comes back as it was packed, and
// so do those packed with it; its box holds it and is little larger.
func TestStripsComeBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var c columns
		for range rapid.IntRange(1, 5).Draw(t, "arcs") {
			reach := rapid.SampledFrom([]uint32{3, 100, 20_000, 4_000_000, 1<<32 - 1}).Draw(t, "reach")
			at := rapid.Uint32Range(0, 1<<32-1-reach).Draw(t, "at")
			place := rapid.Custom(func(t *rapid.T) Point {
				return Point{at + rapid.Uint32Range(0, reach).Draw(t, "x"), at + rapid.Uint32Range(0, reach).Draw(t, "y")}
			})
			points := rapid.SliceOfN(place, 2, 12).Draw(t, "points")
			a := arc{from: uint32(len(c.points)), n: int32(len(points)), ahead: rapid.Int64().Draw(t, "ahead"), opposite: rapid.Int64Range(0, 900).Draw(t, "opposite")}
			c.points, c.arcs = append(c.points, points...), append(c.arcs, a)
			for i := range points {
				level := uint8(0)
				if i > 0 && i < len(points)-1 {
					level = rapid.Uint8Range(0, MaxZoom).Draw(t, "level")
				}
				c.levels = append(c.levels, level)
			}
		}
		packed := c.pack()
		for i := range c.arcs {
			a, s := &c.arcs[i], packed.of(i)
			points, levels := s.unpack(nil, nil)
			if !slices.Equal(points, c.of(a)) || !slices.Equal(levels, c.levels[a.from:][:a.n]) {
				t.Fatalf("arc %d: %v of levels %v came back as %v, %v", i, c.of(a), c.levels[a.from:][:a.n], points, levels)
			}
			if s.first() != points[0] || s.last() != points[len(points)-1] {
				t.Errorf("arc %d of %v begins at %v and ends at %v", i, points, s.first(), s.last())
			}
			if ahead, opposite := s.sides(); ahead != a.ahead || opposite != a.opposite {
				t.Errorf("arc %d lies between %d and %d, want %d and %d", i, ahead, opposite, a.ahead, a.opposite)
			}
			exact, box := boundOf(points), s.box()
			wide := (max(exact.Max.X-exact.Min.X, exact.Max.Y-exact.Min.Y))/32 + 1
			if !exact.within(box) || exact.Min.X-box.Min.X > wide || box.Max.Y-exact.Max.Y > wide {
				t.Errorf("arc %d: box %v around %v", i, box, exact)
			}
		}
	})
}
