package mesh

import (
	"slices"

	"gridmap/geo/topo"
)

// Update returns the mesh without the faces gone and with those that came,
// which may have IDs of faces gone; m stays as it is. Of a face gone only ID
// and Shape are looked at, and it must be in m as it is given. Neighbours of
// the same ground keep their arcs; whoever has arcs that changed is drawn
// anew, all else is shared.
func (m *Mesh[T]) Update(gone, came []Face[T]) *Mesh[T] {
	if len(gone) == 0 && len(came) == 0 {
		return m
	}
	u := &update[T]{old: m, gone: map[int64]bool{}}
	u.collect(gone, came)
	if n := m.Len(); 4*len(u.nearby) > n || 2*(m.dead+m.tail.len()) > m.base.len()+1000 {
		return u.afresh()
	}
	return u.patched()
}

// An update is the making of the next mesh.
type update[T comparable] struct {
	old    *Mesh[T]
	gone   map[int64]bool
	out    []entry[T]   // the faces gone, as they were
	in     []entry[T]   // those that came
	shapes []topo.Shape // of in
	nearby []entry[T]   // faces that stay whose arcs may change
	around []entry[T]   // faces beside those
}

func (u *update[T]) collect(gone, came []Face[T]) {
	var boxes []Box
	for i := range gone {
		if len(gone[i].Shape) > 0 {
			u.gone[gone[i].ID] = true
			boxes = append(boxes, boxOf(gone[i].Shape))
		}
	}
	for i := range came {
		f := &came[i]
		if len(f.Shape) == 0 {
			continue
		}
		box := boxOf(f.Shape)
		boxes = append(boxes, box)
		u.in = append(u.in, entry[T]{key: hilbert(box), id: f.ID, box: box, mark: f.Mark, tag: f.Tag, text: f.Text})
		u.shapes = append(u.shapes, f.Shape)
	}
	edges := map[[2]Point]bool{}
	var staying []entry[T]
	for _, e := range u.old.within(boxes) {
		if u.gone[e.id] {
			u.out = append(u.out, e)
			u.old.eachEdge(e.refs, func(a, b Point) bool { edges[edgeOf(a, b)] = true; return true })
		} else {
			staying = append(staying, e)
		}
	}
	fresh := newPatch(nil, u.shapes)
	for _, r := range fresh.rings {
		a := fresh.points[r.to-1]
		for _, b := range fresh.points[r.from:r.to] {
			edges[edgeOf(a, b)] = true
			a = b
		}
	}
	for _, e := range staying {
		if !u.old.eachEdge(e.refs, func(a, b Point) bool { return !edges[edgeOf(a, b)] }) {
			u.nearby = append(u.nearby, e)
		}
	}
	u.surround(boxes)
}

// surround finds the faces beside those nearby: they are not drawn anew, but
// what is has borders with them.
func (u *update[T]) surround(boxes []Box) {
	is, beside := map[int64]bool{}, map[int64]bool{}
	for _, e := range u.nearby {
		is[e.id] = true
		boxes = append(boxes, e.box)
		for _, ref := range e.refs {
			if ref != endOuter && ref != endHole {
				ahead, opposite := u.old.arc(ref).sides()
				beside[ahead], beside[opposite] = true, true
			}
		}
	}
	for _, e := range u.old.within(boxes) {
		if is[e.id] || u.gone[e.id] {
			continue
		}
		if beside[e.id] || u.old.frayed(e.refs) {
			u.around = append(u.around, e)
		}
	}
}

// frayed reports whether a face has border that no other face has, or too many.
func (m *Mesh[T]) frayed(refs []int32) bool {
	return slices.ContainsFunc(refs, func(ref int32) bool {
		if ref == endOuter || ref == endHole {
			return false
		}
		ahead, opposite := m.arc(ref).sides()
		return ahead == 0 || opposite == 0
	})
}

func edgeOf(a, b Point) [2]Point {
	if less(b, a) {
		return [2]Point{b, a}
	}
	return [2]Point{a, b}
}

// within returns the faces whose boxes meet one of the boxes, each once.
func (m *Mesh[T]) within(boxes []Box) []entry[T] {
	var out []entry[T]
	all := noBox
	for _, b := range boxes {
		all = all.join(b)
	}
	m.visit(all, func(b *block[T], i int) {
		if slices.ContainsFunc(boxes, b.boxes[i].Intersects) {
			out = append(out, b.entry(i))
		}
	})
	return out
}

// eachEdge calls fn with every edge of a face until it returns false, and
// reports whether it never did.
func (m *Mesh[T]) eachEdge(refs []int32, fn func(a, b Point) bool) bool {
	for _, ref := range refs {
		if ref == endOuter || ref == endHole {
			continue
		}
		points := m.arc(ref).points()
		for i := 1; i < len(points); i++ {
			if !fn(points[i-1], points[i]) {
				return false
			}
		}
	}
	return true
}

// addRings adds the rings of a face of m to the patch.
func (m *Mesh[T]) addRings(p *patch, e *entry[T]) {
	face := int32(len(p.ids))
	p.ids = append(p.ids, e.id)
	from := int32(len(p.points))
	for _, ref := range e.refs {
		if ref == endOuter || ref == endHole {
			p.rings = append(p.rings, ring{from, int32(len(p.points)), face, ref == endHole})
			from = int32(len(p.points))
			continue
		}
		points := m.arc(ref).points()
		if ref > 0 {
			p.points = append(p.points, points[:len(points)-1]...)
			continue
		}
		for i := len(points) - 1; i > 0; i-- {
			p.points = append(p.points, points[i])
		}
	}
}

// afresh makes the mesh from nothing, where that is less work or frees memory.
func (u *update[T]) afresh() *Mesh[T] {
	var entries []entry[T]
	for _, n := range u.old.nodes {
		for _, b := range n.blocks {
			for _, e := range b.entries() {
				if !u.gone[e.id] {
					entries = append(entries, e)
				}
			}
		}
	}
	stay := len(entries)
	entries = append(entries, u.in...)
	fresh := newPatch(nil, u.shapes)
	order := make([]int, len(entries))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compareEntries(entries[a], entries[b]) })
	sorted, p := make([]entry[T], len(entries)), &patch{}
	for k, i := range order {
		sorted[k] = entries[i]
		if i < stay {
			u.old.addRings(p, &entries[i])
		} else {
			p.addShape(fresh, i-stay, entries[i].id)
		}
	}
	return assemble(sorted, p)
}

// addShape adds a face of another patch.
func (p *patch) addShape(from *patch, face int, id int64) {
	for _, r := range from.rings {
		if int(r.face) == face {
			at := int32(len(p.points))
			p.points = append(p.points, from.points[r.from:r.to]...)
			p.rings = append(p.rings, ring{at, int32(len(p.points)), int32(len(p.ids)), r.hole})
		}
	}
	p.ids = append(p.ids, id)
}
