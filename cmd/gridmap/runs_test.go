package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gridmap/api"
	"gridmap/fixtures/gridtest"
	"gridmap/geo/check"
)

// A check kept from the command line is listed, shown, compared and rolled up;
// a report against it is written whole or not at all.
func TestRunsFromTheCommandLine(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	database := pool.Config().ConnString()
	gridtest.County(t, pool, "mini")
	does := func(args ...string) (string, string) {
		t.Helper()
		code, out, errs := call(t, append(args, "--database", database)...)
		if code == exitUsage {
			t.Fatalf("%v: %d %s", args, code, errs)
		}
		return out, errs
	}
	_, errs := does("check", "--territory", "小满县", "--as-of", "2025-06-30", "--store", "--by", "li")
	named := regexp.MustCompile(`kept as run ([0-9a-f]{16})\n`).FindStringSubmatch(errs)
	if named == nil {
		t.Fatalf("said %s", errs)
	}
	run := named[1]
	if list, _ := does("runs", "list", "--territory", "小满县"); !strings.Contains(list, run+"  2025-06-30") || !strings.Contains(list, "  li  ") {
		t.Errorf("list:\n%s", list)
	}
	var shown struct {
		check.Run
		Report check.Report
	}
	out, _ := does("runs", "show", run)
	if err := json.Unmarshal([]byte(out), &shown); err != nil || shown.ID != run || shown.Report.Run != run || shown.Report.FindingsTotal != len(shown.Report.Findings) {
		t.Errorf("shown %+v, %v", shown.Run, err)
	}
	var again struct {
		check.Run
		Same   bool
		Report check.Report
	}
	out, _ = does("runs", "again", run)
	if err := json.Unmarshal([]byte(out), &again); err != nil || !again.Same || again.Report.FindingsTotal != shown.Report.FindingsTotal {
		t.Errorf("again %v, %d findings, %v", again.Same, again.Report.FindingsTotal, err)
	}
	var diff check.Comparison
	out, _ = does("runs", "diff", run)
	if err := json.Unmarshal([]byte(out), &diff); err != nil || diff.Before.Run != run || diff.After.AsOf <= 20250630 {
		t.Errorf("diff %+v, %v", diff.After, err)
	}
	out, _ = does("runs", "diff", run, "--against", run)
	if err := json.Unmarshal([]byte(out), &diff); err != nil || diff.Totals.New+diff.Totals.Gone != 0 {
		t.Errorf("against itself %+v, %v", diff.Totals, err)
	}
	var rollup api.RollupJSON
	out, _ = does("runs", "rollup", "--as-of", "2025-06-30")
	if err := json.Unmarshal([]byte(out), &rollup); err != nil || rollup.Missing != 0 || rollup.Totals.Households.Total != shown.Report.Summary.Households.Total {
		t.Errorf("rollup %s, %v", out, err)
	}
	if out, _ = does("runs", "due"); strings.TrimSpace(out) != "[]" {
		t.Errorf("due without schedules: %s", out)
	}
	dir := t.TempDir()
	for file, begins := range map[string]string{"county.html": "<!DOCTYPE html>", "county.xlsx": "PK"} {
		file = filepath.Join(dir, file)
		does("report", "--territory", "小满县", "--lang", "zh", "--against", run, "-o", file)
		if text, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(text), begins) {
			t.Errorf("%s: %v %.40q", file, err, text)
		}
	}
	if out, _ = does("report", "--territory", "小满县", "--stamp", "public", "--lang", "en", "-o", "-"); !strings.Contains(out, ">Public<") {
		t.Errorf("on the standard output: %.200s", out)
	}
	none := filepath.Join(dir, "none.html")
	if code, _, errs := call(t, "report", "--territory", "小满县", "--unit", "0", "-o", none, "--database", database); code != exitError || !strings.Contains(errs, `no division "0"`) {
		t.Errorf("%d %s", code, errs)
	}
	if _, err := os.Stat(none); err == nil {
		t.Error("a refused report left a file")
	}
}

func TestRunsRefuse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"check", "a", "--store"}, "--store needs --territory"},
		{[]string{"runs"}, "list --territory CODE"},
		{[]string{"runs", "nothing"}, `no word "nothing"`},
		{[]string{"runs", "list", "--limit", "0"}, "--limit 0"},
		{[]string{"runs", "show"}, "an argument is missing"},
		{[]string{"runs", "rollup", "--as-of", "soon"}, "--as-of"},
		{[]string{"runs", "rollup", "--profile", "a", "--schedule", "b"}, "--profile goes without --schedule"},
		{[]string{"report", "-o", "a.html"}, "--territory CODE or --plan ID is missing"},
		{[]string{"report", "--territory", "a"}, "-o FILE is missing"},
		{[]string{"report", "--territory", "a", "-o", "a.pdf"}, "must end in .html or .xlsx"},
		{[]string{"report", "--territory", "a", "-o", "a.html", "--as-of", "soon"}, "--as-of"},
	} {
		if code, _, errs := call(t, tt.args...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%v: %d %s, want %q", tt.args, code, errs, tt.want)
		}
	}
}
