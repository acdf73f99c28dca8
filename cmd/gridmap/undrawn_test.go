package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
)

// Grids that an old system knew by words only are loaded and staffed; their
// ground waits in a leaf of its own. Drawn by edits, one by one, they take it
// all, and the plan comes into force, which it did not before.
func TestGridsAreDrawnLater(t *testing.T) {
	t.Parallel()
	url := gridtest.DB(t).Config().ConnString()
	known := func(code, parent string) string {
		return strings.NewReplacer(`"u"`, `"`+code+`"`, `"v"`, `"`+parent+`"`).Replace(undrawn)
	}
	dir := files(t, map[string]string{
		"villages": square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10),
		"grids":    square("a", "v", 0, 0, 10, 5) + known("u1", "v") + known("u2", "w") + known("u3", "w"),
		"workers":  "number,name,grid,role\n1,甲,a,网格员\n2,乙,u1,网格员\n3,丙,u2,网格员\n4,丁,u3,网格员\n",
		"homes":    "ref,lon,lat,resident\n1,103.001,26.001,3\n2,103.001,26.008,2\n3,103.018,26.008,2\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	code, out, errs := call(t, "import", "--territory", "c", "--tier", "village="+at("villages"), "--tier", "primary="+at("grids")+":parent=up",
		"--workers", at("workers"), "--households", at("homes"), "--database", url)
	if code != exitOK || !strings.Contains(out, "3 grids not drawn: u1 u2 u3") || !strings.Contains(out, "1 leaves made of ground that no child takes: v-000") {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	plan := func(want int, args ...string) string {
		t.Helper()
		code, out, errs := call(t, append(args, "--database", url)...)
		if code != want {
			t.Fatalf("gridmap %s: exit %d\n%s%s", strings.Join(args, " "), code, out, errs)
		}
		return out + errs
	}
	plan(exitOK, "plan", "new", "--territory", "c", "补绘")
	id := "2"
	set := func(code string, x0, y0, x1, y1 float64) string {
		at := func(x, y float64) string { return fmt.Sprintf("[%.7f,%.7f]", 103+x/1000, 26+y/1000) }
		return fmt.Sprintf(`{"op":"set","grid":%q,"boundary":{"type":"Polygon","coordinates":[[%s]]}}`, code,
			strings.Join([]string{at(x0, y0), at(x1, y0), at(x1, y1), at(x0, y1), at(x0, y0)}, ","))
	}
	edits := files(t, map[string]string{
		"first":  `{"edits":[` + set("u1", 0, 5, 10, 10) + `,` + set("u2", 10, 0, 15, 10) + `]}`,
		"second": set("u3", 15, 0, 20, 10),
	})
	plan(exitOK, "edit", "--plan", id, filepath.Join(edits, "first"))
	plan(exitOK, "plan", "state", "--plan", id, "reviewed")
	plan(exitOK, "plan", "state", "--plan", id, "filed")
	if said := plan(exitError, "plan", "state", "--plan", id, "in_force"); !strings.Contains(said, "is not drawn of 1 grids: u3") {
		t.Errorf("refused with %s", said)
	}
	plan(exitOK, "plan", "new", "--territory", "c", "--from", id, "补绘二")
	id = "3"
	plan(exitOK, "edit", "--plan", id, filepath.Join(edits, "second"))
	for _, to := range []string{"reviewed", "filed", "in_force"} {
		plan(exitOK, "plan", "state", "--plan", id, to)
	}
	_, table, _ := call(t, "export", "--territory", "c", "-o", "-", "--format", "csv", "--database", url)
	if n := strings.Count(table, "\n"); n != 8 || strings.Contains(table, "v-000") || strings.Contains(table, ",,,\n") {
		t.Errorf("%d lines, want a heading, the county, 2 villages and 4 drawn grids:\n%s", n, table)
	}
}
