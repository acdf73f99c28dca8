package topo

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func rect(x0, y0, x1, y1 int32) Shape {
	return Shape{{Ring{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}}}
}

// withHole returns the rectangle without the ground of another inside it.
func withHole(outer, hole Shape) Shape {
	r := hole[0][0]
	return Shape{{outer[0][0], Ring{r[0], r[3], r[2], r[1]}}}
}

func TestContainsTakesSouthAndWestBorders(t *testing.T) {
	square := rect(0, 0, 10, 10)
	ring := withHole(rect(0, 0, 30, 30), rect(10, 10, 20, 20))
	slanted := Shape{{Ring{{0, 0}, {10, 20}, {-10, 20}}}}
	tests := []struct {
		name  string
		shape Shape
		at    Point
		want  bool
	}{
		{"the middle is inside", square, Point{5, 5}, true},
		{"the western border is inside", square, Point{0, 5}, true},
		{"the southern border is inside", square, Point{5, 0}, true},
		{"the eastern border belongs to the neighbour", square, Point{10, 5}, false},
		{"the northern border belongs to the neighbour", square, Point{5, 10}, false},
		{"the south-western corner is inside", square, Point{0, 0}, true},
		{"the other corners are not", square, Point{10, 0}, false},
		{"a hole is outside", ring, Point{15, 15}, false},
		{"the western border of a hole belongs to the hole", ring, Point{10, 15}, false},
		{"the eastern border of a hole belongs to the ground", ring, Point{20, 15}, true},
		{"exactly on a border that leans east, ground is to the west", slanted, Point{5, 10}, false},
		{"exactly on a border that leans west, ground is to the east", slanted, Point{-5, 10}, true},
		{"a shape not drawn holds nothing", nil, Point{0, 0}, false},
		{"an empty ring holds nothing", Shape{{Ring{}}}, Point{0, 0}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.shape.Contains(tt.at); got != tt.want {
				t.Errorf("Contains(%v) = %v, want %v", tt.at, got, tt.want)
			}
		})
	}
}

// anyPoint draws points over the whole lattice, often on round numbers and at
// its ends, where products are largest.
func anyPoint(t *rapid.T, name string) Point {
	x := rapid.OneOf(rapid.Int32Range(-1_800_000_000, 1_800_000_000), rapid.SampledFrom([]int32{-1_800_000_000, 0, 1_800_000_000}))
	y := rapid.OneOf(rapid.Int32Range(-900_000_000, 900_000_000), rapid.SampledFrom([]int32{-900_000_000, 0, 900_000_000}))
	return Point{x.Draw(t, name+" x"), y.Draw(t, name+" y")}
}

func TestOrientAgreesWithBigIntegers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint(t, "a"), anyPoint(t, "b"), anyPoint(t, "c")
		if got, want := orient(a, b, c), bigOrient(a, b, c); got != want {
			t.Fatalf("orient(%v, %v, %v) = %d, want %d", a, b, c, got, want)
		}
	})
}

func bigOrient(a, b, c Point) int {
	diff := func(p, q int32) *big.Int { return big.NewInt(int64(p) - int64(q)) }
	l := new(big.Int).Mul(diff(b.X, a.X), diff(c.Y, a.Y))
	r := new(big.Int).Mul(diff(b.Y, a.Y), diff(c.X, a.X))
	return l.Cmp(r)
}

// The rule, word for word with big rationals: move the point by (ε, ε²), then
// count the borders to the east.
func TestContainsAgreesWithBigRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ring := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point { return anyPoint(t, "corner") }), 3, 8).Draw(t, "ring")
		at := anyPoint(t, "at")
		if rapid.Bool().Draw(t, "at a corner") {
			at = ring[0]
		}
		want := false
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.Y > at.Y) == (b.Y > at.Y) {
				continue
			}
			dx, dy := big.NewInt(int64(b.X)-int64(a.X)), big.NewInt(int64(b.Y)-int64(a.Y))
			up := big.NewInt(int64(at.Y) - int64(a.Y))
			x := new(big.Rat).SetFrac(dx.Mul(dx, up), dy)
			if x.Add(x, new(big.Rat).SetInt64(int64(a.X))).Cmp(new(big.Rat).SetInt64(int64(at.X))) > 0 {
				want = !want
			}
		}
		if got := (Shape{{ring}}).Contains(at); got != want {
			t.Fatalf("%v contains %v: %v, want %v", ring, at, got, want)
		}
	})
}

// Of the children of a subdivision exactly one holds each point of the parent,
// vertices and points on borders included.
func TestExactlyOneChildContainsAPoint(t *testing.T) {
	t.Parallel()
	s := subdivide(11, 5, 4, 3, Point{1_110_000_000, 380_000_000})
	var points []Point
	for _, child := range s.children {
		for i, p := range child[0][0] {
			q := child[0][0][(i+1)%len(child[0][0])]
			points = append(points, p, Point{(p.X + q.X) / 2, (p.Y + q.Y) / 2})
		}
	}
	for _, p := range points {
		n := 0
		for _, child := range s.children {
			if child.Contains(p) {
				n++
			}
		}
		if inside := s.parent.Contains(p); n > 1 || inside != (n == 1) {
			t.Errorf("%d children contain %v, parent %v", n, p, inside)
		}
	}
}

func TestEqualLooksAtEdgesOnly(t *testing.T) {
	square := rect(0, 0, 10, 10)
	turned := Shape{{Ring{{10, 10}, {0, 10}, {0, 0}, {10, 0}}}}
	tests := []struct {
		name string
		s, o Shape
		want bool
	}{
		{"a ring that starts elsewhere is the same", square, turned, true},
		{"polygons in another order are the same", append(rect(20, 0, 30, 10), square...), append(turned, rect(20, 0, 30, 10)...), true},
		{"one vertex more is another drawing", square, Shape{{Ring{{0, 0}, {5, 0}, {10, 0}, {10, 10}, {0, 10}}}}, false},
		{"one step makes a difference", square, rect(0, 0, 10, 11), false},
		{"the other way round is not the same", square, Shape{{Ring{{0, 0}, {0, 10}, {10, 10}, {10, 0}}}}, false},
		{"not drawn equals not drawn", nil, nil, true},
		{"not drawn is not empty", nil, Shape{}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.s.Equal(tt.o); got != tt.want {
				t.Errorf("Equal = %v, want %v", got, tt.want)
			}
		})
	}
}

func TestBoxes(t *testing.T) {
	box := withHole(rect(-5, 3, 30, 30), rect(10, 10, 20, 20)).Bound()
	if want := (Box{Point{-5, 3}, Point{30, 30}}); box != want {
		t.Errorf("Bound = %v, want %v", box, want)
	}
	if !box.Contains(Point{30, 3}) || box.Contains(Point{31, 3}) {
		t.Error("a box holds its corners and nothing beyond")
	}
	if !box.Intersects(Box{Point{30, 30}, Point{40, 40}}) || box.Intersects(Box{Point{31, 0}, Point{40, 40}}) {
		t.Error("boxes that share a corner intersect, those apart do not")
	}
	if Shape(nil).Bound().Intersects(box) {
		t.Error("nothing drawn has an empty box")
	}
}

// An interior point is contained, whenever the shape holds a lattice point in
// reach of the search.
func TestInteriorPointIsInside(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := blob(t, "shape")
		if p := s.InteriorPoint(); !s.Contains(p) {
			t.Fatalf("%v does not contain %v", s, p)
		}
	})
	sliver := Shape{{Ring{{0, 0}, {1000, 1}, {2000, 1}}}}
	if p := sliver.InteriorPoint(); !sliver.Contains(p) && !near(p, 1, sliver) {
		t.Errorf("a sliver's point %v lies away from it", p)
	}
	if p := Shape(nil).InteriorPoint(); p != (Point{}) {
		t.Errorf("a shape not drawn has %v", p)
	}
}

func TestInteriorPointKeepsAwayFromTheBorder(t *testing.T) {
	ring := withHole(rect(0, 0, 900, 900), rect(100, 100, 800, 700))
	p := ring.InteriorPoint()
	if near(p, 40, ring) {
		t.Errorf("%v lies within 40 steps of the border", p)
	}
}
