package tiles_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"gridmap/geo"
	"gridmap/tiles"
)

// whole asks for the tile that shows most of a county.
func whole(p *tiles.Picture, layer string) tiles.Query {
	for _, at := range around(p, 9) {
		q := tiles.Query{Layer: layer, Address: at}
		if data, err := p.Tile(q); err == nil && len(data) > 2000 {
			return q
		}
	}
	return tiles.Query{}
}

func tagOf(t testing.TB, p *tiles.Picture, q tiles.Query) string {
	t.Helper()
	tag, err := p.ETag(q)
	if err != nil {
		t.Fatal(err)
	}
	return tag
}

func TestCacheDrawsWhatItShowsOnce(t *testing.T) {
	t.Parallel()
	p, c := pictureOf(t, "mini"), tiles.NewCache(1<<20)
	q := whole(p, tiles.Grids)
	tag := tagOf(t, p, q)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			tile, err := c.Tile(p, q, tag, tiles.Plain)
			if plain, _ := p.Tile(q); err != nil || tile.ETag != tag || !bytes.Equal(tile.Data, plain) {
				t.Errorf("tile %s of %d bytes, error %v", tile.ETag, len(tile.Data), err)
			}
		})
	}
	all.Wait()
	if _, misses, _ := c.Stats(); misses != 1 {
		t.Errorf("drawn %d times, want once", misses)
	}
}

func TestCacheStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	const limit = 100_000
	p, c := pictureOf(t, "mini"), tiles.NewCache(limit)
	most := int64(0)
	for z := uint32(8); z <= 15; z++ {
		for _, at := range around(p, z) {
			q := tiles.Query{Layer: tiles.Grids, Address: at}
			if _, err := c.Tile(p, q, tagOf(t, p, q), tiles.Plain); err != nil {
				t.Fatal(err)
			}
			_, _, size := c.Stats()
			most = max(most, size)
		}
	}
	if most > limit || most < limit/2 {
		t.Errorf("up to %d bytes held, limit %d", most, limit)
	}
}

// Memory that is used again is never that of a tile somebody reads: many read
// tiles of a cache that forgets most of them at once, some of them one tile
// together, and not all say when they are done.
func TestTilesThatAreReadKeepTheirBytes(t *testing.T) {
	t.Parallel()
	p := pictureOf(t, "lan")
	type one struct {
		q    tiles.Query
		tag  string
		want []byte
	}
	var all []one
	for z := uint32(9); z <= 12; z++ {
		for _, at := range around(p, z) {
			q := tiles.Query{Layer: tiles.Grids, Address: at}
			tag := tagOf(t, p, q)
			tile, err := tiles.NewCache(0).Tile(p, q, tag, tiles.Gzipped)
			if err != nil {
				t.Fatal(err)
			}
			if len(tile.Data) > 4<<10 && len(all) < 20 {
				all = append(all, one{q, tag, tile.Data}) // never released
			}
		}
	}
	if len(all) < 20 {
		t.Fatalf("only %d tiles of some size", len(all))
	}
	for _, limit := range []int64{0, 100_000} {
		c := tiles.NewCache(limit)
		var readers sync.WaitGroup
		for k := range 16 {
			random := rand.New(rand.NewPCG(uint64(limit), uint64(k)))
			readers.Go(func() {
				for i := range 60 {
					a := all[(i+random.IntN(2))%len(all)]
					tile, err := c.Tile(p, a.q, a.tag, tiles.Gzipped)
					runtime.Gosched()
					if err != nil || !bytes.Equal(tile.Data, a.want) {
						t.Errorf("limit %d, tile %v: %d bytes that are not its own, %v", limit, a.q.Address, len(tile.Data), err)
						return
					}
					if random.IntN(8) > 0 {
						tile.Release()
					}
				}
			})
		}
		readers.Wait()
	}
}

func TestCacheForgetsFailures(t *testing.T) {
	t.Parallel()
	p, c := pictureOf(t, "mini"), tiles.NewCache(1<<20)
	for range 2 {
		if _, err := c.Tile(p, tiles.Query{Layer: "nothing"}, "tag", tiles.Plain); !errors.Is(err, geo.ErrNotFound) {
			t.Fatalf("error %v, want ErrNotFound", err)
		}
	}
	if hits, misses, size := c.Stats(); hits != 0 || misses != 0 || size != 0 {
		t.Errorf("%d hits, %d misses, %d bytes after failures", hits, misses, size)
	}
}

func TestCacheCodesWhatIsLarge(t *testing.T) {
	t.Parallel()
	p, c := pictureOf(t, "mini"), tiles.NewCache(1<<20)
	q := whole(p, tiles.Grids)
	plain, err := p.Tile(q)
	if err != nil {
		t.Fatal(err)
	}
	open := map[tiles.Coding]func([]byte) ([]byte, error){
		tiles.Plain: func(b []byte) ([]byte, error) { return b, nil },
		tiles.Gzipped: func(b []byte) ([]byte, error) {
			r, err := gzip.NewReader(bytes.NewReader(b))
			if err != nil {
				return nil, err
			}
			return io.ReadAll(r)
		},
		tiles.Zstd: func(b []byte) ([]byte, error) {
			r, err := zstd.NewReader(nil)
			if err != nil {
				return nil, err
			}
			defer r.Close()
			return r.DecodeAll(b, nil)
		},
	}
	for coding, read := range open {
		tile, err := c.Tile(p, q, tagOf(t, p, q), coding)
		if err != nil || tile.Coding != coding {
			t.Fatalf("%q: coded as %q, error %v", coding, tile.Coding, err)
		}
		if got, err := read(tile.Data); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%q: opens to %d bytes, want %d; %v", coding, len(got), len(plain), err)
		}
	}
	small := tiles.Query{Layer: "county", Address: q.Address}
	if tile, err := c.Tile(p, small, tagOf(t, p, small), tiles.Gzipped); err != nil || len(tile.Data) >= 1024 || tile.Coding != tiles.Plain {
		t.Errorf("a tile of %d bytes is coded as %q, error %v", len(tile.Data), tile.Coding, err)
	}
}

// A cached tile of a county: what every visitor after the first costs.
func BenchmarkCacheHit(b *testing.B) {
	p, c := pictureOf(b, "mini"), tiles.NewCache(1<<20)
	q := whole(p, tiles.Grids)
	for b.Loop() {
		tag, err := p.ETag(q)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Tile(p, q, tag, tiles.Gzipped); err != nil {
			b.Fatal(err)
		}
	}
}
