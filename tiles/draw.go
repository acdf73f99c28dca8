package tiles

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"gridmap/geo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// ErrTooMuch is returned for a tile of a tier asked for by name that would
// hold more than can be sent.
var ErrTooMuch = errors.New("more in one tile than can be sent")

// A Query asks for one layer of one tile.
type Query struct {
	Layer string // the code of a tier or one of [Overlays]
	Address
	Props Props    // of grids; the zero value is the default set
	Day   geo.Date // that counts, posts and findings are of; 0 is today
}

// Dated reports whether what the tile shows may change without a change of the
// plan: from one day to the next, or with the records of the territory.
func (q Query) Dated() bool {
	return q.Props.own&counts != 0 || q.Props.metrics != "" || q.Layer == Workers || q.Layer == Compounds || q.Layer == Facilities || q.Layer == Buildings || q.Layer == Findings || q.Layer == Cells || q.Layer == Households
}

// A desk is what drawing a tile needs; desks are used again.
type desk struct {
	pen   mesh.Pen
	layer mvt.Layer
	lines [256][]stretch
	point [1]mvt.Point
	posts []mvt.Point
	keys  [16]uint32 // of the attributes of findings

	// Attributes of grids: code and names, what several may have in common, and
	// counts.
	own    [3]tag
	stock  bool // all of own are asked for, as they stand in texts
	tags   []tag
	parent tag
	counts []tag
	shown  []shownGrid
	common commons
	tagged []byte // the attributes of one grid, encoded
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// Tile draws a tile: Mapbox Vector Tile 2.1, one layer of the name asked for,
// plain. Where nothing lies there are no bytes. Equal pictures draw equal
// bytes. Errors: [geo.ErrNotFound] for a layer there is not, [ErrTooMuch],
// *[geo.InvalidError] for a metric that the territory has not, and those of the check for [Findings] and of the surface for [Cells].
func (p *Picture) Tile(q Query) ([]byte, error) {
	buffer := scratch.Get().(*[]byte)
	defer scratch.Put(buffer)
	data, err := p.AppendTile((*buffer)[:0], q)
	if err != nil || len(data) == 0 {
		return nil, err
	}
	*buffer = data
	return bytes.Clone(data), nil
}

// AppendTile appends what [Picture.Tile] draws to out, in the same memory as far
// as that goes.
func (p *Picture) AppendTile(out []byte, q Query) ([]byte, error) {
	d := desks.Get().(*desk)
	defer desks.Put(d)
	return p.appendTile(out, q, d)
}

// appendTile is [Picture.AppendTile] with a desk, whose layer then says where in
// the tile texts stand.
func (p *Picture) appendTile(out []byte, q Query, d *desk) ([]byte, error) {
	v, err := p.view(q)
	if err != nil {
		return nil, err
	}
	for {
		d.layer.Reset(out, q.Layer)
		if err := v.draw(d); err != nil {
			return nil, err
		}
		if !v.heavy || v.level == 0 || d.layer.Size() <= mostBytes {
			return d.layer.Tile(), nil
		}
		v.level--
	}
}

// ETag returns a tag that is the same for two pictures only if they draw the
// same tile. It follows from what the tile shows: it is equal on every
// machine, and when an edit is undone it is what it was before. Nothing is
// drawn for it. Errors are those of [Picture.Tile].
func (p *Picture) ETag(q Query) (string, error) {
	lasting := q.Day != 0 || !q.Dated()
	if tag, known := p.tags.get(q); known && lasting {
		return tag, nil
	}
	d := desks.Get().(*desk)
	defer desks.Put(d)
	v, err := p.view(q)
	if err != nil {
		return "", err
	}
	sum, err := v.sum(d)
	if err != nil {
		return "", err
	}
	h := digest(formatVersion).text(q.Layer).text(q.Props.metrics).number(uint64(v.props)).number(uint64(q.Z)).number(uint64(q.X)<<32 | uint64(q.Y))
	tag := fmt.Sprintf(`W/"%016x"`, uint64(h.number(sum)))
	if lasting {
		p.tags.put(q, tag)
	}
	return tag, nil
}

// tagsKnown remembers the tags of the tiles of a picture that were asked for.
type tagsKnown struct {
	mu sync.RWMutex
	of map[Query]string
}

// mostTags bounds the tags remembered, at about 150 bytes each.
const mostTags = 1 << 14

func (t *tagsKnown) get(q Query) (tag string, known bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	tag, known = t.of[q]
	return tag, known
}

func (t *tagsKnown) put(q Query, tag string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of == nil || len(t.of) >= mostTags {
		t.of = map[Query]string{}
	}
	t.of[q] = tag
}

// formatVersion is raised when the same plan comes to be drawn otherwise.
const formatVersion = 4

// A view is one query put to a picture.
type view struct {
	*Picture
	q     Query
	tile  mesh.Tile
	props attributes
	// metrics are those that grids have besides.
	metrics []measured
	level   int  // the deepest drawn, of layers that have several
	heavy   bool // it may be too large, and then a higher level is drawn
}

func (p *Picture) view(q Query) (*view, error) {
	level, known := p.layering.Has(q.Layer)
	if q.Layer == Households {
		level, known = -1, q.Z < HouseholdZoom
	}
	if !known || len(p.cuts) == 0 {
		return nil, fmt.Errorf("layer %q: %w", q.Layer, geo.ErrNotFound)
	}
	v := &view{Picture: p, q: q, tile: mesh.Tile(q.Address), props: q.Props.of(q.Layer), level: level}
	var err error
	if v.metrics, err = p.metricsAsked(q); err != nil {
		return nil, err
	}
	if level >= 0 {
		if p.layering.Levels[level].Grids > mostByName && v.cuts[level].Exceeds(v.tile, mostByName) {
			return nil, fmt.Errorf("%w: more than %d grids of tier %s in %d/%d/%d", ErrTooMuch, mostByName, q.Layer, q.Z, q.X, q.Y)
		}
		return v, nil
	}
	v.level = p.layering.Carries(q.Z)
	for v.level > 0 && v.cuts[v.level].Exceeds(v.tile, mostGrids) {
		v.level--
	}
	v.heavy = (q.Layer == Grids || q.Layer == Boundaries) && v.cuts[v.level].Exceeds(v.tile, manyGrids)
	return v, nil
}

// draw puts what the tile shows into the layer.
func (v *view) draw(d *desk) error {
	switch v.q.Layer {
	case Grids:
		v.setKeys(d)
		rank := v.rank(v.level)
		v.drawGrids(d, v.open, func(g *grid) bool { return g.rank <= rank })
		v.drawGrids(d, v.cuts[v.level], everyGrid)
	case Dedicated, Task:
		v.setKeys(d)
		v.drawGrids(d, v.over[geo.Kind(v.q.Layer)], everyGrid)
	case Labels:
		v.setKeys(d)
		for l := range v.labels {
			v.drawLabel(d, l)
		}
	case Boundaries:
		v.drawBorders(d)
	case Facilities, Buildings:
		v.drawPins(d)
	case Compounds:
		v.drawCompounds(d)
	case Workers:
		v.drawWorkers(d)
	case Findings:
		return v.drawFindings(d)
	case Cells, Households:
		return v.drawCells(d)
	default:
		v.setKeys(d)
		rank := v.rank(v.level)
		v.drawGrids(d, v.cuts[v.level], func(g *grid) bool { return g.rank == rank })
	}
	return nil
}

// sum says what the tile shows.
func (v *view) sum(d *desk) (sum uint64, err error) {
	switch v.q.Layer {
	case Boundaries:
		sum = v.sumBorders(d)
	case Labels:
		return v.sumLabels(), nil
	case Facilities, Buildings:
		return v.sumPins(), nil
	case Compounds:
		return v.sumCompounds(d), nil
	case Workers:
		return v.sumWorkers(), nil
	case Findings:
		return v.sumFindings(d)
	case Cells, Households:
		return v.sumCells(d)
	case Dedicated, Task:
		sum, _ = v.over[geo.Kind(v.q.Layer)].Sum(v.tile, &d.pen, everyGrid)
	case Grids:
		own, above := v.sumCut(d, v.level)
		open, _ := v.open.Sum(v.tile, &d.pen, everyGrid)
		sum = own + above + open
	default:
		sum, _ = v.sumCut(d, v.level)
	}
	for level := 0; v.heavy && level < v.level; level++ {
		own, above := v.sumCut(d, level)
		sum += own + above
	}
	if v.props&counts != 0 || len(v.metrics) > 0 {
		sum += v.sumCounts()
	}
	return sum, nil
}

// sumCut says what the tile shows of the division down to a level: of grids of
// its tier, and of leaves above it.
func (v *view) sumCut(d *desk, level int) (own, above uint64) {
	rank := v.rank(level)
	return v.cuts[level].Sum(v.tile, &d.pen, func(g *grid) bool { return g.rank == rank })
}

func everyGrid(*grid) bool { return true }

func (v *view) rank(level int) uint8 { return uint8(v.layering.Levels[level].rank) }
