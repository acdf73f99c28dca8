package topo

import "slices"

// lineOwner labels the edges of what is drawn over the shapes.
const lineOwner = -3

// Pieces are what shapes become under a line drawn over them, by index: the
// ground on its left, on its right, and what it leaves alone; nil where there
// is none. The pieces of all shapes fit each other vertex by vertex: where the
// line meets a border both neighbours have the new vertex. Shapes that are
// neither cut nor given a vertex come back as they were, in Alone.
type Pieces struct {
	Left, Right, Alone []Shape
}

// A layout is shapes and drawn edges laid over each other.
type layout struct {
	*arrangement
	shapes []Shape
	owner  []int32 // of faces: the shape they belong to, -1 for none
}

// layOver arranges the shapes and the runs of what is drawn over them.
func layOver(shapes []Shape, drawn []run) (*layout, error) {
	runs := drawn
	for i, s := range shapes {
		runs = appendRuns(runs, s, int32(i))
	}
	at := drawn[0].a
	if len(runs) > mostRuns {
		return nil, &LineError{tooIntricate, at}
	}
	strands, err := nodeDrawn(runs)
	if err != nil {
		return nil, &LineError{tooIntricate, at}
	}
	l := &layout{arrange(strands), shapes, nil}
	l.owner = make([]int32, len(l.first))
	for f := range l.owner {
		l.owner[f] = -1
		for _, c := range l.labels[f] {
			switch {
			case c.owner < 0 || c.n == 0:
			case c.n != 1 || l.owner[f] >= 0:
				return nil, &LineError{LineOverlaps, l.from(l.first[f][0])}
			default:
				l.owner[f] = c.owner
			}
		}
	}
	return l, l.crushed()
}

// crushed refuses what leaves a shape, less than a step wide, without any
// ground on the lattice.
func (l *layout) crushed() error {
	lives := make([]bool, len(l.shapes))
	for _, o := range l.owner {
		if o >= 0 {
			lives[o] = true
		}
	}
	for i, s := range l.shapes {
		if !lives[i] && s.Vertices() > 0 {
			return &LineError{LineCrushes, s[0][0][0]}
		}
	}
	return nil
}

// The classes of faces, in the order of pieces.
const (
	alone = iota
	left
	right
	classes
)

// pieces returns the ground of every shape by class of face.
func (l *layout) pieces(class func(f int32) int32) Pieces {
	n := len(l.shapes)
	p := Pieces{make([]Shape, n), make([]Shape, n), make([]Shape, n)}
	ground := l.shapesBy(int32(n)*classes, func(f int32) int32 {
		if l.owner[f] < 0 {
			return -1
		}
		return l.owner[f]*classes + class(f)
	})
	for i, s := range l.shapes {
		by := ground[i*classes : (i+1)*classes]
		p.Alone[i], p.Left[i], p.Right[i] = by[alone], by[left], by[right]
		if print := s.Fingerprint(); s != nil {
			for _, whole := range [][]Shape{p.Alone, p.Left, p.Right} {
				if whole[i] != nil && whole[i].Fingerprint() == print {
					whole[i] = s
				}
			}
		}
	}
	return p
}

// lineRuns returns the edges of an open line.
func lineRuns(line []Point, n int32) []run {
	runs := make([]run, 0, len(line))
	for i := 1; i < len(line); i++ {
		runs = appendRun(runs, line[i-1], line[i], label{lineOwner, n})
	}
	return runs
}

// CutLine cuts the ground of some of the shapes, those for which cut is true,
// along a line, as one piece of ground: into what lies left of the line in its
// direction, and what lies right. Parts that the line does not reach are left
// alone. The other shapes get the new vertices on their borders with the
// ground, if they are among the shapes, and stay as they are where the line
// overshoots.
//
// The line may begin and end outside the ground and cross it more than once,
// also through holes, but every stretch of it inside must part the ground, and
// no part may lie left of one stretch and right of another. The error is a
// *[LineError] and says what is wrong.
func CutLine(shapes []Shape, cut []bool, line []Point) (Pieces, error) {
	if err := CheckLine(line); err != nil {
		return Pieces{}, err
	}
	l, err := layOver(shapes, lineRuns(line, 1))
	if err != nil {
		return Pieces{}, err
	}
	in := func(f int32) bool { return l.owner[f] >= 0 && cut[l.owner[f]] }
	parts := newUnions(len(l.first))
	for k := range l.strands {
		f, g := l.face[2*k], l.face[2*k+1]
		if in(f) && in(g) && l.strands[k].count(lineOwner) == 0 {
			parts.join(f, g)
		}
	}
	side, err := l.sides(parts, in, line[0])
	if err != nil {
		return Pieces{}, err
	}
	pieces := l.pieces(func(f int32) int32 {
		if !in(f) {
			return alone
		}
		return side[parts.root(f)]
	})
	pieces.thin(shapes, cut)
	return pieces, nil
}

// thin takes the vertices that a line made outside the ground it cut, where it
// overshot, out of the other shapes again.
func (p Pieces) thin(shapes []Shape, cut []bool) {
	var keep map[Point]bool
	for i, s := range shapes {
		if cut[i] || p.Alone[i] == nil || p.Alone[i].Fingerprint() == s.Fingerprint() {
			continue
		}
		if keep == nil {
			keep = p.vertices(cut)
		}
		own := make(map[Point]bool, s.Vertices())
		for ring := range s.rings {
			for _, v := range ring {
				own[v] = true
			}
		}
		thinner := make(Shape, len(p.Alone[i]))
		for j, polygon := range p.Alone[i] {
			for _, ring := range polygon {
				thinner[j] = append(thinner[j], slices.DeleteFunc(slices.Clone(ring), func(v Point) bool { return !own[v] && !keep[v] }))
			}
		}
		if p.Alone[i] = thinner; thinner.Fingerprint() == s.Fingerprint() {
			p.Alone[i] = s
		}
	}
}

// vertices returns all vertices of the pieces of the shapes that were cut.
func (p Pieces) vertices(cut []bool) map[Point]bool {
	all := map[Point]bool{}
	for i := range cut {
		if !cut[i] {
			continue
		}
		for _, s := range [...]Shape{p.Alone[i], p.Left[i], p.Right[i]} {
			for ring := range s.rings {
				for _, v := range ring {
					all[v] = true
				}
			}
		}
	}
	return all
}

// sides tells for each part of the ground, by its root, on which side of the
// line it lies.
func (l *layout) sides(parts unions, in func(f int32) bool, start Point) ([]int32, error) {
	side := make([]int32, len(l.first))
	met, parted := false, false
	for k, s := range l.strands {
		n := s.count(lineOwner)
		if n == 0 {
			continue
		}
		f, g := l.face[2*k], l.face[2*k+1] // left and right of the strand
		if n < 0 {
			f, g = g, f
		}
		met = met || in(f) || in(g)
		if !in(f) || !in(g) {
			continue
		}
		f, g = parts.root(f), parts.root(g)
		if f == g {
			return nil, &LineError{LineStaysWhole, s.a}
		}
		if side[f] == right || side[g] == left {
			return nil, &LineError{LineBothSides, s.a}
		}
		side[f], side[g], parted = left, right, true
	}
	switch {
	case parted:
		return side, nil
	case met || l.touched(in):
		return nil, &LineError{LineTouches, start}
	}
	return nil, &LineError{LineMisses, start}
}

// touched reports whether an end of a drawn edge stands on the border of
// ground.
func (l *layout) touched(in func(f int32) bool) bool {
	reached := map[Point]bool{}
	for k, s := range l.strands {
		if in(l.face[2*k]) != in(l.face[2*k+1]) {
			reached[s.a], reached[s.b] = true, true
		}
	}
	return slices.ContainsFunc(l.strands, func(s strand) bool {
		return s.count(lineOwner) != 0 && (reached[s.a] || reached[s.b])
	})
}

// count returns how often owner's rings run along s from a to b.
func (s *strand) count(owner int32) int32 {
	for _, l := range s.labels {
		if l.owner == owner {
			return l.n
		}
	}
	return 0
}

// CutRegion cuts every shape into the ground inside a region, which comes as
// Left, and the ground outside, which is left alone. Bare is the ground of the
// region that no shape takes. The error is a *[LineError] or, of a region that
// is not valid, a *[RingError].
func CutRegion(shapes []Shape, region Shape) (pieces Pieces, bare Shape, err error) {
	if err := CheckRegion(region); err != nil {
		return Pieces{}, nil, err
	}
	l, err := layOver(shapes, appendRuns(nil, region, lineOwner))
	if err != nil {
		return Pieces{}, nil, err
	}
	pieces = l.pieces(func(f int32) int32 {
		if l.count(f, lineOwner) > 0 {
			return left
		}
		return alone
	})
	bare = l.shapesBy(1, func(f int32) int32 {
		if l.owner[f] < 0 && l.count(f, lineOwner) > 0 {
			return 0
		}
		return -1
	})[0]
	return pieces, bare, nil
}

// ReplaceStretch puts a new line in place of an old stretch of border, both
// from the same first to the same last point, for whoever has that border:
// Left is the ground that was on the right of the old and is now on the left
// of the new, Right the other way. Bare is ground that would change sides and
// that no shape takes. The error is a *[LineError].
func ReplaceStretch(shapes []Shape, old, line []Point) (pieces Pieces, bare Shape, err error) {
	if err := CheckLine(line); err != nil {
		return Pieces{}, nil, err
	}
	if len(old) < 2 || old[0] != line[0] || old[len(old)-1] != line[len(line)-1] {
		return Pieces{}, nil, &LineError{LineTouches, line[0]}
	}
	if slices.Equal(old, line) {
		return Pieces{}, nil, &LineError{LineUnchanged, line[0]}
	}
	l, err := layOver(shapes, append(lineRuns(line, 1), lineRuns(old, -1)...))
	if err != nil {
		return Pieces{}, nil, err
	}
	class := map[int32]int32{0: alone, 1: left, -1: right}
	for f := range int32(len(l.first)) {
		if _, ok := class[l.count(f, lineOwner)]; !ok {
			return Pieces{}, nil, &LineError{LineWinds, l.from(l.first[f][0])}
		}
	}
	pieces = l.pieces(func(f int32) int32 { return class[l.count(f, lineOwner)] })
	bare = l.shapesBy(1, func(f int32) int32 {
		if l.owner[f] < 0 && l.count(f, lineOwner) != 0 {
			return 0
		}
		return -1
	})[0]
	return pieces, bare, nil
}
