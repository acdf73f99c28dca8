package figures

import (
	"gridmap/geo"
	"gridmap/geo/suppress"
)

// HideGroups takes out of units the counts of groups that must not be shown to
// who may not read households: those from 1 to least-1, as many others as it
// takes that the counts above and beside do not give them away, and every count
// of a unit with fewer residents than least. They are worked out over the whole
// plan, so that answers about parts of it fit together. A count that is hidden
// is null.
//
// In a plan that is not in force every count is hidden: two divisions of the
// same households tell by their difference what each of them hides, and whoever
// may draw a draft could cut single households out.
func HideGroups(c *geo.Counted, units []Unit, least int64) {
	sums := c.Groups()
	if sums == nil {
		return
	}
	if c.Plan.State != geo.InForce {
		for i := range units {
			for code := range units[i].Groups {
				units[i].hideGroup(code)
			}
		}
		return
	}
	at, parent, fill := partsOf(c)
	few := make([]bool, len(parent))
	for i, residents := range fill(func(i int) int64 { return c.Tallies[i].Resident }) {
		few[i] = 0 < residents && residents < least
	}
	for k, group := range c.Territory.Keeps.Groups {
		counts := fill(func(i int) int64 { return sums[i][k] })
		hidden := suppress.NewTable(parent, counts).Hide(least, few)
		for i := range units {
			if place := at[units[i].Position]; place >= 0 && hidden[place] {
				units[i].hideGroup(group.Code)
			}
		}
	}
}

// hideGroup takes the count of a group out.
func (u *Unit) hideGroup(code string) {
	u.Groups[code] = nil
	u.without("group:"+code, Hidden)
}

// partsOf returns the tree of all grids that partition their parents: the place
// of each position in it, -1 for a grid that lies over others; the place of each
// one's whole; and what fills the tree with counts. After the grids stand the
// households that a divided grid holds itself, a part like its children.
func partsOf(c *geo.Counted) (at, parent []int32, fill func(count func(int) int64) []int64) {
	var order []int
	at = make([]int32, len(c.Grids))
	divided := map[int32]int{} // place to the place of its own households
	for _, i := range c.Tree.Preorder() {
		at[i] = -1
		up := c.Tree.Parent(int(i))
		if up >= 0 && (!c.Grids[i].Partitions() || at[up] < 0) {
			continue
		}
		at[i] = int32(len(order))
		order = append(order, int(i))
		if up < 0 {
			parent = append(parent, -1)
			continue
		}
		parent = append(parent, at[up])
		divided[at[up]] = 0
	}
	for place := range order {
		if _, is := divided[int32(place)]; is {
			divided[int32(place)] = len(parent)
			parent = append(parent, int32(place))
		}
	}
	return at, parent, func(count func(int) int64) []int64 {
		counts := make([]int64, len(parent))
		for place, i := range order {
			counts[place] = count(i)
			if own, is := divided[int32(place)]; is {
				counts[own] += counts[place]
			}
			if up := parent[place]; up >= 0 {
				counts[divided[up]] -= counts[place]
			}
		}
		return counts
	}
}
