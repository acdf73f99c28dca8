package redraw

import (
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// A ledger keeps, beside a drawing, what its grids hold and who serves them,
// so that the effects of an edit cost what the edit touches. It is as exact as
// a count of the whole plan.
type ledger struct {
	d         *Drawing
	territory geo.Territory
	tiers     []geo.Tier
	roles     []geo.Role
	roleAt    map[string]int
	day       geo.Date

	staff
	walks
	stock
	populations map[geo.GridID][]geo.Population // by unit
	facilities  map[geo.GridID][]geo.Facility   // by division
	compounds   map[geo.GridID][]geo.Compound   // by division
	buildings   map[geo.GridID][]geo.Building   // by division
	metrics     map[geo.GridID][]geo.Metric     // by unit
	standards   []geo.Standard
	keepers     map[geo.GridID][]geo.Responsibility // of whatever day, by unit
	members     map[geo.GridID][]geo.NetMember      // by grid

	counts  map[geo.GridID]*count
	own     map[geo.GridID]geo.Owned
	stating map[geo.GridID][]int32 // the dwellings whose address names the grid, ascending
	loose   map[geo.GridID][]int32 // dwellings on ground of a grid that must be an undrawn child's
	undrawn int                    // general grids that are not drawn
	faulty  map[geo.GridID]bool    // parents that their children do not partition

	lies    []lying               // the compounds, nil when they changed
	centers map[geo.GridID]center // of grids whose place in the order was asked

	watch *watch // nil while nobody asks
}

// A count is what a grid holds.
type count struct {
	geo.Tally
	groups []int64       // of each of the ledger's groups, persons or thousandths of posts
	reach  []geo.Reached // of each of the ledger's standards of reach
	things []int64       // of each of the ledger's declared figures
}

func (c *count) clone() count {
	o := *c
	o.ByRole, o.groups, o.reach, o.things = slices.Clone(c.ByRole), slices.Clone(c.groups), slices.Clone(c.reach), slices.Clone(c.things)
	return o
}

// Staff puts all that a snapshot tells of the plan's people beside the
// drawing, which from then on can tell [Drawing.Effects]. It must show what
// the drawing shows; its dwellings are not looked at.
func (d *Drawing) Staff(s *geo.Snapshot, day geo.Date) {
	l := &ledger{
		d: d, territory: s.Territory, tiers: s.Tiers, roles: s.Roles, roleAt: map[string]int{}, day: day,
		populations: listed(s.Populations, unitOfPopulation), facilities: listed(s.Facilities, divisionOfFacility),
		compounds: listed(s.Compounds, divisionOfCompound), buildings: listed(s.Buildings, divisionOfBuilding),
		metrics: listed(s.Metrics, unitOfMetric), keepers: listed(s.Responsibilities, unitOfKeeper), members: listed(s.NetMembers, gridOfMember),
		standards: slices.Clone(s.Standards), counts: make(map[geo.GridID]*count, len(d.nodes)), own: map[geo.GridID]geo.Owned{},
		stating: map[geo.GridID][]int32{}, loose: map[geo.GridID][]int32{}, faulty: map[geo.GridID]bool{},
		centers: map[geo.GridID]center{},
	}
	for i, r := range s.Roles {
		l.roleAt[r.Code] = i
	}
	l.staff, l.walks, l.stock = newStaff(s), newWalks(s.Standards), newStock(s.Metrics)
	for id, n := range d.nodes {
		l.counts[id] = l.blank()
		if undrawn(&n.Grid) {
			l.undrawn++
		}
	}
	l.scatter()
	l.eachUpwards(d.root, l.countPeople)
	l.countStaff()
	for i := range d.dwellings {
		if s := d.dwellings[i].Stated; s != 0 {
			l.stating[s] = append(l.stating[s], int32(i))
		}
	}
	for home, homes := range d.homes {
		for _, i := range homes {
			l.disown(i, l.placed(home, i), 1)
		}
	}
	l.findFaulty()
	l.survey()
	l.takeStock()
	d.ledger = l
}

func (l *ledger) blank() *count {
	return &count{Tally: geo.Tally{ByRole: make([]int64, len(l.roles))}, groups: make([]int64, len(l.groups)),
		reach: make([]geo.Reached, len(l.asked)), things: make([]int64, len(l.declared))}
}

// placed returns the grid that a dwelling under a home of the drawing is
// counted in: that home, or one with undrawn children, 0 for none.
func (l *ledger) placed(home geo.GridID, i int32) geo.GridID {
	if home != 0 || l.undrawn == 0 {
		return home
	}
	return l.holder(l.d.root, l.d.dwellings[i].At)
}

// holder returns the lowest grid under id, itself included, that holds a point
// for children not drawn yet.
func (l *ledger) holder(id geo.GridID, p topo.Point) geo.GridID {
	n := l.d.nodes[id]
	drawn := n != nil && len(n.Boundary) > 0
	if n == nil || !n.Partitions() || drawn && !n.Boundary.Contains(p) {
		return 0
	}
	for _, c := range n.children {
		if under := l.holder(c, p); under != 0 {
			return under
		}
		if child := l.d.nodes[c]; child.Partitions() && child.Boundary.Contains(p) {
			return 0 // a gap, further down
		}
	}
	if drawn && l.open(id) {
		return id
	}
	return 0
}

// scatter finds the dwellings that lie on ground of undrawn children.
func (l *ledger) scatter() {
	clear(l.loose)
	if l.undrawn == 0 {
		return
	}
	for _, i := range l.d.homes[0] {
		if at := l.placed(0, i); at != 0 {
			l.loose[at] = append(l.loose[at], i)
		}
	}
}

// eachUpwards calls visit for a grid and all under it, children first.
func (l *ledger) eachUpwards(id geo.GridID, visit func(geo.GridID)) {
	for _, c := range l.d.nodes[id].children {
		l.eachUpwards(c, visit)
	}
	visit(id)
}

// countPeople counts the people of a grid and what stands there; its children
// are counted.
func (l *ledger) countPeople(id geo.GridID) {
	n, c := l.d.nodes[id], l.counts[id]
	c.Households, c.Resident, c.Registered, c.Occupied = 0, 0, 0, 0
	if n.holds() {
		l.add(c, l.d.homes[id])
	}
	l.add(c, l.loose[id])
	for _, child := range n.children {
		if o := l.counts[child]; l.d.nodes[child].Partitions() {
			c.Households += o.Households
			c.Resident += o.Resident
			c.Registered += o.Registered
			c.Occupied += o.Occupied
		}
	}
	l.reach(id)
	l.count(id)
}

func (l *ledger) add(c *count, homes []int32) {
	for _, i := range homes {
		w := &l.d.dwellings[i]
		c.Households++
		c.Resident += int64(w.Resident)
		c.Registered += int64(w.Registered)
		if w.Occupied {
			c.Occupied++
		}
	}
}

// disown notes, or with sign -1 forgets, how a located dwelling in a leaf lies
// to the division its address names.
func (l *ledger) disown(i int32, leaf geo.GridID, sign int32) {
	w := &l.d.dwellings[i]
	if !w.Located || l.d.nodes[w.Stated] == nil {
		return
	}
	o := l.own[w.Stated]
	o.Located += sign
	if !l.under(leaf, w.Stated) {
		o.Elsewhere += sign
	}
	l.own[w.Stated] = o
}

// under reports whether a grid is top or lies under it.
func (l *ledger) under(id, top geo.GridID) bool {
	for ; id != 0 && id != top; id = l.parent(id) {
	}
	return id == top && top != 0
}

func (l *ledger) parent(id geo.GridID) geo.GridID {
	if n := l.d.nodes[id]; n != nil {
		return n.Parent
	}
	return 0
}

// findFaulty looks at every parent once. An edit keeps what is whole, so that
// later only those that are not need a look.
func (l *ledger) findFaulty() {
	snap := &geo.Snapshot{Grids: l.d.Grids()}
	tree, err := geo.NewTree(snap.Grids)
	if err != nil {
		return // a drawing's grids are in order
	}
	for i := range snap.Grids {
		if len(tree.Children(i)) > 0 && len(check.FindFaults(snap, tree, i).Faults) > 0 {
			l.faulty[snap.Grids[i].ID] = true
		}
	}
}

// leave takes a dwelling out of all counts before it changes; enter puts it
// back in. A nil ledger has nothing to do.
func (l *ledger) leave(i int32) { l.house(i, -1) }

func (l *ledger) enter(i int32) { l.house(i, 1) }

func (l *ledger) house(i int32, sign int64) {
	if l == nil {
		return
	}
	w := &l.d.dwellings[i]
	leaf := l.leafOf(i)
	for at := leaf; at != 0; at = l.parent(at) {
		c := l.counts[at]
		c.Households += sign
		c.Resident += sign * int64(w.Resident)
		c.Registered += sign * int64(w.Registered)
		if w.Occupied {
			c.Occupied += sign
		}
	}
	l.rehoused(i, leaf)
	l.disown(i, leaf, int32(sign))
	if list := l.stating[w.Stated]; w.Stated != 0 {
		at, there := slices.BinarySearch(list, i)
		if sign < 0 && there {
			l.stating[w.Stated] = slices.Delete(list, at, at+1)
		} else if sign > 0 && !there {
			l.stating[w.Stated] = slices.Insert(list, at, i)
		}
	}
	if sign > 0 {
		l.scatter()
	}
}
