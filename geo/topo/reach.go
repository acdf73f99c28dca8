package topo

import "math"

// stepM is the length of a lattice step of latitude in metres, on a sphere of
// the earth's mean radius (IUGG): true to half a percent, which is enough for
// what is near.
const stepM = 6371008.8 * radian

// onEdge is how far, in lattice steps, a point may lie off an edge of the
// ground given and still stand on it: rounding moves it by less than one, and
// edges that were bent by rounding before by a little more.
const onEdge = 3

// A reach is the distance within which points and edges are near each other.
// Distances follow from the points alone, so that the same ones are near
// whatever else is in the layer.
type reach struct {
	metres float64
	dx, dy int32 // no less than the distance, in lattice steps
}

// newReach returns the reach of so many metres where the boxes lie.
func newReach(metres float64, boxes ...Box) reach {
	r := reach{metres: max(metres, onEdge*stepM)}
	r.dy = int32(min(r.metres/stepM, Unit)) + 2
	widest := 0.0
	for _, b := range boxes {
		if b.Min.Y <= b.Max.Y {
			widest = max(widest, math.Abs(float64(b.Min.Y)), math.Abs(float64(b.Max.Y)))
		}
	}
	r.dx = int32(min(float64(r.dy)/max(math.Cos(min(widest, 90*Unit)*radian), 1e-3), 10*Unit)) + 2
	return r
}

// rounding is how far, in lattice steps, rounding moves a point off an edge at
// most: half a diagonal, and a little for arithmetic.
const rounding = 0.72

// halved returns the reach of half the distance, but no less than rounding.
func (r reach) halved() reach {
	r.metres = max(r.metres/2, rounding*stepM)
	return r
}

// around returns a box that holds all that is near b, or half of that on
// either of two sides.
func (r reach) around(b Box) Box {
	const east, north = 200 * Unit, 100 * Unit
	return Box{
		Point{max(b.Min.X-r.dx/2-1, -east), max(b.Min.Y-r.dy/2-1, -north)},
		Point{min(b.Max.X+r.dx/2+1, east), min(b.Max.Y+r.dy/2+1, north)},
	}
}

// joins reports whether p and q are near each other.
func (r reach) joins(p, q Point) bool {
	dx, dy := int64(p.X)-int64(q.X), int64(p.Y)-int64(q.Y)
	if max(dx, -dx) > int64(r.dx) || max(dy, -dy) > int64(r.dy) {
		return false
	}
	most := r.metres * r.metres
	return float64(dx*dx+dy*dy)*(stepM*stepM) < 0.999*most || apart(p, q) <= most // steps of longitude are no longer than those of latitude
}

// apart returns the square of the distance between points, in metres.
func apart(p, q Point) float64 {
	scale := math.Cos((float64(p.Y) + float64(q.Y)) / 2 * radian)
	dx := (float64(p.X) - float64(q.X)) * stepM * scale
	dy := (float64(p.Y) - float64(q.Y)) * stepM
	return float64(dx*dx) + float64(dy*dy)
}

// beside returns where along the edge from a to b the point p is nearest, as a
// share of its length, and the square of the distance in metres; false when it
// is nearest to an end.
func beside(p, a, b Point) (share, distance float64, ok bool) {
	scale := math.Cos(float64(p.Y) * radian)
	ex, ey := (float64(b.X)-float64(a.X))*scale, float64(b.Y)-float64(a.Y)
	px, py := (float64(p.X)-float64(a.X))*scale, float64(p.Y)-float64(a.Y)
	length := float64(ex*ex) + float64(ey*ey)
	share = (float64(px*ex) + float64(py*ey)) / length
	if !(share > 0 && share < 1) {
		return 0, 0, false
	}
	off := (float64(px*ey) - float64(py*ex)) * stepM
	return share, float64(off*off) / length, true
}

// partway returns the lattice point nearest to a share of the way from a to b.
func partway(a, b Point, share float64) Point {
	return Point{
		int32(math.Round(float64(a.X) + float64((float64(b.X)-float64(a.X))*share))),
		int32(math.Round(float64(a.Y) + float64((float64(b.Y)-float64(a.Y))*share))),
	}
}
