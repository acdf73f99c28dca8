// Package report makes of a check and the figures of its units what people
// print, file and hand on: one self-contained page of HTML, or a workbook. It
// does no I/O but write what it is given.
//
// A report holds counts: never a household, never a person, and where it is
// stamped public no small count of them.
package report

import (
	"fmt"
	"slices"

	"gridmap/geo"
	"gridmap/geo/check"
	"gridmap/geo/figures"
	"gridmap/geo/suppress"
	"gridmap/geo/topo"
)

// A Stamp says who a report is for.
type Stamp string

// The stamps. A public report hides small counts of people and lists no single
// findings.
const (
	Internal Stamp = "internal"
	Public   Stamp = "public"
)

// Options say how a report is made. The zero Options ask for an internal report
// of the whole territory in Chinese.
type Options struct {
	Unit  string // code of the division it is about, "" for the territory
	Lang  string // zh or en
	Stamp Stamp
	// Profile is the code of the profile that the check asked by.
	Profile string
	// HideGroups hides small counts of groups of an internal report too: who asks
	// may not read households.
	HideGroups bool
	Least      int64 // the smallest count of people a public report shows, 0 for [suppress.DefaultLeast]
	// Before, if set, is an earlier report of the same ground to compare with.
	Before *check.Report
}

// Most rows of one table; what is more is counted under it.
const (
	maxRows     = 5000
	maxFindings = 200
)

// A Page is a report in one language, ready to be written.
type Page struct {
	Lang, Title, Subtitle string
	Stamp                 string // in the language
	Pass                  bool
	Verdict               string
	Facts                 []Fact
	Sections              []Section
	Notes                 []string
	name                  string // of the file, without its ending
	sheet, more           string // name of the first sheet; how left-out rows are told
}

// A Fact is one figure of the summary.
type Fact struct {
	Label string
	Value Cell
	Note  string
}

// A Section is one part of a report: its charts, then its table.
type Section struct {
	Sheet  string // name of its sheet in a workbook
	Title  string
	Lead   string
	Charts []*Chart
	Table  *Table
}

// A Table is rows under headings.
type Table struct {
	Columns []Column
	Rows    [][]Cell
	More    int // rows that are left out
}

// A Column is one heading.
type Column struct {
	Head  string
	Right bool // numbers
	Code  bool // text that looks like a number
	Wide  bool
}

// FileName is what a file of the report is called, without its ending.
func (p *Page) FileName() string { return p.name }

// maker is what the parts of a report share.
type maker struct {
	c      *geo.Counted
	ground func(int) topo.Shape
	answer check.Report
	o      Options
	w      *words
	tiers  map[int]*geo.Tier
	top    int
	parts  []int // children of the top
	inner  []int // children of the parts
	units  map[int]*figures.Unit
	hidden hidden
	limits geo.Profile
}

// Make makes a report of the check of a division, or of the whole territory.
// The check must have been asked of that ground with all findings, and c be the
// plan it was asked of, counted for its day; ground returns the ground of a
// position, nil when it is not drawn. The error is a *[geo.InvalidError] that
// names the option it cannot take.
func Make(c *geo.Counted, ground func(int) topo.Shape, answer check.Report, o Options) (*Page, error) {
	m := &maker{c: c, ground: ground, answer: answer, o: o, tiers: map[int]*geo.Tier{}, units: map[int]*figures.Unit{}}
	if err := m.options(); err != nil {
		return nil, err
	}
	var err error
	if m.limits, err = (&check.Question{Profile: o.Profile}).Limits(c); err != nil {
		return nil, err
	}
	for i := range c.Tiers {
		m.tiers[c.Tiers[i].Rank] = &c.Tiers[i]
	}
	if o.Unit != "" {
		at, known := c.Tree.ByCode(o.Unit)
		if !known {
			return nil, &geo.InvalidError{Field: "unit", Reason: fmt.Sprintf("the plan has no division %q", o.Unit)}
		}
		m.top = at
	}
	m.parts = m.childrenOf(m.top)
	if len(m.parts) == 0 {
		return nil, &geo.InvalidError{Field: "unit", Reason: fmt.Sprintf("%q is not divided, so there is nothing to report on", c.Grids[m.top].Code)}
	}
	for _, part := range m.parts {
		m.inner = append(m.inner, m.childrenOf(part)...)
	}
	if err := m.compute(); err != nil {
		return nil, err
	}
	m.hide()
	return m.page(), nil
}

func (m *maker) options() error {
	switch m.o.Lang {
	case "", "zh":
		m.w = &chinese
	case "en":
		m.w = &english
	default:
		return &geo.InvalidError{Field: "lang", Reason: fmt.Sprintf("%q is neither zh nor en", m.o.Lang)}
	}
	switch m.o.Stamp {
	case "":
		m.o.Stamp = Internal
	case Internal, Public:
	default:
		return &geo.InvalidError{Field: "stamp", Reason: fmt.Sprintf("%q is neither internal nor public", string(m.o.Stamp))}
	}
	if m.o.Least < 0 {
		return &geo.InvalidError{Field: "least", Reason: "is negative"}
	}
	if m.o.Least == 0 {
		m.o.Least = suppress.DefaultLeast
	}
	return nil
}

// childrenOf returns the general grids right under a position, in their order.
func (m *maker) childrenOf(i int) []int {
	var list []int
	for _, child := range m.c.Tree.Children(i) {
		if g := &m.c.Grids[child]; g.Kind == geo.General && !g.Rest {
			list = append(list, int(child))
		}
	}
	slices.SortFunc(list, func(a, b int) int { return compareCodes(m.c.Grids[a].Code, m.c.Grids[b].Code) })
	return list
}

func compareCodes(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// compute works out the figures of all units that the report shows.
func (m *maker) compute() error {
	asked := append([]int{m.top}, m.parts...)
	asked = append(asked, m.inner...)
	units, err := figures.Compute(m.c, m.ground, asked, figures.Options{})
	if err != nil {
		return err
	}
	if m.public() || m.o.HideGroups {
		figures.HideGroups(m.c, units, m.o.Least)
	}
	for i, at := range asked {
		m.units[at] = &units[i]
	}
	return nil
}

// public reports whether strangers will read it.
func (m *maker) public() bool { return m.o.Stamp == Public }

// page puts the parts together.
func (m *maker) page() *Page {
	g := &m.c.Grids[m.top]
	p := &Page{
		Lang: m.w.lang, Pass: m.answer.Pass, Stamp: m.w.stamps[m.o.Stamp],
		Title:    fmt.Sprintf(m.w.title, m.name(m.top)),
		Subtitle: fmt.Sprintf(m.w.subtitle, g.Code, m.answer.AsOf, m.c.Plan.Name, m.answer.PlanVersion),
		Verdict:  m.verdict(), Facts: m.facts(), Notes: m.notes(),
		name: fmt.Sprintf("%s-%s-%s", g.Code, m.answer.AsOf, m.w.lang), sheet: m.w.facts.sheet, more: m.w.titles.more,
	}
	p.Sections = []Section{m.partSection(), m.standardSection(), m.findingSection()}
	if !m.public() {
		p.Sections = append(p.Sections, m.listSection())
	}
	if m.o.Before != nil {
		p.Sections = append(p.Sections, m.changeSection())
	}
	if len(m.inner) > 0 {
		p.Sections = append(p.Sections, m.innerSection())
	}
	p.Sections = append(p.Sections, m.groupSection(), m.uncheckedSection())
	p.Sections = slices.DeleteFunc(p.Sections, func(s Section) bool { return s.Title == "" })
	return p
}

// name is what a unit is called in the language, its code where it has none.
func (m *maker) name(i int) string { return m.w.name(m.c.Grids[i].Name, m.c.Grids[i].Code) }

// tierName is what the tier of a unit is called.
func (m *maker) tierName(rank int) string {
	if t := m.tiers[rank]; t != nil {
		return m.w.name(t.Name, t.Code)
	}
	return ""
}

// tierOf is what the tier with a code is called.
func (m *maker) tierOf(code string) string {
	for i := range m.c.Tiers {
		if m.c.Tiers[i].Code == code {
			return m.w.name(m.c.Tiers[i].Name, code)
		}
	}
	return code
}
