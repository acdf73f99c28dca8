package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Ground and grids of different origin: codes named differently, numbered
// alike, or not at all.
func TestCheckFindsTheCodesThatParentsGoBy(t *testing.T) {
	t.Parallel()
	const west, east = `[[[110,38],[110.1,38],[110.1,38.1],[110,38.1],[110,38]]]`, `[[[110.1,38],[110.2,38],[110.2,38.1],[110.1,38.1],[110.1,38]]]`
	collection := func(features ...string) string {
		return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
	}
	feature := func(properties, coordinates string) string {
		return `{"type":"Feature","properties":{` + properties + `},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`
	}
	tests := []struct {
		name, ground, grids string
		args                []string
		exit                int
		says                string
	}{
		{"a usual name", collection(feature(`"GEOID":"1"`, west), feature(`"GEOID":"2"`, east)),
			collection(feature(`"GEOID":"11","C":"1"`, west), feature(`"GEOID":"21","C":"2"`, east)), []string{"--parent", "C"}, exitOK, ""},
		{"any name that holds the values", collection(feature(`"n":7,"shape":"1"`, west), feature(`"n":8,"shape":"2"`, east)),
			collection(feature(`"C":"1"`, west), feature(`"C":"2"`, east)), []string{"--parent", "C"}, exitOK, "the property shape holds"},
		{"a grid under the other parent", collection(feature(`"shape":"1"`, west), feature(`"shape":"2"`, east)),
			collection(feature(`"C":"2"`, west), feature(`"C":"2"`, east)), []string{"--parent", "C"}, exitError, "GEO-7"},
		{"the name that was asked for", collection(feature(`"a":"1","b":"2"`, west), feature(`"a":"2","b":"1"`, east)),
			collection(feature(`"C":"1"`, west), feature(`"C":"2"`, east)), []string{"--parent", "C", "--within-code", "b"}, exitError, "GEO-7"},
		{"both numbered from one", collection(feature(`"code":"1"`, west), feature(`"code":"2"`, east)),
			collection(feature(`"code":"1"`, west), feature(`"code":"2"`, east)), nil, exitOK, ""},
		{"no codes at all", collection(feature("", west), feature("", east)), collection(feature("", west), feature("", east)), nil, exitOK, ""},
		{"a parent property that is not there", collection(feature(`"code":"1"`, west)), collection(feature(`"C":"1"`, west)),
			[]string{"--parent", "D"}, exitUsage, "there are C"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			ground, grids := filepath.Join(dir, "ground.geojson"), filepath.Join(dir, "grids.geojson")
			for file, text := range map[string]string{ground: tt.ground, grids: tt.grids} {
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var out, told bytes.Buffer
			exit := runCheck(context.Background(), append([]string{grids, "--within", ground}, tt.args...), streams{in: strings.NewReader(""), out: &out, err: &told})
			if all := out.String() + told.String(); exit != tt.exit || !strings.Contains(all, tt.says) {
				t.Errorf("exit %d, want %d with %q:\n%s", exit, tt.exit, tt.says, all)
			}
		})
	}
}
