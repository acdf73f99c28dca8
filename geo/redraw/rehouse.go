package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// Rehouse makes the dwelling with an ID what it is now; nil when it is no
// more. The dwellings that the drawing was made with must ascend by ID and are
// changed in place. It returns false, and changes nothing, for a new dwelling
// whose ID is not the highest: then a new drawing is due.
func (d *Drawing) Rehouse(id geo.HouseholdID, now *geo.Dwelling) bool {
	i, known := slices.BinarySearchFunc(d.dwellings, id, func(w geo.Dwelling, id geo.HouseholdID) int { return cmp.Compare(w.ID, id) })
	switch {
	case !known && now == nil:
		return true
	case !known && i < len(d.dwellings):
		return false
	case !known:
		d.dwellings = append(d.dwellings, *now)
	default:
		d.ledger.leave(int32(i))
		d.unhouse(int32(i))
		if now != nil {
			d.dwellings[i] = *now
			delete(d.gone, int32(i))
		} else {
			d.dwellings[i] = geo.Dwelling{ID: id}
			d.gone[int32(i)] = true
		}
	}
	if home := d.locate(&d.dwellings[i]); home != 0 || d.dwellings[i].Located {
		at, _ := slices.BinarySearch(d.homes[home], int32(i))
		d.homes[home] = slices.Insert(slices.Clone(d.homes[home]), at, int32(i))
	}
	d.ledger.enter(int32(i))
	return true
}

// unhouse takes a dwelling out of the leaf it is counted in. What a redrawing
// still holds of the leaf's dwellings stays as it was.
func (d *Drawing) unhouse(i int32) {
	home := d.locate(&d.dwellings[i])
	if at, there := slices.BinarySearch(d.homes[home], i); there {
		d.homes[home] = slices.Delete(slices.Clone(d.homes[home]), at, at+1)
	}
}
