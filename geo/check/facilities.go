package check

import (
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/near"
)

// facilityReckoner is [inquiry.reckoner] for COV-7.
func (k *inquiry) facilityReckoner(s *geo.Standard) (func(unit int) (reckoning, bool), string) {
	if s.Kind() == geo.ReachForm {
		return k.reachReckoner(s)
	}
	here := k.FacilitiesBy(s.Facility)
	if s.Kind() == geo.OneEachForm {
		return func(unit int) (reckoning, bool) {
			r := reckoning{have: int64(len(here(unit))), need: s.Required(0)}
			r.short, r.over = max(0, r.need-r.have), s.Over(r.have)
			return r, true
		}, ""
	}
	return func(unit int) (reckoning, bool) {
		all := here(unit)
		r, least := reckoning{need: int64(len(all))}, math.Inf(1)
		var small []string
		for _, f := range all {
			if f.FloorAreaM2 >= float64(s.Min) { // one whose floor nobody states is not known to be large enough
				r.have++
				continue
			}
			least, small = min(least, f.FloorAreaM2), append(small, f.Name.ZH)
		}
		if r.short = r.need - r.have; r.short > 0 {
			r.value, r.unit, r.op, r.limit, r.names = least, "m2", ">=", float64(s.Min), small
		}
		return r, true
	}, ""
}

// reachReckoner measures from every household to the nearest facility of a type,
// wherever in the territory that stands, and estimates the walk by the declared
// detour.
func (k *inquiry) reachReckoner(s *geo.Standard) (func(unit int) (reckoning, bool), string) {
	if k.Dwellings.Len() == 0 {
		return nil, "no households"
	}
	reach, part := k.KnownReach(s)
	if !part {
		reach = k.reach(s)
	}
	if reach == nil {
		return nil, "no facility of the type " + s.Facility
	}
	return func(unit int) (reckoning, bool) {
		u := reach(unit)
		r := reckoning{people: PopulationFigure{u.Residents, geo.Resident, k.AsOf}, have: u.Within, need: s.Required(u.Residents)}
		if u.Residents == 0 {
			return r, k.Tallies[unit].Resident == 0
		}
		if r.short = max(0, r.need-r.have); r.short > 0 {
			r.value, r.unit, r.op, r.limit, r.homes = math.Round(u.FarthestM), "m", "<=", float64(s.Max), u.Homes
		}
		return r, true
	}, ""
}

// reach adds up over the tree who has how far to walk; nil where there is
// nothing to walk to.
func (k *inquiry) reach(s *geo.Standard) func(unit int) geo.Reached {
	var facilities []*geo.Facility
	for i := range k.Facilities {
		if f := &k.Facilities[i]; f.Type == s.Facility && f.Valid.Holds(k.AsOf) {
			facilities = append(facilities, f)
		}
	}
	if len(facilities) == 0 {
		return nil
	}
	n, sums := near.New(k.Dwellings, facilities), make([]geo.Reached, len(k.Grids))
	for i, d := range k.Dwellings.All() {
		if k.Leaf[i] >= 0 && d.Located && d.Resident != 0 {
			sums[k.Leaf[i]].Add(s.Walk(d.Resident, n.Nearest(i)))
		}
	}
	for _, i := range slices.Backward(k.Tree.Preorder()) {
		if up := k.Tree.Parent(int(i)); up >= 0 && k.Grids[i].Partitions() {
			sums[up].Add(sums[i])
		}
	}
	return func(unit int) geo.Reached { return sums[unit] }
}
