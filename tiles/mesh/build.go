package mesh

import (
	"cmp"
	"slices"
	"sync"

	"gridmap/geo/topo"
)

// A Mesh is the polygons of one tier at one moment. It is safe for use by many
// at once; its zero value holds no faces.
type Mesh[T comparable] struct {
	nodes []*node[T]
	base  *strips // arcs from the beginning
	tail  strips  // arcs that came with updates; their numbers follow on
	line  *lineage
	dead  int // arcs that no face refers to any more
}

// A lineage says how much of the memory behind tails is taken, so that of
// several meshes that come from one only the first writes into it.
type lineage struct {
	mu    sync.Mutex
	taken int // arcs
}

// Build makes the mesh of faces, which may stand in any order and need not fit
// together. Faces without ground are left out.
func Build[T comparable](faces []Face[T]) *Mesh[T] {
	entries := make([]entry[T], 0, len(faces))
	for i := range faces {
		if len(faces[i].Shape) > 0 {
			entries = append(entries, entry[T]{id: int64(i)})
		}
	}
	each(len(entries), 1024, func(from, to int) {
		for i := from; i < to; i++ {
			f := &faces[entries[i].id]
			box := boxOf(f.Shape)
			entries[i] = entry[T]{key: hilbert(box), id: entries[i].id, box: box, mark: f.Mark, tag: f.Tag, text: f.Text}
		}
	})
	slices.SortFunc(entries, func(a, b entry[T]) int {
		return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(faces[a.id].ID, faces[b.id].ID))
	})
	ids, shapes := make([]int64, len(entries)), make([]topo.Shape, len(entries))
	for i := range entries {
		f := &faces[entries[i].id]
		ids[i], shapes[i], entries[i].id = f.ID, f.Shape, f.ID
	}
	return assemble(entries, newPatch(ids, shapes))
}

// assemble makes a mesh of entries in order and the patch of their rings.
func assemble[T comparable](entries []entry[T], p *patch) *Mesh[T] {
	s := p.stitch()
	simplifyAll(&s.columns)
	from := int32(0)
	for i, to := range s.ends {
		entries[i].refs = s.refs[from:to]
		from = to
	}
	base := s.pack()
	m := &Mesh[T]{nodes: newNodes(newBlocks(entries)), base: &base, line: &lineage{}}
	m.prepare()
	return m
}

// exact returns a copy that takes no more memory than it needs.
func exact[E any](s []E) []E {
	out := make([]E, len(s))
	copy(out, s)
	return out
}

// simplifyAll gives levels to all vertices.
func simplifyAll(c *columns) {
	index := newVertexIndex(c)
	each(len(c.arcs), 1024, func(from, to int) {
		s := simplifier{columns: c, index: index}
		for i := from; i < to; i++ {
			s.arc(&c.arcs[i])
		}
	})
}

// Len returns how many faces the mesh has.
func (m *Mesh[T]) Len() int {
	n := 0
	for _, k := range m.nodes {
		n += k.count
	}
	return n
}

// arc returns the arc behind a reference.
func (m *Mesh[T]) arc(ref int32) strip {
	i := int(numberOf(ref))
	if n := m.base.len(); i >= n {
		return m.tail.of(i - n)
	}
	return m.base.of(i)
}

// visit calls fn with every face whose box meets the box.
func (m *Mesh[T]) visit(box Box, fn func(b *block[T], i int)) {
	for _, n := range m.nodes {
		if !n.box.Intersects(box) {
			continue
		}
		for _, b := range n.blocks {
			if !b.box.Intersects(box) {
				continue
			}
			for i := range b.boxes {
				if b.boxes[i].Intersects(box) {
					fn(b, i)
				}
			}
		}
	}
}
