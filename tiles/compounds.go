package tiles

import (
	"time"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// CompoundZoom is the first zoom whose tiles hold compounds: above it one is a
// few pixels.
const CompoundZoom = 12

// compounds are the drawn compounds of a picture's records that hold on a day.
type compounds struct {
	of   []geo.Compound
	day  geo.Date
	mesh *mesh.Mesh[int32] // by ID, with the index into of; nil until asked for
}

// compoundsFor returns the compounds of a later atlas, shared where the records
// are the same.
func (p *Picture) compoundsFor(a *atlas.Atlas) compounds {
	now := a.Rest().Compounds
	p.mu.Lock()
	defer p.mu.Unlock()
	if old := p.compounds.of; len(old) == len(now) && len(now) > 0 && &old[0] == &now[0] {
		return p.compounds
	}
	return compounds{}
}

// courts returns the compounds of a day, drawn.
func (p *Picture) courts(day geo.Date) compounds {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.compounds.mesh != nil && p.compounds.day == day {
		return p.compounds
	}
	all := p.a.Rest().Compounds
	var faces []mesh.Face[int32]
	for i := range all {
		c := &all[i]
		if len(c.Boundary) == 0 || !c.Valid.Holds(day) {
			continue
		}
		mark := digest(0).text(c.Code).text(c.Name.ZH).text(c.Name.EN).text(string(c.Property)).number(uint64(c.Units))
		faces = append(faces, mesh.Face[int32]{ID: int64(c.ID), Shape: c.Boundary, Tag: int32(i), Mark: uint64(mark)})
	}
	p.compounds = compounds{all, day, mesh.Build(faces)}
	return p.compounds
}

// day is that of the query, today where it names none.
func (v *view) day() geo.Date {
	if v.q.Day != 0 {
		return v.q.Day
	}
	return geo.DateOf(time.Now())
}

func (v *view) drawCompounds(d *desk) {
	if v.q.Z < CompoundZoom {
		return
	}
	all, l := v.courts(v.day()), &d.layer
	code, zh, en := l.Key("code"), l.Key("name_zh"), l.Key("name_en")
	property, units := l.Key("property"), l.Key("units")
	all.mesh.Draw(v.tile, &d.pen, func(s *mesh.Sight[int32]) {
		c := &all.of[*s.Tag]
		l.Begin(uint64(s.ID), mvt.PolygonType)
		l.Tag(code, l.Unique(c.Code))
		l.Tag(zh, l.String(c.Name.ZH))
		l.Tag(en, l.String(c.Name.EN))
		if c.Property != "" {
			l.Tag(property, l.String(string(c.Property)))
		}
		l.Tag(units, l.Int(int64(c.Units)))
		l.Path(s.Path)
		l.End()
	})
}

// sumCompounds says which compounds the tile shows.
func (v *view) sumCompounds(d *desk) uint64 {
	if v.q.Z < CompoundZoom {
		return 0
	}
	sum, _ := v.courts(v.day()).mesh.Sum(v.tile, &d.pen, func(*int32) bool { return true })
	return sum
}
