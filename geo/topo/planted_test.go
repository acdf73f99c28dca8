package topo

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// plant moves one vertex of child i that lies between corners of s, and
// returns the fault this makes, with its ground exactly; false when the moved
// border would cross the old one.
func (s subdivision) plant(t *rapid.T, original subdivision, i, bends int) (Fault, bool) {
	ring := s.children[i][0][0]
	k := rapid.IntRange(0, 3).Draw(t, "side")*(bends+1) + 1 + rapid.IntRange(0, bends-1).Draw(t, "bend")
	reach := int32(cellSize / (10 * (bends + 1)))
	a, v, b := ring[k-1], ring[k], ring[(k+1)%len(ring)]
	moved := Point{
		v.X + rapid.Int32Range(-reach, reach).Draw(t, "east"),
		v.Y + rapid.Int32Range(-reach, reach).Draw(t, "north"),
	}
	if crosses(a, moved, v, b) || crosses(moved, b, a, v) || orient(a, v, moved)*orient(v, b, moved) == 0 {
		return Fault{}, false
	}
	region := Ring{a, v, b, moved}
	want := Fault{Kind: Overlap, Members: []int{i}}
	inward := region.area2().sign() > 0 // the old border runs a, v, b with child i on its left
	if !inward {
		slices.Reverse(region)
	} else {
		want.Kind = Gap
	}
	want.Region = Shape{{region}}
	for j, other := range original.children {
		if j != i && slices.Contains(other[0][0], v) {
			want.Members = append(want.Members, j)
		}
	}
	if len(want.Members) == 1 && !inward {
		want.Kind = Outside
	}
	slices.Sort(want.Members)
	ring[k] = moved
	return want, true
}

// Vertices moved here and there in a whole subdivision are found, each as what
// it is, with its ground to the lattice step; and nothing else is.
func TestPlantedFaultsAreFoundExactly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const columns, rows = 7, 5
		bends := rapid.IntRange(1, 5).Draw(t, "bends")
		original := subdivide(rapid.Uint64().Draw(t, "seed"), columns, rows, bends, Point{1_110_000_000, 380_000_000})
		s := original.clone()
		var want []Fault
		for i := range s.children {
			if i/columns%2 == 1 || i%columns%2 == 1 || rapid.IntRange(0, 3).Draw(t, "skip") == 0 {
				continue // planted children never share a border
			}
			if fault, ok := s.plant(t, original, i, bends); ok {
				want = append(want, fault)
			}
		}
		got := everything(s.parent, s.children)
		order := func(f, g Fault) int {
			return cmp.Or(cmp.Compare(f.Kind, g.Kind), slices.Compare(f.Members, g.Members), cmp.Compare(f.Region.Bound().Min.key(), g.Region.Bound().Min.key()))
		}
		slices.SortFunc(got, order)
		slices.SortFunc(want, order)
		if !slices.EqualFunc(got, want, func(f, g Fault) bool {
			return f.Kind == g.Kind && slices.Equal(f.Members, g.Members) && f.Region.Equal(g.Region)
		}) {
			t.Fatalf("got  %v\nwant %v", got, want)
		}
	})
}

// A child left out, one given twice and one without its ground are found in
// any subdivision.
func TestMissingAndDoubleChildrenAreFound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := subdivide(rapid.Uint64().Draw(t, "seed"), 5, 4, 2, Point{1_110_000_000, 380_000_000})
		missing, twice := 6, 13
		gone := s.children[missing]
		s.children = append(slices.Delete(s.clone().children, missing, missing+1), s.children[twice], nil)
		faults := everything(s.parent, s.children)
		if len(faults) != 3 {
			t.Fatal(say(faults))
		}
		double, gap, undrawn := faults[0], faults[1], faults[2]
		if double.Kind != Duplicate || !slices.Equal(double.Members, []int{twice - 1, 19}) ||
			gap.Kind != Gap || !gap.Region.Equal(gone) || !slices.Equal(gap.Members, []int{1, 5, 6, 10}) ||
			undrawn.Kind != Undrawn || !slices.Equal(undrawn.Members, []int{20}) {
			t.Fatal(say(faults))
		}
	})
}
