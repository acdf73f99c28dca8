package topo

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestValidateNamesTheFault(t *testing.T) {
	outer := rect(0, 0, 100, 100)
	ring := func(points ...Point) Ring { return points }
	tests := []struct {
		name  string
		shape Shape
		want  string // reason, "" for valid
		at    Point
	}{
		{"a square is valid", outer, "", Point{}},
		{"not drawn is valid", nil, "", Point{}},
		{"a polygon needs rings", Shape{{}}, noRings, Point{}},
		{"two points are no ring", Shape{{ring(Point{0, 0}, Point{5, 5})}}, tooFewPoints, Point{0, 0}},
		{"a repeated point is named", Shape{{ring(Point{0, 0}, Point{5, 0}, Point{5, 0}, Point{5, 5})}}, repeated, Point{5, 0}},
		{"the closing point counts as repeated", Shape{{ring(Point{0, 0}, Point{5, 0}, Point{5, 5}, Point{0, 0})}}, repeated, Point{0, 0}},
		{"no point lies beyond 180 degrees", Shape{{ring(Point{0, 0}, Point{1_800_000_001, 0}, Point{5, 5})}}, outOfRange, Point{1_800_000_001, 0}},
		{"a bow tie crosses itself", Shape{{ring(Point{0, 0}, Point{10, 10}, Point{10, 0}, Point{0, 12})}}, selfCross, Point{5, 5}},
		{"a figure of eight touches itself", Shape{{ring(Point{0, 0}, Point{5, 5}, Point{10, 0}, Point{10, 10}, Point{5, 5}, Point{0, 10})}}, selfTouch, Point{5, 5}},
		{"a vertex on an own edge touches", Shape{{ring(Point{0, 0}, Point{10, 0}, Point{10, 10}, Point{5, 0}, Point{0, 10})}}, selfTouch, Point{5, 0}},
		{"a spike is a spike", Shape{{ring(Point{0, 0}, Point{10, 0}, Point{10, 10}, Point{10, 20}, Point{10, 10}, Point{0, 10})}}, spike, Point{10, 20}},
		{"a spike may point inwards", Shape{{ring(Point{0, 0}, Point{10, 0}, Point{5, 0}, Point{5, 10}, Point{0, 10})}}, spike, Point{10, 0}},
		{"a line there and back has a spike", Shape{{ring(Point{0, 0}, Point{5, 0}, Point{10, 0})}}, spike, Point{0, 0}},
		{"an outer ring turns counter-clockwise", Shape{{ring(Point{0, 0}, Point{0, 10}, Point{10, 10}, Point{10, 0})}}, wrongWay, Point{0, 0}},
		{"a hole turns clockwise", Shape{{outer[0][0], rect(10, 10, 20, 20)[0][0]}}, wrongWay, Point{10, 10}},
		{"a hole inside is valid", withHole(outer, rect(10, 10, 20, 20)), "", Point{}},
		{"a hole outside is not", withHole(outer, rect(110, 10, 120, 20)), holeOutside, Point{110, 10}},
		{"a hole across the border crosses it", withHole(outer, rect(90, 10, 120, 20)), otherCross, Point{100, 10}},
		{"a hole as large as its ring runs along it", withHole(outer, outer), otherAlong, Point{0, 0}},
		{"a hole along part of the border is no hole", withHole(outer, rect(0, 10, 20, 20)), otherAlong, Point{0, 10}},
		{"a hole may touch the border at one of its corners", Shape{{outer[0][0], ring(Point{0, 50}, Point{20, 60}, Point{20, 40})}}, "", Point{}},
		{"a hole may touch the border corner on corner", Shape{{outer[0][0], ring(Point{0, 0}, Point{10, 20}, Point{20, 10})}}, "", Point{}},
		{"a hole that touches twice cuts the ground", Shape{{outer[0][0], ring(Point{0, 50}, Point{100, 60}, Point{50, 40})}}, cutInTwo, Point{100, 60}},
		{"holes may touch each other once", Shape{{outer[0][0], ring(Point{10, 50}, Point{30, 60}, Point{30, 40}), ring(Point{30, 60}, Point{40, 80}, Point{50, 60})}}, "", Point{}},
		{"holes in a circle cut the ground", Shape{{outer[0][0],
			ring(Point{20, 20}, Point{50, 30}, Point{80, 20}), ring(Point{80, 20}, Point{60, 50}, Point{50, 80}), ring(Point{50, 80}, Point{40, 50}, Point{20, 20})}}, cutInTwo, Point{80, 20}},
		{"a hole in a hole is outside", Shape{{outer[0][0], ring(Point{10, 10}, Point{10, 90}, Point{90, 90}, Point{90, 10}), ring(Point{40, 40}, Point{40, 60}, Point{60, 60})}}, holeOutside, Point{40, 40}},
		{"two polygons apart are valid", append(rect(200, 0, 300, 100), outer...), "", Point{}},
		{"polygons may touch at a corner", append(rect(100, 100, 200, 200), outer...), "", Point{}},
		{"polygons may not share a border", append(rect(100, 0, 200, 100), outer...), otherAlong, Point{100, 0}},
		{"polygons may not overlap", append(rect(50, 50, 200, 200), outer...), insideOther, Point{50, 50}},
		{"a polygon inside another overlaps it", Shape{outer[0], rect(10, 10, 20, 20)[0]}, insideOther, Point{10, 10}},
		{"an island in a hole is valid", append(withHole(outer, rect(10, 10, 90, 90)), rect(20, 20, 80, 80)...), "", Point{}},
		{"a hole of the wrong polygon is outside", Shape{outer[0], {rect(200, 0, 300, 100)[0][0], ring(Point{10, 10}, Point{10, 20}, Point{20, 20})}}, holeOutside, Point{10, 10}},
		{"rings that cross at a common vertex cross", Shape{{outer[0][0], ring(Point{10, 50}, Point{30, 70}, Point{50, 50}, Point{30, 30}), ring(Point{20, 75}, Point{40, 75}, Point{30, 70}, Point{45, 30}, Point{20, 65})}}, otherCross, Point{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.shape.Validate()
			var bad *RingError
			if tt.want == "" {
				if err != nil {
					t.Errorf("Validate() = %v, want nil", err)
				}
				return
			}
			if !errors.As(err, &bad) || bad.Reason != tt.want || tt.at != (Point{}) && bad.At != tt.at {
				t.Errorf("Validate() = %v, want %q at %v", err, tt.want, tt.at)
			}
		})
	}
}

// The sweep agrees with a look at every pair of edges.
func TestValidateAgreesWithAllPairs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		reach := rapid.SampledFrom([]int32{4, 8, 40}).Draw(t, "reach")
		point := rapid.Custom(func(t *rapid.T) Point {
			return Point{rapid.Int32Range(0, reach).Draw(t, "x"), rapid.Int32Range(0, reach).Draw(t, "y")}
		})
		ring := Ring(rapid.SliceOfN(point, 3, 7).Draw(t, "ring"))
		if ring.area2().sign() < 0 {
			slices.Reverse(ring)
		}
		err := Shape{{ring}}.Validate()
		if want := simpleByPairs(ring); (err == nil) != want {
			t.Fatalf("%v: %v, want simple %v", ring, err, want)
		}
	})
}

func simpleByPairs(r Ring) bool {
	n := len(r)
	for i, a := range r {
		b := r[(i+1)%n]
		if a == b {
			return false
		}
		for j, c := range r {
			d := r[(j+1)%n]
			if i == j {
				continue
			}
			if crosses(a, b, c, d) || c != a && c != b && between(a, b, c) || c == a {
				return false
			}
			if (j == (i+1)%n && between(a, b, d)) || (i == (j+1)%n && between(a, b, c)) {
				return false
			}
		}
	}
	return true
}

// between reports whether p lies on ab, between its ends.
func between(a, b, p Point) bool {
	return orient(a, b, p) == 0 && p != a && p != b && noBox.Extend(a).Extend(b).Contains(p)
}

// A comb of long teeth puts half its edges under the sweep at once, and a
// spiral turns through all of them; both must stay cheap.
func TestValidateStaysCheapOnHardRings(t *testing.T) {
	t.Parallel()
	const teeth = 100_000
	comb := Ring{{0, -10}}
	comb = append(comb, Point{10, -10})
	for i := range int32(teeth) {
		comb = append(comb, Point{1_000_000, 4*i + 1}, Point{10, 4*i + 2})
	}
	comb = append(comb, Point{0, 4*teeth + 1})
	if err := (Shape{{comb}}).Validate(); err != nil {
		t.Error(err)
	}
	star := make(Ring, 5001)
	for i := range star {
		star[i] = Point{int32(i) * 7919 % 5001 * 100, int32(i%2) * 1_000_000}
	}
	if err := (Shape{{star}}).Validate(); err == nil {
		t.Error("a star of 5,001 edges across each other is held to be valid")
	}
}
