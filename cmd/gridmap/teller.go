package main

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"gridmap/geo"
	"gridmap/geo/exchange"
	"gridmap/geo/postgis"
)

// A teller says how an import goes: a bar per large file on a terminal, a
// plain line per file elsewhere.
type teller struct {
	out, err io.Writer
	bars     bool
	bar      *progressbar.ProgressBar
}

func newTeller(std streams) *teller {
	f, ok := std.err.(*os.File)
	return &teller{out: std.out, err: std.err, bars: ok && term.IsTerminal(int(f.Fd()))}
}

func (t *teller) line(format string, args ...any) {
	fmt.Fprintf(t.out, format+"\n", args...)
}

// barBytes is the size from which a file's reading takes long enough to be
// watched.
const barBytes = 1 << 20

// watch tells of a file being read.
func (t *teller) watch(name string, r io.ReadCloser) io.ReadCloser {
	size := int64(-1)
	if f, ok := r.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
	}
	if !t.bars || size < barBytes {
		t.line("reading %s", name)
		return r
	}
	t.end()
	t.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(t.err), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription(filepath.Base(name)), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
	return &watched{r, t.bar}
}

type watched struct {
	io.ReadCloser
	bar *progressbar.ProgressBar
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	_ = w.bar.Add(n) // a bar that cannot be drawn is no reason to stop
	return n, err
}

// end takes the bar away.
func (t *teller) end() {
	if t.bar != nil {
		_ = t.bar.Finish()
		t.bar = nil
	}
}

// settled tells what was done to the ground, and which grids are not drawn.
func (t *teller) settled(s *geo.Snapshot, done exchange.Settled) {
	t.end()
	if done.Inserted > 0 {
		t.line("%d vertices inserted into straight borders, where a neighbour has one", done.Inserted)
	}
	t.codes("outlines taken from their children", done.Derived)
	t.codes("leaves made of ground that no child takes", done.Rest)
	var undrawn []string
	for i := range s.Grids {
		if s.Grids[i].Boundary == nil {
			undrawn = append(undrawn, s.Grids[i].Code)
		}
	}
	t.codes("grids not drawn", undrawn)
}

// codesListed is how many codes a line names.
const codesListed = 20

func (t *teller) codes(what string, codes []string) {
	if len(codes) == 0 {
		return
	}
	text := strings.Join(codes[:min(len(codes), codesListed)], " ")
	if len(codes) > codesListed {
		text += " …"
	}
	t.line("%d %s: %s", len(codes), what, text)
}

// replaced tells what the import changed.
func (t *teller) replaced(s *geo.Snapshot, done postgis.Replaced) {
	name := strings.TrimSpace(s.Territory.Code + " " + s.Territory.Name.ZH)
	if p := done.Personal; p.Records+p.Forgotten > 0 {
		t.line("heads and flags of households: %d kept anew, %d changed, %d deleted", p.Created, p.Updated, p.Forgotten)
	}
	if !done.Changed {
		t.line("%s is as the files say; nothing changed (revision %d)", name, done.Revision)
		return
	}
	t.line("%s stands at revision %d", name, done.Revision)
	for _, change := range []struct {
		what   string
		counts map[geo.Entity]int
	}{{"created", done.Created}, {"updated", done.Updated}, {"deleted", done.Deleted}} {
		for _, entity := range slices.Sorted(maps.Keys(change.counts)) {
			if n := change.counts[entity]; n > 0 {
				t.line("  %s: %d of sort %s", change.what, n, entity)
			}
		}
	}
}

// counts says what a snapshot holds.
func counts(s *geo.Snapshot, households int) string {
	return fmt.Sprintf("%d grids, %d households, %d workers, %d assignments", len(s.Grids), households, len(s.Workers), len(s.Assignments))
}
