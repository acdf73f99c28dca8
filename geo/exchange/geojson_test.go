package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// read collects what a file yields.
func read(t testing.TB, text string, opts Options) (features []Feature, errs []*InputError) {
	t.Helper()
	opts.File = "grids.geojson"
	if opts.Code == "" {
		opts.Code = "code"
	}
	for f, err := range ReadGeoJSON(strings.NewReader(text), opts) {
		if err == nil {
			features = append(features, f)
			continue
		}
		var bad *InputError
		if !errors.As(err, &bad) {
			t.Fatalf("error %v is no InputError", err)
		}
		errs = append(errs, bad)
	}
	return features, errs
}

const square = `[[103,26],[103.001,26],[103.001,26.001],[103,26.001],[103,26]]`

func feature(geometry string) string {
	return `{"type":"Feature","properties":{"code":"A1"},"geometry":` + geometry + `}`
}

func polygon(rings string) string {
	return feature(`{"type":"Polygon","coordinates":[` + rings + `]}`)
}

var squareRing = topo.Ring{{X: 1030000000, Y: 260000000}, {X: 1030010000, Y: 260000000}, {X: 1030010000, Y: 260010000}, {X: 1030000000, Y: 260010000}}

func TestReadGeoJSONAccepts(t *testing.T) {
	one := fmt.Sprint(topo.Shape{{squareRing}})
	tests := []struct {
		name, text, want string
	}{
		{"a feature", polygon(square), one},
		{"a bare geometry", `{"type":"Polygon","coordinates":[` + square + `]}`, one},
		{"coordinates before the type", `{"geometry":{"coordinates":[` + square + `],"type":"Polygon"},"type":"Feature"}`, one},
		{"features before the type", `{"features":[` + polygon(square) + `],"type":"FeatureCollection"}`, one},
		{"a byte-order mark", "\ufeff" + polygon(square), one},
		{"two lines", polygon(square) + "\n" + polygon(square) + "\n", one + one},
		{"lines ended by CRLF", polygon(square) + "\r\n" + polygon(square) + "\r\n", one + one},
		{"record separators", "\x1e" + polygon(square) + "\n\x1e" + polygon(square) + "\n", one + one},
		{"a collection without features", `{"type":"FeatureCollection","features":[]}`, ""},
		{"heights", polygon(`[[103,26,1],[103.001,26,null],[103.001,26.001,1e3],[103,26.001,-4],[103,26,1,7]]`), one},
		{"repeated positions", polygon(`[[103,26],[103,26],[103.001,26],[103.001,26.001],[103.001,26.001],[103,26.001],[103,26],[103,26]]`), one},
		{"positions equal on the lattice", polygon(`[[103,26],[103.00000004,26],[103.001,26],[103.001,26.001],[103,26.001],[103,26]]`), one},
		{"clockwise outer ring", polygon(`[[103,26],[103,26.001],[103.001,26.001],[103.001,26],[103,26]]`), one},
		{"exponents", polygon(`[[1.03e2,2600E-2],[103.001,26],[103.001,26.001],[103,26.001],[103,26.0]]`), one},
		{"multipolygon of one", feature(`{"type":"MultiPolygon","coordinates":[[` + square + `]]}`), one},
		{"collection of polygons", feature(`{"type":"GeometryCollection","geometries":[{"type":"Polygon","coordinates":[` + square + `]}]}`), one},
		{"null geometry is undrawn", feature(`null`), "[]"},
		{"empty polygon is undrawn", feature(`{"type":"Polygon","coordinates":[]}`), "[]"},
		{"crs of the 2008 draft", `{"crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"type":"FeatureCollection","features":[` + polygon(square) + `]}`, one},
		{"crs 4490", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::4490"}},"features":[` + polygon(square) + `]}`, one},
		{"crs by EPSG code", `{"type":"FeatureCollection","crs":{"type":"EPSG","properties":{"code":4326}},"features":[` + polygon(square) + `]}`, one},
		{"null crs", `{"type":"FeatureCollection","crs":null,"features":[` + polygon(square) + `]}`, one},
		{"foreign members", `{"type":"FeatureCollection","name":"x","style":{"a":[1,{"b":null}]},"features":[` + polygon(square) + `],"z":"\u4e2d"}`, one},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			features, errs := read(t, tt.text, Options{})
			if len(errs) > 0 {
				t.Fatal(errs[0])
			}
			got := ""
			for _, f := range features {
				got += fmt.Sprint(f.Shape)
			}
			if got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestReadGeoJSONRefuses(t *testing.T) {
	ring := func(position string) string {
		return polygon(`[` + position + `,[103.001,26],[103.001,26.001],` + position + `]`)
	}
	deep := strings.Repeat("[", 100) + strings.Repeat("]", 100)
	tests := []struct {
		name, text, want string
	}{
		{"nothing", "", "an empty file"},
		{"an array", "[1]", "GeoJSON is made of objects"},
		{"UTF-16 with a mark", "\xff\xfe{\x00}\x00", "UTF-16"},
		{"UTF-16 without one", "{\x00}\x00", "UTF-16"},
		{"a workbook", "PK\x03\x04....", "Excel"},
		{"no type", `{"a":1}`, "feature 0: type: missing"},
		{"another type", `{"type":"Topology"}`, `"Topology" is no type of GeoJSON`},
		{"no geometry", `{"type":"Feature","properties":{}}`, "without a geometry member"},
		{"a line", feature(`{"type":"LineString","coordinates":[[103,26],[104,27]]}`), "(A1): geometry: a LineString bounds no ground"},
		{"nested too deep for its type", feature(`{"type":"Polygon","coordinates":[[` + square + `]]}`), "nested 4 deep instead of 3"},
		{"nested unevenly", feature(`{"type":"Polygon","coordinates":[[[103,26],[[1,2]]]]}`), "nested unevenly"},
		{"nested without end", feature(`{"type":"Polygon","coordinates":` + deep + `}`), "nested deeper"},
		{"deep properties", `{"type":"Feature","geometry":null,"properties":{"code":` + deep + `}}`, "nested deeper than 64 levels"},
		{"NaN", ring(`[NaN,26]`), "coordinate: NaN stands where a number is expected"},
		{"infinity", ring(`[-Infinity,26]`), "-Infinity stands where a number"},
		{"a number beyond floats", ring(`[1e999,26]`), "outside ±180"},
		{"a string", ring(`["103","26"]`), "a string stands where a number is expected"},
		{"null", ring(`[null,26]`), "null stands where a number is expected"},
		{"a leading zero", ring(`[0103,26]`), `"0103" is no JSON number`},
		{"one number", ring(`[103]`), "fewer than two numbers"},
		{"latitude first", ring(`[26,103]`), "latitude stands before longitude"},
		{"projected metres", ring(`[35431234.5,2923456.7]`), "projected metres"},
		{"out of range", ring(`[181,26]`), "outside ±180"},
		{"a repeated property", `{"type":"Feature","geometry":null,"properties":{"code":"a","code":"b"}}`, `property "code" stands twice`},
		{"a repeated member", `{"type":"Feature","type":"Feature","geometry":null}`, `member "type" stands twice`},
		{"invalid UTF-8", `{"type":"Feature","geometry":null,"properties":{"name":"` + "\xcd\xf8" + `"}}`, "invalid UTF-8: byte 0xCD"},
		{"U+0000", `{"type":"Feature","geometry":null,"properties":{"name":"\u0000"}}`, "U+0000"},
		{"half a character pair", `{"type":"Feature","geometry":null,"properties":{"name":"\ud800"}}`, "half of a character pair"},
		{"a raw line break in a string", "{\"type\":\"Feature\",\"geometry\":null,\"properties\":{\"name\":\"a\nb\"}}", "control character"},
		{"another crs", `{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:2437"}},"features":[` + polygon(square) + `]}`, `"EPSG:2437" is not supported; use EPSG:4326`},
		{"another crs at the end", `{"type":"FeatureCollection","features":[],"crs":{"type":"name","properties":{"name":"EPSG:2437"}}}`, `"EPSG:2437" is not supported`},
		{"a file cut short", `{"type":"FeatureCollection","features":[` + polygon(square)[:60], "the file ends in the middle"},
		{"a missing comma", `{"type":"FeatureCollection","features":[` + polygon(square) + polygon(square) + `]}`, "where a comma"},
		{"a trailing comma", `{"type":"FeatureCollection","features":[` + polygon(square) + `,]}`, "a comma before"},
		{"features of another type", `{"type":"Feature","features":[],"geometry":null}`, "where FeatureCollection is expected"},
		{"a collection without the member", `{"type":"FeatureCollection"}`, "features: missing"},
		{"a point in a collection of grounds", feature(`{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]}]}`), "is a Point"},
		{"collections without end", feature(strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 9) + strings.Repeat("]}", 9)), "collections nested"},
		{"rubbish behind it", polygon(square) + "xyz", "xyz at byte"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, errs := read(t, tt.text, Options{})
			if len(errs) == 0 || !strings.Contains(errs[0].Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", errs, tt.want)
			}
		})
	}
}

func TestReadGeoJSONTellsOfRings(t *testing.T) {
	tests := []struct {
		name, rings, want string
	}{
		{"open", `[[103,26],[103.001,26],[103.001,26.001],[103,26.001]]`, "polygon 0, ring 0: is an open ring"},
		{"too short", `[[103,26],[103.001,26],[103,26]]`, "has 3 positions"},
		{"one point four times", `[[103,26],[103,26],[103,26],[103,26]]`, "fewer than three different"},
		{"an open hole", square + `,[[103.0001,26.0001],[103.0002,26.0001],[103.0002,26.0002]]`, "ring 1: is an open ring"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			features, errs := read(t, polygon(tt.rings), Options{})
			if len(errs) > 0 || len(features) != 1 {
				t.Fatalf("%d features, %v", len(features), errs)
			}
			if f := features[0].Flaw; f == nil || !strings.Contains(f.Error(), tt.want) {
				t.Errorf("flaw %v, want %q", f, tt.want)
			}
		})
	}
}

func TestReadGeoJSONGoesOnBehindABadFeature(t *testing.T) {
	bad := strings.Replace(polygon(`[[103,26],[103.001,NaN],[103,26]]`), "A1", "B2", 1)
	text := `{"type":"FeatureCollection","features":[` + polygon(square) + "," + bad + ",17," + polygon(square) + `]}`
	features, errs := read(t, text, Options{})
	if len(features) != 2 || features[1].Index != 3 || len(errs) != 2 {
		t.Fatalf("%d features, errors %v", len(features), errs)
	}
	if got, want := errs[0].Error(), "grids.geojson: feature 1 (B2): geometry: coordinate: NaN stands where a number is expected"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestReadGeoJSONBoundsAFeature(t *testing.T) {
	var b bytes.Buffer
	b.WriteString(`{"type":"FeatureCollection","features":[{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[`)
	for range 2000 {
		b.WriteString("[103,26],")
	}
	b.WriteString(`[103,26]]]},"properties":{"code":"huge"}},` + polygon(square) + `]}`)
	features, errs := read(t, b.String(), Options{Limits: Limits{Vertices: 1000}})
	if len(features) != 1 || len(errs) != 1 || errs[0].Code != "huge" || !strings.Contains(errs[0].Reason, "more than 1000 vertices") {
		t.Errorf("%d features, %v; want the huge one named and the other read", len(features), errs)
	}
	text := `{"type":"Feature","geometry":null,"properties":{"a":"` + strings.Repeat("x", 5000) + `"}}`
	if _, errs = read(t, text, Options{Limits: Limits{TextBytes: 1000}}); len(errs) != 1 || !strings.Contains(errs[0].Reason, "more than 1000 bytes") {
		t.Errorf("long text: %v", errs)
	}
}

func TestReadGeoJSONConvertsTheDeclaredDatum(t *testing.T) {
	lon, lat := datum.GCJ02.FromWGS84(103, 26)
	features, errs := read(t, fmt.Sprintf(`{"type":"Point","coordinates":[%.9f,%.9f]}`, lon, lat), Options{CRS: datum.GCJ02})
	if len(errs) > 0 || *features[0].Point != (topo.Point{X: 1030000000, Y: 260000000}) {
		t.Errorf("%+v, %v", features, errs)
	}
}

// A file that fails to be read is told as such, not as ended.
func TestReadGeoJSONTellsOfAFailingDisk(t *testing.T) {
	src := io.MultiReader(strings.NewReader(`{"type":"FeatureCollection","features":[`), failing{})
	for _, err := range ReadGeoJSON(src, Options{File: "f"}) {
		if err == nil || !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("error %v", err)
		}
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk on fire") }

func TestPropertiesCode(t *testing.T) {
	tests := []struct {
		name, value, want, says string
	}{
		{"text", `" 990101100201003 "`, "990101100201003", ""},
		{"full-width digits", `"９９０１"`, "9901", ""},
		{"a number", `990101100201003`, "990101100201003", ""},
		{"a number with a decimal point", `990101100201003.0`, "990101100201003", ""},
		{"a number with an exponent", `9.90101e5`, "990101", ""},
		{"a long number", `9901011002010031`, "9901011002010031", "keeps 15"},
		{"null", `null`, "", ""},
		{"a fraction", `1.5`, "", "is no code"},
		{"a negative number", `-3`, "", "is no code"},
		{"true", `true`, "", "is no code"},
		{"an array", `[1]`, "", "is no code"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			features, errs := read(t, `{"type":"Feature","geometry":null,"properties":{"k":`+tt.value+`}}`, Options{})
			if len(errs) > 0 {
				t.Fatal(errs[0])
			}
			code, warning, err := features[0].Properties.Code("k")
			if err != nil {
				warning = err.Error()
			}
			if code != tt.want || !strings.Contains(warning, tt.says) || (tt.says == "") != (warning == "") {
				t.Errorf("code %q, says %q", code, warning)
			}
		})
	}
}
