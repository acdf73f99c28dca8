package topo

import "slices"

// InteriorPoint returns a point that s contains, away from the border where
// that is cheap to find: the middle of a wide row through the largest polygon.
// In ground too narrow to hold a lattice point it returns a vertex; of a shape
// that is not drawn, the zero point.
func (s Shape) InteriorPoint() Point {
	var largest Polygon
	most := -1.0
	for _, polygon := range s {
		if len(polygon) == 0 {
			continue
		}
		if area := polygon.AreaM2(); area > most {
			largest, most = polygon, area
		}
	}
	if len(largest) == 0 || len(largest[0]) == 0 {
		return Point{}
	}
	return largest.interiorPoint()
}

// interiorPoint tries rows at odd sixteenths of the height, or all rows of a
// low polygon, and takes the one whose widest span lies furthest from the
// border, counted in lattice steps.
func (p Polygon) interiorPoint() Point {
	const rows = 8
	box := p[0].Bound()
	height := int64(box.Max.Y) - int64(box.Min.Y)
	best, most := p[0][0], -1.0
	try := func(y int32) {
		if x, ok := p.widestSpan(y); ok {
			at := Point{x, y}
			if room := p.clearance(at); room > most {
				best, most = at, room
			}
		}
	}
	if height > 16 {
		for i := int64(0); i < rows; i++ {
			try(int32(int64(box.Min.Y) + height*(2*i+1)/(2*rows)))
		}
	}
	for y := int64(box.Min.Y); most < 0 && y < min(int64(box.Max.Y), int64(box.Min.Y)+4096); y++ {
		try(int32(y))
	}
	return best
}

// widestSpan returns the middle of the widest run of lattice points that p
// contains in row y.
func (p Polygon) widestSpan(y int32) (x int32, ok bool) {
	var cuts []int64 // first lattice column not west of each edge
	for _, ring := range p {
		for i, a := range ring {
			b := ring[(i+1)%len(ring)]
			if (a.Y > y) != (b.Y > y) {
				cuts = append(cuts, column(a, b, y))
			}
		}
	}
	slices.Sort(cuts)
	widest := int64(0)
	for i := 0; i+1 < len(cuts); i += 2 {
		if span := cuts[i+1] - cuts[i]; span > widest {
			widest, x = span, int32(cuts[i]+span/2)
		}
	}
	return x, widest > 0
}

// column returns the first lattice column that is not strictly west of the
// line ab at height y.
func column(a, b Point, y int32) int64 {
	if a.Y > b.Y {
		a, b = b, a
	}
	num := (int64(b.X) - int64(a.X)) * (int64(y) - int64(a.Y))
	den := int64(b.Y) - int64(a.Y)
	whole := num / den
	if num%den > 0 { // round up; division already rounded a negative up
		whole++
	}
	return int64(a.X) + whole
}

// clearance returns the squared distance from at to the nearest edge, with a
// step of longitude taken as long as one of latitude.
func (p Polygon) clearance(at Point) float64 {
	least := -1.0
	for _, ring := range p {
		for i, a := range ring {
			if d := distance2(at, a, ring[(i+1)%len(ring)]); least < 0 || d < least {
				least = d
			}
		}
	}
	return least
}

// distance2 returns the squared distance from p to the segment ab. Products
// are rounded one by one, so that all machines choose the same point.
func distance2(p, a, b Point) float64 {
	dx, dy := float64(b.X)-float64(a.X), float64(b.Y)-float64(a.Y)
	px, py := float64(p.X)-float64(a.X), float64(p.Y)-float64(a.Y)
	if length := float64(dx*dx) + float64(dy*dy); length > 0 {
		t := min(1, max(0, (float64(px*dx)+float64(py*dy))/length))
		px, py = px-float64(t*dx), py-float64(t*dy)
	}
	return float64(px*px) + float64(py*py)
}
