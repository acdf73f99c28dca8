package exchange

import (
	"io"
	"iter"
	"slices"

	"gridmap/geo"
)

// A NetRow is a net as a file gives it.
type NetRow struct {
	Line int
	geo.Net
}

var netColumns = []column{
	{name: "code", also: []string{"编码", "网编码", "网络编码"}, need: true},
	{name: "name_zh", also: []string{"名称", "网名称", "name"}},
	{name: "name_en", also: []string{"英文名称"}},
	{name: "purpose", also: []string{"用途", "类型", "网类型"}, need: true},
	{name: "from", also: []string{"起始日期", "开始日期"}},
	{name: "to", also: []string{"截止日期", "结束日期"}},
}

// purposes are what ledgers call the purposes of nets.
var purposes = map[string]geo.Purpose{"base": geo.BaseNet, "综合": geo.BaseNet, "party": geo.PartyNet, "党建": geo.PartyNet,
	"police": geo.PoliceNet, "警务": geo.PoliceNet, "公安": geo.PoliceNet, "city": geo.CityNet, "城管": geo.CityNet,
	"task": geo.TaskNet, "任务": geo.TaskNet, "sector": geo.SectorNet, "片区": geo.SectorNet}

// Nets reads nets from CSV.
func Nets(src io.Reader, opts Options) iter.Seq2[NetRow, error] {
	return rows(src, opts, netColumns, func(r *row) NetRow {
		n := NetRow{Line: r.line}
		n.Code = r.needed("code")
		r.key = n.Code
		n.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		r.needed("purpose")
		n.Purpose = choice(r, "purpose", purposes, "")
		n.Valid = r.period("from", "to")
		return n
	})
}

// WriteNets writes a table of nets.
func WriteNets(w io.Writer, nets []geo.Net) error {
	c := newColumnsWriter(w, netColumns)
	for _, v := range nets {
		c.Row(v.Code, v.Name.ZH, v.Name.EN, string(v.Purpose), v.Valid.From.String(), v.Valid.To.String())
	}
	return c.Close()
}

// Nets adds nets, no two of one code.
func (a *Assembly) Nets(file string, seq iter.Seq2[NetRow, error]) {
	each(a, seq, func(row *NetRow) error {
		w, v := where{file, row.Line, row.Code}, row.Net
		v.ID = geo.NetID(len(a.snap.Nets) + 1)
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		if a.hasNet(v.Code) {
			return w.problem("code", "stands twice")
		}
		a.snap.Nets = append(a.snap.Nets, v)
		return nil
	})
}

// hasNet reports whether a net of the code has been added; nets are few.
func (a *Assembly) hasNet(code string) bool {
	return slices.ContainsFunc(a.snap.Nets, func(n geo.Net) bool { return n.Code == code })
}

// A NetMemberRow is a member of a net as a file gives it, by codes.
type NetMemberRow struct {
	Line int
	geo.NetMember
	Grid, Under string
}

var netMemberColumns = []column{
	{name: "net", also: []string{"网", "网编码", "网络编码"}, need: true},
	{name: "grid", also: []string{"网格", "网格编码", "网格代码", "单位编码", "区划编码", "gridcode"}, need: true},
	{name: "measure", also: []string{"指标", "计量", "计量对象"}},
	{name: "done", also: []string{"完成", "已完成", "完成数"}},
	{name: "total", also: []string{"总数", "应完成", "任务数"}},
	{name: "under", also: []string{"第二上级", "职能上级", "上级编码"}},
	{name: "group", also: []string{"分组", "片区", "所属片区"}},
	{name: "updated_on", also: []string{"更新日期", "更新时间"}},
}

// NetMembers reads members of nets from CSV.
func NetMembers(src io.Reader, opts Options) iter.Seq2[NetMemberRow, error] {
	return rows(src, opts, netMemberColumns, func(r *row) NetMemberRow {
		m := NetMemberRow{Line: r.line}
		m.Net, m.Grid = r.needed("net"), r.needed("grid")
		r.key = m.Net + " " + m.Grid
		m.Measure = r.text("measure")
		m.Done, m.Total = r.count("done", mostPopulation), r.count("total", mostPopulation)
		m.Under, m.Group = r.code("under"), r.text("group")
		m.UpdatedOn = r.date("updated_on")
		return m
	})
}

// WriteNetMembers writes a table of members of nets.
func WriteNetMembers(w io.Writer, members []NetMemberRow) error {
	c := newColumnsWriter(w, netMemberColumns)
	for _, v := range members {
		c.Row(v.Net, v.Grid, v.Measure, number(v.Done), number(v.Total), v.Under, v.Group, v.UpdatedOn.String())
	}
	return c.Close()
}

func (f *folder) netMembers(w io.Writer) error {
	rows := make([]NetMemberRow, len(f.NetMembers))
	for i, v := range f.NetMembers {
		rows[i] = NetMemberRow{NetMember: v, Grid: f.codes[v.Grid], Under: f.codes[v.Under]}
	}
	return WriteNetMembers(w, rows)
}

// NetMembers adds members of nets; the nets and the units must be there.
func (a *Assembly) NetMembers(file string, seq iter.Seq2[NetMemberRow, error]) {
	type key struct {
		net     string
		grid    geo.GridID
		measure string
	}
	seen := make(map[key]bool, len(a.snap.NetMembers))
	for _, m := range a.snap.NetMembers {
		seen[key{m.Net, m.Grid, m.Measure}] = true
	}
	each(a, seq, func(row *NetMemberRow) (err error) {
		w, v := where{file, row.Line, row.Net + " " + row.Grid}, row.NetMember
		v.ID = geo.NetMemberID(len(a.snap.NetMembers) + 1)
		if !a.hasNet(v.Net) {
			return w.problem("net", "no net has the code %q", v.Net)
		}
		if v.Grid, err = a.grid(w, "grid", row.Grid); err != nil {
			return err
		}
		if v.Under, err = a.grid(w, "under", row.Under); err != nil {
			return err
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		k := key{v.Net, v.Grid, v.Measure}
		if seen[k] {
			return w.problem("grid", "is in the net twice with this measure")
		}
		seen[k] = true
		a.snap.NetMembers = append(a.snap.NetMembers, v)
		return nil
	})
}
