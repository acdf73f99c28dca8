package mesh

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gridmap/geo/topo"
)

// pixel is a unit of a tile of zoom 12, in steps of the lattice, and more.
const pixel = 360*topo.Unit>>(12+tileBits) + 1

// round returns a ring of twelve corners about a place in units of zoom 12.
func round(x, y float64) topo.Ring {
	var ring topo.Ring
	for k := range 12 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 6)
		ring = append(ring, topo.Point{X: int32((x + 100*cos) * pixel), Y: int32((y + 100*sin) * pixel)})
	}
	return ring
}

// Whatever changes of what a tile shows of a face or what is said of it, its sum
// changes: the place, by a unit, each corner, the ID, each letter; both where all
// of the face lies inside and where some of it does.
func TestSumsTellWhatIsShown(t *testing.T) {
	t.Parallel()
	const text = "a text of more than eight bytes"
	for _, at := range []Tile{{12, 2048, 2047}, {12, 2048, 2046}} { // its middle lies 60 units south of the edge between them
		ring := round(2000, 4096-60)
		faces := map[string]Face[string]{
			"as it was":    {7, topo.Shape{{ring}}, "tag", text, 3},
			"another ID":   {8, topo.Shape{{ring}}, "tag", text, 3},
			"another mark": {7, topo.Shape{{ring}}, "tag", text, 4},
			"no text":      {7, topo.Shape{{ring}}, "tag", "", 3},
			"a longer one": {7, topo.Shape{{ring}}, "tag", text + "\x00", 3},
		}
		for k := range text {
			other := []byte(text)
			other[k]++
			faces[fmt.Sprint("letter ", k)] = Face[string]{7, topo.Shape{{ring}}, "tag", string(other), 3}
		}
		for k := 1; k < 5; k++ {
			faces[fmt.Sprint("moved east by ", k)] = Face[string]{7, topo.Shape{{round(2000+float64(k), 4096-60)}}, "tag", text, 3}
			faces[fmt.Sprint("moved north by ", k)] = Face[string]{7, topo.Shape{{round(2000, 4096-60+float64(k))}}, "tag", text, 3}
		}
		for k := range ring {
			bent := slices.Clone(ring)
			bent[k].X += 9 * pixel
			if q := at.At(Project(ring[k])); within(q) {
				faces[fmt.Sprint("corner ", k)] = Face[string]{7, topo.Shape{{bent}}, "tag", text, 3}
			}
		}
		sums, p := map[uint64]string{}, &Pen{}
		for name, f := range faces {
			sum := sumOf(Build([]Face[string]{f}), at, p)
			if other, is := sums[sum]; is {
				t.Errorf("tile %v: %s and %s have one sum", at, name, other)
			}
			sums[sum] = name
			if sum != sumOf(Build([]Face[string]{f}), at, p) {
				t.Errorf("tile %v: %s has two sums", at, name)
			}
		}
		if len(faces) < 5+len(text)+8+5 {
			t.Errorf("tile %v: only %d faces", at, len(faces))
		}
	}
}
