package tiles

import (
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// A tag is an attribute of grids, and its number in the layer.
type tag struct {
	prop  attributes
	key   uint32
	asked bool
}

// commons are attributes of the grids of a tile that others may have too.
type commons struct {
	round uint32 // what is known from an earlier one is forgotten
	known [1 << commonBits]struct {
		round  uint32
		like   likeness
		parent int64
		number int
	}
	tags []commonTags // by number
	n    int          // of tags that belong to the round

	like  likeness // the last one
	alike []byte   // and its tags, the parent left out; empty before the first
}

// commonTags are encoded attributes that grids have in common.
type commonTags struct {
	mvt.Common
	english bool // they have English names
}

// commonBits is the width of the table of common attributes, in which the later
// of two parents that fall into one place takes it.
const commonBits = 8

// A likeness is what grids are that have attributes in common, the parent left
// out.
type likeness uint32

func (g *grid) likeness() likeness {
	l := likeness(g.rank)<<8 | likeness(g.kind)<<4 | likeness(g.setting)<<1
	if g.english {
		l |= 1
	}
	return l
}

// setKeys gives the attributes their numbers.
func (v *view) setKeys(d *desk) {
	d.own, d.parent, d.tags, d.counts = [3]tag{}, tag{}, d.tags[:0], d.counts[:0]
	d.common.round++
	d.common.n, d.common.alike = 0, d.common.alike[:0]
	for _, p := range props {
		if v.props&p.prop == 0 {
			continue
		}
		switch t := (tag{p.prop, d.layer.Key(p.name), true}); {
		case p.prop == propCode:
			d.own[0] = t
		case p.prop == propZH:
			d.own[1] = t
		case p.prop == propEN:
			d.own[2] = t
		case p.prop == propParent:
			d.parent = t
		case p.prop&counts != 0:
			d.counts = append(d.counts, t)
		default:
			d.tags = append(d.tags, t)
		}
	}
	d.stock = d.own[0].asked && d.own[1].asked && d.own[2].asked
	for k := range v.metrics {
		v.metrics[k].key = d.layer.Key(v.metrics[k].figure)
	}
}

// A shownGrid is a grid that the tile shows.
type shownGrid struct {
	id     int64
	texts  *mvt.Texts
	path   mvt.Path
	i      int32 // of its text
	common int32 // number of what it has in common with others
}

// drawGrids draws the faces of a mesh that are wanted. What grids have in common
// comes before what each has of its own, so that the texts of neighbours stand
// one behind the other, as they are packed.
func (v *view) drawGrids(d *desk, m *mesh.Mesh[grid], wanted func(*grid) bool) {
	d.shown = d.shown[:0]
	var last *grid // of which the two are, as neighbours mostly have one tag
	var want bool
	var common int32
	m.Draw(v.tile, &d.pen, func(s *mesh.Sight[grid]) {
		if s.Tag != last {
			if last, want = s.Tag, wanted(s.Tag); want {
				common = int32(v.common(d, s.Tag))
			}
		}
		if want {
			d.shown = append(d.shown, shownGrid{s.ID, s.Texts, s.Path, int32(s.I), common})
		}
	})
	plain := len(d.counts) == 0 && len(v.metrics) == 0
	for i := range d.shown {
		s := &d.shown[i]
		common := &d.common.tags[s.common]
		v.tagOwn(d, s.texts, int(s.i), common.english)
		if plain {
			d.layer.Polygon(uint64(s.id), d.tagged, &common.Common, s.path)
			continue
		}
		d.tagged = append(d.tagged, common.Tags...)
		v.tagCounts(d, s.id)
		d.layer.Polygon(uint64(s.id), d.tagged, &mvt.Common{}, s.path)
	}
	clear(d.shown) // it keeps texts and geometry in memory
}

// tagOwn encodes code and names of a grid into d.tagged. They are not looked for
// among those there are: names that come twice stand in the tile twice.
func (v *view) tagOwn(d *desk, texts *mvt.Texts, i int, english bool) {
	if !d.stock {
		d.tagged = d.tagSome(texts.Of(i))
		return
	}
	n := uint32(2)
	if english {
		n = 3
	}
	first := d.layer.Stock(texts, i, n)
	d.tagged = mvt.AppendTag(mvt.AppendTag(d.tagged[:0], d.own[0].key, first), d.own[1].key, first+1)
	if english {
		d.tagged = mvt.AppendTag(d.tagged, d.own[2].key, first+2)
	}
}

// common returns the number of the attributes that a grid may have in common
// with others. Children of one parent mostly differ in code and name only.
func (v *view) common(d *desk, g *grid) int {
	like := g.likeness()
	c := &d.common
	place := &c.known[(uint64(g.parent)<<12^uint64(like))*0x9e3779b97f4a7c15>>(64-commonBits)]
	if place.round == c.round && place.parent == g.parent && place.like == like {
		return place.number
	}
	place.round, place.parent, place.like, place.number = c.round, g.parent, like, c.n
	if c.n == len(c.tags) {
		c.tags = append(c.tags, commonTags{})
	}
	c.tags[c.n] = commonTags{mvt.Common{Tags: v.appendCommon(c.tags[c.n].Tags[:0], d, g)}, g.english}
	c.n++
	return place.number
}

// tagSome encodes code and names as far as they are asked for.
func (d *desk) tagSome(texts string) []byte {
	code, zh, en := words(texts)
	tags := d.tagged[:0]
	for i, value := range [...]string{code, zh, en} {
		if t := d.own[i]; t.asked && value != "" {
			tags = mvt.AppendTag(tags, t.key, d.layer.Value(value))
		}
	}
	return tags
}

// appendCommon encodes the attributes that a grid may have in common with
// others, the parent last.
func (v *view) appendCommon(tags []byte, d *desk, g *grid) []byte {
	c := &d.common
	if like := g.likeness(); like != c.like || len(c.alike) == 0 {
		c.like, c.alike = like, v.appendAlike(c.alike[:0], d, g)
	}
	tags = append(tags, c.alike...)
	if d.parent.asked && g.parent != 0 { // the territory has none
		// It is not looked for: grids of one parent lie together, so it hardly
		// ever comes twice.
		tags = mvt.AppendTag(tags, d.parent.key, d.layer.UniqueInt(g.parent))
	}
	return tags
}

// appendAlike encodes those that grids of many parents have in common.
func (v *view) appendAlike(tags []byte, d *desk, g *grid) []byte {
	l := &d.layer
	if t := d.own[2]; t.asked && !g.english {
		tags = mvt.AppendTag(tags, t.key, l.String(""))
	}
	for _, t := range d.tags {
		var value uint32
		switch t.prop {
		case propKind:
			value = l.String(string(kinds[g.kind]))
		case propSetting:
			value = l.String(string(settings[g.setting]))
		case propTier:
			value = l.String(v.tierCode(g.rank))
		case propRank:
			value = l.Int(int64(g.rank))
		}
		tags = mvt.AppendTag(tags, t.key, value)
	}
	return tags
}

// tagCounts encodes the counts and metrics of a grid behind its attributes.
func (v *view) tagCounts(d *desk, id int64) {
	for _, t := range d.counts {
		if n, shown := v.counted(id, t.prop); shown {
			d.tagged = mvt.AppendTag(d.tagged, t.key, d.layer.Int(n))
		}
	}
	d.tagged = v.appendMetrics(d.tagged, &d.layer, id)
}

// tierCode returns the code of the tier with the rank.
func (p *Picture) tierCode(rank uint8) string {
	tiers := p.a.Rest().Tiers
	if int(rank) < len(tiers) && tiers[rank].Rank == int(rank) {
		return tiers[rank].Code
	}
	for i := range tiers {
		if tiers[i].Rank == int(rank) {
			return tiers[i].Code
		}
	}
	return ""
}
