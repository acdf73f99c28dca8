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

// round returns a ring of n corners about a place in units of zoom 12.
func round(n int, x, y float64) topo.Ring {
	var ring topo.Ring
	for k := range n {
		sin, cos := math.Sincos(float64(k) * 2 * math.Pi / float64(n))
		ring = append(ring, topo.Point{X: int32((x + 100*cos) * pixel), Y: int32((y + 100*sin) * pixel)})
	}
	return ring
}

// Whatever changes of what a tile shows of a face or what is said of it, its sum
// changes: the place, by a unit, each corner, the ID, each letter; both where all
// of the face lies inside and where some of it does.
func TestSumsTellWhatIsShown(t *testing.T) {
	t.Parallel()
	const x, y = 2000, 4096 - 60 // the upper tile begins 60 units north of the middle
	for _, at := range []Tile{{12, 2048, 2047}, {12, 2048, 2046}} {
		for corners := 12; corners < 20; corners++ { // encoded, they have any number of bytes
			testSums(t, at, round(corners, x, y), round(corners, x+1, y), round(corners, x, y+1))
		}
	}
}

// testSums holds the sums of variants of a face against each other: as it is,
// moved in two ways, with each corner elsewhere that the tile shows, and with
// other things said of it.
func testSums(t *testing.T, at Tile, ring, east, north topo.Ring) {
	t.Helper()
	const text = "a text of more than thirty bytes!"
	face := func(ring topo.Ring) Face[string] { return Face[string]{7, topo.Shape{{ring}}, "tag", text, 3} }
	p, plain := &Pen{}, face(ring)
	faces := map[string]Face[string]{
		"as it was": plain, "moved east": face(east), "moved north": face(north),
		"another ID":   {8, plain.Shape, "tag", text, 3},
		"another mark": {7, plain.Shape, "tag", text, 4},
		"no text":      {7, plain.Shape, "tag", "", 3},
		"a longer one": {7, plain.Shape, "tag", text + "\x00", 3},
	}
	for k := range text {
		other := []byte(text)
		other[k]++
		faces[fmt.Sprint("letter ", k)] = Face[string]{7, plain.Shape, "tag", string(other), 3}
	}
	shownAs := func(f Face[string]) string {
		f.Text = f.Tag
		return fmt.Sprint(drawn(Build([]Face[string]{f}), at, p))
	}
	seen := 0
	for k := range ring {
		bent := slices.Clone(ring)
		bent[k].X += 9 * pixel
		if f := face(bent); shownAs(f) != shownAs(plain) {
			faces[fmt.Sprint("corner ", k)] = f
			seen++
		}
	}
	if seen < len(ring)/3 {
		t.Errorf("tile %v shows %d of %d corners", at, seen, len(ring))
	}
	sums := map[uint64]string{}
	for name, f := range faces {
		sum := sumOf(Build([]Face[string]{f}), at, p)
		if other, is := sums[sum]; is {
			t.Errorf("tile %v, %d corners: %s and %s have one sum", at, len(ring), name, other)
		}
		sums[sum] = name
	}
}
