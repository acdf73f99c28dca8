package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gridmap/geo"
	"gridmap/tiles"
	"gridmap/tiles/pmtiles"
)

// An archive of the plan in force, what a draft does otherwise, and what the
// edits of the draft change tile by tile.
func TestTilesWritesAnArchiveAndItsManifest(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	file := filepath.Join(t.TempDir(), "county.pmtiles")
	p.does(nil, "tiles", "--territory", "小满县", "-o", file, "--min-zoom", "8", "--max-zoom", "13")
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pmtiles.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var meta tiles.ArchiveMetadata
	if err := r.Metadata(&meta); err != nil {
		t.Fatal(err)
	}
	if r.MinZoom != 8 || r.MaxZoom != 13 || r.Addressed < 6 || meta.Name != "小满县" || meta.Gridmap.Plan != p.snapshot.Plan.ID || len(meta.Layers) != len(tiles.ArchiveLayers()) {
		t.Errorf("header %+v, metadata %+v", r.Header, meta)
	}

	var m tiles.Manifest
	p.does(&m, "tiles", "--territory", "小满县", "--since", file)
	if len(m.Changed)+len(m.Gone) > 0 || m.From != meta.Gridmap.Revision {
		t.Errorf("nothing changed, but %+v", m)
	}
	var draft geo.Plan
	p.does(&draft, "plan", "new", "--territory", "小满县", "改名")
	grid := p.snapshot.Grids[len(p.snapshot.Grids)-3]
	for _, g := range p.snapshot.Grids {
		if g.Tier == 3 {
			grid = g
		}
	}
	edit := filepath.Join(t.TempDir(), "edit.json")
	if err := os.WriteFile(edit, fmt.Appendf(nil, `{"op":"set","grid":%d,"name":{"zh":"新名","en":"New"}}`, grid.ID), 0o666); err != nil {
		t.Fatal(err)
	}
	p.does(nil, "edit", "--plan", fmt.Sprint(draft.ID), edit)
	p.does(&m, "tiles", "--territory", "小满县", "--plan", fmt.Sprint(draft.ID), "--since", file)
	if len(m.Changed) == 0 || len(m.Changed) == int(r.Addressed) || m.Plan != draft.ID || m.To <= m.From {
		t.Errorf("of %d tiles changed %+v", r.Addressed, m)
	}
}

func TestTilesRefuses(t *testing.T) {
	t.Parallel()
	p := newPlanner(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "county.pmtiles")
	for _, tt := range []struct {
		args []string
		code int
		why  string
	}{
		{[]string{"-o", file}, exitUsage, "--territory"},
		{[]string{"--territory", "小满县"}, exitUsage, "-o FILE or --since FILE"},
		{[]string{"--territory", "小满县", "-o", file, "--max-zoom", "17"}, exitUsage, "give 0 to 16"},
		{[]string{"--territory", "小满县", "-o", file, "--min-zoom", "9", "--max-zoom", "8"}, exitUsage, "zooms 9 to 8"},
		{[]string{"--territory", "小满县", "-o", file, "--layers", "households"}, exitError, `no layer "households"`},
		{[]string{"--territory", "小满县", "-o", file, "--layers", "task"}, exitError, "at least one tile"},
		{[]string{"--territory", "小满县", "-o", file, "--plan", "99"}, exitError, "not found"},
		{[]string{"--territory", "nowhere", "-o", file}, exitError, "no territory"},
		{[]string{"--territory", "小满县", "--since", os.Args[0]}, exitError, "PMTiles"},
	} {
		if why := p.refused(tt.code, append([]string{"tiles"}, tt.args...)...); !strings.Contains(why, tt.why) {
			t.Errorf("%v: %s", tt.args, why)
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}
