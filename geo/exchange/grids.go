package exchange

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
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
	// Flaw is a ring that is open or has too few points.
	Flaw *topo.RingError
}

// Fields name the properties of a file that hold what a grid needs; an empty
// one stands for the usual names.
type Fields struct{ Code, Name, Parent string }

// Columns of a grid file, in the order they are written.
const (
	gridCode = iota
	gridNameZH
	gridNameEN
	gridParent
)

var gridColumns = []column{
	gridCode:   {name: "code", also: []string{"gridcode", "编码", "网格编码", "网格编号", "区划编码", "区划代码", "代码", "编号"}},
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
	{name: "rest", also: nil},
}

// Grids reads the grids of one tier from GeoJSON, or undrawn ones from CSV. A
// grid without a code is refused; its name may be missing.
func Grids(src io.Reader, opts Options, fields Fields) iter.Seq2[GridRow, error] {
	t := newTable(opts, slices.Clone(gridColumns))
	t.ground = true
	for at, field := range map[int]string{gridCode: fields.Code, gridNameZH: fields.Name, gridParent: fields.Parent} {
		if field != "" {
			t.columns[at].only(field)
		}
	}
	return decoded(t, src, func(r *row) GridRow {
		g := GridRow{File: opts.File, Index: r.index, Line: r.line}
		g.Code = r.needed("code")
		if r.key = g.Code; g.Code == "" && fields.Code != "" {
			r.missing(fields.Code)
		}
		g.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		g.Parent, g.Tier = r.code("parent"), r.code("tier")
		g.Kind = choice(r, "kind", kinds, geo.General)
		g.Setting = choice(r, "setting", settings, "")
		g.TextBounds, g.Owner = r.text("text_bounds"), r.text("owner")
		g.Valid = r.period("valid_from", "valid_to")
		g.Rest = r.truth("rest", false)
		if r.feature != nil {
			g.Boundary, g.Flaw = r.feature.Shape, r.feature.Flaw
		}
		return g
	})
}

// only makes a column known by one heading alone.
func (c *column) only(heading string) { c.also = []string{plainHeading(heading)}; c.exact = true }

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

// WriteGrids writes grids as features, codes for IDs; parentOf gives the code
// of a grid's parent. The tier is written for overlays alone, which stand in
// one file whatever their tier.
func WriteGrids(w *GeoJSONWriter, grids []geo.Grid, codeOf func(geo.GridID) string, tierOf func(rank int) string) error {
	for i := range grids {
		g := &grids[i]
		members := []Member{{"code", g.Code}, {"name_zh", g.Name.ZH}}
		add := func(name, text string) {
			if text != "" {
				members = append(members, Member{name, text})
			}
		}
		add("name_en", g.Name.EN)
		add("parent", codeOf(g.Parent))
		if g.Kind != geo.General {
			add("tier", tierOf(g.Tier))
		}
		add("kind", string(g.Kind))
		add("setting", string(g.Setting))
		add("text_bounds", g.TextBounds)
		add("owner", g.Owner)
		add("valid_from", g.Valid.From.String())
		add("valid_to", g.Valid.To.String())
		if g.Rest {
			members = append(members, Member{"rest", true})
		}
		if err := w.Write(members, g.Boundary); err != nil {
			return fmt.Errorf("grid %s: %w", g.Code, err)
		}
	}
	return nil
}
