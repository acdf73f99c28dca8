package cells

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo/topo"
)

// somewhere draws a point anywhere but near the poles and the antimeridian. At 84
// degrees three degrees of longitude are 35 km: the largest cells that are drawn,
// of resolution 6, and those around them do not reach across.
func somewhere(t *rapid.T) topo.Point {
	return topo.Point{
		X: rapid.Int32Range(-177e7, 177e7).Draw(t, "x"),
		Y: rapid.Int32Range(-84e7, 84e7).Draw(t, "y"),
	}
}

func TestAtRefusesWhatH3Swallows(t *testing.T) {
	tests := []struct {
		name string
		p    topo.Point
		res  int
		want error
	}{
		{"latitude 95", topo.Point{X: 112e7, Y: 95e7}, 9, topo.ErrCoordinate},
		{"longitude 200", topo.Point{X: 200e7, Y: 38e7}, 9, topo.ErrCoordinate},
		{"resolution 16", topo.Point{X: 112e7, Y: 38e7}, 16, ErrResolution},
		{"resolution -1", topo.Point{X: 112e7, Y: 38e7}, -1, ErrResolution},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := At(tt.p, tt.res)
			if c != 0 || !errors.Is(err, tt.want) {
				t.Errorf("At = %v, %v, want 0, %v", c, err, tt.want)
			}
		})
	}
}

func TestNoCellIsRefusedEverywhere(t *testing.T) {
	for _, c := range []Cell{0, 1, -1, math.MaxInt64, 0x8a1fb46622dffff + 1} {
		if c.Valid() || c.Resolution() != -1 {
			t.Errorf("cell %d is taken for valid", int64(c))
		}
		if _, err := c.Center(); !errors.Is(err, ErrCell) {
			t.Errorf("Center of %d: %v", int64(c), err)
		}
		if _, err := c.Boundary(); !errors.Is(err, ErrCell) {
			t.Errorf("Boundary of %d: %v", int64(c), err)
		}
		if _, err := c.Parent(0); !errors.Is(err, ErrCell) {
			t.Errorf("Parent of %d: %v", int64(c), err)
		}
		if _, err := c.AreaM2(); !errors.Is(err, ErrCell) {
			t.Errorf("AreaM2 of %d: %v", int64(c), err)
		}
	}
	for _, s := range []string{"", "0", "zz", "ffffffffffffffff", "-8a1fb46622dffff", "+8a1fb46622dffff", "0x8a1fb46622dffff"} {
		if c, err := Parse(s); c != 0 || !errors.Is(err, ErrCell) {
			t.Errorf("Parse(%q) = %v, %v", s, c, err)
		}
	}
}

func TestTextFormComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		res := rapid.IntRange(0, 15).Draw(t, "res")
		c, err := At(somewhere(t), res)
		if err != nil || c.Resolution() != res {
			t.Fatalf("At = %v of resolution %d, %v", c, c.Resolution(), err)
		}
		if again, err := Parse(c.String()); err != nil || again != c {
			t.Fatalf("%v came back as %v, %v", c, again, err)
		}
	})
}

func TestCenterLiesInItsCell(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		res := rapid.IntRange(0, 14).Draw(t, "res") // at 15 a lattice step is a fair part of a cell
		c, err := At(somewhere(t), res)
		if err != nil {
			t.Fatal(err)
		}
		center, err := c.Center()
		if err != nil {
			t.Fatal(err)
		}
		if again, err := At(center, res); err != nil || again != c {
			t.Fatalf("the middle of %v lies in %v, %v", c, again, err)
		}
	})
}

func TestParent(t *testing.T) {
	c, err := At(topo.Point{X: 1114000000, Y: 382000000}, 10)
	if err != nil {
		t.Fatal(err)
	}
	for res := range 11 {
		if p, err := c.Parent(res); err != nil || p.Resolution() != res {
			t.Errorf("parent at %d: %v, %v", res, p, err)
		}
	}
	for _, res := range []int{11, 16, -1} {
		if _, err := c.Parent(res); !errors.Is(err, ErrResolution) {
			t.Errorf("parent at %d: error %v, want ErrResolution", res, err)
		}
	}
}

// Cells of northern China are smaller than the average of their resolution:
// MEASURED gives 0.66 to 0.78.
func TestAreaInNorthernChina(t *testing.T) {
	const average = 15047.5 // m² at resolution 10, as H3 publishes it
	c, err := At(topo.Point{X: 1116000000, Y: 382800000}, 10)
	if err != nil {
		t.Fatal(err)
	}
	area, err := c.AreaM2()
	if err != nil {
		t.Fatal(err)
	}
	if share := area / average; share < 0.66 || share > 0.78 {
		t.Errorf("area %.0f m² is %.2f of the average", area, share)
	}
}

func TestPolesAndAntimeridianAreRefused(t *testing.T) {
	for _, p := range []topo.Point{{X: 0, Y: 90e7}, {X: 1800000000, Y: 10e7}, {X: -1800000000, Y: 10e7}} {
		c, err := At(p, 6)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Boundary(); !errors.Is(err, ErrSeam) {
			t.Errorf("Boundary at %v: %v, want ErrSeam", p, err)
		}
		dot := topo.Shape{{{p, {X: p.X / 2, Y: p.Y / 2}, {X: p.X / 2, Y: p.Y/2 - 10}}}}
		if _, err := Cover(dot, 3); !errors.Is(err, ErrSeam) {
			t.Errorf("Cover at %v: %v, want ErrSeam", p, err)
		}
	}
}

// Any text is a cell that writes itself back, or is refused.
func FuzzParse(f *testing.F) {
	f.Add("8a311c5a3b07fff")
	f.Add("0")
	f.Add("8A311C5A3B07FFF")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := Parse(s)
		if err != nil {
			if c != 0 {
				t.Errorf("refused %q with cell %v", s, c)
			}
			return
		}
		if again, err := Parse(c.String()); err != nil || again != c || !c.Valid() {
			t.Errorf("%q came back as %v, %v", s, again, err)
		}
	})
}

// Neighbours are mutual, touch, and are the other cells of the first ring.
func TestNeighbours(t *testing.T) {
	t.Parallel()
	c, err := At(topo.Point{X: 1129000000, Y: 369000000}, 9)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := c.Neighbours()
	if err != nil || len(ring) != 6 || !slices.IsSorted(ring) {
		t.Fatalf("%v, %v", ring, err)
	}
	for _, n := range ring {
		back, err := n.Neighbours()
		if err != nil || !slices.Contains(back, c) {
			t.Errorf("%v is a neighbour of %v and not the other way: %v, %v", n, c, back, err)
		}
	}
	if _, err := Cell(5).Neighbours(); !errors.Is(err, ErrCell) {
		t.Errorf("neighbours of no cell: %v", err)
	}
}

// The box of a cell holds all of it and little more, by a look at points about
// it; at the seam there is none.
func TestBoundHoldsTheCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		middle := somewhere(t)
		c, err := At(middle, 10)
		if err != nil {
			t.Fatal(err)
		}
		box, err := c.Bound()
		ring, _ := c.Boundary()
		tight := ring.Bound()
		if err != nil || box.Max.X-box.Min.X > tight.Max.X-tight.Min.X+500 || box.Max.Y-box.Min.Y > tight.Max.Y-tight.Min.Y+500 {
			t.Fatalf("%v: box %v, error %v, of corners in %v", c, box, err, tight)
		}
		beside := rapid.Int32Range(-20_000, 20_000)
		for range 20 {
			p := topo.Point{X: middle.X + beside.Draw(t, "dx"), Y: middle.Y + beside.Draw(t, "dy")}
			if in, err := At(p, 10); err == nil && in == c && !box.Contains(p) {
				t.Errorf("%v lies in %v and not in its box %v", p, c, box)
			}
		}
	})
	seam, err := At(topo.Point{X: 1_800_000_000}, 10)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seam.Bound(); !errors.Is(err, ErrSeam) {
		t.Errorf("a box at the antimeridian: %v", err)
	}
	if _, err := Cell(7).Bound(); !errors.Is(err, ErrCell) {
		t.Errorf("a box of no cell: %v", err)
	}
}
