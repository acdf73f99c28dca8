package cells

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/uber/h3-go/v4"

	"gridmap/geo/topo"
)

// maxLatitude is where a degree of longitude becomes too short for a cell to
// be treated as a polygon in degrees.
const maxLatitude = 88

// A vec is a place in lattice units.
type vec struct{ x, y float64 }

// A side is one border of a convex polygon: the points q with
// nx*q.x + ny*q.y <= d lie on its inner side; (nx, ny) is a unit vector.
type side struct{ nx, ny, d float64 }

// A hex is a cell as a polygon in longitude and latitude.
//
// The borders of a cell are great circles and bend a little between their
// corners; and a cell that crosses an edge of the icosahedron need not be
// convex. So the tests are made on the convex hull of the corners, widened by
// margin: nothing of the cell lies outside it.
type hex struct {
	cell   Cell
	center vec
	sides  []side // of the hull, relative to center, margin included
	margin float64

	around []Cell // neighbours, filled when first asked
	edge   int    // the last edge it was tested against
	shape  int    // the last shape whose state it holds
	state  state
	convex bool // the hull is the cell
}

// newHex returns the polygon of c. Errors: [ErrCell], [ErrSeam].
func newHex(c Cell) (*hex, error) {
	corners, far, err := outline(c)
	if err != nil {
		return nil, err
	}
	at := h3.CellToLatLng(h3.Cell(c))
	h := &hex{
		cell:   c,
		center: vec{at.Lng * topo.Unit, at.Lat * topo.Unit},
		margin: bend(corners, far),
	}
	ring := hull(corners)
	h.convex = len(ring) == len(corners)
	h.sides = sides(ring, h.center, h.margin)
	return h, nil
}

// outline returns the corners of c, counter-clockwise, and its greatest
// latitude north or south, in degrees.
func outline(c Cell) (corners []vec, far float64, err error) {
	if !c.Valid() {
		return nil, 0, fmt.Errorf("%w: %d", ErrCell, int64(c))
	}
	bound := h3.CellToBoundary(h3.Cell(c))
	corners = make([]vec, len(bound))
	west, east := 180.0, -180.0
	for i, q := range bound {
		west, east = min(west, q.Lng), max(east, q.Lng)
		far = max(far, math.Abs(q.Lat))
		corners[i] = vec{q.Lng * topo.Unit, q.Lat * topo.Unit}
	}
	if east-west > 90 || far > maxLatitude {
		return nil, 0, fmt.Errorf("%w: cell %v", ErrSeam, c)
	}
	return corners, far, nil
}

// bend bounds how far, in lattice units, the great circles between corners
// stray from straight lines in longitude and latitude: with length s in
// radians at latitude φ at most s²/8 · tan φ / cos φ. Half of that is added
// again for safety, and two steps for rounding.
func bend(corners []vec, far float64) float64 {
	const perRadian = topo.Unit * 180 / math.Pi
	longest := 0.0
	for i, q := range corners {
		p := corners[(i+len(corners)-1)%len(corners)]
		longest = max(longest, math.Hypot(q.x-p.x, q.y-p.y))
	}
	s, phi := longest/perRadian, far*math.Pi/180
	return 1.5*s*s/8*math.Tan(phi)/math.Cos(phi)*perRadian + 2
}

// hull returns the convex hull, counter-clockwise.
func hull(points []vec) []vec {
	sorted := slices.Clone(points)
	slices.SortFunc(sorted, func(a, b vec) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
	})
	chain := func(in []vec) []vec {
		var out []vec
		for _, q := range in {
			for len(out) > 1 && turn(out[len(out)-2], out[len(out)-1], q) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, q)
		}
		return out[:len(out)-1]
	}
	lower := chain(sorted)
	slices.Reverse(sorted)
	return append(lower, chain(sorted)...)
}

// turn is positive when a, b, c turn left.
func turn(a, b, c vec) float64 {
	return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x)
}

func sides(ring []vec, origin vec, margin float64) []side {
	out := make([]side, len(ring))
	for i, q := range ring {
		p := ring[(i+len(ring)-1)%len(ring)]
		length := math.Hypot(q.x-p.x, q.y-p.y)
		nx, ny := (q.y-p.y)/length, (p.x-q.x)/length
		out[i] = side{nx, ny, nx*(p.x-origin.x) + ny*(p.y-origin.y) + margin}
	}
	return out
}

// meets reports whether the line from a to b comes within margin of the cell.
func (h *hex) meets(a, b topo.Point) bool {
	ax, ay := float64(a.X)-h.center.x, float64(a.Y)-h.center.y
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	from, to := 0.0, 1.0
	for _, s := range h.sides {
		over, slope := s.nx*ax+s.ny*ay-s.d, s.nx*dx+s.ny*dy
		switch {
		case slope > 0:
			to = min(to, -over/slope)
		case slope < 0:
			from = max(from, -over/slope)
		case over > 0:
			return false
		}
		if from > to {
			return false
		}
	}
	return true
}

// holds reports whether p lies so deep in the cell that no neighbour's margin
// reaches it.
func (h *hex) holds(p topo.Point) bool {
	if !h.convex {
		return false
	}
	x, y := float64(p.X)-h.center.x, float64(p.Y)-h.center.y
	for _, s := range h.sides {
		if s.nx*x+s.ny*y > s.d-3*h.margin {
			return false
		}
	}
	return true
}
