package topo

import (
	"math"
	"slices"
)

// closeBy is how near a drawn point must come to an edge, in lattice steps, to
// stand on it whatever the tolerance: a point on a slanted edge can be given
// only to the nearest step.
const closeBy = 1.0

// Attach puts drawn points within the tolerance (metres) of a vertex of the
// shapes onto that vertex, and else those within it of an edge onto the edge,
// which gets them as vertices in every shape that has it. It returns the
// shapes and the points so changed, without points repeated in a row; what is
// given is not modified. Points less than a step from an edge are put on it
// even without tolerance.
//
// The edges move by at most half a step, so the shapes may need a proof.
func Attach(shapes []Shape, line []Point, toleranceM float64) ([]Shape, []Point) {
	if len(line) == 0 {
		return shapes, line
	}
	a := attacher{shapes: shapes, onto: map[[2]Point][]Point{}}
	a.measure(line[0], toleranceM)
	out := make([]Point, 0, len(line))
	for _, p := range line {
		if q := a.place(p); len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	if len(a.onto) == 0 {
		return shapes, out
	}
	for ends, at := range a.onto {
		s := strand{a: ends[0], b: ends[1]}
		slices.SortFunc(at, s.along)
		a.onto[ends] = slices.Compact(at)
	}
	attached := slices.Clone(shapes)
	for i, s := range shapes {
		attached[i], _ = s.insert(a.onto)
	}
	return attached, out
}

// An attacher measures distances in lattice steps of latitude.
type attacher struct {
	shapes []Shape
	boxes  []Box
	reach  float64 // the tolerance
	lon    float64 // length of a step of longitude
	onto   map[[2]Point][]Point
}

func (a *attacher) measure(at Point, toleranceM float64) {
	north := LengthM(at, Point{at.X, at.Y + 1})
	a.lon = LengthM(at, Point{at.X + 1, at.Y}) / north
	a.reach = max(0, toleranceM/north)
	margin := math.Min(math.Ceil((a.reach+closeBy)/max(a.lon, 1e-3)), 1<<30)
	for _, s := range a.shapes {
		a.boxes = append(a.boxes, s.Bound().grow(int64(margin)))
	}
}

// grow moves the sides of b out by n steps, but not past the lattice.
func (b Box) grow(n int64) Box {
	low := func(v int32) int32 { return int32(max(int64(v)-n, math.MinInt32)) }
	high := func(v int32) int32 { return int32(min(int64(v)+n, math.MaxInt32)) }
	return Box{Point{low(b.Min.X), low(b.Min.Y)}, Point{high(b.Max.X), high(b.Max.Y)}}
}

// Grow returns b with its sides moved out by a distance in metres, and a step.
func (b Box) Grow(metres float64) Box {
	low := LengthM(b.Min, Point{b.Min.X + 1, b.Min.Y})
	step := max(1e-5, min(low, LengthM(b.Max, Point{b.Max.X + 1, b.Max.Y})))
	return b.grow(int64(math.Min(math.Ceil(max(0, metres)/step), 1<<30)) + 1)
}

// place returns where p comes to stand.
func (a *attacher) place(p Point) Point {
	vertex, edge := a.nearest(p)
	if vertex.found && vertex.at == p {
		return p
	}
	if vertex.found && vertex.distance <= a.reach {
		return vertex.at
	}
	if !edge.found || edge.distance > max(a.reach, closeBy) {
		return p
	}
	at := p
	if edge.distance > closeBy {
		at = edge.at
	}
	if at == edge.a || at == edge.b {
		return at
	}
	a.onto[[2]Point{edge.a, edge.b}] = append(a.onto[[2]Point{edge.a, edge.b}], at)
	return at
}

// A hold is the nearest vertex or edge to a point.
type hold struct {
	found    bool
	distance float64
	at       Point // the vertex, or the lattice point nearest on the edge
	a, b     Point // the edge, a before b
}

func (a *attacher) nearest(p Point) (vertex, edge hold) {
	for i, s := range a.shapes {
		if !a.boxes[i].Contains(p) {
			continue
		}
		for ring := range s.rings {
			v := ring[len(ring)-1]
			for _, w := range ring {
				if d := a.distance(p, float64(w.X), float64(w.Y)); !vertex.found || d < vertex.distance {
					vertex = hold{found: true, distance: d, at: w}
				}
				if d, x, y := a.toEdge(p, v, w); !edge.found || d < edge.distance {
					edge = hold{true, d, Point{int32(math.Round(x)), int32(math.Round(y))}, v, w}
				}
				v = w
			}
		}
	}
	if edge.b.before(edge.a) {
		edge.a, edge.b = edge.b, edge.a
	}
	return vertex, edge
}

func (a *attacher) distance(p Point, x, y float64) float64 {
	return math.Hypot((float64(p.X)-x)*a.lon, float64(p.Y)-y)
}

// toEdge returns the distance from p to the segment vw and the nearest place.
// The products are rounded one by one, so that all machines agree.
func (a *attacher) toEdge(p, v, w Point) (distance, x, y float64) {
	if w.before(v) {
		v, w = w, v // the same place for both neighbours
	}
	dx, dy := (float64(w.X)-float64(v.X))*a.lon, float64(w.Y)-float64(v.Y)
	px, py := (float64(p.X)-float64(v.X))*a.lon, float64(p.Y)-float64(v.Y)
	t := 0.0
	if length := float64(dx*dx) + float64(dy*dy); length > 0 {
		t = min(1, max(0, (float64(px*dx)+float64(py*dy))/length))
	}
	x = float64(v.X) + float64(t*(float64(w.X)-float64(v.X)))
	y = float64(v.Y) + float64(t*dy)
	return a.distance(p, x, y), x, y
}

// Ways returns the two ways along the border of s from one of its vertices to
// another of the same ring: ahead with the ground on the left, back with the
// ground on the right. ok is false when no ring has both.
func (s Shape) Ways(from, to Point) (ahead, back []Point, ok bool) {
	for ring := range s.rings {
		i, j := slices.Index(ring, from), slices.Index(ring, to)
		if i < 0 || j < 0 || i == j {
			continue
		}
		for k := i; ; k = (k + 1) % len(ring) {
			ahead = append(ahead, ring[k])
			if k == j {
				break
			}
		}
		for k := i; ; k = (k + len(ring) - 1) % len(ring) {
			back = append(back, ring[k])
			if k == j {
				break
			}
		}
		return ahead, back, true
	}
	return nil, nil, false
}

// HasEdge reports whether an edge of the border of s runs from p to q.
func (s Shape) HasEdge(p, q Point) bool {
	for ring := range s.rings {
		a := ring[len(ring)-1]
		for _, b := range ring {
			if a == p && b == q {
				return true
			}
			a = b
		}
	}
	return false
}
