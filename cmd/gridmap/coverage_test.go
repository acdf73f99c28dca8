package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/datum"
)

// Points and polygons of another system are answered alike from a folder and
// from the database, in every form, with an exit code that says what is missing.
func TestCoverageOfForeignPlaces(t *testing.T) {
	t.Parallel()
	made, err := fixtures.Make("mini", 0)
	if err != nil {
		t.Fatal(err)
	}
	pool := gridtest.DB(t)
	gridtest.County(t, pool, "mini")
	dir := county(t, "mini", "0")
	file := func(name, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	var inside, both strings.Builder
	inside.WriteString("编号,经度,纬度\n")
	for i := range made.Households[:20] {
		if h := &made.Households[i]; h.Located {
			lon, lat := datum.GCJ02.FromWGS84(h.At.LonLat())
			fmt.Fprintf(&inside, "h%d,%.8f,%.8f\n", i, lon, lat)
		}
	}
	both.WriteString(inside.String() + "=far,120,30\n")
	held := [][]string{{"--grids", dir}, {"--territory", made.Territory.Code, "--database", pool.Config().ConnString()}}
	ask := func(want int, args ...string) string {
		t.Helper()
		var first string
		for i, of := range held {
			code, said, errs := call(t, append(append([]string{"coverage"}, args...), of...)...)
			if code != want {
				t.Fatalf("%v %v: exit %d, want %d\n%s%s", args, of[0], code, want, said, errs)
			}
			if i == 0 {
				first = said
			} else if !strings.Contains(said, `"plan"`) && said != first { // ids of plans differ
				t.Errorf("%v: of files\n%sof the database\n%s", args, first, said)
			}
		}
		return first
	}
	shared := []string{"--as-of", "2025-06-30", "--tiers", "village,primary", "--lang", "en", "--crs", "gcj02"}
	n := strings.Count(inside.String(), "\n") - 1
	if said := ask(exitOK, append(shared, file("in.csv", inside.String()))...); !strings.Contains(said, fmt.Sprintf("primary: of %d points %d are covered (100 %%)", n, n)) {
		t.Errorf("said %s", said)
	}
	far := file("both.csv", both.String())
	if said := ask(exitError, append(shared, far)...); !strings.Contains(said, fmt.Sprintf("not covered: no. %d =far", n+1)) {
		t.Errorf("said %s", said)
	}
	if said := ask(exitError, append(shared, far, "--format", "csv")...); !strings.Contains(said, "'=far,") || !strings.Contains(said, "id,lon,lat,village_code,village_staffed,primary_code,primary_staffed") {
		t.Errorf("said %s", said)
	}
	if said := ask(exitError, append(shared, far, "--format", "geojson")...); strings.Count(said, `"type":"Point"`) != n+1 {
		t.Errorf("said %s", said)
	}
	var answer struct {
		CRS     string
		Count   int
		Summary []struct{ Covered, Staffed int }
	}
	if err := json.Unmarshal([]byte(ask(exitError, append(shared, far, "--format", "json")...)), &answer); err != nil || answer.Count != n+1 || answer.CRS != "GCJ-02" ||
		len(answer.Summary) != 2 || answer.Summary[1].Covered != n {
		t.Errorf("%+v, %v", answer, err)
	}
	ask(exitError, append(shared, "--staffed", "--roles", "assistant", file("in.csv", inside.String()))...)

	// The first village whole is covered; half of a box around all of it is not.
	ground := file("ground.geojson", `{"type":"FeatureCollection","features":[{"type":"Feature","id":"box","properties":{},"geometry":{"type":"Polygon","coordinates":[[[109,36],[112,36],[112,39],[109,39],[109,36]]]}}]}`)
	plain := []string{"--as-of", "2025-06-30", "--tiers", "village", "--lang", "zh", ground}
	if said := ask(exitError, plain...); !strings.Contains(said, "第 1 个面 box 未覆盖") {
		t.Errorf("said %s", said)
	}
	if said := ask(exitError, append(plain, "--format", "geojson")...); !strings.Contains(said, `"gap_m2":`) || !strings.Contains(said, `"coordinates"`) {
		t.Errorf("said %.300s", said)
	}
	if said := ask(exitError, append(plain, "--format", "csv")...); strings.Count(said, "\n") != 2 {
		t.Errorf("said %s", said)
	}
	villages := filepath.Join(dir, "tier-2-village.geojson")
	if said := ask(exitOK, "--as-of", "2025-06-30", "--tiers", "village", "--lang", "en", villages); !strings.Contains(said, "(100 %)") {
		t.Errorf("the villages themselves: %s", said)
	}
}

// What cannot be asked is told, with the file and the place.
func TestCoverageRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	dir := county(t, "mini", "0")
	write := func(name, text string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write("p.csv", "lon,lat\n110.5,37.5\n")
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{good}, "--territory"},
		{[]string{good, "--grids", dir, "--territory", "x"}, "one of"},
		{[]string{good, "--grids", dir, "--crs", "mars"}, "mars"},
		{[]string{good, "--grids", dir, "--tiers", "hamlet"}, "hamlet"},
		{[]string{good, "--grids", dir, "--roles", "sheriff"}, "sheriff"},
		{[]string{good, "--grids", dir, "--format", "pdf"}, "pdf"},
		{[]string{good, "--grids", dir, "--as-of", "soon"}, "--as-of"},
		{[]string{"nowhere.csv", "--grids", dir}, "nowhere.csv"},
		{[]string{write("a.csv", "x1,y1\n1,2\n"), "--grids", dir}, "line 1"},
		{[]string{write("b.csv", "lon,lat\n110.5,37.5\n200,1\n"), "--grids", dir}, "line 3"},
		{[]string{write("c.json", `{"type":"Feature","properties":{},"geometry":null}`), "--grids", dir}, "feature 0"},
		{[]string{write("d.json", `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1,2]}},
			{"type":"Feature","properties":{},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`), "--grids", dir}, "apart"},
		{[]string{write("e.json", `{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,1],[0,0]]]}`), "--grids", dir}, "polygons[0]"},
	} {
		if code, _, errs := call(t, append([]string{"coverage"}, tt.args...)...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%v: exit %d, %s", tt.args, code, errs)
		}
	}
}
