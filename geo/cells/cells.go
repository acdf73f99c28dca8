// Package cells indexes places by H3, the hexagonal grid of the world: the
// cell of a point, the cells a shape touches, the exact ground of a cell. It
// is an index and a surface for statistics, never the truth of "inside": that
// is decided on the shape itself.
//
// The H3 library answers nonsense instead of an error (a plausible cell for
// latitude 95, cell 0 for resolution 16). Every argument is tested before it
// gets there, and no function here hands out cell 0.
package cells

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/uber/h3-go/v4"

	"gridmap/geo/topo"
)

// MaxResolution is the finest resolution of H3, cells of about 1 m².
const MaxResolution = 15

// Errors that callers tell apart.
var (
	// ErrCell is returned for a number or text that is not an H3 cell.
	ErrCell = errors.New("not an H3 cell")
	// ErrResolution is returned for a resolution outside 0 to 15, or a parent
	// finer than its cell.
	ErrResolution = errors.New("H3 resolution out of range")
	// ErrSeam is returned where cells reach the antimeridian or beyond 88
	// degrees of latitude: there a cell is no polygon in longitude and latitude.
	ErrSeam = errors.New("cells at the antimeridian and the poles are not supported")
	// ErrTooMany is returned for a cover of more than [MaxCover] cells.
	ErrTooMany = errors.New("cover has too many cells")
)

// A Cell is an H3 cell as PostgreSQL keeps it in a bigint; the top bit of an
// H3 index is always 0. The zero Cell is no cell.
type Cell int64

// At returns the cell of resolution res (0 to 15) that p lies in.
// Errors: [topo.ErrCoordinate], [ErrResolution].
func At(p topo.Point, res int) (Cell, error) {
	if res < 0 || res > MaxResolution {
		return 0, fmt.Errorf("%w: %d", ErrResolution, res)
	}
	lon, lat := p.LonLat()
	if lon < -180 || lon > 180 || lat < -90 || lat > 90 {
		return 0, fmt.Errorf("%w: %v, %v", topo.ErrCoordinate, lon, lat)
	}
	c := Cell(h3.LatLngToCell(h3.LatLng{Lat: lat, Lng: lon}, res))
	if !c.Valid() {
		return 0, fmt.Errorf("%w: resolution %d at %v, %v", ErrCell, res, lon, lat)
	}
	return c, nil
}

// Parse reads the hexadecimal form of a cell, as [Cell.String] writes it.
func Parse(s string) (Cell, error) {
	n, err := strconv.ParseUint(s, 16, 63)
	if err != nil || !Cell(n).Valid() {
		return 0, fmt.Errorf("%w: %q", ErrCell, s)
	}
	return Cell(n), nil
}

// String returns the usual hexadecimal form, such as 8a311c5a3b07fff.
func (c Cell) String() string { return strconv.FormatUint(uint64(c), 16) }

// Valid reports whether c is a cell of H3.
func (c Cell) Valid() bool { return c > 0 && h3.Cell(c).IsValid() }

// Resolution returns the resolution of c, 0 to 15, or -1 if c is not a cell.
func (c Cell) Resolution() int {
	if !c.Valid() {
		return -1
	}
	return c.resolution()
}

// resolution reads the resolution of a valid cell: bits 52 to 55.
func (c Cell) resolution() int { return int(c >> 52 & 15) }

// Parent returns the cell of a coarser resolution that c belongs to. It is a
// hierarchy of numbers, not of ground: 6 to 7 % of the points of a fine cell
// lie outside its parent.
func (c Cell) Parent(res int) (Cell, error) {
	if !c.Valid() {
		return 0, fmt.Errorf("%w: %d", ErrCell, int64(c))
	}
	if res < 0 || res > c.resolution() {
		return 0, fmt.Errorf("%w: parent %d of a cell of resolution %d", ErrResolution, res, c.resolution())
	}
	return Cell(h3.Cell(c).Parent(res)), nil
}

// Neighbours returns the cells that share an edge with c, ascending: six, or
// five around a pentagon. Error: [ErrCell].
func (c Cell) Neighbours() ([]Cell, error) {
	if !c.Valid() {
		return nil, fmt.Errorf("%w: %d", ErrCell, int64(c))
	}
	var ring []Cell
	for _, n := range h3.GridDisk(h3.Cell(c), 1) {
		if n != 0 && Cell(n) != c {
			ring = append(ring, Cell(n))
		}
	}
	slices.Sort(ring)
	return ring, nil
}

// Center returns the lattice point nearest to the middle of c.
func (c Cell) Center() (topo.Point, error) {
	if !c.Valid() {
		return topo.Point{}, fmt.Errorf("%w: %d", ErrCell, int64(c))
	}
	at := h3.CellToLatLng(h3.Cell(c))
	return topo.Snap(at.Lng, at.Lat)
}

// Boundary returns the corners of c counter-clockwise, each moved to the
// nearest lattice point: six, five for a pentagon, more where the cell crosses
// an edge of the icosahedron. Errors: [ErrCell], [ErrSeam].
func (c Cell) Boundary() (topo.Ring, error) {
	corners, _, err := outline(c)
	if err != nil {
		return nil, err
	}
	ring := make(topo.Ring, len(corners))
	for i, q := range corners {
		ring[i] = topo.Point{X: int32(math.Round(q.x)), Y: int32(math.Round(q.y))}
	}
	return ring, nil
}

// Bound returns a box that holds every point of c and some metres beside it at
// most. Errors: [ErrCell], [ErrSeam].
func (c Cell) Bound() (topo.Box, error) {
	corners, far, err := outline(c)
	if err != nil {
		return topo.Box{}, err
	}
	low, high := corners[0], corners[0]
	for _, q := range corners {
		low = vec{min(low.x, q.x), min(low.y, q.y)}
		high = vec{max(high.x, q.x), max(high.y, q.y)}
	}
	out := bend(corners, far) // the borders are great circles
	return topo.Box{
		Min: topo.Point{X: int32(math.Floor(low.x - out)), Y: int32(math.Floor(low.y - out))},
		Max: topo.Point{X: int32(math.Ceil(high.x + out)), Y: int32(math.Ceil(high.y + out))},
	}, nil
}

// AreaM2 returns the ground of c on the WGS 84 ellipsoid. Cells of northern
// China have 0.66 to 0.78 of the average that is published for their
// resolution, so a density must divide by this.
//
// H3 takes latitudes as those of a sphere; its solid angle is carried to the
// ellipsoid by the surface element at the centre, right to 1e-6 from
// resolution 5 on.
func (c Cell) AreaM2() (float64, error) {
	const major, e2 = 6378137.0, 6.69437999014e-3 // WGS 84: metres, eccentricity squared
	if !c.Valid() {
		return 0, fmt.Errorf("%w: %d", ErrCell, int64(c))
	}
	sin := math.Sin(h3.CellToLatLng(h3.Cell(c)).Lat * math.Pi / 180)
	w := 1 - e2*sin*sin
	return h3.CellAreaRads2(h3.Cell(c)) * major * major * (1 - e2) / (w * w), nil
}
