package atlas

import (
	"cmp"
	"math"
	"slices"

	"gridmap/geo/topo"
)

// fanout is how many boxes share a node of a boxTree.
const fanout = 8

// A boxTree finds the boxes that hold a point. It is packed once
// (sort-tile-recursive) and never changes.
type boxTree struct {
	items []int32    // what was stored, in the order of the lowest level
	boxes []topo.Box // the lowest level, then each level above it
	level []int      // where each level starts in boxes, and its end at last
}

// newBoxTree packs boxes; the box at i stands for items[i].
func newBoxTree(items []int32, boxes []topo.Box) boxTree {
	n := len(items)
	if n == 0 {
		return boxTree{}
	}
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	middle := func(lo, hi int32) int64 { return int64(lo) + int64(hi) }
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Compare(middle(boxes[a].Min.X, boxes[a].Max.X), middle(boxes[b].Min.X, boxes[b].Max.X))
	})
	slice := fanout * int(math.Ceil(math.Sqrt(float64(n)/fanout)))
	for part := range slices.Chunk(order, slice) {
		slices.SortFunc(part, func(a, b int) int {
			return cmp.Compare(middle(boxes[a].Min.Y, boxes[a].Max.Y), middle(boxes[b].Min.Y, boxes[b].Max.Y))
		})
	}
	t := boxTree{items: make([]int32, n), boxes: make([]topo.Box, n, n+n/fanout+8), level: []int{0, n}}
	for i, k := range order {
		t.items[i], t.boxes[i] = items[k], boxes[k]
	}
	for from := 0; len(t.boxes)-from > 1; {
		to := len(t.boxes)
		for group := range slices.Chunk(t.boxes[from:to:to], fanout) {
			t.boxes = append(t.boxes, union(group))
		}
		from = to
		t.level = append(t.level, len(t.boxes))
	}
	return t
}

func union(boxes []topo.Box) topo.Box {
	u := boxes[0]
	for _, b := range boxes[1:] {
		u.Min = topo.Point{X: min(u.Min.X, b.Min.X), Y: min(u.Min.Y, b.Min.Y)}
		u.Max = topo.Point{X: max(u.Max.X, b.Max.X), Y: max(u.Max.Y, b.Max.Y)}
	}
	return u
}

// at calls found with every item whose box holds p, borders included, until
// found returns false; it reports whether it never did.
func (t *boxTree) at(p topo.Point, found func(item int32) bool) bool {
	if len(t.items) == 0 {
		return true
	}
	return t.descend(len(t.level)-2, 0, p, found)
}

// descend visits box i of a level.
func (t *boxTree) descend(level, i int, p topo.Point, found func(int32) bool) bool {
	if !t.boxes[t.level[level]+i].Contains(p) {
		return true
	}
	if level == 0 {
		return found(t.items[i])
	}
	below := t.level[level] - t.level[level-1]
	for k := i * fanout; k < min((i+1)*fanout, below); k++ {
		if !t.descend(level-1, k, p, found) {
			return false
		}
	}
	return true
}
