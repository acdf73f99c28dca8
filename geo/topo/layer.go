package topo

// A layer is shapes that change, and the edges of them that do not match.
// After the first look only shapes near what has changed are looked at again.
type layer struct {
	within  Shape // with the vertices that shapes have put on its border
	shapes  []Shape
	boxes   []Box
	open    *chain  // of all edges
	odd     [][]run // of shapes: the unmatched edges, when last looked at
	touched []Box   // where anything has changed since
	fresh   bool    // not yet looked at
}

// start takes the ground to be divided as it was given.
func (l *layer) start(within Shape) {
	if l.open != nil {
		l.setGround(within)
		return
	}
	l.within, l.open = within, boundary(within, l.shapes)
	l.boxes, l.odd = make([]Box, len(l.shapes)), make([][]run, len(l.shapes))
	l.fresh, l.touched = true, nil
	for i, s := range l.shapes {
		l.boxes[i] = s.Bound()
	}
}

// set puts a shape in place of shape i.
func (l *layer) set(i int, s Shape) {
	l.open.add(l.shapes[i], -1)
	l.open.add(s, 1)
	l.touched = append(l.touched, l.boxes[i])
	l.shapes[i], l.boxes[i] = s, s.Bound()
	l.touched = append(l.touched, l.boxes[i])
}

// setGround puts other vertices on the border of the ground to be divided.
func (l *layer) setGround(within Shape) {
	l.open.add(l.within, 1)
	l.open.add(within, -1)
	moved := newChain(0)
	moved.add(l.within, 1)
	moved.add(within, -1)
	for _, e := range moved.residue() {
		l.touched = append(l.touched, noBox.Extend(e.a).Extend(e.b))
	}
	l.within = within
}

// unmatched returns the edges that nothing cancels, by their owners; those of
// the ground to be divided run the other way.
func (l *layer) unmatched() []run {
	near := nearAny(l.touched)
	each(len(l.shapes), func(i int) {
		if l.fresh || near(l.boxes[i]) {
			if l.fresh {
				l.odd[i] = make([]run, 0, l.shapes[i].Vertices())
			}
			l.odd[i] = l.look(l.odd[i][:0], l.shapes[i], label{int32(i), 1})
		}
	})
	l.fresh, l.touched = false, nil
	count := l.within.Vertices()
	for _, odd := range l.odd {
		count += len(odd)
	}
	runs := make([]run, 0, count)
	for _, odd := range l.odd {
		runs = append(runs, odd...)
	}
	return l.look(runs, l.within, label{parentOwner, -1})
}

// look appends the edges of a shape that nothing cancels.
func (l *layer) look(runs []run, shape Shape, as label) []run {
	for ring := range shape.rings {
		p := ring[len(ring)-1]
		for _, q := range ring {
			if l.open.count(p, q) != 0 {
				runs = appendRun(runs, p, q, as)
			}
			p = q
		}
	}
	return runs
}
