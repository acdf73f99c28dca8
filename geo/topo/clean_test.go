package topo

import (
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
// or swap a corner with an exclave.
func spoil(seed uint64, columns, rows, bends int, jitter int32) mess {
	m := mess{subdivision: subdivide(seed, columns, rows, bends, Point{1_110_000_000, 380_000_000}).clone()}
	m.within = cloneShape(m.parent)
	rng := rand.New(rand.NewPCG(seed, 7))
	off := func(reach int32) int32 { return rng.Int32N(2*reach+1) - reach }
	for i, child := range m.children {
		ring := child[0][0]
		for k := range ring {
			ring[k].X, ring[k].Y = ring[k].X+off(jitter), ring[k].Y+off(jitter)
		}
		switch rng.IntN(12) {
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
			rapid.IntRange(0, 6).Draw(t, "bends"), rapid.SampledFrom([]int32{0, 1, 20, 60, 300}).Draw(t, "jitter"))
		within := m.within
		if rapid.Bool().Draw(t, "alone") {
			within = nil
		}
		opt := CleanOptions{SnapM: rapid.SampledFrom([]float64{0, 0.1, 1.5, 5}).Draw(t, "snap"), FillWidthM: rapid.SampledFrom([]float64{0, 0.5, 20}).Draw(t, "fill")}
		checkCleaned(t, m, within, opt)
	})
}

func checkCleaned(t *rapid.T, m mess, within Shape, opt CleanOptions) {
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
}
