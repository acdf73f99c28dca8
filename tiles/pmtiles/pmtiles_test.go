package pmtiles

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gridmap/geo/topo"
)

var somewhere = Header{Zipped: true, CenterZoom: 9, Center: topo.Point{X: 1115000000, Y: 385000000},
	Bounds: topo.Box{Min: topo.Point{X: 1110000000, Y: 380000000}, Max: topo.Point{X: 1120000000, Y: 390000000}}}

// An example is tiles by number, plain.
type example map[uint64][]byte

func (e example) ids() []uint64 {
	ids := make([]uint64, 0, len(e))
	for id := range e {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// write writes an archive to a file and opens it.
func (e example) write(t testing.TB) (*Reader, string) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "a.pmtiles")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	w, err := NewWriter(f, somewhere)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range e.ids() {
		zipped, err := Zip(nil, e[id])
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(id, zipped); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(map[string]any{"name": "示例", "vector_layers": []any{}}); err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	return r, name
}

// sea is n tiles of a deep zoom and all above it: like a coverage, most of
// them equal to their neighbours, some not there.
func sea(n int) example {
	e := example{}
	for i := range n {
		id := uint64(2*i + i%7)
		switch {
		case i%5 == 0:
			e[id] = fmt.Appendf(nil, "an island of its own, %d", i)
		default:
			e[id], e[id+1] = []byte("water"), []byte("water")
		}
	}
	return e
}

// The reader that maps in a browser use finds every tile, and none between.
func TestReferenceReaderFindsEveryTile(t *testing.T) {
	t.Parallel()
	web, err := filepath.Abs("../../api/web")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(web, "node_modules", "pmtiles")); err != nil {
		t.Skip("npm ci has not run in api/web")
	}
	for _, tt := range []struct {
		name   string
		tiles  example
		leaves bool
	}{
		{"one tile, of the world", example{0: []byte("all")}, false},
		{"one deep tile", example{ID(16, 54000, 25000): []byte("one")}, false},
		{"some", sea(1000), false},
		{"100,000", sea(65_000), true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r, archive := tt.tiles.write(t)
			if (r.leaves.length > 0) != tt.leaves || r.Header.root.length > rootBytes {
				t.Errorf("%d bytes of leaf directories beside a root of %d entries", r.leaves.length, len(r.top))
			}
			listing := filepath.Join(t.TempDir(), "tiles")
			if err := os.WriteFile(listing, tt.tiles.listing(), 0o666); err != nil {
				t.Fatal(err)
			}
			node := exec.Command("node", filepath.Join(web, "test", "pmtiles.mjs"), archive, listing)
			node.Stderr = os.Stderr
			out, err := node.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			var said struct {
				Header struct {
					NumAddressedTiles, NumTileEntries, NumTileContents uint64
					Clustered                                          bool
					MinLon, MaxLat                                     float64
				}
				Metadata struct{ Name string }
			}
			if err := json.Unmarshal(out, &said); err != nil {
				t.Fatal(err)
			}
			h := said.Header
			if h.NumAddressedTiles != uint64(len(tt.tiles)) || h.NumTileContents != tt.tiles.contents() || h.NumTileEntries != r.Entries ||
				!h.Clustered || h.MinLon != 111 || h.MaxLat != 39 || said.Metadata.Name != "示例" {
				t.Errorf("reads %+v", said)
			}
		})
	}
}

// listing writes every tile and its neighbours as the script wants them.
func (e example) listing() []byte {
	var b bytes.Buffer
	line := func(id uint64, sum any) {
		z, x, y := Place(id)
		raw, _ := json.Marshal([]any{z, x, y, sum})
		b.Write(append(raw, '\n'))
	}
	for id, data := range e {
		sum := sha256.Sum256(data)
		line(id, hex.EncodeToString(sum[:]))
		if e[id+1] == nil {
			line(id+1, nil)
		}
	}
	return b.Bytes()
}

func (e example) contents() uint64 {
	different := map[string]bool{}
	for _, data := range e {
		different[string(data)] = true
	}
	return uint64(len(different))
}

func TestOwnReaderFindsEveryTile(t *testing.T) {
	t.Parallel()
	e := sea(30_000)
	r, _ := e.write(t)
	if r.Addressed != uint64(len(e)) || r.Contents != e.contents() || r.MinZoom != 0 {
		t.Errorf("header %+v", r.Header)
	}
	var ids []uint64
	for id, err := range r.IDs() {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if !slices.Equal(ids, e.ids()) {
		t.Errorf("%d numbers, want %d", len(ids), len(e))
	}
	for id := range ids[len(ids)-1] + 10 {
		zipped, err := r.Tile(id)
		if err != nil {
			t.Fatal(err)
		}
		if (zipped == nil) != (e[id] == nil) {
			t.Fatalf("tile %d: %d bytes, want %q", id, len(zipped), e[id])
		}
		if zipped == nil {
			continue
		}
		if plain, err := Unzip(zipped); err != nil || !bytes.Equal(plain, e[id]) {
			t.Fatalf("tile %d: %q, %v", id, plain, err)
		}
	}
}

// Pictures, and archives whose directories are not compressed, are read too;
// what no map draws and what no library here unpacks is refused.
func TestReaderOfOtherArchives(t *testing.T) {
	t.Parallel()
	_, name := example{0: []byte("all"), 2: []byte("south")}.write(t)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	with := func(at int, b byte) []byte {
		changed := slices.Clone(raw)
		changed[at] = b
		return changed
	}
	for _, kind := range []Type{MVT, PNG, JPEG, WebP, AVIF} {
		if r, err := NewReader(bytes.NewReader(with(99, byte(kind)))); err != nil || r.Type != kind {
			t.Errorf("tiles of type %d: %v", kind, err)
		}
	}
	for _, tt := range []struct {
		at int
		b  byte
	}{{99, 0}, {99, 6}, {98, 3}, {97, 3}} {
		if _, err := NewReader(bytes.NewReader(with(tt.at, tt.b))); !errors.Is(err, ErrFormat) {
			t.Errorf("byte %d as %d: %v", tt.at, tt.b, err)
		}
	}
	r, err := NewReader(bytes.NewReader(bare(t, raw)))
	if err != nil {
		t.Fatal(err)
	}
	var meta struct{ Name string }
	if tile, err := r.Tile(2); err != nil || tile == nil || r.Metadata(&meta) != nil || meta.Name != "示例" {
		t.Errorf("of an archive with bare directories: %q, %v, %+v", tile, err, meta)
	}
}

// bare returns an archive with a root directory alone whose directory and
// metadata are not compressed: they are put behind everything else.
func bare(t *testing.T, raw []byte) []byte {
	t.Helper()
	h, err := decodeHeader(raw)
	if err != nil {
		t.Fatal(err)
	}
	out := slices.Clone(raw)
	for at, part := range map[int]section{8: h.root, 24: h.meta} {
		plain, err := unzip(raw[part.offset:part.offset+part.length], most)
		if err != nil {
			t.Fatal(err)
		}
		binary.LittleEndian.PutUint64(out[at:], uint64(len(out)))
		binary.LittleEndian.PutUint64(out[at+8:], uint64(len(plain)))
		out = append(out, plain...)
	}
	out[97] = compressNone
	return out
}

func TestWriterRefuses(t *testing.T) {
	t.Parallel()
	fresh := func() *Writer {
		f, err := os.Create(filepath.Join(t.TempDir(), "a"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		w, err := NewWriter(f, Header{})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	w := fresh()
	if err := w.Add(3, nil); err != nil {
		t.Errorf("a tile without bytes: %v", err)
	}
	if _, err := w.Close(nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("an archive without tiles: %v", err)
	}
	w = fresh()
	_, _ = w.Add(7, []byte("a")), w.Add(7, []byte("b"))
	if _, err := w.Close(nil); err == nil {
		t.Error("a tile given twice is taken")
	}
	w = fresh()
	_ = w.Add(1, []byte("a"))
	if _, err := w.Close(func() {}); err == nil {
		t.Error("metadata that are no JSON are taken")
	}
}

func TestNumbersOfTiles(t *testing.T) {
	t.Parallel()
	// From the specification.
	for _, tt := range []struct {
		z, x, y uint32
		id      uint64
	}{{0, 0, 0, 0}, {1, 0, 0, 1}, {1, 0, 1, 2}, {1, 1, 1, 3}, {1, 1, 0, 4}, {2, 0, 0, 5}, {12, 3423, 1763, 19078479}} {
		if id := ID(tt.z, tt.x, tt.y); id != tt.id {
			t.Errorf("tile %d/%d/%d has number %d, want %d", tt.z, tt.x, tt.y, id, tt.id)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Uint32Range(0, MaxZoom).Draw(t, "z")
		x, y := rapid.Uint32Range(0, 1<<z-1).Draw(t, "x"), rapid.Uint32Range(0, 1<<z-1).Draw(t, "y")
		if gz, gx, gy := Place(ID(z, x, y)); gz != z || gx != x || gy != y {
			t.Fatalf("%d/%d/%d comes back as %d/%d/%d", z, x, y, gz, gx, gy)
		}
	})
}

func TestRangeYieldsItsTilesInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.Uint32Range(0, 6).Draw(t, "z")
		end := rapid.Uint32Range(0, 1<<z-1)
		r := Range{z, end.Draw(t, "x"), end.Draw(t, "y"), end.Draw(t, "to x"), end.Draw(t, "to y")}
		var want []uint64
		for x := r.MinX; x <= r.MaxX; x++ {
			for y := r.MinY; y <= r.MaxY; y++ {
				want = append(want, ID(z, x, y))
			}
		}
		slices.Sort(want)
		if got := slices.Collect(r.All()); !slices.Equal(got, want) {
			t.Fatalf("%+v yields %v, want %v", r, got, want)
		}
	})
}

// What a damaged archive says of the size of its parts is not believed: nothing
// is inflated, nor made room for, beyond what a tile may be and a file has.
func TestReaderBelievesNoSize(t *testing.T) {
	_, name := example{0: []byte("all"), 2: bytes.Repeat([]byte{0}, mostTile+1)}.write(t)
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	bomb, err := r.Tile(2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Unzip(bomb); !errors.Is(err, ErrFormat) {
		t.Errorf("a bomb is inflated: %v", err)
	}
	for _, e := range []entry{
		{run: 1, length: mostTile},
		{run: 1, length: math.MaxUint32},
		{run: 1, length: 1, offset: 1 << 40},
		{length: most - 1},
		{length: 1, offset: 1 << 63},
	} {
		lying, before := Reader{Header: r.Header, in: r.in, top: []entry{e}}, allocated()
		if tile, err := lying.Tile(0); !errors.Is(err, ErrFormat) {
			t.Errorf("%+v: %d bytes, %v", e, len(tile), err)
		}
		if grown := allocated() - before; grown > 1<<20 {
			t.Errorf("%+v: %d bytes are made room for", e, grown)
		}
	}
	itself := "\x01\x00\x00\x05\x01" // a directory of one entry, itself
	turning := Reader{Header: Header{bare: true}, in: strings.NewReader(itself), top: []entry{{length: 5}}}
	if _, err := turning.Tile(0); !errors.Is(err, ErrFormat) {
		t.Errorf("a directory that names itself: %v", err)
	}
}

// allocated is how many bytes the process has made room for so far.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// Whatever a file holds, reading it ends with tiles or an error.
func FuzzReader(f *testing.F) {
	_, name := sea(40).write(f)
	good, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:200])
	f.Add((&Header{MaxZoom: 3, root: section{127, 1 << 60}}).encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := NewReader(bytes.NewReader(data))
		if err != nil {
			return
		}
		seen := 0
		for id, err := range r.IDs() {
			if seen++; err != nil || seen > 1000 {
				break
			}
			if _, err := r.Tile(id); err != nil {
				break
			}
		}
		_ = r.Metadata(new(any))
	})
}

// What an archive costs beside its tiles.
func BenchmarkWriter(b *testing.B) {
	e := sea(65_000)
	ids := e.ids()
	f, err := os.Create(filepath.Join(b.TempDir(), "a"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	for b.Loop() {
		w, err := NewWriter(f, somewhere)
		if err != nil {
			b.Fatal(err)
		}
		for _, id := range ids {
			if err := w.Add(id, e[id]); err != nil {
				b.Fatal(err)
			}
		}
		if _, err := w.Close(nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(ids)), "ns/tile")
}
