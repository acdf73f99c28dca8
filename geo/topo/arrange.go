package topo

import "slices"

// An arrangement is the faces into which noded strands divide the plane. Half
// edge 2k runs along strand k from a to b, half edge 2k+1 back.
type arrangement struct {
	strands []strand
	origin  []int32   // of half edges: the vertex it leaves
	points  []Point   // of vertices, from west to east
	next    []int32   // of half edges: the next one around the face on its left
	face    []int32   // of half edges: the face on its left
	first   [][]int32 // of faces: a half edge of each cycle around it
	labels  [][]label // of faces: how often each owner covers it
	pace    tracer
}

// arrange builds the faces of noded strands. Face 0 is the unbounded one.
func arrange(strands []strand) *arrangement {
	a := &arrangement{strands: strands}
	around := a.sortAround()
	outer := a.cycles()
	a.nest(around, outer)
	a.gather()
	a.spread()
	return a
}

// from and to return the ends of a half edge.
func (a *arrangement) from(h int32) Point {
	if h&1 == 0 {
		return a.strands[h>>1].a
	}
	return a.strands[h>>1].b
}

func (a *arrangement) to(h int32) Point { return a.from(h ^ 1) }

// sortAround orders the half edges by the vertex they leave and then
// counter-clockwise from south, and links the faces' borders.
func (a *arrangement) sortAround() []int32 {
	around := a.byOrigin()
	a.origin = make([]int32, len(around))
	a.next = make([]int32, len(around))
	for i := 0; i < len(around); {
		p := a.from(around[i])
		j := i
		for ; j < len(around) && a.from(around[j]) == p; j++ {
			a.origin[around[j]] = int32(len(a.points))
		}
		a.sortAt(p, around[i:j])
		for k := i + 1; k < j; k++ {
			a.next[around[k]^1] = around[k-1]
		}
		a.next[around[i]^1] = around[j-1]
		a.points = append(a.points, p)
		i = j
	}
	return around
}

// byOrigin returns the half edges by the vertex they leave.
func (a *arrangement) byOrigin() []int32 {
	box := noBox
	for i := range a.strands {
		box = box.Extend(a.strands[i].a).Extend(a.strands[i].b)
	}
	f := frameOf(box)
	items := make([]keyed, 2*len(a.strands))
	for i, s := range a.strands {
		items[2*i], items[2*i+1] = keyed{f.key(s.a), int32(2 * i)}, keyed{f.key(s.b), int32(2*i + 1)}
	}
	around := make([]int32, len(items))
	for i, item := range sortKeyed(items, f.bits) {
		around[i] = item.n
	}
	return around
}

// sortAt orders the half edges that leave p counter-clockwise from south.
func (a *arrangement) sortAt(p Point, leaving []int32) {
	slices.SortFunc(leaving, func(g, h int32) int {
		if east := h & 1; g&1 != east { // even half edges run east
			return int(g&1) - int(east)
		}
		return -orient(p, a.to(g), a.to(h))
	})
}

// cycles numbers the faces by their outer borders, and marks the half edges of
// the outer border of each connected piece with face -1. It returns how many
// faces there are.
func (a *arrangement) cycles() int {
	a.face = make([]int32, len(a.next))
	for h := range a.face {
		a.face[h] = -2
	}
	faces := 1
	for start := range a.next {
		if a.face[start] != -2 {
			continue
		}
		var area wide
		for h := int32(start); ; {
			p, q := a.from(h), a.to(h)
			area.add(int64(p.X) * int64(q.Y))
			area.add(-int64(q.X) * int64(p.Y))
			if h = a.next[h]; h == int32(start) {
				break
			}
		}
		f := int32(-1)
		if area.sign() > 0 {
			f = int32(faces)
			faces++
		}
		a.paint(int32(start), f)
	}
	return faces
}

// paint gives the cycle of h to face f.
func (a *arrangement) paint(h, f int32) {
	for start := h; ; {
		a.face[h] = f
		if h = a.next[h]; h == start {
			return
		}
	}
}

// nest finds the face in which each connected piece lies, sweeping from west
// to east: it is the face above the edge next below the piece's first vertex.
func (a *arrangement) nest(around []int32, faces int) {
	a.first = make([][]int32, faces)
	left, right := make([]Point, len(a.strands)), make([]Point, len(a.strands))
	for k, s := range a.strands {
		left[k], right[k] = s.a, s.b
	}
	var line status
	line.reset(left, right)
	for i := 0; i < len(around); {
		p := a.from(around[i])
		j, east := i, i // around[i:east] run east
		for ; j < len(around) && a.from(around[j]) == p; j++ {
			if around[j]&1 == 0 {
				east = j + 1
			}
		}
		c := line.find(p)
		for e := line.at(c); e >= 0 && right[e] == p; e = line.at(c) {
			c = line.remove(c)
		}
		if top := around[j-1]; east == j && a.face[top] == -1 {
			within := int32(0)
			if below := line.below(c); below >= 0 {
				within = a.face[2*below]
			}
			a.paint(top, within)
		}
		for _, h := range slices.Backward(around[i:east]) {
			c = line.insert(c, h>>1)
		}
		i = j
	}
}

// gather lists the cycles around every face.
func (a *arrangement) gather() {
	seen := make([]bool, len(a.next))
	for start := range a.next {
		if seen[start] {
			continue
		}
		f := a.face[start]
		a.first[f] = append(a.first[f], int32(start))
		for h := int32(start); !seen[h]; h = a.next[h] {
			seen[h] = true
		}
	}
}

// halfEdges yields the half edges around face f.
func (a *arrangement) halfEdges(f int32) func(func(int32) bool) {
	return func(yield func(int32) bool) {
		for _, start := range a.first[f] {
			for h := start; ; {
				if !yield(h) {
					return
				}
				if h = a.next[h]; h == start {
					break
				}
			}
		}
	}
}

// spread works out who covers each face, from the unbounded one, which nobody
// covers, across the strands: left of an edge lies once more of its owner.
func (a *arrangement) spread() {
	a.labels = make([][]label, len(a.first))
	done := make([]bool, len(a.first))
	done[0] = true
	for queue := []int32{0}; len(queue) > 0; {
		f := queue[0]
		queue = queue[1:]
		for h := range a.halfEdges(f) {
			g := a.face[h^1]
			if done[g] {
				continue
			}
			done[g] = true
			sign := int32(-1)
			if h&1 == 1 {
				sign = 1
			}
			a.labels[g] = addLabels(a.labels[f], a.strands[h>>1].labels, sign)
			queue = append(queue, g)
		}
	}
}

// addLabels returns have + sign × more.
func addLabels(have, more []label, sign int32) []label {
	sum := make([]label, 0, len(have)+len(more))
	for len(have) > 0 || len(more) > 0 {
		switch {
		case len(more) == 0 || len(have) > 0 && have[0].owner < more[0].owner:
			sum, have = append(sum, have[0]), have[1:]
		case len(have) == 0 || more[0].owner < have[0].owner:
			sum, more = append(sum, label{more[0].owner, sign * more[0].n}), more[1:]
		default:
			if n := have[0].n + sign*more[0].n; n != 0 {
				sum = append(sum, label{have[0].owner, n})
			}
			have, more = have[1:], more[1:]
		}
	}
	return sum
}

// count returns how often owner covers face f.
func (a *arrangement) count(f, owner int32) int32 {
	for _, l := range a.labels[f] {
		if l.owner == owner {
			return l.n
		}
	}
	return 0
}
