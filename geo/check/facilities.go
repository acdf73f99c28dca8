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

// A reached unit adds up the residents with a place in a grid.
type reached struct {
	residents, within int64
	homes             int     // beyond the limit
	farthestM         float64 // estimated walk of those
}

func (r *reached) add(o *reached) {
	r.residents, r.within, r.homes = r.residents+o.residents, r.within+o.within, r.homes+o.homes
	r.farthestM = max(r.farthestM, o.farthestM)
}

// reachReckoner measures from every household to the nearest facility of a type,
// wherever in the territory that stands, and estimates the walk by the declared
// detour.
func (k *inquiry) reachReckoner(s *geo.Standard) (func(unit int) (reckoning, bool), string) {
	if k.Dwellings.Len() == 0 {
		return nil, "no households"
	}
	var facilities []*geo.Facility
	for i := range k.Facilities {
		if f := &k.Facilities[i]; f.Type == s.Facility && f.Valid.Holds(k.AsOf) {
			facilities = append(facilities, f)
		}
	}
	if len(facilities) == 0 {
		return nil, "no facility of the type " + s.Facility
	}
	sums := k.reach(near.New(k.Dwellings, facilities), s)
	return func(unit int) (reckoning, bool) {
		u := sums[unit]
		r := reckoning{people: PopulationFigure{u.residents, geo.Resident, k.AsOf}, have: u.within, need: s.Required(u.residents)}
		if u.residents == 0 {
			return r, k.Tallies[unit].Resident == 0
		}
		if r.short = max(0, r.need-r.have); r.short > 0 {
			r.value, r.unit, r.op, r.limit, r.homes = math.Round(u.farthestM), "m", "<=", float64(s.Max), u.homes
		}
		return r, true
	}, ""
}

// reach adds up over the tree who has how far to walk.
func (k *inquiry) reach(n *near.Finder, s *geo.Standard) []reached {
	sums, detour := make([]reached, len(k.Grids)), float64(s.Detour())
	for i, d := range k.Dwellings.All() {
		if k.Leaf[i] < 0 || !d.Located || d.Resident == 0 {
			continue
		}
		one := reached{residents: int64(d.Resident)}
		if far := n.Nearest(i); far*detour <= float64(s.Max)*1000 {
			one.within = one.residents
		} else {
			one.homes, one.farthestM = 1, far*detour/1000
		}
		sums[k.Leaf[i]].add(&one)
	}
	for _, i := range slices.Backward(k.Tree.Preorder()) {
		if up := k.Tree.Parent(int(i)); up >= 0 && k.Grids[i].Partitions() {
			sums[up].add(&sums[i])
		}
	}
	return sums
}
