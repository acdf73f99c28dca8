package mesh

import (
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"
	"pgregory.net/rapid"

	"gridmap/tiles/mvt"
)

// places are coordinates along which faces touch the clip lines, run along them or
// pass them by.
var places = []int32{low - 5000, low - 100, low - 2, low - 1, low, low + 1, 0, 7, 2048, 4095, 4096, high - 1, high, high + 1, high + 2, high + 100, high + 5000}

// cutOut returns the rings that a clipper makes of a ring.
func cutOut(ring []mvt.Point) [][]mvt.Point {
	var p Pen
	p.clip.face(ring, []int32{int32(len(ring))}, true, &p.rings)
	path, shown := p.path()
	if !shown {
		return nil
	}
	return ringsOf(path)
}

// What a tile shows of a face lies within the buffer and has the area that another
// program cuts out, but for the three quarters of a unit by which rounding moves a
// border: of faces that only touch the edge or a corner, too.
func TestFacesAreCutOffAtTheEdge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ring := anyRing().Draw(t, "ring")
		cut := cutOut(ring)
		area, outline := 0.0, 0.0
		for _, r := range cut {
			area += float64(area2(r)) / 2
			if slices.ContainsFunc(r, func(q mvt.Point) bool { return !within(q) }) {
				t.Fatalf("%v goes beyond the buffer", r)
			}
		}
		bound := orb.Bound{Min: orb.Point{low - 0.5, low - 0.5}, Max: orb.Point{high + 0.5, high + 0.5}}
		theirs := clip.Ring(bound, orbRing(ring))
		for i := 1; i < len(theirs); i++ {
			outline += math.Hypot(theirs[i][0]-theirs[i-1][0], theirs[i][1]-theirs[i-1][1])
		}
		if want := areaOf(theirs); math.Abs(area-want) > 0.75*outline+1 {
			t.Fatalf("%v has area %v in the tile, want %v: %v", ring, area, want, cut)
		}
		n := rapid.IntRange(0, len(ring)-1).Draw(t, "from")
		if again := cutOut(append(slices.Clone(ring[n:]), ring[:n]...)); !slices.EqualFunc(cut, again, slices.Equal) {
			t.Fatalf("%v is cut into %v, begun at %d into %v", ring, cut, n, again)
		}
	})
}

// A face with one chain inside comes out the same the short way and the long one,
// be it a ground, a hole or two of them, and one whose box leaves the corner out
// whether or not the corner is asked about.
func TestFacesOfOneChain(t *testing.T) {
	t.Parallel()
	short, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		ring := anyRing().Draw(t, "ring")
		if rapid.Bool().Draw(t, "hole") {
			slices.Reverse(ring)
		}
		var c clipper
		var quick, long, uncornered assembly
		ground := corner(ring)
		if rapid.Bool().Draw(t, "in ground") {
			ground++ // of a ring all around
		}
		c.cut(ring, &long)
		if all++; len(c.events) == 2 {
			events := slices.Clone(c.events)
			c.connect(ground)
			c.follow(&long)
			c.events = events
			if c.close(ground, &quick) {
				short++
				if !slices.Equal(quick.points, long.points) || !slices.Equal(quick.rings, long.rings) {
					t.Fatalf("%v in %d ground comes out as %v, the long way as %v", ring, ground, quick.points, long.points)
				}
			}
		}
		if at := boundOfRing(ring); at[0].X >= low || at[0].Y >= low {
			long.reset()
			ends := []int32{int32(len(ring))}
			c.face(ring, ends, true, &long)
			if c.face(ring, ends, false, &uncornered); !slices.Equal(uncornered.points, long.points) {
				t.Fatalf("%v comes out as %v, with the corner as %v", ring, uncornered.points, long.points)
			}
		}
	})
	if short*10 < all {
		t.Errorf("%d of %d the short way", short, all)
	}
}

// boundOfRing returns the least and the largest x and y of a ring.
func boundOfRing(ring []mvt.Point) [2]mvt.Point {
	b := [2]mvt.Point{ring[0], ring[0]}
	for _, p := range ring {
		b[0] = mvt.Point{X: min(b[0].X, p.X), Y: min(b[0].Y, p.Y)}
		b[1] = mvt.Point{X: max(b[1].X, p.X), Y: max(b[1].Y, p.Y)}
	}
	return b
}

// anyRing draws rings that do not cross themselves, wound as outer ones:
// rectangles, triangles and stars.
func anyRing() *rapid.Generator[[]mvt.Point] {
	return rapid.Custom(func(t *rapid.T) []mvt.Point {
		place := rapid.SampledFrom(places)
		switch rapid.IntRange(0, 2).Draw(t, "sort") {
		case 0:
			x, y := twoOf(t, place), twoOf(t, place)
			return []mvt.Point{{X: x[0], Y: y[0]}, {X: x[1], Y: y[0]}, {X: x[1], Y: y[1]}, {X: x[0], Y: y[1]}}
		case 1:
			for {
				var ring []mvt.Point
				for range 3 {
					ring = append(ring, mvt.Point{X: place.Draw(t, "x"), Y: place.Draw(t, "y")})
				}
				if area := area2(ring); area > 0 {
					return ring
				} else if area < 0 {
					slices.Reverse(ring)
					return ring
				}
			}
		}
		at := mvt.Point{X: place.Draw(t, "x"), Y: place.Draw(t, "y")}
		n := rapid.IntRange(8, 40).Draw(t, "rays")
		var ring []mvt.Point
		for k := range n {
			far, angle := rapid.Float64Range(50, 9000).Draw(t, "far"), 2*math.Pi*float64(k)/float64(n)
			ring = append(ring, mvt.Point{X: at.X + int32(far*math.Cos(angle)), Y: at.Y + int32(far*math.Sin(angle))})
		}
		return ring
	})
}

// twoOf draws two different places, the lesser first.
func twoOf(t *rapid.T, place *rapid.Generator[int32]) [2]int32 {
	a := place.Draw(t, "a")
	b := place.Filter(func(b int32) bool { return b != a }).Draw(t, "b")
	return [2]int32{min(a, b), max(a, b)}
}

func orbRing(ring []mvt.Point) orb.Ring {
	var out orb.Ring
	for i := range len(ring) + 1 {
		q := ring[i%len(ring)]
		out = append(out, orb.Point{float64(q.X), float64(q.Y)})
	}
	return out
}

// areaOf returns the area of a ring, which may be empty.
func areaOf(ring orb.Ring) (area float64) {
	for i := 1; i < len(ring); i++ {
		area += (ring[i-1][0]*ring[i][1] - ring[i][0]*ring[i-1][1]) / 2
	}
	return area
}

// A face that touches the edge of the buffer, from outside, is not shown; one
// that goes a unit further is, and one around the tile fills it.
func TestFacesThatTouchTheEdge(t *testing.T) {
	t.Parallel()
	square := func(x0, y0, x1, y1 int32) []mvt.Point {
		return []mvt.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}}
	}
	for _, tt := range []struct {
		name       string
		ring, want []mvt.Point
	}{
		{"west of it", square(low-9, 10, low, 20), nil},
		{"east of it", square(high, 10, high+9, 20), nil},
		{"north of it", square(10, low-9, 20, low), nil},
		{"south of it", square(10, high, 20, high+9), nil},
		{"at a corner", square(low-9, low-9, low, low), nil},
		{"at the corner across", square(high, high, high+9, high+9), nil},
		{"a corner on the edge", []mvt.Point{{X: high, Y: 50}, {X: high + 9, Y: 40}, {X: high + 9, Y: 60}}, nil},
		{"a unit further", square(low-9, 10, low+1, 20), square(low, 10, low+1, 20)},
		{"a unit around a corner", square(high-1, high-1, high+9, high+9), square(high-1, high-1, high, high)},
		{"the buffer", square(low, low, high, high), square(low, low, high, high)},
		{"all around", square(low-70_000, low-1, high+1, high+70_000), square(low, low, high, high)},
	} {
		got := cutOut(tt.ring)
		if tt.want == nil && got == nil {
			continue
		}
		if len(got) != 1 || !slices.Equal(got[0], tt.want) {
			t.Errorf("%s: %v is drawn as %v, want %v", tt.name, tt.ring, got, tt.want)
		}
	}
}
