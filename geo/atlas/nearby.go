package atlas

import (
	"slices"
	"sync"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// perCell is how many dwellings a cell of a nearby index holds on the average.
const perCell = 8

// maxStrays is how many dwellings may move before the index is made anew.
const maxStrays = 1024

// A nearby index finds the located dwellings in a box. It is made when first
// asked, of the dwellings it was given, whoever asks, and never changes.
type nearby struct {
	once       sync.Once
	of         geo.Dwellings // until it is made
	box        topo.Box
	shift      uint
	cols, rows int
	start      []int32 // the dwellings of cell c are ids[start[c]:start[c+1]]
	ids        []geo.HouseholdID
}

// fill makes the index.
func (n *nearby) fill() {
	dwellings, located := n.of, 0
	n.of = geo.Dwellings{}
	for _, d := range dwellings.All() {
		if !d.Located {
			continue
		}
		if located++; located == 1 {
			n.box = topo.Box{Min: d.At, Max: d.At}
		}
		n.box = n.box.Extend(d.At)
	}
	if located == 0 {
		return
	}
	width, height := int64(n.box.Max.X)-int64(n.box.Min.X)+1, int64(n.box.Max.Y)-int64(n.box.Min.Y)+1
	for (width>>n.shift+1)*(height>>n.shift+1) > int64(1+located/perCell)+1 {
		n.shift++
	}
	n.cols, n.rows = int(width>>n.shift)+1, int(height>>n.shift)+1
	n.start = make([]int32, n.cols*n.rows+2)
	for _, d := range dwellings.All() {
		if d.Located {
			n.start[n.cellOf(d.At)+2]++
		}
	}
	for c := 2; c < len(n.start); c++ {
		n.start[c] += n.start[c-1]
	}
	n.ids = make([]geo.HouseholdID, located)
	for _, d := range dwellings.All() {
		if d.Located {
			c := n.cellOf(d.At) + 1
			n.ids[n.start[c]] = d.ID
			n.start[c]++
		}
	}
}

// cellOf returns the cell of a point in the box.
func (n *nearby) cellOf(p topo.Point) int {
	col, row := n.at(p)
	return row*n.cols + col
}

func (n *nearby) at(p topo.Point) (col, row int) {
	return int((int64(p.X) - int64(n.box.Min.X)) >> n.shift), int((int64(p.Y) - int64(n.box.Min.Y)) >> n.shift)
}

// in calls found with all dwellings that were in the box, and with some beside
// it, until it says no; it reports whether it never did.
func (n *nearby) in(box topo.Box, found func(geo.HouseholdID) bool) bool {
	n.once.Do(n.fill)
	if len(n.ids) == 0 || !n.box.Intersects(box) {
		return true
	}
	west, south := n.at(topo.Point{X: max(box.Min.X, n.box.Min.X), Y: max(box.Min.Y, n.box.Min.Y)})
	east, north := n.at(topo.Point{X: min(box.Max.X, n.box.Max.X), Y: min(box.Max.Y, n.box.Max.Y)})
	for row := south; row <= north; row++ {
		for _, id := range n.ids[n.start[row*n.cols+west]:n.start[row*n.cols+east+1]] {
			if !found(id) {
				return false
			}
		}
	}
	return true
}

// any reports whether a located dwelling in the box is one that is asked for.
func (c *columns) any(box topo.Box, asked func(*geo.Dwelling) bool) bool {
	other := func(id geo.HouseholdID) bool {
		i, known := c.find(id)
		if !known {
			return true
		}
		d := c.dwellings.At(i)
		return !d.Located || !box.Contains(d.At) || !asked(d)
	}
	if !c.near.in(box, other) {
		return true
	}
	for _, id := range c.strays {
		if !other(id) {
			return true
		}
	}
	return false
}

// rehoused appends to moves what became of the dwellings in boxes that lie in
// other leaves now: those of c, after moves, as places has them. Where the
// order of the grids is another, the leaves of those in several are put in it.
func (c *columns) rehoused(moves []move, boxes []topo.Box, places *locator, reordered bool) []move {
	last := make(map[geo.HouseholdID]int, len(moves))
	for i := range moves {
		last[moves[i].dwelling.ID] = i
	}
	var found []int32
	look := func(d *geo.Dwelling, was []int32) {
		if again := reordered && len(was) > 1; !d.Located || !again && !slices.ContainsFunc(boxes, func(b topo.Box) bool { return b.Contains(d.At) }) {
			return
		}
		if found = places.each(d.At, found[:0]); !slices.Equal(found, was) {
			moves = append(moves, move{dwelling: *d, leaves: slices.Clone(found)})
		}
	}
	seen := map[geo.HouseholdID]bool{}
	stored := func(id geo.HouseholdID) {
		if _, moved := last[id]; moved || seen[id] {
			return
		}
		seen[id] = true
		if i, known := c.find(id); known {
			look(c.dwellings.At(i), c.leavesOf(i))
		}
	}
	for _, box := range boxes {
		c.near.in(box, func(id geo.HouseholdID) bool { stored(id); return true })
	}
	for _, id := range c.strays {
		stored(id)
	}
	if reordered {
		for id := range c.many {
			stored(id)
		}
	}
	for _, i := range last {
		if m := moves[i]; !m.gone {
			look(&m.dwelling, m.leaves)
		}
	}
	return moves
}
