package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// On a terminal a large file has a bar, a small one a line; elsewhere there
// are lines alone.
func TestTellerWatchesLargeFilesOnATerminal(t *testing.T) {
	t.Parallel()
	dir := files(t, map[string]string{"large.csv": strings.Repeat("x", 2*barBytes), "small.csv": "x"})
	for _, tt := range []struct {
		bars       bool
		file       string
		line, drew bool
	}{{true, "large.csv", false, true}, {true, "small.csv", true, false}, {false, "large.csv", true, false}} {
		var out, errs bytes.Buffer
		tell := &teller{out: &out, err: &errs, bars: tt.bars}
		f, err := os.Open(filepath.Join(dir, tt.file))
		if err != nil {
			t.Fatal(err)
		}
		r := tell.watch(f.Name(), f)
		if n, err := io.Copy(io.Discard, r); err != nil || n < 1 {
			t.Fatal(n, err)
		}
		tell.end()
		r.Close()
		if line, drew := strings.Contains(out.String(), "reading "), strings.Contains(errs.String(), tt.file); line != tt.line || drew != tt.drew {
			t.Errorf("%+v: printed %q, drew %q", tt, out.String(), errs.String())
		}
	}
}
