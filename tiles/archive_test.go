package tiles

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"gridmap/fixtures"
	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles/pmtiles"
)

// made draws a made-up county as change leaves it.
func made(t testing.TB, county string, change func(*geo.Snapshot)) *Picture {
	t.Helper()
	c, err := fixtures.Make(county, 0)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&c.Snapshot)
	}
	a, err := atlas.New(&c.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return Draw(a)
}

// archived writes an archive and opens it.
func archived(t testing.TB, ar Archive, p *Picture) (*pmtiles.Reader, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "county.pmtiles")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := ar.Write(t.Context(), p, f); err != nil {
		t.Fatal(err)
	}
	r, err := pmtiles.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return r, name
}

// Every tile of an archive is what the service draws, to the reader that maps
// in a browser use, and no tile of the county is missing.
func TestArchiveHoldsEveryTile(t *testing.T) {
	t.Parallel()
	web, err := filepath.Abs("../api/web")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(web, "node_modules", "pmtiles")); err != nil {
		t.Skip("npm ci has not run in api/web")
	}
	p := made(t, "qinyuan", nil)
	ar := Archive{Layers: ArchiveLayers(), MinZoom: 5, MaxZoom: 13}
	r, archive := archived(t, ar, p)
	var listing bytes.Buffer
	tiles := uint64(0)
	for z := ar.MinZoom; z <= ar.MaxZoom; z++ {
		over := rangeOf(z, p.Layering().Bounds)
		for x := over.X[0] - 1; x <= over.X[1]+1; x++ {
			for y := over.Y[0] - 1; y <= over.Y[1]+1; y++ {
				plain := drawnLayers(t, p, ar.Layers, Address{z, x, y})
				var sum any
				if len(plain) > 0 {
					hash := sha256.Sum256(plain)
					sum = hex.EncodeToString(hash[:])
					tiles++
				}
				line, err := json.Marshal([]any{z, x, y, sum})
				if err != nil {
					t.Fatal(err)
				}
				listing.Write(append(line, '\n'))
			}
		}
	}
	list := filepath.Join(t.TempDir(), "tiles")
	if err := os.WriteFile(list, listing.Bytes(), 0o666); err != nil {
		t.Fatal(err)
	}
	node := exec.Command("node", filepath.Join(web, "test", "pmtiles.mjs"), archive, list)
	node.Stderr = os.Stderr
	out, err := node.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var said struct{ Metadata ArchiveMetadata }
	if err := json.Unmarshal(out, &said); err != nil || len(said.Metadata.Layers) != len(ar.Layers) || said.Metadata.Gridmap.Plan != 1 {
		t.Errorf("metadata %+v, %v", said.Metadata, err)
	}
	if r.Addressed != tiles || tiles < 100 || r.MaxZoom != 13 {
		t.Errorf("%d tiles, want %d: %+v", r.Addressed, tiles, r.Header)
	}
}

// GDAL reads an archive, where it has the driver (3.8 and later).
func TestGDALReadsAnArchive(t *testing.T) {
	t.Parallel()
	formats, err := exec.Command("ogrinfo", "--formats").Output()
	if err != nil || !bytes.Contains(formats, []byte("PMTiles")) {
		t.Skip("GDAL is not installed, or has no driver for PMTiles")
	}
	_, archive := archived(t, Archive{Layers: []string{"primary"}, MinZoom: 8, MaxZoom: 12}, made(t, "mini", nil))
	out, err := exec.Command("ogrinfo", "-ro", "-q", archive, "primary").CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("name_zh (String) = ")) {
		t.Errorf("%v\n%s", err, out)
	}
}

func drawnLayers(t *testing.T, p *Picture, layers []string, a Address) []byte {
	t.Helper()
	var plain []byte
	for _, layer := range layers {
		one, err := p.Tile(Query{Layer: layer, Address: a})
		if err != nil {
			t.Fatal(err)
		}
		plain = append(plain, one...)
	}
	return plain
}

// A manifest names the tiles of what changed, and none other.
func TestManifestNamesWhatChanged(t *testing.T) {
	t.Parallel()
	before := made(t, "mini", nil)
	ar := Archive{Layers: []string{Grids, Labels}, MinZoom: 8, MaxZoom: 15}
	old, _ := archived(t, ar, before)
	same, err := ChangedSince(t.Context(), old, before)
	if err != nil || len(same.Changed)+len(same.Gone) > 0 {
		t.Fatalf("nothing changed, but %+v, %v", same, err)
	}
	var renamed geo.GridID
	after := made(t, "mini", func(s *geo.Snapshot) {
		g := &s.Grids[len(s.Grids)-3]
		for i := range s.Grids {
			if s.Grids[i].Tier == 3 && s.Grids[i].Kind == geo.General {
				g = &s.Grids[i]
			}
		}
		g.Name.ZH, renamed = "新名", g.ID
		s.Plan.Revision = 9
	})
	m, err := ChangedSince(t.Context(), old, after)
	if err != nil || m.From != 1 || m.To != 9 || len(m.Changed) == 0 || len(m.Gone) > 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	for z := ar.MinZoom; z <= ar.MaxZoom; z++ {
		over := rangeOf(z, before.Layering().Bounds)
		for x := over.X[0]; x <= over.X[1]; x++ {
			for y := over.Y[0]; y <= over.Y[1]; y++ {
				a := Address{z, x, y}
				differs := !bytes.Equal(drawnLayers(t, before, ar.Layers, a), drawnLayers(t, after, ar.Layers, a))
				if listed := slices.Contains(m.Changed, a); listed != differs {
					t.Errorf("grid %d renamed: tile %v differs: %v, listed: %v", renamed, a, differs, listed)
				}
			}
		}
	}
	away := made(t, "mini", func(s *geo.Snapshot) {
		for i := range s.Grids {
			s.Grids[i].Boundary = slices.Clone(s.Grids[i].Boundary)
		}
		s.Territory.Code = "990188000000"
	})
	if _, err := ChangedSince(t.Context(), old, away); !errors.Is(err, geo.ErrInvalid) {
		t.Errorf("an archive of another territory: %v", err)
	}
}

func TestArchiveRefuses(t *testing.T) {
	t.Parallel()
	p := made(t, "mini", nil)
	f, err := os.Create(filepath.Join(t.TempDir(), "a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for name, ar := range map[string]Archive{
		"no layer":         {MaxZoom: 3},
		"an unknown layer": {Layers: []string{"households"}, MaxZoom: 3},
		"no zoom":          {Layers: []string{Grids}, MinZoom: 4, MaxZoom: 3},
		"too deep a zoom":  {Layers: []string{Grids}, MaxZoom: MaxZoom + 1},
	} {
		if _, err := ar.Write(t.Context(), p, f); !errors.Is(err, geo.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Archive{Layers: []string{Task}, MaxZoom: 9}).Write(t.Context(), p, f); !errors.Is(err, pmtiles.ErrEmpty) {
		t.Errorf("a layer without features: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Archive{Layers: []string{Grids}, MaxZoom: 9}).Write(ended, p, f); !errors.Is(err, context.Canceled) {
		t.Errorf("an archive that was called off: %v", err)
	}
}

// An archive of a county, zooms 8 to 14.
func BenchmarkArchive(b *testing.B) {
	p := made(b, "lan", nil)
	f, err := os.Create(filepath.Join(b.TempDir(), "a"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var h pmtiles.Header
	for b.Loop() {
		if h, err = (Archive{Layers: ArchiveLayers(), MinZoom: 8, MaxZoom: 14}).Write(b.Context(), p, f); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(h.Addressed), "tiles")
}
