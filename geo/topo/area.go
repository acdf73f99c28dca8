package topo

import "math"

// The WGS 84 ellipsoid (NIMA TR8350.2); CGCS2000 differs from it by 0.1 mm in
// the semi-minor axis.
const (
	semiMajor  = 6378137.0 // metres
	flattening = 1 / 298.257223563
	semiMinor  = semiMajor * (1 - flattening)
	e2         = flattening * (2 - flattening) // first eccentricity squared
	radian     = math.Pi / (180 * Unit)        // of one lattice step
)

// longEdge is the difference of latitude, in lattice steps (1.1 km), from
// which an edge is not taken as straight on the equal-area cylinder.
const longEdge = 100_000

// An angle remembers the sine and cosine of a latitude, from which those of
// latitudes near it follow without asking the library: the corners of a ring lie
// close together.
type angle struct {
	y, sin, cos float64 // in lattice steps, and of that many
	known       bool
}

// nearby is how far from the angle that is known others are taken, in radians:
// what the series below leave out is then less than 1e-17.
const nearby = 1.0 / 1024

// sincos returns the sine and cosine of latitude y, in lattice steps.
func (a *angle) sincos(y float64) (sin, cos float64) {
	d := (y - a.y) * radian
	if !a.known || d > nearby || d < -nearby {
		a.known, a.y = true, y
		a.sin, a.cos = math.Sincos(y * radian)
		return a.sin, a.cos
	}
	d2 := d * d
	s, c := d*(1-d2*(1.0/6)*(1-d2*(1.0/20))), 1-d2*(1.0/2)*(1-d2*(1.0/12))
	return a.sin*c + a.cos*s, a.cos*c - a.sin*s
}

// zone returns the area in square metres between the equator and latitude
// y, per radian of longitude. It is the authalic integral
// b²/2 · (s/(1-e²s²) + atanh(es)/e), s = sin y, as a series in e²s², cut where
// a term is below 1e-15 of the first.
func (a *angle) zone(y float64) float64 {
	s, _ := a.sincos(y)
	t := e2 * s * s
	series := 2 + t*(4.0/3+t*(6.0/5+t*(8.0/7+t*(10.0/9+t*(12.0/11+t*(14.0/13))))))
	return semiMinor * semiMinor / 2 * s * series
}

// signedAreaM2 returns the area of r on the ellipsoid, positive for
// counter-clockwise.
func (r Ring) signedAreaM2() float64 {
	if len(r) < 3 {
		return 0
	}
	var a angle
	p := r[len(r)-1]
	base := a.zone(float64(p.Y)) // taken off, so that small rings keep their digits
	zp, sum := 0.0, 0.0
	for _, q := range r {
		zq := a.zone(float64(q.Y)) - base
		mean := (zp + zq) / 2
		if dy := int64(q.Y) - int64(p.Y); dy > longEdge || dy < -longEdge {
			middle := a.zone((float64(p.Y)+float64(q.Y))/2) - base
			mean = (zp + 4*middle + zq) / 6 // Simpson: the edge is straight in degrees
		}
		sum += float64(float64(int64(p.X)-int64(q.X)) * mean)
		p, zp = q, zq
	}
	return sum * radian
}

// AreaM2 returns the area of r on the WGS 84 ellipsoid in square metres,
// whatever its winding. Edges are straight in degrees (RFC 7946, 3.1.1); for
// grids of up to some kilometres the area differs from that of geodesic edges
// by about 2e-6 of itself.
func (r Ring) AreaM2() float64 { return math.Abs(r.signedAreaM2()) }

// AreaM2 returns the area of p in square metres, without its holes.
func (p Polygon) AreaM2() float64 {
	area := 0.0
	for i, ring := range p {
		if i == 0 {
			area = ring.AreaM2()
		} else {
			area -= ring.AreaM2()
		}
	}
	return area
}

// AreaM2 returns the area of s in square metres, 0 when it is not drawn.
func (s Shape) AreaM2() float64 {
	area := 0.0
	for _, polygon := range s {
		area += polygon.AreaM2()
	}
	return area
}

// PerimeterM returns the length of r on the WGS 84 ellipsoid in metres, along
// edges that are straight in degrees.
func (r Ring) PerimeterM() float64 {
	if len(r) == 0 {
		return 0
	}
	var a angle
	sum, p := 0.0, r[len(r)-1]
	for _, q := range r {
		sum += a.length(p, q)
		p = q
	}
	return sum
}

// PerimeterM returns the length of all rings of s in metres, holes included.
func (s Shape) PerimeterM() float64 {
	sum := 0.0
	for ring := range s.rings {
		sum += ring.PerimeterM()
	}
	return sum
}

// LengthM returns the length of the segment pq in metres. It is cut into
// pieces of at most a tenth of a degree, each measured with the radii of
// curvature at its middle.
func LengthM(p, q Point) float64 {
	var a angle
	return a.length(p, q)
}

// length is [LengthM] of the segment pq.
func (a *angle) length(p, q Point) float64 {
	const piece = Unit / 10
	dx, dy := float64(int64(q.X)-int64(p.X)), float64(int64(q.Y)-int64(p.Y))
	n := 1.0
	if most := max(math.Abs(dx), math.Abs(dy)); most > piece {
		n = math.Ceil(most / piece)
	}
	sum := 0.0
	for i := 0.5; i < n; i++ {
		s, c := a.sincos(float64(p.Y) + float64(dy*(i/n)))
		w := 1 / math.Sqrt(1-e2*s*s)
		prime := semiMajor * w // east-west radius of curvature
		east, north := prime*c*dx, prime*(1-e2)*w*w*dy
		sum += math.Sqrt(east*east + north*north)
	}
	return sum * radian / n
}
