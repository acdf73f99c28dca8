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

// A boxSet is a boxTree that can change: what changed since it was packed is
// looked through one by one, and packed when it becomes much. A set never
// changes itself; [boxSet.with] makes another.
type boxSet struct {
	tree    boxTree
	changed []boxed // ascending by item
	size    int     // how many items there are
}

// A boxed item is in the set, or there no more.
type boxed struct {
	item  int32
	box   topo.Box
	there bool
}

func newBoxSet(items []int32, boxes []topo.Box) boxSet {
	return boxSet{tree: newBoxTree(items, boxes), size: len(items)}
}

// of returns what changed of an item.
func (s *boxSet) of(item int32) (int, bool) {
	return slices.BinarySearchFunc(s.changed, item, func(b boxed, item int32) int { return cmp.Compare(b.item, item) })
}

// with returns the set after changes; each says whether its item was in the set.
func (s *boxSet) with(changes []boxedChange) boxSet {
	if len(changes) == 0 {
		return *s
	}
	next := boxSet{s.tree, slices.Clone(s.changed), s.size}
	for _, c := range changes {
		if c.there {
			next.size++
		}
		if c.was {
			next.size--
		}
		if at, known := next.of(c.item); known {
			next.changed[at] = c.boxed
		} else {
			next.changed = slices.Insert(next.changed, at, c.boxed)
		}
	}
	if len(next.changed) <= 64+len(s.tree.items)/64 {
		return next
	}
	var items []int32
	var boxes []topo.Box
	for i, item := range s.tree.items {
		if _, old := next.of(item); !old {
			items, boxes = append(items, item), append(boxes, s.tree.boxes[i])
		}
	}
	for _, b := range next.changed {
		if b.there {
			items, boxes = append(items, b.item), append(boxes, b.box)
		}
	}
	return newBoxSet(items, boxes)
}

// A boxedChange is an item as it is, and whether it was there before.
type boxedChange struct {
	boxed
	was bool
}

// at calls found with every item whose box holds p, borders included, until
// found returns false; it reports whether it never did.
func (s *boxSet) at(p topo.Point, found func(item int32) bool) bool {
	for _, b := range s.changed {
		if b.there && b.box.Contains(p) && !found(b.item) {
			return false
		}
	}
	if len(s.changed) == 0 {
		return s.tree.at(p, found)
	}
	return s.tree.at(p, func(item int32) bool {
		if _, old := s.of(item); old {
			return true
		}
		return found(item)
	})
}
