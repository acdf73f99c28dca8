package exchange

import (
	"cmp"
	"io"
	"iter"

	"gridmap/geo"
)

// A ResponsibilityRow is a responsibility as a file gives it, by the codes of
// its unit and worker.
type ResponsibilityRow struct {
	Line int
	geo.Responsibility
	Unit, Worker string
}

var responsibilityColumns = []column{
	{name: "unit", also: []string{"编码", "单位编码", "区划编码", "网格编码", "包联对象", "code"}, need: true},
	{name: "position", also: []string{"职务", "包联职务", "责任"}, need: true},
	{name: "keeper", also: []string{"责任人", "包联责任人", "包联人", "姓名"}},
	{name: "worker", also: []string{"工号", "人员编号"}},
	{name: "org", also: []string{"单位", "所属单位", "工作单位"}},
	{name: "from", also: []string{"起始日期", "开始日期"}},
	{name: "to", also: []string{"截止日期", "结束日期"}},
}

// positions are what ledgers call the positions that have a name of their own;
// others stay as they are written.
var positions = map[string]geo.Position{"县级领导": geo.CountyLeader, "县领导": geo.CountyLeader,
	"乡镇领导": geo.TownshipLeader, "街道领导": geo.TownshipLeader, "乡镇（街道）领导": geo.TownshipLeader, "乡镇(街道)领导": geo.TownshipLeader,
	"村干部": geo.VillageCadre, "社区干部": geo.CommunityCadre, "村民小组长": geo.GroupHead, "组长": geo.GroupHead,
	"楼栋长": geo.BuildingHead, "楼长": geo.BuildingHead, "中心户长": geo.HouseholdHead, "户长": geo.HouseholdHead}

// Responsibilities reads responsibilities from CSV.
func Responsibilities(src io.Reader, opts Options) iter.Seq2[ResponsibilityRow, error] {
	return rows(src, opts, responsibilityColumns, func(r *row) ResponsibilityRow {
		v := ResponsibilityRow{Line: r.line, Unit: r.needed("unit")}
		r.key = v.Unit
		v.Position = geo.Position(r.text("position"))
		v.Position = cmp.Or(positions[string(v.Position)], v.Position)
		v.Keeper, v.Worker, v.Org = r.text("keeper"), r.code("worker"), r.text("org")
		v.Valid = r.period("from", "to")
		return v
	})
}

// WriteResponsibilities writes a table of responsibilities.
func WriteResponsibilities(w io.Writer, list []ResponsibilityRow) error {
	c := newColumnsWriter(w, responsibilityColumns)
	for _, v := range list {
		c.Row(v.Unit, string(v.Position), v.Keeper, v.Worker, v.Org, v.Valid.From.String(), v.Valid.To.String())
	}
	return c.Close()
}

func (f *folder) responsibilities(w io.Writer) error {
	rows := make([]ResponsibilityRow, len(f.Responsibilities))
	for i, v := range f.Responsibilities {
		rows[i] = ResponsibilityRow{Responsibility: v, Unit: f.codes[v.Unit], Worker: f.numbers[v.Worker]}
	}
	return WriteResponsibilities(w, rows)
}

// Responsibilities adds responsibilities; their units and workers must be
// there.
func (a *Assembly) Responsibilities(file string, seq iter.Seq2[ResponsibilityRow, error]) {
	seen := map[geo.Responsibility]bool{}
	for _, v := range a.snap.Responsibilities {
		seen[keeperKey(v)] = true
	}
	each(a, seq, func(row *ResponsibilityRow) (err error) {
		w, v := where{file, row.Line, row.Unit}, row.Responsibility
		v.ID = geo.ResponsibilityID(len(a.snap.Responsibilities) + 1)
		if v.Unit, err = a.grid(w, "unit", row.Unit); err != nil {
			return err
		}
		if row.Worker != "" {
			if v.Worker, err = a.worker(w, "worker", row.Worker); err != nil {
				return err
			}
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		if seen[keeperKey(v)] {
			return w.problem("keeper", "keeps the unit as %s twice", v.Position)
		}
		seen[keeperKey(v)] = true
		a.snap.Responsibilities = append(a.snap.Responsibilities, v)
		return nil
	})
}

// keeperKey is what tells responsibilities apart.
func keeperKey(v geo.Responsibility) geo.Responsibility {
	v.ID, v.Org, v.Valid.To = 0, "", 0
	return v
}
