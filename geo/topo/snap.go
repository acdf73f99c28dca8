package topo

import (
	"cmp"
	"fmt"
	"slices"
)

// Owners of corners, which are vertices of the borders that do not match yet,
// beside those of one shape: several for what more than one shape borders on,
// held for what does not move because the border of the ground to be divided
// runs there, unowned for one not known yet.
const (
	several       = -3
	unowned       = -5
	held          = -6
	heldBySeveral = -7
)

// joint returns whose corner it is that was had and is owner's too.
func joint(had, owner int32) int32 {
	if owner == parentOwner {
		owner = held
	}
	switch {
	case had == unowned || had == owner:
		return owner
	case had <= held || owner == held:
		return heldBySeveral
	}
	return several
}

// A snapper joins borders that do not match: first vertices to vertices, then
// edges to vertices beside them, and at crossings.
type snapper struct {
	noder
	look
	*layer
	reach  reach
	first  []int32 // by the numbers of places: the owners of corners
	to     []int32 // which of them they go to
	moves  int     // how many go to another
	ends   look    // of the strands
	second []int32 // by the numbers of their places: the owners of corners
	tips   []int32 // of strands, two each: their corners
	owner  []int32 // of strands, as for corners
	ground []bool  // of strands: on the border of the ground to be divided
	onto   []onto  // corners beside an edge of that border, but not on it
	stands []onto  // corners on an edge of that border
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
	s.first = s.corners()
	if !s.cluster(fewPairs(len(s.places.at))) {
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

// corners returns the owners of the ends of edges, by the numbers of their
// places. Each processor has its share of these.
func (l *look) corners() []int32 {
	owners := make([]int32, len(l.points))
	eachBatch(len(owners), len(owners)/workers()+1, func(from, to int) {
		for i := from; i < to; i++ {
			owners[i] = unowned
		}
		for k := range l.spans {
			lo, hi, owner := int(l.spans[k].lo), int(l.spans[k].hi), l.owners[k]
			if from <= lo && lo < to {
				owners[lo] = joint(owners[lo], owner)
			}
			if from <= hi && hi < to {
				owners[hi] = joint(owners[hi], owner)
			}
		}
	})
	return owners
}

// moved returns the edges between the new places of the corners, without those
// that match now, and takes these out of the open ones. The look is used up.
func (s *snapper) moved() []run {
	each(len(s.spans), func(i int) {
		e := &s.spans[i]
		*e = spanOf(s.to[e.lo], s.to[e.hi], e.n)
	})
	sums := s.all
	if sums == nil {
		sums = new(ledger)
	}
	sums.add(s.points, s.spans)
	s.open = sums.lasting()
	var moved []run
	for i, n := range sums.sum {
		if e := s.spans[i]; n != 0 {
			moved = appendRun(moved, s.points[e.lo], s.points[e.hi], label{s.owners[i], e.n})
		}
	}
	return moved
}

// meetAll finds where edges have to be cut, and reports false when there are
// too many places.
func (s *snapper) meetAll(runs []run) bool {
	s.ends = lookAt(runs)
	s.second = s.ends.corners()
	s.strands = knit(runs)
	s.tips, s.owner, s.ground = make([]int32, 2*len(s.strands)), make([]int32, len(s.strands)), make([]bool, len(s.strands))
	boxes := make([]Box, len(s.strands))
	for i, t := range s.strands {
		s.tips[2*i], s.tips[2*i+1] = s.ends.places.find(t.a), s.ends.places.find(t.b)
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
	t, at, owner := &s.strands[i], s.ends.points[n], s.second[n]
	if s.tips[2*i] == n || s.tips[2*i+1] == n || owner <= held && s.ground[i] || owner == s.owner[i] && owner != several {
		return false
	}
	share, distance, ok := beside(at, t.a, t.b)
	switch {
	case !ok || distance > s.reach.metres*s.reach.metres:
		return false
	case s.ground[i] && distance > onEdge*onEdge*stepM*stepM:
		s.onto = append(s.onto, onto{n, i, distance, partway(t.a, t.b, share)})
	case s.ground[i]:
		s.stands = append(s.stands, onto{n, i, distance, at})
	default:
		s.cut(i, at)
	}
	return true
}
