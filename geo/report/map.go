package report

import (
	"fmt"
	"math"

	"gridmap/geo/topo"
)

// mapHeight bounds a map; it is as wide as other charts or narrower.
const mapHeight = 520

// loadClasses shade a map by households per grid worker.
var loadClasses = []float64{100, 200, 250, loadLimit}

// classOf returns the shade of a unit, -1 for none.
func (m *maker) classOf(at int) int {
	v := m.units[at].HouseholdsPerWorker
	if v == nil || m.hidden.units[at] {
		return -1
	}
	for class, limit := range loadClasses {
		if *v <= limit {
			return class
		}
	}
	return len(loadClasses)
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
	var d drawing
	for _, at := range m.parts {
		if path := sheet.path(shapes[at]); path != "" {
			d.put(`<path d="%s" class="p c%d"/>`, path, m.classOf(at)+1)
		}
	}
	for _, at := range m.parts {
		if s := shapes[at]; len(s) > 0 {
			x, y := sheet.at(s.InteriorPoint())
			d.label(x, y, "middle", "n", shorten(m.name(at), 8))
		}
	}
	m.legend(&d, sheet.height)
	title := m.w.titles.mapTitle
	return &Chart{Title: title, Note: m.w.titles.mapNote, SVG: d.close(sheet.height+30, title)}
}

// legend says which shade is what, under a map.
func (m *maker) legend(d *drawing, y float64) {
	labels := []string{m.w.titles.none}
	low := 0.0
	for _, limit := range loadClasses {
		labels = append(labels, fmt.Sprintf("%.0f–%.0f", low, limit))
		low = limit
	}
	labels = append(labels, fmt.Sprintf("> %.0f", low))
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
