package exchange

import (
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo"
)

// A MatterRow is an entry of a catalogue of matters as a file gives it.
type MatterRow struct {
	Line int
	geo.Matter
}

var matterColumns = []column{
	{name: "code", also: []string{"编码", "事项编码", "事项代码", "mattercode"}, need: true},
	{name: "name_zh", also: []string{"名称", "事项名称", "事项", "name"}},
	{name: "name_en", also: []string{"英文名称"}},
	{name: "group", also: []string{"类别", "事项类别", "分类"}},
	{name: "admitted", also: []string{"准入", "是否准入"}},
	{name: "kinds", also: []string{"网格类型", "适用网格类型"}},
	{name: "tiers", also: []string{"层级", "适用层级"}},
	{name: "settings", also: []string{"城乡", "适用城乡"}},
	{name: "department_zh", also: []string{"部门", "责任部门", "牵头部门", "department"}},
	{name: "department_en", also: []string{"部门英文名称"}},
	{name: "role", also: []string{"岗位", "受理岗位"}},
	{name: "from", also: []string{"起始日期"}},
	{name: "to", also: []string{"截止日期"}},
}

// Matters reads a catalogue from CSV. Without a column that says so, a matter is
// admitted.
func Matters(src io.Reader, opts Options) iter.Seq2[MatterRow, error] {
	return rows(src, opts, matterColumns, func(r *row) MatterRow {
		m := MatterRow{Line: r.line}
		m.Code = r.needed("code")
		r.key = m.Code
		m.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		m.Group, m.Admitted = r.text("group"), r.truth("admitted", true)
		m.Kinds, m.Settings = choices(r, "kinds", kinds), choices(r, "settings", settings)
		m.Tiers = r.codes("tiers")
		m.Department = geo.Name{ZH: r.text("department_zh"), EN: r.text("department_en")}
		m.Role = r.text("role")
		m.Valid = r.period("from", "to")
		return m
	})
}

// choices returns what the words of a list stand for.
func choices[T ~string](r *row, name string, words map[string]T) []T {
	var list []T
	for _, text := range r.list(name) {
		v, ok := words[strings.ToLower(text)]
		if !ok {
			r.fail(name, fmt.Errorf("%q is unknown; use %s", text, listed(words)))
			return nil
		}
		list = append(list, v)
	}
	return list
}

// Matters adds a catalogue of matters. Roles and tiers, which may stand under
// their names, are those of the territory.
func (a *Assembly) Matters(file string, seq iter.Seq2[MatterRow, error]) {
	each(a, seq, func(row *MatterRow) error {
		w, m := where{file, row.Line, row.Code}, row.Matter
		if a.twice(geo.MatterEntity, m.Code) {
			return w.problem("code", "stands twice")
		}
		m.ID = geo.MatterID(len(a.snap.Matters) + 1)
		if code, known := a.roles[strings.ToLower(m.Role)]; known {
			m.Role = code
		}
		for i, name := range m.Tiers {
			if at := slices.IndexFunc(a.snap.Tiers, func(t geo.Tier) bool { return name == t.Name.ZH || name == t.Name.EN }); at >= 0 {
				m.Tiers[i] = a.snap.Tiers[at].Code
			}
		}
		if err := m.Validate(); err != nil {
			return w.valid(err)
		}
		if err := m.Known(a.snap.Tiers, a.snap.Roles); err != nil {
			return w.valid(err)
		}
		a.snap.Matters = append(a.snap.Matters, m)
		return nil
	})
}

// WriteMatters writes a catalogue of matters.
func WriteMatters(w io.Writer, matters []geo.Matter) error {
	c := newColumnsWriter(w, matterColumns)
	for _, m := range matters {
		c.Row(m.Code, m.Name.ZH, m.Name.EN, m.Group, strconv.FormatBool(m.Admitted), listOf(m.Kinds), cellOf(m.Tiers), listOf(m.Settings),
			m.Department.ZH, m.Department.EN, m.Role, m.Valid.From.String(), m.Valid.To.String())
	}
	return c.Close()
}

// listOf writes words between semicolons.
func listOf[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ";")
}
