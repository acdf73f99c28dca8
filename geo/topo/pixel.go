package topo

// A pixeler finds where strands have to be cut so that rounding the places
// where they cross to the lattice takes none of them past a vertex or past
// another strand: whatever passes within half a step of a place that has to be
// a vertex is drawn through it. This is snap rounding, but only for strands
// that do move: what crosses nothing stays as straight as it was.
type pixeler struct {
	*noder
	places  *pointIndex // crossings, then ends of strands
	points  []Point
	passing [][]int32 // of places: the strands that pass within half a step
	passed  [][]int32 // of strands: the places they pass
	hot     []bool    // of places: must be a vertex of all that pass
	moved   []bool    // of strands
	queue   []int32   // of hot places not yet looked at
}

// settle adds to the cuts of strands that cross those which keep all others on
// the side where they are. It reports false when there are too many.
func (n *noder) settle() bool {
	p := pixeler{noder: n, places: newPointIndex(2 * len(n.strands)), moved: make([]bool, len(n.strands))}
	for _, at := range n.rounded {
		p.heat(p.place(at))
	}
	for _, s := range n.strands {
		p.place(s.a)
		p.place(s.b)
	}
	if !p.findPassing() {
		return false
	}
	for _, c := range n.cuts {
		p.move(c.strand)
	}
	for len(p.queue) > 0 {
		place := p.queue[len(p.queue)-1]
		p.queue = p.queue[:len(p.queue)-1]
		for _, i := range p.passing[place] {
			n.cut(i, p.points[place])
			p.move(i)
		}
		if len(n.cuts) > 2*n.most {
			return false
		}
	}
	return true
}

// place returns the number of a place, which is added if need be.
func (p *pixeler) place(at Point) int32 {
	k := p.places.number(at)
	if int(k) == len(p.points) {
		p.points = append(p.points, at)
		p.hot = append(p.hot, false)
	}
	return k
}

// heat makes a place a vertex of all that pass.
func (p *pixeler) heat(place int32) {
	if !p.hot[place] {
		p.hot[place] = true
		p.queue = append(p.queue, place)
	}
}

// move notes that a strand gets vertices, so that it may not stay straight.
func (p *pixeler) move(i int32) {
	if p.moved[i] {
		return
	}
	p.moved[i] = true
	for _, place := range p.passed[i] {
		p.heat(place)
	}
}

// findPassing finds which strands pass within half a step of which places.
func (p *pixeler) findPassing() bool {
	n := len(p.strands)
	p.passing, p.passed = make([][]int32, len(p.points)), make([][]int32, n)
	boxes := make([]Box, 0, n+len(p.points))
	for _, s := range p.strands {
		boxes = append(boxes, noBox.Extend(s.a).Extend(s.b))
	}
	for _, at := range p.points {
		boxes = append(boxes, Box{at, at})
	}
	return closePairs(boxes, freePairs+pairsEach*len(boxes), func(i, j int32) bool {
		if i > j {
			i, j = j, i
		}
		if place := j - int32(n); int(i) < n && place >= 0 && p.strands[i].passes(p.points[place]) {
			p.passing[place] = append(p.passing[place], i)
			p.passed[i] = append(p.passed[i], place)
		}
		return true
	})
}

// passes reports whether s, away from its ends, passes through the square of
// one step around p, which lies in the box of s.
func (s *strand) passes(p Point) bool {
	if p == s.a || p == s.b {
		return false
	}
	dx, dy := int64(s.b.X)-int64(s.a.X), int64(s.b.Y)-int64(s.a.Y)
	l, r := dx*(int64(p.Y)-int64(s.a.Y)), dy*(int64(p.X)-int64(s.a.X))
	reach := (max(dx, -dx) + max(dy, -dy) - 1) / 2
	return l <= r+reach && r <= l+reach
}
