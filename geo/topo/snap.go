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
	first   []corner // by the numbers of places
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
	if len(s.spans) == 0 {
		return false, nil
	}
	s.first = s.cornersOf()
	if !s.cluster() {
		return false, fmt.Errorf("%w: vertices lie too densely near %v", ErrUnclean, s.points[0])
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

// cornersOf returns the ends of edges, by the numbers of their places.
func (l *look) cornersOf() []corner {
	corners := make([]corner, len(l.points))
	for i := range corners {
		corners[i] = corner{at: l.points[i], owner: unowned}
	}
	add := func(n, owner int32) {
		switch c := &corners[n]; {
		case c.owner == unowned:
			c.owner, c.fixed = owner, owner == parentOwner
		case c.owner != owner:
			c.owner, c.fixed = several, c.fixed || owner == parentOwner
		}
	}
	for k, s := range l.spans {
		add(s.lo, l.owners[k])
		add(s.hi, l.owners[k])
	}
	return corners
}

// moved returns the edges between the new places of the corners, without those
// that match now, and takes these out of the open ones.
func (s *snapper) moved() []run {
	spans := make([]span, len(s.spans))
	each(len(spans), func(i int) {
		e := &s.spans[i]
		spans[i] = spanOf(s.to[e.lo], s.to[e.hi], e.n)
	})
	sums := newLedger(s.points, spans)
	s.open = sums.lasting()
	var moved []run
	for i, n := range sums.sum {
		if e := spans[i]; n != 0 {
			moved = appendRun(moved, s.points[e.lo], s.points[e.hi], label{s.owners[i], e.n})
		}
	}
	return moved
}

// meetAll finds where edges have to be cut, and reports false when there are
// too many places.
func (s *snapper) meetAll(runs []run) bool {
	ends := lookAt(runs)
	s.corners = ends.cornersOf()
	s.strands = knit(runs)
	s.tips, s.owner, s.ground = make([]int32, 2*len(s.strands)), make([]int32, len(s.strands)), make([]bool, len(s.strands))
	boxes := make([]Box, len(s.strands))
	for i, t := range s.strands {
		s.tips[2*i], s.tips[2*i+1] = ends.places.find(t.a), ends.places.find(t.b)
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
