// Package topo is the planar subdivision on the integer lattice: shapes,
// the proof that siblings partition their parent, and the faults where they
// do not. Every predicate is exact; it knows nothing of grids or files.
package topo

import (
	"errors"
	"fmt"
	"math"
)

// Unit is how many lattice steps make a degree: one step is 1e-7 degree, about
// 1.1 cm on the ground.
const Unit = 1e7

// ErrCoordinate is returned for a coordinate that is not a number or lies
// outside ±180, ±90 degrees.
var ErrCoordinate = errors.New("coordinate out of range")

// A Point is a position on the lattice: degrees times [Unit], EPSG:4326
// (for our purpose equal to EPSG:4490), longitude first.
type Point struct{ X, Y int32 }

// Snap returns the lattice point nearest to lon, lat in degrees.
func Snap(lon, lat float64) (Point, error) {
	if !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
		return Point{}, fmt.Errorf("%w: %v, %v", ErrCoordinate, lon, lat)
	}
	return Point{int32(math.Round(lon * Unit)), int32(math.Round(lat * Unit))}, nil
}

// LonLat returns p in degrees.
func (p Point) LonLat() (lon, lat float64) {
	return float64(p.X) / Unit, float64(p.Y) / Unit
}

// A Ring is a closed line; its first point is not repeated at the end.
type Ring []Point

// A Polygon is an outer ring, counter-clockwise, and its holes, clockwise.
type Polygon []Ring

// A Shape is the ground of one grid: nil when it is not drawn, more than one
// polygon when it has exclaves.
type Shape []Polygon
