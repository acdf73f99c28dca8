package geo

// A Reached adds up the residents of households with a place by how far they
// walk to the nearest facility of a type.
type Reached struct {
	Residents, Within int64   // all of them, and those within the limit
	Homes             int     // households beyond the limit
	FarthestM         float64 // estimated walk of those, metres
}

// Add adds the residents of other households.
func (r *Reached) Add(o Reached) {
	r.Residents, r.Within, r.Homes = r.Residents+o.Residents, r.Within+o.Within, r.Homes+o.Homes
	r.FarthestM = max(r.FarthestM, o.FarthestM)
}

// Walk estimates by the detour of a standard of reach how one household of so
// many residents walks a distance, in metres: infinity where there is nothing to
// walk to.
func (s *Standard) Walk(residents int32, far float64) Reached {
	r := Reached{Residents: int64(residents)}
	if detour := float64(s.Detour()); far*detour <= float64(s.Max)*1000 {
		r.Within = r.Residents
	} else {
		r.Homes, r.FarthestM = 1, far*detour/1000
	}
	return r
}

// KnownReach is [PartCounts].Reach of a count of a part of a plan, by position;
// part is false of a count of the whole, where walks are to be measured.
func (c *Counted) KnownReach(s *Standard) (reach func(unit int) Reached, part bool) {
	if c.part.Reach == nil {
		return nil, false
	}
	known := c.part.Reach(s)
	if known == nil {
		return nil, true
	}
	return func(unit int) Reached { return known(c.Grids[unit].ID) }, true
}
