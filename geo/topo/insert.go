package topo

import "slices"

// Node returns the shapes with every vertex of any of them inserted in each
// edge on which it lies exactly, and how many were inserted. No ground
// changes; what drew a straight border with fewer vertices than its neighbour
// cancels afterwards, so that [Whole] and fingerprints apply. The shapes given
// are not modified; rings that need nothing are shared with the answer.
//
// Shapes that lie on each other too densely to be worth the work come back as
// they were: that layer is not whole in any case.
func Node(shapes []Shape) (noded []Shape, inserted int) {
	n := noder{exact: true, strands: knit(appendEdges(nil, shapes))}
	n.most = cutsPerStrand*len(n.strands) + freeCuts
	if !n.find() || len(n.cuts) == 0 {
		return slices.Clone(shapes), 0
	}
	onto := n.insertions()
	noded = slices.Clone(shapes)
	for i, shape := range shapes {
		var more int
		noded[i], more = shape.insert(onto)
		inserted += more
	}
	return noded, inserted
}

// insertions returns the vertices to insert in every strand that is cut, in
// order from a to b.
func (n *noder) insertions() map[[2]Point][]Point {
	n.sortCuts()
	onto := map[[2]Point][]Point{}
	for i, c := range n.cuts {
		if i > 0 && n.cuts[i-1] == c {
			continue
		}
		ends := [2]Point{n.strands[c.strand].a, n.strands[c.strand].b}
		onto[ends] = append(onto[ends], c.at)
	}
	return onto
}

// appendEdges adds every edge of the shapes in one direction, so that none
// cancels.
func appendEdges(runs []run, shapes []Shape) []run {
	for _, shape := range shapes {
		from := len(runs)
		runs = appendRuns(runs, shape, 0)
		for i := range runs[from:] {
			runs[from+i].n = 1
		}
	}
	return runs
}

// insert returns s with the vertices that onto holds for its edges.
func (s Shape) insert(onto map[[2]Point][]Point) (Shape, int) {
	inserted := 0
	out := slices.Clone(s)
	for i, polygon := range s {
		out[i] = slices.Clone(polygon)
		for j, ring := range polygon {
			fuller := make(Ring, 0, len(ring))
			for k, p := range ring {
				fuller = append(fuller, p)
				q := ring[(k+1)%len(ring)]
				if p.before(q) {
					fuller = append(fuller, onto[[2]Point{p, q}]...)
				} else if at := onto[[2]Point{q, p}]; at != nil {
					fuller = append(fuller, at...)
					slices.Reverse(fuller[len(fuller)-len(at):])
				}
			}
			if more := len(fuller) - len(ring); more > 0 {
				out[i][j] = fuller
				inserted += more
			}
		}
	}
	if inserted == 0 {
		return s, 0
	}
	return out, inserted
}
