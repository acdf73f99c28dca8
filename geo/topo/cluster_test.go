package topo

import (
	"slices"
	"testing"
)

// Corners go the same way whether the pairs are listed beforehand or, being too
// many to keep, found one corner after the other, by however many processors.
func TestClusterWithAndWithoutLists(t *testing.T) {
	t.Parallel()
	for seed, snapM := range []float64{0.3, 1.5, 5, 40, 400} {
		m := spoil(uint64(seed), 9, 7, 11, 40, 5)
		c := newCleaner(m.children, CleanOptions{SnapM: snapM})
		c.begin(m.within)
		s := snapper{layer: &c.layer, reach: c.reach, look: c.look()}
		s.first = s.corners()
		if !s.cluster(1 << 30) {
			t.Fatalf("%v m: too dense with lists", snapM)
		}
		listed, moves := s.to, s.moves
		if !s.cluster(0) {
			t.Fatalf("%v m: too dense without", snapM)
		}
		if !slices.Equal(s.to, listed) || s.moves != moves || moves == 0 {
			t.Errorf("%v m: %d corners move without lists, %d with", snapM, s.moves, moves)
		}
		if i, j := leftNear(s.clustering(), listed); i != j {
			t.Errorf("%v m: corners %d and %d stay near each other", snapM, i, j)
		}
	}
}

// leftNear returns two corners near each other that both stay, of the places to
// which numbers go.
func leftNear(c *clustering, to []int32) (i, j int32) {
	stays := func(i int32) bool {
		n := c.places.number[i]
		return c.rank(i) < 3 && to[n] == n
	}
	for i := range int32(len(c.to)) {
		for j := range i {
			if stays(i) && stays(j) && c.reach.joins(c.places.at[i], c.places.at[j]) && c.joins(i, j) {
				return i, j
			}
		}
	}
	return 0, 0
}

// Where shapes meet already, too, corners near each other become one: two pairs
// of neighbours with a strip between them, which no other corner would close in
// its middle.
func TestClusterJoinsWhereShapesMeet(t *testing.T) {
	t.Parallel()
	shapes := []Shape{
		rect(0, 0, 10_000, 10_000), rect(0, 10_000, 10_000, 20_000),
		rect(10_010, 0, 20_000, 10_000), rect(10_010, 10_000, 20_000, 20_000),
	}
	for _, most := range []int{1 << 30, 0} { // with and without lists
		c := newCleaner(shapes, CleanOptions{SnapM: 1.5})
		c.begin(nil)
		s := snapper{layer: &c.layer, reach: c.reach, look: c.look()}
		s.first = s.corners()
		if !s.cluster(most) {
			t.Fatal("too dense")
		}
		for _, y := range []int32{0, 10_000, 20_000} {
			west, east := s.places.find(Point{10_000, y}), s.places.find(Point{10_010, y})
			if s.to[west] != west || s.to[east] != west {
				t.Errorf("%d north: the corner in the west goes to %v, that in the east to %v", y, s.points[s.to[west]], s.points[s.to[east]])
			}
		}
	}
}
