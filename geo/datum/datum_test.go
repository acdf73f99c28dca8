package datum

import (
	"math"
	"testing"
)

// metresBetween is good enough for the metres looked at here.
func metresBetween(lon1, lat1, lon2, lat2 float64) float64 {
	const perDegree = 111_319.5
	return math.Hypot((lon2-lon1)*perDegree*math.Cos(lat1/180*math.Pi), (lat2-lat1)*perDegree)
}

func TestThereAndBackIsWithinAMillimetre(t *testing.T) {
	for _, crs := range []CRS{WGS84, GCJ02, BD09} {
		worst := 0.0
		for lon := 73.5; lon < 135; lon += 0.37 {
			for lat := 18.2; lat < 53.5; lat += 0.41 {
				x, y := crs.FromWGS84(lon, lat)
				x, y = crs.ToWGS84(x, y)
				worst = max(worst, metresBetween(lon, lat, x, y))
			}
		}
		if worst > 0.001 {
			t.Errorf("%v: %.6f m off after there and back, want under 0.001", crs, worst)
		}
	}
}

func TestShiftsAreAsLongAsPublished(t *testing.T) {
	// The seven reference counties lie between these lengths (DOMAIN).
	tests := []struct {
		crs        CRS
		least, max float64
	}{{GCJ02, 300, 800}, {BD09, 700, 1600}}
	places := [][2]float64{{111.67, 38.28}, {103.30, 26.42}, {110.83, 36.99}, {119.23, 39.89}, {112.33, 36.50}}
	for _, tt := range tests {
		for _, at := range places {
			x, y := tt.crs.FromWGS84(at[0], at[1])
			if d := metresBetween(at[0], at[1], x, y); d < tt.least || d > tt.max {
				t.Errorf("%v shifts %v by %.0f m, want %v to %v", tt.crs, at, d, tt.least, tt.max)
			}
		}
	}
}

func TestNothingShiftsOutsideChina(t *testing.T) {
	if x, y := GCJ02.FromWGS84(2.35, 48.86); x != 2.35 || y != 48.86 {
		t.Errorf("a place in Paris moved to %v, %v", x, y)
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		name string
		want CRS
		ok   bool
	}{
		{"", WGS84, true},
		{"EPSG:4326", WGS84, true},
		{"epsg:4490", WGS84, true},
		{"CRS84", WGS84, true},
		{"urn:ogc:def:crs:OGC:1.3:CRS84", WGS84, true},
		{"urn:ogc:def:crs:EPSG::4490", WGS84, true},
		{"http://www.opengis.net/def/crs/EPSG/0/4326", WGS84, true},
		{"gcj02", GCJ02, true},
		{"GCJ-02", GCJ02, true},
		{"bd09ll", BD09, true},
		{"EPSG:2437", 0, false},
		{"urn:ogc:def:crs:EPSG::2437", 0, false},
		{"sheet:4326", 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Parse(tt.name)
			if got != tt.want || (err == nil) != tt.ok {
				t.Errorf("Parse(%q) = %v, %v", tt.name, got, err)
			}
		})
	}
}
