package topo

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A mess is a whole subdivision spoilt.
type mess struct {
	subdivision
	within Shape
}

// spoil draws a subdivision and spoils it in every way at once: each child's
// vertices jitter by themselves, some are dropped on one side, whole vertices
// are dragged away for overlaps and gaps, children are drawn twice, get spikes,
// or an exclave over somebody's ground; five of seldom children get one of
// these.
func spoil(seed uint64, columns, rows, bends int, jitter int32, seldom int) mess {
	m := mess{subdivision: subdivide(seed, columns, rows, bends, Point{1_110_000_000, 380_000_000}).clone()}
	m.within = cloneShape(m.parent)
	rng := rand.New(rand.NewPCG(seed, 7))
	off := func(reach int32) int32 { return rng.Int32N(2*reach+1) - reach }
	for i, child := range m.children {
		ring := child[0][0]
		for k := range ring {
			ring[k].X, ring[k].Y = ring[k].X+off(jitter), ring[k].Y+off(jitter)
		}
		switch rng.IntN(seldom) {
		case 0:
			k := 1 + rng.IntN(len(ring)-1)
			ring = slices.Delete(ring, k, k+1)
		case 1:
			k := rng.IntN(len(ring))
			ring[k].X, ring[k].Y = ring[k].X+off(cellSize/6), ring[k].Y+off(cellSize/6)
		case 2: // a spike
			k := rng.IntN(len(ring))
			p := ring[k]
			ring = slices.Insert(ring, k+1, Point{p.X + off(cellSize/3), p.Y + off(cellSize/3)}, p)
		case 3: // a loop
			k := 1 + rng.IntN(len(ring)-3)
			ring[k], ring[k+1] = ring[k+1], ring[k]
		case 4: // an exclave over somebody's ground
			o := m.children[rng.IntN(len(m.children))][0][0][0]
			side := 500 + rng.Int32N(4000)
			x, y := o.X+off(cellSize/3), o.Y+off(cellSize/3)
			child = append(child, Polygon{{{x, y}, {x + side, y + off(200)}, {x + side, y + side}, {x + off(200), y + side}}})
		}
		child[0][0] = ring
		m.children[i] = child
	}
	return m
}

// permuted cleans the mess in another order, and puts the answer back in the
// first.
func (m mess) permuted(rng *rand.Rand, within Shape, opt CleanOptions) ([]Shape, error) {
	order := rng.Perm(len(m.children))
	shapes := make([]Shape, len(order))
	for i, k := range order {
		shapes[i] = m.children[k]
	}
	c, err := Clean(shapes, within, opt)
	if err != nil {
		return nil, err
	}
	for i, k := range order {
		shapes[k] = c.Shapes[i]
	}
	return shapes, nil
}

// Whatever the mess, what comes back is valid and without overlap, its gaps
// are those it reports, and cleaning it again or in another order changes
// nothing.
func TestAnyMessComesOutWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		m := spoil(seed, rapid.IntRange(1, 6).Draw(t, "columns"), rapid.IntRange(1, 5).Draw(t, "rows"),
			rapid.IntRange(0, 6).Draw(t, "bends"), rapid.SampledFrom([]int32{0, 1, 20, 60, 300}).Draw(t, "jitter"), rapid.SampledFrom([]int{5, 12, 60}).Draw(t, "seldom"))
		within := m.within
		if rapid.Bool().Draw(t, "alone") {
			within = nil
		}
		opt := CleanOptions{SnapM: rapid.SampledFrom([]float64{0, 0.1, 1.5, 5}).Draw(t, "snap"), FillWidthM: rapid.SampledFrom([]float64{0, 0.5, 20}).Draw(t, "fill")}
		checkCleaned(t, m, within, opt)
	})
}

func checkCleaned(t rapid.TB, m mess, within Shape, opt CleanOptions) *Cleaned {
	c, err := Clean(m.children, within, opt)
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range c.Shapes {
		if err := s.Validate(); err != nil {
			t.Fatalf("shape %d: %v", i, err)
		}
	}
	var gaps []Fault
	for _, f := range everything(c.Within, c.Shapes) {
		switch {
		case f.Kind == Undrawn:
		case f.Kind != Gap || f.WidthM <= opt.FillWidthM:
			t.Fatalf("left: %v", f)
		default:
			gaps = append(gaps, f)
		}
	}
	if !slices.EqualFunc(gaps, c.Left, func(f, g Fault) bool { return slices.Equal(f.Members, g.Members) && f.Region.Equal(g.Region) }) {
		t.Fatalf("gaps  %v\nreported %v", gaps, c.Left)
	}
	if within != nil && len(gaps) == 0 && !slices.ContainsFunc(c.Shapes, func(s Shape) bool { return s == nil }) && !Whole(c.Within, c.Shapes) {
		t.Fatal("no gap, and not whole")
	}
	again, err := Clean(c.Shapes, within, opt)
	if err != nil || !identical(again.Shapes, c.Shapes) || len(again.Changes) > 0 {
		t.Fatalf("not idempotent: %v, %v", err, again.Changes)
	}
	other, err := m.permuted(rand.New(rand.NewPCG(3, 3)), within, opt)
	if err != nil || !identical(other, c.Shapes) {
		t.Fatalf("another order, another answer: %v", err)
	}
	return c
}

// A thousand messes of every sort, with the bound on what snapping moves.
func TestAThousandMesses(t *testing.T) {
	t.Parallel()
	for _, sort := range []struct {
		jitter int32
		snap   float64
	}{{0, 1.5}, {5, 0.1}, {20, 1.5}, {60, 1.5}, {60, 5}} {
		t.Run(fmt.Sprintf("%d steps, %v m", sort.jitter, sort.snap), func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(200) {
				m := spoil(1000+seed, 1+int(seed%4), 1+int(seed%3), int(seed%5), sort.jitter, []int{5, 12, 60}[seed%3])
				opt := CleanOptions{SnapM: sort.snap, FillWidthM: []float64{0, 0.5, 20}[seed/3%3]}
				c := checkCleaned(t, m, m.within, opt)
				checkMoved(t, m, c, opt)
			}
		})
	}
}

// Snapping moves no more of a shape's ground than the snapping distance along
// its border; what else changes hands is in the report.
func TestCleaningMovesLittleAndTellsTheRest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m := spoil(rapid.Uint64().Draw(t, "seed"), 4, 3, rapid.IntRange(0, 5).Draw(t, "bends"),
			rapid.SampledFrom([]int32{5, 60, 200}).Draw(t, "jitter"), 20)
		opt := CleanOptions{SnapM: 1.5, FillWidthM: 0.5}
		c, err := Clean(m.children, m.within, opt)
		if err != nil {
			t.Fatal(err)
		}
		checkMoved(t, m, c, opt)
	})
}

// checkMoved holds what changed of each shape against the snapping distance
// along its border and what the account says besides.
func checkMoved(t rapid.TB, m mess, c *Cleaned, opt CleanOptions) {
	told := make([]float64, len(m.children))
	for _, change := range c.Changes {
		if change.Kind == Snapped {
			continue
		}
		for _, i := range change.Members {
			told[i] += change.AreaM2
		}
	}
	for i, before := range m.children {
		if before.Validate() != nil {
			continue
		}
		moved := 0.0
		for _, f := range everything(before, c.Shapes[i:i+1]) {
			moved += f.AreaM2
		}
		if most := opt.SnapM*before.PerimeterM() + told[i]; moved > most+0.01 {
			t.Fatalf("shape %d: %.2f m² moved, at most %.2f were to", i, moved, most)
		}
	}
}

func TestCleanDecides(t *testing.T) {
	t.Parallel()
	const metre = 90 // lattice steps of latitude, about
	square := rect(0, 0, 100*metre, 100*metre)
	right := func(x int32) Shape { return rect(x, 0, 200*metre, 100*metre) }
	island := rect(30*metre, 30*metre, 50*metre, 50*metre)
	ring := Shape{{square[0][0], Ring{{30 * metre, 30 * metre}, {30 * metre, 50 * metre}, {50 * metre, 50 * metre}, {50 * metre, 30 * metre}}}}
	bow := Shape{{Ring{{0, 0}, {100 * metre, 100 * metre}, {100 * metre, 0}, {0, 100 * metre}}}}
	tests := []struct {
		name   string
		shapes []Shape
		within Shape
		opt    CleanOptions
		want   []float64 // areas as shares of the square
		kinds  []CleanKind
		left   int
	}{
		{"what fits stays", []Shape{square, right(100 * metre)}, nil, CleanOptions{SnapM: 5}, []float64{1, 1}, nil, 0},
		{"nothing at all", nil, nil, CleanOptions{}, nil, nil, 0},
		{"undrawn stays undrawn", []Shape{nil, square, {}}, nil, CleanOptions{}, []float64{0, 1, 0}, nil, 0},
		{"a gap within the snapping distance closes", []Shape{square, right(101 * metre)}, nil, CleanOptions{SnapM: 1.5}, []float64{1, 1}, []CleanKind{Snapped}, 0},
		{"an overlap within it closes", []Shape{square, right(99 * metre)}, nil, CleanOptions{SnapM: 1.5}, []float64{0.99, 1.01}, []CleanKind{Snapped}, 0},
		{"an overlap goes to the longest border", []Shape{square, rect(90*metre, 40*metre, 200*metre, 60*metre)}, nil, CleanOptions{},
			[]float64{1, 0.2}, []CleanKind{Given, Snapped}, 0},
		{"an overlap goes to the priority", []Shape{square, rect(90*metre, 40*metre, 200*metre, 60*metre)}, nil, CleanOptions{Priority: []int{2, 1}},
			[]float64{0.98, 0.22}, []CleanKind{Given, Snapped}, 0},
		{"an enclave drawn over its surroundings is cut out", []Shape{square, island}, nil, CleanOptions{}, []float64{0.96, 0.04}, []CleanKind{Given}, 0},
		{"unless the surroundings come first", []Shape{square, island}, nil, CleanOptions{Priority: []int{1, 2}}, []float64{1, 0}, []CleanKind{Given, NothingLeft}, 0},
		{"a true enclave survives", []Shape{ring, island}, nil, CleanOptions{SnapM: 1.5, FillWidthM: 5}, []float64{0.96, 0.04}, nil, 0},
		{"an exclave survives", []Shape{append(slices.Clone(ring), right(150 * metre)[0]), island}, nil, CleanOptions{SnapM: 1.5}, []float64{1.46, 0.04}, nil, 0},
		{"a void no wider than asked is filled", []Shape{ring}, nil, CleanOptions{FillWidthM: 10.1}, []float64{1}, []CleanKind{Filled}, 0},
		{"a wider one is left", []Shape{ring}, nil, CleanOptions{FillWidthM: 9.9}, []float64{0.96}, nil, 1},
		{"ground that nobody takes is left", []Shape{rect(0, 0, 100*metre, 60*metre)}, square, CleanOptions{FillWidthM: 0.5}, []float64{0.6}, nil, 1},
		{"what lies outside is cut off", []Shape{rect(0, 0, 150*metre, 100*metre)}, square, CleanOptions{SnapM: 1.5}, []float64{1}, []CleanKind{CutOff, Snapped}, 0},
		{"a border short of the ground given snaps to it", []Shape{rect(metre, 0, 99*metre, 100*metre)}, square, CleanOptions{SnapM: 1.5}, []float64{1}, []CleanKind{Snapped}, 0},
		{"a bow tie keeps both wings", []Shape{bow}, nil, CleanOptions{}, []float64{0.5}, []CleanKind{Repaired}, 0},
		{"a line has no ground", []Shape{{{Ring{{0, 0}, {metre, 0}, {2 * metre, 0}}}}}, nil, CleanOptions{}, []float64{0}, []CleanKind{NothingLeft, Repaired}, 0},
		{"of equal shapes the first keeps the ground", []Shape{square, square}, nil, CleanOptions{}, []float64{1, 0}, []CleanKind{Given, NothingLeft}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := Clean(tt.shapes, tt.within, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			var got []float64
			for _, s := range c.Shapes {
				got = append(got, math.Round(100*s.AreaM2()/square.AreaM2())/100)
			}
			var kinds []CleanKind
			for _, change := range c.Changes {
				kinds = append(kinds, change.Kind)
			}
			if kinds = slices.Compact(kinds); !slices.Equal(got, tt.want) || !slices.Equal(kinds, tt.kinds) || len(c.Left) != tt.left {
				t.Errorf("areas %v, want %v; did %v, want %v; left %d, want %d", got, tt.want, kinds, tt.kinds, len(c.Left), tt.left)
			}
		})
	}
}

// A layer made to be slow is refused, or cleaned, soon.
func TestCleanIsBounded(t *testing.T) {
	t.Parallel()
	comb := func(n int32, across bool) Shape {
		var ring Ring
		for k := range n {
			ring = append(ring, Point{20 * k, 0}, Point{20*k + 10, 20 * n})
		}
		ring = append(ring, Point{20 * n, -20})
		if across {
			for k, p := range ring {
				ring[k] = Point{p.Y, p.X}
			}
			slices.Reverse(ring)
		}
		return Shape{{ring}}
	}
	dense := Ring{}
	for k := range int32(30_000) {
		dense = append(dense, Point{k % 2, k})
	}
	dense = append(dense, Point{-9, 15_000})
	far := Shape{{Ring{{0, 0}, {math.MaxInt32, 0}, {0, math.MaxInt32}}}}
	for name, shapes := range map[string][]Shape{
		"combs across each other": {comb(3000, false), comb(3000, true)},
		"beside itself":           {{{dense}}, {{dense}}},
		"off the earth":           {far},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := Clean(shapes, nil, CleanOptions{SnapM: 1000})
			if err != nil && !errors.Is(err, ErrUnclean) {
				t.Errorf("error %v, want ErrUnclean", err)
			}
			if err == nil && len(everything(nil, c.Shapes)) > 2 {
				t.Error("not clean")
			}
		})
	}
	if _, err := Clean([]Shape{far}, nil, CleanOptions{Priority: []int{1, 2}}); err == nil {
		t.Error("two priorities for one shape were taken")
	}
}
