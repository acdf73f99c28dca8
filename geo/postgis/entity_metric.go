package postgis

import "gridmap/geo"

// A metricKey tells the metrics of a territory apart.
type metricKey struct {
	unit         geo.GridID
	name, period string
}

var metrics = &entity{
	name:    geo.MetricEntity,
	columns: []string{"unit_id", "name", "period", "value", "grade", "unit_of_measure", "source", "declares"},
	blank:   func() geo.Record { return new(geo.Metric) },
	values: func(r geo.Record) ([]any, error) {
		m := r.(*geo.Metric)
		var value any
		if m.Value != nil {
			value = *m.Value
		}
		return []any{int64(m.Unit), m.Name, m.Period, value, m.Grade, m.UnitOfMeasure, m.Source, string(m.Declares)}, nil
	},
	read:  readMetric,
	setID: func(r geo.Record, id int64) { r.(*geo.Metric).ID = geo.MetricID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Metric).Validate() },
	key: func(r geo.Record) any {
		m := r.(*geo.Metric)
		return metricKey{m.Unit, m.Name, m.Period}
	},
	narrow: "unit_id", narrowKey: func(r geo.Record) any { return int64(r.(*geo.Metric).Unit) },
	found: filters{grid: "unit_id", number: "name", period: "period"},
	move:  func(ids newIDs, r geo.Record) error { return ids.toGrid("unit", &r.(*geo.Metric).Unit) },
}

func readMetric(r *row) geo.Record {
	m := &geo.Metric{ID: geo.MetricID(r.int64()), Unit: geo.GridID(r.int64()), Name: r.text(), Period: r.text()}
	m.Value = r.optionalFloat()
	m.Grade, m.UnitOfMeasure, m.Source, m.Declares = r.text(), r.text(), r.text(), geo.Declared(r.text())
	return m
}
