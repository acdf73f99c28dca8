package nets

import (
	"cmp"
	"iter"
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

// Walk makes the crosswalks from old nets to a new one. All nets are laid over
// each other at once, so that a new grid's total is the same in every crosswalk,
// to the square centimetre.
//
// Households lie where the shapes given say, by the boundary rule of
// [topo.Shape.Contains]; a pair may have households but, where its ground is
// less than the lattice shows, no area. Where grids of a net overlap, the first
// has the ground and who lives there. homes may be nil. The error is
// [topo.ErrIntricate], or topo.ErrNoOutline for shapes that wind wrongly.
func Walk(olds [][]topo.Shape, new []topo.Shape, homes Homes) ([]*Crosswalk, error) {
	cells, err := topo.Cells(append(slices.Concat(olds...), new...))
	if err != nil {
		return nil, err
	}
	areas := make([]Area, len(cells))
	for i, c := range cells {
		areas[i] = AreaOf(c.Ground)
	}
	walks := make([]*Crosswalk, len(olds))
	found := newFinder(new)
	first, last := 0, 0
	for n, old := range olds {
		last += len(old)
		w := &walker{Crosswalk: Crosswalk{Old: make([]Tally, len(old)), New: make([]Tally, len(new))}, at: map[[2]int]int{}}
		for _, s := range olds[n+1:] {
			w.between += len(s)
		}
		if err := w.lay(cells, areas, first, last); err != nil {
			return nil, err
		}
		first = last
		w.house(newFinder(old), found, homes)
		walks[n] = w.done()
	}
	return walks, nil
}

// A walker makes one crosswalk.
type walker struct {
	Crosswalk
	between int            // how many shapes of other nets stand between the old and the new
	at      map[[2]int]int // lines by old and new grid
}

func (w *walker) line(old, new int) *Line {
	k, known := w.at[[2]int{old, new}]
	if !known {
		k = len(w.Lines)
		w.at[[2]int{old, new}] = k
		w.Lines = append(w.Lines, Line{Old: old, New: new, Dust: true})
	}
	return &w.Lines[k]
}

// lay counts the ground of cells in the lines; the old grids are the shapes
// from first up to last.
func (w *walker) lay(cells []topo.Cell, areas []Area, first, last int) error {
	ground := map[[2]int][]topo.Shape{}
	for i, c := range cells {
		pair := [2]int{None, None}
		for _, m := range c.Members {
			switch {
			case m >= first && m < last && pair[0] == None:
				pair[0] = m - first
			case m >= last+w.between && pair[1] == None:
				pair[1] = m - last - w.between
			}
		}
		if pair != [2]int{None, None} {
			w.line(pair[0], pair[1]).Area += areas[i]
			ground[pair] = append(ground[pair], c.Ground)
		}
	}
	for pair, parts := range ground {
		all, err := topo.Union(parts)
		if err != nil {
			return err
		}
		w.line(pair[0], pair[1]).Dust = !over(all, topo.DefaultTolerance)
	}
	return nil
}

// house counts homes in the lines; a home in no grid of either net counts
// nowhere.
func (w *walker) house(old, new *finder, homes Homes) {
	if homes == nil {
		return
	}
	for h := range homes {
		if from, to := old.find(h.At), new.find(h.At); from != None || to != None {
			w.line(from, to).add(Tally{Households: 1, Persons: h.Persons})
		}
	}
}

// done puts the lines in order and adds them up.
func (w *walker) done() *Crosswalk {
	slices.SortFunc(w.Lines, func(l, m Line) int { return cmp.Or(cmp.Compare(l.Old, m.Old), cmp.Compare(l.New, m.New)) })
	for _, l := range w.Lines {
		if l.Old != None {
			w.Old[l.Old].add(l.Tally)
		}
		if l.New != None {
			w.New[l.New].add(l.Tally)
		}
	}
	return &w.Crosswalk
}

// Between makes the crosswalk between two divisions of the same ground, as two
// plans are, whose grids do not overlap and are mostly the same: those with the
// same ground in both are not laid over others. places gives, household by
// household, the old and the new grid that hold it, or [None], and its persons;
// those in no grid of either are left out. Errors are those of [Walk].
func Between(old, new []topo.Shape, places iter.Seq2[[2]int, int64]) (*Crosswalk, error) {
	w := &walker{Crosswalk: Crosswalk{Old: make([]Tally, len(old)), New: make([]Tally, len(new))}, at: map[[2]int]int{}}
	prints := make(map[topo.Fingerprint]int, len(old))
	for i, s := range old {
		if s != nil {
			prints[s.Fingerprint()] = i
		}
	}
	same := make([]bool, len(old))
	var news []int
	for k, s := range new {
		if i, ok := prints[s.Fingerprint()]; ok && s != nil && !same[i] && s.Equal(old[i]) {
			same[i] = true
			l := w.line(i, k)
			l.Area, l.Dust = AreaOf(s), !over(s, topo.DefaultTolerance)
		} else {
			news = append(news, k)
		}
	}
	var olds []int
	for i := range old {
		if !same[i] {
			olds = append(olds, i)
		}
	}
	changed, err := Walk([][]topo.Shape{pick(old, olds)}, pick(new, news), nil)
	if err != nil {
		return nil, err
	}
	for _, l := range changed[0].Lines {
		to := w.line(original(olds, l.Old), original(news, l.New))
		to.Area, to.Dust = l.Area, l.Dust
	}
	for pair, persons := range places {
		if pair != [2]int{None, None} {
			w.line(pair[0], pair[1]).add(Tally{Households: 1, Persons: persons})
		}
	}
	return w.done(), nil
}

func pick(shapes []topo.Shape, at []int) []topo.Shape {
	picked := make([]topo.Shape, len(at))
	for k, i := range at {
		picked[k] = shapes[i]
	}
	return picked
}

func original(at []int, i int) int {
	if i == None {
		return None
	}
	return at[i]
}
