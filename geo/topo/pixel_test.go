package topo

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// fan returns slivers, few steps wide and hundreds to thousands long, that
// share one corner and fit each other.
func fan(t *rapid.T) []Shape {
	y := rapid.SliceOfNDistinct(rapid.Int32Range(-30, 30), 3, 12, rapid.ID[int32]).Draw(t, "heights")
	tip := Point{0, 0}
	var far []Point
	for at := int32(-30); at <= 30; at++ {
		for _, v := range y {
			if v == at {
				far = append(far, Point{rapid.Int32Range(300, 4000).Draw(t, "x"), at})
			}
		}
	}
	var shapes []Shape
	for i := 1; i < len(far); i++ {
		if orient(tip, far[i-1], far[i]) > 0 {
			shapes = append(shapes, Shape{{{tip, far[i-1], far[i]}}})
		}
	}
	return shapes
}

// drawnOver returns a line over a fan, mostly near the tip, where slivers are
// narrower than a step.
func drawnOver(t *rapid.T) []Point {
	near := rapid.Int32Range(-40, 300)
	if rapid.Bool().Draw(t, "level") {
		return []Point{{-10, near.Draw(t, "y0") / 8}, {4100, near.Draw(t, "y1") / 8}}
	}
	return []Point{{near.Draw(t, "x0"), -40}, {near.Draw(t, "x1"), 40}}
}

// fits cuts shapes along a line and asks that what is left fits; it reports
// whether the line did cut.
func fits(t *rapid.T, shapes []Shape, line []Point) bool {
	all := slices.Repeat([]bool{true}, len(shapes))
	p, err := CutLine(shapes, all, line)
	var refused *LineError
	if errors.As(err, &refused) && refused.Reason != LineOverlaps {
		return false
	}
	if err != nil {
		t.Fatalf("%v along %v: %v", shapes, line, err)
	}
	var pieces []Shape
	for _, s := range slices.Concat(p.Alone, p.Left, p.Right) {
		if s != nil {
			pieces = append(pieces, s)
		}
	}
	if after, err := Union(pieces); err != nil || !Whole(after, pieces) {
		t.Fatalf("%v along %v do not fit: %v, %v", shapes, line, pieces, err)
	}
	return true
}

// Whatever line is drawn over slivers, what is left of them fits: no border is
// taken past another. A refusal never speaks of overlaps that are not there.
func TestLinesOverSliversKeepThemFitting(t *testing.T) {
	t.Parallel()
	cut := 0
	rapid.Check(t, func(t *rapid.T) {
		shapes := fan(t)
		ground, err := Union(shapes)
		if len(shapes) == 0 || err != nil || len(ground) != 1 || ground.Validate() != nil {
			t.Skip("the slivers lie over each other")
		}
		for range 10 {
			if fits(t, shapes, drawnOver(t)) {
				cut++
			}
		}
	})
	if cut == 0 {
		t.Error("no line cut anything")
	}
}
