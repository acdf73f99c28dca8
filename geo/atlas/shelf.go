package atlas

import (
	"slices"
	"sync"
	"sync/atomic"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// pageSize is how many grids share a page of a shelf: what an edit copies of
// each grid it changes.
const pageSize = 32

// A shelf holds the grids of a picture, each in a slot that it keeps from
// picture to picture while its position may shift. It never changes; the next
// shelf shares the pages on which nothing changed.
type shelf struct {
	pages []*page
	slots []int32 // slot of each position
	at    []int32 // position of each slot, -1 of a free one
	// straight says that every slot is its position.
	straight bool
}

// A page holds the grids of pageSize slots and what was worked out about them.
type page struct {
	grids   []geo.Grid
	grounds [pageSize]atomic.Pointer[Ground]
	faults  [pageSize]*faultCell
}

// newShelf puts grids into slots in their order.
func newShelf(grids []geo.Grid) *shelf {
	sh := &shelf{slots: make([]int32, len(grids)), at: make([]int32, len(grids)), straight: true}
	for i := range grids {
		sh.slots[i], sh.at[i] = int32(i), int32(i)
	}
	for part := range slices.Chunk(grids, pageSize) {
		p := &page{grids: part}
		for i := range p.faults {
			p.faults[i] = &faultCell{}
		}
		sh.pages = append(sh.pages, p)
	}
	return sh
}

func (sh *shelf) grid(slot int32) *geo.Grid {
	return &sh.pages[slot/pageSize].grids[slot%pageSize]
}

// position returns the position of a slot, -1 for -1.
func (sh *shelf) position(slot int32) int32 {
	if slot < 0 {
		return -1
	}
	return sh.at[slot]
}

func (sh *shelf) ground(slot int32) *atomic.Pointer[Ground] {
	return &sh.pages[slot/pageSize].grounds[slot%pageSize]
}

func (sh *shelf) fault(slot int32) *faultCell {
	return sh.pages[slot/pageSize].faults[slot%pageSize]
}

// copy returns a shelf that may be written to, and whose pages may be taken
// for writing.
func (sh *shelf) copy() *shelfDraft {
	return &shelfDraft{shelf: &shelf{slices.Clone(sh.pages), sh.slots, sh.at, sh.straight}, ours: map[int32]bool{}}
}

// A shelfDraft is a shelf in the making.
type shelfDraft struct {
	*shelf
	ours map[int32]bool // pages that are copies already
}

// page returns the page of a slot for writing.
func (d *shelfDraft) page(slot int32) *page {
	n := slot / pageSize
	if d.ours[n] {
		return d.pages[n]
	}
	d.ours[n] = true
	p := &page{grids: make([]geo.Grid, pageSize)}
	if int(n) == len(d.pages) {
		d.pages = append(d.pages, p)
		for i := range p.faults {
			p.faults[i] = &faultCell{}
		}
		return p
	}
	old := d.pages[n]
	copy(p.grids, old.grids)
	p.faults = old.faults
	for i := range p.grounds {
		p.grounds[i].Store(old.grounds[i].Load())
	}
	for i := len(old.grids); i < pageSize; i++ {
		p.faults[i] = &faultCell{}
	}
	d.pages[n] = p
	return p
}

// forgetGround drops what was worked out of the place a grid takes.
func (d *shelfDraft) forgetGround(slot int32) { d.page(slot).grounds[slot%pageSize].Store(nil) }

// forgetFaults drops what was found among the children of a grid.
func (d *shelfDraft) forgetFaults(slot int32) { d.page(slot).faults[slot%pageSize] = &faultCell{} }

// put places a grid.
func (d *shelfDraft) put(slot int32, g *geo.Grid) { d.page(slot).grids[slot%pageSize] = *g }

// A gridList is the grids of a shelf in one piece, by position, made when first
// asked.
type gridList struct {
	once  sync.Once
	grids []geo.Grid
}

func (l *gridList) of(sh *shelf) []geo.Grid {
	l.once.Do(func() {
		if l.grids != nil {
			return
		}
		l.grids = make([]geo.Grid, len(sh.slots))
		for i, slot := range sh.slots {
			l.grids[i] = *sh.grid(slot)
		}
	})
	return l.grids
}

// Changed lists the grids that are not the same in both pictures, or are in
// one of them only, ascending; ok is false when the two do not descend from
// one that was loaded, so that every grid would have to be looked at. It costs
// what changed, not what there is. A grid that was taken away and came back may
// be listed though it is the same.
func (a *Atlas) Changed(before *Atlas) (ids []geo.GridID, ok bool) {
	if a.origin != before.origin {
		return nil, false
	}
	if a.shelf == before.shelf {
		return nil, true
	}
	old, now := before.shelf, a.shelf
	for n := range max(len(old.pages), len(now.pages)) {
		if n < len(old.pages) && n < len(now.pages) && old.pages[n] == now.pages[n] {
			continue
		}
		for slot := int32(n * pageSize); slot < int32((n+1)*pageSize); slot++ {
			ids = appendChanged(ids, old.held(slot), now.held(slot))
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), true
}

// held returns the grid in a slot, nil when there is none.
func (sh *shelf) held(slot int32) *geo.Grid {
	if int(slot) >= len(sh.at) || sh.at[slot] < 0 {
		return nil
	}
	return sh.grid(slot)
}

func appendChanged(ids []geo.GridID, b, g *geo.Grid) []geo.GridID {
	switch {
	case b == nil && g == nil:
		return ids
	case b == nil:
		return append(ids, g.ID)
	case g == nil:
		return append(ids, b.ID)
	case b.ID != g.ID:
		return append(ids, b.ID, g.ID)
	case !sameGrid(b, g):
		return append(ids, g.ID)
	}
	return ids
}

// sameGrid reports whether two grids are the same in all that a picture shows.
func sameGrid(a, b *geo.Grid) bool {
	return a.ID == b.ID && a.Parent == b.Parent && a.Tier == b.Tier && a.Code == b.Code && a.Name == b.Name &&
		a.Kind == b.Kind && a.Setting == b.Setting && a.TextBounds == b.TextBounds && a.Owner == b.Owner &&
		a.Valid == b.Valid && a.Hole == b.Hole && a.Rest == b.Rest && slices.Equal(a.Predecessors, b.Predecessors) &&
		sameRings(a.Boundary, b.Boundary)
}

// sameRings reports whether two shapes are drawn the same, ring by ring.
func sameRings(s, o topo.Shape) bool {
	if len(s) == len(o) && (len(s) == 0 || &s[0] == &o[0]) {
		return (s == nil) == (o == nil)
	}
	return slices.EqualFunc(s, o, func(p, q topo.Polygon) bool {
		return slices.EqualFunc(p, q, func(r, t topo.Ring) bool { return slices.Equal(r, t) })
	})
}
