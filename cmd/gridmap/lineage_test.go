package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
)

// lineage gives three grids of a folder predecessors: one that is a grid of the
// folder, two that are no more, one with a code that a table could not list.
func lineage(t *testing.T, dir string) {
	t.Helper()
	file, err := filepath.Glob(filepath.Join(dir, "tier-*-primary.geojson"))
	if err != nil || len(file) != 1 {
		t.Fatal(file, err)
	}
	text, err := os.ReadFile(file[0])
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(text), "\n")
	first := strings.Split(strings.SplitN(lines[1], `"code":"`, 2)[1], `"`)[0]
	for i, list := range []string{`["990199888888001"]`, `["` + first + `","990199888888002"]`, `["990199888888001","a;b"]`} {
		lines[i+1] = strings.Replace(lines[i+1], `},"geometry"`, `,"predecessors":`+list+`},"geometry"`, 1)
	}
	if err := os.WriteFile(file[0], []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Predecessors come and go in files, byte for byte, whether they are still
// there or not; loading them again changes nothing, and a code of one that is
// gone is not given again.
func TestPredecessorsInFiles(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	dir, out := county(t, "mini", "20"), filepath.Join(t.TempDir(), "out")
	lineage(t, dir)
	for _, end := range []string{"stands at revision 1", "nothing changed (revision 1)"} {
		if code, said, errs := call(t, "import", dir, "--database", url); code != exitOK || !strings.Contains(said, end) {
			t.Fatalf("exit %d\n%s%s", code, said, errs)
		}
	}
	if code, said, errs := call(t, "export", "--territory", "990199000000", "-o", out, "--database", url); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, said, errs)
	}
	if diff := sameFolders(t, dir, out); diff != "" {
		t.Errorf("the export differs: %s", diff)
	}
	_, table, _ := call(t, "export", "--territory", "990199000000", "-o", "-", "--format", "csv", "--database", url)
	if !strings.Contains(table, ",990199888888001,") || !strings.Contains(table, `"[""990199888888001"",""a;b""]"`) || !strings.Contains(table, ";990199888888002,") {
		t.Errorf("the table has no predecessors:\n%s", table)
	}
}

// A table of grids that are not drawn names predecessors too, and gives its
// own back.
func TestPredecessorsInTables(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	dir := files(t, map[string]string{
		"villages":   square("v", "", 0, 0, 10, 10),
		"grids.csv":  "code,name_zh,parent,predecessors\na,甲,v,x;y\nb,乙,v,a\n",
		"wrong.csv":  "code,name_zh,parent,predecessors\na,甲,v,a\nb,乙,v,x;x\nc,丙,v,[1\n",
		"wrong.json": strings.Replace(square("a", "v", 0, 0, 10, 10), `"code":"a"`, `"code":"a","predecessors":{"x":1}`, 1),
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	base := []string{"import", "--territory", "c", "--draft", "--tier", "village=" + at("villages"), "--database", url}
	for file, want := range map[string][]string{
		"wrong.csv":  {"line 2 (a): predecessors: the grid is named as its own predecessor", "line 3 (b): predecessors: x stands twice", "line 4 (c): predecessors: is no list of codes"},
		"wrong.json": {"predecessors: an array or object stands where a value is expected"},
	} {
		code, out, errs := call(t, append(base, "--tier", "primary="+at(file)+":parent=up")...)
		if file == "wrong.csv" {
			code, out, errs = call(t, append(base, "--tier", "primary="+at(file))...)
		}
		for _, w := range want {
			if code != exitError || !strings.Contains(errs, w) {
				t.Errorf("exit %d, want %q in\n%s%s", code, w, out, errs)
			}
		}
	}
	for _, end := range []string{"stands at revision 1", "nothing changed"} {
		if code, out, errs := call(t, append(base, "--tier", "primary="+at("grids.csv"))...); code != exitOK || !strings.Contains(out, end) {
			t.Fatalf("exit %d\n%s%s", code, out, errs)
		}
	}
	_, table, _ := call(t, "export", "--territory", "c", "-o", "-", "--format", "csv", "--database", url)
	if !strings.Contains(table, ",x;y,") || !strings.Contains(table, "false,a,") {
		t.Errorf("the table has no predecessors:\n%s", table)
	}
}

// Records may refer to grids that are no more, as posts do that ended with a
// merger: the folder says which, and it travels to another database and back.
func TestRecordsOfFormerGridsTravel(t *testing.T) {
	t.Parallel()
	dir := county(t, "mini", "20")
	edit := func(name, old, new string) {
		t.Helper()
		path := filepath.Join(dir, name)
		text := read(t, path)
		if !strings.Contains(text, old) {
			t.Fatalf("%s holds no %q", name, old)
		}
		if err := os.WriteFile(path, []byte(strings.Replace(text, old, new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first := strings.Split(strings.Split(read(t, filepath.Join(dir, "assignments.csv")), "\n")[1], ",")[0]
	edit("assignments.csv", "\n"+first+",", "\n"+first+",990199888888009,grid_worker,false,200,,2024-01-01,2025-01-01,\n"+first+",")
	url := gridtest.DB(t).Config().ConnString()
	if code, _, errs := call(t, "import", dir, "--database", url); code != exitError || !strings.Contains(errs, `no grid has the code "990199888888009"`) {
		t.Errorf("a code nobody knows: exit %d, %s", code, errs)
	}
	text := strings.TrimSuffix(strings.TrimSpace(read(t, filepath.Join(dir, "territory.json"))), "}")
	if err := os.WriteFile(filepath.Join(dir, "territory.json"), []byte(strings.TrimSpace(text)+",\n  \"former\": [\n    \"990199888888009\"\n  ]\n}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"stands at revision 1", "nothing changed (revision 1)"} {
		if code, said, errs := call(t, "import", dir, "--database", url); code != exitOK || !strings.Contains(said, end) {
			t.Fatalf("exit %d\n%s%s", code, said, errs)
		}
	}
	out := filepath.Join(t.TempDir(), "out")
	if code, said, errs := call(t, "export", "--territory", "990199000000", "-o", out, "--database", url); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, said, errs)
	}
	if diff := sameFolders(t, dir, out); diff != "" {
		t.Errorf("the export differs: %s", diff)
	}
	edit("territory.json", `"990199888888009"`, `"990199888888009", "990199888888009"`)
	if code, _, errs := call(t, "import", dir, "--dry-run"); code == exitOK || !strings.Contains(errs, "former[1]") {
		t.Errorf("one twice: exit %d, %s", code, errs)
	}
}
