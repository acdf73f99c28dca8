package redraw

import (
	"cmp"
	"slices"

	"gridmap/geo"
)

// staff is who serves where.
type staff struct {
	workers     map[geo.WorkerID]geo.Worker
	assignments map[geo.AssignmentID]geo.Assignment
	inGrid      map[geo.GridID][]geo.AssignmentID
	ofWorker    map[geo.WorkerID][]geo.AssignmentID
	groups      []geo.Staffing // whom the standards count
}

func newStaff(s *geo.Snapshot) staff {
	f := staff{
		workers: make(map[geo.WorkerID]geo.Worker, len(s.Workers)), assignments: make(map[geo.AssignmentID]geo.Assignment, len(s.Assignments)),
		inGrid: map[geo.GridID][]geo.AssignmentID{}, ofWorker: make(map[geo.WorkerID][]geo.AssignmentID, len(s.Workers)),
	}
	for _, w := range s.Workers {
		f.workers[w.ID] = w
	}
	for _, a := range s.Assignments {
		f.post(a)
	}
	for _, st := range s.Standards {
		f.group(st.Counts())
		if st.Kind() == geo.ShareForm {
			f.group(st.CountsAmong())
		}
	}
	return f
}

// group takes up whom a standard counts.
func (f *staff) group(who geo.Staffing) {
	if !slices.ContainsFunc(f.groups, who.Equal) {
		f.groups = append(f.groups, who)
	}
}

func (f *staff) post(a geo.Assignment) {
	f.assignments[a.ID] = a
	f.inGrid[a.Grid] = append(f.inGrid[a.Grid], a.ID)
	f.ofWorker[a.Worker] = append(f.ofWorker[a.Worker], a.ID)
}

func (f *staff) unpost(a geo.Assignment) {
	delete(f.assignments, a.ID)
	f.inGrid[a.Grid] = dropped(f.inGrid[a.Grid], a.ID)
	f.ofWorker[a.Worker] = dropped(f.ofWorker[a.Worker], a.ID)
}

func dropped[T comparable](list []T, one T) []T {
	return slices.DeleteFunc(list, func(o T) bool { return o == one })
}

// countStaff counts the staff of the day anew.
func (l *ledger) countStaff() {
	for _, c := range l.counts {
		c.Workers, c.GridWorkers, c.Posts = 0, 0, 0
		clear(c.ByRole)
		c.groups = make([]int64, len(l.groups))
	}
	for w := range l.workers {
		l.mark(w, 1)
	}
}

// A mark is how a worker counts in a grid.
type mark struct {
	onGrid bool
	roles  []int         // indexes of roles, each once
	groups map[int]int64 // by group: thousandths of full posts that count there
}

// mark counts a worker in every grid above a post of the day, each once, or
// with sign -1 takes the worker out.
func (l *ledger) mark(w geo.WorkerID, sign int64) {
	worker, there := l.workers[w]
	if !there || !worker.Active.Holds(l.day) {
		return
	}
	marks := map[geo.GridID]*mark{}
	for _, id := range l.ofWorker[w] {
		a := l.assignments[id]
		n := l.d.nodes[a.Grid]
		if n == nil || !a.Valid.Holds(l.day) {
			continue
		}
		l.touch(a.Grid).Posts += sign
		onGrid := n.Kind != geo.General || l.d.tiers[n.Tier].Class == geo.GridClass
		for at := a.Grid; at != 0; at = l.parent(at) {
			m := marks[at]
			if m == nil {
				m = &mark{groups: map[int]int64{}}
				marks[at] = m
			}
			m.onGrid = m.onGrid || onGrid
			l.markRole(m, &a, worker.Employment)
		}
	}
	for at, m := range marks {
		c := l.touch(at)
		c.Workers += sign
		if m.onGrid {
			c.GridWorkers += sign
		}
		for _, r := range m.roles {
			c.ByRole[r] += sign
		}
		for g, permille := range m.groups {
			c.groups[g] += sign * l.groups[g].Weight(permille)
		}
	}
}

// markRole enters a role and the groups that count the post.
func (l *ledger) markRole(m *mark, a *geo.Assignment, e geo.Employment) {
	r, known := l.roleAt[a.Role]
	if known && !slices.Contains(m.roles, r) {
		m.roles = append(m.roles, r)
	}
	for g, who := range l.groups {
		if who.Takes(a.Role, known && l.roles[r].CountsInRatio, e) {
			m.groups[g] += int64(a.Permille)
		}
	}
}

// counted returns how many under a grid a standard counts.
func (l *ledger) counted(c *count, who geo.Staffing) int64 {
	for g, group := range l.groups {
		if group.Equal(who) && g < len(c.groups) {
			return c.groups[g]
		}
	}
	return 0
}

// Record tells the drawing of a record that changed and that it does not draw:
// a worker, an assignment, a population, a facility, a compound, a
// building, a metric or a standard. Other
// records are none of its business.
func (d *Drawing) Record(c geo.Change) {
	if d.ledger != nil {
		d.ledger.record(c)
	}
}

func (l *ledger) record(c geo.Change) {
	record := c.After
	if record == nil {
		record = c.Before
	}
	switch r := record.(type) {
	case *geo.Worker:
		l.mark(r.ID, -1)
		if delete(l.workers, r.ID); c.After != nil {
			l.workers[r.ID] = *r
		}
		l.mark(r.ID, 1)
	case *geo.Assignment:
		l.reassign(r, c.After != nil)
	case *geo.Population:
		keep(l.populations, r, r.Unit, c, func(p geo.Population) bool { return p.ID == r.ID })
	case *geo.Facility:
		keep(l.facilities, r, r.Division, c, func(f geo.Facility) bool { return f.ID == r.ID })
	case *geo.Compound:
		keep(l.compounds, r, r.Division, c, func(o geo.Compound) bool { return o.ID == r.ID })
	case *geo.Building:
		keep(l.buildings, r, r.Division, c, func(o geo.Building) bool { return o.ID == r.ID })
	case *geo.Metric:
		keep(l.metrics, r, r.Unit, c, func(o geo.Metric) bool { return o.ID == r.ID })
	case *geo.Standard:
		l.standards = slices.DeleteFunc(l.standards, func(s geo.Standard) bool { return s.ID == r.ID })
		if c.After != nil {
			l.standards = append(l.standards, *r)
			slices.SortFunc(l.standards, func(a, b geo.Standard) int { return cmp.Compare(a.ID, b.ID) })
		}
		l.staff.groups = newStaff(&geo.Snapshot{Standards: l.standards}).groups
		l.countStaff()
	}
}

// reassign makes an assignment what it is now, or takes it away.
func (l *ledger) reassign(a *geo.Assignment, there bool) {
	old, known := l.assignments[a.ID]
	holders := []geo.WorkerID{a.Worker}
	if known && old.Worker != a.Worker {
		holders = append(holders, old.Worker)
	}
	for _, w := range holders {
		l.mark(w, -1)
	}
	if known {
		l.unpost(old)
	}
	if there {
		l.post(*a)
	}
	for _, w := range holders {
		l.mark(w, 1)
	}
}

// keep puts a record in the list it belongs to, and out of the one it was in.
func keep[T any](lists map[geo.GridID][]T, now *T, to geo.GridID, c geo.Change, same func(T) bool) {
	at := to
	switch b := any(c.Before).(type) {
	case *geo.Population:
		if b != nil {
			at = b.Unit
		}
	case *geo.Facility:
		if b != nil {
			at = b.Division
		}
	case *geo.Compound:
		if b != nil {
			at = b.Division
		}
	case *geo.Building:
		if b != nil {
			at = b.Division
		}
	case *geo.Metric:
		if b != nil {
			at = b.Unit
		}
	}
	lists[at] = slices.DeleteFunc(lists[at], same)
	if c.After != nil {
		lists[to] = append(lists[to], *now)
	}
}
