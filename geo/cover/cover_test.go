package cover

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/paulmach/orb/encoding/wkb"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/topo"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// square is a square from a corner, counter-clockwise.
func square(x, y, side int32) topo.Shape {
	return topo.Shape{{{{X: x, Y: y}, {X: x + side, Y: y}, {X: x + side, Y: y + side}, {X: x, Y: y + side}}}}
}

func netOf(shapes ...topo.Shape) (net []Grid) {
	for i, s := range shapes {
		net = append(net, Grid{s, s.Bound(), i%2 == 0})
	}
	return net
}

const unit = 10_000 // 1e-3 degree

func TestOf(t *testing.T) {
	ring := topo.Shape{{square(0, 0, 9*unit)[0][0], slices.Clone(square(3*unit, 3*unit, 3*unit)[0][0])}}
	slices.Reverse(ring[0][1])
	tests := []struct {
		name            string
		region          topo.Shape
		net             []Grid
		covered, staffs float64 // shares of the region
		touched         []int
	}{
		{"nothing there", square(0, 0, unit), nil, 0, 0, nil},
		{"a grid far away", square(0, 0, unit), netOf(square(50*unit, 0, unit)), 0, 0, nil},
		{"a grid that only borders", square(0, 0, unit), netOf(square(unit, 0, unit)), 0, 0, nil},
		{"the same ground", square(0, 0, unit), netOf(square(0, 0, unit)), 1, 1, []int{0}},
		{"inside one grid", square(2*unit, 2*unit, unit), netOf(square(0, 0, 9*unit)), 1, 1, []int{0}},
		{"half, staffed", square(0, 0, 2*unit), netOf(square(-unit, -unit, 2*unit), square(unit, unit, 2*unit)), 0.5, 0.25, []int{0, 1}},
		{"a grid as a whole inside", square(0, 0, 4*unit), netOf(square(unit, unit, 2*unit)), 0.25, 0.25, []int{0}},
		{"in the hole of a grid", square(4*unit, 4*unit, unit), netOf(ring), 0, 0, nil},
		{"over a hole", square(0, 0, 9*unit), netOf(ring), 8. / 9, 8. / 9, []int{0}},
		{"grids that overlap, the first has the ground", square(0, 0, 2*unit), netOf(square(0, 0, 2*unit), square(0, 0, 2*unit)), 1, 1, []int{0}},
		{"overlapping grids well inside", square(0, 0, 400*unit), netOf(square(100*unit, 100*unit, 200*unit), square(100*unit, 100*unit, 200*unit)), 0.25, 0.25, []int{0}},
		{"a region in two parts", slices.Concat(square(0, 0, unit), square(9*unit, 0, unit)), netOf(square(0, 0, unit)), 0.5, 0.5, []int{0}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, err := Of(tt.region, tt.net)
			if err != nil {
				t.Fatal(err)
			}
			whole := float64(a.Area)
			if got := float64(a.Covered) / whole; math.Abs(got-tt.covered) > 1e-5 {
				t.Errorf("%.6f are covered, want %.6f", got, tt.covered)
			}
			if got := float64(a.Staffed) / whole; math.Abs(got-tt.staffs) > 1e-5 {
				t.Errorf("%.6f are staffed, want %.6f", got, tt.staffs)
			}
			var touched []int
			for _, touch := range a.Touched {
				touched = append(touched, touch.Grid)
			}
			if !slices.Equal(touched, tt.touched) {
				t.Errorf("grids %v are touched, want %v", touched, tt.touched)
			}
			if (a.Gap == nil) != (tt.covered == 1) || (a.GapArea == 0) != (a.Gap == nil) || a.Area != a.Covered+a.GapArea {
				t.Errorf("gap %v of %v, area %v, covered %v", a.Gap, a.GapArea, a.Area, a.Covered)
			}
		})
	}
}

// The least gap there can be is not nothing.
func TestTheLeastGapShows(t *testing.T) {
	region := topo.Shape{{{{X: 0, Y: 0}, {X: 1000, Y: 0}, {X: 1000, Y: 1000}}}}
	grid := topo.Shape{{{{X: 0, Y: 0}, {X: 999, Y: 0}, {X: 1000, Y: 1}, {X: 1000, Y: 1000}}}}
	a, err := Of(region, netOf(grid))
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Gap) != 1 || a.GapArea < 1 || a.Covered >= a.Area {
		t.Errorf("gap %v of %v in %v", a.Gap, a.GapArea, a.Area)
	}
}

func TestOfRefuses(t *testing.T) {
	bow := topo.Shape{{{{X: 0, Y: 0}, {X: 10, Y: 10}, {X: 10, Y: 0}, {X: 0, Y: 10}}}}
	var long topo.Ring
	for i := range int32(topo.MaxLine + 1) {
		long = append(long, topo.Point{X: i, Y: i * i / 100})
	}
	var line *topo.LineError
	var ring *topo.RingError
	if _, err := Of(bow, nil); !errors.As(err, &ring) {
		t.Errorf("a ring that crosses itself: %v", err)
	}
	for name, region := range map[string]topo.Shape{"nothing": nil, "too long a ring": {{long}}} {
		if _, err := Of(region, nil); !errors.As(err, &line) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Random ground over a made-up county, tier by tier: what PostGIS finds in the
// same lattice, grid by grid, and the same gap.
func TestOfAgreesWithPostGIS(t *testing.T) {
	t.Parallel()
	county, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	db := gridtest.DB(t)
	ctx := t.Context()
	if _, err := db.Exec(ctx, "create table piece (n int, geom geometry)"); err != nil {
		t.Fatal(err)
	}
	var net []Grid
	for i := range county.Grids {
		g := &county.Grids[i]
		if g.Tier != len(county.Tiers)-2 || !g.Partitions() || i%9 == 0 { // some are missing: gaps
			continue
		}
		if _, err := db.Exec(ctx, "insert into piece values ($1, st_setsrid(st_geomfromwkb($2), 0))", len(net), onLattice(t, g.Boundary)); err != nil {
			t.Fatal(err)
		}
		net = append(net, Grid{g.Boundary, g.Boundary.Bound(), i%3 > 0})
	}
	rng := rand.New(rand.NewPCG(3, 1))
	compared := 0
	for range 40 {
		region := star(rng, county.Grids[0].Boundary.Bound())
		a, err := Of(region, net)
		if err != nil {
			t.Fatal(err)
		}
		compared += len(a.Touched)
		judge(t, db, region, net, a)
	}
	if compared < 100 {
		t.Errorf("only %d grids were touched", compared)
	}
}

// star draws a region with many corners somewhere over a box.
func star(rng *rand.Rand, box topo.Box) topo.Shape {
	w, h := float64(box.Max.X-box.Min.X), float64(box.Max.Y-box.Min.Y)
	x, y := float64(box.Min.X)+rng.Float64()*w, float64(box.Min.Y)+rng.Float64()*h
	n, size := 3+rng.IntN(40), 0.1+0.5*rng.Float64()
	var ring topo.Ring
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		r := size * (0.4 + 0.6*rng.Float64())
		ring = append(ring, topo.Point{X: int32(x + c*r*w), Y: int32(y + s*r*h)})
	}
	return topo.Shape{{ring}}
}

// onLattice writes a shape with lattice integers for coordinates.
func onLattice(t *testing.T, s topo.Shape) []byte {
	t.Helper()
	m := s.Orb()
	for _, polygon := range m {
		for _, ring := range polygon {
			for k := range ring {
				ring[k][0], ring[k][1] = math.Round(ring[k][0]*topo.Unit), math.Round(ring[k][1]*topo.Unit)
			}
		}
	}
	out, err := wkb.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
