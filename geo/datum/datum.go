// Package datum converts between the coordinate systems that Chinese places
// come in: EPSG:4326, the two shifts of map services, and the zones of national
// surveys.
package datum

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// A CRS says what the positions of a file are measured in: one of the constants,
// in degrees, or the EPSG code of a projected system, in metres. The zero value
// is [WGS84].
type CRS int32

const (
	// WGS84 is EPSG:4326 and, for our purpose, EPSG:4490 (CGCS2000), which
	// differs from it by less than the plates drift.
	WGS84 CRS = iota
	// GCJ02 is the shifted datum of Chinese map services.
	GCJ02
	// BD09 is Baidu's shift on top of GCJ02.
	BD09
)

func (c CRS) String() string {
	if c.Projected() {
		return "EPSG:" + strconv.Itoa(int(c))
	}
	return [...]string{"EPSG:4326", "GCJ-02", "BD-09"}[c]
}

// Parse reads a name as users and files write it: EPSG:4326, EPSG:4490,
// CRS84, the projected systems of [CRS.Projected] by EPSG code, their URN and
// URL forms, gcj02 and bd09. The empty name is [WGS84].
func Parse(name string) (CRS, error) {
	short := strings.ToLower(strings.TrimSpace(name))
	if cut := strings.LastIndexAny(short, ":/#"); cut >= 0 && isOGC(short) {
		short = short[cut+1:]
	}
	code, wrong := strconv.Atoi(short)
	short = unmarked.Replace(short)
	switch short {
	case "", "4326", "wgs84", "crs84", "4490", "cgcs2000":
		return WGS84, nil
	case "gcj02", "gcj":
		return GCJ02, nil
	case "bd09", "bd09ll", "bd":
		return BD09, nil
	}
	if wrong == nil && code == int(CRS(code)) && CRS(code).Projected() {
		return CRS(code), nil
	}
	return 0, fmt.Errorf("coordinate system %q is not supported; use EPSG:4326, CRS84, EPSG:4490, a Gauss-Krüger zone (EPSG:4491 to 4554), UTM (EPSG:32601 to 32660, 32701 to 32760), EPSG:3857, gcj02 or bd09", name)
}

// unmarked leaves out what some write between the parts of a name.
var unmarked = strings.NewReplacer("-", "", "_", "", " ", "")

// isOGC reports whether a lower-case name has one of the forms with an
// authority before the code.
func isOGC(name string) bool {
	for _, prefix := range []string{"epsg:", "ogc:", "urn:ogc:def:crs:", "urn:x-ogc:def:crs:",
		"http://www.opengis.net/", "https://www.opengis.net/"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// ToWGS84 converts a position in c to degrees in EPSG:4326. The shifts have no
// closed inverse; three passes leave less than 1 mm.
func (c CRS) ToWGS84(lon, lat float64) (float64, float64) {
	switch c {
	case WGS84:
		return lon, lat
	case GCJ02:
		return invert(toGCJ02, lon, lat)
	case BD09:
		lon, lat = invert(gcj02ToBD09, lon, lat)
		return invert(toGCJ02, lon, lat)
	}
	p, _ := projectionOf(int(c))
	return p.degrees(lon, lat)
}

// ToWGS84 converts a position in the coordinate system named to degrees in
// EPSG:4326; the error of an unknown name lists those supported.
func ToWGS84(crs string, lon, lat float64) (x, y float64, err error) {
	c, err := Parse(crs)
	if err != nil {
		return 0, 0, err
	}
	x, y = c.ToWGS84(lon, lat)
	return x, y, nil
}

// FromWGS84 converts degrees in EPSG:4326 to a position in the coordinate system
// named.
func FromWGS84(crs string, lon, lat float64) (x, y float64, err error) {
	c, err := Parse(crs)
	if err != nil {
		return 0, 0, err
	}
	x, y = c.FromWGS84(lon, lat)
	return x, y, nil
}

// FromWGS84 is the way back: degrees in EPSG:4326 to a position in c.
func (c CRS) FromWGS84(lon, lat float64) (float64, float64) {
	switch c {
	case WGS84:
		return lon, lat
	case GCJ02:
		return toGCJ02(lon, lat)
	case BD09:
		return gcj02ToBD09(toGCJ02(lon, lat))
	}
	p, _ := projectionOf(int(c))
	return p.metres(lon, lat)
}

// invert finds the place that forward moves to lon, lat. Both shifts change
// by about one part in a hundred over their own length, so each pass takes two
// digits off the error of at most 1.4 km.
func invert(forward func(lon, lat float64) (float64, float64), lon, lat float64) (float64, float64) {
	x, y := lon, lat
	for range 4 { // the first only finds the shift itself
		fx, fy := forward(x, y)
		x, y = x+lon-fx, y+lat-fy
	}
	return x, y
}

// Constants of the Krasovsky 1940 ellipsoid, on which the GCJ-02 shift is
// computed: semi-major axis in metres and first eccentricity squared. They and
// the series below are public knowledge, met alike in every open
// implementation of the shift; there is no official publication.
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.00669342162296594323
)

// toGCJ02 shifts WGS 84 degrees to GCJ-02. Outside the rectangle around China
// in which map services shift, it changes nothing.
func toGCJ02(lon, lat float64) (float64, float64) {
	if lon < 72.004 || lon > 137.8347 || lat < 0.8293 || lat > 55.8271 {
		return lon, lat
	}
	x, y := lon-105, lat-35
	root := math.Sqrt(math.Abs(x))
	waves := 20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)
	north := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root +
		(waves+20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi)+160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	east := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root +
		(waves+20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi)+150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	phi := lat / 180 * math.Pi
	w := 1 - krasovskyE2*math.Sin(phi)*math.Sin(phi)
	meridian := krasovskyA * (1 - krasovskyE2) / (w * math.Sqrt(w)) // radius along the meridian
	parallel := krasovskyA / math.Sqrt(w) * math.Cos(phi)           // radius of the parallel
	return lon + east*180/(parallel*math.Pi), lat + north*180/(meridian*math.Pi)
}

// gcj02ToBD09 adds Baidu's second shift: a small turn and stretch about the
// origin of degrees, then a constant offset.
func gcj02ToBD09(lon, lat float64) (float64, float64) {
	const k = math.Pi * 3000 / 180
	r := math.Hypot(lon, lat) + 0.00002*math.Sin(lat*k)
	turn := math.Atan2(lat, lon) + 0.000003*math.Cos(lon*k)
	return r*math.Cos(turn) + 0.0065, r*math.Sin(turn) + 0.006
}
