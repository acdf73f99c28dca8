package nets

import (
	"cmp"
	"slices"

	"gridmap/geo/topo"
)

// A Line of a crosswalk is what an old grid and a new one have in common.
type Line struct {
	Old, New int // [None]: of the other's ground, what no grid of the net covers
	Tally
	Dust bool // not over the default tolerance, as where borders nearly agree
}

// A Tally is ground and who lives there.
type Tally struct {
	Area       Area
	Households int64
	Persons    int64
}

func (t *Tally) add(o Tally) {
	t.Area += o.Area
	t.Households += o.Households
	t.Persons += o.Persons
}

// A Crosswalk leads from the grids of an old net to those of a new one. The
// lines of every grid, old or new, add up to its total.
type Crosswalk struct {
	Lines    []Line  // by old grid, then by new; None first
	Old, New []Tally // by grid
}

// Walk makes the crosswalk from an old net to a new one. Households lie where
// the shapes given say, by the boundary rule of [topo.Shape.Contains]; a pair
// may have households but, where its ground is less than the lattice shows, no
// area. Where grids of a net overlap, the first has the ground and who lives
// there. homes may be nil. The error is [topo.ErrIntricate].
func Walk(old, new []topo.Shape, homes Homes) (*Crosswalk, error) {
	meetings, err := Meet(old, new)
	if err != nil {
		return nil, err
	}
	c := &Crosswalk{Old: make([]Tally, len(old)), New: make([]Tally, len(new))}
	at := map[[2]int]int{}
	for _, m := range meetings {
		at[[2]int{m.A, m.B}] = len(c.Lines)
		c.Lines = append(c.Lines, Line{Old: m.A, New: m.B, Tally: Tally{Area: m.Area}, Dust: !over(m.Ground, topo.DefaultTolerance)})
	}
	if homes != nil {
		c.house(at, newFinder(old), newFinder(new), homes)
	}
	slices.SortFunc(c.Lines, func(l, m Line) int { return cmp.Or(cmp.Compare(l.Old, m.Old), cmp.Compare(l.New, m.New)) })
	for _, l := range c.Lines {
		if l.Old != None {
			c.Old[l.Old].add(l.Tally)
		}
		if l.New != None {
			c.New[l.New].add(l.Tally)
		}
	}
	return c, nil
}

// house counts homes in the lines; a home in no grid of either net counts
// nowhere.
func (c *Crosswalk) house(at map[[2]int]int, old, new *finder, homes Homes) {
	for h := range homes {
		pair := [2]int{old.find(h.At), new.find(h.At)}
		if pair == [2]int{None, None} {
			continue
		}
		k, known := at[pair]
		if !known {
			k = len(c.Lines)
			at[pair] = k
			c.Lines = append(c.Lines, Line{Old: pair[0], New: pair[1], Dust: true})
		}
		c.Lines[k].add(Tally{Households: 1, Persons: h.Persons})
	}
}
