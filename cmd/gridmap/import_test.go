package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gridmap/fixtures"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/postgis"
)

// county writes a made-up county to a folder of the test.
func county(t *testing.T, name, households string) string {
	t.Helper()
	dir := t.TempDir()
	if code, _, errs := call(t, "fixture", name, "-o", dir, "--households", households); code != exitOK {
		t.Fatal(errs)
	}
	return dir
}

// sameFolders reports the first difference between two folders, "" for none.
func sameFolders(t *testing.T, a, b string) string {
	t.Helper()
	names := func(dir string) (list []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			list = append(list, e.Name())
		}
		return list
	}
	if x, y := strings.Join(names(a), " "), strings.Join(names(b), " "); x != y {
		return x + " against " + y
	}
	for _, name := range names(a) {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errX != nil || errY != nil {
			t.Fatal(errX, errY)
		}
		if !bytes.Equal(x, y) {
			return name
		}
	}
	return ""
}

// What was imported is exported as it was, byte for byte, and importing it
// again changes nothing.
func TestImportAndExportOfCounties(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mini", "qinyuan", "shilou"} { // all tiers and overlays; the large ones only take longer
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := gridtest.DB(t).Config().ConnString()
			dir, out := county(t, name, "2000"), filepath.Join(t.TempDir(), "out")
			code, said, errs := call(t, "import", dir, "--database", url)
			if code != exitOK || !strings.Contains(said, "created: 2000 of sort household") {
				t.Fatalf("exit %d\n%s%s", code, said, errs)
			}
			if code, said, errs = call(t, "import", "--database", url, dir); code != exitOK || !strings.Contains(said, "nothing changed (revision 1)") {
				t.Errorf("again: exit %d\n%s%s", code, said, errs)
			}
			territory := "990199000000"
			for _, s := range fixtures.Specs() {
				if s.Key == name {
					territory = s.Code + "000000"
				}
			}
			if code, said, errs = call(t, "export", "--territory", territory, "-o", out, "--database", url); code != exitOK {
				t.Fatalf("exit %d\n%s%s", code, said, errs)
			}
			if diff := sameFolders(t, dir, out); diff != "" {
				t.Errorf("the export differs: %s", diff)
			}
		})
	}
}

const leaders = "number,name,grid,role\n1,甲,a,网格长\n2,乙,b,网格长\n"

// Single files in the forms that users have.
func TestImportOfSingleFiles(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	dir := files(t, map[string]string{
		"villages": square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10),
		"grids":    square("a", "v", 0, 0, 10, 5) + square("b", "v", 0, 5, 10, 10) + strings.Replace(undrawn, `"v"`, `"w"`, 1),
		"workers":  leaders,
		"homes":    "户号,经度,纬度,常住人口\n1,103.001,26.001,3\n2,103.011,26.001,2\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	args := []string{"import", "--territory", "试验县", "--tier", "village=" + at("villages") + ":code=code",
		"--tier", "primary=" + at("grids") + ":code=code,parent=up", "--workers", at("workers"), "--households", at("homes"), "--database", url}
	code, out, errs := call(t, args...)
	for _, want := range []string{"vertices inserted into straight borders", "outlines taken from their children: 试验县", "1 grids not drawn: u",
		"created: 6 of sort grid", "created: 2 of sort worker", "created: 2 of sort assignment", "created: 2 of sort household"} {
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("exit %d, want %q in\n%s%s", code, want, out, errs)
		}
	}
	if code, out, errs = call(t, args...); code != exitOK || !strings.Contains(out, "nothing changed") {
		t.Errorf("again: exit %d\n%s%s", code, out, errs)
	}
	without := append(append([]string{}, args[:7]...), "--database", url)
	if code, _, errs = call(t, without...); code != exitError || !strings.Contains(errs, "holds records of sort worker, for which no file is given") {
		t.Errorf("without workers: exit %d, %s", code, errs)
	}
}

// What cannot be taken is listed in full, and nothing is written.
func TestImportRefuses(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	url := pool.Config().ConnString()
	dir := files(t, map[string]string{
		"villages": square("v", "", 0, 0, 10, 10),
		"good":     square("a", "v", 0, 0, 10, 5) + square("b", "v", 0, 5, 10, 10),
		"gap":      square("a", "v", 0, 0, 10, 5) + square("b", "v", 0, 6, 10, 10),
		"overlap":  square("a", "v", 0, 0, 10, 6) + square("b", "v", 0, 5, 10, 10),
		"twice":    square("a", "v", 0, 0, 10, 5) + square("a", "v", 0, 5, 10, 10),
		"lost":     square("a", "x", 0, 0, 10, 5) + square("b", "y", 0, 5, 10, 10),
		"dust":     square("a", "v", 0, 0, 10, 5) + square("b", "v", 0, 5.0001, 10, 10),
		"open":     shape("a", "v", [][]float64{{103, 26}, {103.01, 26}, {103.01, 26.01}, {103, 26.01}}),
		"workers":  leaders,
		"strays":   "number,name,grid,role\n1,甲,a,网格长\n2,乙,z,网格长\n3,丙,b,国王\n",
		"homes":    "ref,lon,lat,resident\n1,103.001,26.001,3\n2,103.001,26.001,-3\n3,26,103,1\n3,,,\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	base := []string{"import", "--territory", "c", "--database", url, "--tier", "village=" + at("villages")}
	tests := []struct {
		name string
		args []string
		code int
		errs []string
	}{
		{"a gap", []string{"--tier", "primary=" + at("gap") + ":parent=up"}, 1, []string{"GEO-4", "faults: 1", "nothing was written"}},
		{"an overlap", []string{"--tier", "primary=" + at("overlap") + ":parent=up"}, 1, []string{"GEO-3"}},
		{"an open ring", []string{"--tier", "primary=" + at("open") + ":parent=up"}, 1, []string{"GEO-1"}},
		{"a code twice", []string{"--tier", "primary=" + at("twice") + ":parent=up"}, 1, []string{"COD-2"}},
		{"dust", []string{"--tier", "primary=" + at("dust") + ":parent=up"}, 1, []string{"do not meet point for point", "v"}},
		{"unknown parents, all of them", []string{"--tier", "primary=" + at("lost") + ":parent=up"}, 1,
			[]string{`feature 0 (a): parent: no grid of a tier above has the code "x"`, `feature 1 (b): parent: no grid of a tier above has the code "y"`}},
		{"bad households, all of them", []string{"--tier", "primary=" + at("good") + ":parent=up", "--households", at("homes")}, 1,
			[]string{"line 3 (2): resident: -3 is negative", "line 4 (3): lon: ", "latitude stands before longitude", "nothing was written"}},
		{"workers of nowhere", []string{"--tier", "primary=" + at("good") + ":parent=up", "--workers", at("strays")}, 1,
			[]string{`line 3 (2): grid: no grid has the code "z"`, `line 4 (3): role: "国王" is unknown`}},
		{"a file that is not there", []string{"--tier", "primary=" + at("none")}, 1, []string{"none: no such file"}},
		{"a tier without a file", []string{"--tier", "primary"}, 2, []string{"write TIER=FILE"}},
		{"a tier twice", []string{"--tier", "village=" + at("good")}, 2, []string{"stands twice"}},
		{"a field of no use", []string{"--tier", "primary=" + at("good") + ":colour=red"}, 2, []string{`"colour" is none of code, name, parent`}},
		{"a partial tier that is none", []string{"--partial", "moon"}, 2, []string{"--partial moon: there is no such tier"}},
		{"an unknown CRS", []string{"--crs", "EPSG:2437"}, 2, []string{"use EPSG:4326"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := call(t, append(append([]string{}, base...), tt.args...)...)
			for _, want := range tt.errs {
				if code != tt.code || !strings.Contains(errs, want) {
					t.Errorf("exit %d, want %d and %q in\n%s%s", code, tt.code, want, out, errs)
				}
			}
		})
	}
	if left, err := postgis.New(pool).Territories(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestImportDryRunNeedsNoDatabase(t *testing.T) {
	dir := county(t, "mini", "20")
	t.Setenv(databaseVariable, "")
	if code, out, errs := call(t, "import", dir, "--dry-run"); code != exitOK || !strings.Contains(out, "nothing was written; 33 grids, 20 households, 23 workers") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, _, errs := call(t, "import", dir); code != exitUsage || !strings.Contains(errs, "which database?") {
		t.Errorf("without a database: exit %d, %s", code, errs)
	}
}

// An import killed while households stream in leaves nothing behind, and the
// next one succeeds.
func TestImportKilledLeavesNothing(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	dir := county(t, "mini", "60")
	homes := filepath.Join(dir, "households.csv")
	text, err := os.ReadFile(homes)
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := commandLine(t, "import", dir, "--households", pipe, "--database", pool.Config().ConnString())
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w, err := os.OpenFile(pipe, os.O_WRONLY, 0) // waits until the import reads
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if _, err := w.Write(text[:len(text)/2]); err != nil {
		t.Fatal(err)
	}
	busy := func() (n int) {
		if err := pool.QueryRow(t.Context(), `select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
			and (xact_start is not null)`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	waitFor(t, "the import to open its transaction", func() bool { return busy() > 0 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as it should be
	if left, err := postgis.New(pool).Territories(t.Context()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if code, out, errs := call(t, "import", dir, "--database", pool.Config().ConnString()); code != exitOK || !strings.Contains(out, "created: 60 of sort household") {
		t.Errorf("afterwards: exit %d\n%s%s", code, out, errs)
	}
}

// A gap of a partial tier becomes a leaf of its own, which an export keeps.
func TestImportOfAPartialTier(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	dir := files(t, map[string]string{"villages": square("v", "", 0, 0, 10, 10), "grids": square("a", "v", 2, 2, 5, 5)})
	args := []string{"import", "--territory", "c", "--database", url, "--tier", "village=" + filepath.Join(dir, "villages"),
		"--tier", "primary=" + filepath.Join(dir, "grids") + ":parent=up", "--partial", "primary"}
	if code, out, errs := call(t, args...); code != exitOK || !strings.Contains(out, "1 leaves made of ground that no child takes: v-000") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	out := t.TempDir()
	if code, _, errs := call(t, "export", "--territory", "c", "-o", out, "--database", url); code != exitOK {
		t.Fatal(errs)
	}
	if code, said, errs := call(t, "import", out, "--database", url); code != exitOK || !strings.Contains(said, "nothing changed") {
		t.Errorf("the export again: exit %d\n%s%s", code, said, errs)
	}
}
