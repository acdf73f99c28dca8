package topo

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyPoints draws points of which many are the same, close together or as far
// apart as they can be.
func anyPoints(t *rapid.T) []Point {
	step := rapid.SampledFrom([]int32{1, 1000, 80_000_000}).Draw(t, "step")
	coordinate := rapid.Map(rapid.Int32Range(-11, 11), func(v int32) int32 { return v * step })
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
		return Point{coordinate.Draw(t, "x"), coordinate.Draw(t, "y")}
	}), 0, 700).Draw(t, "points")
}

func TestPlacesAreInOrderAndFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := anyPoints(t)
		at, numbers := placesOf(points)
		if !slices.IsSortedFunc(at.at, func(p, q Point) int { return cmp.Compare(p.key(), q.key()) }) || len(slices.Compact(slices.Clone(at.at))) != len(at.at) {
			t.Fatalf("not in order, or twice: %v", at.at)
		}
		for i, p := range points {
			if first := int32(slices.Index(points, p)); numbers[i] != first || at.find(p) != first {
				t.Fatalf("%v, first at %d, is number %d, found at %d", p, first, numbers[i], at.find(p))
			}
			if q := (Point{p.X + 1, p.Y - 1}); at.find(q) >= 0 && !slices.Contains(points, q) {
				t.Fatalf("%v found", q)
			}
		}
	})
}

func TestSortKeyedIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(0, 64).Draw(t, "bits")
		seed := rapid.Uint64().Draw(t, "seed")
		items := make([]keyed, rapid.IntRange(0, 600).Draw(t, "items"))
		for i := range items {
			items[i] = keyed{fold(seed, uint64(i/2)) >> (64 - width), int32(i)}
		}
		want := slices.Clone(items)
		slices.SortStableFunc(want, func(a, b keyed) int { return cmp.Compare(a.key, b.key) })
		if got := sortKeyed(items, width); !slices.Equal(got, want) {
			t.Fatal("not in order")
		}
	})
}

func TestLedgerAddsUpLikeAChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := append(anyPoints(t), Point{1, 2}, Point{3, 4})
		_, numbers := placesOf(points)
		chain := newChain(8)
		var spans []span
		for range rapid.IntRange(0, 300).Draw(t, "edges") {
			p, q := rapid.SampledFrom(numbers[:min(9, len(numbers))]).Draw(t, "from"), rapid.SampledFrom(numbers).Draw(t, "to")
			spans = append(spans, spanOf(p, q, 1))
			if p != q {
				for _, l := range appendLink(nil, points[p], points[q], 1) {
					chain.addLink(l.a, l.b, l.count)
				}
			}
		}
		var sums ledger
		sums.add(points, []span{{0, 1, 1}})
		sums.add(points, spans)
		want := chain.residue()
		if got := sums.lasting(); !slices.Equal(got, want) {
			t.Fatalf("%v, want %v", got, want)
		}
		for i, s := range spans {
			in := slices.ContainsFunc(want, func(l link) bool {
				return [2]Point{l.a, l.b} == [2]Point{points[s.lo], points[s.hi]} || [2]Point{l.b, l.a} == [2]Point{points[s.lo], points[s.hi]}
			})
			if in != (sums.sum[i] != 0) || in != sums.lasts(s.hi, s.lo) {
				t.Fatalf("edge %v lasts: %v", s, !in)
			}
		}
	})
}

// What the quick look takes for a simple ring is one, and of rings that are
// simple it misses none that is not longer than it takes.
func TestQuickLookAgreesWithValidate(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		points := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Point {
			return Point{rapid.Int32Range(0, 40).Draw(t, "x"), rapid.Int32Range(0, 40).Draw(t, "y")}
		}), 3, 40).Draw(t, "ring")
		if rapid.Bool().Draw(t, "by angle") { // star-shaped around a corner, mostly simple
			slices.SortFunc(points, func(p, q Point) int { return -orient(Point{-1, -1}, p, q) })
			points = append(points, Point{-1, -1})
		}
		s := Shape{{points}}
		if got, want := new(quickLook).simple(s), s.Validate() == nil; got != want {
			t.Fatalf("%v: simple %v, valid %v", s, got, want)
		}
	})
}
