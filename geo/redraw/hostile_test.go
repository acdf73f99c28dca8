package redraw_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"gridmap/geo"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// islands is the town with a grid of two parts and a grid with a hole: 4 has an
// exclave in 6, and 7 goes around the hole 13.
func islands(t *testing.T) *redraw.Drawing {
	t.Helper()
	d := drawing(t, holes())
	must(t, d, redraw.Transfer{To: 4, Region: block(140, 140, 160, 160)})
	must(t, d, redraw.Create{Grid: geo.Grid{Parent: 3, Tier: 2, Kind: geo.Dedicated, Boundary: block(240, 80, 260, 120)}})
	return d
}

func path(xy ...float64) []topo.Point {
	var points []topo.Point
	for i := 0; i < len(xy); i += 2 {
		points = append(points, at(xy[i], xy[i+1]))
	}
	return points
}

// long draws n points in a zigzag over the town.
func long(n int) []topo.Point {
	points := make([]topo.Point, n)
	for i := range points {
		points[i] = at(float64(i)*400/float64(n), float64(90+i%2*20))
	}
	return points
}

// Whatever is drawn, by whichever edit, is done and leaves the plan whole, or
// is refused with a reason in both languages and changes nothing.
func TestHostileDrawing(t *testing.T) {
	t.Parallel()
	lines := map[string][]topo.Point{
		"of nothing": nil, "of one point": path(50, 50), "without length": path(50, 50, 50, 50),
		"that crosses itself": path(-10, 20, 420, 180, 420, 20, -10, 180), "that folds back": path(-10, 50, 420, 50, -10, 50),
		"that is closed": path(10, 10, 90, 10, 50, 90, 10, 10), "along an edge": path(100, -10, 100, 210),
		"along an edge and on": path(100, 0, 100, 100, 250, 150, 410, 150), "through a vertex": path(0, 0, 100, 100, 200, 200),
		"that touches a vertex": path(50, 50, 100, 100, 50, 90), "out of the parent": path(-900, 100, 900, 101),
		"far away": path(9000, 9000, 9100, 9100), "through a hole": path(190, 100, 310, 100), "that ends in a hole": path(190, 100, 250, 100),
		"along a hole": path(240, -10, 240, 210), "through an exclave": path(90, 150, 210, 150), "within a step": path(50, 50, 50.01, 50),
		"off the globe": {{X: math.MaxInt32, Y: math.MinInt32}, {X: 0, Y: 0}}, "of 100,000 points": long(100_000), "of 5,000 points": long(5_000),
	}
	for name, line := range lines {
		t.Run("a line "+name, func(t *testing.T) {
			t.Parallel()
			d := islands(t)
			before := stateOf(d)
			ground := topo.Shape{{line}}
			for id := geo.GridID(2); id <= 14; id++ {
				for _, tolerance := range []float64{0, 3} {
					hostile(t, d, before, redraw.Split{Grid: id, Line: line, ToleranceM: tolerance})
					hostile(t, d, before, redraw.Reshape{Grid: id, Line: line, ToleranceM: tolerance})
				}
				hostile(t, d, before, redraw.Transfer{To: id, Region: ground, Straddling: redraw.LargerShare})
				hostile(t, d, before, redraw.Transfer{To: id, Compounds: []geo.Compound{{Code: "X", Boundary: ground}, {Code: "Y", Boundary: block(90, 90, 110, 110)}}})
				hostile(t, d, before, redraw.Set{Grid: id, Boundary: &ground, ToleranceM: 1})
				for _, kind := range []geo.Kind{geo.General, geo.Dedicated, geo.Task} {
					hostile(t, d, before, redraw.Create{Grid: geo.Grid{Parent: id, Tier: 2, Kind: kind, Boundary: ground}, ToleranceM: 2})
				}
			}
		})
	}
}

// hostile makes one edit, looks, and takes it back.
func hostile(t *testing.T, d *redraw.Drawing, before state, e redraw.Edit) {
	t.Helper()
	what := fmt.Sprintf("%T of %.60s", e, fmt.Sprint(e))
	r, err := d.Apply(e)
	if err != nil {
		var topology *redraw.TopologyError
		if !errors.Is(err, geo.ErrInvalid) && !errors.Is(err, geo.ErrNotFound) && !errors.As(err, &topology) {
			t.Errorf("%s: refused with %v", what, err)
		}
		var edit *redraw.EditError
		if m, told := redraw.MessageOf(err); errors.As(err, &edit) && (!told || m.ZH == "" || m.EN == "") {
			t.Errorf("%s: %v reads %+v", what, err, m)
		}
		return
	}
	if err := d.Take(r); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := broken(d); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if err := d.Take(r.Inverse()); err != nil {
		t.Fatalf("%s undone: %v", what, err)
	}
	if err := stateOf(d).differs(before); err != nil {
		t.Fatalf("%s undone: %v", what, err)
	}
}

// A line through a grid of several parts, or around a hole, cuts what it
// crosses; parts that it does not reach stay with the part that keeps the code.
func TestSplitOfPartsAndAroundHoles(t *testing.T) {
	d := islands(t)
	r := must(t, d, redraw.Split{Grid: 4, Line: path(-10, 50, 110, 50)})
	if kept, made := grid(t, d, 4), grid(t, d, r.Made); area(kept.Boundary) != 50*100+20*20 || area(made.Boundary) != 50*100 {
		t.Errorf("of the grid in two parts %d steps² stay and %d go", area(kept.Boundary), area(made.Boundary))
	}
	r = must(t, d, redraw.Split{Grid: 7, Line: path(190, 100, 310, 100)})
	if kept, made := grid(t, d, 7), grid(t, d, r.Made); area(kept.Boundary)+area(made.Boundary) != 100*200-20*40 || area(made.Boundary) != 100*100-20*20 {
		t.Errorf("of the grid around a hole %d steps² stay and %d go", area(kept.Boundary), area(made.Boundary))
	}
	if hole := grid(t, d, 13); area(hole.Boundary) != 20*40 {
		t.Errorf("the hole has %d steps²", area(hole.Boundary))
	}
}

// Every drawn thing is snapped to what lies within the tolerance: neighbours
// get no slivers, and no vertices beside those they have.
func TestEverythingDrawnSnaps(t *testing.T) {
	near := topo.Shape{{{at(60.4, 99.6), at(60.4, 60), at(100.3, 60), at(100.3, 100.4)}}}
	for name, e := range map[string]redraw.Edit{
		"split":    redraw.Split{Grid: 6, Line: path(100.4, 99.7, 150, 120, 199.6, 99.5), ToleranceM: 1},
		"reshape":  redraw.Reshape{Grid: 4, With: 6, Line: path(99.7, 0.3, 80, 50, 100.3, 99.6), ToleranceM: 1},
		"transfer": redraw.Transfer{To: 5, Region: near, ToleranceM: 1},
		"compound": redraw.Transfer{To: 5, Compounds: []geo.Compound{compound("C-1", near)}, ToleranceM: 1},
		"create":   redraw.Create{Grid: geo.Grid{Parent: 2, Tier: 2, Kind: geo.General, Boundary: near}, ToleranceM: 1},
		"hole":     redraw.Create{Grid: geo.Grid{Parent: 2, Tier: 2, Kind: geo.Dedicated, Boundary: near}, ToleranceM: 1},
	} {
		t.Run(name, func(t *testing.T) {
			d := drawing(t, holes())
			r := must(t, d, e)
			for _, s := range r.Shifts {
				if s.AreaM2 < 100 {
					t.Errorf("a sliver of %.2f m² passed: %+v", s.AreaM2, s)
				}
			}
			snapped := map[topo.Point]bool{at(100, 100): true, at(100, 0): true}
			for _, c := range r.Changes {
				for p := range c.After.(*geo.Grid).Boundary.Edges() {
					for q := range snapped {
						if p != q && topo.LengthM(p, q) < 1 {
							t.Errorf("vertex %v stands beside %v", p, q)
						}
					}
				}
			}
		})
	}
}
