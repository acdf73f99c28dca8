// Package atlas holds one plan in memory and answers where a point lies, who
// serves it and whether the plan is whole and staffed, without a query. A
// picture never changes: a new revision is a new picture that shares what
// stayed the same.
package atlas

import (
	"slices"
	"sync"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/topo"
)

// An Atlas is the picture of one plan at one revision. It is safe for use by
// many at once.
type Atlas struct {
	snap   *geo.Snapshot // without grids, which are on the shelf, and dwellings, which are in the book
	shelf  *shelf
	list   *gridList // of the shelf
	tree   *geo.Tree
	places *locator
	over   boxSet // drawn dedicated and task grids, by slot
	staff  *roster
	cuts   func() []check.Cut // found when first asked, of a picture with this ground and these compounds
	vacant *check.Vacancies   // of a picture with these households, and of others with them
	cells  *CellBook          // of its line of pictures
	origin *geo.Snapshot      // what the first of its line was made from, by which pictures tell their like

	records func() *geo.Snapshot

	mu   sync.Mutex // guards book
	book book
}

// New makes the picture of s. Its records may stand in any order; the picture
// keeps them by ID. The grids must be as [geo.NewTree] asks, whose error it
// returns. Grids that are not drawn, or whose siblings leave gaps or overlap,
// are no error. The caller must not change s afterwards.
func New(s *geo.Snapshot) (*Atlas, error) {
	tree, err := geo.NewTree(s.Grids)
	if err != nil {
		return nil, err
	}
	snap := *s
	snap.Dwellings = nil
	for _, c := range snap.Columns() {
		c.Order()
	}
	snap.Grids = nil
	a := &Atlas{snap: &snap, tree: tree, cells: NewCellBook(), origin: &snap}
	a.show(s.Grids)
	a.staff = newRoster(a.snap, tree)
	a.book.seed.columns = a.places.home(sortedDwellings(s.Dwellings))
	return a, nil
}

// show makes what follows from the grids alone, from nothing.
func (a *Atlas) show(grids []geo.Grid) {
	a.shelf, a.list = newShelf(grids), &gridList{grids: grids}
	a.records = a.recordsOnce()
	a.cuts, a.vacant = a.findCuts(), new(check.Vacancies)
	a.places = newLocator(a.shelf, a.tree)
	var items []int32
	var boxes []topo.Box
	for i := range grids {
		if overlays(&grids[i]) {
			items, boxes = append(items, int32(i)), append(boxes, grids[i].Boundary.Bound())
		}
	}
	a.over = newBoxSet(items, boxes)
}

// recordsOnce returns a function that puts the grids beside the other records,
// once.
func (a *Atlas) recordsOnce() func() *geo.Snapshot {
	return sync.OnceValue(func() *geo.Snapshot {
		all := *a.snap
		all.Grids = a.list.of(a.shelf)
		return &all
	})
}

// overlays reports whether a grid is drawn over others.
func overlays(g *geo.Grid) bool { return !g.Partitions() && drawn(g) }

func drawn(g *geo.Grid) bool { return len(g.Boundary) > 0 }

// Revision returns the revision of the territory the picture shows.
func (a *Atlas) Revision() geo.Revision { return a.snap.Revision }

// Territory returns the territory the picture shows.
func (a *Atlas) Territory() geo.Territory { return a.snap.Territory }

// Plan returns the plan the picture shows.
func (a *Atlas) Plan() geo.Plan { return a.snap.Plan }

// Tree returns the order of the grids. Positions everywhere in this package
// are its positions.
func (a *Atlas) Tree() *geo.Tree { return a.tree }

// Grid returns the grid at a position; it must not be changed.
func (a *Atlas) Grid(i int) *geo.Grid { return a.shelf.grid(a.shelf.slots[i]) }

// Records returns everything but the dwellings, which are left nil; it must
// not be changed. In a picture that follows a changed grid it first puts all
// grids in one piece; who wants but a few of them, or none, spares that with
// [Atlas.Grid] and [Atlas.Rest].
func (a *Atlas) Records() *geo.Snapshot { return a.records() }

// Rest returns everything but the grids and the dwellings, which are left nil;
// it must not be changed.
func (a *Atlas) Rest() *geo.Snapshot { return a.snap }

// Chain returns the positions from the root down to i.
func (a *Atlas) Chain(i int) []int { return a.tree.Chain(i) }

// Locate returns the position of the general grid that holds p: the leaf it
// lies in, by the boundary rule. A leaf is a drawn grid without drawn general
// grids under it. Ground of a parent that its drawn children leave belongs to
// the parent while some child is not drawn yet, since it must be that child's;
// when all are drawn it is a gap and belongs to none.
//
// Where leaves of a draft overlap, Locate returns the lowest position;
// [Atlas.LocateAll] returns all.
func (a *Atlas) Locate(p topo.Point) (leaf int, ok bool) {
	at := a.shelf.position(a.places.first(p))
	return int(at), at >= 0
}

// LocateEach fills leaf with the position that [Atlas.Locate] returns for each
// of points, or -1. It is faster than one by one; leaf must be as long as
// points.
func (a *Atlas) LocateEach(points []topo.Point, leaf []int32) { a.places.firsts(points, leaf) }

// LocateAll appends to dst the positions of all general grids that hold p, as
// [Atlas.Locate] has it, ascending: one for a whole plan, none in a gap or
// outside, several where a draft overlaps.
func (a *Atlas) LocateAll(p topo.Point, dst []int32) []int32 {
	from := len(dst)
	dst = a.places.each(p, dst)
	for i, slot := range dst[from:] {
		dst[from+i] = a.shelf.at[slot]
	}
	return dst
}

// Overlays returns the positions of the dedicated and task grids that hold p,
// ascending.
func (a *Atlas) Overlays(p topo.Point) []int32 {
	var found []int32
	a.over.at(p, func(slot int32) bool {
		if a.shelf.grid(slot).Boundary.Contains(p) {
			found = append(found, a.shelf.at[slot])
		}
		return true
	})
	slices.Sort(found)
	return found
}
