package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/exchange"
)

// What lies in another parent by less than cleaning joins is no straddling.
func TestImportCleansBeforeItRefuses(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"villages": square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10),
		"grids":    square("a1", "", 0, 0, 10.01, 10) + square("a2", "", 10.01, 0, 20, 10), // a metre over the border
	})
	args := []string{"import", "--dry-run", "--territory", "试验县", "--tier", "village=" + filepath.Join(dir, "villages"), "--tier", "primary=" + filepath.Join(dir, "grids")}
	if code, out, errs := call(t, args...); code != exitError || !strings.Contains(errs, "1 grids lie in more than one parent") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	if code, out, errs := call(t, append(args, "--clean")...); code != exitOK || strings.Contains(out, "more than one parent") {
		t.Errorf("cleaned: exit %d\n%s%s", code, out, errs)
	}
}

// Grids that name no parent and lie across the villages' border are listed and
// refused; cut or kept whole they are loaded, and the export is whole.
func TestImportOfStraddlingGrids(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{
		"villages": square("v", "", 0, 0, 10, 10) + square("w", "", 10, 0, 20, 10),
		"grids":    square("a1", "", 0, 0, 8, 10) + square("a2", "", 8, 0, 14, 10) + square("a3", "", 14, 0, 20, 10),
		"homes":    "ref,lon,lat,resident\n1,103.009,26.005,2\n2,103.011,26.005,1\n3,103.012,26.005,1\n4,103.001,26.001,9\n",
	})
	at := func(name string) string { return filepath.Join(dir, name) }
	base := []string{"import", "--territory", "试验县", "--tier", "village=" + at("villages"), "--tier", "primary=" + at("grids"), "--households", at("homes")}
	with := func(more ...string) []string { return append(append([]string{}, base...), more...) }

	code, out, errs := call(t, with("--dry-run", "--report", at("report"))...)
	for _, want := range []string{"1 grids lie in more than one parent:", "  a2: w ", "(66.6666 %), 2 households; v ", "(33.3333 %), 1 households\n", "choose --straddle", "nothing was written"} {
		if code != exitError || !strings.Contains(errs, want) {
			t.Errorf("refused: exit %d, want %q in\n%s%s", code, want, out, errs)
		}
	}
	var report struct {
		Straddle exchange.Straddling
		Grids    []exchange.Straddler `json:"straddling_grids"`
	}
	text, err := os.ReadFile(at("report"))
	if err == nil {
		err = json.Unmarshal(text, &report)
	}
	if err != nil || report.Straddle != exchange.Refused || len(report.Grids) != 1 {
		t.Fatalf("%v in the report %s", err, text)
	}
	if g := report.Grids[0]; g.Code != "a2" || g.AreaM2 != g.Parents[0].AreaM2+g.Parents[1].AreaM2 || g.Parents[1].Parent != "v" ||
		g.Parents[1].AreaPPM != 333333 || g.Persons != 4 || g.Parents[0].HouseholdsPPM != 666666 {
		t.Errorf("the report says %+v", g)
	}
	if code, out, errs := call(t, with("--dry-run", "--straddle", "perhaps")...); code != exitUsage || !strings.Contains(errs, "use refuse, cut or whole") {
		t.Errorf("exit %d\n%s%s", code, out, errs)
	}
	for straddle, want := range map[string]string{"cut": "a2 w\na4 v\n", "whole": "a2 w\n"} {
		t.Run(straddle, func(t *testing.T) {
			url := gridtest.DB(t).Config().ConnString()
			for _, end := range []string{"stands at revision 1", "nothing changed"} {
				code, out, errs := call(t, with("--straddle", straddle, "--database", url)...)
				if code != exitOK || !strings.Contains(out, end) || !strings.Contains(out, "1 grids lie in more than one parent, and were") {
					t.Fatalf("exit %d\n%s%s", code, out, errs)
				}
			}
			_, table, _ := call(t, "export", "--territory", "试验县", "-o", "-", "--format", "csv", "--database", url)
			got := ""
			for line := range strings.Lines(table) {
				if cells := strings.Split(line, ","); cells[0] == "a2" || cells[0] == "a4" {
					got += cells[0] + " " + cells[3] + "\n"
				}
			}
			if got != want {
				t.Errorf("%s, want %s in\n%s", got, want, table)
			}
		})
	}
}
