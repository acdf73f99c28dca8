// Package suppress hides small counts so that nobody can work them out from
// the counts that are shown.
package suppress

import "math"

// DefaultLeast is the smallest count that is shown unless a profile says
// otherwise: public counts below 5 are hidden.
const DefaultLeast = 5

// Unbounded stands for a count that may be of any size.
const Unbounded = math.MaxInt64

// A Table holds counts of a tree of units in which every unit with parts counts
// what its parts count together. parent[i] is the unit that i is part of, -1 of
// none; it comes before i.
type Table struct {
	parent []int32
	parts  [][]int32
	counts []int64
}

// NewTable returns the table of counts, which must not be negative. Where the
// parts of a unit count less than the unit, the rest is held to be a part that
// is never shown nor hidden: add one to counts to have it protected as well. It
// panics when a parent does not come before its parts, or counts less than they.
func NewTable(parent []int32, counts []int64) *Table {
	t := &Table{parent, make([][]int32, len(parent)), counts}
	for i, p := range parent {
		if p >= int32(i) || counts[i] < 0 {
			panic("suppress: a parent must come before its parts, and counts must not be negative")
		}
		if p >= 0 {
			t.parts[p] = append(t.parts[p], int32(i))
		}
	}
	for i := range t.parts {
		if t.rest(int32(i)) < 0 {
			panic("suppress: parts count more than the whole")
		}
	}
	return t
}

// rest is what unit i counts beside its parts.
func (t *Table) rest(i int32) int64 {
	if len(t.parts[i]) == 0 {
		return 0
	}
	rest := t.counts[i]
	for _, p := range t.parts[i] {
		rest -= t.counts[p]
	}
	return rest
}

// Hide returns which counts must not be shown: those from 1 to least-1, and as
// many others as it takes that a reader who adds and subtracts all that is
// shown, and knows that no hidden count is zero, must hold it possible for each
// of them that it is 1 and that it is least or more. Zeros are shown: they tell
// of nobody.
//
// Others are hidden beside a small count, the smallest first; where a unit's
// parts do not suffice the unit itself is. Counts marked in also are hidden in
// any case, zeros too, and then readers know of no hidden count that it is above
// zero; nil marks none.
func (t *Table) Hide(least int64, also []bool) []bool {
	hidden := make([]bool, len(t.counts))
	copy(hidden, also)
	small := func(i int) bool { return t.counts[i] > 0 && t.counts[i] < least }
	for i := range hidden {
		hidden[i] = hidden[i] || small(i)
	}
	for changed := true; changed; {
		changed = false
		_, high := t.Bounds(hidden, also != nil)
		touched := map[int32]bool{} // wholes of what this round hid
		for i := len(hidden) - 1; i >= 0; i-- {
			if !small(i) || high[i] >= least || t.within(int32(i), touched) {
				continue
			}
			if best := t.company(int32(i), hidden); best >= 0 {
				hidden[best], touched[t.parent[best]] = true, true
				changed = true
			}
		}
	}
	return hidden
}

// within reports whether unit i is part of one of units, however deep: its
// bounds are not what they were when they were worked out.
func (t *Table) within(i int32, units map[int32]bool) bool {
	for at := i; at >= 0; at = t.parent[at] {
		if units[t.parent[at]] {
			return true
		}
	}
	return false
}

// company returns the count to hide next so that unit i may be larger, -1 when
// all that bear on it are hidden.
func (t *Table) company(i int32, hidden []bool) int32 {
	for at := i; at >= 0; at = t.parent[at] {
		best := t.smallestShown(t.siblings(at), hidden)
		if best < 0 && t.parent[at] >= 0 && !hidden[t.parent[at]] {
			best = t.parent[at]
		}
		if best < 0 { // of a unit that is hidden the parts say more
			best = t.smallestShown(t.parts[at], hidden)
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// siblings returns the parts that i stands among.
func (t *Table) siblings(i int32) []int32 {
	if p := t.parent[i]; p >= 0 {
		return t.parts[p]
	}
	return nil
}

// smallestShown returns the unit with the smallest count above zero that is not
// yet hidden, -1 for none.
func (t *Table) smallestShown(units []int32, hidden []bool) int32 {
	best := int32(-1)
	for _, i := range units {
		if !hidden[i] && t.counts[i] > 0 && (best < 0 || t.counts[i] < t.counts[best]) {
			best = i
		}
	}
	return best
}

// Bounds returns the least and the most that a reader must hold possible for
// each count who knows all that are not hidden, that hidden ones are above zero
// unless zeros may be hidden, and what units count beside their parts.
// [Unbounded] stands for any size. On a tree the bounds are sharp: each is
// reached by some set of counts that fits everything shown.
func (t *Table) Bounds(hidden []bool, zeros bool) (low, high []int64) {
	floor := int64(1)
	if zeros {
		floor = 0
	}
	low, high = make([]int64, len(t.counts)), make([]int64, len(t.counts))
	for i := len(t.counts) - 1; i >= 0; i-- { // parts before their wholes
		low[i], high[i] = t.counts[i], t.counts[i]
		if hidden[i] {
			low[i], high[i] = t.above(int32(i), floor, low, high)
		}
	}
	for i := range t.counts { // wholes before their parts
		t.narrow(int32(i), low, high)
	}
	return low, high
}

// above returns what the parts of hidden unit i allow it to be.
func (t *Table) above(i int32, floor int64, low, high []int64) (least, most int64) {
	if len(t.parts[i]) == 0 {
		return floor, Unbounded
	}
	least, most = t.rest(i), t.rest(i)
	for _, p := range t.parts[i] {
		least, most = least+low[p], plus(most, high[p])
	}
	return max(floor, least), most
}

// narrow bounds the parts of unit i by what is left of it for each.
func (t *Table) narrow(i int32, low, high []int64) {
	rest := t.rest(i)
	least, most, endless := rest, rest, 0 // of all parts together; parts without bound are counted apart
	for _, p := range t.parts[i] {
		least += low[p]
		if high[p] == Unbounded {
			endless++
		} else {
			most += high[p]
		}
	}
	parts := t.parts[i]
	lows, highs := make([]int64, len(parts)), make([]int64, len(parts))
	for k, p := range parts {
		lows[k], highs[k] = low[p], high[p]
		switch others := endless; {
		case high[p] == Unbounded && others == 1:
			lows[k] = max(lows[k], low[i]-most)
		case high[p] != Unbounded && others == 0:
			lows[k] = max(lows[k], low[i]-(most-high[p]))
		}
		if high[i] != Unbounded {
			highs[k] = min(highs[k], high[i]-(least-low[p]))
		}
	}
	for k, p := range parts {
		low[p], high[p] = lows[k], highs[k]
	}
}

// plus adds bounds.
func plus(a, b int64) int64 {
	if a == Unbounded || b == Unbounded {
		return Unbounded
	}
	return a + b
}
