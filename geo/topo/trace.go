package topo

import (
	"cmp"
	"slices"
)

// A tracer draws the outline of sets of faces.
type tracer struct {
	round  int32
	inside []int32 // of faces: the round in which it was in the set
	walked []int32 // of half edges: the round in which the outline took it
	met    []int32 // of vertices: the round and place of the last visit
	place  []int32
	path   []int32
}

// trace returns the polygon of faces that hang together across edges, which
// has one outer ring, and calls border for the half edges of its outline. The
// rings are simple: where the outline touches itself it is cut into an outer
// ring and holes that touch at a point.
func (a *arrangement) trace(faces []int32, border func(h int32)) Polygon {
	t := &a.pace
	if t.inside == nil {
		t.inside = make([]int32, len(a.first))
		t.walked = make([]int32, len(a.next))
		t.met = make([]int32, len(a.points))
		t.place = make([]int32, len(a.points))
	}
	t.round++
	for _, f := range faces {
		t.inside[f] = t.round
	}
	var polygon Polygon
	for _, f := range faces {
		for h := range a.halfEdges(f) {
			if t.walked[h] != t.round && t.inside[a.face[h^1]] != t.round {
				polygon = a.walk(h, polygon, border)
			}
		}
	}
	return polygon.arranged()
}

// walk follows the outline from half edge start, keeping to the faces of the
// set, and appends the simple rings it is made of.
func (a *arrangement) walk(start int32, polygon Polygon, border func(h int32)) Polygon {
	t := &a.pace
	t.path = t.path[:0]
	for h := start; ; {
		t.walked[h] = t.round
		border(h)
		v := a.origin[h]
		if i := t.place[v]; t.met[v] == t.round && int(i) < len(t.path) && t.path[i] == v {
			polygon = append(polygon, a.ring(t.path[i:]))
			t.path = t.path[:i]
		}
		t.met[v], t.place[v] = t.round, int32(len(t.path))
		t.path = append(t.path, v)
		for h = a.next[h]; t.inside[a.face[h^1]] == t.round; {
			h = a.next[h^1]
		}
		if h == start {
			return append(polygon, a.ring(t.path))
		}
	}
}

// ring returns the vertices as a ring that starts at the westernmost.
func (a *arrangement) ring(vertices []int32) Ring {
	first := 0
	for i, v := range vertices {
		if v < vertices[first] {
			first = i
		}
	}
	ring := make(Ring, 0, len(vertices))
	for i := range vertices {
		ring = append(ring, a.points[vertices[(first+i)%len(vertices)]])
	}
	return ring
}

// arranged puts the outer ring first and the holes in a fixed order.
func (p Polygon) arranged() Polygon {
	slices.SortFunc(p, func(r, s Ring) int {
		if by := s.area2().sign() - r.area2().sign(); by != 0 {
			return by
		}
		return cmp.Compare(r[0].key(), s[0].key())
	})
	return p
}

// shapeOf returns the ground of all faces that belong, one polygon for each
// part that hangs together across edges.
func (a *arrangement) shapeOf(belongs func(f int32) bool) Shape {
	shape := a.shapesBy(1, func(f int32) int32 {
		if belongs(f) {
			return 0
		}
		return -1
	})[0]
	if shape == nil {
		return Shape{}
	}
	return shape
}

// shapesBy returns the ground of the faces with each key below n, one polygon
// for each part that hangs together across edges; nil where no face has it.
// Faces with a negative key are left out.
func (a *arrangement) shapesBy(n int32, key func(f int32) int32) []Shape {
	keys := make([]int32, len(a.first))
	for f := range keys {
		keys[f] = key(int32(f))
	}
	parts := newUnions(len(keys))
	for k := range a.strands {
		if f, g := a.face[2*k], a.face[2*k+1]; keys[f] >= 0 && keys[f] == keys[g] {
			parts.join(f, g)
		}
	}
	faces := make([][]int32, len(keys))
	var roots []int32
	for f, k := range keys {
		if k < 0 {
			continue
		}
		root := parts.root(int32(f))
		if faces[root] == nil {
			roots = append(roots, root)
		}
		faces[root] = append(faces[root], int32(f))
	}
	shapes := make([]Shape, n)
	for _, root := range roots {
		shapes[keys[root]] = append(shapes[keys[root]], a.trace(faces[root], func(int32) {}))
	}
	for _, shape := range shapes {
		slices.SortFunc(shape, func(p, q Polygon) int { return cmp.Compare(p[0][0].key(), q[0][0].key()) })
	}
	return shapes
}

// unions are disjoint sets of numbers.
type unions []int32

func newUnions(n int) unions {
	u := make(unions, n)
	for i := range u {
		u[i] = int32(i)
	}
	return u
}

// root returns the smallest number of i's set.
func (u unions) root(i int32) int32 {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u unions) join(i, j int32) {
	i, j = u.root(i), u.root(j)
	u[max(i, j)] = min(i, j)
}
