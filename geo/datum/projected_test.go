package datum_test

import (
	"context"
	"math"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/datum"
)

func TestMain(m *testing.M) { gridtest.Main(m) }

// projected lists every system in metres.
func projected() (list []datum.CRS) {
	for code := range datum.CRS(40_000) {
		if code.Projected() {
			list = append(list, code)
		}
	}
	return list
}

// Positions in every projected system are where PROJ has them, to a tenth of a
// millimetre, at the edges of a zone and beyond.
func TestProjectedSystemsAgreeWithPostGIS(t *testing.T) {
	t.Parallel()
	ctx, db := context.Background(), gridtest.DB(t)
	list := projected()
	if want := 22 + 42 + 120 + 1; len(list) != want {
		t.Fatalf("%d projected systems, want %d", len(list), want)
	}
	for _, crs := range list {
		low, high := crs.Range()
		meridian, _ := crs.ToWGS84((low[0]+high[0])/2, (low[1]+high[1])/2)
		sign := 1.0
		if crs > 32700 { // UTM south of the equator
			sign = -1
		}
		for _, at := range [][2]float64{{-3.5, 0.5}, {-1.5, 23}, {0, 36.7}, {0.75, 38.28}, {2.9, 53.4}} {
			lon, lat := meridian+at[0], sign*at[1]
			var x, y float64
			row := db.QueryRow(ctx, "select st_x(p), st_y(p) from (select st_transform(st_setsrid(st_point($1, $2), 4326), $3::int) as p) q", lon, lat, int(crs))
			if err := row.Scan(&x, &y); err != nil {
				t.Fatal(err)
			}
			if ourX, ourY := crs.FromWGS84(lon, lat); math.Hypot(ourX-x, ourY-y) > 1e-4 {
				t.Errorf("%v: %v, %v is at %.4f, %.4f, PROJ says %.4f, %.4f", crs, lon, lat, ourX, ourY, x, y)
			}
			if ourLon, ourLat := crs.ToWGS84(x, y); math.Hypot(ourLon-lon, ourLat-lat) > 1e-9 {
				t.Errorf("%v: %.4f, %.4f is at %.9f, %.9f, not %v, %v", crs, x, y, ourLon, ourLat, lon, lat)
			}
			if x < low[0] || x > high[0] || y < low[1] || y > high[1] {
				t.Errorf("%v: %.1f, %.1f lies outside %v to %v", crs, x, y, low, high)
			}
		}
	}
}

// What is close to a zone's code, or lies in another zone, is not taken for it.
func TestNeighbouringCodesAndZones(t *testing.T) {
	for _, name := range []string{"EPSG:4490", "EPSG:4555", "EPSG:32600", "EPSG:32661", "EPSG:32700", "EPSG:32761", "EPSG:3856", "EPSG:-4513"} {
		if crs, err := datum.Parse(name); err == nil && crs.Projected() {
			t.Errorf("%s is taken for %v", name, crs)
		}
	}
	zone, err := datum.Parse("urn:ogc:def:crs:EPSG::4525")
	if err != nil || zone.String() != "EPSG:4525" {
		t.Fatalf("%v, %v", zone, err)
	}
	low, high := zone.Range()
	for _, easting := range []float64{500_000, 38_500_000, 36_500_000} {
		if easting >= low[0] && easting <= high[0] {
			t.Errorf("easting %v passes for one of zone 37, %v to %v", easting, low[0], high[0])
		}
	}
}
