package tiles

import (
	"iter"

	"gridmap/geo"
	"gridmap/geo/atlas"
	"gridmap/geo/topo"
	"gridmap/tiles/mesh"
	"gridmap/tiles/mvt"
)

// A pin is a record with a place as tiles show it: a facility by its type, a
// building by its code.
type pin struct {
	id    int64
	what  string
	name  geo.Name
	units int32 // of a building
	at    mesh.Point
	mark  uint64
	valid geo.Period
}

// BuildingZoom is the first zoom whose tiles hold buildings: above it a tile
// would hold those of a whole town.
const BuildingZoom = 13

func newPin(id int64, what string, name geo.Name, units int32, at topo.Point, valid geo.Period) pin {
	h := digest(0).number(uint64(id)).text(what).text(name.ZH).text(name.EN).number(uint64(units))
	return pin{id, what, name, units, mesh.Project(at), uint64(h.number(uint64(uint32(at.X))<<32 | uint64(uint32(at.Y)))), valid}
}

// pinsOf returns the pins of an atlas by layer, each layer shared with the
// picture before when its records are the same.
func pinsOf(a *atlas.Atlas, before *Picture) map[string][]pin {
	now, old, was := a.Rest(), &geo.Snapshot{}, map[string][]pin{}
	if before != nil {
		old, was = before.a.Rest(), before.pins
	}
	return map[string][]pin{
		Facilities: pins(now.Facilities, old.Facilities, was[Facilities], func(f *geo.Facility) pin {
			return newPin(int64(f.ID), f.Type, f.Name, 0, f.At, f.Valid)
		}),
		Buildings: pins(now.Buildings, old.Buildings, was[Buildings], func(b *geo.Building) pin {
			return newPin(int64(b.ID), b.Code, b.Name, b.Units, b.At, b.Valid)
		}),
	}
}

// pins makes the pins of rows, which stand by ID; was are those of old.
func pins[T any](rows, old []T, was []pin, of func(*T) pin) []pin {
	if len(old) == len(rows) && len(rows) > 0 && &old[0] == &rows[0] {
		return was
	}
	made := make([]pin, len(rows))
	for i := range rows {
		made[i] = of(&rows[i])
	}
	return made
}

// near yields the pins of the layer that hold on the day and that the tile or its
// buffer shows.
func (v *view) near() iter.Seq[*pin] {
	return func(yield func(*pin) bool) {
		if v.q.Layer == Buildings && v.q.Z < BuildingZoom {
			return
		}
		list, day := v.pins[v.q.Layer], v.day()
		for i := range list {
			if v.tile.Shows(list[i].at) && list[i].valid.Holds(day) && !yield(&list[i]) {
				return
			}
		}
	}
}

func (v *view) drawPins(d *desk) {
	l := &d.layer
	first, blocks := "type", v.q.Layer == Buildings
	if blocks {
		first = "code"
	}
	what, zh, en := l.Key(first), l.Key("name_zh"), l.Key("name_en")
	units := what
	if blocks {
		units = l.Key("units")
	}
	for p := range v.near() {
		l.Begin(uint64(p.id), mvt.PointType)
		if blocks {
			l.Tag(what, l.Unique(p.what))
		} else {
			l.Tag(what, l.String(p.what))
		}
		l.Tag(zh, l.String(p.name.ZH))
		l.Tag(en, l.String(p.name.EN))
		if blocks {
			l.Tag(units, l.Int(int64(p.units)))
		}
		d.point[0] = v.tile.At(p.at)
		l.Points(d.point[:])
		l.End()
	}
}

func (v *view) sumPins() (sum uint64) {
	for p := range v.near() {
		sum += p.mark
	}
	return sum
}
