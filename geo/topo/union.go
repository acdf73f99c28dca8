package topo

import (
	"errors"
	"fmt"
)

// ErrNoOutline is returned for shapes that overlap or wind wrongly, so that
// their edges do not cancel to an outline.
var ErrNoOutline = errors.New("the shapes overlap, so they have no common outline")

// netOwner labels edges by what is left of all rings together.
const netOwner = -2

// Union returns the outline of siblings that do not overlap, found by letting
// shared edges cancel; ground that no child takes stays a hole. A vertex on
// the outline stays, even where it has become collinear. Children need not be
// noded, but where they overlap the error is [ErrNoOutline]. Children not
// drawn add nothing; of none, the union is not drawn.
func Union(children []Shape) (Shape, error) {
	a, err := outline(children)
	if a == nil {
		return nil, err
	}
	return a.shapeOf(func(f int32) bool { return a.count(f, netOwner) == 1 }), nil
}

// filled returns the ground that the children take or enclose.
func filled(children []Shape) (Shape, error) {
	a, err := outline(children)
	if a == nil {
		return nil, err
	}
	return a.shapeOf(func(f int32) bool { return f != 0 }), nil
}

// outline arranges the edges that are left when those of the children cancel;
// nil when nothing is left.
func outline(children []Shape) (*arrangement, error) {
	links := boundary(nil, children).residue()
	if len(links) == 0 {
		return nil, nil
	}
	return outlineOf(links)
}

// outlineOf arranges edges that go around ground once.
func outlineOf(links []link) (*arrangement, error) {
	strands, crossed, err := node(appendLinks(nil, links))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoOutline, err)
	}
	if crossed {
		return nil, ErrNoOutline
	}
	a := arrange(strands)
	for f := range int32(len(a.first)) {
		if n := a.count(f, netOwner); n != 0 && n != 1 {
			return nil, ErrNoOutline
		}
	}
	return a, nil
}

func appendLinks(runs []run, links []link) []run {
	for _, l := range links {
		runs = append(runs, run{l.a, l.b, netOwner, l.count, true})
	}
	return runs
}

// repair returns the ground that the rings of s enclose in either direction,
// or false when they are too long or cross too often. It serves to judge the neighbours of an
// invalid shape, not to mend it.
func repair(s Shape) (Shape, bool) {
	if s.Vertices() > mostRuns {
		return nil, false
	}
	for ring := range s.rings {
		for _, p := range ring {
			if !p.inRange() {
				return nil, false
			}
		}
	}
	strands, _, err := node(appendRuns(nil, s, 0))
	if err != nil {
		return nil, false
	}
	a := arrange(strands)
	mended := a.shapeOf(func(f int32) bool { return a.count(f, 0) != 0 })
	return mended, len(mended) > 0
}
