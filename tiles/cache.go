package tiles

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/sync/singleflight"
)

// zipFrom is the size from which a tile is worth compressing.
const zipFrom = 1 << 10

// drawTime bounds one drawing, whoever waits for it.
const drawTime = 5 * time.Second

// A Cache is a [Source] that remembers what a [Drawer] drew, by revision: an
// edit needs no purge, since nobody asks for the old revision any more and
// its tiles age out. Tiles asked for by many at once are drawn once.
type Cache struct {
	drawer Drawer
	flight singleflight.Group

	mu     sync.Mutex
	limit  int64
	size   int64
	tiles  map[Request]*list.Element // of *entry
	recent list.List                 // front: asked for last
	hits   uint64
	misses uint64
}

type entry struct {
	key  Request
	tile Tile
	size int64
}

// NewCache returns a cache of at most limit bytes of tiles.
func NewCache(d Drawer, limit int64) *Cache {
	return &Cache{drawer: d, limit: limit, tiles: map[Request]*list.Element{}}
}

// Tile returns the tile, drawn at most once per revision while remembered. A
// caller who gives up does not stop a drawing that others wait for.
func (c *Cache) Tile(ctx context.Context, r Request) (Tile, error) {
	if tile, ok := c.remembered(r); ok {
		return tile, nil
	}
	key := fmt.Sprintf("%d/%d/%s/%d/%d/%d", r.Plan, r.Revision, r.Layers, r.Z, r.X, r.Y)
	drawn := c.flight.DoChan(key, func() (any, error) {
		// A drawing may have ended between the look above and this flight.
		if tile, ok := c.remembered(r); ok {
			return tile, nil
		}
		drawing, cancel := context.WithTimeout(context.WithoutCancel(ctx), drawTime)
		defer cancel()
		return c.draw(drawing, r)
	})
	select {
	case <-ctx.Done():
		return Tile{}, ctx.Err()
	case result := <-drawn:
		if result.Err != nil {
			return Tile{}, result.Err
		}
		return result.Val.(Tile), nil
	}
}

// Stats returns how many tiles were remembered and how many drawn, and the
// bytes held.
func (c *Cache) Stats() (hits, misses uint64, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses, c.size
}

func (c *Cache) remembered(r Request) (Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.tiles[r]
	if !ok {
		return Tile{}, false
	}
	c.hits++
	c.recent.MoveToFront(at)
	return at.Value.(*entry).tile, true
}

func (c *Cache) draw(ctx context.Context, r Request) (Tile, error) {
	c.mu.Lock()
	c.misses++
	c.mu.Unlock()
	var data []byte
	for _, layer := range r.Layers.Names() {
		// A vector tile is a list of layers, so tiles join end to end.
		drawn, err := c.drawer.Tile(ctx, r.Plan, layer, r.Z, r.X, r.Y)
		if err != nil {
			return Tile{}, fmt.Errorf("tile %s/%d/%d/%d of plan %d: %w", layer, r.Z, r.X, r.Y, r.Plan, err)
		}
		data = append(data, drawn...)
	}
	tile := Tile{Data: data, ETag: fmt.Sprintf(`W/"%d-%d"`, r.Plan, r.Revision)}
	if len(data) >= zipFrom {
		var err error
		if tile.Zip, err = zip(data); err != nil {
			return Tile{}, err
		}
	}
	c.remember(r, tile)
	return tile, nil
}

func (c *Cache) remember(r Request, tile Tile) {
	const overhead = 200 // the entry itself and its place in map and list
	e := &entry{key: r, tile: tile, size: int64(len(tile.Data)+len(tile.Zip)+len(r.Layers)) + overhead}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.tiles[r]; there || e.size > c.limit {
		return
	}
	c.tiles[r] = c.recent.PushFront(e)
	c.size += e.size
	for c.size > c.limit {
		oldest := c.recent.Remove(c.recent.Back()).(*entry)
		delete(c.tiles, oldest.key)
		c.size -= oldest.size
	}
}

func zip(data []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
