package topo

import (
	"errors"
	"fmt"
	"slices"

	"github.com/paulmach/orb"
)

// ErrNotPolygon is returned for a geometry that encloses no ground.
var ErrNotPolygon = errors.New("not a polygon or multipolygon")

// A RingError says why a ring cannot bound ground, and where.
type RingError struct {
	Polygon int    // index into the shape
	Ring    int    // index into the polygon, 0 is the outer ring
	At      Point  // the place, as near as the lattice allows
	Reason  string // "crosses itself", "has fewer than three points" …
}

func (e *RingError) Error() string {
	lon, lat := e.At.LonLat()
	return fmt.Sprintf("polygon %d, ring %d: %s at %.7f, %.7f", e.Polygon, e.Ring, e.Reason, lon, lat)
}

// The reasons a [RingError] gives.
const (
	noRings      = "has no rings"
	notClosed    = "is not closed"
	tooFewPoints = "has fewer than three different points"
	outOfRange   = "has a coordinate out of range"
	repeated     = "repeats a point"
	spike        = "turns back on itself in a spike"
	selfCross    = "crosses itself"
	selfTouch    = "touches itself"
	otherCross   = "crosses another ring"
	otherAlong   = "runs along another ring"
	cutInTwo     = "cuts the ground in two where rings touch"
	wrongWay     = "winds the wrong way"
	holeOutside  = "is a hole outside its outer ring"
	tooIntricate = "too many of its edges lie across or beside others' to tell more"
	insideOther  = "starts on the ground of another polygon of the shape"
)

// FromOrb returns the shape of a polygon or multipolygon in degrees: snapped to
// the lattice, without closing and repeated points, outer rings turned
// counter-clockwise and holes clockwise. A nil geometry is a shape not drawn.
//
// The error is [ErrNotPolygon], [ErrCoordinate], or a *[RingError] for a ring
// that is open or has fewer than three different points. Whether the rings are
// simple and nest is left to [Shape.Validate].
func FromOrb(g orb.Geometry) (Shape, error) {
	switch g := g.(type) {
	case nil:
		return nil, nil
	case orb.Polygon:
		return fromMultiPolygon(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		return fromMultiPolygon(g)
	}
	return nil, fmt.Errorf("%w: %s", ErrNotPolygon, g.GeoJSONType())
}

func fromMultiPolygon(m orb.MultiPolygon) (Shape, error) {
	if len(m) == 0 {
		return nil, &RingError{Reason: noRings}
	}
	shape := make(Shape, 0, len(m))
	for i, p := range m {
		if len(p) == 0 {
			return nil, &RingError{Polygon: i, Reason: noRings}
		}
		polygon := make(Polygon, 0, len(p))
		for j, r := range p {
			ring, err := fromRing(r, j > 0)
			var bad *RingError
			if errors.As(err, &bad) {
				bad.Polygon, bad.Ring = i, j
			} else if err != nil {
				err = fmt.Errorf("polygon %d, ring %d: %w", i, j, err)
			}
			if err != nil {
				return nil, err
			}
			polygon = append(polygon, ring)
		}
		shape = append(shape, polygon)
	}
	return shape, nil
}

// fromRing snaps one closed ring and turns it the way its place asks.
func fromRing(r orb.Ring, hole bool) (Ring, error) {
	ring := make(Ring, 0, len(r))
	for i, position := range r {
		p, err := Snap(position[0], position[1])
		if err != nil {
			return nil, fmt.Errorf("position %d: %w", i, err)
		}
		if len(ring) == 0 || ring[len(ring)-1] != p {
			ring = append(ring, p)
		}
	}
	if len(ring) == 0 {
		return nil, &RingError{Reason: tooFewPoints}
	}
	if len(ring) > 1 {
		if ring[0] != ring[len(ring)-1] {
			return nil, &RingError{At: ring[len(ring)-1], Reason: notClosed}
		}
		ring = ring[:len(ring)-1]
	}
	if len(ring) < 3 {
		return nil, &RingError{At: ring[0], Reason: tooFewPoints}
	}
	if sign := ring.area2().sign(); sign < 0 && !hole || sign > 0 && hole {
		slices.Reverse(ring)
	}
	return ring, nil
}

// Orb returns s in degrees with closed rings, as RFC 7946 writes them; nil
// when s is not drawn.
func (s Shape) Orb() orb.MultiPolygon {
	if s == nil {
		return nil
	}
	m := make(orb.MultiPolygon, len(s))
	for i, polygon := range s {
		m[i] = make(orb.Polygon, len(polygon))
		for j, ring := range polygon {
			out := make(orb.Ring, 0, len(ring)+1)
			for _, p := range ring {
				lon, lat := p.LonLat()
				out = append(out, orb.Point{lon, lat})
			}
			if len(out) > 0 {
				out = append(out, out[0])
			}
			m[i][j] = out
		}
	}
	return m
}
