package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/fixtures/gridtest"
)

// Heads and flags go in only where territory.json turns the switch on, come out
// only with --personal, and are gone when the switch is off.
func TestKeepsHeadsAndFlagsBehindTheSwitch(t *testing.T) {
	t.Parallel()
	pool := gridtest.DB(t)
	dir := county(t, "mini", "1")
	run := on(t, pool).apart
	line := func(file, text string) string {
		t.Helper()
		path := filepath.Join(t.TempDir(), file)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	first := strings.Split(strings.Split(read(t, filepath.Join(dir, "households.csv")), "\n")[1], ",")[0]
	ledger := line("ledger.csv", "户号,户主姓名,标签,常住人口\n"+first+",王大年,独居户;spare_key,2\n")
	if _, errs := run(exitError, "import", dir, "--personal", ledger); !strings.Contains(errs, "line 2 ("+first+")") || !strings.Contains(errs, "PRV-1") {
		t.Errorf("refused by %s", errs)
	}
	run(exitOK, "import", dir)
	code := "990199000000"
	on := line("keeps.json", `{"groups":[{"code":"elderly_alone","name":{"zh":"独居老人"}},{"code":"children_left_behind","name":{"zh":"留守儿童"}},{"code":"veterans","name":{"zh":"退役军人"}}],
		"personal":{"heads":true,"purpose":"走访","flags":[{"code":"lives_alone","name":{"zh":"独居户"}},{"code":"spare_key","name":{"zh":"备用钥匙"}}]}}`)
	if said, _ := run(exitOK, "keeps", "--territory", code, "--set", on); !strings.Contains(said, `"heads": true`) {
		t.Errorf("keeps %s", said)
	}
	out := filepath.Join(t.TempDir(), "out")
	run(exitOK, "export", "--territory", code, "-o", out)
	if _, err := os.Stat(filepath.Join(out, "personal.csv")); err == nil {
		t.Error("personal.csv is written unasked")
	}
	run(exitOK, "import", out, "--personal", ledger)
	again := filepath.Join(t.TempDir(), "again")
	run(exitOK, "export", "--territory", code, "-o", again, "--personal")
	want := "\ufeffref,head,flags,updated_on\n" + first + ",王大年,lives_alone;spare_key,\n"
	if got := read(t, filepath.Join(again, "personal.csv")); got != want {
		t.Errorf("exported %q, want %q", got, want)
	}
	if said, errs := run(exitOK, "import", again); strings.Contains(said+errs, "anew") && !strings.Contains(said+errs, "0 kept anew, 0 changed, 0 deleted") {
		t.Errorf("the same again: %s%s", said, errs)
	}
	if _, errs := run(exitError, "import", dir); !strings.Contains(errs, "--drop") {
		t.Errorf("an import that turns the switch off: %s", errs)
	}
	off := line("off.json", strings.Split(read(t, on), `"personal"`)[0]+`"personal":{}}`)
	if _, errs := run(exitOK, "keeps", "--territory", code, "--set", off); !strings.Contains(errs, "1 households") {
		t.Errorf("off: %s", errs)
	}
	run(exitError, "export", "--territory", code, "-o", again, "--personal")
	run(exitUsage, "export", "--territory", code, "-o", "-", "--personal")
	run(exitUsage, "keeps", "--territory", code, "--set", line("bad.json", `{"score":1}`))
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
