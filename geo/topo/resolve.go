package topo

import (
	"cmp"
	"fmt"
	"slices"
)

// nobody stands for the owner of ground that no shape takes.
const nobody = -4

// resolve gives every overlap to one of its owners and fills narrow gaps. It
// reports false when there is none; gaps that stay are left.
func (c *cleaner) resolve() (bool, error) {
	c.left = nil
	boxes, err := c.troubled(c.unmatched())
	if err != nil || len(boxes) == 0 {
		return false, err
	}
	runs, near := c.runsNear(boxes)
	if len(runs) > mostRuns {
		lon, lat := boxes[0].Min.LonLat()
		return false, fmt.Errorf("%w: too many edges are at fault near %.7f, %.7f", ErrUnclean, lon, lat)
	}
	strands, _, err := node(runs)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrUnclean, err)
	}
	d := dispute{cleaner: c, arrangement: arrange(strands)}
	d.findOwners()
	d.group()
	d.decide()
	return d.redraw(near), nil
}

// troubled returns the boxes of the places where shapes overlap, lie outside or
// leave a gap to fill: there the edges that do not match wind around other
// than once, or with ground to be divided at all. Gaps too wide to fill are
// left.
func (c *cleaner) troubled(open []run) ([]Box, error) {
	strands, _, err := node(slices.Clone(open))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnclean, err)
	}
	a := arrange(strands)
	whole := int32(1) // how often what is right is wound around
	if c.within != nil {
		whole = 0
	}
	var boxes []Box
	for f := int32(1); f < int32(len(a.first)); f++ {
		n := int32(0)
		for _, l := range a.labels[f] {
			n += l.n
		}
		if n == whole || n < whole && c.leave(a, f) {
			continue
		}
		box := noBox
		for h := range a.halfEdges(f) {
			box = box.Extend(a.from(h))
		}
		box.Min.X, box.Min.Y, box.Max.X, box.Max.Y = box.Min.X-2, box.Min.Y-2, box.Max.X+2, box.Max.Y+2
		boxes = append(boxes, box)
	}
	return boxes, nil
}

// leave reports whether the gap on face f is too wide to fill, and lists it
// then.
func (c *cleaner) leave(a *arrangement, f int32) bool {
	fault := Fault{Kind: Gap}
	region := Shape{a.trace([]int32{f}, func(h int32) {
		for _, l := range a.strands[h>>1].labels {
			if l.owner >= 0 {
				fault.Members = append(fault.Members, int(l.owner))
			}
		}
	})}
	slices.Sort(fault.Members)
	members := slices.Compact(fault.Members)
	if fault = regionFault(Gap, region); fault.WidthM <= c.opt.FillWidthM {
		return false
	}
	fault.Members = members
	c.left = append(c.left, fault)
	return true
}

// runsNear returns the labelled edges of the shapes near boxes, and which
// shapes these are. Edges that match and are not near themselves need not be
// held against each other.
func (c *cleaner) runsNear(boxes []Box) (runs []run, near []int32) {
	isNear, liesNear := nearAny(boxes), nearSome(boxes)
	look := func(runs []run) (any bool) {
		for i := range runs {
			r := &runs[i]
			r.fresh = isNear(noBox.Extend(r.a).Extend(r.b))
			any = any || r.fresh
			r.fresh = r.fresh || c.isOpen(r.a, r.b)
		}
		return any
	}
	runsOf := make([][]run, len(c.shapes))
	each(len(c.shapes), func(i int) {
		s := c.shapes[i]
		if s == nil || !isNear(c.boxes[i]) {
			return
		}
		own := appendRuns(make([]run, 0, s.Vertices()), s, int32(i))
		if look(own) || liesNear(c.boxes[i], func(b Box) bool { return s.Contains(b.Min) }) {
			runsOf[i] = own
		}
	})
	all := 0
	for _, own := range runsOf {
		all += len(own)
	}
	runs = make([]run, 0, all+2*len(c.open)+c.within.Vertices())
	for i, own := range runsOf {
		if own != nil {
			runs, near = append(runs, own...), append(near, int32(i))
		}
	}
	from := len(runs)
	runs = appendLinks(appendRuns(runs, c.within, parentOwner), c.open)
	look(runs[from:])
	return runs, near
}

// A dispute is the ground near overlaps and gaps, face by face.
type dispute struct {
	*cleaner
	*arrangement
	owners  [][]int32 // of faces: who covers them, ascending
	kinds   []CleanKind
	final   []int32 // of faces: who gets them
	regions []region
	lost    map[int32]float64 // of shapes: how much of their ground is overlapped
}

// A region is faces that hang together and have the same owners.
type region struct {
	kind   CleanKind
	owners []int32
	faces  []int32
	border map[int32]float64 // how long each owner borders on it, in metres
	ground Shape
	areaM2 float64
	widthM float64
}

// findOwners works out who covers each face, and what is wrong with it.
func (d *dispute) findOwners() {
	n := len(d.first)
	d.owners, d.kinds, d.final = make([][]int32, n), make([]CleanKind, n), make([]int32, n)
	for f := range n {
		var owners []int32
		inside, net := d.within == nil, int32(0)
		for _, l := range d.labels[f] {
			switch {
			case l.owner == netOwner:
				net = l.n
			case l.owner == parentOwner:
				inside = l.n > 0
			case l.n > 0:
				owners = append(owners, l.owner)
			}
		}
		d.owners[f], d.final[f] = owners, nobody
		switch {
		case len(owners) > 0 && !inside:
			d.kinds[f] = CutOff
		case len(owners) > 1:
			d.kinds[f] = Given
		case len(owners) == 1:
			d.final[f] = owners[0]
		case f > 0 && inside && (d.within == nil && net == 0 || net < 0):
			d.kinds[f] = Filled
		}
	}
}

// group joins faces at fault that share an edge, kind and owners, and measures
// them.
func (d *dispute) group() {
	sets := newUnions(len(d.first))
	for k := range d.strands {
		f, g := d.face[2*k], d.face[2*k+1]
		if d.kinds[f] != "" && d.kinds[f] == d.kinds[g] && slices.Equal(d.owners[f], d.owners[g]) {
			sets.join(f, g)
		}
	}
	at := map[int32]int{}
	for f, kind := range d.kinds {
		if kind == "" {
			continue
		}
		root := sets.root(int32(f))
		i, ok := at[root]
		if !ok {
			i = len(d.regions)
			at[root] = i
			d.regions = append(d.regions, region{kind: kind, owners: d.owners[f], border: map[int32]float64{}})
		}
		d.regions[i].faces = append(d.regions[i].faces, int32(f))
	}
	d.lost = map[int32]float64{}
	for i := range d.regions {
		d.measure(&d.regions[i])
	}
}

// measure draws a region and adds up who borders on it.
func (d *dispute) measure(r *region) {
	r.ground = Shape{d.trace(r.faces, func(h int32) {
		var length float64
		for _, o := range d.owners[d.face[h^1]] {
			if r.kind == Filled || slices.Contains(r.owners, o) {
				if length == 0 {
					length = LengthM(d.from(h), d.to(h))
				}
				r.border[o] += length
			}
		}
	})}
	r.areaM2 = r.ground.AreaM2()
	if around := r.ground.PerimeterM(); around > 0 {
		r.widthM = 2 * r.areaM2 / around
	}
	if r.kind == Given {
		for _, o := range r.owners {
			d.lost[o] += r.areaM2
		}
	}
}

// decide gives every region to somebody or leaves it.
func (d *dispute) decide() {
	for i := range d.regions {
		r := &d.regions[i]
		change := CleanChange{Kind: r.kind, To: -1, Region: r.ground, AreaM2: r.areaM2, WidthM: r.widthM, At: r.ground.InteriorPoint()}
		members := r.owners
		switch r.kind {
		case Given:
			change.To = int(d.winner(r))
		case Filled:
			members = members[:0:0]
			for o := range r.border {
				members = append(members, o)
			}
			slices.Sort(members)
			r.owners = members
			if len(members) == 0 || r.widthM > d.opt.FillWidthM {
				fault := Fault{Kind: Gap, Region: r.ground, AreaM2: r.areaM2, WidthM: r.widthM, At: change.At}
				for _, o := range members {
					fault.Members = append(fault.Members, int(o))
				}
				d.left = append(d.left, fault)
				continue
			}
			change.To = int(d.longest(r, members))
		}
		for _, o := range members {
			change.Members = append(change.Members, int(o))
		}
		for _, f := range r.faces {
			d.final[f] = int32(change.To)
			if change.To < 0 {
				d.final[f] = nobody
			}
		}
		d.changes = append(d.changes, change)
	}
}

// winner says who keeps an overlap.
func (d *dispute) winner(r *region) int32 {
	owners := r.owners
	if p := d.opt.Priority; p != nil {
		first := p[owners[0]]
		for _, o := range owners {
			first = min(first, p[o])
		}
		owners = slices.DeleteFunc(slices.Clone(owners), func(o int32) bool { return p[o] > first })
	}
	buried := owners[:0:0] // shapes drawn over others
	most := 0.5
	for _, o := range owners {
		switch share := d.lost[o] / d.area(o); {
		case share > most:
			buried, most = append(buried[:0], o), share
		case share == most:
			buried = append(buried, o)
		}
	}
	if len(buried) > 0 && most > 0.5 {
		owners = buried
	}
	return d.longest(r, owners)
}

// longest returns whose border with r is longest; among equals, the smaller
// shape, then the one further west, then the first.
func (d *dispute) longest(r *region, owners []int32) int32 {
	return slices.MinFunc(owners, func(a, b int32) int {
		if by := cmp.Compare(r.border[b], r.border[a]); by != 0 {
			return by
		}
		return cmp.Or(
			cmp.Compare(d.area(a), d.area(b)),
			cmp.Compare(d.owned[a].Bound().Min.key(), d.owned[b].Bound().Min.key()),
			compareShapes(d.owned[a], d.owned[b]),
			cmp.Compare(a, b),
		)
	})
}

// compareShapes orders shapes by their edges.
func compareShapes(s, o Shape) int {
	return slices.CompareFunc(s.sortedEdges(), o.sortedEdges(), func(e, f [2]Point) int {
		return cmp.Or(cmp.Compare(e[0].key(), f[0].key()), cmp.Compare(e[1].key(), f[1].key()))
	})
}

// redraw draws the shapes near with the faces they have now, and reports
// whether any is not as it was.
func (d *dispute) redraw(near []int32) bool {
	parts := newUnions(len(d.first))
	for k := range d.strands {
		f, g := d.face[2*k], d.face[2*k+1]
		if d.final[f] >= 0 && d.final[f] == d.final[g] {
			parts.join(f, g)
		}
	}
	faces := make([][]int32, len(d.first))
	for f := range d.first {
		if d.final[f] >= 0 {
			root := parts.root(int32(f))
			faces[root] = append(faces[root], int32(f))
		}
	}
	drawn := map[int32]Shape{}
	for f, part := range faces {
		if part != nil {
			o := d.final[f]
			drawn[o] = append(drawn[o], d.trace(part, func(int32) {}))
		}
	}
	changed := false
	for _, i := range near {
		s := drawn[i]
		slices.SortFunc(s, func(p, q Polygon) int { return cmp.Compare(p[0][0].key(), q[0][0].key()) })
		if !s.Equal(d.shapes[i]) {
			d.set(int(i), s)
			changed = true
		}
	}
	return changed
}
