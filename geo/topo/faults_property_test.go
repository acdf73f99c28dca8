package topo

import (
	"cmp"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// everything lists faults and dust alike.
func everything(parent Shape, children []Shape) []Fault {
	faults, dust := Faults(parent, children, Tolerance{})
	return append(faults, dust...)
}

// blob draws a simple ring of corners around a centre, or with holes another
// inside it, on a lattice that leaves room for rounding.
func blob(t *rapid.T, name string) Shape {
	for {
		cx, cy := rapid.Int32Range(-3000, 3000).Draw(t, name+" x"), rapid.Int32Range(-3000, 3000).Draw(t, name+" y")
		n := rapid.IntRange(3, 9).Draw(t, name+" corners")
		ring := make(Ring, n)
		for i := range ring {
			turn := 2 * math.Pi * (float64(i) + rapid.Float64Range(0, 0.9).Draw(t, "turn")) / float64(n)
			reach := rapid.Float64Range(200, 3000).Draw(t, "reach")
			ring[i] = Point{cx + int32(reach*math.Cos(turn)), cy + int32(reach*math.Sin(turn))}
		}
		shape := Shape{{ring}}
		if rapid.Bool().Draw(t, name+" hole") {
			hole := make(Ring, n)
			for i, p := range ring {
				hole[n-1-i] = Point{cx + (p.X-cx)/2, cy + (p.Y-cy)/2}
			}
			shape[0] = append(shape[0], hole)
		}
		if shape.Validate() == nil {
			return shape
		}
		t.SkipNow()
	}
}

// near reports whether p lies within reach steps of an edge of any shape.
func near(p Point, reach float64, shapes ...Shape) bool {
	for _, s := range shapes {
		for ring := range s.rings {
			for i, a := range ring {
				if distance2(p, a, ring[(i+1)%len(ring)]) <= reach*reach {
					return true
				}
			}
		}
	}
	return false
}

// Whatever shapes lie over each other, each point off the borders is reported
// as exactly what it is, with exactly its owners.
func TestFaultsNameWhatLiesAtAnyPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parent := blob(t, "parent")
		children := make([]Shape, rapid.IntRange(1, 5).Draw(t, "children"))
		for i := range children {
			children[i] = blob(t, "child")
		}
		found := everything(parent, children)
		for range 200 {
			p := Point{rapid.Int32Range(-6000, 6000).Draw(t, "x"), rapid.Int32Range(-6000, 6000).Draw(t, "y")}
			if near(p, 2, append(children, parent)...) {
				continue
			}
			checkPoint(t, p, parent, children, found)
		}
	})
}

// checkPoint compares what the faults say of p with what the shapes say.
func checkPoint(t *rapid.T, p Point, parent Shape, children []Shape, found []Fault) {
	var owners []int
	for i, child := range children {
		if child.Contains(p) {
			owners = append(owners, i)
		}
	}
	var want []Fault
	if parent.Contains(p) && len(owners) == 0 {
		want = append(want, Fault{Kind: Gap})
	}
	if !parent.Contains(p) {
		for _, i := range owners {
			want = append(want, Fault{Kind: Outside, Members: []int{i}})
		}
	}
	if len(owners) > 1 {
		want = append(want, Fault{Kind: Overlap, Members: owners})
	}
	var got []Fault
	for _, f := range found {
		if f.Kind == Duplicate {
			return // judged by what else is there: another test
		}
		if f.Region.Contains(p) {
			got = append(got, f)
		}
	}
	same := slices.EqualFunc(sorted(got), sorted(want), func(g, w Fault) bool {
		return g.Kind == w.Kind && (g.Kind == Gap || slices.Equal(g.Members, w.Members))
	})
	if !same {
		t.Fatalf("at %v: got %v, want %v\nparent %v\nchildren %v", p, got, want, parent, children)
	}
}

func sorted(faults []Fault) []Fault {
	return slices.SortedFunc(slices.Values(faults), func(f, g Fault) int {
		return cmp.Or(cmp.Compare(f.Kind, g.Kind), slices.Compare(f.Members, g.Members))
	})
}
