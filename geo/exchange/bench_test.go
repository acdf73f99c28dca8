package exchange

import (
	"fmt"
	"strings"
	"testing"
)

// One feature of 5,000 vertices with 8 decimals a number, as GDAL writes.
func BenchmarkReadGeoJSON(b *testing.B) {
	var ring strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&ring, "[103.%08d,26.%08d],", i*3571, i*7919)
	}
	text := polygon("[" + ring.String() + "[103.00000000,26.00000000]]")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range ReadGeoJSON(strings.NewReader(text), Options{}) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
