package geo

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// However grids come, go and are given other codes, the amended tree is the one
// made anew.
func TestAmendedTreeEqualsNewTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))
		grids := []Grid{{ID: 1, Code: "1"}}
		tree := treeOf(t, grids)
		next := GridID(2)
		for range 1 + rng.IntN(40) {
			c := TreeChange{Recoded: map[int]string{}}
			gone := map[int]bool{}
			for range rng.IntN(3) {
				if i := rng.IntN(len(grids)); i > 0 && !slices.ContainsFunc(tree.Children(i), func(c int32) bool { return !gone[int(c)] }) {
					gone[i] = true
				}
			}
			var after []Grid
			for i, g := range grids {
				if gone[i] {
					c.Gone = append(c.Gone, i)
					continue
				}
				if rng.IntN(10) == 0 {
					g.Code = fmt.Sprint("c", next, "-", i)
					c.Recoded[i] = g.Code
				}
				after = append(after, g)
			}
			for range rng.IntN(4) {
				up := after[rng.IntN(len(after))]
				g := Grid{ID: next, Parent: up.ID, Tier: up.Tier + 1, Code: []string{fmt.Sprint(next), ""}[rng.IntN(2)]}
				if rng.IntN(30) == 0 {
					g.Code = after[0].Code // stands twice
				}
				next++
				after = append(after, g)
				c.Came = append(c.Came, &g)
			}
			fresh := treeOf(t, after)
			now, ok := tree.Amend(func(i int) *Grid { return &grids[i] }, c)
			if !ok {
				now = fresh
			}
			sameTree(t, now, fresh, after)
			sameTree(t, tree, treeOf(t, grids), grids)
			grids, tree = after, now
		}
	})
}

// A tree that has been amended very often still finds every grid.
func TestTreeAmendedOften(t *testing.T) {
	grids := []Grid{{ID: 1, Code: "1"}, {ID: 2, Parent: 1, Tier: 1, Code: "2"}}
	tree := treeOf(t, grids)
	made := 0
	for id := GridID(3); id < 3+4*maxExtra; id++ {
		after := []Grid{grids[0], {ID: id, Parent: 1, Tier: 1, Code: fmt.Sprint(id)}}
		now, ok := tree.Amend(func(i int) *Grid { return &grids[i] }, TreeChange{Gone: []int{1}, Came: []*Grid{&after[1]}})
		if !ok {
			now = treeOf(t, after)
			made++
		}
		grids, tree = after, now
	}
	sameTree(t, tree, treeOf(t, grids), grids)
	if len(tree.at) > 3*maxExtra || len(tree.ids.base)+len(tree.ids.extra) > 3*maxExtra || made > 8 {
		t.Errorf("made anew %d times, %d serials, %d ids", made, len(tree.at), len(tree.ids.base)+len(tree.ids.extra))
	}
}

func TestAmendRefuses(t *testing.T) {
	grids := []Grid{{ID: 1, Code: "1"}, {ID: 2, Parent: 1, Tier: 1, Code: "2"}, {ID: 3, Parent: 2, Tier: 2, Code: "3"}}
	tree := treeOf(t, grids)
	for name, c := range map[string]TreeChange{
		"the root goes":                     {Gone: []int{0}},
		"a parent goes and its child stays": {Gone: []int{1}},
		"a code stands twice":               {Came: []*Grid{{ID: 4, Parent: 1, Tier: 1, Code: "2"}}},
		"a code is given twice":             {Recoded: map[int]string{2: "2"}},
		"an ID stands twice":                {Came: []*Grid{{ID: 3, Parent: 1, Tier: 1, Code: "4"}}},
		"no such parent":                    {Came: []*Grid{{ID: 4, Parent: 9, Tier: 1, Code: "4"}}},
		"a parent of the same tier":         {Came: []*Grid{{ID: 4, Parent: 2, Tier: 1, Code: "4"}}},
		"a parent that goes":                {Gone: []int{2}, Came: []*Grid{{ID: 4, Parent: 3, Tier: 3, Code: "4"}}},
		"a parent that comes later":         {Came: []*Grid{{ID: 4, Parent: 5, Tier: 2, Code: "4"}, {ID: 5, Parent: 1, Tier: 1, Code: "5"}}},
	} {
		if _, ok := tree.Amend(func(i int) *Grid { return &grids[i] }, c); ok {
			t.Errorf("%s: amended", name)
		}
	}
	for name, c := range map[string]TreeChange{
		"a code passes on":      {Gone: []int{2}, Came: []*Grid{{ID: 4, Parent: 2, Tier: 2, Code: "3"}}},
		"codes change places":   {Recoded: map[int]string{1: "3", 2: "2"}},
		"a child with a parent": {Came: []*Grid{{ID: 4, Parent: 1, Tier: 1, Code: "4"}, {ID: 5, Parent: 4, Tier: 2, Code: "5"}}},
	} {
		if _, ok := tree.Amend(func(i int) *Grid { return &grids[i] }, c); !ok {
			t.Errorf("%s: refused", name)
		}
	}
}

func treeOf(t *testing.T, grids []Grid) *Tree {
	t.Helper()
	tree, err := NewTree(grids)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// sameTree fails unless both trees answer alike about grids.
func sameTree(t *testing.T, got, want *Tree, grids []Grid) {
	t.Helper()
	if got.Len() != want.Len() || !slices.Equal(got.Preorder(), want.Preorder()) {
		t.Fatalf("%d grids in order %v, want %d in %v", got.Len(), got.Preorder(), want.Len(), want.Preorder())
	}
	for i := range grids {
		var a, b [5]any
		for answers, tree := range map[*[5]any]*Tree{&a: got, &b: want} {
			from, to := tree.Interval(i)
			at, known := tree.Index(grids[i].ID)
			coded, ok := tree.ByCode(grids[i].Code)
			*answers = [5]any{tree.Parent(i), [2]int{from, to}, [2]any{at, known}, [2]any{coded, ok}, append([]int32{}, tree.Children(i)...)}
		}
		if !reflect.DeepEqual(a, b) {
			t.Fatalf("grid %d: %v, want %v", i, a, b)
		}
	}
	for id := GridID(0); id < 200; id++ {
		if _, known := got.Index(id); known != slices.ContainsFunc(grids, func(g Grid) bool { return g.ID == id }) {
			t.Fatalf("grid %d is known: %t", id, known)
		}
	}
}
