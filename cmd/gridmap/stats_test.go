package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/geo/cells"
	"gridmap/geo/topo"
)

// board writes nine square units with the values 1 to 9 and returns its name;
// extra is put into the properties of unit i.
func board(t *testing.T, extra func(i int) string) string {
	t.Helper()
	var b strings.Builder
	b.WriteString(`{"type":"FeatureCollection","features":[`)
	for i := range 9 {
		if i > 0 {
			b.WriteByte(',')
		}
		x, y := 110+float64(i%3)/100, 35+float64(i/3)/100
		const s = 0.01
		fmt.Fprintf(&b, `{"type":"Feature","properties":{"code":"u%d","v":%d%s},"geometry":{"type":"Polygon","coordinates":[[[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f],[%.2f,%.2f]]]}}`,
			i+1, i+1, extra(i), x, y, x+s, y, x+s, y+s, x, y+s, x, y)
	}
	b.WriteString("]}")
	name := filepath.Join(t.TempDir(), "board.geojson")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// hexes writes an H3 cell with the six around it, and one far away, valued 1
// to 8, and returns the file's name.
func hexes(t *testing.T) string {
	t.Helper()
	middle, err := cells.At(topo.Point{X: 1_110_000_000, Y: 380_000_000}, 8)
	if err != nil {
		t.Fatal(err)
	}
	far, err := cells.At(topo.Point{X: 1_120_000_000, Y: 380_000_000}, 8)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := middle.Neighbours()
	if err != nil {
		t.Fatal(err)
	}
	var features []string
	for i, c := range append(ring, middle, far) {
		at, err := c.Center()
		if err != nil {
			t.Fatal(err)
		}
		lon, lat := at.LonLat()
		features = append(features, fmt.Sprintf(`{"type":"Feature","properties":{"cell":"%s","v":%d},"geometry":{"type":"Point","coordinates":[%.7f,%.7f]}}`, c, i+1, lon, lat))
	}
	name := filepath.Join(t.TempDir(), "cells.geojson")
	if err := os.WriteFile(name, []byte(`{"type":"FeatureCollection","features":[`+strings.Join(features, ",")+"]}"), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func nothing(int) string { return "" }

func TestStats(t *testing.T) {
	t.Parallel()
	plain := board(t, nothing)
	people := board(t, func(i int) string { return fmt.Sprintf(`,"people":%d,"town":"t%d"`, 100+i, i/3) })
	links := filepath.Join(t.TempDir(), "links.csv")
	if err := os.WriteFile(links, []byte("\ufefffrom,to,weight\nu1,u2,2\nu2,u1,2\nu2,u3,1\nu3,u2,1\nu8,u9,1\nu9,u8,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cells := hexes(t)
	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"Moran on a board, binary rook", []string{plain, "--method", "moran", "--weights", "rook", "--style", "B"},
			[]string{"units            9\n", "islands          0\n", "value            0.5\n", "variance         0.0596875"}},
		{"variance under normality", []string{plain, "--method", "moran", "--weights", "rook", "--style", "B", "--normal"},
			[]string{"variance         0.0531"}},
		{"dealt values", []string{plain, "--method", "geary", "--permutations", "99"}, []string{"dealt_p"}},
		{"own weights leave out who has none", []string{plain, "--method", "moran", "--weights", links}, []string{"islands          4\n"}},
		{"H3 cells", []string{cells, "--method", "moran", "--weights", "h3", "--style", "B", "--code", "cell"},
			[]string{"units            8\n", "islands          1\n"}},
		{"hot spots of H3 cells", []string{cells, "--method", "gi-star", "--weights", "h3", "--code", "cell"}, []string{"\n8824c96603fffff,-1.527525231651946"}},
		{"hot spots, one line a unit", []string{plain, "--method", "gi-star", "--weights", "knn:3"}, []string{"code,value,", "\nu9,"}},
		{"a unit without neighbours says why", []string{plain, "--method", "gi", "--weights", links}, []string{"u5,,,,,,,no_neighbours\n"}},
		{"a band", []string{plain, "--method", "local-moran", "--weights", "distance:1200m"}, []string{"p_fdr"}},
		{"rates", []string{people, "--method", "eb", "--base", "people"}, []string{"u1,0.01,"}},
		{"local rates", []string{people, "--method", "eb-local", "--base", "people"}, []string{"u1,0.01,"}},
		{"inequality", []string{plain, "--method", "gini"}, []string{"gini             0.2962962962962963\n"}},
		{"between and within towns", []string{people, "--method", "theil", "--base", "people", "--group", "town"}, []string{"between ", "within "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := call(t, append([]string{"stats", "--field", "v"}, tt.args...)...)
			if code != exitOK {
				t.Fatalf("exit %d: %s", code, errs)
			}
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("%q is missing in\n%s", want, out)
				}
			}
		})
	}
}

func TestStatsKeepsPropertiesInGeoJSON(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "hot.geojson")
	code, _, errs := call(t, "stats", board(t, nothing), "--field", "v", "--method", "gi-star", "-o", out)
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	b, err := os.ReadFile(out)
	if err != nil || strings.Count(string(b), `"p_fdr":`) != 9 || !strings.Contains(string(b), `"code":"u9","v":9`) {
		t.Errorf("%v\n%s", err, b)
	}
}

func TestStatsRefuses(t *testing.T) {
	t.Parallel()
	plain := board(t, nothing)
	empty := board(t, func(i int) string { return `,"w":` + []string{"null", "7"}[i%2] })
	tests := []struct {
		name string
		code int
		args []string
		want string
	}{
		{"no method", exitUsage, []string{plain, "--field", "v"}, "--method"},
		{"no field", exitUsage, []string{plain, "--method", "moran"}, "--field is missing"},
		{"unknown field", exitUsage, []string{plain, "--field", "x", "--method", "gini"}, "feature 0 (u1): x: there is no number"},
		{"a unit without a value", exitUsage, []string{empty, "--field", "w", "--method", "gini"}, "--skip-empty"},
		{"constant values", exitError, []string{empty, "--field", "w", "--skip-empty", "--method", "moran", "--weights", "knn:2"}, "every unit has the same value"},
		{"more neighbours than units", exitUsage, []string{plain, "--field", "v", "--method", "moran", "--weights", "knn:9"}, "9 nearest"},
		{"no base", exitUsage, []string{plain, "--field", "v", "--method", "eb"}, "needs --base"},
		{"a file of weights that is not there", exitUsage, []string{plain, "--field", "v", "--method", "gi", "--weights", "nowhere.csv"}, "nowhere.csv"},
		{"text", exitUsage, []string{plain, "--field", "code", "--method", "gini"}, `"u1" is no number`},
		{"no H3 cells", exitUsage, []string{plain, "--field", "v", "--method", "gi", "--weights", "h3"}, "feature 0 (u1): cell: "},
		{"permutations of local figures", exitUsage, []string{plain, "--field", "v", "--method", "gi", "--permutations", "9"}, "cannot be dealt"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			code, _, errs := call(t, append([]string{"stats"}, tt.args...)...)
			if code != tt.code || !strings.Contains(errs, tt.want) {
				t.Errorf("exit %d, want %d; %q is not in: %s", code, tt.code, tt.want, errs)
			}
		})
	}
}
