package topo

import (
	"cmp"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
)

// A layer is shapes that change, and the edges of them that do not match.
// After the first look only shapes near what has changed are looked at again.
type layer struct {
	within  Shape // with the vertices that shapes have put on its border
	shapes  []Shape
	boxes   []Box
	begun   bool
	looked  bool
	open    []link   // edges that nothing cancels, in order, as of the last look
	marks   []uint64 // bits that are set for them, and for few others
	since   []link   // edges that have come and gone since
	odd     [][]run  // of shapes: the unmatched edges, when last looked at
	touched []Box    // where anything has changed since
}

// A look is the unmatched edges of a layer, by their owners; those of the
// ground to be divided run the other way.
type look struct {
	points  []Point // where they end, and others
	places  *places // of points
	spans   []span
	owners  []int32   // of spans
	numbers [][]int32 // at the first look, of shapes, the ground to be divided last: the places of their vertices
	all     *ledger   // at the first look: of all edges
}

// start takes the ground to be divided as it was given.
func (l *layer) start(within Shape) {
	if l.begun {
		l.setGround(within)
		return
	}
	l.begun, l.within, l.boxes = true, within, make([]Box, len(l.shapes))
	each(len(l.shapes), func(i int) { l.boxes[i] = l.shapes[i].Bound() })
}

// set puts a shape in place of shape i.
func (l *layer) set(i int, s Shape) {
	l.since = appendLinksOf(appendLinksOf(l.since, l.shapes[i], -1), s, 1)
	l.replace(i, s)
}

// replace is set for who has seen to the edges.
func (l *layer) replace(i int, s Shape) {
	l.touched = append(l.touched, l.boxes[i])
	l.shapes[i], l.boxes[i] = s, s.Bound()
	l.touched = append(l.touched, l.boxes[i])
}

// setGround puts other vertices on the border of the ground to be divided.
func (l *layer) setGround(within Shape) {
	changed := summed(appendLinksOf(appendLinksOf(nil, l.within, 1), within, -1))
	l.since = append(l.since, changed...)
	l.replaceGround(within, changed)
}

// replaceGround is setGround for who has seen to the edges.
func (l *layer) replaceGround(within Shape, changed []link) {
	for _, e := range changed {
		l.touched = append(l.touched, noBox.Extend(e.a).Extend(e.b))
	}
	l.within = within
}

// look finds the edges that nothing cancels. Which these are is, at the first
// look, for the caller to say.
func (l *layer) look() look {
	if !l.looked {
		l.looked = true
		return l.firstLook()
	}
	return lookAt(l.unmatched())
}

// unmatched finds the edges that nothing cancels in a layer looked at before.
func (l *layer) unmatched() []run {
	l.open, l.since = merged(l.open, summed(l.since)), l.since[:0]
	l.mark()
	near := func(Box) bool { return true }
	if l.odd != nil {
		near = nearAny(l.touched)
	} else {
		l.odd = make([][]run, len(l.shapes))
	}
	each(len(l.shapes), func(i int) {
		if near(l.boxes[i]) {
			l.odd[i] = l.unmatchedOf(nil, l.shapes[i], label{int32(i), 1})
		}
	})
	l.touched = nil
	var runs []run
	for _, odd := range l.odd {
		runs = append(runs, odd...)
	}
	return l.unmatchedOf(runs, l.within, label{parentOwner, -1})
}

// lookAt returns the look of these edges.
func lookAt(runs []run) look {
	now := look{points: make([]Point, 0, len(runs)+len(runs)/8), spans: make([]span, len(runs)), owners: make([]int32, len(runs))}
	ends := make([][2]int32, len(runs)) // in points
	for k, r := range runs {
		from, to, back := r.a, r.b, (r.n < 0) != (r.owner == parentOwner)
		if back {
			from, to = to, from
		}
		if n := len(now.points); n == 0 || now.points[n-1] != from { // as a rule an edge goes on where the last one ends
			now.points = append(now.points, from)
		}
		now.points = append(now.points, to)
		last := int32(len(now.points)) - 1
		if ends[k] = [2]int32{last - 1, last}; back {
			ends[k] = [2]int32{last, last - 1}
		}
	}
	var numbers []int32
	now.places, numbers = placesOf(now.points)
	for k, r := range runs {
		now.spans[k], now.owners[k] = spanOf(numbers[ends[k][0]], numbers[ends[k][1]], r.n), r.owner
	}
	return now
}

// unmatchedOf appends the edges of a shape that nothing cancels.
func (l *layer) unmatchedOf(runs []run, shape Shape, as label) []run {
	for ring := range shape.rings {
		p := ring[len(ring)-1]
		for _, q := range ring {
			if l.isOpen(p, q) {
				runs = appendRun(runs, p, q, as)
			}
			p = q
		}
	}
	return runs
}

// mark sets the bits of the open edges.
func (l *layer) mark() {
	l.marks = make([]uint64, 1<<max(0, bits.Len(uint(len(l.open)))-2)) // 16 to 32 bits each
	for _, e := range l.open {
		h := l.bit(e.a, e.b)
		l.marks[h>>6] |= 1 << (h & 63)
	}
}

func (l *layer) bit(p, q Point) uint64 {
	hi, lo := bits.Mul64(p.key()^q.key(), 0x9e3779b97f4a7c15)
	return (hi ^ lo) & uint64(64*len(l.marks)-1)
}

// isOpen reports whether nothing cancels the edge between p and q.
func (l *layer) isOpen(p, q Point) bool {
	if h := l.bit(p, q); l.marks[h>>6]>>(h&63)&1 == 0 {
		return false
	}
	if q.before(p) {
		p, q = q, p
	}
	_, ok := slices.BinarySearchFunc(l.open, link{a: p, b: q}, compareLinks)
	return ok
}

func compareLinks(l, m link) int {
	if l.a != m.a {
		return cmp.Compare(l.a.key(), m.a.key())
	}
	return cmp.Compare(l.b.key(), m.b.key())
}

// firstLook is look for a layer not yet looked at.
func (l *layer) firstLook() look {
	all := append(slices.Clone(l.shapes), l.within)
	from := make([]int, len(all)+1) // of shapes: their first vertices
	for i, s := range all {
		from[i+1] = from[i] + s.Vertices()
	}
	now := look{points: make([]Point, from[len(all)]), numbers: make([][]int32, len(all))}
	each(len(all), func(i int) {
		to := now.points[from[i]:from[i]]
		for ring := range all[i].rings {
			to = append(to, ring...)
		}
	})
	var numbers []int32
	now.places, numbers = placesOf(now.points)
	spans := make([]span, len(numbers))
	each(len(all), func(i int) {
		now.numbers[i] = numbers[from[i]:from[i+1]]
		spansOf(spans[from[i]:from[i]], all[i], now.numbers[i], l.sign(i))
	})
	now.all = new(ledger)
	now.all.add(now.points, spans)
	now.pick(from)
	return now
}

// pick takes the edges that nothing cancels out of all; from says where those
// of each shape begin, the ground to be divided coming last.
func (now *look) pick(from []int) {
	n := len(from) - 1
	odd := make([]int, n+1) // of shapes: their first unmatched edges
	each(n, func(i int) {
		for _, count := range now.all.sum[from[i]:from[i+1]] {
			if count != 0 {
				odd[i+1]++
			}
		}
	})
	for i := range n {
		odd[i+1] += odd[i]
	}
	now.spans, now.owners = now.all.spans, make([]int32, odd[n])
	if odd[n] < len(now.spans) {
		now.spans = make([]span, odd[n])
	}
	each(n, func(i int) {
		owner := int32(i)
		if i == n-1 {
			owner = parentOwner
		}
		k := odd[i]
		for j := from[i]; j < from[i+1]; j++ {
			if now.all.sum[j] != 0 {
				now.spans[k], now.owners[k] = now.all.spans[j], owner
				k++
			}
		}
	})
}

// sign returns how often the edges of shape i count: those of the ground to be
// divided run the other way.
func (l *layer) sign(i int) int32 {
	if i == len(l.shapes) {
		return -1
	}
	return 1
}

// spansOf appends the edges of a shape, whose vertices are numbered.
func spansOf(spans []span, s Shape, numbers []int32, sign int32) {
	for ring := range s.rings {
		p := numbers[len(ring)-1]
		for _, q := range numbers[:len(ring)] {
			spans = append(spans, spanOf(p, q, sign))
			p = q
		}
		numbers = numbers[len(ring):]
	}
}

// appendLinksOf appends the edges of a shape, count times.
func appendLinksOf(links []link, s Shape, count int32) []link {
	for ring := range s.rings {
		p := ring[len(ring)-1]
		for _, q := range ring {
			links = appendLink(links, p, q, count)
			p = q
		}
	}
	return links
}

// appendLink appends the edge from p to q, unless it has no length.
func appendLink(links []link, p, q Point, count int32) []link {
	switch {
	case p.before(q):
		return append(links, link{p, q, count})
	case q.before(p):
		return append(links, link{q, p, -count})
	}
	return links
}

// summed adds up links between the same points, and puts them in order.
func summed(links []link) []link {
	runs := make([]run, len(links))
	for i, l := range links {
		runs[i] = run{a: l.a, b: l.b, n: l.count}
	}
	sum := links[:0]
	for _, s := range knit(runs) {
		sum = append(sum, link{s.a, s.b, s.labels[0].n})
	}
	return sum
}

// merged adds up two lists of links in order.
func merged(links, more []link) []link {
	if len(more) == 0 {
		return links
	}
	out := make([]link, 0, len(links)+len(more))
	for len(links) > 0 && len(more) > 0 {
		switch by := compareLinks(links[0], more[0]); {
		case by < 0:
			out, links = append(out, links[0]), links[1:]
		case by > 0:
			out, more = append(out, more[0]), more[1:]
		default:
			if l := links[0]; l.count+more[0].count != 0 {
				l.count += more[0].count
				out = append(out, l)
			}
			links, more = links[1:], more[1:]
		}
	}
	return append(append(out, links...), more...)
}

// each calls work for 0 up to n on all processors.
func each(n int, work func(i int)) {
	eachBatch(n, min(max(n/64, 64), 1<<14), func(from, to int) {
		for i := from; i < to; i++ {
			work(i)
		}
	})
}

// eachBatch calls work for stretches of 0 up to n on all processors.
func eachBatch(n, batch int, work func(from, to int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	some := func() {
		for {
			from := int(next.Add(int64(batch))) - batch
			if from >= n {
				return
			}
			work(from, min(from+batch, n))
		}
	}
	for range min(workers(), 1+n/batch) - 1 {
		group.Go(some)
	}
	some()
	group.Wait()
}
