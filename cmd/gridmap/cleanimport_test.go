package main

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// spoilFile moves every vertex of every grid in a file by up to 25 lattice
// steps, each grid's by themselves.
func spoilFile(t *testing.T, name string, rng *rand.Rand) {
	t.Helper()
	r, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var text strings.Builder
	w := exchange.NewGeoJSONWriter(&text, "")
	for f, err := range exchange.ReadGeoJSON(r, exchange.Options{File: name, Nested: true}) {
		if err != nil {
			t.Fatal(err)
		}
		for _, polygon := range f.Shape {
			for _, ring := range polygon {
				for k := range ring {
					ring[k].X, ring[k].Y = ring[k].X+rng.Int32N(51)-25, ring[k].Y+rng.Int32N(51)-25
				}
			}
		}
		if err := w.WriteFeature(&f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text.String()), 0o666); err != nil {
		t.Fatal(err)
	}
}

// A county whose tiers are spoilt one by one is refused, loaded whole with
// --clean, and the same when it is loaded again; the export checks out.
func TestImportCleansASpoiltCounty(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	dir, out := county(t, "mini", "300"), filepath.Join(t.TempDir(), "out")
	rng := rand.New(rand.NewPCG(1, 2))
	tiers, err := filepath.Glob(filepath.Join(dir, "tier-*.geojson"))
	if err != nil || len(tiers) < 4 {
		t.Fatal(tiers, err)
	}
	for _, name := range tiers[1:] {
		spoilFile(t, name, rng)
	}
	if code, _, errs := call(t, "import", dir, "--database", url); code != exitError || !strings.Contains(errs, "faults: ") {
		t.Fatalf("without --clean: exit %d\n%s", code, errs)
	}
	code, said, errs := call(t, "import", dir, "--clean", "--dry-run")
	if code != exitOK || !strings.Contains(said, "change,grids,to,area_m2,width_m,vertices,lon,lat,parent\n") || !strings.Contains(said, "grids were snapped, ") {
		t.Fatalf("dry run: exit %d\n%.500s\n%s", code, said, errs)
	}
	report := filepath.Join(t.TempDir(), "report.csv")
	if code, said, errs = call(t, "import", dir, "--clean", "--clean-report", report, "--database", url); code != exitOK {
		t.Fatalf("with --clean: exit %d\n%s%s", code, said, errs)
	}
	if text, err := os.ReadFile(report); err != nil || !strings.Contains(string(text), "\nsnapped,") {
		t.Errorf("%v, report %.300s", err, text)
	}
	if code, said, errs = call(t, "import", dir, "--clean", "--database", url); code != exitOK || !strings.Contains(said, "nothing changed (revision 1)") {
		t.Errorf("again: exit %d\n%s%s", code, said, errs)
	}
	if code, said, errs = call(t, "export", "--territory", "990199000000", "-o", out, "--database", url); code != exitOK {
		t.Fatalf("export: exit %d\n%s%s", code, said, errs)
	}
	if code, said, errs = call(t, "import", out, "--dry-run"); code != exitOK || strings.Contains(said, "inserted") {
		t.Errorf("the export is not whole: exit %d\n%s%s", code, said, errs)
	}
}

// What fits is loaded with --clean as without.
func TestImportCleansNothingThatFits(t *testing.T) {
	t.Parallel()
	dir := county(t, "mini", "10")
	code, said, errs := call(t, "import", dir, "--clean", "--dry-run")
	if code != exitOK || !strings.Contains(said, "nothing to clean\n") {
		t.Errorf("exit %d\n%s%s", code, said, errs)
	}
}

func TestImportWithClean(t *testing.T) {
	t.Parallel()
	village := square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10)
	apart := square("a", "v", 0, 0, 5, 10) + square("b", "v", 5.004, 0, 10, 10) + square("c", "w", 10, 0, 20, 10)
	across := `{"type":"Feature","properties":{"code":"d","up":"v","rank":2},"geometry":null}` + strings.ReplaceAll(
		square("a", "v", 0, 0, 6, 10)+square("b", "v", 5, 0, 10, 10)+square("c", "w", 10, 0, 20, 10), `"code":"b"`, `"rank":1,"code":"b"`)
	half := func() string {
		text, err := os.ReadFile(filepath.Join(troubleDir, "half-metre-gap.geojson"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}()
	tests := []struct {
		name, villages, grids string
		flags                 []string
		code                  int
		want                  string // a part of what it says
	}{
		{"a narrow gap is refused without", village, apart, nil, exitError, "faults: 1"},
		{"and closed with it", village, apart, []string{"--clean"}, exitOK, "snapped,b,,444.4822,"},
		{"or filled", village, apart, []string{"--clean", "--snap", "10cm"}, exitOK, "filled,a b,"},
		{"unless it is wider than asked", village, apart, []string{"--clean", "--snap", "0", "--fill-width", "20cm"}, exitError, "gap_left,a b,"},
		{"an overlap goes to the priority", village, across, []string{"--clean", "--priority", "rank"}, exitOK, "given,a b,b,"},
		{"a priority nobody has", village, across, []string{"--clean", "--priority", "grade"}, exitError, `no grid has a property "grade"`},
		{"a priority that is no number", village, across, []string{"--clean", "--priority", "up"}, exitError, `up: "v" is no whole number`},
		{"a distance without --clean", village, apart, []string{"--snap", "1m"}, exitUsage, "--snap says how to --clean"},
		{"the half-metre gap of the README", "", half, []string{"--clean", "--snap", "10cm", "--fill-width", "60cm"}, exitOK, "filled,990188100201001 990188100201002 990188100201003 990188100201004,"},
		{"which is wider than 40 cm", "", half, []string{"--clean", "--fill-width", "40cm", "--snap", "10cm"}, exitError, "GEO-4"},
		{"an open ring is closed", "", shape("a", "", [][]float64{{103, 26}, {103.01, 26}, {103.01, 26.01}, {103, 26.01}}), []string{"--clean"}, exitOK, "repaired,a,"},
		{"a crossing ring is drawn anew", "", shape("a", "", [][]float64{{103, 26}, {103.01, 26.01}, {103.01, 26}, {103, 26.02}, {103, 26}}), []string{"--clean"}, exitOK, "repaired,a,"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := files(t, map[string]string{"villages": tt.villages, "grids": tt.grids})
			args := []string{"import", "--territory", "试验县", "--dry-run"}
			if tt.villages != "" {
				args = append(args, "--tier", "village="+filepath.Join(dir, "villages"))
			}
			args = append(append(args, "--tier", "primary="+filepath.Join(dir, "grids")+":parent=up"), tt.flags...)
			code, out, errs := call(t, args...)
			if code != tt.code || !strings.Contains(out+errs, tt.want) {
				t.Errorf("exit %d\n%s%s\nwant exit %d, %q", code, out, errs, tt.code, tt.want)
			}
		})
	}
}

// Grids divide several parents: each goes to the one that holds most of it and
// is cut off at its border, which neighbours across it share point for point.
func TestCleanWithinSeveralParents(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"within": square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10),
		"in": strings.Replace(square("a", "", 0, 0, 5, 10), `"properties":{`, `"properties":{"n":1.50,`, 1) + square("b", "", 5.001, 0, 11, 10) +
			square("c", "", 10, 0, 20, 3.3333333) + square("d", "", 10, 3.33334, 20, 10) + square("e", "", 30, 30, 31, 31),
	})
	in, out := filepath.Join(dir, "in"), filepath.Join(dir, "out.ndjson")
	code, report, errs := call(t, "clean", in, "-o", out, "--within", filepath.Join(dir, "within"), "--report", "-")
	if code != exitOK {
		t.Fatal(errs)
	}
	for _, want := range []string{"placed,a,v,", "placed,b,v,", "placed,c,w,", "placed,d,w,", "placed,e,,0.0000,", "cut_off,b,,", "nothing_left,e,,", "5 grids lie in one of several parents"} {
		if !strings.Contains("\n"+report+errs, want) {
			t.Errorf("no %q in\n%s%s", want, report, errs)
		}
	}
	text, err := os.ReadFile(out)
	if err != nil || !strings.Contains(string(text), `"properties":{"n":1.50,"code":"a",`) {
		t.Errorf("%v, %s", err, text)
	}
	shapes := map[string]topo.Shape{}
	for f, err := range exchange.ReadGeoJSON(strings.NewReader(string(text)), exchange.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := f.Properties.Code("code")
		shapes[name] = f.Shape
	}
	both, err := topo.Union([]topo.Shape{shapes["a"], shapes["b"], shapes["c"], shapes["d"]})
	if err != nil || len(both) != 1 || len(both[0]) != 1 || !topo.Whole(both, []topo.Shape{shapes["a"], shapes["b"], shapes["c"], shapes["d"]}) {
		t.Errorf("not whole: %v, %v", err, both)
	}
	again := filepath.Join(dir, "again.ndjson")
	if code, _, errs := call(t, "clean", out, "-o", again, "--within", filepath.Join(dir, "within")); code != exitOK || strings.Contains(errs, "snapped") {
		t.Errorf("cleaned again: exit %d, %s", code, errs)
	}
	if twice, err := os.ReadFile(again); err != nil || string(twice) != string(text) {
		t.Errorf("cleaned again: %v\n%s\nwas\n%s", err, twice, text)
	}
	over := files(t, map[string]string{"within": square("v", "", 0, 0, 12, 10) + square("w", "", 10, 0, 20, 10)})
	if code, _, errs := call(t, "clean", in, "--dry-run", "--within", filepath.Join(over, "within")); code != exitError || !strings.Contains(errs, "overlap") {
		t.Errorf("parents that overlap: exit %d, %s", code, errs)
	}
}
