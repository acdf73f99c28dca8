package tiles

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"gridmap/geo"
)

// A painter draws tiles of a size and counts how many; its gate, if any,
// holds every drawing up.
type painter struct {
	size  int
	drawn atomic.Int64
	gate  chan struct{}
	err   error
}

func (p *painter) Tile(ctx context.Context, plan geo.PlanID, layer string, z, x, y uint32) ([]byte, error) {
	p.drawn.Add(1)
	if p.gate != nil {
		select {
		case <-p.gate:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return bytes.Repeat([]byte{byte(x)}, p.size), p.err
}

func TestCacheDrawsEachRevisionOnce(t *testing.T) {
	t.Parallel()
	p := &painter{size: 10}
	c := NewCache(p, 1<<20)
	r := Request{Plan: 1, Revision: 7, Layers: "grids", Address: Address{5, 3, 4}}
	for range 3 {
		tile, err := c.Tile(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if tile.ETag != `W/"1-7"` || len(tile.Data) != 10 || tile.Zip != nil {
			t.Fatalf("tile %+v", tile)
		}
	}
	r.Revision = 8
	if _, err := c.Tile(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if n := p.drawn.Load(); n != 2 {
		t.Errorf("%d tiles drawn, want one a revision", n)
	}
}

func TestCacheStaysWithinItsLimit(t *testing.T) {
	t.Parallel()
	c := NewCache(&painter{size: 900}, 10_000)
	for x := range uint32(100) {
		if _, err := c.Tile(t.Context(), Request{Plan: 1, Layers: "grids", Address: Address{10, x, 0}}); err != nil {
			t.Fatal(err)
		}
		if _, _, size := c.Stats(); size > 10_000 {
			t.Fatalf("%d bytes held after %d tiles", size, x+1)
		}
	}
	if _, misses, size := c.Stats(); misses != 100 || size < 8_000 {
		t.Errorf("%d misses, %d bytes held", misses, size)
	}
}

func TestCacheDrawsOnceForManyAtATime(t *testing.T) {
	t.Parallel()
	p := &painter{size: 10, gate: make(chan struct{})}
	c := NewCache(p, 1<<20)
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if _, err := c.Tile(t.Context(), Request{Plan: 1, Layers: "grids"}); err != nil {
				t.Error(err)
			}
		})
	}
	for p.drawn.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	close(p.gate)
	all.Wait()
	if n := p.drawn.Load(); n != 1 {
		t.Errorf("drawn %d times, want once", n)
	}
}

func TestCacheGivesUpForOneCallerOnly(t *testing.T) {
	t.Parallel()
	p := &painter{size: 10, gate: make(chan struct{})}
	c := NewCache(p, 1<<20)
	short, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() {
		_, err := c.Tile(short, Request{Plan: 1, Layers: "grids"})
		gone <- err
	}()
	for p.drawn.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	cancel()
	if err := <-gone; !errors.Is(err, context.Canceled) {
		t.Errorf("who gave up got %v", err)
	}
	close(p.gate)
	if _, err := c.Tile(t.Context(), Request{Plan: 1, Layers: "grids"}); err != nil {
		t.Error(err)
	}
	if n := p.drawn.Load(); n != 1 {
		t.Errorf("drawn %d times: the first drawing was thrown away", n)
	}
}

func TestCacheJoinsLayers(t *testing.T) {
	t.Parallel()
	p := &painter{size: 10}
	tile, err := NewCache(p, 1<<20).Tile(t.Context(), Request{Plan: 1, Layers: JoinLayers("secondary", "micro")})
	if err != nil || len(tile.Data) != 20 || p.drawn.Load() != 2 {
		t.Errorf("%d bytes of %d drawings, error %v", len(tile.Data), p.drawn.Load(), err)
	}
}

func TestCacheForgetsFailures(t *testing.T) {
	t.Parallel()
	p := &painter{err: geo.ErrNotFound}
	c := NewCache(p, 1<<20)
	for range 2 {
		if _, err := c.Tile(t.Context(), Request{Plan: 1, Layers: "nothing"}); !errors.Is(err, geo.ErrNotFound) {
			t.Fatalf("error %v, want ErrNotFound", err)
		}
	}
	if n := p.drawn.Load(); n != 2 {
		t.Errorf("asked %d times, want twice: a failure may pass", n)
	}
}

func TestCacheZipsWhatIsLarge(t *testing.T) {
	t.Parallel()
	c := NewCache(&painter{size: 5000}, 1<<20)
	tile, err := c.Tile(t.Context(), Request{Plan: 1, Layers: "grids", Address: Address{4, 7, 7}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := gzip.NewReader(bytes.NewReader(tile.Zip))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil || !bytes.Equal(plain, tile.Data) {
		t.Errorf("zip of %d bytes opens to %d bytes, error %v", len(tile.Zip), len(plain), err)
	}
}

// A cached tile of a county town: what every visitor after the first costs.
func BenchmarkCacheHit(b *testing.B) {
	c := NewCache(&painter{size: 60_000}, 1<<20)
	r := Request{Plan: 1, Revision: 7, Layers: "grids", Address: Address{12, 3, 4}}
	for b.Loop() {
		if _, err := c.Tile(b.Context(), r); err != nil {
			b.Fatal(err)
		}
	}
}
