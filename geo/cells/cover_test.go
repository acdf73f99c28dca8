package cells

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo/topo"
)

// drawn is a star-shaped polygon of 3 to 24 corners, of 5 m to 5 km, perhaps
// with a hole and an exclave beside it, and a resolution that suits it.
func drawn(t *rapid.T) (topo.Shape, int) {
	at := somewhere(t)
	size := math.Pow(10, rapid.Float64Range(2.7, 5.7).Draw(t, "size")) // lattice units
	res := rapid.IntRange(6, 11).Draw(t, "res")
	if size > 2e5 {
		res = min(res, 9)
	}
	polygon := topo.Polygon{star(t, at, size/2, size, false)}
	if rapid.Bool().Draw(t, "hole") {
		polygon = append(polygon, star(t, at, size/8, size/4, true))
	}
	s := topo.Shape{polygon}
	if rapid.Bool().Draw(t, "exclave") {
		beside := topo.Point{X: at.X + int32(3*size), Y: at.Y}
		s = append(s, topo.Polygon{star(t, beside, size/9, size/3, false)})
	}
	return s, res
}

func star(t *rapid.T, at topo.Point, near, far float64, clockwise bool) topo.Ring {
	n := rapid.IntRange(3, 24).Draw(t, "corners")
	ring := make(topo.Ring, n)
	for i := range ring {
		r := rapid.Float64Range(near, far).Draw(t, "r")
		angle := 2 * math.Pi * float64(i) / float64(n)
		ring[i] = topo.Point{X: at.X + int32(r*math.Cos(angle)), Y: at.Y + int32(r*math.Sin(angle))}
	}
	if clockwise {
		slices.Reverse(ring)
	}
	return ring
}

// pointsOf returns corners, points on the edges and points drawn in the box of
// s that lie in it.
func pointsOf(t *rapid.T, s topo.Shape) []topo.Point {
	var points []topo.Point
	for _, polygon := range s {
		low, high := polygon[0][0], polygon[0][0]
		for _, ring := range polygon {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				points = append(points, a, topo.Point{X: a.X + (b.X-a.X)/2, Y: a.Y + (b.Y-a.Y)/2})
				low = topo.Point{X: min(low.X, a.X), Y: min(low.Y, a.Y)}
				high = topo.Point{X: max(high.X, a.X), Y: max(high.Y, a.Y)}
			}
		}
		for range 20 {
			p := topo.Point{X: rapid.Int32Range(low.X, high.X).Draw(t, "px"), Y: rapid.Int32Range(low.Y, high.Y).Draw(t, "py")}
			if s.Contains(p) {
				points = append(points, p)
			}
		}
	}
	return points
}

func has(cover []Covered, c Cell) (interior, ok bool) {
	for _, k := range cover {
		if k.Cell == c {
			return k.Interior, true
		}
	}
	return false, false
}

func TestEveryPointLiesInItsCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, res := drawn(t)
		cover, err := Cover(s, res)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range pointsOf(t, s) {
			c, err := At(p, res)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := has(cover, c); !ok {
				t.Fatalf("cell %v of %v is not among the %d of the cover", c, p, len(cover))
			}
		}
	})
}

func TestInteriorCellsLieInside(t *testing.T) {
	interior := 0
	rapid.Check(t, func(t *rapid.T) {
		s, res := drawn(t)
		cover, err := Cover(s, res)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range cover {
			if !k.Interior {
				continue
			}
			interior++
			corners, err := k.Cell.Boundary()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range corners {
				if !s.Contains(p) {
					t.Fatalf("corner %v of the interior cell %v lies outside", p, k.Cell)
				}
			}
		}
	})
	if interior == 0 {
		t.Error("no interior cell was ever tested")
	}
}

// The cover of two halves is the cover of the whole, and what is interior to
// a half is interior to the whole.
func TestCoverOfHalvesIsCoverOfWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := somewhere(t)
		ring := star(t, at, 20000, 40000, false)
		cut := rapid.IntRange(1, len(ring)-1).Draw(t, "cut")
		whole := topo.Shape{{ring}}
		// Both halves meet in the middle: ring is star-shaped about it.
		halves := []topo.Shape{
			{{append(topo.Ring{at}, ring[:cut+1]...)}},
			{{append(append(topo.Ring{at}, ring[cut:]...), ring[0])}},
		}
		parts, err := CoverAll(halves, 9)
		if err != nil {
			t.Fatal(err)
		}
		want, err := Cover(whole, 9)
		if err != nil {
			t.Fatal(err)
		}
		inOne := map[Cell]bool{}
		for _, part := range parts {
			for _, k := range part {
				inOne[k.Cell] = inOne[k.Cell] || k.Interior
			}
		}
		if len(inOne) != len(want) {
			t.Fatalf("halves have %d cells, the whole %d", len(inOne), len(want))
		}
		for _, k := range want {
			interior, ok := inOne[k.Cell]
			if !ok || interior && !k.Interior {
				t.Fatalf("cell %v: in a half %t, interior there %t, to the whole %t", k.Cell, ok, interior, k.Interior)
			}
		}
	})
}

func TestCoverAllEqualsCover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shapes []topo.Shape
		for range rapid.IntRange(0, 5).Draw(t, "shapes") {
			s, _ := drawn(t)
			shapes = append(shapes, s)
		}
		all, err := CoverAll(shapes, 8)
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range shapes {
			one, err := Cover(s, 8)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(all[i], one) {
				t.Fatalf("shape %d: %v together, %v alone", i, all[i], one)
			}
		}
	})
}

// square is a square of the given side in lattice units.
func square(at topo.Point, side int32) topo.Ring {
	return topo.Ring{at, {X: at.X + side, Y: at.Y}, {X: at.X + side, Y: at.Y + side}, {X: at.X, Y: at.Y + side}}
}

func TestCoverOfSmallAndLargeShapes(t *testing.T) {
	home := topo.Point{X: 1114000000, Y: 382000000}
	tests := []struct {
		name  string
		shape topo.Shape
		res   int
		least int
		err   error
	}{
		{"a grid that is not drawn has none", nil, 10, 0, nil},
		{"ten metres have at least one", topo.Shape{{square(home, 900)}}, 9, 1, nil},
		{"one step of the lattice has at least one", topo.Shape{{square(home, 1)}}, 7, 1, nil},
		{"ten degrees at resolution 10 are refused", topo.Shape{{square(home, 10e7)}}, 10, 0, ErrTooMany},
		{"a degree at resolution 6 is not", topo.Shape{{square(home, 1e7)}}, 6, 200, nil},
		{"resolution 16 is refused", topo.Shape{{square(home, 900)}}, 16, 0, ErrResolution},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cover, err := Cover(tt.shape, tt.res)
			if !errors.Is(err, tt.err) || len(cover) < tt.least {
				t.Errorf("%d cells, %v; want at least %d, %v", len(cover), err, tt.least, tt.err)
			}
		})
	}
}

// The ground of the cells must agree with the ground of the shape: interior
// cells fall short of it by about as much as all cells exceed it.
func TestGroundOfCoverMatchesShape(t *testing.T) {
	home := topo.Point{X: 1114000000, Y: 382000000}
	cover, err := Cover(topo.Shape{{square(home, 1e6)}}, 9)
	if err != nil {
		t.Fatal(err)
	}
	var inside, all float64
	for _, k := range cover {
		area, err := k.Cell.AreaM2()
		if err != nil {
			t.Fatal(err)
		}
		all += area
		if k.Interior {
			inside += area
		}
	}
	const ground = 8750.1 * 11101.6 // m² of 0.1 x 0.1 degree at 38.25 north
	if middle := (inside + all) / 2; math.Abs(middle/ground-1) > 0.01 || inside >= ground || all <= ground {
		t.Errorf("cells inside %.0f m², touching %.0f m², shape %.0f m²", inside, all, ground)
	}
}

func BenchmarkAt(b *testing.B) {
	p := topo.Point{X: 1114000000, Y: 382000000}
	for b.Loop() {
		p.X += 7
		if _, err := At(p, 10); err != nil {
			b.Fatal(err)
		}
	}
}

// 2,500 square grids of 1 km², as a county has them.
func BenchmarkCoverAll(b *testing.B) {
	var shapes []topo.Shape
	for x := range int32(50) {
		for y := range int32(50) {
			shapes = append(shapes, topo.Shape{{square(topo.Point{X: 1110000000 + x*110000, Y: 380000000 + y*90000}, 90000)}})
		}
	}
	for _, res := range []int{8, 9, 10} {
		b.Run(fmt.Sprintf("resolution %d", res), func(b *testing.B) {
			n := 0
			for b.Loop() {
				covers, err := CoverAll(shapes, res)
				if err != nil {
					b.Fatal(err)
				}
				n = 0
				for _, c := range covers {
					n += len(c)
				}
			}
			b.ReportMetric(float64(n), "cells")
		})
	}
}
