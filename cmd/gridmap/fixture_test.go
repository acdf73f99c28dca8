package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gridmap/fixtures"
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

// Every planted fault of every county is found, and nothing else.
func TestCheckFindsThePlantedFaultsAndNoOthers(t *testing.T) {
	t.Parallel()
	for _, name := range fixtures.Names() {
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
				code, out, errs := call(t, "check", dir, "--as-of", "2025-06-30", "--format", "json")
				if code != exitError {
					t.Errorf("exit %d, %s", code, errs)
				}
				have := found(t, out)
				if missed, more := less(want, have), less(have, want); len(missed)+len(more) > 0 {
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

// found reads the findings of a check.
func found(t *testing.T, report string) (keys []string) {
	t.Helper()
	var r struct {
		Findings []struct {
			Rule    string
			Subject struct {
				Type, Code string
				ID         int64
			}
		}
	}
	if err := json.Unmarshal([]byte(report), &r); err != nil {
		t.Fatal(err)
	}
	for _, f := range r.Findings {
		// What a planted fault entails for shapes, codes, evenness and people in no
		// grid is not in the ledger: a bite may leave a sliver, a missing grid an
		// uneven rest and a settlement without one.
		if slices.Contains([]string{"COV-5", "GEO-5", "GEO-6", "GEO-9", "SIZ-4", "COD-1", "COD-3"}, f.Rule) {
			continue
		}
		key := f.Rule + " " + f.Subject.Code
		if f.Subject.Type == "household" {
			key = fmt.Sprintf("%s household %d", f.Rule, f.Subject.ID)
		}
		keys = append(keys, key)
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
