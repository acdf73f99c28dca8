package topo

import "testing"

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

// BenchmarkFaultsEverywhere lays a whole county over each other without a
// parent and with one overlap, so that no edge is spared.
func BenchmarkFaultsEverywhere(b *testing.B) {
	c := county.clone()
	c.children[500][0][0][5].X += 900
	for b.Loop() {
		Faults(nil, c.children, DefaultTolerance)
	}
}

func BenchmarkUnion(b *testing.B) {
	for b.Loop() {
		if _, err := Union(county.children); err != nil {
			b.Fatal(err)
		}
	}
}
