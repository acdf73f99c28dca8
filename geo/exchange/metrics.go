package exchange

import (
	"fmt"
	"io"
	"iter"
	"strconv"

	"gridmap/geo"
)

// A MetricRow is a figure of a unit as a file gives it, by unit code.
type MetricRow struct {
	Line int
	geo.Metric
	Unit string
}

var metricColumns = []column{
	{name: "unit", also: []string{"编码", "单位编码", "区划编码", "网格编码", "code"}, need: true},
	{name: "name", also: []string{"指标", "指标名称"}, need: true},
	{name: "period", also: []string{"期间", "时期", "统计期"}, need: true},
	{name: "value", also: []string{"值", "数值"}},
	{name: "grade", also: []string{"等级", "评级"}},
	{name: "unit_of_measure", also: []string{"计量单位"}},
	{name: "source", also: []string{"来源", "数据来源"}},
	{name: "declares", also: []string{"对应统计", "填报口径"}},
}

// Metrics reads figures from CSV.
func Metrics(src io.Reader, opts Options) iter.Seq2[MetricRow, error] {
	return rows(src, opts, metricColumns, func(r *row) MetricRow {
		m := MetricRow{Line: r.line, Unit: r.needed("unit")}
		m.Name, m.Period = r.text("name"), r.plain("period")
		r.key = m.Unit + " " + m.Name
		m.Value, m.Grade = r.value("value"), r.text("grade")
		m.UnitOfMeasure, m.Source = r.text("unit_of_measure"), r.text("source")
		m.Declares = geo.Declared(r.text("declares"))
		return m
	})
}

// value returns any number, nil for an empty cell.
func (r *row) value(name string) *float64 {
	text := r.plain(name)
	if text == "" {
		return nil
	}
	if !isNumber([]byte(text)) {
		r.fail(name, fmt.Errorf("%q is no number", text))
		return nil
	}
	v := float([]byte(text))
	return &v
}

// Metrics adds figures of units.
func (a *Assembly) Metrics(file string, seq iter.Seq2[MetricRow, error]) {
	each(a, seq, func(row *MetricRow) (err error) {
		w, m := where{file, row.Line, row.Unit}, row.Metric
		m.ID = geo.MetricID(len(a.snap.Metrics) + 1)
		if m.Unit, err = a.grid(w, "unit", row.Unit); err != nil {
			return err
		}
		if err := m.Validate(); err != nil {
			return w.valid(err)
		}
		if a.twice(geo.MetricEntity, [3]string{row.Unit, m.Name, m.Period}) {
			return w.problem("name", "%s of %s stands twice", m.Name, m.Period)
		}
		a.snap.Metrics = append(a.snap.Metrics, m)
		return nil
	})
}

// WriteMetrics writes a table of figures.
func WriteMetrics(w io.Writer, metrics []MetricRow) error {
	c := newColumnsWriter(w, metricColumns)
	for _, m := range metrics {
		value := ""
		if m.Value != nil {
			value = strconv.FormatFloat(*m.Value, 'f', -1, 64)
		}
		c.Row(m.Unit, m.Name, m.Period, value, m.Grade, m.UnitOfMeasure, m.Source, string(m.Declares))
	}
	return c.Close()
}

func (f *folder) metrics(w io.Writer) error {
	rows := make([]MetricRow, len(f.Metrics))
	for i, m := range f.Metrics {
		rows[i] = MetricRow{Metric: m, Unit: f.codes[m.Unit]}
	}
	return WriteMetrics(w, rows)
}
