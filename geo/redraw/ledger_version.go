package redraw

import (
	"cmp"
	"math"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// A version is a part of a plan as it was or is.
type version struct {
	*portion
	then    bool
	snap    *geo.Snapshot
	counted *geo.Counted
}

// version puts a snapshot of the part together and counts it.
func (p *portion) version(then bool) (*version, error) {
	l := p.l
	v := &version{portion: p, then: then, snap: &geo.Snapshot{
		Territory: l.territory, Tiers: l.tiers, Roles: l.roles,
		Standards: l.standards,
		// Nobody stands for all who are not in the part: rules rest where
		// there are no households, or no workers, at all.
		Dwellings: []geo.Dwelling{}, Workers: []geo.Worker{},
	}}
	v.addGrids()
	v.addMetrics()
	v.addStaff()
	tree, err := geo.NewTree(v.snap.Grids)
	if err != nil {
		return nil, err
	}
	v.count(tree)
	return v, nil
}

// addGrids takes the grids of the part that were there, and all above them.
func (v *version) addGrids() {
	known := make(map[geo.GridID]bool, len(v.grids))
	v.snap.Grids = make([]geo.Grid, 0, len(v.grids)+8)
	for id := range v.grids {
		for id != 0 && !known[id] {
			g := v.grid(id, v.then)
			if g == nil {
				break
			}
			known[id] = true
			v.snap.Grids = append(v.snap.Grids, *g)
			id = g.Parent
		}
	}
	slices.SortFunc(v.snap.Grids, func(a, b geo.Grid) int { return cmp.Or(cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.ID, b.ID)) })
	for _, id := range sortedKeys(v.grids) { // what refers to a grid that is gone stays in the part
		v.snap.Populations = append(v.snap.Populations, v.l.populations[id]...)
		v.snap.Facilities = append(v.snap.Facilities, v.l.facilities[id]...)
		v.snap.Responsibilities = v.l.appendKeeping(v.snap.Responsibilities, id)
		v.snap.NetMembers = append(v.snap.NetMembers, v.l.members[id]...)
	}
	if v.l.answered() { // one of no unit stands for those elsewhere
		v.snap.Responsibilities = append(v.snap.Responsibilities, geo.Responsibility{})
	}
	v.snap.Compounds, v.snap.Buildings = v.compounds, v.buildings
}

// appendKeeping appends the responsibilities for a unit that hold on the day, as
// of nobody: their workers are active, and not in every part.
func (l *ledger) appendKeeping(list []geo.Responsibility, unit geo.GridID) []geo.Responsibility {
	for _, r := range l.keepers[unit] {
		if r.Valid.Holds(l.day) && (r.Worker == 0 || l.active(r.Worker)) {
			r.Worker = 0
			list = append(list, r)
		}
	}
	return list
}

// answered reports whether there is any responsibility, on whatever day.
func (l *ledger) answered() bool {
	for _, list := range l.keepers {
		if len(list) > 0 {
			return true
		}
	}
	return false
}

func (v *version) addStaff() {
	if len(v.l.workers) > 0 {
		nobody := geo.Worker{ID: -1}
		if v.l.trained > 0 { // where nobody ever was, nobody is asked
			nobody.TrainedOn = v.l.day
		}
		v.snap.Workers = append(v.snap.Workers, nobody)
	}
	known := map[geo.WorkerID]bool{}
	for _, id := range v.staff {
		a := v.l.assignments[id]
		v.snap.Assignments = append(v.snap.Assignments, a)
		if w, there := v.l.workers[a.Worker]; there && !known[a.Worker] {
			known[a.Worker] = true
			v.snap.Workers = append(v.snap.Workers, w)
		}
	}
	for w := range v.l.watch.workers {
		if known[w] {
			continue
		}
		if worker, there := v.l.workers[w]; there {
			v.snap.Workers = append(v.snap.Workers, worker)
		}
	}
	slices.SortFunc(v.snap.Workers, func(a, b geo.Worker) int { return cmp.Compare(a.ID, b.ID) })
}

// count places the dwellings of the part and counts.
func (v *version) count(tree *geo.Tree) {
	leaf := []int32{}
	if len(v.l.d.dwellings) > len(v.l.d.gone) {
		v.snap.Dwellings, leaf = append(v.snap.Dwellings, geo.Dwelling{ID: -1}), append(leaf, -1)
	}
	for _, i := range v.dwellings {
		at := int32(-1)
		if k, there := tree.Index(v.leaf(i, v.then)); there {
			at = int32(k)
		}
		v.snap.Dwellings, leaf = append(v.snap.Dwellings, v.l.d.dwellings[i]), append(leaf, at)
	}
	v.counted = geo.CountPart(v.snap, tree, leaf, v.l.day, geo.PartCounts{
		Tally: v.tally,
		Own: func(id geo.GridID) geo.Owned {
			if o, seen := v.l.watch.own[id]; v.then && seen {
				return o
			}
			return v.l.own[id]
		},
		Staff:      func(unit geo.GridID, who geo.Staffing) int64 { return v.l.counted(v.held(unit), who) },
		Facilities: v.serves,
		Things:     v.things,
		Reach:      v.reached,
	})
}

// tally is what a grid of a version holds, which stays whatever comes.
func (v *version) tally(id geo.GridID) geo.Tally {
	c := v.held(id)
	t := c.Tally
	t.ByRole = slices.Clone(t.ByRole)
	return t
}

// held is what a grid of a version holds until the next redrawing.
func (v *version) held(id geo.GridID) *count {
	if c, seen := v.l.watch.counts[id]; v.then && seen {
		return &c
	}
	if c := v.l.counts[id]; c != nil {
		return c
	}
	return v.l.blank()
}

// check finds what the rules say of the part. Among the children of a parent
// that was whole nothing can be wrong: no edit passes that breaks it.
func (v *version) check() (check.Report, error) {
	known := map[int]check.SiblingFaults{}
	faults := func(i int) check.SiblingFaults {
		found, seen := known[i]
		if !seen {
			found = v.faults(i)
			known[i] = found
		}
		return found
	}
	cuts := func() []check.Cut {
		near := *v.snap
		near.Compounds = near.Compounds[:v.cuttable]
		return check.FindCuts(&near, v.counted.Tree)
	}
	q := check.Question{AsOf: v.l.day, MaxFindings: math.MaxInt}
	q.Rules = map[geo.RuleID]geo.RuleSetting{geo.RuleTwice: {Off: new(true)}}
	return check.Ask(v.counted, check.Ground{Faults: faults, Cuts: cuts}, q)
}

// faults returns what is to be noted among the children of the grid at position
// i: of parents that were whole no fault, as no edit passes that makes one.
func (v *version) faults(i int) check.SiblingFaults {
	switch id := v.snap.Grids[i].ID; {
	case v.l.watch.doubts && v.l.faulty[id]:
		return check.FindFaults(v.snap, v.counted.Tree, i)
	case v.redrawn[id]:
		return check.FindNotes(v.snap, v.counted.Tree, i, v.l.center)
	}
	return check.SiblingFaults{}
}

// A center is the interior point of ground, which its first polygon tells from
// other ground.
type center struct {
	of *topo.Polygon
	at topo.Point
}

// center returns the interior point of a grid, which is looked for once for as
// long as its ground stays.
func (l *ledger) center(g *geo.Grid) topo.Point {
	if c := l.centers[g.ID]; c.of == &g.Boundary[0] {
		return c.at
	}
	c := center{&g.Boundary[0], g.Boundary.InteriorPoint()}
	l.centers[g.ID] = c
	return c.at
}
