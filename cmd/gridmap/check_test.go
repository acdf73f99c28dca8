package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gridmap/fixtures"
)

// files writes files to a folder of the test and returns its name.
func files(t *testing.T, content map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range content {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// square is a feature with the corners x0, y0 and x1, y1 in thousandths of a
// degree from 103, 26.
func square(code, parent string, x0, y0, x1, y1 float64) string {
	at := func(x, y float64) []float64 { return []float64{103 + x/1000, 26 + y/1000} }
	ring := [][]float64{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)}
	return shape(code, parent, ring)
}

func shape(code, parent string, ring [][]float64) string {
	text, err := json.Marshal(map[string]any{"type": "Feature", "properties": map[string]string{"code": code, "up": parent},
		"geometry": map[string]any{"type": "Polygon", "coordinates": [][][]float64{ring}}})
	if err != nil {
		panic(err)
	}
	return string(text) + "\n"
}

const undrawn = `{"type":"Feature","properties":{"code":"u","up":"v"},"geometry":null}` + "\n"

func TestCheckOfAFile(t *testing.T) {
	t.Parallel()
	ground := square("v", "", 0, 0, 10, 10)
	two := square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10)
	bow := shape("a", "v", [][]float64{{103, 26}, {103.01, 26.01}, {103.01, 26}, {103, 26.01}, {103, 26}})
	open := shape("a", "v", [][]float64{{103, 26}, {103.01, 26}, {103.01, 26.01}, {103, 26.01}})
	tests := []struct {
		name, grids, within, homes string
		flags                      []string
		code                       int
		want                       []string // beginnings of the findings, in order
	}{
		{"whole", square("a", "", 0, 0, 5, 10) + square("b", "", 5, 0, 10, 10), ground, "", nil, 0, nil},
		{"whole, alone", square("a", "", 0, 0, 5, 10) + square("b", "", 5, 0, 10, 10), "", "", nil, 0, nil},
		{"neighbours apart need not meet", square("a", "", 0, 0, 5, 10) + square("b", "", 6, 0, 10, 10), "", "", nil, 0, nil},
		{"gap", square("a", "", 0, 0, 5, 10) + square("b", "", 6, 0, 10, 10), ground, "", nil, 1, []string{"error   GEO-4  v:"}},
		{"a void the grids enclose", square("a", "", 0, 0, 3, 9) + square("b", "", 3, 0, 9, 3) + square("c", "", 6, 3, 9, 9) + square("d", "", 3, 6, 6, 9),
			"", "", nil, 1, []string{"error   GEO-4"}},
		{"overlap", square("a", "", 0, 0, 6, 10) + square("b", "", 5, 0, 10, 10), ground, "", nil, 1, []string{"error   GEO-3  a:"}},
		{"outside", square("a", "", 0, 0, 11, 10), ground, "", nil, 1, []string{"error   GEO-2  a:"}},
		{"far outside", square("a", "", 0, 0, 10, 10) + square("b", "", 50, 0, 60, 10), ground, "", nil, 1, []string{"error   GEO-2  b:"}},
		{"crossing ring", bow, ground, "", nil, 1, []string{"error   GEO-1  a:"}},
		{"open ring", open, ground, "", nil, 1, []string{"error   GEO-1  a:"}},
		{"code twice", square("a", "", 0, 0, 5, 10) + square("a", "", 5, 0, 10, 10), ground, "", nil, 1, []string{"error   COD-2  a:"}},
		{"undrawn is a warning", square("a", "", 0, 0, 10, 10) + undrawn, ground, "", nil, 0, []string{"warning GEO-10 u:"}},
		{"wrong parent", square("a", "v", 0, 0, 10, 10) + square("b", "v", 10, 0, 20, 5) + square("c", "w", 10, 5, 20, 10), two, "",
			[]string{"--parent", "up"}, 1, []string{"error   GEO-7  b:"}},
		{"parents by place", square("a", "", 0, 0, 10, 10) + square("b", "", 10, 0, 20, 10), two, "", nil, 0, nil},
		{"parents in the file itself", two + square("a", "v", 0, 0, 10, 10) + square("b", "w", 10, 0, 19, 10), "", "",
			[]string{"--parent", "up"}, 1, []string{"error   GEO-4  w:"}},
		{"dust is no fault", square("a", "", 0, 0, 5, 10) + square("b", "", 5, 0, 9.9999, 10), ground, "", nil, 0, nil},
		{"tolerance given", square("a", "", 0, 0, 5, 10) + square("b", "", 6, 0, 10, 10), ground, "", []string{"--tolerance-m2", "1000000"}, 0, nil},
		{"household in none, in two, without point", square("a", "", 0, 0, 6, 10) + square("b", "", 5, 0, 10, 10), ground,
			"ref,lon,lat\n1,103.001,26.001\n2,104,26\n3,103.0055,26.001\n4,,\n", nil, 1,
			[]string{"error   GEO-3", "error   COV-1  household 2:", "error   COV-2  household 3:", "warning COV-4  household 4:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := files(t, map[string]string{"grids": tt.grids, "within": tt.within, "homes": tt.homes})
			args := append([]string{"check", filepath.Join(dir, "grids"), "--lang", "en"}, tt.flags...)
			if tt.within != "" {
				args = append(args, "--within", filepath.Join(dir, "within"))
			}
			if tt.homes != "" {
				args = append(args, "--households", filepath.Join(dir, "homes"))
			}
			code, out, errs := call(t, args...)
			lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
			if out == "" {
				lines = nil
			}
			ok := code == tt.code && len(lines) == len(tt.want)
			for i := range min(len(lines), len(tt.want)) {
				ok = ok && strings.HasPrefix(lines[i], tt.want[i])
			}
			if !ok {
				t.Errorf("exit %d\n%s%s\nwant exit %d, %q", code, out, errs, tt.code, tt.want)
			}
		})
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"broken": `{"type":"FeatureCollection","features":[`, "empty": "", "points": `{"type":"Point","coordinates":[1,2]}`,
		"good": square("a", "", 0, 0, 1, 1), "circle": square("a", "b", 0, 0, 1, 1) + square("b", "a", 1, 0, 2, 1)})
	tests := []struct {
		name string
		args []string
		errs string
	}{
		{"no file", nil, "an argument is missing"},
		{"a file that is not there", []string{"nowhere.geojson"}, "nowhere.geojson: no such file"},
		{"a file cut short", []string{"broken"}, "the file ends in the middle"},
		{"an empty file", []string{"empty"}, "an empty file"},
		{"points", []string{"points"}, "bounds no ground"},
		{"an unknown format", []string{"good", "--format", "xml"}, "use text, json, geojson or csv"},
		{"a negative tolerance", []string{"good", "--tolerance-m2", "-1"}, "negative"},
		{"no such day", []string{"good", "--as-of", "2025-02-30"}, "2025-02-30"},
		{"an unknown CRS", []string{"good", "--crs", "EPSG:2437"}, "use EPSG:4326"},
		{"a field that is not there", []string{"good", "--code", "dm"}, "feature 0: dm: no such property; there are code, up"},
		{"parents in a circle", []string{"circle", "--parent", "up"}, "leads round in a circle"},
		{"too large a feature", []string{"good", "--max-vertices", "3"}, "more than 3 vertices"},
		{"two files", []string{"good", "good"}, "one argument too many"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			args := []string{"check"}
			for _, a := range tt.args {
				if _, err := os.Stat(filepath.Join(dir, a)); err == nil {
					a = filepath.Join(dir, a)
				}
				args = append(args, a)
			}
			if code, out, errs := call(t, args...); code != exitUsage || out != "" || !strings.Contains(errs, tt.errs) {
				t.Errorf("exit %d, printed %q, complained %q; want exit 2 and %q", code, out, errs, tt.errs)
			}
		})
	}
}

func TestCheckFormats(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"grids": square("a", "", 0, 0, 6, 10) + square("b", "", 5, 0, 10, 10)})
	for _, format := range []string{"json", "geojson"} {
		_, out, _ := call(t, "check", filepath.Join(dir, "grids"), "--format", format)
		var got struct {
			Pass     bool
			Findings []struct {
				Rule     string
				Geometry struct{ Type string }
			}
			Features []struct {
				Properties struct{ Rule string }
				Geometry   struct{ Type string }
			}
		}
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatalf("%s: %v\n%s", format, err, out)
		}
		for _, f := range got.Features {
			got.Findings = append(got.Findings, struct {
				Rule     string
				Geometry struct{ Type string }
			}{f.Properties.Rule, f.Geometry})
		}
		if len(got.Findings) != 1 || got.Findings[0].Rule != "GEO-3" || got.Findings[0].Geometry.Type != "Polygon" {
			t.Errorf("%s: %+v", format, got)
		}
	}
	if _, out, _ := call(t, "check", filepath.Join(dir, "grids"), "--format", "csv"); strings.Count(out, "\n") != 2 || !strings.Contains(out, ",GEO-3,error,") {
		t.Errorf("csv: %s", out)
	}
}

// A clean county is silent, as a folder and tier by tier, but for the
// information that few households on many grids are never even and that 31
// villages of one county have no centre.
func TestCheckOfEachCleanCountyIsSilent(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if code, _, errs := call(t, "fixture", name, "-o", dir, "--households", "3000"); code != exitOK {
				t.Fatal(errs)
			}
			want, wantCode := "", exitOK
			if name == "qinyuan" { // whose published figures fall short
				want, wantCode = "76,000 residents at 18 per 10,000 need 137 workers; 135 serve, 2 short\n", exitError
			}
			code, out, errs := call(t, "check", dir, "--as-of", "2025-06-30", "--lang", "en")
			if out = regexp.MustCompile(`(?m)^info +(SIZ-4 .*|COV-7 .*: Has no party_service_centre)\n`).ReplaceAllString(out, ""); code != wantCode || !strings.HasSuffix(out, want) || strings.Count(out, "\n") != strings.Count(want, "\n") || errs != "" {
				t.Errorf("exit %d\n%s%s", code, out, errs)
			}
			tiers, err := filepath.Glob(filepath.Join(dir, "tier-*"))
			if err != nil || len(tiers) < 3 {
				t.Fatal(tiers, err)
			}
			for i := 1; i < len(tiers); i++ {
				code, out, errs := call(t, "check", tiers[i], "--within", tiers[i-1], "--parent", "parent")
				if i < len(tiers)-1 && (code != exitOK || out+errs != "") {
					t.Errorf("%s within %s: exit %d\n%s%s", tiers[i], tiers[i-1], code, out, errs)
				}
			}
		})
	}
}
