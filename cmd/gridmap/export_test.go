package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/exchange"
)

// GDAL reads what is exported as it was meant.
func TestGDALReadsAnExport(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("GDAL is not installed")
	}
	pool := gridtest.DB(t)
	gridtest.County(t, pool, "mini")
	dir := filepath.Join(t.TempDir(), "out")
	if code, _, errs := call(t, "export", "--territory", "小满县", "-o", dir, "--database", pool.Config().ConnString()); code != exitOK {
		t.Fatal(errs)
	}
	for _, tier := range []struct {
		file  string
		count int
	}{{"tier-0-county", 1}, {"tier-2-village", 7}, {"tier-3-primary", 16}, {"tier-4-micro", 5}, {"dedicated", 2}} {
		sql := fmt.Sprintf(`select count(*) as n, sum(st_isvalid(geometry)) as valid, sum(length(code) >= 12) as coded, sum(srid(geometry) = 4326) as placed from "%s"`, tier.file)
		out, err := exec.Command("ogr2ogr", "-f", "CSV", "/vsistdout/", filepath.Join(dir, tier.file+".geojson"), "-dialect", "sqlite", "-sql", sql).Output()
		n := tier.count
		if want := fmt.Sprintf("n,valid,coded,placed\n%d,%d,%d,%d\n", n, n, n, n); err != nil || strings.ReplaceAll(string(out), `"`, "") != want {
			t.Errorf("%s: %v\n%swant\n%s", tier.file, err, out, want)
		}
	}
	out, err := exec.Command("ogrinfo", "-so", "-al", filepath.Join(dir, "households.csv")).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "Feature Count: 60") || !strings.Contains(string(out), "ref: String") {
		t.Errorf("households: %v\n%s", err, out)
	}
}

// What GDAL writes is read back on the same lattice points.
func TestGDALRewritesAnExport(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ogr2ogr"); err != nil {
		t.Skip("GDAL is not installed")
	}
	dir := county(t, "mini", "20")
	for _, format := range []string{"GeoJSON", "GeoJSONSeq"} {
		file := filepath.Join(t.TempDir(), "again")
		out, err := exec.Command("ogr2ogr", "-f", format, "-lco", "COORDINATE_PRECISION=7", "-nlt", "MULTIPOLYGON", file,
			filepath.Join(dir, "tier-3-primary.geojson")).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		if a, b := shapes(t, file), shapes(t, filepath.Join(dir, "tier-3-primary.geojson")); a != b || a == "" {
			t.Errorf("%s: %d bytes against %d", format, len(a), len(b))
		}
		if code, said, errs := call(t, "check", file, "--within", filepath.Join(dir, "tier-2-village.geojson")); code != exitOK || said != "" {
			t.Errorf("%s: exit %d\n%s%s", format, code, said, errs)
		}
	}
}

// shapes writes what a file of grids holds, code and ground.
func shapes(t *testing.T, file string) string {
	t.Helper()
	r, err := openFile(file, streams{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var b strings.Builder
	for g, err := range exchange.Grids(r, exchange.Options{File: file}, exchange.Fields{}) {
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s %s\n", g.Code, exchange.AppendShape(nil, g.Boundary))
	}
	return b.String()
}

func TestExportToTheStandardOutput(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	gridtest.County(t, pool, "mini")
	base := []string{"export", "--territory", "990199000000", "-o", "-", "--database", pool.Config().ConnString()}
	code, out, errs := call(t, base...)
	var got struct {
		Features []struct {
			Properties struct{ Code, Tier, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil || code != exitOK || len(got.Features) != 33 {
		t.Fatalf("exit %d, %d features, %v, %s", code, len(got.Features), err, errs)
	}
	dedicated := 0
	for _, f := range got.Features {
		if f.Properties.Kind == string(geo.Dedicated) && f.Properties.Tier == "primary" {
			dedicated++
		}
	}
	if dedicated != 2 {
		t.Errorf("%d dedicated grids", dedicated)
	}
	if _, out, _ = call(t, append(base, "--format", "csv")...); strings.Count(out, "\n") != 34 || strings.Contains(out, "coordinates") {
		t.Errorf("csv:\n%s", out)
	}
}

func TestExportRefuses(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	gridtest.County(t, pool, "mini")
	url := pool.Config().ConnString()
	tests := []struct {
		name string
		args []string
		code int
		errs string
	}{
		{"no territory", []string{"-o", "-"}, 2, "--territory is missing"},
		{"nowhere to go", []string{"--territory", "x"}, 2, "-o DIR is missing"},
		{"an unknown territory", []string{"--territory", "x", "-o", "-"}, 1, `no territory is called "x"; there are 990199000000`},
		{"an unknown format", []string{"--territory", "x", "-o", "-", "--format", "dxf"}, 2, "use geojson or csv"},
		{"a folder that cannot be", []string{"--territory", "990199000000", "-o", "/dev/null/x"}, 1, "not a directory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if code, _, errs := call(t, append([]string{"export", "--database", url}, tt.args...)...); code != tt.code || !strings.Contains(errs, tt.errs) {
				t.Errorf("exit %d, %s; want exit %d, %q", code, errs, tt.code, tt.errs)
			}
		})
	}
	dir := t.TempDir()
	if code, _, errs := call(t, "export", "--territory", "990199000000", "-o", dir, "--without-households", "--database", url); code != exitOK {
		t.Fatal(errs)
	}
	if shared, err := filepath.Glob(filepath.Join(dir, "*.part")); err != nil || len(shared) > 0 {
		t.Errorf("half files: %v", shared)
	}
}
