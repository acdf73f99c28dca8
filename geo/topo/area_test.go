package topo

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestAreaAgainstPublishedFigures(t *testing.T) {
	degree := rect(0, 0, 10_000_000, 10_000_000)
	globe := rect(-1_800_000_000, -900_000_000, 1_800_000_000, 900_000_000)
	tests := []struct {
		name      string
		got, want float64
		within    float64 // relative
	}{
		// 510,065,621.7 km² is the surface of WGS 84.
		{"the globe has the surface of the ellipsoid", globe.AreaM2(), 5.100656217240886e14, 1e-12},
		{"a square degree at the equator follows the closed form", degree.AreaM2(), zoneByForm(1) * math.Pi / 180, 1e-12},
		{"a band in the north follows the closed form", rect(0, 390_000_000, 10_000_000, 400_000_000).AreaM2(),
			(zoneByForm(40) - zoneByForm(39)) * math.Pi / 180, 1e-12},
		{"a hole is taken off", withHole(degree, rect(10, 10, 1_000_010, 1_000_010)).AreaM2(),
			degree.AreaM2() - rect(10, 10, 1_000_010, 1_000_010).AreaM2(), 1e-12},
		{"a degree of the equator", LengthM(Point{0, 0}, Point{10_000_000, 0}), 111_319.490793, 1e-9},
		// Quarter meridian of WGS 84: 10,001,965.729 m.
		{"from the equator to the pole", LengthM(Point{0, 0}, Point{0, 900_000_000}), 10_001_965.729, 1e-7},
		{"the sides of a shape", rect(0, 0, 10_000_000, 1).PerimeterM(), 2 * 111_319.490793, 1e-6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if math.Abs(tt.got-tt.want) > tt.within*tt.want {
				t.Errorf("%.6f, want %.6f", tt.got, tt.want)
			}
		})
	}
}

// zoneByForm is the area from the equator to a latitude in degrees, per radian
// of longitude, in closed form.
func zoneByForm(lat float64) float64 {
	s, e := math.Sin(lat*math.Pi/180), math.Sqrt(e2)
	return semiMinor * semiMinor / 2 * (s/(1-e2*s*s) + math.Atanh(e*s)/e)
}

func TestAreasOfChildrenAddUpToTheParents(t *testing.T) {
	s := subdivide(5, 12, 12, 7, Point{1_110_000_000, 380_000_000})
	sum := 0.0
	for _, child := range s.children {
		sum += child.AreaM2()
	}
	if parent := s.parent.AreaM2(); math.Abs(sum-parent) > 1e-9*parent {
		t.Errorf("children %.6f m², parent %.6f m²", sum, parent)
	}
}

func TestAreaOfATinyShapeKeepsItsDigits(t *testing.T) {
	step := rect(1_110_000_000, 380_000_000, 1_110_000_100, 380_000_100) // about 1 m
	east := rect(1_110_000_000, 380_000_000, 1_110_000_200, 380_000_100)
	if ratio := east.AreaM2() / step.AreaM2(); math.Abs(ratio-2) > 1e-9 {
		t.Errorf("twice as wide is %v times as large", ratio)
	}
	if area := Shape(nil).AreaM2() + (Shape{{Ring{}}}).AreaM2() + (Shape{{}}).AreaM2(); area != 0 {
		t.Errorf("nothing has %v m²", area)
	}
}

// Sines that follow from those of a latitude nearby are those of the library.
func TestSinesNearby(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(3, 1))
	for range 1000 {
		var a angle
		from := float64(rng.IntN(180*Unit) - 90*Unit)
		for _, off := range []float64{0, 1, 0.5, -300, 40_000.5, -559_000, 559_500, 600_000, -900_000, 12} {
			y := from + off
			s, c := a.sincos(y)
			if ws, wc := math.Sincos(y * radian); math.Abs(s-ws) > 6e-16 || math.Abs(c-wc) > 6e-16 {
				t.Fatalf("at %v after %v: %v and %v, want %v and %v", y, from, s, c, ws, wc)
			}
		}
	}
}
