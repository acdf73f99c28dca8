package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// anyName finds every grid code and every tier, for tests of the form alone.
var anyName = Names{
	Grid: func(code string) (geo.GridID, error) {
		if code == "nowhere" || strings.HasPrefix(code, "X") {
			return 0, geo.ErrNotFound
		}
		return geo.GridID(len(code)), nil
	},
	Tier: func(code string) (int, error) {
		if code == "nowhere" {
			return 0, geo.ErrNotFound
		}
		return len(code), nil
	},
	Compounds: func(codes []string) (map[string]geo.Compound, error) {
		found := map[string]geo.Compound{}
		for _, code := range codes {
			if strings.HasPrefix(code, "X") {
				found[code] = geo.Compound{Code: code}
			}
		}
		return found, nil
	},
}

// readEdits decodes and resolves a body.
func readEdits(body string) ([]redraw.Edit, error) {
	edits, err := DecodeEdits([]byte(body))
	if err != nil {
		return nil, err
	}
	return edits.Resolve(anyName)
}

const (
	aLine   = `{"type":"LineString","coordinates":[[110.5,37.5],[110.6,37.6,12]]}`
	aSquare = `{"type":"Polygon","coordinates":[[[110,37],[111,37],[111,38],[110,38],[110,37]]]}`
)

func TestDecodeEdits(t *testing.T) {
	t.Parallel()
	line := []topo.Point{{X: 1105000000, Y: 375000000}, {X: 1106000000, Y: 376000000}}
	square := topo.Shape{{{{X: 1100000000, Y: 370000000}, {X: 1110000000, Y: 370000000}, {X: 1110000000, Y: 380000000}, {X: 1100000000, Y: 380000000}}}}
	code, urban := "T-9", geo.Urban
	tests := []struct {
		body string
		want redraw.Edit
	}{
		{`{"op":"split","grid":7,"line":` + aLine + `,"tolerance_m":1.5,"straddling":"cut","name":{"zh":"东"}}`,
			redraw.Split{Grid: 7, Line: line, ToleranceM: 1.5, Straddling: redraw.Cut, Name: geo.Name{ZH: "东"}}},
		{`{"op":"merge","grids":[7,"abc"],"keep":"abc"}`, redraw.Merge{Grids: []geo.GridID{7, 3}, Keep: 3}},
		{`{"op":"reshape","grid":7,"with":8,"line":` + aLine + `}`, redraw.Reshape{Grid: 7, With: 8, Line: line}},
		{`{"op":"transfer","to":7,"region":` + aSquare + `,"from":[8]}`, redraw.Transfer{To: 7, Region: square, From: []geo.GridID{8}}},
		{`{"op":"transfer","to":7,"compounds":["X1"],"atoms":["X2",9,"abc"]}`,
			redraw.Transfer{To: 7, Grids: []geo.GridID{9, 3}, Compounds: []geo.Compound{{Code: "X1"}, {Code: "X2"}}}},
		{`{"op":"fill","to":"abc","region":` + aSquare + `}`, redraw.Fill{To: 3, Region: square}},
		{`{"op":"renumber","parent":7,"tier":"micro"}`, redraw.Renumber{Parent: 7, Tier: 5}},
		{`{"op":"create","parent":7,"tier":"micro","name":{"zh":"新"},"boundary":` + aSquare + `,"valid":{"from":"2026-01-01"}}`,
			redraw.Create{Grid: geo.Grid{Parent: 7, Tier: 5, Kind: geo.General, Name: geo.Name{ZH: "新"}, Boundary: square, Valid: geo.Period{From: 20260101}}}},
		{`{"op":"retire","grid":7,"to":8}`, redraw.Retire{Grid: 7, To: 8}},
		{`{"op":"set","grid":7,"code":"T-9","setting":"urban"}`, redraw.Set{Grid: 7, Code: &code, Setting: &urban}},
		{`{"op":"move","grid":7,"parent":"abcd"}`, redraw.Move{Grid: 7, Parent: 4}},
	}
	for _, tt := range tests {
		got, err := readEdits(tt.body)
		if err != nil {
			t.Errorf("%s: %v", tt.body, err)
		} else if !reflect.DeepEqual(got, []redraw.Edit{tt.want}) {
			t.Errorf("%s is %+v, want %+v", tt.body, got, tt.want)
		}
		listed, err := readEdits(`{"edits":[` + tt.body + `,` + tt.body + `]}`)
		if err != nil || !reflect.DeepEqual(listed, []redraw.Edit{tt.want, tt.want}) {
			t.Errorf("a list of %s: %v, %v", tt.body, listed, err)
		}
	}
}

func TestDecodeEditsRefusesByName(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("[1,1],", maxVertices)
	tests := []struct{ name, body, field, reason string }{
		{"no op", `{"grid":1}`, "op", "is missing"},
		{"an op nobody knows", `{"op":"explode"}`, "op", "is not one of"},
		{"an op that is no text", `{"op":1}`, "op", "must be text"},
		{"two ops at once", `{"op":"retire","op":"merge","grid":1}`, "op", "is given twice"},
		{"two ops by letter case", `{"op":"retire","OP":"merge","grid":1}`, "OP", "is given twice"},
		{"an edit beside a list", `{"op":"retire","grid":1,"edits":[]}`, "edits", "stands alone"},
		{"an empty list", `{"edits":[]}`, "edits", "at least one"},
		{"no list", `{"edits":{"op":"retire","grid":1}}`, "edits", "must be an array"},
		{"too long a list", `{"edits":[` + strings.Repeat(`{},`, maxEdits) + `{}]}`, "edits", "at most"},
		{"another op's member", `{"op":"merge","grids":[1,2],"line":1}`, "line", "is not known here"},
		{"the wrong kind", `{"op":"split","grid":1,"tolerance_m":"1"}`, "tolerance_m", "is a JSON string"},
		{"NaN", `{"op":"split","grid":1,"tolerance_m":NaN}`, "body", "is not JSON"},
		{"a number beyond any", `{"op":"split","grid":1,"tolerance_m":1e999}`, "tolerance_m", "number 1e999"},
		{"no grid", `{"op":"retire"}`, "grid", "is missing"},
		{"grid 0", `{"op":"retire","grid":0}`, "grid", "neither the id"},
		{"half a grid", `{"op":"retire","grid":1.5}`, "grid", "neither the id"},
		{"an empty code", `{"op":"retire","grid":""}`, "grid", "empty code"},
		{"a code of nobody", `{"op":"retire","grid":"nowhere"}`, "grid", "no grid of the plan"},
		{"a tier of nobody", `{"op":"create","parent":1,"tier":"nowhere"}`, "tier", "no tier"},
		{"a transfer of nothing", `{"op":"transfer","to":1}`, "region", "name a region"},
		{"a compound of nobody", `{"op":"transfer","to":1,"compounds":["abc"]}`, "compounds", "no compound"},
		{"an atom of nobody", `{"op":"transfer","to":1,"atoms":["nowhere"]}`, "atoms", "no grid of the plan and no compound"},
		{"a gap that is nowhere", `{"op":"fill","to":1}`, "region", "ground in the gap"},
		{"a gap for nobody", `{"op":"fill","region":` + aSquare + `}`, "to", "is missing"},
		{"no parent to number under", `{"op":"renumber"}`, "parent", "is missing"},
		{"no line", `{"op":"split","grid":1}`, "line", "is missing"},
		{"a polygon for a line", `{"op":"split","grid":1,"line":` + aSquare + `}`, "line", "want a LineString"},
		{"a line of one point", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[[1,1]]}}`, "line", "two or more"},
		{"null in a position", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[[1,1],[null,2]]}}`, "line", "null"},
		{"a position of one number", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[[1,1],[2]]}}`, "line", "1 numbers"},
		{"text for a position", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":["a",[2,2]]}}`, "line", "position"},
		{"metres for degrees", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[[500000,4100000],[2,2]]}}`, "line", "not a longitude"},
		{"another system", `{"op":"split","grid":1,"line":{"type":"LineString","crs":{},"coordinates":[[1,1],[2,2]]}}`, "line", "crs"},
		{"5,001 points", `{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[` + long + `[2,2]]}}`, "line", "more than 5000"},
		{"a ring of 5,001 points", `{"op":"transfer","to":1,"region":{"type":"Polygon","coordinates":[[` + long + `[1,1]]]}}`, "region", "more than 5000"},
		{"an open ring", `{"op":"transfer","to":1,"region":{"type":"Polygon","coordinates":[[[1,1],[2,1],[2,2],[1,2]]]}}`, "region", "end where it begins"},
		{"no ring", `{"op":"transfer","to":1,"region":{"type":"Polygon","coordinates":[]}}`, "region", "without a ring"},
		{"no polygon", `{"op":"transfer","to":1,"region":{"type":"MultiPolygon","coordinates":[]}}`, "region", "no polygon"},
		{"no region", `{"op":"transfer","to":1}`, "region", "is missing"},
		{"an unknown fate", `{"op":"split","grid":1,"line":` + aLine + `,"straddling":"eat"}`, "straddling", "is not one of"},
		{"something behind", `{"op":"retire","grid":1} {}`, "body", "goes on"},
		{"no object", `[]`, "body", "must be a JSON object"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readEdits(tt.body)
			if err == nil {
				t.Fatal("taken")
			}
			clientsFault(t, err)
			if p := problem(err); p.Field != tt.field || !strings.Contains(p.Reason, tt.reason) {
				t.Errorf("field %q, reason %q; want %q, %q", p.Field, p.Reason, tt.field, tt.reason)
			}
		})
	}
}

// Of a list the refusal says which edit it is about.
func TestDecodeEditsNumbersTheList(t *testing.T) {
	t.Parallel()
	for _, second := range []string{`{"op":"retire"}`, `{"op":"retire","grid":"nowhere"}`, `7`} {
		_, err := readEdits(`{"edits":[{"op":"retire","grid":1},` + second + `]}`)
		if p := problem(err); err == nil || p.Line != 2 {
			t.Errorf("%s: %v, line %d", second, err, p.Line)
		}
	}
}

// Any body decodes to edits that encode back to themselves, or is refused as
// the client's fault.
func FuzzDecodeEdits(f *testing.F) {
	f.Add([]byte(`{"op":"split","grid":7,"line":` + aLine + `,"tolerance_m":1e-3}`))
	f.Add([]byte(`{"edits":[{"op":"merge","grids":[7,"x"]},{"op":"move","grid":1,"parent":2}]}`))
	f.Add([]byte(`{"op":"transfer","to":"a","region":` + aSquare + `}`))
	f.Add([]byte(`{"op":"create","parent":1,"tier":"t","boundary":{"type":"MultiPolygon","coordinates":[[[[0,0],[1,0],[0,1],[0,0]]]]}}`))
	f.Add([]byte(`{"op":"set","grid":1,"name":{"zh":""},"valid":{"from":"2026-01-01"},"boundary":null}`))
	f.Add([]byte(`{"op":"split","grid":1,"line":{"type":"LineString","coordinates":[[NaN,0],[1,1]]}}`))
	f.Add([]byte(`{"split":{"grid":1},"merge":{}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		edits, err := DecodeEdits(body)
		if err != nil {
			clientsFault(t, err)
			return
		}
		first, err := edits.Resolve(anyName)
		if err != nil {
			clientsFault(t, err)
			return
		}
		encoded, err := json.Marshal(map[string]any{"edits": edits.list})
		if err != nil {
			t.Fatal(err)
		}
		again, err := readEdits(string(encoded))
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Errorf("%s came back as %+v, %v", encoded, again, err)
		}
	})
}

// MarshalJSON writes a grid as it was named.
func (g gridRef) MarshalJSON() ([]byte, error) {
	if g.code != "" {
		return json.Marshal(g.code)
	}
	return json.Marshal(g.id)
}

// MarshalJSON writes the geometry.
func (l lineJSON) MarshalJSON() ([]byte, error) {
	if l == nil {
		return nil, errors.New("no line")
	}
	out := []byte(`{"type":"LineString","coordinates":[`)
	for i, p := range l {
		if i > 0 {
			out = append(out, ',')
		}
		out = exchange.AppendPosition(out, p)
	}
	return append(out, "]}"...), nil
}

// MarshalJSON writes the geometry.
func (a areaJSON) MarshalJSON() ([]byte, error) {
	if a == nil {
		return []byte("null"), nil
	}
	coordinates, err := json.Marshal([][][][2]float64(nil))
	if len(a) > 0 {
		coordinates, err = json.Marshal(a.numbers())
	}
	return fmt.Appendf(nil, `{"type":"MultiPolygon","coordinates":%s}`, coordinates), err
}

func (a areaJSON) numbers() [][][][2]float64 {
	out := make([][][][2]float64, len(a))
	for i, polygon := range a {
		for _, ring := range polygon {
			points := make([][2]float64, len(ring))
			for k, p := range ring {
				points[k] = p
			}
			out[i] = append(out[i], points)
		}
	}
	return out
}
