package geo

import "fmt"

// A Tree is the order of a plan's grids: who is whose child, and which
// stretch of a pre-order walk lies under each. Positions are indexes into the
// grids it was made from.
type Tree struct {
	parent   []int32 // -1 for the root
	children [][]int32
	from, to []int32 // pre-order interval of each position: it and all under it
	order    []int32 // positions in pre-order
	// A grid has a serial, which it keeps when positions shift.
	serials []int32 // by position
	at      []int32 // position by serial, -1 of a grid that is no more
	ids     lookup[GridID]
	codes   lookup[string]
	twice   bool // some code stands twice
}

// NewTree orders grids. The first is the root; every other grid names a
// parent that stands before it and has a smaller tier. The error names the
// grid that breaks this. A code used twice is no error here: the check
// reports it, and [Tree.ByCode] finds the first.
func NewTree(grids []Grid) (*Tree, error) {
	if len(grids) == 0 || grids[0].Parent != 0 {
		return nil, fmt.Errorf("%w: the first grid must be the root", ErrInvalid)
	}
	n := len(grids)
	t := &Tree{
		parent: make([]int32, n), children: make([][]int32, n),
		from: make([]int32, n), to: make([]int32, n), order: make([]int32, 0, n),
		serials: make([]int32, n), at: make([]int32, n),
		ids: lookup[GridID]{base: make(map[GridID]int32, n)}, codes: lookup[string]{base: make(map[string]int32, n)},
	}
	for i := range n {
		t.serials[i], t.at[i] = int32(i), int32(i)
	}
	t.parent[0] = -1
	for i := range grids {
		if err := t.add(grids, int32(i)); err != nil {
			return nil, err
		}
	}
	t.walk(0)
	return t, nil
}

func (t *Tree) add(grids []Grid, i int32) error {
	g := &grids[i]
	if _, twice := t.ids.base[g.ID]; twice {
		return fmt.Errorf("%w: grid id %d stands twice", ErrInvalid, g.ID)
	}
	if g.Code != "" {
		if _, twice := t.codes.base[g.Code]; twice {
			t.twice = true
		} else {
			t.codes.base[g.Code] = i
		}
	}
	t.ids.base[g.ID] = i
	if i == 0 {
		return nil
	}
	p, ok := t.ids.base[g.Parent]
	switch {
	case !ok || p == i:
		return fmt.Errorf("%w: grid %s names parent %d, which does not stand before it", ErrInvalid, g.Code, g.Parent)
	case grids[p].Tier >= g.Tier:
		return fmt.Errorf("%w: grid %s of tier %d lies under %s of tier %d", ErrInvalid, g.Code, g.Tier, grids[p].Code, grids[p].Tier)
	}
	t.parent[i] = p
	t.children[p] = append(t.children[p], i)
	return nil
}

// walk gives every position its pre-order interval; depth is bounded by the
// number of tiers, which strictly rise along every path.
func (t *Tree) walk(i int32) {
	t.from[i] = int32(len(t.order))
	t.order = append(t.order, i)
	for _, c := range t.children[i] {
		t.walk(c)
	}
	t.to[i] = int32(len(t.order))
}

// Len returns how many grids the tree holds.
func (t *Tree) Len() int { return len(t.parent) }

// Index returns the position of the grid with the ID.
func (t *Tree) Index(id GridID) (int, bool) {
	serial, ok := t.ids.find(id)
	if !ok {
		return 0, false
	}
	return int(t.at[serial]), true
}

// ByCode returns the position of the grid with the code.
func (t *Tree) ByCode(code string) (int, bool) {
	serial, ok := t.codes.find(code)
	if !ok {
		return 0, false
	}
	return int(t.at[serial]), true
}

// Parent returns the position of i's parent, -1 for the root.
func (t *Tree) Parent(i int) int { return int(t.parent[i]) }

// Children returns the positions of i's children in their order of standing,
// general and overlaying ones alike. The caller must not change the slice.
func (t *Tree) Children(i int) []int32 { return t.children[i] }

// Chain returns the positions from the root down to i.
func (t *Tree) Chain(i int) []int {
	var chain []int
	for ; i >= 0; i = int(t.parent[i]) {
		chain = append(chain, i)
	}
	for a, b := 0, len(chain)-1; a < b; a, b = a+1, b-1 {
		chain[a], chain[b] = chain[b], chain[a]
	}
	return chain
}

// Interval returns the half-open stretch of pre-order numbers that i and all
// grids under it take.
func (t *Tree) Interval(i int) (from, to int) { return int(t.from[i]), int(t.to[i]) }

// Order returns i's place in pre-order.
func (t *Tree) Order(i int) int { return int(t.from[i]) }

// Under reports whether i is top or lies under it.
func (t *Tree) Under(i, top int) bool {
	return t.from[i] >= t.from[top] && t.from[i] < t.to[top]
}

// Preorder returns all positions in pre-order. The caller must not change the
// slice.
func (t *Tree) Preorder() []int32 { return t.order }
