package topo

import (
	"cmp"
	"fmt"
	"slices"
)

// A label says that an edge is part of the border of an owner: n is how often
// the owner's rings run along it from a to b, less how often from b to a.
type label struct{ owner, n int32 }

// A strand is an edge, a before b, with all whose border it is.
type strand struct {
	a, b   Point
	labels []label // ascending by owner, no n is 0
	fresh  bool    // not yet held against the other strands
}

// A run is a strand with one label.
type run struct {
	a, b     Point
	owner, n int32
	fresh    bool
}

// appendRuns adds the edges of s as runs of owner.
func appendRuns(runs []run, s Shape, owner int32) []run {
	for ring := range s.rings {
		if len(ring) == 0 {
			continue
		}
		p := ring[len(ring)-1]
		for _, q := range ring {
			runs = appendRun(runs, p, q, label{owner, 1})
			p = q
		}
	}
	return runs
}

// appendRun adds the edge from p to q, unless it has no length.
func appendRun(runs []run, p, q Point, l label) []run {
	switch {
	case p.before(q):
		return append(runs, run{p, q, l.owner, l.n, true})
	case q.before(p):
		return append(runs, run{q, p, l.owner, -l.n, true})
	}
	return runs
}

// knit joins runs between the same points into strands, in a fixed order, and
// drops what cancels.
func knit(runs []run) []strand {
	sortRuns(runs)
	labels := make([]label, 0, len(runs))
	strands := make([]strand, 0, len(runs))
	for i := 0; i < len(runs); {
		s := strand{a: runs[i].a, b: runs[i].b}
		from := len(labels)
		for i < len(runs) && runs[i].a == s.a && runs[i].b == s.b {
			l := label{owner: runs[i].owner}
			for ; i < len(runs) && runs[i].a == s.a && runs[i].b == s.b && runs[i].owner == l.owner; i++ {
				l.n += runs[i].n
				s.fresh = s.fresh || runs[i].fresh
			}
			if l.n != 0 {
				labels = append(labels, l)
			}
		}
		if s.labels = labels[from:len(labels):len(labels)]; len(s.labels) > 0 {
			strands = append(strands, s)
		}
	}
	return strands
}

// sortRuns orders runs by their ends, then by owner.
func sortRuns(runs []run) {
	const few = 1 << 8
	if len(runs) >= few {
		sortByStart(runs)
	}
	compare := func(r, s run) int {
		if r.b != s.b {
			return cmp.Compare(r.b.key(), s.b.key())
		}
		return cmp.Compare(r.owner, s.owner)
	}
	if len(runs) < few {
		slices.SortFunc(runs, func(r, s run) int {
			if r.a != s.a {
				return cmp.Compare(r.a.key(), s.a.key())
			}
			return compare(r, s)
		})
		return
	}
	for i := 0; i < len(runs); {
		j := i + 1
		for ; j < len(runs) && runs[j].a == runs[i].a; j++ {
		}
		if j > i+1 {
			slices.SortFunc(runs[i:j], compare)
		}
		i = j
	}
}

// sortByStart orders runs by where they start.
func sortByStart(runs []run) {
	box := noBox
	for i := range runs {
		box = box.Extend(runs[i].a)
	}
	f := frameOf(box)
	items := make([]keyed, len(runs))
	for i := range runs {
		items[i] = keyed{f.key(runs[i].a), int32(i)}
	}
	sorted := make([]run, len(runs))
	for i, item := range sortKeyed(items, f.bits) {
		sorted[i] = runs[item.n]
	}
	copy(runs, sorted)
}

// Bounds on the work of one noding. Real layers need a handful of rounds and
// a few cuts per strand; two combs drawn across each other would need billions.
const (
	strictRounds  = 4  // rounds before whatever passes within half a step is met too
	mostRounds    = 32 // rounds before giving up
	cutsPerStrand = 8
	freeCuts      = 100_000
	pairsEach     = 2_000
	freePairs     = 50_000_000
)

// A tangle is returned for edges that cross each other too often to be worth
// resolving.
type tangle struct {
	at     Point
	owners map[int32]int // how often each owner's edges were cut
}

func (t *tangle) Error() string {
	return fmt.Sprintf("edges cross each other too often near %v", t.at)
}

// A noder cuts strands where they meet.
type noder struct {
	strands []strand
	cuts    []cut
	most    int     // cuts allowed in a round
	loose   bool    // also cut where a vertex lies within half a step
	exact   bool    // cut only where a vertex lies on an edge, not at crossings
	careful bool    // take no strand past another when crossings are rounded
	crossed bool    // strands crossed where neither had a vertex
	rounded []Point // crossings of this round, if careful
}

// A cut is a place where a strand gets a vertex.
type cut struct {
	strand int32
	at     Point
}

// node cuts runs until strands meet at their ends only. Crossings are rounded
// to the lattice, which moves an edge by up to half a step and may make it
// meet others: hence the rounds. It returns a *[tangle] when the work exceeds
// its bounds, and reports whether edges crossed away from any vertex.
func node(runs []run) (strands []strand, crossed bool, err error) {
	return new(noder).node(runs)
}

// nodeDrawn is node for what is drawn over shapes that fit each other: it
// keeps them fitting, where node may take a border past a vertex beside it.
func nodeDrawn(runs []run) ([]strand, error) {
	strands, _, err := (&noder{careful: true}).node(runs)
	return strands, err
}

// node does what the function of its name says, in the way n is set to.
func (n *noder) node(runs []run) (strands []strand, crossed bool, err error) {
	n.strands = knit(runs)
	n.most = cutsPerStrand*len(n.strands) + freeCuts
	for round := range mostRounds {
		if round == strictRounds {
			// Edges that run a step beside each other would go on crossing a step
			// further each round.
			n.loose, n.careful = true, true
			for i := range n.strands {
				n.strands[i].fresh = true
			}
		}
		if !n.find() || len(n.strands) > n.most {
			return nil, n.crossed, n.tangle()
		}
		if len(n.rounded) > 0 && !n.settle() {
			return nil, n.crossed, n.tangle()
		}
		if len(n.cuts) == 0 {
			return n.strands, n.crossed, nil
		}
		n.split()
	}
	return nil, n.crossed, n.tangle()
}

// find collects the cuts, and reports false when there are too many.
func (n *noder) find() bool {
	n.cuts, n.rounded = n.cuts[:0], n.rounded[:0]
	boxes, which := n.concerned()
	return closePairs(boxes, freePairs+pairsEach*len(n.strands), func(i, j int32) bool {
		n.meet(which[i], which[j])
		return len(n.cuts) <= n.most
	})
}

// concerned returns the boxes of the fresh strands and of those near them, and
// which strands these are.
func (n *noder) concerned() (boxes []Box, which []int32) {
	var fresh []Box
	for i := range n.strands {
		if s := &n.strands[i]; s.fresh {
			fresh = append(fresh, s.box())
		}
	}
	isNear := func(Box) bool { return true }
	if 2*len(fresh) < len(n.strands) {
		isNear = nearAny(fresh)
	}
	for i := range n.strands {
		if b := n.strands[i].box(); n.strands[i].fresh || isNear(b) {
			boxes, which = append(boxes, b), append(which, int32(i))
		}
	}
	return boxes, which
}

func (s *strand) box() Box { return noBox.Extend(s.a).Extend(s.b) }

// meet cuts strands i and j where they touch or cross.
func (n *noder) meet(i, j int32) {
	s, t := &n.strands[i], &n.strands[j]
	if !s.fresh && !t.fresh {
		return
	}
	if n.loose {
		n.pull(i, t.a)
		n.pull(i, t.b)
		n.pull(j, s.a)
		n.pull(j, s.b)
	}
	ta, tb := orient(s.a, s.b, t.a), orient(s.a, s.b, t.b)
	if ta*tb > 0 {
		return
	}
	sa, sb := orient(t.a, t.b, s.a), orient(t.a, t.b, s.b)
	if ta*tb < 0 && sa*sb < 0 {
		n.crossed = true
		if n.exact {
			return
		}
		p := crossing(s.a, s.b, t.a, t.b)
		n.cut(i, p)
		n.cut(j, p)
		if n.careful {
			n.rounded = append(n.rounded, p)
		}
		return
	}
	n.touch(i, t.a, ta)
	n.touch(i, t.b, tb)
	n.touch(j, s.a, sa)
	n.touch(j, s.b, sb)
}

// touch cuts strand i at p when p lies on it between its ends.
func (n *noder) touch(i int32, p Point, side int) {
	if s := &n.strands[i]; side == 0 && s.a.before(p) && p.before(s.b) {
		n.cut(i, p)
	}
}

// pull cuts strand i at p when it passes within half a step of p, in the sense
// of a square around p.
func (n *noder) pull(i int32, p Point) {
	s := &n.strands[i]
	if p == s.a || p == s.b || !noBox.Extend(s.a).Extend(s.b).Contains(p) {
		return
	}
	dx, dy := int64(s.b.X)-int64(s.a.X), int64(s.b.Y)-int64(s.a.Y)
	l, r := dx*(int64(p.Y)-int64(s.a.Y)), dy*(int64(p.X)-int64(s.a.X))
	reach := (max(dx, -dx) + max(dy, -dy)) / 2
	if l <= r+reach && r <= l+reach {
		n.cut(i, p)
	}
}

// cut notes a cut of strand i at p, unless p is one of its ends.
func (n *noder) cut(i int32, p Point) {
	if s := &n.strands[i]; p != s.a && p != s.b {
		n.cuts = append(n.cuts, cut{i, p})
	}
}

// split puts the pieces of strands with cuts in their place; the others have
// been held against each other.
func (n *noder) split() {
	n.sortCuts()
	var pieces []run
	whole := n.strands[:0]
	next := 0
	for i, s := range n.strands {
		if next == len(n.cuts) || n.cuts[next].strand != int32(i) {
			s.fresh = false
			whole = append(whole, s)
			continue
		}
		p := s.a
		for ; next < len(n.cuts) && n.cuts[next].strand == int32(i); next++ {
			pieces = appendPiece(pieces, p, n.cuts[next].at, s.labels)
			p = n.cuts[next].at
		}
		pieces = appendPiece(pieces, p, s.b, s.labels)
	}
	n.strands = together(whole, knit(pieces))
}

// together merges two lists of strands in order.
func together(strands, more []strand) []strand {
	all := make([]strand, 0, len(strands)+len(more))
	for len(strands) > 0 && len(more) > 0 {
		s, t := &strands[0], &more[0]
		switch by := cmp.Or(cmp.Compare(s.a.key(), t.a.key()), cmp.Compare(s.b.key(), t.b.key())); {
		case by < 0:
			all, strands = append(all, *s), strands[1:]
		case by > 0:
			all, more = append(all, *t), more[1:]
		default:
			if labels := addLabels(s.labels, t.labels, 1); len(labels) > 0 {
				all = append(all, strand{s.a, s.b, labels, s.fresh || t.fresh})
			}
			strands, more = strands[1:], more[1:]
		}
	}
	return append(append(all, strands...), more...)
}

// sortCuts orders the cuts by strand and along each.
func (n *noder) sortCuts() {
	slices.SortFunc(n.cuts, func(c, d cut) int {
		if c.strand != d.strand {
			return cmp.Compare(c.strand, d.strand)
		}
		return n.strands[c.strand].along(c.at, d.at)
	})
}

func appendPiece(runs []run, p, q Point, labels []label) []run {
	for _, l := range labels {
		runs = appendRun(runs, p, q, l)
	}
	return runs
}

// along compares points on or beside s in the order in which s passes them: by
// the coordinate in which it runs further, then by the other.
func (s *strand) along(p, q Point) int {
	dx, dy := int64(s.b.X)-int64(s.a.X), int64(s.b.Y)-int64(s.a.Y)
	byX := cmp.Compare(p.X, q.X) // b lies east of a, or straight north
	byY := cmp.Compare(p.Y, q.Y)
	if dy < 0 {
		byY = -byY
	}
	if dx >= max(dy, -dy) {
		return cmp.Or(byX, byY)
	}
	return cmp.Or(byY, byX)
}

// tangle names the owners whose edges are cut most.
func (n *noder) tangle() *tangle {
	t := &tangle{owners: map[int32]int{}}
	for i, c := range n.cuts {
		if i == 0 {
			t.at = c.at
		}
		for _, l := range n.strands[c.strand].labels {
			t.owners[l.owner]++
		}
	}
	return t
}
