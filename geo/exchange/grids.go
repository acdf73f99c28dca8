package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A GridRow is a grid as a file gives it: IDs and rank are 0.
type GridRow struct {
	File  string
	Index int // of the feature, -1 in a CSV file
	Line  int // of a CSV file, else 0
	geo.Grid
	Parent string // code, empty when the file names none
	Tier   string // code of the tier of an overlay
	Orphan bool   // the parent was not asked for
	// From are the codes of its predecessors.
	From   []string
	Unsaid bool // whether it lies in a hole: it does as its tier has it
	// Flaw is a ring that is open or has too few points.
	Flaw *topo.RingError
	// Priority decides overlaps when grids are cleaned, the lowest first;
	// [LastPriority] where the file gives none.
	Priority int
}

// LastPriority is the priority of a grid whose file gives none.
const LastPriority = 1 << 53

// Fields name the properties of a file that hold what a grid needs; an empty
// one stands for the usual names.
type Fields struct {
	Code, Name, Parent string
	// Priority names the property that decides overlaps, see
	// [Assembly.Clean]; empty for none. It holds whole numbers.
	Priority string
	// Numbered calls a feature without a code by its id or, for want of one,
	// by its index, unless Code names a property.
	Numbered bool
	// Orphans leaves parents out: a grid belongs where it lies, an undrawn one
	// anywhere.
	Orphans bool
}

// Columns of a grid file, in the order they are written.
const (
	gridCode = iota
	gridNameZH
	gridNameEN
	gridParent
)

var gridColumns = []column{
	gridCode:   {name: "code", also: []string{"gridcode", "编码", "网格编码", "网格编号", "区划编码", "区划代码", "代码", "编号", "geoid", "geoid10", "geoid20"}},
	gridNameZH: {name: "name_zh", also: []string{"name", "gridname", "名称", "网格名称", "区划名称"}},
	gridNameEN: {name: "name_en", also: []string{"英文名称"}},
	gridParent: {name: "parent", also: []string{"parentcode", "上级", "上级编码", "上级代码", "所属编码"}},
	{name: "tier", also: []string{"层级"}},
	{name: "kind", also: []string{"类型", "网格类型"}},
	{name: "setting", also: []string{"城乡", "城乡分类"}},
	{name: "text_bounds", also: []string{"四至"}},
	{name: "owner", also: []string{"主管部门", "责任单位"}},
	{name: "valid_from", also: []string{"启用日期"}},
	{name: "valid_to", also: []string{"停用日期"}},
	{name: "hole", also: []string{"挖空"}},
	{name: "rest", also: nil},
	{name: "predecessors", also: []string{"前身", "原编码", "原网格编码"}, list: true},
}

// IsCodeHeading reports whether a property of that name is taken for a grid's
// code when no other is asked for.
func IsCodeHeading(name string) bool {
	plain := geo.PlainHeading(name)
	return plain == gridColumns[gridCode].name || slices.Contains(gridColumns[gridCode].also, plain)
}

// Grids reads the grids of one tier from GeoJSON, or undrawn ones from CSV. A
// grid without a code is refused; its name may be missing.
func Grids(src io.Reader, opts Options, fields Fields) iter.Seq2[GridRow, error] {
	opts.Nested = true // predecessors are an array
	t := newTable(opts, slices.Clone(gridColumns))
	t.ground = true
	for at, field := range map[int]string{gridCode: fields.Code, gridNameZH: fields.Name, gridParent: fields.Parent} {
		if field != "" {
			t.columns[at].only(field)
		}
	}
	return decoded(t, src, func(r *row) GridRow {
		g := GridRow{File: opts.File, Index: r.index, Line: r.line}
		if g.Code = r.code("code"); g.Code == "" && fields.Numbered && fields.Code == "" {
			g.Code = r.number()
		} else {
			r.needed("code")
		}
		if r.key = g.Code; g.Code == "" && fields.Code != "" {
			r.missing(fields.Code)
		}
		g.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		if g.Orphan = fields.Orphans; !g.Orphan {
			g.Parent = r.code("parent")
		}
		g.Tier = r.code("tier")
		g.Kind = choice(r, "kind", kinds, geo.General)
		g.Hole = r.truth("hole", false)
		g.Unsaid = r.plain("hole") == ""
		g.Setting = choice(r, "setting", settings, "")
		g.TextBounds, g.Owner = r.text("text_bounds"), r.text("owner")
		g.Valid = r.period("valid_from", "valid_to")
		g.Rest = r.truth("rest", false)
		g.From = r.codes("predecessors")
		if r.feature != nil {
			g.Boundary, g.Flaw = r.feature.Shape, r.feature.Flaw
		}
		var err error
		if g.Priority, err = r.priority(fields.Priority); err != nil {
			r.fail(fields.Priority, err)
		}
		return g
	})
}

func (r *row) priority(field string) (int, error) {
	if field == "" || r.feature == nil {
		return LastPriority, nil
	}
	return r.feature.Properties.Priority(field)
}

// Priority returns the whole number that decides overlaps of a feature, and
// [LastPriority] when it has none.
func (p Properties) Priority(field string) (int, error) {
	prop, ok := p.Get(field)
	if !ok || prop.Kind == NullProperty {
		return LastPriority, nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(prop.Text), ".0"))
	if err != nil || n < -LastPriority || n >= LastPriority {
		return 0, fmt.Errorf("%q is no whole number", prop.Text)
	}
	return n, nil
}

// number names a feature that has no code.
func (r *row) number() string {
	if r.feature != nil && r.feature.ID != "" {
		return r.feature.ID
	}
	return "#" + strconv.Itoa(max(r.index, r.line))
}

// only makes a column known by one heading alone.
func (c *column) only(heading string) { c.also = []string{geo.PlainHeading(heading)}; c.exact = true }

// missing says which properties a feature has, when the one asked for is not
// among them.
func (r *row) missing(field string) {
	if _, there := r.place["code"]; there || r.feature == nil {
		return
	}
	var names []string
	for _, p := range r.feature.Properties {
		names = append(names, p.Name)
	}
	r.bad = nil
	r.fail(field, errors.New("no such property; there are "+strings.Join(names, ", ")))
}
