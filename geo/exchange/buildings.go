package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
)

// A BuildingRow is a building as a file gives it, by division code.
type BuildingRow struct {
	Line int
	geo.Building
	Division string
}

var buildingColumns = []column{
	{name: "code", also: []string{"编码", "楼栋编码", "楼栋代码", "buildingcode"}, need: true},
	{name: "name_zh", also: []string{"名称", "楼栋名称", "楼栋", "name"}},
	{name: "name_en", also: []string{"英文名称"}},
	{name: "compound", also: []string{"小区", "小区编码"}},
	{name: "property", also: []string{"物业", "物业情况", "物业类型"}},
	{name: "division", also: []string{"区划编码", "区划代码", "村编码", "divisioncode"}},
	{name: "lon", also: []string{"经度", "longitude", "lng", "x"}},
	{name: "lat", also: []string{"纬度", "latitude", "y"}},
	{name: "units", also: []string{"套数", "户数"}},
	{name: "floors", also: []string{"层数", "楼层"}},
	{name: "from", also: []string{"启用日期"}},
	{name: "to", also: []string{"停用日期"}},
}

// mostFloors is more than any building has.
const mostFloors = 300

// Buildings reads buildings from CSV or from GeoJSON points.
func Buildings(src io.Reader, opts Options) iter.Seq2[BuildingRow, error] {
	return rows(src, opts, buildingColumns, func(r *row) BuildingRow {
		v := BuildingRow{Line: r.line}
		v.Code = r.needed("code")
		r.key = v.Code
		v.Name = geo.Name{ZH: r.text("name_zh"), EN: r.text("name_en")}
		v.Compound, v.Division = r.code("compound"), r.code("division")
		v.Property = choice(r, "property", propertyStates, "")
		var ok bool
		if v.At, ok = r.located(); !ok {
			r.fail("lon", errNoPlace)
		}
		v.Units, v.Floors = int32(r.count("units", mostPersons)), int32(r.count("floors", mostFloors))
		v.Valid = r.period("from", "to")
		return v
	})
}

// Buildings adds buildings.
func (a *Assembly) Buildings(file string, seq iter.Seq2[BuildingRow, error]) {
	each(a, seq, func(row *BuildingRow) (err error) {
		w, v := where{file, row.Line, row.Code}, row.Building
		if a.twice(geo.BuildingEntity, v.Code) {
			return w.problem("code", "stands twice")
		}
		v.ID = geo.BuildingID(len(a.snap.Buildings) + 1)
		if v.Division, err = a.grid(w, "division", row.Division); err != nil {
			return err
		}
		if err := v.Validate(); err != nil {
			return w.valid(err)
		}
		a.snap.Buildings = append(a.snap.Buildings, v)
		return nil
	})
}

// WriteBuildings writes a table of buildings.
func WriteBuildings(w io.Writer, buildings []BuildingRow) error {
	c := newColumnsWriter(w, buildingColumns)
	for _, v := range buildings {
		lon, lat := degrees(v.At)
		c.Row(v.Code, v.Name.ZH, v.Name.EN, v.Compound, string(v.Property), v.Division, lon, lat, counted(v.Units), counted(v.Floors),
			v.Valid.From.String(), v.Valid.To.String())
	}
	return c.Close()
}

// counted writes a count, nothing for none.
func counted(n int32) string {
	if n == 0 {
		return ""
	}
	return number(n)
}

func (f *folder) buildings(w io.Writer) error {
	rows := make([]BuildingRow, len(f.Buildings))
	for i, v := range f.Buildings {
		rows[i] = BuildingRow{Building: v, Division: f.codes[v.Division]}
	}
	return WriteBuildings(w, rows)
}
