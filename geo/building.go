package geo

import (
	"math"

	"gridmap/geo/topo"
)

// A Building is a block of dwellings, 楼栋: one place, so that it lies in one
// grid whatever the borders. Its households name it by its code.
type Building struct {
	ID       BuildingID    `json:"id"`
	Code     string        `json:"code"` // the key of bulk upserts
	Name     Name          `json:"name"`
	Compound string        `json:"compound,omitempty"` // code of the one it belongs to; it need not be listed
	Property PropertyState `json:"property,omitempty"` // empty: not known, or as its compound's
	Division GridID        `json:"division,omitempty"`
	At       topo.Point    `json:"-"`
	Units    int32         `json:"units,omitempty"`  // dwellings built, lived in or not
	Floors   int32         `json:"floors,omitempty"` // above the ground, 0: not known
	Valid    Period        `json:"valid"`
}

// Key names the record.
func (v *Building) Key() (Entity, int64) { return BuildingEntity, int64(v.ID) }

// maxFloors is more than any building has.
const maxFloors = 300

// Validate returns an *[InvalidError] for the first field that cannot be.
func (v *Building) Validate() error {
	var c checker
	c.word("code", v.Code)
	c.name(v.Name)
	c.text("compound", v.Compound, maxWord)
	oneOf(&c, "property", v.Property, "", Serviced, SelfManaged, Unserviced)
	c.between("division", int64(v.Division), 0, math.MaxInt64)
	c.place("at", v.At)
	c.between("units", int64(v.Units), 0, maxPersons)
	c.between("floors", int64(v.Floors), 0, maxFloors)
	c.period("valid", v.Valid)
	return c.err()
}
