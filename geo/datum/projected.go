package datum

import "math"

// A projection is how a system puts degrees on a plane: transverse Mercator
// (Gauss-Krüger, UTM) about a central meridian, or Web Mercator.
type projection struct {
	meridian  float64 // central, degrees
	scale     float64 // along it
	easting   float64 // false, metres
	northing  float64 // false, metres
	flatten   float64 // of the ellipsoid
	spherical bool    // Web Mercator: none of the above
}

const (
	semiMajor      = 6378137.0         // metres, of both ellipsoids
	flattenCGCS    = 1 / 298.257222101 // CGCS2000
	flattenWGS     = 1 / 298.257223563 // WGS 84
	webMercator    = 3857
	webMercatorMax = math.Pi * semiMajor
)

// projectionOf returns the projection of an EPSG code: the Gauss-Krüger zones
// of CGCS2000, six degrees wide (4491 to 4501 with the zone before the easting,
// 4502 to 4512 without) and three (4513 to 4533, 4534 to 4554), UTM on WGS 84
// (32601 to 32660, 32701 to 32760) and Web Mercator (3857).
func projectionOf(code int) (p projection, ok bool) {
	krueger := func(zone, meridian, prefix int) (projection, bool) {
		return projection{meridian: float64(meridian), scale: 1, easting: float64(500_000 + prefix*zone*1_000_000), flatten: flattenCGCS}, true
	}
	utm := func(zone int, northing float64) (projection, bool) {
		return projection{meridian: float64(6*zone - 183), scale: 0.9996, easting: 500_000, northing: northing, flatten: flattenWGS}, true
	}
	switch {
	case code >= 4491 && code <= 4501:
		zone := code - 4491 + 13
		return krueger(zone, 6*zone-3, 1)
	case code >= 4502 && code <= 4512:
		return krueger(0, 75+6*(code-4502), 0)
	case code >= 4513 && code <= 4533:
		zone := code - 4488
		return krueger(zone, 3*zone, 1)
	case code >= 4534 && code <= 4554:
		return krueger(0, 75+3*(code-4534), 0)
	case code >= 32601 && code <= 32660:
		return utm(code-32600, 0)
	case code >= 32701 && code <= 32760:
		return utm(code-32700, 1e7)
	case code == webMercator:
		return projection{spherical: true}, true
	}
	return projection{}, false
}

// Projected reports whether positions in c are metres, easting first, and not
// degrees.
func (c CRS) Projected() bool {
	_, ok := projectionOf(int(c))
	return ok
}

// Range returns the least and the greatest first and second number that a
// position in c may have: longitude and latitude, or easting and northing. A
// zone's eastings reach 500 km to either side of its meridian, so that those of
// another zone, or without their prefix, are refused and not moved away.
func (c CRS) Range() (low, high [2]float64) {
	p, ok := projectionOf(int(c))
	switch {
	case !ok:
		return [2]float64{-180, -90}, [2]float64{180, 90}
	case p.spherical:
		return [2]float64{-webMercatorMax, -webMercatorMax}, [2]float64{webMercatorMax, webMercatorMax}
	}
	return [2]float64{p.easting - 500_000, 0}, [2]float64{p.easting + 500_000, 1e7}
}

// The series of Krüger (1912) in the third flattening n, to its fourth power:
// they leave less than a micrometre within 4,000 km of the meridian.
type series struct {
	radius                 float64 // metres a radian of meridian
	n                      float64
	alpha, beta, conformal [4]float64
}

func seriesOf(flatten float64) series {
	n := flatten / (2 - flatten)
	n2, n3, n4 := n*n, n*n*n, n*n*n*n
	return series{
		radius:    semiMajor / (1 + n) * (1 + n2/4 + n4/64),
		n:         n,
		alpha:     [4]float64{n/2 - 2*n2/3 + 5*n3/16 + 41*n4/180, 13*n2/48 - 3*n3/5 + 557*n4/1440, 61*n3/240 - 103*n4/140, 49561 * n4 / 161280},
		beta:      [4]float64{n/2 - 2*n2/3 + 37*n3/96 - n4/360, n2/48 + n3/15 - 437*n4/1440, 17*n3/480 - 37*n4/840, 4397 * n4 / 161280},
		conformal: [4]float64{2*n - 2*n2/3 - 2*n3 + 116*n4/45, 7*n2/3 - 8*n3/5 - 227*n4/45, 56*n3/15 - 136*n4/35, 4279 * n4 / 630},
	}
}

var seriesBy = map[float64]series{flattenCGCS: seriesOf(flattenCGCS), flattenWGS: seriesOf(flattenWGS)}

// degrees returns longitude and latitude of a position.
func (p projection) degrees(x, y float64) (lon, lat float64) {
	const degree = 180 / math.Pi
	if p.spherical {
		return x / semiMajor * degree, math.Atan(math.Sinh(y/semiMajor)) * degree
	}
	s := seriesBy[p.flatten]
	xi, eta := (y-p.northing)/(p.scale*s.radius), (x-p.easting)/(p.scale*s.radius)
	u, v := xi, eta
	for j, b := range s.beta {
		k := float64(2 * (j + 1))
		u -= b * math.Sin(k*xi) * math.Cosh(k*eta)
		v -= b * math.Cos(k*xi) * math.Sinh(k*eta)
	}
	chi := math.Asin(math.Sin(u) / math.Cosh(v))
	phi := chi
	for j, d := range s.conformal {
		phi += d * math.Sin(float64(2*(j+1))*chi)
	}
	return p.meridian + math.Atan2(math.Sinh(v), math.Cos(u))*degree, phi * degree
}

// metres returns easting and northing of a place.
func (p projection) metres(lon, lat float64) (x, y float64) {
	const radian = math.Pi / 180
	if p.spherical {
		return lon * radian * semiMajor, math.Asinh(math.Tan(lat*radian)) * semiMajor
	}
	s := seriesBy[p.flatten]
	phi, lambda := lat*radian, (lon-p.meridian)*radian
	e := 2 * math.Sqrt(s.n) / (1 + s.n)
	t := math.Sinh(math.Atanh(math.Sin(phi)) - e*math.Atanh(e*math.Sin(phi)))
	u, v := math.Atan2(t, math.Cos(lambda)), math.Asinh(math.Sin(lambda)/math.Hypot(t, math.Cos(lambda)))
	xi, eta := u, v
	for j, a := range s.alpha {
		k := float64(2 * (j + 1))
		xi += a * math.Sin(k*u) * math.Cosh(k*v)
		eta += a * math.Cos(k*u) * math.Sinh(k*v)
	}
	return p.easting + p.scale*s.radius*eta, p.northing + p.scale*s.radius*xi
}
