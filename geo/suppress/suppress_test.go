package suppress

import (
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// table draws a tree of units with counts that add up.
func table(t *rapid.T, units, most int) ([]int32, []int64) {
	n := rapid.IntRange(1, units).Draw(t, "units")
	parent, counts := make([]int32, n), make([]int64, n)
	parent[0] = -1
	for i := 1; i < n; i++ {
		parent[i] = int32(rapid.IntRange(0, i-1).Draw(t, "parent"))
	}
	for i := n - 1; i >= 0; i-- {
		if !slices.Contains(parent, int32(i)) {
			counts[i] = int64(rapid.IntRange(0, most).Draw(t, "count"))
		}
		if i > 0 {
			counts[parent[i]] += counts[i]
		}
	}
	return parent, counts
}

// ceiling is what the attacker takes for the largest count there may be.
const ceiling = 14

// An attacker tries all counts that fit what is shown, knowing nothing of how
// they were hidden, and notes the least and the most of each.
type attacker struct {
	*Table
	hidden    []bool
	zeros     bool // may be hidden
	leaves    []int32
	try       []int64
	low, high []int64
}

func attack(t *Table, hidden []bool, zeros bool) *attacker {
	a := &attacker{Table: t, hidden: hidden, zeros: zeros, try: make([]int64, len(t.counts)),
		low: make([]int64, len(t.counts)), high: make([]int64, len(t.counts))}
	for i := range t.counts {
		a.low[i], a.high[i] = Unbounded, -1
		if len(t.parts[i]) == 0 {
			a.leaves = append(a.leaves, int32(i))
		}
	}
	a.guess(0)
	return a
}

// guess tries every count for leaf k and those behind it.
func (a *attacker) guess(k int) {
	if k == len(a.leaves) {
		a.note()
		return
	}
	i := a.leaves[k]
	from, to := a.counts[i], a.counts[i]
	if a.hidden[i] {
		from, to = 1, ceiling
		if a.zeros {
			from = 0
		}
	}
	for a.try[i] = from; a.try[i] <= to; a.try[i]++ {
		a.guess(k + 1)
	}
}

// note keeps the bounds of counts that add up to all that is shown.
func (a *attacker) note() {
	sums := slices.Clone(a.try)
	for i := len(sums) - 1; i >= 0; i-- {
		if len(a.parts[i]) > 0 {
			sums[i] = 0
			for _, p := range a.parts[i] {
				sums[i] += sums[p]
			}
		}
		if !a.hidden[i] && sums[i] != a.counts[i] || a.hidden[i] && sums[i] == 0 && !a.zeros {
			return
		}
	}
	for i, v := range sums {
		a.low[i], a.high[i] = min(a.low[i], v), max(a.high[i], v)
	}
}

// Whatever is hidden: the bounds are those an attacker finds by trying.
func TestBoundsAreSharp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parent, counts := table(t, 6, 4)
		hidden, zeros := make([]bool, len(counts)), rapid.Bool().Draw(t, "zeros")
		for i, c := range counts {
			hidden[i] = (c > 0 || zeros) && rapid.Bool().Draw(t, "hidden")
		}
		tb := NewTable(parent, counts)
		low, high := tb.Bounds(hidden, zeros)
		a := attack(tb, hidden, zeros)
		for i := range counts {
			// A count without bound reaches what the attacker takes for the largest.
			if low[i] != a.low[i] || high[i] != a.high[i] && !(high[i] == Unbounded && a.high[i] >= ceiling) {
				t.Fatalf("parents %v, counts %v, hidden %v: unit %d lies in %d…%d, the attacker says %d…%d",
					parent, counts, hidden, i, low[i], high[i], a.low[i], a.high[i])
			}
		}
	})
}

// No attacker learns of a small count that it is small.
func TestHiddenCountsCannotBeWorkedOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parent, counts := table(t, 6, 7)
		tb := NewTable(parent, counts)
		var also []bool
		if rapid.Bool().Draw(t, "others are hidden anyway") {
			also = rapid.SliceOfN(rapid.Bool(), len(counts), len(counts)).Draw(t, "also")
		}
		hidden := tb.Hide(DefaultLeast, also)
		a := attack(tb, hidden, also != nil)
		for i, c := range counts {
			if c > 0 && c < DefaultLeast && (!hidden[i] || a.high[i] < DefaultLeast) {
				t.Fatalf("parents %v, counts %v, hidden %v: the attacker knows that unit %d counts %d to %d",
					parent, counts, hidden, i, a.low[i], a.high[i])
			}
		}
	})
}

func TestHide(t *testing.T) {
	t.Parallel()
	star := []int32{-1, 0, 0, 0, 0}
	tests := []struct {
		name   string
		parent []int32
		counts []int64
		want   []bool
	}{
		{"nothing small, nothing hidden", star, []int64{100, 40, 30, 20, 10}, []bool{false, false, false, false, false}},
		{"zeros are shown", star, []int64{60, 40, 0, 20, 0}, []bool{false, false, false, false, false}},
		{"the smallest other goes with a small count", star, []int64{93, 40, 30, 20, 3}, []bool{false, false, false, true, true}},
		{"two fours may be one and seven", star, []int64{78, 40, 30, 4, 4}, []bool{false, false, false, true, true}},
		{"two twos are at most three", star, []int64{74, 40, 30, 2, 2}, []bool{false, false, true, true, true}},
		{"five that is alone is hidden with the whole", []int32{-1, 0, 0}, []int64{4, 4, 0}, []bool{true, true, false}},
		{"a whole that is hidden needs company too", []int32{-1, 0, 0, 1, 1}, []int64{60, 4, 56, 3, 1}, []bool{false, true, true, true, true}},
	}
	for _, tt := range tests {
		if got := NewTable(tt.parent, tt.counts).Hide(DefaultLeast, nil); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// A county of three tiers: every small count is hidden and protected.
func TestHideOfACounty(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(9, 0))
	parent, counts := []int32{-1}, []int64{0}
	for range 20 {
		town := int32(len(parent))
		parent, counts = append(parent, 0), append(counts, 0)
		for range 20 {
			village := int32(len(parent))
			parent, counts = append(parent, town), append(counts, 0)
			for range 12 {
				n := int64(random.IntN(60) * random.IntN(2))
				parent, counts = append(parent, village), append(counts, n)
				counts[village] += n
			}
			counts[town] += counts[village]
		}
		counts[0] += counts[town]
	}
	tb := NewTable(parent, counts)
	hidden := tb.Hide(DefaultLeast, nil)
	low, high := tb.Bounds(hidden, false)
	small, shown := 0, 0
	for i, c := range counts {
		if c > 0 && c < DefaultLeast {
			small++
			if !hidden[i] || high[i] < DefaultLeast {
				t.Errorf("unit %d counts %d and is known to lie in %d…%d", i, c, low[i], high[i])
			}
		}
		if !hidden[i] {
			shown++
		}
	}
	if small < 50 || shown < len(counts)*3/4 {
		t.Errorf("of %d counts %d are small and %d shown", len(counts), small, shown)
	}
}
