package topo

import (
	"strconv"
	"testing"
)

var county = subdivide(7, 72, 70, 11, Point{1_110_000_000, 380_000_000}) // 5,040 children of 48 vertices

func BenchmarkWhole(b *testing.B) {
	for b.Loop() {
		if !Whole(county.parent, county.children) {
			b.Fatal("not whole")
		}
	}
}

func BenchmarkValidate(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		var v validator
		for _, c := range county.children {
			if err := v.check(c); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkCancel(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if !boundary(county.parent, county.children).empty() {
			b.Fatal("left over")
		}
	}
}

// BenchmarkFaultsOf50 finds 50 shifted vertices in a county of 5,040 children.
func BenchmarkFaultsOf50(b *testing.B) {
	c := county.clone()
	for i := range 50 {
		ring := c.children[i*100+50][0][0]
		ring[5].X += 900
		ring[5].Y += 700
	}
	n := 0
	for b.Loop() {
		faults, _ := Faults(c.parent, c.children, DefaultTolerance)
		n = len(faults)
	}
	b.ReportMetric(float64(n), "faults")
}

// BenchmarkFaultsEverywhere has no parent and one child too many, so that all
// edges of the county are laid over each other.
func BenchmarkFaultsEverywhere(b *testing.B) {
	box := county.children[2000].Bound()
	children := append(county.clone().children, rect(box.Min.X, box.Min.Y, box.Max.X+77_777, box.Max.Y+55_555))
	n := 0
	for b.Loop() {
		faults, _ := Faults(nil, children, DefaultTolerance)
		n = len(faults)
	}
	b.ReportMetric(float64(n), "faults")
}

func BenchmarkUnion(b *testing.B) {
	for b.Loop() {
		if _, err := Union(county.children); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClean cleans messes of 5,040 and 50,176 children of some 48
// vertices, all of which jitter by up to 33 cm, one child in ten with a fault of
// its own besides.
func BenchmarkClean(b *testing.B) {
	for _, side := range []int{71, 224} {
		m := spoil(5, side, side, 11, 30, 50)
		b.Run(strconv.Itoa(len(m.children)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c, err := Clean(m.children, m.within, CleanOptions{SnapM: 1.5, FillWidthM: 0.5})
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(len(c.Changes)), "changes")
				b.ReportMetric(float64(len(c.Left)), "left")
			}
		})
	}
}
