package topo

import (
	"testing"

	"pgregory.net/rapid"
)

// What is said to lie within leaves nothing bare.
func TestWithin(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		step := rapid.Int32Range(0, 4)
		square := func(name string, most int32) Shape {
			x, y := step.Draw(t, name+" x"), step.Draw(t, name+" y")
			w, h := rapid.Int32Range(1, most).Draw(t, name+" w"), rapid.Int32Range(1, most).Draw(t, name+" h")
			slant := rapid.Int32Range(max(-1, 1-w), 1).Draw(t, name+" slant")
			return Shape{{{{x * 100, y * 100}, {(x + w) * 100, y * 100}, {(x + w + slant) * 100, (y + h) * 100}, {x * 100, (y + h) * 100}}}}
		}
		inner, outer := square("inner", 2), square("outer", 12)
		hole := square("hole", 2)
		if reversed := (Ring{hole[0][0][3], hole[0][0][2], hole[0][0][1], hole[0][0][0]}); (Shape{{outer[0][0], reversed}}).Validate() == nil {
			outer = Shape{{outer[0][0], reversed}}
		}
		if inner.Validate() != nil || outer.Validate() != nil {
			t.Fatalf("%v or %v is not valid", inner, outer)
		}
		_, bare, err := CutRegion([]Shape{outer}, inner)
		if err != nil {
			t.Fatal(err)
		}
		if Within(inner, outer) && len(bare) > 0 {
			t.Fatalf("%v is said to lie within %v, and %v does not", inner, outer, bare)
		}
	})
	big, small := Shape{{{{0, 0}, {1000, 0}, {1000, 1000}, {0, 1000}}}}, Shape{{{{10, 10}, {20, 10}, {20, 20}, {10, 20}}}}
	if !Within(small, big) || Within(big, small) {
		t.Error("a small square is not within a big one, or the other way")
	}
	corner := Shape{{{{0, 0}, {1000, 0}, {500, 500}}}}
	if !Within(corner, big) {
		t.Error("what shares an edge and comes to a point inside is not within")
	}
}
