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
	trained     int            // workers whose training is recorded
}

func newStaff(s *geo.Snapshot) staff {
	f := staff{
		workers: make(map[geo.WorkerID]geo.Worker, len(s.Workers)), assignments: make(map[geo.AssignmentID]geo.Assignment, len(s.Assignments)),
		inGrid: map[geo.GridID][]geo.AssignmentID{}, ofWorker: make(map[geo.WorkerID][]geo.AssignmentID, len(s.Workers)),
	}
	for _, w := range s.Workers {
		f.employ(w)
	}
	for _, a := range s.Assignments {
		f.post(a)
	}
	f.group(geo.Standard{Rule: geo.RuleRatio}.Counts()) // of the ratio built in, where no standard is
	for _, st := range s.Standards {
		f.group(st.Counts())
		if st.Kind() == geo.ShareForm {
			f.group(st.CountsAmong())
		}
	}
	return f
}

// employ takes up a worker; dismiss forgets one, if there is such a one.
func (f *staff) employ(w geo.Worker) {
	f.workers[w.ID] = w
	if w.TrainedOn != 0 {
		f.trained++
	}
}

func (f *staff) dismiss(id geo.WorkerID) {
	if w, there := f.workers[id]; there && w.TrainedOn != 0 {
		f.trained--
	}
	delete(f.workers, id)
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

// active reports whether a worker is there on the day.
func (l *ledger) active(w geo.WorkerID) bool {
	worker, there := l.workers[w]
	return there && worker.Active.Holds(l.day)
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
	if !l.active(w) {
		return
	}
	worker := l.workers[w]
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
// a worker, an assignment, a population, a facility, a compound, a building, a
// metric, a responsibility, a member of a net or a standard. Other records are
// none of its business.
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
		if l.dismiss(r.ID); c.After != nil {
			l.employ(*r)
		}
		l.mark(r.ID, 1)
	case *geo.Assignment:
		l.reassign(r, c.After != nil)
	case *geo.Population:
		keep(l.populations, c, unitOfPopulation)
	case *geo.Facility:
		keep(l.facilities, c, divisionOfFacility)
		shift(&l.stock, c, divisionOfFacility)
		l.serving = nil
		l.built(c)
	case *geo.Compound:
		keep(l.compounds, c, divisionOfCompound)
		l.lies = nil
		shift(&l.stock, c, divisionOfCompound)
	case *geo.Building:
		keep(l.buildings, c, divisionOfBuilding)
		shift(&l.stock, c, divisionOfBuilding)
	case *geo.Metric:
		keep(l.metrics, c, unitOfMetric)
		l.declare(r.Declares)
	case *geo.Responsibility:
		keep(l.keepers, c, unitOfKeeper)
	case *geo.NetMember:
		keep(l.members, c, gridOfMember)
	case *geo.Standard:
		l.rule(r, c.After != nil)
	}
}

// rule makes a standard what it is now, or takes it away, and counts whom the
// standards ask then.
func (l *ledger) rule(s *geo.Standard, there bool) {
	l.standards = slices.DeleteFunc(l.standards, func(o geo.Standard) bool { return o.ID == s.ID })
	if there {
		l.standards = append(l.standards, *s)
		slices.SortFunc(l.standards, func(a, b geo.Standard) int { return cmp.Compare(a.ID, b.ID) })
	}
	l.staff.groups = newStaff(&geo.Snapshot{Standards: l.standards}).groups
	l.countStaff()
	l.walks = newWalks(l.standards)
	l.eachUpwards(l.d.root, l.reach) // nothing is measured until somebody asks
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

// Where a record is listed.
func unitOfPopulation(p *geo.Population) geo.GridID { return p.Unit }
func divisionOfFacility(f *geo.Facility) geo.GridID { return f.Division }
func divisionOfCompound(c *geo.Compound) geo.GridID { return c.Division }
func divisionOfBuilding(b *geo.Building) geo.GridID { return b.Division }
func unitOfMetric(m *geo.Metric) geo.GridID         { return m.Unit }
func unitOfKeeper(r *geo.Responsibility) geo.GridID { return r.Unit }
func gridOfMember(m *geo.NetMember) geo.GridID      { return m.Grid }

// listed sorts records into lists by what of tells of each, in each by ID.
func listed[T any, R interface {
	*T
	geo.Record
}](records []T, of func(*T) geo.GridID) map[geo.GridID][]T {
	lists := map[geo.GridID][]T{}
	for i := range records {
		in := of(&records[i])
		lists[in] = append(lists[in], records[i])
	}
	for _, list := range lists {
		slices.SortFunc(list, func(a, b T) int { return cmp.Compare(idOf(R(&a)), idOf(R(&b))) })
	}
	return lists
}

func idOf(r geo.Record) int64 {
	_, id := r.Key()
	return id
}

// keep takes a record that changed out of the list it was in and puts it into
// the one it belongs to, where the lists go by ID.
func keep[T any, R interface {
	*T
	geo.Record
}](lists map[geo.GridID][]T, c geo.Change, of func(*T) geo.GridID) {
	find := func(list []T, r R) (int, bool) {
		return slices.BinarySearchFunc(list, idOf(r), func(one T, id int64) int { return cmp.Compare(idOf(R(&one)), id) })
	}
	if before, _ := c.Before.(R); before != nil {
		list := lists[of(before)]
		if at, there := find(list, before); there {
			lists[of(before)] = slices.Delete(list, at, at+1)
		}
	}
	if after, _ := c.After.(R); after != nil {
		list := lists[of(after)]
		at, there := find(list, after)
		if there {
			list = slices.Delete(list, at, at+1)
		}
		lists[of(after)] = slices.Insert(list, at, *after)
	}
}
