package topo

import (
	"math/rand/v2"
	"slices"
)

// A subdivision is a made-up parent of columns × rows children whose borders
// are crooked lines of bends vertices between corners, shared exactly.
type subdivision struct {
	columns, rows int
	parent        Shape
	children      []Shape
}

// cellSize is the mean width of a child in lattice steps, about 480 m.
const cellSize = 48_000

// subdivide draws a subdivision whose south-west corner is near at.
func subdivide(seed uint64, columns, rows, bends int, at Point) subdivision {
	rng := rand.New(rand.NewPCG(seed, 1))
	off := func(reach int32) int32 { return rng.Int32N(2*reach+1) - reach }
	corner := make([][]Point, columns+1)
	for i := range corner {
		corner[i] = make([]Point, rows+1)
		for j := range corner[i] {
			corner[i][j] = Point{
				at.X + int32(i)*cellSize + off(cellSize/8),
				at.Y + int32(j)*cellSize + off(cellSize/8),
			}
		}
	}
	line := func(p, q Point) []Point { // from p up to, not including, q
		points := []Point{p}
		for k := range int32(bends) {
			t, n := k+1, int32(bends)+1
			points = append(points, Point{
				p.X + int32(int64(q.X-p.X)*int64(t)/int64(n)) + off(cellSize/(4*n)),
				p.Y + int32(int64(q.Y-p.Y)*int64(t)/int64(n)) + off(cellSize/(4*n)),
			})
		}
		return points
	}
	east, north := make([][][]Point, columns+1), make([][][]Point, columns+1)
	for i := range corner {
		east[i], north[i] = make([][]Point, rows+1), make([][]Point, rows+1)
		for j := range corner[i] {
			if i < columns {
				east[i][j] = line(corner[i][j], corner[i+1][j])
			}
			if j < rows {
				north[i][j] = line(corner[i][j], corner[i][j+1])
			}
		}
	}
	back := func(points []Point, end Point) []Point { // the other way, from end
		out := append([]Point{end}, points[1:]...)
		slices.Reverse(out[1:])
		return out
	}
	s := subdivision{columns: columns, rows: rows}
	for j := range rows {
		for i := range columns {
			ring := slices.Concat(east[i][j], north[i+1][j],
				back(east[i][j+1], corner[i+1][j+1]), back(north[i][j], corner[i][j+1]))
			s.children = append(s.children, Shape{{ring}})
		}
	}
	var outer Ring
	for i := range columns {
		outer = append(outer, east[i][0]...)
	}
	for j := range rows {
		outer = append(outer, north[columns][j]...)
	}
	for i := columns - 1; i >= 0; i-- {
		outer = append(outer, back(east[i][rows], corner[i+1][rows])...)
	}
	for j := rows - 1; j >= 0; j-- {
		outer = append(outer, back(north[0][j], corner[0][j+1])...)
	}
	s.parent = Shape{{outer}}
	return s
}

// clone returns a subdivision whose shapes may be changed.
func (s subdivision) clone() subdivision {
	s.children = slices.Clone(s.children)
	for i, child := range s.children {
		s.children[i] = cloneShape(child)
	}
	return s
}

func cloneShape(s Shape) Shape {
	out := make(Shape, len(s))
	for i, polygon := range s {
		for _, ring := range polygon {
			out[i] = append(out[i], slices.Clone(ring))
		}
	}
	return out
}

// planar returns the area of s in lattice squares, twice, exact below 2^63.
func planar(s Shape) int64 {
	sum := int64(0)
	for ring := range s.rings {
		sum += int64(ring.area2().lo)
	}
	return sum
}
