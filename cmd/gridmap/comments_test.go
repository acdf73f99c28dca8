package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gridmap/fixtures/gridtest"
	"gridmap/geo"
	"gridmap/geo/postgis"
	"gridmap/geo/topo"
)

// Comments go out with a folder and come back byte for byte, those of grids that
// are no more too; they are put beside those there are, and one that cannot be
// refuses the import by file and field.
func TestCommentsTravelWithTheFolder(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	store := postgis.New(pool)
	dir := county(t, "mini", "5")
	run := on(t, pool).both
	file := filepath.Join(t.TempDir(), "said.json")
	write := writing(t, file)
	const sound = `"kind":"remark","text":"t","author":"a","written":"2025-06-01T08:00:00Z"`
	for text, want := range map[string]string{
		`[{"ref":"1",` + sound + `}]`: "sketch",
		`[{"ref":"1","of_plan":true,` + sound + `},{"ref":"1","of_plan":true,` + sound + `}]`:                                     "stands twice",
		`[{"ref":"1","grid":"` + strings.Repeat("9", 300) + `",` + sound + `}]`:                                                   "grid",
		`[{"ref":"1","sketch":{"type":"Point","coordinates":[190,0]},` + sound + `}]`:                                             "sketch",
		`[{"ref":"1","sketch":{"type":"MultiPoint","coordinates":[[1,0]]},` + sound + `}]`:                                        "MultiPoint",
		`[{"ref":"1","sketch":{"type":"Polygon","coordinates":[[[1,0],[2,0],[2,1],[1,1]]]},` + sound + `}]`:                       "closed ring",
		`[{"ref":"1","of_plan":true,"loud":true,` + sound + `}]`:                                                                  "loud",
		`[{"ref":"1","of_plan":true,"kind":"praise","text":"t","author":"a","written":"2025-06-01T08:00:00Z"}]`:                   "kind",
		`[{"ref":"1","of_plan":true,"kind":"remark","text":"t","author":"a","written":"2025-06-01T08:00:00Z","resolved_by":"b"}]`: "resolved_by",
		`[{"ref":"1","of_plan":true,"kind":"remark","text":"","author":"a","written":"2025-06-01T08:00:00Z"}]`:                    "text",
		`[{"ref":"1","of_plan":true,"kind":"remark","text":"t","author":"a","written":"yesterday"}]`:                              "yesterday",
	} {
		write(text)
		if said := run(exitError, "import", dir, "--comments", file); !strings.Contains(said, file) || !strings.Contains(said, want) {
			t.Errorf("%s: %s", text, said)
		}
	}
	write(`[{"ref":"1","of_plan":true,"grid":"990199100201001",` + sound + `,"resolved_at":"2025-06-02T08:00:00+08:00","resolved_by":"b","reply":"r"},
		{"ref":"2","grid":"990199100201099","kind":"correction","text":"t","author":"a","written":"2025-06-01T08:00:00.123Z","sketch":{"type":"Point","coordinates":[110.5,37.5000001]}},
		{"ref":"3","kind":"correction","text":"t","author":"a","written":"2025-06-01T08:00:00Z","sketch":{"type":"LineString","coordinates":[[110.5,37.5],[110.51,37.5]]}},
		{"ref":"4","kind":"correction","text":"t","author":"a","written":"2025-06-01T08:00:00Z","sketch":{"type":"Polygon","coordinates":[[[110.5,37.5],[110.51,37.5],[110.51,37.51],[110.5,37.5]]]}}]`)
	run(exitOK, "import", dir, "--comments", file)
	first, second := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	run(exitOK, "export", "--territory", "990199000000", "-o", first)
	if said := run(exitOK, "import", first); !strings.Contains(said, "nothing changed") {
		t.Errorf("the same again: %s", said)
	}
	if said := run(exitOK, "import", dir, "--dry-run", "--comments", file); !strings.Contains(said, "dry run") {
		t.Errorf("dry run: %s", said)
	}
	own := &geo.Comment{Ref: "5", Kind: geo.Remark, Text: "x", Author: "c", Written: time.Date(2025, 6, 3, 0, 0, 0, 0, time.UTC),
		Sketch: geo.Sketch{Form: geo.SketchPoint, Points: []topo.Point{{X: 1_105_000_000, Y: 375_000_000}}}}
	if _, err := store.Write(t.Context(), postgis.Write{Territory: 1, By: "c", Op: "test", Actions: []postgis.Action{postgis.Create(own)}}); err != nil {
		t.Fatal(err)
	}
	run(exitOK, "import", first) // leaves the fifth alone
	run(exitOK, "export", "--territory", "990199000000", "-o", second)
	a, b := read(t, filepath.Join(first, "comments.json")), read(t, filepath.Join(second, "comments.json"))
	if strings.Count(a, `"ref"`) != 4 || strings.Count(b, `"ref"`) != 5 || !strings.HasPrefix(b, strings.TrimSuffix(a, "\n]\n")) ||
		!strings.Contains(a, `"grid": "990199100201099"`) || !strings.Contains(a, "37.5000001") || !strings.Contains(a, `"resolved_at": "2025-06-02T00:00:00Z"`) {
		t.Errorf("exported\n%s\nand\n%s", a, b)
	}
	private := filepath.Join(t.TempDir(), "c")
	run(exitOK, "export", "--territory", "990199000000", "-o", private, "--without-households")
	if _, err := os.Stat(filepath.Join(private, "comments.json")); !os.IsNotExist(err) {
		t.Errorf("comments go out without households: %v", err)
	}
}

// The folder of one county loads as a new one elsewhere, comments and all.
func TestCommentsLoadWithANewTerritory(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	dir := county(t, "mini", "5")
	said := `[{"ref":"1","of_plan":true,"kind":"remark","text":"t","author":"a","written":"2025-06-01T08:00:00Z"}]`
	if err := os.WriteFile(filepath.Join(dir, "comments.json"), []byte(said), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "import", dir, "--database", pool.Config().ConnString()); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	var n int
	if err := pool.QueryRow(t.Context(), `select count(*) from comment join plan on plan.id = comment.plan_id where plan.state = 'in_force'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d comments about the plan, %v", n, err)
	}
}
