package topo

import (
	"cmp"
	"fmt"
	"slices"
)

// several stands for the owner of what more than one shape borders on.
const several = -3

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
	reach   reach
	open    *chain      // of the edges that do not match
	corners []corner    // the ends of these edges, then of those that still do not
	places  *pointIndex // of the first corners
	to      []Point     // of the first corners: where they go
	ends    []int32     // of edges, then of strands, two each: their corners
	owner   []int32     // of strands, as for corners
	ground  []bool      // of strands: on the border of the ground to be divided
	onto    []onto      // corners beside an edge of that border, but not on it
	stands  []onto      // corners on an edge of that border
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
	s := snapper{reach: c.reach, open: c.open}
	runs := c.unmatched()
	if len(runs) == 0 {
		return false, nil
	}
	s.places, s.corners, s.ends = cornersOf(runs)
	moves, ok := s.cluster()
	if !ok {
		return false, fmt.Errorf("%w: vertices lie too densely near %v", ErrUnclean, runs[0].a)
	}
	if !s.meetAll(s.moved(runs)) {
		lon, lat := s.tangle().at.LonLat()
		return false, fmt.Errorf("%w: edges lie across each other too often near %.7f, %.7f", ErrUnclean, lon, lat)
	}
	if moves == 0 && len(s.cuts) == 0 && len(s.onto) == 0 {
		return false, nil
	}
	return c.apply(&s)
}

// cornersOf lists the ends of the edges, numbered by place; ends are the two
// numbers of each edge.
func cornersOf(runs []run) (places *pointIndex, corners []corner, ends []int32) {
	places, ends = newPointIndex(len(runs)), make([]int32, 0, 2*len(runs))
	for _, r := range runs {
		for _, p := range [2]Point{r.a, r.b} {
			n := places.number(p)
			ends = append(ends, n)
			if int(n) == len(corners) {
				corners = append(corners, corner{at: p, owner: r.owner})
			}
			c := &corners[n]
			if c.owner != r.owner {
				c.owner = several
			}
			c.fixed = c.fixed || r.owner == parentOwner
		}
	}
	return places, corners, ends
}

// cluster sends every corner to the nearest one chosen before it that is
// near, and chooses it when there is none. First come those that cannot move,
// then those where shapes meet already, then the others, from the west. It
// returns how many move, and false when they lie too densely.
func (s *snapper) cluster() (moves int, ok bool) {
	s.to = make([]Point, len(s.corners))
	chosen := newBuckets(s.reach, len(s.corners))
	budget := freePairs + pairsEach*len(s.corners)
	for _, i := range s.ranked() {
		c := &s.corners[i]
		s.to[i] = c.at
		if !c.fixed {
			best := s.reach.metres * s.reach.metres
			for _, cell := range chosen.cells(c.at) {
				for e := *cell; e > 0; e = chosen.next[e-1] {
					budget--
					d := &s.corners[chosen.items[e-1]]
					if !s.reach.within(c.at, d.at) {
						continue
					}
					at := apart(c.at, d.at)
					if at > best || at == best && s.to[i] != c.at && s.to[i].before(d.at) || !s.joins(c, d) {
						continue
					}
					best, s.to[i] = at, d.at
				}
			}
		}
		if s.to[i] == c.at {
			chosen.add(c.at, i)
		} else {
			moves++
		}
		if budget < 0 {
			return moves, false
		}
	}
	return moves, true
}

// ranked returns the corners in the order in which they are chosen.
func (s *snapper) ranked() []int32 {
	type place struct {
		key uint64
		n   int32
	}
	var ranks [3][]place
	for i := range s.corners {
		c, rank := &s.corners[i], 2
		switch {
		case c.fixed:
			rank = 0
		case c.owner == several:
			rank = 1
		}
		ranks[rank] = append(ranks[rank], place{c.at.key(), int32(i)})
	}
	order := make([]int32, 0, len(s.corners))
	for _, places := range ranks {
		slices.SortFunc(places, func(a, b place) int { return cmp.Compare(a.key, b.key) })
		for _, p := range places {
			order = append(order, p.n)
		}
	}
	return order
}

// joins reports whether corners that are near each other should become one:
// not two of the same shape, nor neighbours along an edge, which have a shape
// in common.
func (s *snapper) joins(c, d *corner) bool {
	if c.owner != several && d.owner != several {
		return c.owner != d.owner
	}
	return s.open.count(c.at, d.at) == 0
}

// moved returns the edges between the new places of the corners, without those
// that match now.
func (s *snapper) moved(runs []run) []run {
	matched := newChain(len(runs) / 2)
	moved := make([]run, 0, len(runs))
	for i, r := range runs {
		moved = appendRun(moved, s.to[s.ends[2*i]], s.to[s.ends[2*i+1]], label{r.owner, r.n})
	}
	for _, r := range moved {
		matched.addLink(r.a, r.b, r.n)
	}
	return slices.DeleteFunc(moved, func(r run) bool { return matched.count(r.a, r.b) == 0 })
}

// meetAll finds where edges have to be cut, and reports false when there are
// too many places.
func (s *snapper) meetAll(runs []run) bool {
	var places *pointIndex
	places, s.corners, _ = cornersOf(runs)
	s.strands = knit(runs)
	s.ends, s.owner, s.ground = make([]int32, 2*len(s.strands)), make([]int32, len(s.strands)), make([]bool, len(s.strands))
	boxes := make([]Box, len(s.strands))
	for i, t := range s.strands {
		s.ends[2*i], s.ends[2*i+1] = places.find(t.a), places.find(t.b)
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
	found := s.bend(i, s.ends[2*j])
	found = s.bend(i, s.ends[2*j+1]) || found
	found = s.bend(j, s.ends[2*i]) || found
	found = s.bend(j, s.ends[2*i+1]) || found
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
	if s.ends[2*i] == n || s.ends[2*i+1] == n || c.fixed && s.ground[i] || c.owner == s.owner[i] && c.owner != several {
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
