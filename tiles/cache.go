package tiles

import (
	"bytes"
	"container/list"
	"strconv"
	"sync"

	"golang.org/x/sync/singleflight"

	"gridmap/geo"
)

// A Tile is a tile as it is sent. Without features it has no bytes.
type Tile struct {
	Data   []byte // Mapbox Vector Tile, coded; not to be changed
	Coding Coding // [Plain] where coding would not be worth it
	ETag   string // says what it shows; the same for every coding
	body   *body  // that Data stand in, if they may be used again
}

// Release says that Data are read no more by whom [Cache.Tile] gave the tile;
// their memory may be used again then. It is called at most once, or not at all.
func (t Tile) Release() { t.body.release() }

// A Cache remembers tiles by what they show: an edit needs no purge, since
// nobody asks for the old content any more and it ages out. A tile that an
// edit did not touch stays. Tiles asked for by many at once are drawn once.
type Cache struct {
	flight singleflight.Group

	mu     sync.Mutex
	limit  int64
	size   int64
	tiles  map[cacheKey]*list.Element // of *entry
	recent list.List                  // front: asked for last
	hits   uint64
	misses uint64
}

// A cacheKey says what is in a tile. The plan is in it so that no plan is
// answered for by another's tiles.
type cacheKey struct {
	plan   geo.PlanID
	layer  string
	at     Address
	tag    string
	coding Coding
}

// text is another for every key.
func (k cacheKey) text() string {
	b := make([]byte, 0, 128)
	for _, n := range [...]int64{int64(k.plan), int64(k.at.Z), int64(k.at.X), int64(k.at.Y)} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	for _, word := range [...]string{k.layer, k.tag, string(k.coding)} {
		b = append(append(strconv.AppendInt(b, int64(len(word)), 10), ' '), word...)
	}
	return string(b)
}

type entry struct {
	key  cacheKey
	tile Tile
	size int64
}

// NewCache returns a cache of at most limit bytes of tiles.
func NewCache(limit int64) *Cache {
	return &Cache{limit: limit, tiles: map[cacheKey]*list.Element{}}
}

// Tile returns the tile that the picture draws, in the coding if that is worth
// it. The tag must be that of [Picture.ETag]. Who has read it may release it.
// Errors are those of [Picture.Tile].
func (c *Cache) Tile(p *Picture, q Query, tag string, coding Coding) (Tile, error) {
	key := cacheKey{p.Atlas().Plan().ID, q.Layer, q.Address, tag, coding}
	if tile, ok := c.remembered(key); ok {
		return tile, nil
	}
	drawn, err, shared := c.flight.Do(key.text(), func() (any, error) {
		// A drawing may have ended between the look above and this flight.
		if tile, ok := c.remembered(key); ok {
			return tile, nil
		}
		tile, err := p.packed(q, tag, coding)
		if err != nil {
			return nil, err
		}
		c.remember(key, tile)
		return tile, nil
	})
	if err != nil {
		return Tile{}, err
	}
	tile := drawn.(Tile)
	if shared {
		tile.body = nil // held once by all of them: nobody knows who is the last
	}
	return tile, nil
}

// packed draws a tile and packs it.
func (p *Picture) packed(q Query, tag string, coding Coding) (Tile, error) {
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	d := desks.Get().(*desk)
	defer desks.Put(d)
	data, err := p.appendTile((*buffer)[:0], q, d)
	if err != nil {
		return Tile{}, err
	}
	*buffer = data
	tile := packDrawn(data, d.layer.Hints(), q.Layer, tag, coding)
	if tile.Coding == Plain {
		tile.Data = bytes.Clone(data)
	}
	return tile, nil
}

// Stats returns how many tiles were remembered and how many drawn, and the
// bytes held.
func (c *Cache) Stats() (hits, misses uint64, size int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hits, c.misses, c.size
}

func (c *Cache) remembered(key cacheKey) (Tile, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.tiles[key]
	if !ok {
		return Tile{}, false
	}
	c.hits++
	c.recent.MoveToFront(at)
	tile := at.Value.(*entry).tile
	tile.body.hold()
	return tile, true
}

func (c *Cache) remember(key cacheKey, tile Tile) {
	const overhead = 300 // the entry itself and its place in map and list
	e := &entry{key: key, tile: tile, size: int64(cap(tile.Data)+len(key.layer)+len(key.tag)) + overhead}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.misses++
	if _, there := c.tiles[key]; there || e.size > c.limit {
		return
	}
	tile.body.hold()
	c.tiles[key] = c.recent.PushFront(e)
	c.size += e.size
	for c.size > c.limit {
		oldest := c.recent.Remove(c.recent.Back()).(*entry)
		delete(c.tiles, oldest.key)
		c.size -= oldest.size
		oldest.tile.body.release()
	}
}
