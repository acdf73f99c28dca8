package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// The most a count may say before it is taken for a slip of the pen.
const (
	mostPersons    = 100_000       // in one household: a barracks, a works' dormitory
	mostPopulation = 2_000_000_000 // of one unit
	mostWorkers    = 1_000_000     // in a standard
	mostFloorM2    = 10_000_000
)

// A HouseholdRow is a household as a file gives it; its IDs are 0.
type HouseholdRow struct {
	Line int // of a CSV file, else 0
	geo.Household
	Division string // code of the division its address names
}

var householdColumns = []column{
	{name: "ref", also: []string{"户号", "户编号", "户籍号", "household", "householdid"}, need: true},
	{name: "lon", also: []string{"经度", "longitude", "lng", "x"}},
	{name: "lat", also: []string{"纬度", "latitude", "y"}},
	{name: "resident", also: []string{"常住人口", "常住人口数", "常住人数", "常住", "residents", "personsresident"}},
	{name: "registered", also: []string{"户籍人口", "户籍人口数", "户籍人数", "户籍", "personsregistered"}},
	{name: "occupied", also: []string{"有人居住", "是否居住", "入住"}},
	{name: "division", also: []string{"区划编码", "区划代码", "村编码", "所属村编码", "divisioncode"}},
	{name: "address", also: []string{"地址", "住址", "详细地址"}},
	{name: "compound", also: []string{"小区", "小区编码"}},
	{name: "building", also: []string{"楼栋", "楼号", "幢"}},
	{name: "unit", also: []string{"单元"}},
	{name: "source_crs", also: []string{"坐标系", "crs"}},
	{name: "accuracy_m", also: []string{"精度", "精度m", "accuracy"}},
	{name: "method", also: []string{"采集方式", "定位方式"}},
	{name: "updated_on", also: []string{"更新日期", "更新时间"}},
	{name: "groups", also: []string{"群体", "群体人数", "特殊群体"}, object: true},
}

// unkeptOfHouseholds are columns that ledgers of households hold and nothing here
// needs: they make counts into lists of persons.
var unkeptOfHouseholds = []column{
	{name: "heads of households", also: []string{"head", "headname", "householdhead", "headofhousehold", "户主", "户主姓名", "户主电话", "户主联系电话"}},
	{name: "flags of persons", also: []string{"flag", "flags", "tags", "标签", "人员标签", "户标签", "重点户", "重点人员", "特殊人群"}},
}

// Households reads households from CSV or from GeoJSON points. Without a
// column that says so, a household counts as occupied when somebody lives in
// it. A file in a shifted datum leaves its name in SourceCRS. Heads and flags of
// households are dropped and told under rule PRV-1.
func Households(src io.Reader, opts Options) iter.Seq2[HouseholdRow, error] {
	opts.Nested = true // groups are an object
	opts.unkept = unkeptOfHouseholds
	return rows(src, opts, householdColumns, func(r *row) HouseholdRow {
		h := HouseholdRow{Line: r.line}
		h.Ref = r.needed("ref")
		r.key = h.Ref
		h.At, h.Located = r.located()
		h.Resident = int32(r.count("resident", mostPersons))
		h.Registered = int32(r.count("registered", mostPersons))
		h.Occupied = r.truth("occupied", h.Resident > 0)
		h.Division = r.code("division")
		h.Address, h.Compound, h.Building, h.Unit = r.text("address"), r.code("compound"), r.text("building"), r.text("unit")
		h.SourceCRS = r.text("source_crs")
		if h.SourceCRS == "" && opts.CRS != 0 {
			h.SourceCRS = opts.CRS.String()
		}
		h.AccuracyM = r.amount("accuracy_m", 1e6)
		h.Method = r.text("method")
		h.UpdatedOn = r.date("updated_on")
		h.Groups = r.groups("groups")
		return h
	})
}

// A WorkerRow is a worker as a file gives it, with the post that a ledger of
// one line per worker names beside it.
type WorkerRow struct {
	Line int
	geo.Worker
	Grid, Role string // code of the grid and role served, may be empty
}

var workerColumns = []column{
	{name: "number", also: []string{"工号", "编号", "人员编号", "worker", "workernumber"}, need: true},
	{name: "name", also: []string{"姓名", "网格员姓名"}},
	{name: "phone", also: []string{"电话", "手机", "手机号", "联系电话", "手机号码"}},
	{name: "employment", also: []string{"用工", "用工性质", "专兼职", "人员性质"}},
	{name: "org", also: []string{"单位", "所属单位", "工作单位"}},
	{name: "trained_on", also: []string{"培训日期"}},
	{name: "active_from", also: []string{"上岗日期", "入职日期"}},
	{name: "active_to", also: []string{"离岗日期", "离职日期"}},
	{name: "grid", also: []string{"网格", "网格编码", "网格代码", "责任网格", "网格编号", "所属网格", "所属网格编码", "gridcode"}},
	{name: "role", also: []string{"岗位", "角色", "职务"}},
}

// Workers reads workers from CSV. Without a column that says so, a worker is
// engaged full time.
func Workers(src io.Reader, opts Options) iter.Seq2[WorkerRow, error] {
	return rows(src, opts, workerColumns, func(r *row) WorkerRow {
		w := WorkerRow{Line: r.line}
		w.Number = r.needed("number")
		r.key = w.Number
		w.Name, w.Phone, w.Org = r.text("name"), r.plain("phone"), r.text("org")
		w.Employment = choice(r, "employment", employments, geo.FullTime)
		w.TrainedOn = r.date("trained_on")
		w.Active = r.period("active_from", "active_to")
		w.Grid, w.Role = r.code("grid"), r.text("role")
		return w
	})
}

// An AssignmentRow is an assignment as a file gives it, by worker number and
// grid code.
type AssignmentRow struct {
	Line int
	geo.Assignment
	Worker, Grid, Deputy string
}

var assignmentColumns = []column{
	{name: "worker", also: []string{"工号", "网格员编号", "人员编号", "workernumber"}, need: true},
	{name: "grid", also: []string{"网格", "网格编码", "网格代码", "网格编号", "所属网格", "gridcode"}, need: true},
	{name: "role", also: []string{"岗位", "角色", "职务"}, need: true},
	{name: "primary", also: []string{"主岗", "是否主岗"}},
	{name: "share_permille", also: []string{"千分比", "份额"}},
	{name: "duty", also: []string{"职责"}},
	{name: "from", also: []string{"起始日期", "开始日期"}},
	{name: "to", also: []string{"截止日期", "结束日期"}},
	{name: "deputy", also: []string{"代理人", "代班人"}},
}

// Assignments reads assignments from CSV. Without columns that say so, a post
// is the worker's main one and a full one.
func Assignments(src io.Reader, opts Options) iter.Seq2[AssignmentRow, error] {
	return rows(src, opts, assignmentColumns, func(r *row) AssignmentRow {
		a := AssignmentRow{Line: r.line, Worker: r.needed("worker")}
		r.key = a.Worker
		a.Grid, a.Deputy = r.needed("grid"), r.code("deputy")
		a.Role = r.text("role")
		a.Primary = r.truth("primary", true)
		a.Permille = fullPost
		if r.plain("share_permille") != "" {
			a.Permille = int(r.count("share_permille", fullPost))
		}
		a.Duty = r.text("duty")
		a.Valid = r.period("from", "to")
		return a
	})
}

// fullPost is the share of a full post, in thousandths.
const fullPost = 1000

// A PopulationRow is a published count as a file gives it, by unit code.
type PopulationRow struct {
	Line int
	geo.Population
	Unit string
}

var populationColumns = []column{
	{name: "unit", also: []string{"编码", "单位编码", "区划编码", "区划代码", "code"}, need: true},
	{name: "basis", also: []string{"口径"}},
	{name: "value", also: []string{"人口", "人数", "人口数", "population"}, need: true},
	{name: "as_of", also: []string{"日期", "截至日期", "统计日期"}},
	{name: "source", also: []string{"来源", "数据来源"}},
}

// Populations reads published counts from CSV; the basis is resident unless a
// column says otherwise.
func Populations(src io.Reader, opts Options) iter.Seq2[PopulationRow, error] {
	return rows(src, opts, populationColumns, func(r *row) PopulationRow {
		p := PopulationRow{Line: r.line, Unit: r.needed("unit")}
		r.key = p.Unit
		p.Basis = choice(r, "basis", bases, geo.Resident)
		r.needed("value")
		p.Value = r.count("value", mostPopulation)
		p.AsOf = r.date("as_of")
		p.Source = r.text("source")
		return p
	})
}

// A FacilityRow is a facility as a file gives it, by division code.
type FacilityRow struct {
	Line int
	geo.Facility
	Division string
}

var facilityColumns = []column{
	{name: "type", also: []string{"类型", "阵地类型"}, need: true},
	{name: "name_zh", also: []string{"名称", "name"}, need: true},
	{name: "name_en", also: []string{"英文名称"}},
	{name: "lon", also: []string{"经度", "longitude", "lng", "x"}},
	{name: "lat", also: []string{"纬度", "latitude", "y"}},
	{name: "division", also: []string{"区划编码", "区划代码", "村编码", "divisioncode"}},
	{name: "floor_area_m2", also: []string{"面积", "建筑面积"}},
	{name: "hours", also: []string{"开放时间"}},
	{name: "services", also: []string{"服务", "服务项目"}},
	{name: "from", also: []string{"启用日期"}},
	{name: "to", also: []string{"停用日期"}},
}

// Facilities reads facilities from CSV or from GeoJSON points.
func Facilities(src io.Reader, opts Options) iter.Seq2[FacilityRow, error] {
	return rows(src, opts, facilityColumns, func(r *row) FacilityRow {
		f := FacilityRow{Line: r.line}
		f.Name = geo.Name{ZH: r.called("name_zh"), EN: r.text("name_en")}
		r.key = f.Name.ZH
		f.Type = r.needed("type")
		var ok bool
		if f.At, ok = r.located(); !ok {
			r.fail("lon", errNoPlace)
		}
		f.Division = r.code("division")
		f.FloorAreaM2 = r.amount("floor_area_m2", mostFloorM2)
		f.Hours, f.Services = r.text("hours"), r.list("services")
		f.Valid = r.period("from", "to")
		return f
	})
}

// A CompoundRow is a compound as a file gives it, by division code.
type CompoundRow struct {
	Line int
	geo.Compound
	Division string
	// Flaw is a ring that is open or has too few points.
	Flaw *topo.RingError
}

var compoundColumns = []column{
	{name: "code", also: []string{"编码", "小区编码", "小区代码", "compoundcode"}, need: true},
	{name: "name_zh", also: []string{"名称", "小区名称", "小区", "name"}},
	{name: "name_en", also: []string{"英文名称"}},
	{name: "property", also: []string{"物业", "物业情况", "物业类型"}},
	{name: "division", also: []string{"区划编码", "区划代码", "村编码", "divisioncode"}},
	{name: "units", also: []string{"套数", "户数"}},
	{name: "from", also: []string{"启用日期"}},
	{name: "to", also: []string{"停用日期"}},
}

// Compounds reads compounds from GeoJSON ground, or undrawn ones from CSV.
func Compounds(src io.Reader, opts Options) iter.Seq2[CompoundRow, error] {
	t := newTable(opts, compoundColumns)
	t.ground = true
	return decoded(t, src, func(r *row) CompoundRow {
		c := CompoundRow{Line: r.line}
		c.Code = r.needed("code")
		r.key = c.Code
		c.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		c.Property = choice(r, "property", propertyStates, "")
		c.Division = r.code("division")
		c.Units = int32(r.count("units", mostPersons))
		c.Valid = r.period("from", "to")
		if r.feature != nil {
			c.Boundary, c.Flaw = r.feature.Shape, r.feature.Flaw
		}
		return c
	})
}
