package topo

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// grove draws a county whole in two tiers, spoilt in the lower: districts of
// some columns each, and their parts.
func grove(seed uint64, jitter int32, alike bool) *CleanTree {
	const columns, rows = 6, 4
	m := spoil(seed, columns, rows, 4, jitter, 15)
	whole := subdivide(seed, columns, rows, 4, Point{1_110_000_000, 380_000_000})
	t := &CleanTree{Shapes: []Shape{whole.parent}, Parents: []int{-1}}
	const districts = 3
	for d := range districts {
		var parts []Shape
		for i, child := range whole.children {
			if i*districts/len(whole.children) == d {
				parts = append(parts, child)
			}
		}
		outline, err := Union(parts)
		if err != nil {
			panic(err)
		}
		t.Shapes, t.Parents = append(t.Shapes, outline), append(t.Parents, 0)
	}
	if !alike { // the upper tier is spoilt too
		rng := rand.New(rand.NewPCG(seed, 8))
		for _, s := range t.Shapes[1:] {
			for k := range s[0][0] {
				s[0][0][k].X += rng.Int32N(2*jitter+1) - jitter
			}
		}
	}
	for i, child := range m.children {
		t.Shapes, t.Parents = append(t.Shapes, child), append(t.Parents, 1+i*districts/len(whole.children))
	}
	return t
}

// Whatever the mess, the tree comes out whole at every tier in which no gap is
// reported, and is left alone when cleaned again.
func TestAnyTreeComesOutWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tree := grove(rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]int32{0, 5, 60}).Draw(t, "jitter"), rapid.Bool().Draw(t, "alike"))
		opt := CleanOptions{SnapM: 1.5, FillWidthM: rapid.SampledFrom([]float64{0.5, 20}).Draw(t, "fill")}
		if rapid.Bool().Draw(t, "partial") {
			tree.Partial = make([]bool, len(tree.Shapes))
			tree.Partial[2] = true
		}
		shapes, groups, err := tree.Clean(opt)
		if err != nil {
			t.Fatal(err)
		}
		gaps := map[int]int{}
		for _, g := range groups {
			gaps[g.Parent] = len(g.Left)
		}
		for p := range 4 {
			var children []Shape
			for i, parent := range tree.Parents {
				if parent == p && shapes[i] != nil {
					children = append(children, shapes[i])
				}
			}
			found := everything(shapes[p], children)
			kept := slices.DeleteFunc(slices.Clone(found), func(f Fault) bool { return f.Kind == Gap })
			partial := tree.Partial != nil && tree.Partial[p]
			if len(kept) > 0 || !partial && len(found) != gaps[p] || len(found) == 0 && !Whole(shapes[p], children) {
				t.Fatalf("below %d, %d gaps were told of: %v", p, gaps[p], found)
			}
		}
		again := CleanTree{Shapes: shapes, Parents: tree.Parents, Partial: tree.Partial}
		if twice, groups, err := again.Clean(opt); err != nil || !identical(twice, shapes) {
			t.Fatalf("cleaned again: %v, %v", err, groups)
		}
	})
}

func TestTreesAtFault(t *testing.T) {
	t.Parallel()
	bow := Shape{{Ring{{0, 0}, {9000, 9000}, {9000, 0}, {0, 9000}}}}
	square := rect(0, 0, 9000, 9000)
	_, _, err := (&CleanTree{Shapes: []Shape{bow, square}, Parents: []int{-1, 0}}).Clean(CleanOptions{})
	var at *CleanTreeError
	var ring *RingError
	if !errors.As(err, &at) || at.Shape != 0 || !errors.As(err, &ring) {
		t.Errorf("a top that is not valid: %v", err)
	}
	if _, _, err := (&CleanTree{Shapes: []Shape{square, square}, Parents: []int{1, -1}}).Clean(CleanOptions{}); err == nil {
		t.Error("a child before its parent was taken")
	}
	over := []Shape{square, rect(5000, 0, 14000, 9000), rect(0, 0, 8900, 9000), rect(5000, 0, 14000, 8900)}
	if _, _, err := (&CleanTree{Shapes: over, Parents: []int{-1, -1, 0, 1}}).Clean(CleanOptions{SnapM: 1.5}); !errors.Is(err, ErrUnclean) {
		t.Errorf("tops that overlap: %v", err)
	}
	if shapes, groups, err := (&CleanTree{Shapes: []Shape{square, square}, Parents: []int{-1, 0}}).Clean(CleanOptions{SnapM: 1.5}); err != nil || len(groups) > 0 || !slices.EqualFunc(shapes, []Shape{square, square}, Shape.Equal) {
		t.Errorf("what is whole: %v, %v", groups, err)
	}
}
