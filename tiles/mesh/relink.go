package mesh

import (
	"maps"
	"slices"
)

// A number is that of an arc in a mesh: base and tail counted through. A
// reference is 1 + number, or that made negative.
func numberOf(ref int32) int32 {
	if ref < 0 {
		return -ref - 1
	}
	return ref - 1
}

// A relinking puts newly stitched arcs into a mesh.
type relinking[T comparable] struct {
	*update[T]
	local *stitching
	known map[int32]int32 // by number in local: the number of the same arc in old
	fresh []int32         // numbers in local that old does not have
	lost  []int32         // numbers in old that are no more
	// boxes of the arcs fresh and lost: only there vertices come and go.
	boxes []Box
	next  strips // what goes behind the tail
	moved map[int32]int32
}

// patched returns the next mesh, most of it shared.
func (u *update[T]) patched() *Mesh[T] {
	p := &patch{}
	fresh := newPatch(nil, u.shapes)
	for i := range u.in {
		p.addShape(fresh, i, u.in[i].id)
	}
	for i := range u.nearby {
		u.old.addRings(p, &u.nearby[i])
	}
	for i := range u.around {
		u.old.addRings(p, &u.around[i])
	}
	r := &relinking[T]{update: u, local: p.stitch(), known: map[int32]int32{}, moved: map[int32]int32{}}
	r.compare()
	r.level()
	return r.mesh()
}

// listOf returns the references of face i of the local patch.
func (r *relinking[T]) listOf(i int) []int32 {
	from := int32(0)
	if i > 0 {
		from = r.local.ends[i-1]
	}
	return r.local.refs[from:r.local.ends[i]]
}

// compare sorts arcs into those that stay, come and go.
func (r *relinking[T]) compare() {
	type ends struct{ a, b, c Point }
	key := func(points []Point) ends { return ends{points[0], points[1], points[len(points)-1]} }
	had := map[ends][]int32{}
	old := map[int32]bool{} // number: still there
	for _, faces := range [][]entry[T]{r.out, r.nearby} {
		for _, e := range faces {
			for _, ref := range e.refs {
				n := numberOf(ref)
				if ref == endOuter || ref == endHole {
					continue
				}
				if _, seen := old[n]; !seen {
					k := key(r.old.arc(ref).points())
					had[k] = append(had[k], n)
					old[n] = false
				}
			}
		}
	}
	seen := map[int32]bool{}
	for i := range len(r.in) + len(r.nearby) {
		for _, ref := range r.listOf(i) {
			n := numberOf(ref)
			if ref == endOuter || ref == endHole || seen[n] {
				continue
			}
			seen[n] = true
			a := &r.local.arcs[n]
			points := r.local.of(a)
			same := slices.IndexFunc(had[key(points)], func(m int32) bool {
				b := r.old.arc(m + 1)
				ahead, opposite := b.sides()
				return ahead == a.ahead && opposite == a.opposite && !old[m] && slices.Equal(points, b.points())
			})
			if same < 0 {
				r.fresh = append(r.fresh, n)
				r.boxes = append(r.boxes, a.box)
				continue
			}
			m := had[key(points)][same]
			r.known[n], old[m] = m, true
		}
	}
	for n, stays := range old {
		if !stays {
			r.lost = append(r.lost, n)
			r.boxes = append(r.boxes, r.old.arc(n+1).box())
		}
	}
	slices.Sort(r.lost)
}

// level gives the fresh arcs their levels, and looks again at arcs that stay
// where vertices came or went. What goes behind the tail is put in next.
func (r *relinking[T]) level() {
	meets := func(b Box) bool { return slices.ContainsFunc(r.boxes, b.Intersects) }
	again := r.arcsNear(r.boxes, meets)
	reach := slices.Clone(r.boxes)
	for _, n := range again {
		reach = append(reach, r.old.arc(n+1).box())
	}
	local := &columns{}
	add := func(a arc, points []Point) {
		a.from, a.n = uint32(len(local.points)), int32(len(points))
		local.points = append(local.points, points...)
		local.arcs = append(local.arcs, a)
	}
	stays := func(n int32) {
		a := r.old.arc(n + 1)
		ahead, opposite := a.sides()
		add(arc{ahead: ahead, opposite: opposite}, a.points())
	}
	for _, n := range r.fresh {
		add(r.local.arcs[n], r.local.of(&r.local.arcs[n]))
	}
	is := map[int32]bool{}
	for _, n := range again {
		is[n] = true
		stays(n)
	}
	all := noBox
	for _, b := range reach {
		all = all.join(b)
	}
	for _, n := range r.arcsNear(reach, all.Intersects) {
		if !is[n] {
			stays(n)
		}
	}
	local.levels = make([]uint8, len(local.points))
	s := simplifier{columns: local, index: newVertexIndex(local)}
	for i := range len(r.fresh) + len(again) {
		a := &local.arcs[i]
		s.arc(a)
		levels := local.levels[a.from : int(a.from)+int(a.n)]
		if i >= len(r.fresh) {
			n := again[i-len(r.fresh)]
			if _, before := r.old.arc(n+1).unpack(nil, nil); slices.Equal(levels, before) {
				continue
			}
			r.moved[n] = int32(r.next.len())
		}
		r.next.add(a, local.of(a), levels)
	}
}

// arcsNear returns the numbers of the arcs that stay whose box is taken, of
// faces near one of the boxes, ascending.
func (r *relinking[T]) arcsNear(boxes []Box, take func(Box) bool) []int32 {
	found := map[int32]bool{}
	for _, e := range r.old.within(boxes) {
		for _, ref := range e.refs {
			if ref == endOuter || ref == endHole || found[numberOf(ref)] {
				continue
			}
			if take(r.old.arc(ref).box()) {
				found[numberOf(ref)] = true
			}
		}
	}
	for _, n := range r.lost {
		delete(found, n)
	}
	return slices.Sorted(maps.Keys(found))
}

// mesh puts all together.
func (r *relinking[T]) mesh() *Mesh[T] {
	m := &Mesh[T]{base: r.old.base, dead: r.old.dead + len(r.lost) + len(r.moved)}
	first := int32(m.base.len() + r.old.tail.len())
	m.tail, m.line = r.old.extended(&r.next)
	to := map[int32]int32{} // from numbers in local
	for n, old := range r.known {
		to[n] = old
		if k, moved := r.moved[old]; moved {
			to[n] = first + k
		}
	}
	for i, n := range r.fresh {
		to[n] = first + int32(i)
	}
	var changes []change[T]
	put := func(e entry[T], refs []int32, number func(int32) int32) {
		e.refs = make([]int32, len(refs))
		for i, ref := range refs {
			switch n := number(numberOf(ref)); {
			case ref == endOuter || ref == endHole:
				e.refs[i] = ref
			case ref > 0:
				e.refs[i] = n + 1
			default:
				e.refs[i] = -n - 1
			}
		}
		changes = append(changes, change[T]{at: e})
	}
	done := map[int64]bool{}
	for _, e := range r.out {
		changes = append(changes, change[T]{at: entry[T]{key: e.key, id: e.id}, gone: true})
		done[e.id] = true
	}
	for i, e := range slices.Concat(r.in, r.nearby) {
		put(e, r.listOf(i), func(n int32) int32 { return to[n] })
		done[e.id] = true
	}
	for _, e := range r.old.within(r.boxesOfMoved()) {
		if !done[e.id] && slices.ContainsFunc(e.refs, func(ref int32) bool { _, is := r.moved[numberOf(ref)]; return is }) {
			put(e, e.refs, func(n int32) int32 {
				if k, moved := r.moved[n]; moved {
					return first + k
				}
				return n
			})
		}
	}
	m.nodes = changed(r.old.nodes, changes)
	return m
}

func (r *relinking[T]) boxesOfMoved() []Box {
	var boxes []Box
	for n := range r.moved {
		boxes = append(boxes, r.old.arc(n+1).box())
	}
	return boxes
}

// extended returns the tail of m with more behind it. The first to extend a
// tail writes behind it in the same memory, which m does not look at; others
// copy it.
func (m *Mesh[T]) extended(more *strips) (strips, *lineage) {
	m.line.mu.Lock()
	defer m.line.mu.Unlock()
	tail, line := m.tail, m.line
	if line.taken != tail.len() {
		tail.data, tail.starts = slices.Clip(tail.data), slices.Clip(tail.starts)
		line = &lineage{}
	}
	tail.append(more)
	line.taken = tail.len()
	return tail, line
}
