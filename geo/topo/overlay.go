package topo

import (
	"errors"
	"slices"
)

// parentOwner labels the edges of the parent.
const parentOwner = -1

// mostRetries is how often an overlay is tried again without the children
// that made it a tangle.
const mostRetries = 8

// mostRuns is how many edges an overlay takes, eight times those of a county
// of 5,000 grids that cancel nowhere; it bounds memory to about 1 GB.
const mostRuns = 4_000_000

// overlay arranges the edges of all children near the residue, and reports
// the faces where they fail. Without a parent the residue is nil and all
// children are near.
//
// Only faces that the residue encloses can be at fault; but who owns them can
// change at edges that cancel, so whole rings are laid over each other.
func (s *survey) overlay(residue []link, tol Tolerance) {
	for range mostRetries {
		runs := s.runs(residue)
		t := tooMany(runs)
		if t == nil {
			strands, _, err := node(runs)
			if !errors.As(err, &t) {
				s.judge(arrange(strands), tol)
				return
			}
		}
		if !s.untangle(t) {
			return
		}
		if s.parent != nil {
			residue = boundary(s.parent, s.ground).residue()
		}
	}
}

// tooMany returns a tangle of whoever has most edges when there are more than
// an overlay takes, else nil.
func tooMany(runs []run) *tangle {
	if len(runs) <= mostRuns {
		return nil
	}
	t := &tangle{at: runs[0].a, owners: map[int32]int{}}
	for _, r := range runs {
		t.owners[r.owner]++
	}
	return t
}

// runs returns the labelled edges that an overlay needs.
func (s *survey) runs(residue []link) []run {
	var runs []run
	near := func(Box) bool { return true }
	if s.parent != nil {
		near = nearAny(pieces(residue))
	}
	for i, shape := range s.ground {
		if shape != nil && near(shape.Bound()) {
			runs = appendRuns(runs, shape, int32(i))
		}
	}
	runs = appendRuns(runs, s.parent, parentOwner)
	return appendLinks(runs, residue)
}

// pieces returns the boxes of the connected pieces of the residue. A point
// that the residue winds around lies in one of them.
func pieces(residue []link) []Box {
	vertices := make(map[Point]int32, 2*len(residue))
	number := func(p Point) int32 {
		n, ok := vertices[p]
		if !ok {
			n = int32(len(vertices))
			vertices[p] = n
		}
		return n
	}
	sets := newUnions(2 * len(residue))
	for _, l := range residue {
		sets.join(number(l.a), number(l.b))
	}
	index := map[int32]int{}
	var boxes []Box
	for _, l := range residue {
		root := sets.root(vertices[l.a])
		i, ok := index[root]
		if !ok {
			i = len(boxes)
			index[root] = i
			boxes = append(boxes, noBox)
		}
		boxes[i] = boxes[i].Extend(l.a).Extend(l.b)
	}
	return boxes
}

// nearAny returns a function that tells whether a box shares a point with any
// of boxes.
func nearAny(boxes []Box) func(Box) bool {
	any := nearSome(boxes)
	all := func(Box) bool { return true }
	return func(b Box) bool { return any(b, all) }
}

// nearSome returns a function that tells whether a box shares a point with any
// of boxes for which something is true besides.
func nearSome(boxes []Box) func(b Box, besides func(Box) bool) bool {
	boxes = slices.Clone(boxes)
	slices.SortFunc(boxes, func(b, c Box) int { return int(int64(b.Min.X) - int64(c.Min.X)) })
	reach := make([]int32, len(boxes)) // the furthest east of boxes[:i+1]
	for i, b := range boxes {
		reach[i] = b.Max.X
		if i > 0 {
			reach[i] = max(reach[i], reach[i-1])
		}
	}
	return func(b Box, besides func(Box) bool) bool {
		i, _ := slices.BinarySearchFunc(boxes, b.Max.X, func(c Box, x int32) int {
			if c.Min.X <= x {
				return -1
			}
			return 1
		})
		for i--; i >= 0 && reach[i] >= b.Min.X; i-- {
			if boxes[i].Intersects(b) && besides(boxes[i]) {
				return true
			}
		}
		return false
	}
}

// untangle reports the children that make a tangle, those with at least half
// as many cuts as the worst, and leaves them out. It returns false when it is
// the parent's doing alone.
func (s *survey) untangle(t *tangle) bool {
	most := 0
	for owner, n := range t.owners {
		if owner >= 0 {
			most = max(most, n)
		}
	}
	if most == 0 {
		s.faults = append(s.faults, Fault{Kind: InvalidRing, At: t.at, Reason: "parent: " + tooIntricate})
		return false
	}
	for owner, n := range t.owners {
		if owner < 0 || 2*n < most {
			continue
		}
		for _, i := range s.members([]int32{owner}) {
			s.faults = append(s.faults, Fault{Kind: InvalidRing, Members: []int{i}, At: t.at, Reason: tooIntricate})
		}
		s.leaveOut(int(owner), s.ground[owner])
	}
	return true
}

// A claim says what is wrong with a face.
type claim struct {
	face   int32
	kind   FaultKind
	owners []int32 // of an overlap, and of ground outside; ascending
}

func (c claim) equal(d claim) bool { return c.kind == d.kind && slices.Equal(c.owners, d.owners) }

// judge reports the faces at fault, those joined that share an edge, kind and
// owners.
func (s *survey) judge(a *arrangement, tol Tolerance) {
	var claims []claim
	from := make([]int, len(a.first)+1) // claims[from[f]:from[f+1]] are of face f
	for f := range int32(len(a.first)) {
		from[f] = len(claims)
		claims = s.claim(claims, a, f)
	}
	from[len(a.first)] = len(claims)
	sets := newUnions(len(claims))
	for k := range a.strands {
		f, g := a.face[2*k], a.face[2*k+1]
		for i := from[f]; i < from[f+1]; i++ {
			for j := from[g]; j < from[g+1]; j++ {
				if claims[i].equal(claims[j]) {
					sets.join(int32(i), int32(j))
				}
			}
		}
	}
	faces := make([][]int32, len(claims))
	for i, c := range claims {
		root := sets.root(int32(i))
		faces[root] = append(faces[root], c.face)
	}
	for i, c := range claims {
		if faces[i] != nil {
			s.report(a, c, faces[i], tol)
		}
	}
}

// claim appends what is wrong with face f.
func (s *survey) claim(claims []claim, a *arrangement, f int32) []claim {
	var owners []int32
	inside, net, doubt := s.parent == nil && f != 0, false, false
	for _, l := range a.labels[f] {
		switch {
		case l.owner == netOwner:
			net = true
		case l.owner == parentOwner:
			inside = l.n > 0
		case s.suspect[l.owner]:
			doubt = doubt || l.n > 0
		case l.n > 0:
			owners = append(owners, l.owner)
		}
	}
	if f == 0 || s.parent != nil && !net {
		return claims
	}
	if len(owners) > 1 {
		claims = append(claims, claim{f, Overlap, owners})
	}
	if len(owners) == 0 && inside && !doubt {
		claims = append(claims, claim{f, Gap, nil})
	}
	if !inside && s.parent != nil {
		for _, o := range owners {
			claims = append(claims, claim{f, Outside, []int32{o}})
		}
	}
	return claims
}

// report adds the fault that lies on faces, or drops it where nobody can tell.
func (s *survey) report(a *arrangement, c claim, faces []int32, tol Tolerance) {
	var touching []int32
	doubt := false
	region := Shape{a.trace(faces, func(h int32) {
		for _, l := range a.strands[h>>1].labels {
			switch {
			case l.owner == parentOwner:
				doubt = doubt || s.parentSuspect && c.kind != Overlap
			case l.owner >= 0 && c.kind == Gap:
				touching = append(touching, l.owner)
				doubt = doubt || s.suspect[l.owner]
			}
		}
	})}
	if c.kind == Gap {
		box := region.Bound()
		doubt = doubt || slices.ContainsFunc(s.absent, box.Intersects)
		slices.Sort(touching)
		c.owners = slices.Compact(touching)
	}
	if doubt {
		return
	}
	fault := regionFault(c.kind, region)
	over := fault.AreaM2 > tol.AreaM2 && fault.WidthM > tol.WidthM
	sharers := [][]int{s.members(c.owners)}
	if c.kind == Outside { // each of equal shapes protrudes by itself
		sharers = sharers[:0]
		for _, i := range s.members(c.owners) {
			sharers = append(sharers, []int{i})
		}
	}
	for _, members := range sharers {
		fault.Members = members
		if over {
			s.faults = append(s.faults, fault)
		} else {
			s.dust = append(s.dust, fault)
		}
	}
}
