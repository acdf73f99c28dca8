package topo

import (
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

func TestCutLineRefusesWithAReason(t *testing.T) {
	ground := withHole(rect(0, 0, 100, 100), rect(40, 40, 60, 60))
	shoe := poly(Point{0, 0}, Point{100, 0}, Point{100, 100}, Point{80, 100}, Point{80, 20}, Point{20, 20}, Point{20, 100}, Point{0, 100})
	long := make([]Point, MaxLine+1)
	for i := range long {
		long[i] = Point{int32(i), int32(i % 2)}
	}
	tests := []struct {
		name  string
		shape Shape
		line  []Point
		want  string
	}{
		{"one that passes beside", ground, []Point{{-10, -10}, {-10, 200}}, LineMisses},
		{"one along an edge", ground, []Point{{0, 0}, {100, 0}}, LineTouches},
		{"one that touches a corner from outside", ground, []Point{{-10, 10}, {0, 0}, {10, -10}}, LineTouches},
		{"one that ends beside the border without reaching it", ground, []Point{{-10, 10}, {-1, 10}}, LineMisses},
		{"one that ends inside", ground, []Point{{-10, 10}, {30, 10}}, LineStaysWhole},
		{"one wholly inside", ground, []Point{{10, 10}, {30, 10}}, LineStaysWhole},
		{"one that ends in the hole", ground, []Point{{-10, 50}, {50, 50}}, LineStaysWhole},
		{"one from the hole to itself", ground, []Point{{40, 50}, {30, 50}, {30, 60}, {50, 70}, {50, 60}}, ""},
		{"one through the hole", ground, []Point{{-10, 50}, {110, 50}}, ""},
		{"one that runs round so that one part lies on both sides", ground,
			[]Point{{-10, 10}, {20, 10}, {20, -10}, {30, -10}, {30, 110}}, ""},
		{"one across both arms, once each way", shoe, []Point{{-10, 60}, {110, 60}}, ""},
		{"one that cuts the arms from opposite sides", shoe, []Point{{30, 60}, {-10, 60}, {-10, 120}, {60, 120}, {60, 60}, {110, 60}}, LineBothSides},
		{"one that crosses itself", ground, []Point{{-10, 10}, {110, 10}, {110, 30}, {30, 30}, {30, -10}}, selfCross},
		{"one that touches itself", ground, []Point{{-10, 10}, {110, 10}, {110, 30}, {30, 10}}, selfTouch},
		{"one that turns back on itself", ground, []Point{{-10, 10}, {110, 10}, {50, 10}}, spike},
		{"one without length", ground, []Point{{5, 5}, {5, 5}}, LineNoLength},
		{"one of a single point", ground, []Point{{5, 5}}, LineNoLength},
		{"one that repeats a point", ground, []Point{{-5, 5}, {-5, 5}, {105, 5}}, repeated},
		{"one of too many points", ground, long, LineTooLong},
		{"one out of range", ground, []Point{{-5, 5}, {1_900_000_000, 5}}, outOfRange},
		{"one that is closed", ground, []Point{{10, 10}, {30, 10}, {30, 30}, {10, 10}}, LineClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			pieces, err := CutLine([]Shape{tt.shape}, []bool{true}, tt.line)
			var bad *LineError
			if errors.As(err, &bad) != (tt.want != "") || bad != nil && bad.Reason != tt.want {
				t.Fatalf("CutLine = %v, %v, want %q", pieces, err, tt.want)
			}
			if err == nil && planar(pieces.Left[0])+planar(pieces.Right[0]) != planar(tt.shape) {
				t.Errorf("left %v and right %v are not the whole", pieces.Left[0], pieces.Right[0])
			}
		})
	}
}

func TestCutLineLeavesPartsItDoesNotReach(t *testing.T) {
	ground := append(rect(0, 0, 10, 10), rect(20, 0, 30, 10)...)
	pieces, err := CutLine([]Shape{ground, rect(10, 0, 20, 10)}, []bool{true, false}, []Point{{5, -5}, {5, 15}})
	if err != nil {
		t.Fatal(err)
	}
	if !pieces.Left[0].Equal(rect(0, 0, 5, 10)) || !pieces.Right[0].Equal(rect(5, 0, 10, 10)) ||
		!pieces.Alone[0].Equal(rect(20, 0, 30, 10)) || !pieces.Alone[1].Equal(rect(10, 0, 20, 10)) {
		t.Errorf("pieces = %v", pieces)
	}
}

func TestCutLineThatOvershootsLeavesOthersAlone(t *testing.T) {
	shapes, _ := Node([]Shape{rect(0, 0, 100, 100), rect(100, 0, 200, 100), rect(200, 0, 300, 100)})
	pieces, err := CutLine(shapes, []bool{true, false, false}, []Point{{-10, 13}, {310, 57}})
	if err != nil {
		t.Fatal(err)
	}
	if pieces.Alone[1].Vertices() != 5 || !pieces.Alone[2].Equal(shapes[2]) {
		t.Errorf("neighbour %v, want one vertex more; the next %v, want it as it was", pieces.Alone[1], pieces.Alone[2])
	}
	if !SameGround(append(pieces.Left[:1:1], pieces.Right[0], pieces.Alone[1], pieces.Alone[2]),
		append(shapes[1:], poly(Point{0, 0}, Point{100, 0}, Point{100, 100}, Point{0, 100}, Point{0, 14}))) {
		t.Error("the pieces do not fit")
	}
}

// Whatever is drawn over a subdivision, the pieces of all children and the
// border as it then stands are a partition, and joined again they cover the
// ground they had.
func TestPiecesPartition(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		rng := rand.New(rand.NewPCG(seed, 9))
		s := subdivide(seed, 3, 3, 3, Point{int32(seed % 1000), int32(seed % 777)})
		shapes, pieces, err := drawOver(rng, s)
		if err != nil {
			return
		}
		var all, joined []Shape
		for i := range shapes {
			var own []Shape
			for _, piece := range []Shape{pieces.Left[i], pieces.Right[i], pieces.Alone[i]} {
				if piece != nil {
					own = append(own, piece)
				}
			}
			whole, err := Union(own)
			if err != nil || whole.Validate() != nil {
				t.Fatalf("pieces of %d: %v, %v", i, err, whole.Validate())
			}
			all, joined = append(all, own...), append(joined, whole)
		}
		parent, err := Amend(s.parent, s.children, joined)
		if err != nil || !Whole(parent, all) || !Whole(parent, joined) {
			t.Fatalf("the pieces are no partition: %v", err)
		}
		if off := planar(parent) - planar(s.parent); max(off, -off) > 40*cellSize {
			t.Fatalf("the parent's doubled area is off by %d", off)
		}
		if !SameGround(append(joined, s.parent), append(s.children, parent)) {
			t.Fatal("the chain is another")
		}
	})
}

// drawOver cuts a line or a region into the subdivision, or moves a border.
func drawOver(rng *rand.Rand, s subdivision) ([]Shape, Pieces, error) {
	box := s.parent.Bound().grow(cellSize / 4)
	at := func() Point {
		return Point{box.Min.X + rng.Int32N(box.Max.X-box.Min.X), box.Min.Y + rng.Int32N(box.Max.Y-box.Min.Y)}
	}
	tolerance := []float64{0, 0, 20, 100}[rng.IntN(4)]
	switch rng.IntN(3) {
	case 0:
		shapes, line := Attach(s.children, []Point{at(), at(), at()}, tolerance)
		cut := make([]bool, len(shapes))
		for i := range cut {
			cut[i] = rng.IntN(2) == 0
		}
		pieces, err := CutLine(shapes, cut, line)
		return shapes, pieces, err
	case 1:
		p, q := at(), at()
		region := rect(min(p.X, q.X), min(p.Y, q.Y), max(p.X, q.X)+1, max(p.Y, q.Y)+1)
		shapes, ring := Attach(s.children, region[0][0], tolerance)
		pieces, _, err := CutRegion(shapes, Shape{{ring}})
		return shapes, pieces, err
	}
	child := s.children[rng.IntN(len(s.children))]
	ring := child[0][0]
	i := rng.IntN(len(ring))
	from, to := ring[i], ring[(i+1+rng.IntN(len(ring)/2))%len(ring)]
	off := func(p Point) Point {
		return Point{p.X + rng.Int32N(cellSize) - cellSize/2, p.Y + rng.Int32N(cellSize) - cellSize/2}
	}
	old, _, _ := child.Ways(from, to)
	pieces, _, err := ReplaceStretch(s.children, old, []Point{from, off(from), off(to), to})
	return s.children, pieces, err
}

func TestReplaceStretchMovesTheBorderForBoth(t *testing.T) {
	west, east := rect(0, 0, 10, 10), rect(10, 0, 20, 10)
	old := []Point{{10, 0}, {10, 10}} // west on the left
	pieces, bare, err := ReplaceStretch([]Shape{west, east}, old, []Point{{10, 0}, {14, 2}, {6, 8}, {10, 10}})
	if err != nil || bare != nil {
		t.Fatal(bare, err)
	}
	if planar(pieces.Left[1]) != 20 || planar(pieces.Right[0]) != 20 || pieces.Left[0] != nil || pieces.Right[1] != nil {
		t.Errorf("pieces = %+v", pieces)
	}
	if _, _, err := ReplaceStretch([]Shape{west, east}, old, old); err == nil {
		t.Error("the border as it stands is no change")
	}
	if _, bare, _ = ReplaceStretch([]Shape{west, east}, old, []Point{{10, 0}, {30, 5}, {10, 10}}); bare == nil {
		t.Error("ground outside is not told")
	}
}

func TestAttachPutsPointsOnVerticesAndEdges(t *testing.T) {
	ground := poly(Point{0, 0}, Point{1000, 333}, Point{1000, 2000}, Point{0, 2000})
	neighbour := poly(Point{0, 0}, Point{0, -500}, Point{1000, -500}, Point{1000, 333})
	shapes, line := Attach([]Shape{ground, neighbour}, []Point{{3, 3}, {500, 170}, {250, 84}, {500, 900}}, 0.1)
	want := []Point{{0, 0}, {501, 167}, {250, 83}, {500, 900}}
	for i := range want {
		if dx, dy := line[i].X-want[i].X, line[i].Y-want[i].Y; dx*dx+dy*dy > 2 {
			t.Errorf("point %d came to %v, want about %v", i, line[i], want[i])
		}
	}
	if shapes[0].Vertices() != 6 || shapes[1].Vertices() != 6 || ground.Vertices() != 4 {
		t.Errorf("attached: %v", shapes)
	}
	if u, err := Union(shapes); err != nil || u.Vertices() != 6 {
		t.Errorf("the neighbours no longer fit: %v, %v", u, err)
	}
}
