package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A layer with an overlap, a narrow gap, an undrawn grid and all sorts of
// properties comes out so that check finds nothing, properties as they were.
func TestCleanedFilePassesTheCheck(t *testing.T) {
	t.Parallel()
	odd := strings.Replace(square("b", "", 5.001, 0, 10, 10), `"properties":{`, `"id":7,"properties":{"n":1.50,"list":[1, {"a":null}],"no":null,"yes":true,`, 1)
	dir := files(t, map[string]string{"in.geojson": square("a", "", 0, 0, 5, 10) + odd + square("c", "", 9, 0, 12, 10) + undrawn,
		"within.geojson": square("v", "", 0, 0, 11.99999, 10)})
	in, out, again := filepath.Join(dir, "in.geojson"), filepath.Join(dir, "out.ndjson"), filepath.Join(dir, "again.ndjson")
	within, report := filepath.Join(dir, "within.geojson"), filepath.Join(dir, "report.csv")
	if code, _, errs := call(t, "clean", in, "-o", out, "--within", within, "--report", report); code != exitOK {
		t.Fatal(errs)
	}
	if code, found, errs := call(t, "check", out, "--within", within, "--lang", "en"); code != exitOK || !strings.HasPrefix(found, "warning GEO-10 u:") {
		t.Errorf("check: exit %d\n%s%s", code, found, errs)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"type":"Feature","id":7,"properties":{"n":1.50,"list":[1,{"a":null}],"no":null,"yes":true,"code":"b","up":""},"geometry":{`; !strings.Contains(string(text), want) {
		t.Errorf("%s\nhas no %s", text, want)
	}
	lines, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nsnapped,b,", "\ngiven,b c,c,"} {
		if !strings.Contains(string(lines), want) {
			t.Errorf("%s\nhas no %q", lines, want)
		}
	}
	if code, _, errs := call(t, "clean", out, "-o", again, "--within", within); code != exitOK || errs != "nothing to clean\n" {
		t.Errorf("cleaned again: exit %d, %s", code, errs)
	}
	if twice, err := os.ReadFile(again); err != nil || string(twice) != string(text) {
		t.Errorf("cleaned again: %v\n%s\nwas\n%s", err, twice, text)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	bow := shape("a", "v", [][]float64{{103, 26}, {103.01, 26.01}, {103.01, 26}, {103, 26.01}, {103, 26}})
	open := shape("a", "v", [][]float64{{103, 26}, {103.01, 26}, {103.01, 26.01}, {103, 26.01}})
	apart := square("a", "1", 0, 0, 5, 10) + square("b", "2", 5.05, 0, 10, 10)
	across := square("a", "2", 0, 0, 6, 10) + square("b", "1", 5, 0, 10, 10)
	tests := []struct {
		name, in string
		flags    []string
		code     int
		want     string // a part of the report, of the layer or of what it complains
	}{
		{"a dry run reports and writes nothing", across, []string{"--dry-run"}, 0, "given,a b,"},
		{"a priority decides", across, []string{"--dry-run", "--priority", "up"}, 0, "given,a b,b,"},
		{"a gap wider than asked stays", apart, []string{"--dry-run", "--within", "WITHIN"}, 0, "gap_left,a b,,"},
		{"a gap not wider is filled", apart, []string{"--dry-run", "--within", "WITHIN", "--fill-width", "999 cm"}, 0, "filled,a b,"},
		{"a crossing ring is drawn anew", bow, []string{"--dry-run"}, 0, "repaired,a,"},
		{"an open ring is closed", open, []string{"--dry-run"}, 0, "repaired,a,"},
		{"outside is cut off", square("a", "", 0, 0, 20, 10), []string{"--dry-run", "--within", "WITHIN"}, 0, "cut_off,a,"},
		{"to the standard output", apart, []string{"-o", "-"}, 0, `"code":"a"`},
		{"nowhere to write to", apart, nil, 2, "-o OUT is missing"},
		{"a priority that is no number", square("a", "x", 0, 0, 1, 1), []string{"--dry-run", "--priority", "up"}, 2, `feature 0 (a): up: "x" is no whole number`},
		{"a priority nobody has", apart, []string{"--dry-run", "--priority", "rank"}, 2, `no feature has a property "rank"`},
		{"a distance that is none", apart, []string{"--snap", "wide"}, 2, "not a length"},
		{"an empty file", "", []string{"--dry-run"}, 2, "an empty file"},
		{"a point", `{"type":"Point","coordinates":[1,2]}`, []string{"--dry-run"}, 2, "bounds no ground"},
		{"an invalid ground", apart, []string{"--dry-run", "--within", "BOW"}, 2, "feature 0: polygon 0, ring 0: crosses itself"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := files(t, map[string]string{"in": tt.in, "WITHIN": square("v", "", 0, 0, 10, 10), "BOW": bow})
			args := []string{"clean", filepath.Join(dir, "in")}
			for _, f := range tt.flags {
				if f == "WITHIN" || f == "BOW" {
					f = filepath.Join(dir, f)
				}
				args = append(args, f)
			}
			code, out, errs := call(t, args...)
			if code != tt.code || !strings.Contains(out+errs, tt.want) {
				t.Errorf("exit %d\n%s%s\nwant exit %d, %q", code, out, errs, tt.code, tt.want)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 3 {
				t.Errorf("wrote %q", left)
			}
		})
	}
}
