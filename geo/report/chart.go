package report

import (
	"fmt"
	"html"
	"html/template"
	"slices"
	"strings"

	"gridmap/geo"
)

// A Chart is a drawing with a title, as SVG that needs nothing else.
type Chart struct {
	Title, Note string
	SVG         template.HTML
}

// Sizes of a chart in user units; it scales with the page.
const (
	chartWidth = 720
	labelWidth = 170
	valueWidth = 110
	rowHeight  = 22
	maxBars    = 40
)

// drawing collects the elements of an SVG.
type drawing struct{ strings.Builder }

func (d *drawing) put(format string, args ...any) { fmt.Fprintf(&d.Builder, format, args...) }

// label writes text at a place; anchor is start, middle or end.
func (d *drawing) label(x, y float64, anchor, class, s string) {
	d.put(`<text x="%.1f" y="%.1f" text-anchor="%s" class="%s">%s</text>`, x, y, anchor, class, html.EscapeString(s))
}

// close returns the drawing as an image of a height, told as what it shows.
func (d *drawing) close(height float64, title string) template.HTML {
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 %d %.0f" role="img" aria-label="%s">%s</svg>`,
		chartWidth, height, html.EscapeString(title), d.String()))
}

// A bar is one row of a bar chart; mark is where something should be, negative
// for nowhere.
type bar struct {
	label, value string
	length, mark float64
	tone         string
}

// bars draws rows from the left, the longest to the edge.
func bars(rows []bar, title string) template.HTML {
	longest := 0.0
	for _, r := range rows {
		longest = max(longest, r.length, r.mark)
	}
	if longest == 0 {
		longest = 1
	}
	scale := (chartWidth - labelWidth - valueWidth) / longest
	var d drawing
	for i, r := range rows {
		y := float64(i * rowHeight)
		d.label(labelWidth-8, y+15, "end", "l", shorten(r.label, 12))
		d.put(`<rect x="%d" y="%.0f" width="%.1f" height="%d" class="b %s"/>`, labelWidth, y+4, r.length*scale, rowHeight-8, r.tone)
		if r.mark >= 0 {
			x := labelWidth + r.mark*scale
			d.put(`<line x1="%.1f" x2="%.1f" y1="%.0f" y2="%.0f" class="m"/>`, x, x, y+1, y+rowHeight-1)
		}
		d.label(labelWidth+max(r.length, r.mark)*scale+6, y+15, "start", "v", r.value)
	}
	return d.close(float64(len(rows)*rowHeight+2), title)
}

// shorten cuts a name to about as many Chinese characters; two others count as
// one.
func shorten(s string, most int) string {
	width, letters := 0, []rune(s)
	for i, r := range letters {
		if width++; r > 0x2e80 {
			width++
		}
		if width > 2*most {
			return string(letters[:i]) + "…"
		}
	}
	return s
}

// cutBars keeps the first bars of a chart and says so in its title.
func (m *maker) cutBars(title string, rows []bar) (string, []bar) {
	if len(rows) <= maxBars {
		return title, rows
	}
	return title + fmt.Sprintf(m.w.titles.first, maxBars), rows[:maxBars]
}

// loadChart shows how many households a grid worker of each part serves, the
// most first.
func (m *maker) loadChart() *Chart {
	w := &m.w.titles
	var rows []bar
	for _, at := range m.parts {
		v := m.units[at].HouseholdsPerWorker
		if v == nil || m.hidden.units[at] {
			continue
		}
		rows = append(rows, bar{label: m.name(at), value: ratio(v).String(), length: *v, mark: -1, tone: toneIf(m.overloaded(at), "bad")})
	}
	if len(rows) == 0 {
		return nil
	}
	slices.SortStableFunc(rows, func(a, b bar) int { return compareLengths(b.length, a.length) })
	title, rows := m.cutBars(w.load, rows)
	return &Chart{Title: title, Note: fmt.Sprintf(w.loadNote, m.loadLimit()), SVG: bars(rows, title)}
}

func compareLengths(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// staffChart shows who serves against who is required, unit by unit, those that
// lack most first.
func (m *maker) staffChart() *Chart {
	w := &m.w.titles
	type row struct {
		bar
		short int64
	}
	var list []row
	for i := range m.answer.Units {
		u := &m.answer.Units[i]
		if u.Rule != geo.RuleRatio && u.Rule != geo.RuleSteps && u.Rule != geo.RulePosts {
			continue // facilities, and one worker a grid, are for the table
		}
		if m.hides(u) {
			continue
		}
		b := bar{label: m.w.name(geo.Name{ZH: u.Name, EN: u.NameEN}, u.Code), length: float64(u.Actual), mark: float64(u.Required),
			value: thousands(fmt.Sprint(u.Actual)) + " / " + thousands(fmt.Sprint(u.Required))}
		if u.Short > 0 {
			b.tone = "bad"
			b.value += "　" + fmt.Sprintf(w.shortBy, thousands(fmt.Sprint(u.Short)))
		}
		list = append(list, row{b, u.Short})
	}
	if len(list) == 0 {
		return nil
	}
	slices.SortStableFunc(list, func(a, b row) int { return compareLengths(float64(b.short), float64(a.short)) })
	rows := make([]bar, len(list))
	for i := range list {
		rows[i] = list[i].bar
	}
	title, rows := m.cutBars(w.staff, rows)
	return &Chart{Title: title, Note: w.staffNote, SVG: bars(rows, title)}
}

// ruleChart shows how many findings each rule has.
func (m *maker) ruleChart(counts []ruleCount) *Chart {
	var rows []bar
	for _, c := range counts {
		tone := severityTone[c.severity]
		if tone == "" {
			tone = "info"
		}
		rows = append(rows, bar{label: string(c.rule) + " " + m.w.rule(c.rule), value: number(c.n).String(), length: float64(c.n), mark: -1, tone: tone})
	}
	title, rows := m.cutBars(m.w.titles.byRule, rows)
	return &Chart{Title: title, SVG: bars(rows, title)}
}

// sizeStep is the width of a class of grid sizes in households.
const sizeStep = 50

// sizeChart counts the grids of the topmost grid tier under the top by how many
// households they hold.
func (m *maker) sizeChart() *Chart {
	tier := -1
	classes := map[int64]int64{}
	most := int64(0)
	for i := range m.c.Grids {
		g := &m.c.Grids[i]
		if g.Kind != geo.General || g.Rest || !m.c.IsGrid(i) || !m.c.Tree.Under(i, m.top) || i == m.top || tier >= 0 && g.Tier > tier {
			continue
		}
		if g.Tier != tier { // the first, or one of a tier above those so far
			tier, classes, most = g.Tier, map[int64]int64{}, 0
		}
		class := m.c.Tallies[i].Households / sizeStep
		classes[class]++
		most = max(most, class)
	}
	if tier < 0 {
		return nil
	}
	var rows []bar
	for class := int64(0); class <= min(most, maxBars-1); class++ {
		n := classes[class]
		label := fmt.Sprintf("%d–%d", class*sizeStep, class*sizeStep+sizeStep-1)
		if class == maxBars-1 && most > class { // all that are larger
			for c := class + 1; c <= most; c++ {
				n += classes[c]
			}
			label = fmt.Sprintf("≥ %d", class*sizeStep)
		}
		rows = append(rows, bar{label: label, value: number(n).String(), length: float64(n), mark: -1})
	}
	title := fmt.Sprintf(m.w.titles.sizes, m.tierName(tier))
	return &Chart{Title: title, Note: m.w.titles.sizesNote, SVG: bars(rows, title)}
}
