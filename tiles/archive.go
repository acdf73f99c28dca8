package tiles

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"
	"sync/atomic"

	"gridmap/geo"
	"gridmap/geo/topo"
	"gridmap/tiles/pmtiles"
)

// An Archive says which tiles of a plan stand in an archive.
type Archive struct {
	Layers           []string
	MinZoom, MaxZoom uint32
}

// ArchiveLayers are what an archive holds if nothing else is asked: what a map
// without a service behind it draws.
func ArchiveLayers() []string { return []string{Grids, Boundaries, Labels, Dedicated} }

// ArchiveMetadata is what an archive says of itself besides its header.
type ArchiveMetadata struct {
	Name        string        `json:"name"`
	Description string        `json:"description,omitempty"`
	Type        string        `json:"type"`    // overlay
	Version     string        `json:"version"` // 1.0.{revision of the plan}
	Generator   string        `json:"generator"`
	Layers      []VectorLayer `json:"vector_layers"`
	Gridmap     ArchiveOrigin `json:"gridmap"`
}

// An ArchiveOrigin says what an archive was drawn from.
type ArchiveOrigin struct {
	Territory string       `json:"territory"` // its code
	Plan      geo.PlanID   `json:"plan"`
	Revision  geo.Revision `json:"revision"` // of the plan
	Layers    []string     `json:"layers"`
	MinZoom   uint32       `json:"minzoom"`
	MaxZoom   uint32       `json:"maxzoom"`
}

// Write draws every tile of the plan into an archive. Errors: a
// *[geo.InvalidError] for layers or zooms that cannot be, [pmtiles.ErrEmpty]
// when there is nothing to draw.
func (ar Archive) Write(ctx context.Context, p *Picture, out io.WriteSeeker) (pmtiles.Header, error) {
	meta, err := ar.metadata(p)
	if err != nil {
		return pmtiles.Header{}, err
	}
	bounds := p.Layering().Bounds
	w, err := pmtiles.NewWriter(out, pmtiles.Header{Zipped: true, Bounds: bounds, Center: middle(bounds), CenterZoom: uint8(ar.MinZoom)})
	if err != nil {
		return pmtiles.Header{}, err
	}
	for tile, err := range ar.draw(ctx, p) {
		if err == nil {
			err = w.Add(tile.id, tile.zipped)
		}
		if err != nil {
			return pmtiles.Header{}, err
		}
	}
	return w.Close(meta)
}

func middle(b topo.Box) topo.Point {
	return topo.Point{X: b.Min.X + int32((int64(b.Max.X)-int64(b.Min.X))/2), Y: b.Min.Y + int32((int64(b.Max.Y)-int64(b.Min.Y))/2)}
}

// metadata checks the archive's layers and zooms and describes them.
func (ar Archive) metadata(p *Picture) (ArchiveMetadata, error) {
	a := p.Atlas()
	switch {
	case ar.MaxZoom > MaxZoom:
		return ArchiveMetadata{}, &geo.InvalidError{Field: "max-zoom", Reason: fmt.Sprintf("%d is deeper than %d, the last that is drawn", ar.MaxZoom, MaxZoom)}
	case ar.MinZoom > ar.MaxZoom:
		return ArchiveMetadata{}, &geo.InvalidError{Field: "min-zoom", Reason: fmt.Sprintf("%d is deeper than the last zoom, %d", ar.MinZoom, ar.MaxZoom)}
	case len(ar.Layers) == 0:
		return ArchiveMetadata{}, &geo.InvalidError{Field: "layers", Reason: "names none"}
	}
	m := ArchiveMetadata{Name: a.Territory().Name.ZH, Description: a.Plan().Name, Type: "overlay",
		Version: fmt.Sprintf("1.0.%d", a.Plan().Revision), Generator: "gridmap",
		Gridmap: ArchiveOrigin{Territory: a.Territory().Code, Plan: a.Plan().ID, Revision: a.Plan().Revision,
			Layers: ar.Layers, MinZoom: ar.MinZoom, MaxZoom: ar.MaxZoom}}
	for _, layer := range ar.Layers {
		described, known := p.Layering().Describe(layer, "", "", "")
		if !known {
			return ArchiveMetadata{}, &geo.InvalidError{Field: "layers", Reason: fmt.Sprintf("the plan has no layer %q", layer)}
		}
		m.Layers = append(m.Layers, described.Layers...)
	}
	return m, nil
}

// A drawnTile is one of an archive: empty ones have no bytes.
type drawnTile struct {
	id     uint64
	zipped []byte
	err    error
}

// atOnce is how many tiles are in memory at a time.
const atOnce = 512

// draw yields every tile over the plan in the order of an archive, drawn on
// all processors, until an error or the end of ctx, which it yields last.
func (ar Archive) draw(ctx context.Context, p *Picture) iter.Seq2[drawnTile, error] {
	return func(yield func(drawnTile, error) bool) {
		batch := make([]drawnTile, 0, atOnce)
		flush := func() bool {
			ar.drawBatch(ctx, p, batch)
			for _, tile := range batch {
				if !yield(tile, tile.err) || tile.err != nil {
					return false
				}
			}
			batch = batch[:0]
			return true
		}
		for z := ar.MinZoom; z <= ar.MaxZoom; z++ {
			over := rangeOf(z, p.Layering().Bounds)
			for id := range (pmtiles.Range{Z: z, MinX: over.X[0], MinY: over.Y[0], MaxX: over.X[1], MaxY: over.Y[1]}).All() {
				if batch = append(batch, drawnTile{id: id}); len(batch) == atOnce && !flush() {
					return
				}
			}
		}
		flush()
	}
}

// drawBatch draws tiles on all processors.
func (ar Archive) drawBatch(ctx context.Context, p *Picture, batch []drawnTile) {
	var next atomic.Int64
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= len(batch) {
					return
				}
				if batch[i].err = ctx.Err(); batch[i].err == nil {
					batch[i].zipped, batch[i].err = ar.drawTile(p, batch[i].id)
				}
			}
		})
	}
	all.Wait()
}

func (ar Archive) drawTile(p *Picture, id uint64) ([]byte, error) {
	z, x, y := pmtiles.Place(id)
	var plain []byte
	for _, layer := range ar.Layers {
		// A vector tile is a list of layers, so tiles join end to end.
		one, err := p.Tile(Query{Layer: layer, Address: Address{z, x, y}})
		if err != nil {
			return nil, fmt.Errorf("tile %s/%d/%d/%d: %w", layer, z, x, y, err)
		}
		plain = append(plain, one...)
	}
	if len(plain) == 0 {
		return nil, nil
	}
	return pmtiles.Zip(nil, plain)
}

// A Manifest lists the tiles in which a plan differs from an archive of it.
type Manifest struct {
	Territory string       `json:"territory"`
	Plan      geo.PlanID   `json:"plan"`
	From      geo.Revision `json:"from"` // of the archive
	To        geo.Revision `json:"to"`   // of the plan as it stands
	Layers    []string     `json:"layers"`
	Changed   []Address    `json:"changed"` // new ones among them
	Gone      []Address    `json:"gone"`    // now without a feature
}

// ChangedSince draws the archive's tiles anew and compares: drawing gives the
// same bytes for the same content. Errors: a *[geo.InvalidError] for an
// archive of another territory, [pmtiles.ErrFormat] for a damaged one.
func ChangedSince(ctx context.Context, old *pmtiles.Reader, p *Picture) (Manifest, error) {
	var was ArchiveMetadata
	if err := old.Metadata(&was); err != nil {
		return Manifest{}, err
	}
	from := was.Gridmap
	ar := Archive{Layers: from.Layers, MinZoom: from.MinZoom, MaxZoom: from.MaxZoom}
	now, err := ar.metadata(p)
	if err != nil {
		return Manifest{}, fmt.Errorf("the archive was not made by gridmap from this plan: %w", err)
	}
	if from.Territory != now.Gridmap.Territory {
		return Manifest{}, &geo.InvalidError{Field: "since", Reason: fmt.Sprintf("the archive is of territory %q, not of %q", from.Territory, now.Gridmap.Territory)}
	}
	m := Manifest{Territory: from.Territory, Plan: now.Gridmap.Plan, From: from.Revision, To: now.Gridmap.Revision, Layers: ar.Layers,
		Changed: []Address{}, Gone: []Address{}}
	return m, m.compare(ctx, ar, old, p)
}

// compare walks the archive and the plan side by side, as both have their
// tiles in the same order.
func (m *Manifest) compare(ctx context.Context, ar Archive, old *pmtiles.Reader, p *Picture) error {
	next, stop := iter.Pull2(old.IDs())
	defer stop()
	id, err, more := next()
	gone := func() {
		m.Gone = append(m.Gone, addressOf(id))
		id, err, more = next()
	}
	for tile, drawErr := range ar.draw(ctx, p) {
		if drawErr != nil {
			return drawErr
		}
		for more && err == nil && id < tile.id {
			gone()
		}
		if err != nil {
			return err
		}
		var before []byte
		if more && id == tile.id {
			if before, err = old.Tile(id); err != nil {
				return err
			}
			id, err, more = next()
		}
		if err := m.note(tile, before); err != nil {
			return err
		}
	}
	for more && err == nil {
		gone()
	}
	return err
}

// note lists a tile that is not what it was.
func (m *Manifest) note(tile drawnTile, before []byte) error {
	switch {
	case bytes.Equal(tile.zipped, before):
		return nil
	case len(tile.zipped) == 0:
		m.Gone = append(m.Gone, addressOf(tile.id))
		return nil
	case len(before) > 0: // another version may have zipped it otherwise
		then, err := pmtiles.Unzip(before)
		if err != nil {
			return err
		}
		if now, err := pmtiles.Unzip(tile.zipped); err != nil || bytes.Equal(then, now) {
			return err
		}
	}
	m.Changed = append(m.Changed, addressOf(tile.id))
	return nil
}

func addressOf(id uint64) Address {
	z, x, y := pmtiles.Place(id)
	return Address{Z: z, X: x, Y: y}
}
