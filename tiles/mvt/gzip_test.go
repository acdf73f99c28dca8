package mvt

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// unzip reads with the standard library.
func unzip(t rapid.TB, packed []byte) []byte {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// someLayer returns a tile of n features like those of grids; when long, some are
// longer than a reference reaches.
func someLayer(n int, seed uint64, long bool) []byte {
	rng := rand.New(rand.NewPCG(seed, 3))
	var l Layer
	l.Reset(nil, "grids")
	code, name, kind, parent := l.Key("code"), l.Key("name_zh"), l.Key("kind"), l.Key("parent")
	for i := range n {
		l.Begin(uint64(1000+i), PolygonType)
		l.Tag(code, l.Unique(fmt.Sprintf("99%07d-%03d", i/20, i%20)))
		l.Tag(name, l.String(fmt.Sprintf("第%d网格%d号", i/20, rng.IntN(500))))
		l.Tag(kind, l.String("general"))
		l.Tag(parent, l.Int(int64(i/20)))
		ring := make([]Point, 3+rng.IntN(9))
		if i%7 == 3 && long {
			ring = make([]Point, 12_000)
		}
		for k := range ring {
			ring[k] = Point{rng.Int32N(4096), rng.Int32N(4096)}
		}
		l.Path(pathOf(ring))
		l.End()
	}
	return l.Tile()
}

// Whatever is packed comes out again: tiles, tiles cut off and changed, and
// what is no tile at all; and behind what stood there.
func FuzzAppendGzip(f *testing.F) {
	tile := someLayer(60, 1, false)
	f.Add(tile, 0)
	f.Add(tile[:len(tile)/2], 100)
	f.Add(bytes.Repeat([]byte{0x1a, 0xff, 0xff, 0x03, 0x12, 0x08, 0x08, 0x01, 0x12, 0x04}, 40), 3)
	f.Add([]byte{0x1a}, 0)
	f.Add([]byte("\x1a\x0f\x22\x00\x22\x0babcdefghijk"), 0) // an empty value before a long one
	f.Add([]byte(nil), 0)
	f.Add(bytes.Repeat([]byte{255}, 3000), 7)
	f.Fuzz(func(t *testing.T, data []byte, change int) {
		if len(data) > 0 {
			data = bytes.Clone(data)
			data[uint(change)%uint(len(data))] ^= byte(change >> 3)
		}
		packed := AppendGzip([]byte("before"), data, &Hints{})
		if !bytes.HasPrefix(packed, []byte("before")) || !bytes.Equal(unzip(t, packed[6:]), data) {
			t.Errorf("%x is packed as %x", data, packed)
		}
	})
}

// A random tile comes out again, far from its beginning too, and is packed to
// the same bytes every time.
func TestGzipOfTiles(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		tile := someLayer(1+int(seed*seed*9), seed, false)
		packed := AppendGzip(nil, tile, &Hints{})
		if !bytes.Equal(unzip(t, packed), tile) {
			t.Fatalf("seed %d: a tile of %d bytes comes out otherwise", seed, len(tile))
		}
		if !bytes.Equal(AppendGzip(make([]byte, 0, 1<<20), tile, &Hints{}), packed) {
			t.Errorf("seed %d: packed twice it is not the same", seed)
		}
		if seed > 3 && len(packed)*3 > len(tile)*2 {
			t.Errorf("seed %d: %d bytes are packed to %d", seed, len(tile), len(packed))
		}
	}
	if tile := someLayer(30, 1, true); !bytes.Equal(unzip(t, AppendGzip(nil, tile, &Hints{})), tile) {
		t.Errorf("a tile of %d bytes with long features comes out otherwise", len(tile))
	}
}

// Every length there is can be referred to, and some at every range of distances.
func TestGzipReferences(t *testing.T) {
	t.Parallel()
	data := make([]byte, window+2*longestRepeat+40)
	rng := rand.New(rand.NewPCG(1, 1))
	for k := range data {
		data[k] = byte(rng.Uint32())
	}
	for back := 1; back <= window; back += 1 + back/2 {
		for n := shortestRepeat; n <= 2*longestRepeat+3; n += 1 + n/5 {
			repeats(t, data, n, back)
		}
	}
	for n := shortestRepeat; n <= 2*longestRepeat+3; n++ {
		repeats(t, data, n, 4*longestRepeat)
	}
}

// repeats packs bytes that are repeated so many back, behind others.
func repeats(t *testing.T, data []byte, n, back int) {
	t.Helper()
	at := len(data) - 2*longestRepeat - 8
	for k := range n {
		data[at+k] = data[at+k-back]
	}
	p := packer{data: data[:at+n], out: make([]byte, 2*len(data))}
	for _, c := range opening {
		p.put(c)
	}
	p.refer(at, n, back)
	p.put(literals[endOfBlock])
	plain, err := io.ReadAll(flate.NewReader(bytes.NewReader(p.out[:p.at+int(p.n+7)/8])))
	if err != nil || !bytes.Equal(plain, data[:at+n]) {
		t.Fatalf("%d bytes from %d back: %v", n, back, err)
	}
}

// stocked returns a tile of n features with texts of their own, other values
// between, and those texts with the places where they stand.
func stocked(n int, rng *rand.Rand) (tile []byte, texts []string, places []int) {
	var l Layer
	l.Reset(nil, "grids")
	l.Begin(1, PointType)
	l.Points([]Point{{1, 1}})
	l.End()
	for i := range n {
		text := AppendText(nil, fmt.Sprintf("99%07d-%03d", i/20, i))
		text = AppendText(text, fmt.Sprintf("第%d网格%s号", i, bytes.Repeat([]byte{'a'}, rng.IntN(90))))
		if i%7 == 3 {
			text = AppendText(text, "Grid "+fmt.Sprint(i))
		}
		texts = append(texts, string(text))
		l.UniqueValue(string(text))
		for range rng.IntN(40) / 35 * rng.IntN(3000) {
			l.Int(rng.Int64()) // so many that a reference does not reach so far
		}
	}
	tile = l.Tile()
	at := 0
	for _, text := range texts {
		at += bytes.Index(tile[at:], []byte(text))
		places = append(places, at)
		at += len(text)
	}
	return tile, texts, places
}

// Texts packed beforehand come out again, and a tile is packed to the same
// bytes whichever of the texts that stand one behind the other are one run.
func TestGzipOfTexts(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 1))
		tile, texts, places := stocked(1+int(seed*seed), rng)
		var packed [3][]byte
		for k, most := range []int{1, 7, len(texts)} {
			var runs []Run
			for from := 0; from < len(texts); {
				to := from + 1
				for to < len(texts) && to-from < most && places[to] == places[to-1]+len(texts[to-1]) {
					to++
				}
				// The texts of a run stand among others.
				all := NewTexts(texts[from/2 : min(len(texts), to+3)])
				runs = append(runs, Run{Texts: all, From: from - from/2, To: to - from/2, At: places[from]})
				from = to
			}
			packed[k] = AppendGzip(nil, tile, &Hints{runs: runs})
		}
		if !bytes.Equal(unzip(t, packed[0]), tile) || !bytes.Equal(packed[0], packed[1]) || !bytes.Equal(packed[0], packed[2]) {
			t.Errorf("seed %d: %d, %d, %d bytes, or another tile", seed, len(packed[0]), len(packed[1]), len(packed[2]))
		}
	}
}

// polygons puts n features like those of grids into the layer, which have
// attributes in common with some of those before them, and returns the tile.
func polygons(l *Layer, n int, seed uint64) []byte {
	rng := rand.New(rand.NewPCG(seed, 2))
	l.Reset(nil, "grids")
	code, kind, parent := l.Key("code"), l.Key("kind"), l.Key("parent")
	commons := make([]Common, 1+n/9)
	for i := range commons {
		commons[i].Tags = AppendTag(AppendTag(nil, kind, l.String("general")), parent, l.UniqueInt(int64(i)<<20))
	}
	for i := range n {
		own := AppendTag(nil, code, l.Unique(fmt.Sprintf("99%07d-%03d", i/20, i%20)))
		ring := make([]Point, 3+rng.IntN(9))
		for k := range ring {
			ring[k] = Point{rng.Int32N(4096), rng.Int32N(4096)}
		}
		// One that comes again comes soon, but for some that are too far back then.
		common := &commons[min(len(commons)-1, i/9+rng.IntN(4))]
		if rng.IntN(50) == 0 {
			common = &commons[rng.IntN(1+i/9)]
		}
		l.Polygon(uint64(1000+i), own, common, pathOf(ring))
	}
	return l.Tile()
}

// A tile packed by what its layer knows of it comes out again, of any size, to
// the same bytes every time, and smaller than without.
func TestGzipByHints(t *testing.T) {
	t.Parallel()
	var l Layer
	for _, n := range []int{1, 2, 30, 300, 3000, 40_000} {
		tile := polygons(&l, n, uint64(n))
		packed := AppendGzip(nil, tile, l.Hints())
		if !bytes.Equal(unzip(t, packed), tile) {
			t.Fatalf("%d features come out otherwise", n)
		}
		if again := polygons(&l, n, uint64(n)); !bytes.Equal(again, tile) || !bytes.Equal(AppendGzip(nil, again, l.Hints()), packed) {
			t.Errorf("%d features are packed otherwise the second time", n)
		}
		if without := AppendGzip(nil, tile, &Hints{}); n > 30 && len(packed)*100 > len(without)*99 {
			t.Errorf("%d features take %d bytes, and %d when nothing is known of them", n, len(packed), len(without))
		}
	}
}
