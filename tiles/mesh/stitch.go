package mesh

import "slices"

// An arc is a stretch of border between the same two faces, from a place where
// other faces come in to the next. It runs in a direction that depends on its
// points alone.
type arc struct {
	box      Box
	from     uint32 // its points in the columns
	n        int32
	ahead    int64 // the face that runs along it in its direction, 0 for none
	opposite int64 // the face that runs along it the other way
}

// columns hold arcs while they are made. levels[i] is the zoom from which on
// points[i] is drawn.
type columns struct {
	points []Point
	levels []uint8
	arcs   []arc
}

func (c *columns) of(a *arc) []Point { return c.points[a.from : int(a.from)+int(a.n)] }

// References to arcs stand in a face's list one after the other, ring after
// ring: 1 + the arc's number, negative when the ring runs against it.
const (
	endOuter int32 = 0        // ends an outer ring
	endHole  int32 = -1 << 31 // ends a hole of the polygon before
)

// A stitching is what stitch makes: refs[ends[i-1]:ends[i]] is face i's list.
type stitching struct {
	columns
	refs []int32
	ends []int32
}

// stitch finds the arcs. The levels are left for later.
func (p *patch) stitch() *stitching {
	p.match()
	s := &stitching{ends: make([]int32, len(p.ids))}
	s.points = make([]Point, 0, len(p.points)/2+len(p.points)/16)
	s.refs = make([]int32, 0, len(p.points)/6)
	w := walker{patch: p, out: s, known: make([]int32, len(p.points)), begins: make([]bool, len(p.points))}
	for _, r := range p.rings {
		w.begins[r.from] = true
	}
	at := 0
	for f := range p.ids {
		for ; at < len(p.rings) && int(p.rings[at].face) == f; at++ {
			w.walk(p.rings[at])
		}
		s.ends[f] = int32(len(s.refs))
	}
	s.levels = make([]uint8, len(s.points))
	return s
}

// A walker walks along rings. known[e] is the reference with which the ring of
// e takes the arc that begins, for that ring, at e; 0 if it is not made yet.
type walker struct {
	*patch
	out    *stitching
	known  []int32
	begins []bool // of edges that are the first of their ring
	line   []Point
}

func (w *walker) walk(r ring) {
	first := r.from
	for first < r.to && !w.node(r, first) {
		first++
	}
	if first == r.to {
		first = r.from // a ring that meets no third face
	}
	for e, left := first, r.to-r.from; left > 0; {
		n := int32(1) // edges of the arc
		for k := w.after(r, e); n < left && !w.node(r, k); k = w.after(r, k) {
			n++
		}
		w.out.refs = append(w.out.refs, w.arc(r, e, n))
		if left -= n; left > 0 {
			e = r.from + (e-r.from+n)%(r.to-r.from)
		}
	}
	if r.hole {
		w.out.refs = append(w.out.refs, endHole)
	} else {
		w.out.refs = append(w.out.refs, endOuter)
	}
}

func (w *walker) after(r ring, e int32) int32 {
	if e++; e == r.to {
		return r.from
	}
	return e
}

// node reports whether an arc begins at the start of edge e: the edge and the
// one before do not run along one another face in turn.
func (w *walker) node(r ring, e int32) bool {
	before := e - 1
	if e == r.from {
		before = r.to - 1
	}
	t, u := w.twin[e], w.twin[before]
	if t < 0 || u < 0 {
		return t != u
	}
	if t+1 == u && !w.begins[u] {
		return false
	}
	if !w.begins[u] { // only the last edge of a ring is followed by one that is not its next
		return true
	}
	return w.after(w.rings[w.ringOf(t)], t) != u
}

// arc returns the reference to the arc of n edges from e on.
func (w *walker) arc(r ring, e, n int32) int32 {
	if ref := w.known[e]; ref != 0 {
		return ref
	}
	closed := n == r.to-r.from
	w.line = w.line[:0]
	last := e
	for k, i := e, int32(0); i < n; i++ {
		w.line = append(w.line, w.points[k])
		last, k = k, w.after(r, k)
	}
	w.line = append(w.line, w.points[w.after(r, last)])
	a := arc{box: boundOf(w.line), from: uint32(len(w.out.points)), n: n + 1, ahead: w.ids[r.face]}
	t := w.twin[last]
	if t >= 0 {
		a.opposite = w.ids[w.faceOf(t)]
	}
	if closed && !w.node(r, e) {
		w.line = turned(w.line)
	}
	ref := int32(len(w.out.arcs)) + 1
	if backwards(w.line) {
		slices.Reverse(w.line)
		a.ahead, a.opposite = a.opposite, a.ahead
		ref = -ref
	}
	w.out.points = append(w.out.points, w.line...)
	w.out.arcs = append(w.out.arcs, a)
	if t >= 0 {
		if closed && !w.node(r, e) {
			// The mate's ring is the same one, and begins where it begins.
			t = w.rings[w.ringOf(t)].from
		}
		w.known[t] = -ref
	}
	return ref
}

func (w *walker) faceOf(e int32) int32 { return w.rings[w.ringOf(e)].face }

func (w *walker) ringOf(e int32) int {
	i, _ := slices.BinarySearchFunc(w.rings, e, func(r ring, e int32) int {
		switch {
		case r.to <= e:
			return -1
		case r.from > e:
			return 1
		}
		return 0
	})
	return i
}

// turned returns a closed line that begins at its least point.
func turned(line []Point) []Point {
	n := len(line) - 1
	k := 0
	for i := range n {
		if less(line[i], line[k]) {
			k = i
		}
	}
	out := append(make([]Point, 0, n+1), line[k:n]...)
	out = append(out, line[:k]...)
	return append(out, out[0])
}

// backwards reports whether the line must be reversed: of its two directions
// the one whose points come first by order is taken.
func backwards(line []Point) bool {
	for i, j := 0, len(line)-1; i < j; i, j = i+1, j-1 {
		if line[i] != line[j] {
			return less(line[j], line[i])
		}
	}
	return false
}
