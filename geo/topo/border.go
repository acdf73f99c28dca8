package topo

import "iter"

// Edges yields every edge of s once, in the direction of its ring: the ground
// lies on the left.
func (s Shape) Edges() iter.Seq2[Point, Point] {
	return func(yield func(p, q Point) bool) {
		for ring := range s.rings {
			for i, p := range ring {
				if !yield(p, ring[(i+1)%len(ring)]) {
					return
				}
			}
		}
	}
}

// SharedBorderM returns the length in metres, along the ellipsoid, of the edges
// that stand in both a and b, whichever way they run. Shapes that were noded
// against each other share whole edges or none.
func SharedBorderM(a, b Shape) float64 {
	edges := map[[2]Point]struct{}{}
	for p, q := range a.Edges() {
		edges[[2]Point{p, q}] = struct{}{}
	}
	length := 0.0
	for p, q := range b.Edges() {
		_, same := edges[[2]Point{p, q}]
		_, against := edges[[2]Point{q, p}]
		if same || against {
			length += LengthM(p, q)
		}
	}
	return length
}
