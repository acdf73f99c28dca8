package topo

import (
	"testing"

	"pgregory.net/rapid"
)

// drawSubdivision draws a small whole subdivision.
func drawSubdivision(t *rapid.T) subdivision {
	return subdivide(rapid.Uint64().Draw(t, "seed"), rapid.IntRange(1, 6).Draw(t, "columns"),
		rapid.IntRange(1, 6).Draw(t, "rows"), rapid.IntRange(0, 6).Draw(t, "bends"), Point{1_110_000_000, 380_000_000})
}

// merge joins neighbours at random, so that children have all kinds of shape.
func (s subdivision) merge(t *rapid.T) subdivision {
	groups := map[int][]Shape{}
	n := rapid.IntRange(1, len(s.children)).Draw(t, "groups")
	for _, child := range s.children {
		g := rapid.IntRange(0, n-1).Draw(t, "group")
		groups[g] = append(groups[g], child)
	}
	s.children = nil
	for g := range n {
		if groups[g] == nil {
			continue
		}
		shape, err := Union(groups[g])
		if err != nil {
			t.Fatal(err)
		}
		s.children = append(s.children, shape)
	}
	return s
}

// Whatever neighbours are merged, the children are valid, whole, without
// fault, and their outline and fingerprint are the parent's.
func TestMergedSubdivisionsStayWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSubdivision(t).merge(t)
		var sum Fingerprint
		for _, child := range s.children {
			if err := child.Validate(); err != nil {
				t.Fatalf("%v: %v", child, err)
			}
			sum = sum.Add(child.Fingerprint())
		}
		if !Whole(s.parent, s.children) {
			t.Fatal("not whole")
		}
		if faults := everything(s.parent, s.children); len(faults) > 0 {
			t.Fatal(say(faults))
		}
		if sum != s.parent.Fingerprint() {
			t.Fatalf("fingerprints sum to %v, want %v", sum, s.parent.Fingerprint())
		}
		if u, err := Union(s.children); err != nil || !u.Equal(s.parent) {
			t.Fatalf("union %v, %v, want %v", u, err, s.parent)
		}
	})
}

// One vertex moved by one step is enough to be seen by all three proofs.
func TestOneStepIsSeen(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSubdivision(t)
		moved := s.clone()
		ring := moved.children[rapid.IntRange(0, len(moved.children)-1).Draw(t, "child")][0][0]
		ring[rapid.IntRange(0, len(ring)-1).Draw(t, "vertex")].X++
		var sum Fingerprint
		for _, child := range moved.children {
			sum = sum.Add(child.Fingerprint())
		}
		if Whole(moved.parent, moved.children) || sum.Sub(moved.parent.Fingerprint()) == (Fingerprint{}) {
			t.Fatal("not seen")
		}
	})
}

// The sum of edges alone is no proof: this ring crosses itself, and what it
// misses on one side it takes on the other.
func TestWholeNeedsSimpleRings(t *testing.T) {
	parent := poly(Point{0, 0}, Point{10, 0}, Point{10, 10}, Point{0, 10})
	twice := Shape{{parent[0][0]}, {rect(2, 2, 4, 4)[0][0]}}
	antiChild := Shape{{Ring{{2, 2}, {2, 4}, {4, 4}, {4, 2}}}}
	if boundary(parent, []Shape{twice, antiChild}).empty() != true {
		t.Fatal("the edges should cancel")
	}
	if Whole(parent, []Shape{twice, antiChild}) {
		t.Error("two wrong shapes are held to be whole")
	}
}

func TestWholeAsksForDrawnShapes(t *testing.T) {
	square := rect(0, 0, 10, 10)
	tests := []struct {
		name     string
		parent   Shape
		children []Shape
		want     bool
	}{
		{"an only child of the parent's shape", square, []Shape{square}, true},
		{"no parent", nil, []Shape{square}, false},
		{"no parent and no children", nil, nil, false},
		{"no children", square, nil, false},
		{"a child not drawn", square, []Shape{square, nil}, false},
		{"two parents", square, []Shape{square, square}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Whole(tt.parent, tt.children); got != tt.want {
				t.Errorf("Whole = %v, want %v", got, tt.want)
			}
		})
	}
}

// Stored fingerprints must never change.
func TestFingerprintIsFixed(t *testing.T) {
	got := rect(1_110_000_000, 380_000_000, 1_110_050_000, 380_040_000).Fingerprint()
	if want := (Fingerprint{2616713010993541442, 6302592224821909928}); got != want {
		t.Errorf("fingerprint %#v, want %#v", got, want)
	}
}
