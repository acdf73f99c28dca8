package nets

import (
	"cmp"
	"container/heap"
	"slices"

	"gridmap/geo/topo"
)

// A Piece is a grid of a common division.
type Piece struct {
	Base   int   // the grid of the base net that it is part of
	Of     []int // by other net: the grid it was part of, or [None]
	Ground topo.Shape
}

// A Sliver is ground that was too narrow or too small to be a grid, and went to
// the neighbour with the longest border with it.
type Sliver struct {
	Base   int
	Of     []int // by other net: what it was part of
	To     []int // what its new grid is part of
	Ground topo.Shape
}

// Least is what ground must have to be a grid of its own.
type Least struct {
	AreaM2 float64
	WidthM float64 // mean width: twice the area by the perimeter
}

// Divide returns the finest common division of a base net: its grids, cut along
// the borders of the other nets. The base net's own borders stay where they
// are; they get the vertices where others end on them. Slivers go to a
// neighbour in the same grid of the base net. Pieces stand by grid of the base
// net, and from west to east, then north to south. Ground of parts that do not hang together, but
// belong to the same grids, is one piece.
//
// Grids of a net should not overlap; where they do, the first has the ground.
// The error is [topo.ErrIntricate], or topo.ErrNoOutline for shapes that wind
// wrongly.
func Divide(base []topo.Shape, others [][]topo.Shape, least Least) ([]Piece, []Sliver, error) {
	all := slices.Clone(base)
	var net, at []int // of the shapes behind base
	for n, shapes := range others {
		for k := range shapes {
			net, at = append(net, n), append(at, k)
		}
		all = append(all, shapes...)
	}
	cells, err := topo.Cells(all)
	if err != nil {
		return nil, nil, err
	}
	parts := make([][]part, len(base))
	for _, c := range cells {
		if c.Members[0] >= len(base) {
			continue
		}
		of := slices.Repeat([]int{None}, len(others))
		for _, m := range c.Members {
			if k := m - len(base); k >= 0 && of[net[k]] == None {
				of[net[k]] = at[k]
			}
		}
		for _, polygon := range c.Ground {
			parts[c.Members[0]] = append(parts[c.Members[0]], newPart(of, polygon))
		}
	}
	var pieces []Piece
	var slivers []Sliver
	for b, list := range parts {
		d := division{base: b, parts: list, least: least}
		d.dissolve()
		found, err := d.pieces()
		if err != nil {
			return nil, nil, err
		}
		pieces, slivers = append(pieces, found...), append(slivers, d.slivers...)
	}
	return pieces, slivers, nil
}

// A part is ground that hangs together, and what it is part of.
type part struct {
	of        []int
	ground    topo.Shape
	area      float64
	perimeter float64
	edges     [][2]topo.Point
	into      int // itself, or the part that took it
}

func newPart(of []int, polygon topo.Polygon) part {
	p := part{of: of, ground: topo.Shape{polygon}}
	p.area, p.perimeter = p.ground.AreaM2(), p.ground.PerimeterM()
	for _, ring := range polygon {
		from := ring[len(ring)-1]
		for _, to := range ring {
			p.edges = append(p.edges, [2]topo.Point{from, to})
			from = to
		}
	}
	return p
}

// A division is the parts of one grid of the base net.
type division struct {
	base    int
	parts   []part
	least   Least
	owner   map[[2]topo.Point]int // of directed edges: the part
	queue   []sliver              // the smallest first
	slivers []Sliver
	took    []int // by sliver: the part that took it first
}

// A sliver is a narrow part as it was when it was put in the queue.
type sliver struct {
	part int
	area float64
}

// dissolve gives slivers to their neighbours, the smallest first, until what
// is left is no sliver or has no neighbour.
func (d *division) dissolve() {
	if len(d.parts) < 2 {
		for i := range d.parts {
			d.parts[i].into = i
		}
		return
	}
	d.owner = map[[2]topo.Point]int{}
	for i := range d.parts {
		d.parts[i].into = i
		for _, e := range d.parts[i].edges {
			d.owner[e] = i
		}
		if d.narrow(i) {
			d.queue = append(d.queue, sliver{i, d.parts[i].area})
		}
	}
	heap.Init(d)
	for d.Len() > 0 {
		next := heap.Pop(d).(sliver)
		i := next.part
		if d.parts[i].into != i || d.parts[i].area != next.area { // it is gone, or has grown
			continue
		}
		to, shared := d.neighbour(i)
		if to == None {
			continue
		}
		if d.narrow(to) && d.parts[to].area < d.parts[i].area {
			i, to = to, i
		}
		d.merge(i, to, shared)
		if d.narrow(to) {
			heap.Push(d, sliver{to, d.parts[to].area})
		}
	}
	d.strays()
	for k := range d.slivers {
		d.slivers[k].To = d.parts[d.root(d.took[k])].of
	}
}

// merge gives part i, which shares some metres of border with it, to part to.
func (d *division) merge(i, to int, shared float64) {
	from, p := &d.parts[i], &d.parts[to]
	d.slivers, d.took = append(d.slivers, Sliver{Base: d.base, Of: from.of, Ground: from.ground}), append(d.took, to)
	from.into = to
	p.area += from.area
	p.perimeter += from.perimeter - 2*shared
	p.edges = append(p.edges, from.edges...)
}

// neighbour returns the part with the longest border with part i, and the
// length in metres.
func (d *division) neighbour(i int) (best int, metres float64) {
	shared := map[int]float64{}
	for _, e := range d.parts[i].edges {
		if k, ok := d.owner[[2]topo.Point{e[1], e[0]}]; ok {
			if k = d.root(k); k != i {
				shared[k] += topo.LengthM(e[0], e[1])
			}
		}
	}
	best = None
	for k, length := range shared {
		if best == None || length > metres || length == metres && k < best {
			best, metres = k, length
		}
	}
	return best, metres
}

func (d *division) root(i int) int {
	for d.parts[i].into != i {
		i = d.parts[i].into
	}
	return i
}

func (d *division) narrow(i int) bool {
	p := &d.parts[i]
	return p.area < d.least.AreaM2 || 2*p.area < d.least.WidthM*p.perimeter
}

// strays gives slivers without a neighbour, as small exclaves are, to the
// largest part.
func (d *division) strays() {
	largest := 0
	for i := range d.parts {
		if d.parts[i].into == i && d.parts[i].area > d.parts[largest].area {
			largest = i
		}
	}
	largest = d.root(largest)
	for i := range d.parts {
		if d.parts[i].into == i && i != largest && d.narrow(i) {
			d.merge(i, largest, 0)
		}
	}
}

// pieces joins the parts that belong to the same grids.
func (d *division) pieces() ([]Piece, error) {
	var pieces []Piece
	ground := map[int][]topo.Shape{} // by piece
	at := make([]int, len(d.parts))
	for i := range d.parts {
		if d.parts[i].into != i {
			continue
		}
		at[i] = slices.IndexFunc(pieces, func(p Piece) bool { return slices.Equal(p.Of, d.parts[i].of) })
		if at[i] < 0 {
			at[i] = len(pieces)
			pieces = append(pieces, Piece{Base: d.base, Of: d.parts[i].of})
		}
	}
	for i := range d.parts {
		k := at[d.root(i)]
		ground[k] = append(ground[k], d.parts[i].ground)
	}
	for k := range pieces {
		var err error
		if pieces[k].Ground, err = topo.Union(ground[k]); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(pieces, func(p, q Piece) int {
		b, c := p.Ground.Bound(), q.Ground.Bound()
		return cmp.Or(cmp.Compare(b.Min.X, c.Min.X), cmp.Compare(c.Max.Y, b.Max.Y))
	})
	return pieces, nil
}

// Len, Less, Swap, Push and Pop make the queue a heap.
func (d *division) Len() int { return len(d.queue) }

// Less orders slivers by area.
func (d *division) Less(i, j int) bool {
	s, t := d.queue[i], d.queue[j]
	return cmp.Or(cmp.Compare(s.area, t.area), cmp.Compare(s.part, t.part)) < 0
}

// Swap exchanges two slivers.
func (d *division) Swap(i, j int) { d.queue[i], d.queue[j] = d.queue[j], d.queue[i] }

// Push adds a sliver.
func (d *division) Push(x any) { d.queue = append(d.queue, x.(sliver)) }

// Pop takes the last sliver off.
func (d *division) Pop() any {
	x := d.queue[len(d.queue)-1]
	d.queue = d.queue[:len(d.queue)-1]
	return x
}
