package topo

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestUnionOfSiblings(t *testing.T) {
	tests := []struct {
		name     string
		children []Shape
		want     Shape
		fails    bool
	}{
		{"of neighbours it is their outline", []Shape{rect(0, 0, 5, 10), rect(5, 0, 10, 10)},
			poly(Point{0, 0}, Point{5, 0}, Point{10, 0}, Point{10, 10}, Point{5, 10}, Point{0, 10}), false},
		{"of shapes apart it has two polygons", []Shape{rect(0, 0, 5, 10), rect(6, 0, 10, 10)},
			append(rect(0, 0, 5, 10), rect(6, 0, 10, 10)...), false},
		{"corner on corner it has two polygons", []Shape{rect(0, 0, 5, 5), rect(5, 5, 10, 10)},
			append(rect(0, 0, 5, 5), rect(5, 5, 10, 10)...), false},
		{"what nobody takes stays a hole", []Shape{withHole(rect(0, 0, 10, 10), rect(2, 2, 8, 8)), rect(4, 4, 6, 6)},
			append(withHole(rect(0, 0, 10, 10), rect(2, 2, 8, 8)), rect(4, 4, 6, 6)...), false},
		{"a vertex of one neighbour only goes with the border", []Shape{poly(Point{0, 0}, Point{5, 0}, Point{5, 4}, Point{5, 10}, Point{0, 10}), rect(5, 0, 10, 10)},
			poly(Point{0, 0}, Point{5, 0}, Point{10, 0}, Point{10, 10}, Point{5, 10}, Point{0, 10}), false},
		{"children not drawn add nothing", []Shape{nil, rect(0, 0, 5, 5)}, rect(0, 0, 5, 5), false},
		{"of nothing it is nothing", []Shape{nil}, nil, false},
		{"overlaps have no outline", []Shape{rect(0, 0, 6, 10), rect(5, 0, 10, 10)}, nil, true},
		{"the same twice has none", []Shape{rect(0, 0, 6, 10), rect(0, 0, 6, 10)}, nil, true},
		{"crossing edges have none", []Shape{rect(0, 0, 10, 10), rect(3, -3, 6, 13)}, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Union(tt.children)
			if (err != nil) != tt.fails || !got.Equal(tt.want) {
				t.Errorf("Union = %v, %v, want %v", got, err, tt.want)
			}
			if bad := got.Validate(); bad != nil {
				t.Error(bad)
			}
		})
	}
}

// The outline of a pinched set keeps rings that touch at points only.
func TestUnionOfPinchedGroundIsValid(t *testing.T) {
	var ring []Shape // eight of nine squares, the middle a hole that touches none; then its diagonals
	for i := range int32(3) {
		for j := range int32(3) {
			if i != 1 || j != 1 {
				ring = append(ring, rect(10*i, 10*j, 10*i+10, 10*j+10))
			}
		}
	}
	for _, leftOut := range [][]int{{}, {0}, {0, 2}, {1, 4}, {3}, {0, 7}} {
		var children []Shape
		for i, s := range ring {
			if !slices.Contains(leftOut, i) {
				children = append(children, s)
			}
		}
		u, err := Union(children)
		if err != nil || u.Validate() != nil || planar(u) != 200*int64(len(children)) {
			t.Errorf("without %v: %v, %v, %v", leftOut, u, err, u.Validate())
		}
	}
}

// A straight border drawn with more vertices on one side proves whole once
// noded, and nothing else about it changes.
func TestNodeInsertsWhatNeighboursHave(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := subdivide(rapid.Uint64().Draw(t, "seed"), 3, 3, 0, Point{})
		cut := func(p, q Point) Point { return Point{(p.X + q.X) / 2, (p.Y + q.Y) / 2} }
		double := func(shape Shape) Shape { // so that the middles of edges are lattice points
			ring := slices.Clone(shape[0][0])
			for i := range ring {
				ring[i].X, ring[i].Y = ring[i].X*2, ring[i].Y*2
			}
			return Shape{{ring}}
		}
		all := []Shape{double(s.parent)}
		added := 0
		for _, child := range s.children {
			var ring Ring
			plain := double(child)[0][0]
			for i, p := range plain {
				ring = append(ring, p)
				if rapid.Bool().Draw(t, "more") {
					ring = append(ring, cut(p, plain[(i+1)%len(plain)]))
					added++
				}
			}
			all = append(all, Shape{{ring}})
		}
		if faults := everything(all[0], all[1:]); len(faults) > 0 {
			t.Fatal(say(faults))
		}
		noded, inserted := Node(all)
		if !Whole(noded[0], noded[1:]) || (inserted == 0) != Whole(all[0], all[1:]) {
			t.Fatalf("%d inserted of %d added", inserted, added)
		}
		for i := range all {
			if planar(all[i]) != planar(noded[i]) {
				t.Fatalf("shape %d changed its ground", i)
			}
		}
	})
}
