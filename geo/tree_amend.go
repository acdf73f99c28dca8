package geo

import (
	"cmp"
	"maps"
	"slices"
)

// A lookup finds the number of a key. It never changes: what differs from the
// map it was made with stands in a small one beside it.
type lookup[K comparable] struct {
	base, extra map[K]int32 // in extra, -1 is a key that is no more
}

// maxExtra is how many keys may differ before a new map is made.
const maxExtra = 512

func (l *lookup[K]) find(k K) (int32, bool) {
	if len(l.extra) > 0 {
		if n, changed := l.extra[k]; changed {
			return n, n >= 0
		}
	}
	n, ok := l.base[k]
	return n, ok
}

// with returns the lookup after changes; -1 takes a key away.
func (l *lookup[K]) with(changes map[K]int32) lookup[K] {
	if len(changes) == 0 {
		return *l
	}
	next := lookup[K]{l.base, make(map[K]int32, len(l.extra)+len(changes))}
	maps.Copy(next.extra, l.extra)
	maps.Copy(next.extra, changes)
	if len(next.extra) <= maxExtra {
		return next
	}
	next.base = maps.Clone(l.base)
	for k, n := range next.extra {
		if delete(next.base, k); n >= 0 {
			next.base[k] = n
		}
	}
	next.extra = nil
	return next
}

// A TreeChange is what becomes of the grids of a tree.
type TreeChange struct {
	Gone    []int          // positions, ascending, of those taken away
	Recoded map[int]string // the new codes of some that stay, by position before
	Came    []*Grid        // put at the end, in this order
}

// Amend returns the tree that [NewTree] makes after a change, at much less
// cost; t stays as it is. grid returns the grid at a position before. ok is
// false when the tree must be made anew, because the change cannot be made, a
// code stands twice or too many grids have gone: NewTree then tells.
func (t *Tree) Amend(grid func(i int) *Grid, c TreeChange) (next *Tree, ok bool) {
	next = &Tree{parent: t.parent, children: t.children, from: t.from, to: t.to, order: t.order, serials: t.serials, at: t.at, ids: t.ids}
	codes, ok := t.amendCodes(grid, c)
	if !ok {
		return nil, false
	}
	next.codes = codes
	if len(c.Gone)+len(c.Came) == 0 {
		return next, true
	}
	next.from, next.to = slices.Clone(t.from), slices.Clone(t.to)
	next.order = slices.Grow(slices.Clone(t.order), len(c.Came))
	next.parent, next.serials = slices.Clone(t.parent), slices.Clone(t.serials)
	next.children = slices.Clone(t.children)
	ids := map[GridID]int32{}
	if !next.takeAway(grid, c.Gone, ids) {
		return nil, false
	}
	for k, g := range c.Came {
		p := t.parentOf(grid, c, k)
		if _, known := t.Index(g.ID); known || p < 0 {
			return nil, false
		}
		ids[g.ID] = int32(len(t.at) + k)
		next.append(p, ids[g.ID])
	}
	next.ids = t.ids.with(ids)
	next.at = make([]int32, len(t.at)+len(c.Came))
	for i := range next.at {
		next.at[i] = -1
	}
	for i, serial := range next.serials {
		next.at[serial] = int32(i)
	}
	return next, true
}

// amendCodes returns the codes after a change, unless one stands twice.
func (t *Tree) amendCodes(grid func(i int) *Grid, c TreeChange) (lookup[string], bool) {
	if t.twice || len(t.at) > 2*len(t.parent)+maxExtra {
		return t.codes, false
	}
	codes := map[string]int32{}
	for _, i := range c.Gone {
		codes[grid(i).Code] = -1
	}
	for i := range c.Recoded {
		codes[grid(i).Code] = -1
	}
	enter := func(code string, serial int32) bool {
		if code == "" {
			return true
		}
		n, changed := codes[code]
		if _, known := t.codes.find(code); changed && n >= 0 || !changed && known {
			return false
		}
		codes[code] = serial
		return true
	}
	for i, code := range c.Recoded {
		if !enter(code, t.serials[i]) {
			return t.codes, false
		}
	}
	for k, g := range c.Came {
		if !enter(g.Code, int32(len(t.at)+k)) {
			return t.codes, false
		}
	}
	delete(codes, "")
	return t.codes.with(codes), true
}

// takeAway takes grids away under which none stays.
func (t *Tree) takeAway(grid func(i int) *Grid, gone []int, ids map[GridID]int32) bool {
	if len(gone) == 0 {
		return true
	}
	leaves := slices.SortedFunc(slices.Values(gone), func(a, b int) int { return cmp.Compare(t.from[b], t.from[a]) })
	for _, i := range leaves {
		o := t.from[i]
		if t.to[i] != o+1 || t.parent[i] < 0 {
			return false
		}
		ids[grid(i).ID] = -1
		for k := range t.from {
			if t.from[k] > o {
				t.from[k]--
			}
			if t.to[k] > o {
				t.to[k]--
			}
		}
		t.order = slices.Delete(t.order, int(o), int(o)+1)
	}
	t.close(gone)
	return true
}

// close gives the positions of those gone to the next that stay.
func (t *Tree) close(gone []int) {
	now := make([]int32, len(t.parent)) // position of each, -1 of those gone
	for _, i := range gone {
		now[i] = -1
	}
	n := int32(0)
	for i := range now {
		if now[i] < 0 {
			continue
		}
		now[i] = n
		t.parent[n], t.serials[n], t.from[n], t.to[n], t.children[n] = t.parent[i], t.serials[i], t.from[i], t.to[i], t.children[i]
		n++
	}
	t.parent, t.serials, t.from, t.to, t.children = t.parent[:n], t.serials[:n], t.from[:n], t.to[:n], t.children[:n]
	block := make([]int32, 0, n)
	for i := range t.parent {
		if t.parent[i] >= 0 {
			t.parent[i] = now[t.parent[i]]
		}
		start := len(block)
		for _, c := range t.children[i] {
			if now[c] >= 0 {
				block = append(block, now[c])
			}
		}
		t.children[i] = slices.Clip(block[start:])
	}
	for i, at := range t.order {
		t.order[i] = now[at]
	}
}

// parentOf returns the position, after those gone are taken away, of the parent
// of the grid at index k of those that come, -1 when it has none.
func (t *Tree) parentOf(grid func(i int) *Grid, c TreeChange, k int) int32 {
	g := c.Came[k]
	if at, ok := t.Index(g.Parent); ok {
		before, gone := slices.BinarySearch(c.Gone, at)
		if gone || grid(at).Tier >= g.Tier {
			return -1
		}
		return int32(at - before)
	}
	for j, o := range c.Came[:k] {
		if o.ID == g.Parent && o.Tier < g.Tier {
			return int32(len(t.parent) - len(c.Gone) + j)
		}
	}
	return -1
}

// append puts a grid at the end, as the last child of the grid at p.
func (t *Tree) append(p, serial int32) {
	x, self := t.to[p], int32(len(t.parent))
	for k := range t.from {
		if t.from[k] >= x {
			t.from[k]++
			t.to[k]++
		}
	}
	for up := p; up >= 0; up = t.parent[up] {
		t.to[up]++
	}
	t.order = slices.Insert(t.order, int(x), self)
	t.parent, t.serials = append(t.parent, p), append(t.serials, serial)
	t.from, t.to = append(t.from, x), append(t.to, x+1)
	t.children = append(t.children, nil)
	t.children[p] = append(slices.Clip(t.children[p]), self)
}
