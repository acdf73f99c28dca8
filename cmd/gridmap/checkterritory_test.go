package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
	"gridmap/geo/check"
)

// A territory of the database is checked by its own profile on the days it
// holds; what is waived is told and fails nothing, and so in its files.
func TestCheckOfATerritory(t *testing.T) {
	t.Parallel()
	database := gridtest.DB(t).Config().ConnString()
	dir := county(t, "mini", "60")
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write("profiles.json", `[{"code":"strict","valid":{"from":"2025-06-30"},"rules":{"STF-7":{"max":1,"severity":"error"}}}]`)
	if code, _, errs := call(t, "import", dir, "--database", database); code != exitOK {
		t.Fatal(errs)
	}
	ask := func(flags ...string) (int, string, string) {
		return call(t, append([]string{"check", "--territory", "小满县", "--database", database, "--lang", "en"}, flags...)...)
	}
	if code, out, errs := ask("--as-of", "2025-06-30"); code != exitOK || strings.Contains(out, "error") {
		t.Errorf("as usual %d:\n%s%s", code, out, errs)
	}
	code, text, _ := ask("--as-of", "2025-06-30", "--profile", "strict")
	if n := strings.Count(text, "error   STF-7"); code != exitError || n == 0 || !strings.HasPrefix(text, "error   STF-7") {
		t.Errorf("by the profile %d:\n%s", code, text)
	}
	if code, _, errs := ask("--as-of", "2025-06-29", "--profile", "strict"); code != exitUsage || !strings.Contains(errs, `profile: no profile "strict" holds on 2025-06-29`) {
		t.Errorf("the day before: %d %s", code, errs)
	}
	code, out, _ := ask("--as-of", "2025-06-30", "--profile", "strict", "--format", "json")
	var report check.Report
	if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitError || report.Pass || report.FindingsTotal != strings.Count(text, "\n") {
		t.Fatalf("%v, %d, %d findings of %d lines", err, code, report.FindingsTotal, strings.Count(text, "\n"))
	}
	var waivers []map[string]string
	for _, f := range report.Findings {
		waivers = append(waivers, map[string]string{"finding": f.ID, "rule": string(f.Rule), "why": "for now", "by": "county", "until": "2025-07-31"})
	}
	list, err := json.Marshal(waivers)
	if err != nil {
		t.Fatal(err)
	}
	write("waivers.json", string(list))
	if code, _, errs := call(t, "import", dir, "--database", database); code != exitOK {
		t.Fatal(errs)
	}
	code, text, errs := ask("--as-of", "2025-06-30", "--profile", "strict")
	if n := strings.Count(text, " (waived by county until 2025-07-31: for now)\n"); code != exitOK || n != report.FindingsTotal {
		t.Errorf("waived %d of %d: %d %s\n%s", n, report.FindingsTotal, code, errs, text)
	}
	_, files, errs := call(t, "check", dir, "--as-of", "2025-06-30", "--profile", "strict", "--lang", "en")
	if files != text {
		t.Errorf("the files tell\n%s%sthe database\n%s", files, errs, text)
	}
	if code, _, _ := ask("--as-of", "2025-07-31", "--profile", "strict"); code != exitError {
		t.Errorf("on the last day: %d", code)
	}
	for _, form := range []string{"geojson", "csv"} {
		if code, out, errs := ask("--as-of", "2025-06-30", "--profile", "strict", "--format", form); code != exitOK || strings.Count(out, "for now") != report.FindingsTotal {
			t.Errorf("%s: %d %s\n%s", form, code, errs, out)
		}
	}
}

func TestCheckOfATerritoryRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "FILE, DIR or --territory CODE"},
		{[]string{"a", "--territory", "b"}, "together with --territory"},
		{[]string{"--territory", "b", "--crs", "gcj02"}, "--crs is for files"},
		{[]string{"a", "--database", "postgres://nowhere"}, "--database needs --territory"},
	} {
		if code, _, errs := call(t, append([]string{"check"}, tt.args...)...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%v: %d %s, want %q", tt.args, code, errs, tt.want)
		}
	}
	database := gridtest.DB(t).Config().ConnString()
	if code, _, errs := call(t, "check", "--territory", "nowhere", "--database", database); code != exitUsage || !strings.Contains(errs, `no territory is called "nowhere"`) {
		t.Errorf("%d %s", code, errs)
	}
}
