package exchange

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// Whatever the bytes, features come back as they were once written, or the
// error is an InputError.
func FuzzReadGeoJSON(f *testing.F) {
	for _, seed := range []string{
		polygon(square), `{"type":"FeatureCollection","features":[` + polygon(square) + "," + feature("null") + `]}`,
		"\ufeff" + polygon(square) + "\n\x1e" + polygon(square), feature(`{"type":"Point","coordinates":[1,2,3]}`),
		`{"crs":{"type":"name","properties":{"name":"EPSG:4490"}},"type":"GeometryCollection","geometries":[]}`,
		`{"type":"Feature","geometry":null,"properties":{"a":"\ud83d\ude00\u0041","b":-1.5e-7,"c":[{}],"d":false}}`,
		polygon(`[[NaN,1],[-Infinity,2],["3",4]]`), `{"features":[[[[`, `{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[`,
	} {
		f.Add([]byte(seed))
	}
	opts := Options{File: "f", Code: "code", Limits: Limits{Vertices: 1000, TextBytes: 1 << 12}}
	f.Fuzz(func(t *testing.T, data []byte) {
		for feature, err := range ReadGeoJSON(bytes.NewReader(data), opts) {
			var bad *InputError
			if errors.As(err, &bad) {
				if bad.Reason == "" {
					t.Errorf("an error without a reason: %+v", bad)
				}
				continue
			}
			if err != nil {
				t.Fatalf("error %v is no InputError", err)
			}
			if feature.Flaw == nil && feature.Point == nil {
				comesBack(t, feature)
			}
		}
	})
}

func comesBack(t *testing.T, feature Feature) {
	t.Helper()
	var members []Member
	for _, p := range feature.Properties {
		members = append(members, Member{p.Name, p.Text})
	}
	var b bytes.Buffer
	w := NewGeoJSONWriter(&b, "f")
	if err := w.Write(members, feature.Shape); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	limits := Limits{Vertices: 2000, TextBytes: 1 << 14}
	for again, err := range ReadGeoJSON(bytes.NewReader(b.Bytes()), Options{Limits: limits}) {
		if err != nil {
			t.Fatalf("%v\n%s", err, b.Bytes())
		}
		if !same(again, feature) {
			t.Errorf("%+v came back as %+v", feature, again)
		}
	}
}

func same(a, b Feature) bool {
	if len(a.Shape) != len(b.Shape) || len(a.Properties) != len(b.Properties) {
		return false
	}
	for i := range a.Properties {
		if a.Properties[i].Name != b.Properties[i].Name || a.Properties[i].Text != b.Properties[i].Text {
			return false
		}
	}
	return bytes.Equal(AppendShape(nil, a.Shape), AppendShape(nil, b.Shape))
}

// Whatever the bytes, a household comes back as it was once written, or the
// error is an InputError.
func FuzzReadCSV(f *testing.F) {
	for _, seed := range []string{
		"ref,lon,lat,resident\nH1,103.5,26.25,3\n", "\ufeff户号;经度;纬度\n'=a;1;2\n", "ref\taddress\n1\t\"a\n", "ref,ref\n",
		"ref,address,身份证\n1,\"x\"\"y\",2\n", `{"type":"Feature","properties":{"ref":1},"geometry":{"type":"Point","coordinates":[1,2]}}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, _ := households(t, text, Options{Limits: Limits{TextBytes: 1 << 12}})
		var b bytes.Buffer
		w := NewHouseholdWriter(&b)
		for i := range got {
			w.Household(&got[i])
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		again, errs := households(t, b.String(), Options{Limits: Limits{TextBytes: 1 << 14}})
		if len(errs) > 0 || len(again) != len(got) {
			t.Fatalf("%d of %d came back, %v\n%q", len(again), len(got), errs, b.String())
		}
		for i := range got {
			got[i].Line, again[i].Line = 0, 0
			if got[i] != again[i] {
				t.Errorf("%+v came back as %+v", got[i], again[i])
			}
		}
	})
}

// The other tables decode with the same methods: no bytes may break them.
func FuzzReadTables(f *testing.F) {
	f.Add("number,name,employment,active_from,active_to\n1,a,专职,2025-01-01,\n")
	f.Add("worker,grid,role,share_permille\n1,g,leader,500\n")
	f.Add("rule,workers,residents,tier,roles\nSTF-3,18,10000,county,a;b\n")
	f.Add("type,name,lon,lat,services\ncentre,x,1,2,a；b\n")
	f.Add("unit,value,basis\n99,76000,城镇常住\n")
	f.Fuzz(func(t *testing.T, text string) {
		opts := Options{Limits: Limits{TextBytes: 1 << 12}}
		taken(t, Workers(strings.NewReader(text), opts))
		taken(t, Assignments(strings.NewReader(text), opts))
		taken(t, Populations(strings.NewReader(text), opts))
		taken(t, Facilities(strings.NewReader(text), opts))
		taken(t, Standards(strings.NewReader(text), opts))
	})
}
