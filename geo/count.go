package geo

import (
	"maps"
	"slices"
)

// A Tally is what one grid holds, with everything under it.
type Tally struct {
	Households int64 `json:"households"`
	Resident   int64 `json:"persons_resident"`
	Registered int64 `json:"persons_registered"`
	Occupied   int64 `json:"occupied"`
	// Workers counts persons, each once in every grid above their posts,
	// however many posts they hold there.
	Workers int64 `json:"workers"`
	// ByRole counts persons by the role of their posts, in the order of the
	// snapshot's roles; a person with two roles counts once in each.
	ByRole []int64 `json:"-"`
	// GridWorkers counts those of them who hold a post on a grid rather than
	// on a division: the people households are shared among.
	GridWorkers int64 `json:"grid_workers"`
	// Posts counts the assignments held in the grid itself, not under it.
	Posts int64 `json:"posts"`
}

// Counted is a snapshot with everything in it counted for one day.
type Counted struct {
	*Snapshot // perhaps without dwellings
	// Dwellings are those that are counted.
	Dwellings Dwellings

	Tree    *Tree
	AsOf    Date
	Leaf    []int32 // position of the leaf grid of each dwelling, -1 for none
	Stated  []int32 // position of the division each dwelling's address names, -1 for none
	Tallies []Tally // by position
	Placing Placing
	// Many lists, by index of dwelling, all leaves of those that lie in more
	// than one; only a draft with overlaps has any.
	Many  map[int][]int32
	posts postList
	// part is what a part of a plan cannot count by itself; empty for the whole.
	part PartCounts
}

// A Placing sorts the dwellings that are not simply where they should be, by
// index of dwelling, and counts for each division how far its own lie in it.
type Placing struct {
	Located   int64
	None      map[int]struct{} // located, but in no grid
	Misplaced map[int]struct{} // in a grid outside the stated division
	Pointless map[int]struct{} // without a point
	Own       []Owned          // by position
}

// An Owned counts the located dwellings whose address names a division, and
// those of them that lie elsewhere.
type Owned struct{ Located, Elsewhere int32 }

// Count rolls dwellings and staff up the tree. leaf[i] is the position of the
// general grid that holds dwelling i, or -1; it is kept, not copied.
func Count(s *Snapshot, tree *Tree, leaf []int32, asOf Date) *Counted {
	return CountDwellings(s, PageDwellings(s.Dwellings), tree, leaf, asOf)
}

// CountDwellings is [Count] of a snapshot whose dwellings are not those it has,
// if any, but others.
func CountDwellings(s *Snapshot, dwellings Dwellings, tree *Tree, leaf []int32, asOf Date) *Counted {
	c := &Counted{
		Snapshot: s, Dwellings: dwellings, Tree: tree, AsOf: asOf, Leaf: leaf,
		Stated:  make([]int32, dwellings.Len()),
		Tallies: NewTallies(tree.Len(), len(s.Roles)),
		Placing: Placing{
			None: map[int]struct{}{}, Misplaced: map[int]struct{}{}, Pointless: map[int]struct{}{},
			Own: make([]Owned, tree.Len()),
		},
	}
	stated, at := GridID(0), int32(-1) // neighbours mostly name the same division
	for i, d := range c.Dwellings.All() {
		if d.Stated != stated {
			stated, at = d.Stated, c.statedAt(d)
		}
		c.Stated[i] = at
		c.place(i, 1)
		if leaf[i] >= 0 {
			c.Tallies[leaf[i]].add(d, 1)
		}
	}
	order := tree.Preorder()
	for k := len(order) - 1; k > 0; k-- {
		i := order[k]
		if s.Grids[i].Partitions() {
			c.Tallies[tree.parent[i]].addPeople(&c.Tallies[i])
		}
	}
	c.countStaff()
	return c
}

// Clone returns a copy whose counts can be changed without touching c's. The
// snapshot, the dwellings, the leaves, the stated divisions and the posts are shared.
func (c *Counted) Clone() *Counted {
	next := *c
	next.Tallies = NewTallies(len(c.Tallies), len(c.Roles))
	for i := range c.Tallies {
		roles := next.Tallies[i].ByRole
		copy(roles, c.Tallies[i].ByRole)
		next.Tallies[i] = c.Tallies[i]
		next.Tallies[i].ByRole = roles
	}
	next.Placing.None = maps.Clone(c.Placing.None)
	next.Placing.Misplaced = maps.Clone(c.Placing.Misplaced)
	next.Placing.Pointless = maps.Clone(c.Placing.Pointless)
	next.Placing.Own = slices.Clone(c.Placing.Own)
	next.Many = maps.Clone(c.Many)
	return &next
}

// Release takes dwelling i, as it now stands in Dwellings and in Leaf, out
// of every count; the caller then changes it and calls [Counted.Take].
func (c *Counted) Release(i int) { c.tally(i, -1) }

// Take counts dwelling i as it now stands in Dwellings and in Leaf; its
// stated division is looked up anew.
func (c *Counted) Take(i int) {
	c.Stated[i] = c.statedAt(c.Dwellings.At(i))
	c.tally(i, 1)
}

func (c *Counted) tally(i int, sign int64) {
	c.place(i, sign)
	for at := int(c.Leaf[i]); at >= 0; at = c.Tree.Parent(at) {
		c.Tallies[at].add(c.Dwellings.At(i), sign)
	}
}

func (c *Counted) statedAt(d *Dwelling) int32 {
	if d.Stated != 0 {
		if at, ok := c.Tree.Index(d.Stated); ok {
			return int32(at)
		}
	}
	return -1
}

// place enters dwelling i in the placing, or with sign -1 takes it out.
func (c *Counted) place(i int, sign int64) {
	p, leaf, stated := &c.Placing, int(c.Leaf[i]), int(c.Stated[i])
	set := func(m map[int]struct{}) {
		if sign > 0 {
			m[i] = struct{}{}
		} else {
			delete(m, i)
		}
	}
	if !c.Dwellings.At(i).Located {
		set(p.Pointless)
		return
	}
	p.Located += sign
	elsewhere := stated >= 0 && (leaf < 0 || !c.Tree.Under(leaf, stated))
	if leaf < 0 {
		set(p.None)
	} else if elsewhere {
		set(p.Misplaced)
	}
	if stated >= 0 {
		p.Own[stated].Located += int32(sign)
		if elsewhere {
			p.Own[stated].Elsewhere += int32(sign)
		}
	}
}

// NewTallies returns n empty tallies whose role counts share one block.
func NewTallies(n, roles int) []Tally {
	tallies := make([]Tally, n)
	block := make([]int64, n*roles)
	for i := range tallies {
		tallies[i].ByRole = block[i*roles : (i+1)*roles : (i+1)*roles]
	}
	return tallies
}

func (t *Tally) add(d *Dwelling, sign int64) {
	t.Households += sign
	t.Resident += sign * int64(d.Resident)
	t.Registered += sign * int64(d.Registered)
	if d.Occupied {
		t.Occupied += sign
	}
}

func (t *Tally) addPeople(o *Tally) {
	t.Households += o.Households
	t.Resident += o.Resident
	t.Registered += o.Registered
	t.Occupied += o.Occupied
}
