package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// troubles lists what check must answer to the hand-drawn files of
// fixtures/trouble: its exit code, the rules of its findings in order, and
// words of what it complains of. Without words it must not complain.
var troubles = []struct {
	file, within string
	code         int
	rules, words string
}{
	// Ground that is whole, however it is written.
	{"byte-order-mark.geojson", "", exitOK, "", ""},
	{"clockwise.geojson", "", exitOK, "", ""},
	{"crs-4490.geojson", "", exitOK, "", ""},
	{"duplicate-points.geojson", "", exitOK, "", ""},
	{"heights.geojson", "", exitOK, "", ""},
	{"newline-delimited.ndjson", "", exitOK, "", ""},
	{"t-junction.geojson", "", exitOK, "", ""},
	// Whole, with something to tell.
	{"collection.geojson", "", exitOK, "GEO-6", ""},
	{"enclave.geojson", "", exitOK, "GEO-6", ""},
	{"exclave.geojson", "", exitOK, "GEO-6", ""},
	{"hole-touches-shell.geojson", "", exitOK, "GEO-6", ""},
	{"long-codes.geojson", "", exitOK, "", "990188100201001001): code: a code of 18 digits; a spreadsheet keeps 15"},
	{"null-geometry.geojson", "", exitOK, "GEO-10", ""},
	{"sliver.geojson", "", exitOK, "", "dust under the tolerance: 1, 7.409 m² together"},
	{"table.csv", "", exitOK, "GEO-10", "wkt: no such column is known"},
	// Faults.
	{"code-twice.geojson", "", exitError, "COD-2", ""},
	{"crossing-ring.geojson", "", exitError, "GEO-1", ""},
	{"half-metre-gap.geojson", "", exitError, "GEO-4", ""},
	{"half-metre-gap.geojson", "half-metre-gap-village.geojson", exitError, "GEO-4", ""},
	{"half-metre-gap-village.geojson", "", exitOK, "", ""},
	{"hole-along-shell.geojson", "", exitError, "GEO-1", ""},
	{"open-ring.geojson", "", exitError, "GEO-1", ""},
	{"overlap-of-three.geojson", "", exitError, "GEO-3 GEO-3 GEO-3 GEO-3", ""}, // three by two, one by all
	{"sliver-overlap.geojson", "", exitError, "GEO-3", ""},
	// Files that cannot be taken for grids.
	{"collection-with-point.geojson", "", exitUsage, "", "geometry 1 of the collection is a Point"},
	{"crs-3857.geojson", "", exitUsage, "", `crs: the file says EPSG:3857; declare it to have it converted`},
	{"cut-short.geojson", "", exitUsage, "", "feature 1: geometry: the file ends in the middle of it"},
	{"empty.geojson", "", exitUsage, "", "an empty file"},
	{"invalid-utf8.geojson", "", exitUsage, "", `feature 0 (990188100201001): properties: property "name": invalid UTF-8`},
	{"latitude-first.geojson", "", exitUsage, "", "feature 0 (990188100201001): geometry: coordinate 38, 111 is outside ±180, ±90 degrees; latitude stands before longitude"},
	{"metres.geojson", "", exitUsage, "", "looks like projected metres"},
	{"nan.geojson", "", exitUsage, "", "NaN stands where a number is expected"},
	{"nested-too-deep.geojson", "", exitUsage, "", "feature 1 (990188100201002): geometry: coordinates nested deeper than those of a MultiPolygon"},
	{"not-json.geojson", "", exitUsage, "", "looks like XML, as KML and GML are; save it as GeoJSON"},
}

const troubleDir = "../../fixtures/trouble"

func TestTrouble(t *testing.T) {
	t.Parallel()
	told := map[string]bool{}
	for _, tt := range troubles {
		told[tt.file] = true
		t.Run(strings.TrimSuffix(tt.file+" "+tt.within, " "), func(t *testing.T) {
			t.Parallel()
			args := []string{"check", filepath.Join(troubleDir, tt.file), "--lang", "en"}
			if tt.within != "" {
				args = append(args, "--within", filepath.Join(troubleDir, tt.within))
			}
			code, out, errs := call(t, args...)
			var rules []string
			for line := range strings.Lines(out) {
				rules = append(rules, strings.Fields(line)[1])
			}
			if code != tt.code || strings.Join(rules, " ") != tt.rules || !strings.Contains(errs, tt.words) || tt.words == "" && errs != "" {
				t.Errorf("exit %d\n%s%swant exit %d, rules %q, words %q", code, out, errs, tt.code, tt.rules, tt.words)
			}
		})
	}
	entries, err := os.ReadDir(troubleDir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !told[e.Name()] {
			t.Errorf("no row says what check answers to %s", e.Name())
		}
	}
}

// The gap that README shows is one, half a metre wide, between the grids that
// leave it.
func TestHalfMetreGap(t *testing.T) {
	t.Parallel()
	_, out, _ := call(t, "check", filepath.Join(troubleDir, "half-metre-gap.geojson"), "--format", "json")
	var report struct {
		Findings []struct {
			Rule     string
			Measure  struct{ Value float64 }
			Evidence struct {
				Touches []string
				WidthM  float64 `json:"mean_width_m"`
			}
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Findings) != 1 {
		t.Fatalf("%v\n%s", err, out)
	}
	// 0.0000045° of latitude, along 0.004° of longitude.
	f := report.Findings[0]
	touches := []string{"990188100201001", "990188100201002", "990188100201003", "990188100201004"}
	if w := f.Evidence.WidthM; f.Rule != "GEO-4" || w < 0.49 || w > 0.51 || f.Measure.Value < 174 || f.Measure.Value > 176 || !slices.Equal(f.Evidence.Touches, touches) {
		t.Errorf("%+v", f)
	}
}
