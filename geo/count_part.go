package geo

// PartCounts is what is known of a whole plan, for counting a part of it.
type PartCounts struct {
	// Tally returns what a grid holds.
	Tally func(GridID) Tally
	// Own returns how the located dwellings whose address names the grid lie.
	Own func(GridID) Owned
	// Staff counts under a grid whom a standard counts, as [Counted.StaffBy] does.
	Staff func(unit GridID, who Staffing) int64
	// Facilities returns those that belong to a grid or one under it, whatever
	// their type and days.
	Facilities func(unit GridID) []Facility
	// Things counts the grids, facilities, compounds or buildings in a unit that
	// a metric may declare.
	Things func(unit GridID, d Declared) int64
	// Reach returns what tells of a unit who walks how far under a standard of
	// reach, nil where no facility of its type stands on the day.
	Reach func(s *Standard) func(unit GridID) Reached
}

// CountPart returns the counts of a part of a plan as [Count] has them in the
// counts of the whole: s holds some of its grids with all above them, some
// dwellings with the grids that hold them and that their addresses name, some
// workers with all their assignments and the grids of these, and every
// standard. Package check finds there what it finds in the whole about these grids,
// dwellings and workers.
func CountPart(s *Snapshot, tree *Tree, leaf []int32, asOf Date, whole PartCounts) *Counted {
	c := Count(s, tree, leaf, asOf)
	for i := range s.Grids {
		c.Tallies[i] = whole.Tally(s.Grids[i].ID)
		c.Placing.Own[i] = whole.Own(s.Grids[i].ID)
	}
	c.part = whole
	return c
}
