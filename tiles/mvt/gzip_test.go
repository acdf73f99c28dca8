package mvt

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
)

// unzip reads with the standard library.
func unzip(t *testing.T, packed []byte) []byte {
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

// someLayer returns a tile of n features like those of grids.
func someLayer(n int, seed uint64) []byte {
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
	tile := someLayer(60, 1)
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
		packed := AppendGzip([]byte("before"), data)
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
		tile := someLayer(1+int(seed*seed*9), seed)
		packed := AppendGzip(nil, tile)
		if !bytes.Equal(unzip(t, packed), tile) {
			t.Fatalf("seed %d: a tile of %d bytes comes out otherwise", seed, len(tile))
		}
		if !bytes.Equal(AppendGzip(make([]byte, 0, 1<<20), tile), packed) {
			t.Errorf("seed %d: packed twice it is not the same", seed)
		}
		if seed > 3 && len(packed)*3 > len(tile)*2 {
			t.Errorf("seed %d: %d bytes are packed to %d", seed, len(tile), len(packed))
		}
	}
}

// Every length and distance there is can be referred to.
func TestGzipReferences(t *testing.T) {
	t.Parallel()
	data := make([]byte, window+2*longestRepeat+40)
	rng := rand.New(rand.NewPCG(1, 1))
	for k := range data {
		data[k] = byte(rng.Uint32())
	}
	for back := 1; back <= window; back += 1 + back/2 {
		for n := shortestRepeat; n <= 2*longestRepeat+3; n += 1 + n/5 {
			at := len(data) - 2*longestRepeat - 8
			for k := range n {
				data[at+k] = data[at+k-back]
			}
			p := packer{data: data[:at+n], out: make([]byte, 2*len(data)), at: 0}
			for _, c := range opening {
				p.put(c)
			}
			p.literals(at)
			p.repeat(n, back)
			p.put(literals[endOfBlock])
			packed := append([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 255}, p.out[:p.at+int(p.n+7)/8]...)
			r, err := gzip.NewReader(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			plain := make([]byte, at+n)
			if _, err := io.ReadFull(r, plain); err != nil || !bytes.Equal(plain, data[:at+n]) {
				t.Fatalf("%d bytes from %d back: %v", n, back, err)
			}
		}
	}
}
