package topo

import (
	"cmp"
	"fmt"
	"slices"
)

// several stands for the owner of what more than one shape borders on, unowned
// for one not known yet.
const (
	several = -3
	unowned = -5
)

// A corner is a vertex of the borders that do not match yet.
type corner struct {
	at    Point
	owner int32 // the one shape whose border it is on, or several
	fixed bool  // on the border of the ground to be divided, which does not move
}

// A snapper joins borders that do not match: first vertices to vertices, then
// edges to vertices beside them, and at crossings.
type snapper struct {
	noder
	look
	*layer
	reach   reach
	first   []corner // of places
	to      []int32  // of the first corners: which they go to
	moves   int      // how many go to another
	corners []corner // the ends of these
	tips    []int32  // of strands, two each: their corners
	owner   []int32  // of strands, as for corners
	ground  []bool   // of strands: on the border of the ground to be divided
	onto    []onto   // corners beside an edge of that border, but not on it
	stands  []onto   // corners on an edge of that border
}

// An onto takes a corner to an edge of the ground to be divided.
type onto struct {
	corner, strand int32
	distance       float64
	at             Point
}

// nearest leaves the nearest edge of each corner.
func nearest(all []onto) []onto {
	slices.SortFunc(all, func(a, b onto) int {
		return cmp.Or(cmp.Compare(a.corner, b.corner), cmp.Compare(a.distance, b.distance), cmp.Compare(a.strand, b.strand))
	})
	return slices.CompactFunc(all, func(a, b onto) bool { return a.corner == b.corner })
}

// snap moves borders that do not match by one step of the work. It reports
// false when nothing is near enough.
func (c *cleaner) snap() (bool, error) {
	s := snapper{layer: &c.layer, reach: c.reach, look: c.layer.look()}
	if len(s.runs) == 0 {
		return false, nil
	}
	if s.places == nil {
		s.places, s.ends = endsOf(s.runs)
	}
	s.first = cornersOf(s.runs, s.places, s.ends)
	if !s.cluster() {
		return false, fmt.Errorf("%w: vertices lie too densely near %v", ErrUnclean, s.runs[0].a)
	}
	if !s.meetAll(s.moved()) {
		lon, lat := s.tangle().at.LonLat()
		return false, fmt.Errorf("%w: edges lie across each other too often near %.7f, %.7f", ErrUnclean, lon, lat)
	}
	if s.moves == 0 && len(s.cuts) == 0 && len(s.onto) == 0 {
		return false, nil
	}
	return c.apply(&s)
}

// endsOf numbers the ends of edges; ends are the two numbers of each.
func endsOf(runs []run) (at *places, ends []int32) {
	points := make([]Point, 0, len(runs)+len(runs)/8)
	ends = make([]int32, 0, 2*len(runs)) // at first of points
	for _, r := range runs {
		from, to, back := r.a, r.b, (r.n < 0) != (r.owner == parentOwner)
		if back {
			from, to = to, from
		}
		if len(points) == 0 || points[len(points)-1] != from { // as a rule an edge goes on where the last one ends
			points = append(points, from)
		}
		points = append(points, to)
		if last := int32(len(points)) - 1; back {
			ends = append(ends, last, last-1)
		} else {
			ends = append(ends, last-1, last)
		}
	}
	at, numbers := placesOf(points)
	for k, n := range ends {
		ends[k] = numbers[n]
	}
	return at, ends
}

// cornersOf returns the places as the ends of edges.
func cornersOf(runs []run, at *places, ends []int32) []corner {
	corners := make([]corner, len(at.at))
	for i, p := range at.at {
		corners[i] = corner{at: p, owner: unowned}
	}
	for k, n := range ends {
		c, owner := &corners[n], runs[k/2].owner
		switch {
		case c.owner == unowned:
			c.owner = owner
		case c.owner != owner:
			c.owner = several
		}
		c.fixed = c.fixed || owner == parentOwner
	}
	return corners
}

// cluster sends every corner to the nearest one chosen before it that is
// near, and chooses it when there is none. First come those that cannot move,
// then those where shapes meet already, then the others, from the west. It
// reports false when they lie too densely.
func (s *snapper) cluster() bool {
	s.to = make([]int32, len(s.first))
	for i := range s.to {
		s.to[i] = int32(i)
	}
	chosen := newBuckets(s.reach, len(s.first))
	budget := freePairs + pairsEach*len(s.first)
	for rank := range 3 {
		for i := range s.first {
			c := &s.first[i]
			if c.owner == unowned || c.rank() != rank {
				continue
			}
			if !c.fixed {
				s.to[i] = s.nearestChosen(int32(i), chosen, &budget)
			}
			if s.to[i] == int32(i) {
				chosen.add(c.at, int32(i), c.owner)
			} else {
				s.moves++
			}
			if budget < 0 {
				return false
			}
		}
	}
	return true
}

// rank says when a corner is chosen.
func (c *corner) rank() int {
	switch {
	case c.fixed:
		return 0
	case c.owner == several:
		return 1
	}
	return 2
}

// nearestChosen returns which of those chosen corner i goes to, itself if
// none. At the same distance it is the one furthest west.
func (s *snapper) nearestChosen(i int32, chosen *buckets, budget *int) int32 {
	c := &s.first[i]
	to, best := i, s.reach.metres*s.reach.metres
	for _, cell := range chosen.cells(c.at) {
		for e := cell; e > 0; {
			d := &chosen.items[e-1]
			e = d.next
			*budget--
			if !s.reach.within(c.at, d.at) {
				continue
			}
			if higher(c.at, d.at, best) {
				continue
			}
			at := apart(c.at, d.at)
			if at > best || at == best && to != i && to < d.corner || !s.joins(i, d) {
				continue
			}
			best, to = at, d.corner
		}
	}
	return to
}

// joins reports whether corners that are near each other should become one:
// not two of the same shape, nor neighbours along an edge, which have a shape
// in common.
func (s *snapper) joins(i int32, d *bucketItem) bool {
	c := &s.first[i]
	switch {
	case c.owner != several && d.owner != several:
		return c.owner != d.owner
	case s.all != nil:
		return !s.all.lasts(i, d.corner)
	}
	return !s.isOpen(c.at, d.at)
}

// moved returns the edges between the new places of the corners, without those
// that match now, and takes these out of the open ones.
func (s *snapper) moved() []run {
	spans := make([]span, len(s.runs))
	for i, r := range s.runs {
		spans[i] = spanOf(s.to[s.ends[2*i]], s.to[s.ends[2*i+1]], r.n)
	}
	sums := newLedger(s.places, spans)
	s.open = sums.lasting()
	var moved []run
	for i, n := range sums.sum {
		if e := spans[i]; n != 0 {
			moved = append(moved, run{s.first[e.lo].at, s.first[e.hi].at, s.runs[i].owner, e.n, true})
		}
	}
	return moved
}

// meetAll finds where edges have to be cut, and reports false when there are
// too many places.
func (s *snapper) meetAll(runs []run) bool {
	at, ends := endsOf(runs)
	s.corners = cornersOf(runs, at, ends)
	s.strands = knit(runs)
	s.tips, s.owner, s.ground = make([]int32, 2*len(s.strands)), make([]int32, len(s.strands)), make([]bool, len(s.strands))
	boxes := make([]Box, len(s.strands))
	for i, t := range s.strands {
		s.tips[2*i], s.tips[2*i+1] = at.find(t.a), at.find(t.b)
		s.owner[i] = t.labels[0].owner
		if len(t.labels) > 1 {
			s.owner[i] = several
		}
		s.ground[i] = t.labels[0].owner == parentOwner
		boxes[i] = s.reach.around(noBox.Extend(t.a).Extend(t.b))
	}
	s.most = cutsPerStrand*len(s.strands) + freeCuts
	ok := closePairs(boxes, freePairs+pairsEach*len(boxes), func(i, j int32) bool {
		s.meet(i, j)
		return len(s.cuts)+len(s.onto)+len(s.stands) <= s.most
	})
	s.onto = nearest(s.onto)
	for _, o := range nearest(s.stands) { // on one edge only, lest the border pinch
		s.cut(o.strand, o.at)
	}
	return ok
}

// meet cuts strands i and j where one has a corner beside the other or, if
// there is none, where they cross.
func (s *snapper) meet(i, j int32) {
	if s.owner[i] == s.owner[j] && s.owner[i] != several {
		return
	}
	found := s.bend(i, s.tips[2*j])
	found = s.bend(i, s.tips[2*j+1]) || found
	found = s.bend(j, s.tips[2*i]) || found
	found = s.bend(j, s.tips[2*i+1]) || found
	if t, u := &s.strands[i], &s.strands[j]; !found && crosses(t.a, t.b, u.a, u.b) {
		p := crossing(t.a, t.b, u.a, u.b)
		s.cut(i, p)
		s.cut(j, p)
	}
}

// bend cuts strand i at a corner beside it, or moves the corner onto it where
// the strand is of the ground to be divided. It reports whether there was
// anything to do.
func (s *snapper) bend(i, n int32) bool {
	t, c := &s.strands[i], &s.corners[n]
	if s.tips[2*i] == n || s.tips[2*i+1] == n || c.fixed && s.ground[i] || c.owner == s.owner[i] && c.owner != several {
		return false
	}
	share, distance, ok := beside(c.at, t.a, t.b)
	switch {
	case !ok || distance > s.reach.metres*s.reach.metres:
		return false
	case s.ground[i] && distance > onEdge*onEdge*stepM*stepM:
		s.onto = append(s.onto, onto{n, i, distance, partway(t.a, t.b, share)})
	case s.ground[i]:
		s.stands = append(s.stands, onto{n, i, distance, c.at})
	default:
		s.cut(i, c.at)
	}
	return true
}
