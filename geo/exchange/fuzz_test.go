package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
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
	f.Add("code,name_zh,property,units\nC-1,a,三无,5\n")
	f.Add("unit,value,basis\n99,76000,城镇常住\n")
	f.Add("unit,position,keeper,worker\ng,组长,甲,7\n")
	f.Add("code,purpose,from,to\nT,任务,2025-07-01,2025-07-26\n")
	f.Add("net,grid,measure,done,total,under,group\nT,g,households,1,2,v,东\n")
	f.Fuzz(func(t *testing.T, text string) {
		opts := Options{Limits: Limits{TextBytes: 1 << 12}}
		taken(t, Workers(strings.NewReader(text), opts))
		taken(t, Assignments(strings.NewReader(text), opts))
		taken(t, Populations(strings.NewReader(text), opts))
		taken(t, Facilities(strings.NewReader(text), opts))
		taken(t, Compounds(strings.NewReader(text), opts))
		taken(t, Standards(strings.NewReader(text), opts))
		taken(t, Responsibilities(strings.NewReader(text), opts))
		taken(t, Nets(strings.NewReader(text), opts))
		taken(t, NetMembers(strings.NewReader(text), opts))
		taken(t, Profiles(strings.NewReader(text), opts))
		taken(t, Grids(strings.NewReader(text), opts, Fields{Numbered: true}))
	})
}

// Whatever the points, every row that can be read comes back with its cells.
func FuzzJoinPoints(f *testing.F) {
	f.Add("ref,lon,lat\nH1,103.5,26.25\n")
	f.Add("\ufeff经度;纬度\n1;2\nx;\n\"a\n")
	look := Lookup{Headings: []string{"found"}, Cells: func(_ topo.Point, cells []string) bool {
		cells[0] = "yes"
		return true
	}}
	f.Fuzz(func(t *testing.T, text string) {
		var b bytes.Buffer
		done, err := JoinPoints(strings.NewReader(text), &b, Options{}, look, func(*InputError) {})
		if err != nil {
			return // refused, which is fine
		}
		r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b.Bytes(), []byte("\ufeff"))))
		r.Comma = separator(bufio.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))))
		rows, err := r.ReadAll()
		if err != nil || len(rows) != done.Rows+1 {
			t.Errorf("%d rows and a header came back as %d, %v\n%q", done.Rows, len(rows), err, b.String())
		}
	})
}

// Whatever the grids, putting them together, settling and checking them ends
// without a panic, and a layer found without a fault is whole. Each byte is a
// corner on a lattice of 16 by 16 hundredths of a degree; 0xFF ends a ring.
func FuzzAssembly(f *testing.F) {
	f.Add([]byte{0x00, 0xA0, 0xAA, 0x0A, 0xFF, 0x00, 0x50, 0x5A, 0x0A, 0xFF, 0x50, 0xA0, 0xAA, 0x5A}, true)
	f.Add([]byte{0x00, 0xA0, 0xAA, 0x0A, 0xFF, 0x22, 0x44, 0x42, 0x24, 0xFF, 0x22, 0x52, 0x55}, false)
	f.Fuzz(func(t *testing.T, corners []byte, complete bool) {
		if len(corners) > 200 {
			return // the time is for many small layers
		}
		var rings []string
		for _, ring := range bytes.Split(corners, []byte{0xFF}) {
			if len(ring) < 3 {
				continue
			}
			var at []string
			for _, c := range append(ring, ring[0]) {
				at = append(at, fmt.Sprintf("[103.%02d,26.%02d]", c>>4, c&15))
			}
			rings = append(rings, "["+strings.Join(at, ",")+"]")
		}
		if len(rings) < 2 {
			return
		}
		grids := ""
		for i, ring := range rings[1:] {
			grids += grid(fmt.Sprint("g", i), "v", ring)
		}
		a := assemble(village(complete), "", grid("v", "", rings[0]), grids)
		if _, err := a.Settle(); err != nil {
			t.Fatal(err)
		}
		tree, err := geo.NewTree(a.Snapshot().Grids)
		if err != nil {
			t.Fatal(err)
		}
		report, err := check.Ask(geo.Count(a.Snapshot(), tree, nil, 20250630), check.Ground{Faults: a.Faults(tree)}, check.Question{})
		if err != nil {
			t.Fatal(err)
		}
		if complete && report.Pass && len(a.Uneven(1)) > 0 {
			t.Errorf("no fault, but not whole: %s", grids)
		}
	})
}

// Whatever stands in a file of comments, those that are taken come back as they
// were written; nothing breaks the reading.
func FuzzComments(f *testing.F) {
	const sound = `"kind":"remark","text":"t","author":"a","written":"2025-06-01T08:00:00Z"`
	f.Add(`[{"ref":"1","of_plan":true,` + sound + `},{"ref":"2","grid":"v1",` + sound + `},{"ref":"3","grid":"gone",` + sound + `,"resolved_at":"2025-06-02T00:00:00Z","resolved_by":"b"}]`)
	for _, sketch := range []string{`{"type":"Point","coordinates":[1,2]}`, `{"type":"LineString","coordinates":[[1,2],[3,4]]}`, `{"type":"Polygon","coordinates":[[[1,0],[2,0],[2,1],[1,0]]]}`,
		`{"type":"Point"}`, `{"type":"Polygon","coordinates":[]}`, `{"type":"GeometryCollection","geometries":[]}`, `{"type":"Point","coordinates":[1e400]}`, `{}`, `null`} {
		f.Add(`[{"ref":"1","sketch":` + sketch + `,` + sound + `}]`)
	}
	f.Add(`[{"ref":"1","of_plan":true,"kind":"remark","text":"t","author":"a","written":"9999-12-31T23:59:59-23:59"}]`)
	f.Fuzz(func(t *testing.T, text string) {
		opts := Options{Limits: Limits{TextBytes: 1 << 12}}
		a := assemble(village(true), "", grid("v1", "", box(0, 0, 10, 10)))
		taken := a.Comments("c", Comments(strings.NewReader(text), opts))
		var b bytes.Buffer
		if err := WriteComments(&b, a.Snapshot(), taken); err != nil {
			t.Fatal(err)
		}
		written := b.String()
		again := a.Comments("c", Comments(strings.NewReader(written), Options{}))
		if len(again) > 0 {
			t.Fatalf("the same names are taken twice: %+v", again)
		}
		fresh := assemble(village(true), "", grid("v1", "", box(0, 0, 10, 10)))
		again = fresh.Comments("c", Comments(strings.NewReader(written), Options{}))
		b.Reset()
		if err := WriteComments(&b, fresh.Snapshot(), again); err != nil || b.String() != written {
			t.Errorf("%s came back as %s, %v", written, b.String(), err)
		}
	})
}
