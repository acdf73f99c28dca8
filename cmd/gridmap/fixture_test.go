package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/topo"
)

func TestFixtureRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tests := []struct {
		name string
		args []string
		errs string
	}{
		{"no name", []string{"-o", dir}, "an argument is missing"},
		{"an unknown county", []string{"atlantis", "-o", dir}, `no made-up county is called "atlantis"; there are [mini lan`},
		{"nowhere to go", []string{"mini"}, "-o DIR is missing"},
		{"fewer than no households", []string{"mini", "-o", dir, "--households", "-1"}, "-1 households"},
		{"a seed that is none", []string{"mini", "-o", dir, "--plant", "x"}, "not a number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if code, _, errs := call(t, append([]string{"fixture"}, tt.args...)...); code != exitUsage || !strings.Contains(errs, tt.errs) {
				t.Errorf("exit %d, %s", code, errs)
			}
		})
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestFixtureWritesTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	for _, plant := range [][]string{nil, {"--plant", "7"}} {
		a, b := t.TempDir(), t.TempDir()
		for _, dir := range []string{a, b} {
			if code, _, errs := call(t, append([]string{"fixture", "mini", "-o", dir}, plant...)...); code != exitOK {
				t.Fatal(errs)
			}
		}
		if diff := sameFolders(t, a, b); diff != "" {
			t.Errorf("planted %v: %s differs", plant, diff)
		}
	}
}

// Every planted fault of every county is found, and nothing else but what it
// entails in its village.
func TestCheckFindsThePlantedFaultsAndNoOthers(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
		clean := filepath.Join(t.TempDir(), name)
		if code, _, errs := call(t, "fixture", name, "-o", clean, "--households", "6000"); code != exitOK {
			t.Fatal(errs)
		}
		_, out, _ := call(t, "check", clean, "--as-of", "2025-06-30", "--format", "json")
		_, uneven := found(t, out) // few households are never even
		made, err := fixtures.Make(name, 6000)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range 2 {
			t.Run(fmt.Sprint(name, " ", seed), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				if code, _, errs := call(t, "fixture", name, "-o", dir, "--households", "6000", "--plant", fmt.Sprint(seed)); code != exitOK {
					t.Fatal(errs)
				}
				want, kinds := planted(t, dir)
				if need := 7; len(kinds) < need {
					t.Errorf("only %d kinds are planted: %v", len(kinds), kinds)
				}
				code, out, errs := call(t, "check", dir, "--as-of", "2025-06-30", "--profile", fixtures.PlantedProfile, "--format", "json")
				if code != exitError {
					t.Errorf("exit %d, %s", code, errs)
				}
				have, entailed := found(t, out)
				villages := villagesApart(t, made.Grids, clean, dir)
				for _, f := range entailed {
					if !slices.ContainsFunc(uneven, f.equal) && !slices.ContainsFunc(f.codes(), func(code string) bool { return len(code) >= 12 && villages[code[:12]] }) {
						t.Errorf("%s: nothing was changed there", f)
					}
				}
				if missed, more := less(want, keysOf(have)), less(keysOf(have), want); len(missed)+len(more) > 0 {
					t.Errorf("not found: %v\nfound beside: %v", missed, more)
				}
			})
		}
	}
}

// planted reads the findings that the ledger asks for, and the kinds of fault.
func planted(t *testing.T, dir string) (keys []string, kinds map[string]bool) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, ledgerFile))
	if err != nil {
		t.Fatal(err)
	}
	var l ledger
	if err := json.Unmarshal(text, &l); err != nil {
		t.Fatal(err)
	}
	kinds = map[string]bool{}
	for _, p := range l.Planted {
		kinds[p.Kind] = true
		if p.Rule != "" {
			keys = append(keys, p.Key())
		}
	}
	slices.Sort(keys)
	return keys, kinds
}

// A finding as the ledger and the check name it.
type finding struct {
	Rule    string
	Subject struct {
		Type, Code string
		ID         int64
	}
	Evidence struct{ Touches []string }
}

func (f finding) String() string {
	if f.Subject.Type == "household" {
		return fmt.Sprintf("%s household %d", f.Rule, f.Subject.ID)
	}
	return f.Rule + " " + f.Subject.Code
}

func (f finding) equal(o finding) bool { return f.String() == o.String() }

// codes returns the codes of all that the finding speaks of.
func (f finding) codes() []string { return append(f.Evidence.Touches, f.Subject.Code) }

// villagesApart returns the villages, by the first twelve digits of the codes in
// them, of which two folders have other lines, or which a household of such a
// line lies in.
func villagesApart(t *testing.T, grids []geo.Grid, a, b string) map[string]bool {
	t.Helper()
	villages := map[string]bool{}
	code, place := regexp.MustCompile(`99\d{10}`), regexp.MustCompile(`^[^,]+,([\d.]+),([\d.]+),`)
	for _, name := range []string{"tier-*", "households.csv"} {
		files, err := filepath.Glob(filepath.Join(a, name))
		if err != nil || len(files) == 0 {
			t.Fatal(name, err)
		}
		for _, file := range files {
			lines := map[string]int{}
			for k, dir := range []string{a, b} {
				text, err := os.ReadFile(filepath.Join(dir, filepath.Base(file)))
				if err != nil {
					t.Fatal(err)
				}
				for line := range strings.Lines(string(text)) {
					lines[strings.TrimRight(line, ",\n")] += 1 - 2*k
				}
			}
			for line, n := range lines {
				if n != 0 {
					for _, found := range code.FindAllString(line, -1) {
						villages[found] = true
					}
					if at := place.FindStringSubmatch(line); at != nil {
						villages[villageAt(t, grids, at[1], at[2])] = true
					}
				}
			}
		}
	}
	return villages
}

// villageAt returns the code of the village a place lies in, empty for none.
func villageAt(t *testing.T, grids []geo.Grid, lon, lat string) string {
	t.Helper()
	x, err := strconv.ParseFloat(lon, 64)
	if err != nil {
		t.Fatal(err)
	}
	y, err := strconv.ParseFloat(lat, 64)
	if err != nil {
		t.Fatal(err)
	}
	at, err := topo.Snap(x, y)
	if err != nil {
		t.Fatal(err)
	}
	for i := range grids {
		if grids[i].Tier == 2 && grids[i].Boundary.Contains(at) && len(grids[i].Code) == 12 {
			return grids[i].Code
		}
	}
	return ""
}

// found reads the findings of a check; apart those of rules that speak of what a
// planted fault entails: a bite may leave a sliver, a missing grid an uneven rest
// and a settlement without one.
func found(t *testing.T, report string) (planted, entailed []finding) {
	t.Helper()
	var r struct{ Findings []finding }
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		if slices.Contains([]string{"COV-5", "GEO-5", "GEO-6", "GEO-9", "SIZ-4", "COD-1", "COD-3"}, f.Rule) {
			entailed = append(entailed, f)
		} else {
			planted = append(planted, f)
		}
	}
	return planted, entailed
}

func keysOf(findings []finding) (keys []string) {
	for _, f := range findings {
		keys = append(keys, f.String())
	}
	slices.Sort(keys)
	return keys
}

// less returns what a has and b has not, counting.
func less(a, b []string) (only []string) {
	n := map[string]int{}
	for _, key := range b {
		n[key]++
	}
	for _, key := range a {
		if n[key]--; n[key] < 0 {
			only = append(only, key)
		}
	}
	return only
}
