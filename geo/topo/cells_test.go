package topo

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// twoLayers returns the children of two subdivisions over much the same ground
// that share no border, those of the first before those of the second.
func twoLayers(t *rapid.T) (first int, shapes []Shape) {
	at := Point{1_110_000_000, 380_000_000}
	bends := rapid.IntRange(0, 5).Draw(t, "bends")
	one := subdivide(rapid.Uint64().Draw(t, "seed"), 5, 4, bends, at)
	off := func(name string) int32 { return rapid.Int32Range(-cellSize, cellSize).Draw(t, name) }
	two := subdivide(rapid.Uint64().Draw(t, "other seed"), 4, 5, bends, Point{at.X + off("east"), at.Y + off("north")})
	return len(one.children), slices.Concat(one.children, two.children)
}

// However layers lie over each other, their cells are valid, fit each other,
// and add up to every shape; each lies in the shapes it names and no others.
func TestCellsAddUpToTheirShapes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, shapes := twoLayers(t)
		cells, err := Cells(shapes)
		if err != nil {
			t.Fatal(err)
		}
		var all []Shape
		by := make([][]Shape, len(shapes))
		for _, c := range cells {
			if err := c.Ground.Validate(); err != nil {
				t.Fatalf("cell %v: %v", c.Members, err)
			}
			all = append(all, c.Ground)
			for _, m := range c.Members {
				by[m] = append(by[m], c.Ground)
			}
			at := c.Ground.InteriorPoint()
			if 2*c.Ground.AreaM2()/c.Ground.PerimeterM() < 0.5 {
				continue // rounding may take a sliver's middle across a border
			}
			for i, s := range shapes {
				if s.Contains(at) != slices.Contains(c.Members, i) {
					t.Fatalf("cell %v: its middle %v is in shape %d: %v", c.Members, at, i, s.Contains(at))
				}
			}
		}
		outline, err := Union(all)
		if err != nil || !Whole(outline, all) {
			t.Fatalf("the cells do not fit each other: %v", err)
		}
		for i, s := range shapes {
			ground, err := Union(by[i])
			if err != nil {
				t.Fatal(err)
			}
			if moved := math.Abs(ground.AreaM2() - s.AreaM2()); moved > 0.006*s.PerimeterM() { // half a step along all of it
				t.Fatalf("shape %d: cells of %v m² for %v", i, ground.AreaM2(), s.AreaM2())
			}
		}
	})
}

// A layer that fits, and one that nests in another, come back bit for bit.
func TestCellsLeaveWhatFitsAlone(t *testing.T) {
	t.Parallel()
	s := subdivide(3, 4, 4, 3, Point{1_110_000_000, 380_000_000})
	cells, err := Cells(append(slices.Clone(s.children), s.parent, nil))
	if err != nil || len(cells) != len(s.children) {
		t.Fatalf("%d cells of %d children, %v", len(cells), len(s.children), err)
	}
	for _, c := range cells {
		if i := c.Members[0]; !slices.Equal(c.Members, []int{i, len(s.children)}) || &c.Ground[0][0][0] != &s.children[i][0][0][0] {
			t.Errorf("cell of %v is not child %d as it was", c.Members, i)
		}
	}
}

// BenchmarkCells lays 5,040 and 50,320 grids of 48 vertices over a tenth as
// many parents that they do not nest in.
func BenchmarkCells(b *testing.B) {
	for _, size := range []struct {
		name                  string
		columns, rows, coarse int
	}{{"5k", 72, 70, 3}, {"50k", 296, 170, 3}} {
		b.Run(size.name, func(b *testing.B) {
			at := Point{1_110_000_000, 380_000_000}
			fine := subdivide(7, size.columns, size.rows, 11, at)
			shapes := slices.Clone(fine.children)
			for _, c := range subdivide(8, size.columns/size.coarse, size.rows/size.coarse, 11, at).children {
				grown := cloneShape(c)
				for i := range grown[0][0] {
					p := &grown[0][0][i]
					p.X, p.Y = at.X+(p.X-at.X)*int32(size.coarse), at.Y+(p.Y-at.Y)*int32(size.coarse)
				}
				shapes = append(shapes, grown)
			}
			n := 0
			for b.Loop() {
				cells, err := Cells(shapes)
				if err != nil {
					b.Fatal(err)
				}
				n = len(cells)
			}
			b.ReportMetric(float64(n), "cells")
		})
	}
}
