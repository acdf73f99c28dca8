package topo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// say writes faults as short lines: kind, members, twice the planar area.
func say(faults []Fault) string {
	var lines []string
	for _, f := range faults {
		line := fmt.Sprintf("%s %v", f.Kind, f.Members)
		if f.Region != nil {
			line += fmt.Sprint(" ", planar(f.Region)/2)
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ", ")
}

func poly(points ...Point) Shape { return Shape{{points}} }

// Each case is a parent of 100 × 100 steps, cut in two at x = 50 unless said
// otherwise.
func TestFaultsOfSiblings(t *testing.T) {
	square := poly(Point{0, 0}, Point{50, 0}, Point{100, 0}, Point{100, 100}, Point{50, 100}, Point{0, 100})
	west, east := rect(0, 0, 50, 100), rect(50, 0, 100, 100)
	lake := withHole(square, rect(20, 20, 30, 30))
	bowTie := poly(Point{0, 0}, Point{50, 100}, Point{50, 0}, Point{0, 100})
	tests := []struct {
		name     string
		parent   Shape
		children []Shape
		want     string
	}{
		{"two halves are whole", square, []Shape{west, east}, ""},
		{"a missing half is one gap that the other touches", square, []Shape{west}, "gap [0] 5000"},
		{"no children leave it all", square, nil, "gap [] 10000"},
		{"an undrawn child is named, its ground is a gap", square, []Shape{west, nil}, "gap [0] 5000, undrawn [1]"},
		{"a narrower half leaves a gap between both", square, []Shape{west, rect(60, 0, 100, 100)}, "gap [0 1] 1000"},
		{"a wider half overlaps the other", square, []Shape{rect(0, 0, 60, 100), east}, "overlap [0 1] 1000"},
		{"a half beyond the border lies outside", square, []Shape{west, rect(50, 0, 110, 100)}, "outside [1] 1000"},
		{"a child elsewhere lies outside and leaves its place empty", square, []Shape{west, rect(250, 0, 300, 100)}, "gap [0] 5000, outside [1] 5000"},
		{"two that cross the border overlap there too", square, []Shape{rect(0, 0, 60, 110), rect(50, 0, 100, 110)},
			"outside [0] 600, outside [1] 500, overlap [0 1] 1100"},
		{"the same shape twice is a duplicate, no overlap", square, []Shape{west, east, east}, "duplicate [1 2] 5000"},
		{"three of the same are one duplicate", square, []Shape{east, west, east, east}, "duplicate [0 2 3] 5000"},
		{"who overlaps a duplicate overlaps both copies", square, []Shape{rect(0, 0, 60, 100), east, east}, "duplicate [1 2] 5000, overlap [0 1 2] 1000"},
		{"duplicates outside lie outside each", square, []Shape{west, rect(50, 0, 110, 100), rect(50, 0, 110, 100)},
			"duplicate [1 2] 6000, outside [1] 1000, outside [2] 1000"},
		{"the same ground drawn with more vertices overlaps", square, []Shape{west, east, poly(Point{50, 0}, Point{70, 0}, Point{100, 0}, Point{100, 100}, Point{50, 100})}, "overlap [1 2] 5000"},
		{"three over each other are named where they lie", square, []Shape{rect(0, 0, 60, 100), rect(40, 0, 100, 100), rect(45, 0, 55, 100)},
			"overlap [0 1] 500, overlap [0 1] 500, overlap [0 1 2] 1000"},
		{"an overlap that spans two neighbours is two", square, []Shape{west, east, rect(40, 40, 60, 60)}, "overlap [0 2] 200, overlap [1 2] 200"},
		{"a child inside another is an overlap of its size", square, []Shape{west, east, rect(60, 40, 80, 60)}, "overlap [1 2] 400"},
		{"gaps that share a vertex are two", square, []Shape{{{square[0][0], withHole(square, rect(20, 20, 30, 30))[0][1], withHole(square, rect(30, 30, 40, 40))[0][1]}}},
			"gap [0] 100, gap [0] 100"},
		{"a vertex of one neighbour only is no fault", square, []Shape{poly(Point{0, 0}, Point{50, 0}, Point{50, 33}, Point{50, 100}, Point{0, 100}), east}, ""},
		{"a vertex that stands on the parent's border only is no fault", rect(0, 0, 100, 100), []Shape{west, east}, ""},
		{"an exclave is no fault", append(rect(200, 0, 210, 10), square...), []Shape{append(rect(200, 0, 210, 10), west...), east}, ""},
		{"an exclave nobody takes is a gap nobody touches", append(rect(200, 0, 210, 10), square...), []Shape{west, east}, "gap [] 100"},
		{"a hole of the parent is no gap", lake, []Shape{withHole(west, rect(20, 20, 30, 30)), east}, ""},
		{"who takes a hole of the parent lies outside", lake, []Shape{west, east}, "outside [0] 100"},
		{"an enclave that a sibling fills is fine", square, []Shape{withHole(west, rect(20, 20, 30, 30)), east, rect(20, 20, 30, 30)}, ""},
		{"an enclave that nobody fills is a gap", square, []Shape{withHole(west, rect(20, 20, 30, 30)), east}, "gap [0] 100"},
		{"an enclave half filled is a gap between two", square, []Shape{withHole(west, rect(20, 20, 30, 30)), east, rect(20, 20, 30, 25)}, "gap [0 2] 50"},
		{"an invalid child is named and judged no further", square, []Shape{bowTie, east}, "invalid_ring [0]"},
		{"an invalid child does not hide a gap elsewhere", square, []Shape{bowTie, rect(50, 0, 90, 100)}, "gap [1] 1000, invalid_ring [0]"},
		{"an invalid child does not hide others' overlap", square, []Shape{bowTie, rect(0, 0, 60, 100), east}, "invalid_ring [0], overlap [1 2] 1000"},
		{"a spike is invalid", square, []Shape{poly(Point{0, 0}, Point{50, 0}, Point{50, 100}, Point{50, 120}, Point{50, 100}, Point{0, 100}), east}, "invalid_ring [0]"},
		{"a child without area leaves a place where gaps mean nothing", square, []Shape{poly(Point{0, 0}, Point{50, 0}, Point{25, 0}), east}, "invalid_ring [0]"},
		{"an invalid parent has no members", poly(Point{0, 0}, Point{50, 0}, Point{100, 0}, Point{100, 100}, Point{100, 120}, Point{100, 100}, Point{50, 100}, Point{0, 100}), []Shape{west, east}, "invalid_ring []"},
		{"siblings alone may end anywhere", nil, []Shape{west, east}, ""},
		{"siblings alone may lie apart", nil, []Shape{west, rect(60, 0, 100, 100)}, ""},
		{"siblings alone overlap", nil, []Shape{rect(0, 0, 60, 100), east}, "overlap [0 1] 1000"},
		{"siblings alone may enclose a gap", nil, []Shape{withHole(west, rect(20, 20, 30, 30)), east, rect(20, 20, 30, 25)}, "gap [0 2] 50"},
		{"siblings alone overlap and enclose", nil, []Shape{withHole(rect(0, 0, 60, 100), rect(20, 20, 30, 30)), east}, "gap [0] 100, overlap [0 1] 1000"},
		{"a duplicate alone is a duplicate", nil, []Shape{west, west}, "duplicate [0 1] 5000"},
		{"nothing at all is no fault", nil, nil, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := slices.Clone(tt.children)
			faults, dust := Faults(tt.parent, tt.children, Tolerance{})
			if got := say(faults); got != tt.want {
				t.Errorf("faults %s\n  want %s", got, tt.want)
			}
			if len(dust) > 0 {
				t.Errorf("without tolerance there is dust: %s", say(dust))
			}
			if whole := Whole(tt.parent, tt.children); whole && tt.want != "" {
				t.Error("held to be whole")
			}
			for i := range before {
				if !before[i].Equal(tt.children[i]) {
					t.Errorf("child %d was changed", i)
				}
			}
		})
	}
}

func TestFaultsPartsDustFromFaults(t *testing.T) {
	at := Point{1_110_000_000, 380_000_000}
	box := func(x0, y0, x1, y1 int32) Shape { return rect(at.X+x0, at.Y+y0, at.X+x1, at.Y+y1) }
	parent := box(0, 0, 100_000, 100_000) // about 880 m × 1,110 m
	tests := []struct {
		name         string
		children     []Shape
		faults, dust int
	}{
		{"a gap 1.8 m wide counts", []Shape{box(0, 0, 50_000, 100_000), box(50_200, 0, 100_000, 100_000)}, 1, 0},
		{"a gap of 1.8 cm over a kilometre is dust, though it has 20 m²", []Shape{box(0, 0, 50_000, 100_000), box(50_002, 0, 100_000, 100_000)}, 0, 1},
		{"a gap of 50 cm by 50 cm is dust, though it is wide", []Shape{withHole(parent, box(100, 100, 150, 150))}, 0, 1},
		{"a vertex one step off a long neighbour's edge leaves dust", []Shape{
			poly(at, Point{at.X + 50_000, at.Y}, Point{at.X + 50_001, at.Y + 40_000}, Point{at.X + 50_000, at.Y + 100_000}, Point{at.X, at.Y + 100_000}),
			box(50_000, 0, 100_000, 100_000)}, 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			faults, dust := Faults(parent, tt.children, DefaultTolerance)
			if len(faults) != tt.faults || len(dust) != tt.dust {
				t.Errorf("faults %s, dust %s", say(faults), say(dust))
			}
		})
	}
}

func TestFaultsMeasuresTheRegion(t *testing.T) {
	at := Point{1_110_000_000, 380_000_000}
	parent := rect(at.X, at.Y, at.X+10_000, at.Y+10_000)
	faults, _ := Faults(parent, []Shape{rect(at.X, at.Y, at.X+10_000, at.Y+9_000)}, DefaultTolerance)
	want := rect(at.X, at.Y+9_000, at.X+10_000, at.Y+10_000)
	if len(faults) != 1 || !faults[0].Region.Equal(want) {
		t.Fatalf("faults %v, want the gap %v", faults, want)
	}
	f := faults[0]
	if f.AreaM2 != want.AreaM2() || f.WidthM != 2*want.AreaM2()/want.PerimeterM() || !f.Region.Contains(f.At) {
		t.Errorf("area %v, width %v, at %v", f.AreaM2, f.WidthM, f.At)
	}
}

func TestInvalidRingSaysWhereAndWhy(t *testing.T) {
	faults, _ := Faults(rect(0, 0, 50, 100), []Shape{poly(Point{0, 0}, Point{50, 100}, Point{50, 0}, Point{0, 100})}, Tolerance{})
	if len(faults) != 1 || faults[0].Reason != "polygon 0, ring 0 crosses itself" || faults[0].At != (Point{25, 50}) {
		t.Errorf("faults %+v", faults)
	}
}

// Two combs across each other make millions of crossings, and so does a star:
// both must come back soon, with a fault that says so.
func TestFaultsGivesUpInTime(t *testing.T) {
	t.Parallel()
	comb := func(turned bool) Shape {
		const teeth, length = 1500, 60_000
		var ring Ring
		for i := range int32(teeth) {
			ring = append(ring, Point{40*i + 1, 0}, Point{40*i + 10, length}, Point{40*i + 30, length}, Point{40*i + 39, 0})
		}
		ring = append(ring, Point{40 * teeth, -50}, Point{0, -50})
		if turned {
			for i, p := range ring {
				ring[i] = Point{p.Y, p.X}
			}
		}
		if ring.area2().sign() < 0 {
			slices.Reverse(ring)
		}
		return Shape{{ring}}
	}
	star := make(Ring, 5001)
	for i := range star {
		star[i] = Point{int32(i) * 7919 % 5001 * 100, int32(i%2) * 1_000_000}
	}
	if star.area2().sign() < 0 {
		slices.Reverse(star)
	}
	for _, s := range []Shape{comb(false), comb(true)} {
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
	}
	started := time.Now()
	faults, _ := Faults(rect(0, 0, 2_000_000, 2_000_000), []Shape{comb(false), comb(true), {{star}}}, DefaultTolerance)
	var reasons []string
	for _, f := range faults {
		reasons = append(reasons, fmt.Sprint(f.Kind, f.Members, f.Reason))
	}
	want := []string{"invalid_ring[0]" + tooIntricate, "invalid_ring[1]" + tooIntricate, "invalid_ring[2]polygon 0, ring 0 " + selfCross}
	if !slices.Equal(reasons, want) {
		t.Errorf("faults %q, want %q", reasons, want)
	}
	if took := time.Since(started); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// The border of two of three neighbours runs half a step beside the third's
// for four kilometres: each crossing that is rounded makes the next.
func TestFaultsOfBordersHalfAStepApart(t *testing.T) {
	t.Parallel()
	parent := Shape{{{{1030102500, 260000000}, {1030102500, 260030000}, {1030102500, 260070000}, {1030102500, 260100000}, {1030049063, 260100000}, {1030050078, 260070000}, {1030052500, 260030000}, {1030052500, 260000000}}}}
	strip := Shape{{{{1030049704, 260081051}, {1030050078, 260070000}, {1030052500, 260030000}, {1030050625, 260070000}}}}
	rest := Shape{{{{1030049063, 260100000}, {1030049704, 260081051}, {1030050625, 260070000}, {1030052500, 260030000}, {1030052500, 260000000}, {1030102500, 260000000}, {1030102500, 260030000}, {1030102500, 260070000}, {1030102500, 260100000}}}}
	if faults, _ := Faults(parent, []Shape{rest, strip}, DefaultTolerance); len(faults) > 0 {
		t.Errorf("%+v", faults)
	}
}
