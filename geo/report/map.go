package report

import (
	"fmt"
	"math"
	"slices"
	"unicode/utf8"

	"gridmap/geo/topo"
)

// mapHeight bounds a map; it is as wide as other charts or narrower.
const mapHeight = 520

// A shading tells the classes of a map: equal steps between the least and the
// most households per worker, and above the limit a class of its own.
type shading struct {
	low, step int64
	limit     int64
}

// shades is how many steps there are.
const shades = 4

// shade finds the classes of the parts.
func (m *maker) shade() shading {
	s := shading{low: -1, limit: m.loadLimit()}
	high := int64(0)
	for _, at := range m.parts {
		v := m.units[at].HouseholdsPerWorker
		if v == nil || m.hidden.units[at] || m.overloaded(at) {
			continue
		}
		n := int64(*v)
		if s.low < 0 || n < s.low {
			s.low = n
		}
		high = max(high, n)
	}
	s.low = max(0, s.low)
	s.step = (high-s.low)/shades + 1
	return s
}

// classOf returns the class of a unit: 0 for none, above the steps the last.
func (m *maker) classOf(at int, s shading) int {
	v := m.units[at].HouseholdsPerWorker
	switch {
	case v == nil || m.hidden.units[at]:
		return 0
	case m.overloaded(at):
		return shades + 1
	}
	return 1 + int((int64(*v)-s.low)/s.step)
}

// mapChart draws the parts, shaded by how many households a worker serves; nil
// when none is drawn.
func (m *maker) mapChart() *Chart {
	var box topo.Box
	shapes := map[int]topo.Shape{}
	for _, at := range m.parts {
		if s := m.ground(at); len(s) > 0 {
			bound := s.Bound()
			if len(shapes) == 0 {
				box = bound
			}
			box = box.Extend(bound.Min).Extend(bound.Max)
			shapes[at] = s
		}
	}
	if len(shapes) == 0 || box.Max.X == box.Min.X || box.Max.Y == box.Min.Y {
		return nil
	}
	sheet := newSheet(box)
	shading := m.shade()
	var d drawing
	for _, at := range m.parts {
		if path := sheet.path(shapes[at]); path != "" {
			d.put(`<path d="%s" class="p c%d"/>`, path, m.classOf(at, shading))
		}
	}
	var taken []place
	for _, at := range m.parts {
		if s := shapes[at]; len(s) > 0 {
			name := shorten(m.name(at), 8)
			x, y := sheet.at(s.InteriorPoint())
			spot := place{x, y, float64(len([]rune(name))) * letterWidth(name)}
			for slices.ContainsFunc(taken, spot.meets) {
				spot.y += 13
			}
			taken = append(taken, spot)
			d.label(spot.x, spot.y, "middle", "n", name)
		}
	}
	shading.legend(&d, sheet.height, m.w)
	title := m.w.titles.mapTitle
	return &Chart{Title: title, Note: fmt.Sprintf(m.w.titles.mapNote, shading.limit), SVG: d.close(sheet.height+30, title)}
}

// A place is where a label stands: its middle and its width.
type place struct{ x, y, width float64 }

// meets reports whether two labels would run into each other.
func (p place) meets(o place) bool {
	return math.Abs(p.x-o.x) < (p.width+o.width)/2 && math.Abs(p.y-o.y) < 12
}

// letterWidth is about how wide a letter of a name is.
func letterWidth(name string) float64 {
	if r, _ := utf8.DecodeRuneInString(name); r > 0x2e80 {
		return 11
	}
	return 6
}

// legend says which shade is what, under a map.
func (s shading) legend(d *drawing, y float64, w *words) {
	labels := []string{w.titles.none}
	for i := range int64(shades) {
		labels = append(labels, fmt.Sprintf("%d–%d", s.low+i*s.step, s.low+(i+1)*s.step))
	}
	labels = append(labels, fmt.Sprintf("> %d", s.limit))
	for i, label := range labels {
		x := float64(i * chartWidth / len(labels))
		d.put(`<rect x="%.0f" y="%.0f" width="16" height="12" class="p c%d"/>`, x, y+12, i)
		d.label(x+22, y+22, "start", "v", label)
	}
}

// A sheet maps lattice points to the page: north up, degrees of longitude
// shortened by the cosine of the middle latitude.
type sheet struct {
	box                   topo.Box
	scaleX, scaleY, width float64
	height, left          float64
}

func newSheet(box topo.Box) *sheet {
	middle := (float64(box.Min.Y) + float64(box.Max.Y)) / 2 / 1e7 * math.Pi / 180
	wide := (float64(box.Max.X) - float64(box.Min.X)) * math.Cos(middle)
	high := float64(box.Max.Y) - float64(box.Min.Y)
	scale := min(chartWidth/wide, mapHeight/high)
	s := &sheet{box: box, scaleX: scale * math.Cos(middle), scaleY: scale, width: wide * scale, height: high * scale}
	s.left = (chartWidth - s.width) / 2
	return s
}

func (s *sheet) at(p topo.Point) (x, y float64) {
	return s.left + (float64(p.X)-float64(s.box.Min.X))*s.scaleX, (float64(s.box.Max.Y) - float64(p.Y)) * s.scaleY
}

// path writes a shape to a tenth of a unit. Points that fall together are left
// out; neighbours round alike, so they do not part.
func (s *sheet) path(shape topo.Shape) string {
	var out []byte
	for _, polygon := range shape {
		for _, ring := range polygon {
			var last [2]int
			n := 0
			start := len(out)
			for i, p := range ring {
				x, y := s.at(p)
				at := [2]int{int(math.Round(x * 10)), int(math.Round(y * 10))}
				if i > 0 && at == last {
					continue
				}
				verb := byte('L')
				if n == 0 {
					verb = 'M'
				}
				out = fmt.Appendf(out, "%c%g %g", verb, float64(at[0])/10, float64(at[1])/10)
				last = at
				n++
			}
			if n < 3 {
				out = out[:start]
				continue
			}
			out = append(out, 'Z')
		}
	}
	return string(out)
}
