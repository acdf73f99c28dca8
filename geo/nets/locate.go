package nets

import (
	"github.com/tidwall/rtree"

	"gridmap/geo/topo"
)

// A finder finds the shapes that hold a point.
type finder struct {
	shapes []topo.Shape
	tree   rtree.RTreeGN[int32, int]
}

func newFinder(shapes []topo.Shape) *finder {
	f := &finder{shapes: shapes}
	for i, s := range shapes {
		if s != nil {
			b := s.Bound()
			f.tree.Insert([2]int32{b.Min.X, b.Min.Y}, [2]int32{b.Max.X, b.Max.Y}, i)
		}
	}
	return f
}

// find returns the first of the shapes that contains a point, by the boundary
// rule of [topo.Shape.Contains], or [None].
func (f *finder) find(at topo.Point) int {
	best := None
	f.each(at, func(i int) {
		if best == None || i < best {
			best = i
		}
	})
	return best
}

// each calls do for every shape that contains a point.
func (f *finder) each(at topo.Point, do func(i int)) {
	p := [2]int32{at.X, at.Y}
	f.tree.Search(p, p, func(_, _ [2]int32, i int) bool {
		if f.shapes[i].Contains(at) {
			do(i)
		}
		return true
	})
}

// Count returns who lives in each shape; where shapes overlap the first counts.
// The areas are those of the shapes.
func Count(shapes []topo.Shape, homes Homes) []Tally {
	found := make([]Tally, len(shapes))
	for i, s := range shapes {
		found[i].Area = AreaOf(s)
	}
	if homes == nil {
		return found
	}
	f := newFinder(shapes)
	for h := range homes {
		if i := f.find(h.At); i != None {
			found[i].add(Tally{Households: 1, Persons: h.Persons})
		}
	}
	return found
}
