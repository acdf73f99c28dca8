package redraw

import (
	"fmt"
	"reflect"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A Drawing is a plan's grids as a planner redraws them. It knows for every
// place which grids lie near, so that an edit costs what it touches and not
// what the plan holds. It is not safe for use while [Drawing.Take] runs.
type Drawing struct {
	tiers     map[int]geo.Tier
	root      geo.GridID
	nodes     map[geo.GridID]*node
	near      *boxIndex // of the leaves
	codes     numbering
	byCode    map[string]geo.GridID // of the grids that are there; of two with one code the last
	next      geo.GridID
	dwellings []geo.Dwelling
	gone      map[int32]bool         // dwellings that are no more; their places are kept
	homes     map[geo.GridID][]int32 // of the leaves: indexes of dwellings, ascending; under 0 those in none
	ledger    *ledger                // nil without [Drawing.Staff]
}

// A node is a grid with what is known of its children.
type node struct {
	geo.Grid
	children []geo.GridID // ascending
	print    topo.Fingerprint
	sum      topo.Fingerprint // of the drawn general children
	ground   int              // how many these are
}

// holds reports whether the grid takes ground of its own: drawn, general, and
// without drawn general grids under it.
func (n *node) holds() bool { return counts(&n.Grid) && n.ground == 0 }

// counts reports whether a grid takes part in the partition of its parent.
func counts(g *geo.Grid) bool { return g != nil && g.Partitions() && len(g.Boundary) > 0 }

// NewDrawing makes the drawing of a snapshot, whose grids must be as [NewTree]
// asks. leaf[i] is the position of the grid that holds dwelling i, or -1; when
// leaf is nil it is worked out. Neither may be changed afterwards.
func NewDrawing(s *geo.Snapshot, leaf []int32) (*Drawing, error) {
	if _, err := geo.NewTree(s.Grids); err != nil {
		return nil, err
	}
	d := &Drawing{
		tiers: map[int]geo.Tier{}, root: s.Grids[0].ID, nodes: make(map[geo.GridID]*node, len(s.Grids)),
		near: newBoxIndex(), codes: newNumbering(), byCode: map[string]geo.GridID{}, dwellings: s.Dwellings, gone: map[int32]bool{}, homes: map[geo.GridID][]int32{},
	}
	for _, t := range s.Tiers {
		d.tiers[t.Rank] = t
	}
	for i := range s.Grids {
		d.enter(&s.Grids[i])
	}
	for _, n := range d.nodes {
		if n.holds() {
			d.near.put(n.ID, n.Boundary.Bound())
		}
	}
	for i := range s.Dwellings {
		var at geo.GridID
		switch {
		case leaf == nil:
			at = d.locate(&s.Dwellings[i])
		case leaf[i] >= 0:
			at = s.Grids[leaf[i]].ID
		}
		if at != 0 || s.Dwellings[i].Located {
			d.homes[at] = append(d.homes[at], int32(i))
		}
	}
	return d, nil
}

// locate returns the leaf that holds a dwelling, 0 for none.
func (d *Drawing) locate(w *geo.Dwelling) geo.GridID {
	if !w.Located {
		return 0
	}
	for _, id := range d.near.find(topo.Box{Min: w.At, Max: w.At}) {
		if d.nodes[id].Boundary.Contains(w.At) {
			return id
		}
	}
	return 0
}

// Reserve notes codes of grids that are no more, so that none is given again.
func (d *Drawing) Reserve(codes ...string) {
	for _, code := range codes {
		d.codes.take(code)
		delete(d.codes.loose, code)
	}
}

// Loosen notes that codes of grids that are there were never in force: they are
// free again when their grids go. So are those that edits bring.
func (d *Drawing) Loosen(codes ...string) {
	for _, code := range codes {
		d.codes.loose[code] = struct{}{}
	}
}

// NumberFrom makes new grids take the IDs from next on, if these are not
// behind those known.
func (d *Drawing) NumberFrom(next geo.GridID) { d.next = max(d.next, next) }

// Grid returns a copy of the grid with the ID.
func (d *Drawing) Grid(id geo.GridID) (geo.Grid, bool) {
	n, ok := d.nodes[id]
	if !ok {
		return geo.Grid{}, false
	}
	return n.Grid, true
}

// ByCode returns the ID of the grid that has a code now.
func (d *Drawing) ByCode(code string) (geo.GridID, bool) {
	id, ok := d.byCode[code]
	return id, ok
}

// Children returns the IDs of a grid's children, ascending.
func (d *Drawing) Children(id geo.GridID) []geo.GridID {
	if n, ok := d.nodes[id]; ok {
		return slices.Clone(n.children)
	}
	return nil
}

// Grids returns all grids, every parent before its children, in a fixed order.
func (d *Drawing) Grids() []geo.Grid {
	grids := make([]geo.Grid, 0, len(d.nodes))
	for level := []geo.GridID{d.root}; len(level) > 0; {
		var under []geo.GridID
		for _, id := range level {
			grids = append(grids, d.nodes[id].Grid)
			under = append(under, d.nodes[id].children...)
		}
		level = under
	}
	return grids
}

// Apply returns what e changes. It is a pure function: the drawing stays as it
// is, and [Drawing.Take] makes the change. New grids have IDs that no grid had
// before. The error is an *[EditError] for an edit that cannot be done,
// [ErrNotFound] for a grid that is not there, or a *[TopologyError] when the
// grids would no longer partition their parent.
func (d *Drawing) Apply(e Edit) (Redrawing, error) {
	w := newDraft(d)
	if err := e.apply(w); err != nil {
		return Redrawing{}, err
	}
	return w.finish()
}

// Take makes the changes of a redrawing. When a grid is not as it was when the
// redrawing was made, nothing changes and the error is [ErrStale].
func (d *Drawing) Take(r Redrawing) error {
	for _, c := range r.Changes {
		if err := d.agrees(c); err != nil {
			return err
		}
	}
	taking := d.ledger.begin(r)
	touched := r.touched()
	var homeless []int32
	for _, id := range touched {
		if n := d.nodes[id]; n != nil && n.holds() {
			homeless = append(homeless, d.homes[id]...)
			delete(d.homes, id)
			d.near.drop(id)
		}
	}
	for _, c := range r.Changes {
		before, had := c.Before.(*geo.Grid)
		if had && before.ID == d.root { // its border may have come to hold others
			homeless = append(homeless, d.homes[0]...)
			delete(d.homes, 0)
		}
		if had {
			d.leave(before.ID)
		}
	}
	homeless = append(homeless, d.callIn(r)...)
	for _, c := range r.Changes {
		if after, ok := c.After.(*geo.Grid); ok {
			if _, used := d.codes.used[after.Code]; !used {
				d.Loosen(after.Code)
			}
			d.enter(after)
		}
	}
	for _, id := range touched {
		if n := d.nodes[id]; n != nil && n.holds() {
			d.near.put(id, n.Boundary.Bound())
		}
	}
	d.rehouse(homeless)
	taking.end()
	return nil
}

// callIn takes out those in no grid who may live on ground that one gets now.
func (d *Drawing) callIn(r Redrawing) (homeless []int32) {
	var boxes []topo.Box
	for _, c := range r.Changes {
		if after, ok := c.After.(*geo.Grid); ok && counts(after) {
			boxes = append(boxes, after.Boundary.Bound())
		}
	}
	d.homes[0] = slices.DeleteFunc(d.homes[0], func(i int32) bool {
		if !slices.ContainsFunc(boxes, func(b topo.Box) bool { return b.Contains(d.dwellings[i].At) }) {
			return false
		}
		homeless = append(homeless, i)
		return true
	})
	return homeless
}

// touched returns the grids that change and their parents before and after:
// these may take ground now, or no longer.
func (r Redrawing) touched() []geo.GridID {
	var ids []geo.GridID
	for _, c := range r.Changes {
		for _, record := range [2]geo.Record{c.Before, c.After} {
			if g, ok := record.(*geo.Grid); ok {
				ids = append(ids, g.ID, g.Parent)
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// rehouse finds the leaves of dwellings whose leaf changed.
func (d *Drawing) rehouse(homeless []int32) {
	changed := map[geo.GridID]bool{}
	for _, i := range homeless {
		id := d.locate(&d.dwellings[i])
		d.homes[id] = append(d.homes[id], i)
		changed[id] = true
	}
	for id := range changed {
		slices.Sort(d.homes[id])
	}
}

// agrees reports a change that does not fit what is there.
func (d *Drawing) agrees(c geo.Change) error {
	before, had := c.Before.(*geo.Grid)
	after, has := c.After.(*geo.Grid)
	switch {
	case had:
		n, ok := d.nodes[before.ID]
		if !ok || !sameRecord(&n.Grid, before) {
			return fmt.Errorf("grid %d: %w", before.ID, geo.ErrStale)
		}
	case !has:
		return fmt.Errorf("%w: a change of nothing", geo.ErrInvalid)
	case d.nodes[after.ID] != nil:
		return fmt.Errorf("grid %d: %w", after.ID, geo.ErrStale)
	}
	return nil
}

// sameRecord reports whether two grids are equal in every field.
func sameRecord(a, b *geo.Grid) bool {
	x, y := *a, *b
	x.Boundary, y.Boundary = nil, nil
	return reflect.DeepEqual(x, y) && a.Boundary.Equal(b.Boundary)
}

// enter puts a grid in its place. Children that are there already, because
// only the grid itself changed, stay its children.
func (d *Drawing) enter(g *geo.Grid) {
	n := d.nodes[g.ID]
	if n == nil {
		n = &node{}
		d.nodes[g.ID] = n
	}
	n.Grid, n.print = *g, g.Boundary.Fingerprint()
	d.codes.take(g.Code)
	d.byCode[g.Code] = g.ID
	d.next = max(d.next, g.ID+1)
	if g.Parent == 0 {
		return
	}
	up := d.nodes[g.Parent]
	if up == nil { // comes later in the same redrawing
		up = &node{}
		d.nodes[g.Parent] = up
	}
	if at, there := slices.BinarySearch(up.children, g.ID); !there {
		up.children = slices.Insert(up.children, at, g.ID)
	}
	if counts(g) {
		up.ground++
		up.sum = up.sum.Add(n.print)
	}
}

// leave takes a grid out of its place.
func (d *Drawing) leave(id geo.GridID) {
	n := d.nodes[id]
	if d.byCode[n.Code] == id {
		delete(d.byCode, n.Code)
	}
	d.codes.giveBack(n.Code)
	if up := d.nodes[n.Parent]; up != nil {
		if at, there := slices.BinarySearch(up.children, id); there {
			up.children = slices.Delete(up.children, at, at+1)
		}
		if counts(&n.Grid) {
			up.ground--
			up.sum = up.sum.Sub(n.print)
		}
	}
	if n.Grid = (geo.Grid{}); len(n.children) == 0 {
		delete(d.nodes, id)
	}
}
