package tiles

import (
	"gridmap/geo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// A label is a grid whose name stands in the tile.
type label struct {
	id   int64
	grid *grid
	text string // of the grid
	at   mvt.Point
}

// labels yields the labels of the tile: those of the tiers down to the view's
// level, the upper first, and within a tier by ID. Every label lies in exactly
// one tile of a zoom.
func (v *view) labels(yield func(label) bool) {
	done := false
	each := func(m *mesh.Mesh[grid], wanted func(*grid) bool) {
		m.Each(v.tile, func(id int64, g *grid, text string) {
			if done || !wanted(g) {
				return
			}
			if at, here := v.interior(id); here {
				done = !yield(label{id, g, text, at})
			}
		})
	}
	for level := 0; level <= v.level; level++ {
		rank := v.rank(level)
		each(v.cuts[level], func(g *grid) bool { return g.rank == rank })
	}
	lowest := v.rank(v.level)
	for _, kind := range kinds[1:] {
		each(v.over[kind], func(g *grid) bool { return !g.parts && g.rank <= lowest })
	}
}

// interior returns the point of a grid's name, if it lies in the tile.
func (v *view) interior(id int64) (at mvt.Point, here bool) {
	i, known := v.a.Tree().Index(geo.GridID(id))
	if !known {
		return at, false
	}
	p := mesh.Project(v.a.Ground(i).Interior)
	return v.tile.At(p), v.tile.Holds(p)
}

func (v *view) drawLabel(d *desk, l label) {
	common := v.common(d, l.grid)
	v.tagOwn(d, mvt.NewTexts([]string{l.text}), 0, l.grid.english)
	d.tagged = append(d.tagged, d.common.tags[common].Tags...)
	v.tagCounts(d, l.id)
	d.layer.Begin(uint64(l.id), mvt.PointType)
	d.layer.AddTags(d.tagged)
	d.point[0] = l.at
	d.layer.Points(d.point[:])
	d.layer.End()
}

// sumLabels says which labels the tile shows.
func (v *view) sumLabels() (sum uint64) {
	for l := range v.labels {
		sum += uint64(l.sum().number(v.attributes(l.grid, l.text)).number(v.count(l.id)))
	}
	return sum
}

// sum says where the label stands, and whose it is.
func (l label) sum() digest {
	return digest(l.id).number(uint64(l.at.X)<<32 | uint64(uint32(l.at.Y)))
}

// attributes says what is said of the grid, counts left out.
func (v *view) attributes(g *grid, text string) uint64 {
	code, zh, en := words(text)
	said := digest(0).number(uint64(g.rank)<<16 | uint64(g.kind)<<8 | uint64(g.setting))
	if v.props&propCode != 0 {
		said = said.text(code)
	}
	if v.props&propZH != 0 {
		said = said.text(zh)
	}
	if v.props&propEN != 0 {
		said = said.text(en)
	}
	if v.props&propParent != 0 {
		said = said.number(uint64(g.parent))
	}
	return uint64(said)
}

// A post is a grid in which people hold posts.
type post struct {
	label
	workers int64 // who hold posts in the grid or under it
}

func (v *view) posts(yield func(post) bool) {
	tallies := v.a.Counted(v.q.Day).Tallies
	for l := range v.labels {
		i, _ := v.a.Tree().Index(geo.GridID(l.id))
		if tallies[i].Posts > 0 && !yield(post{l, tallies[i].Workers}) {
			return
		}
	}
}

func (v *view) drawWorkers(d *desk) {
	l := &d.layer
	code, tier, workers := l.Key("code"), l.Key("tier"), l.Key("workers")
	for w := range v.posts {
		l.Begin(uint64(w.id), mvt.PointType)
		value, _, _ := words(w.text)
		l.Tag(code, l.UniqueValue(value))
		l.Tag(tier, l.String(v.tierCode(w.grid.rank)))
		l.Tag(workers, l.Int(w.workers))
		d.point[0] = w.at
		l.Points(d.point[:])
		l.End()
	}
}

func (v *view) sumWorkers() (sum uint64) {
	for w := range v.posts {
		code, _, _ := words(w.text)
		sum += uint64(w.sum().text(code).number(uint64(w.grid.rank)).number(uint64(w.workers)))
	}
	return sum
}
