package api

import "gridmap/geo"

type matterJSON struct{ geo.Matter }

func showMatter(r geo.Record) any { return matterJSON{*r.(*geo.Matter)} }

func (j *matterJSON) record(c *codes) (geo.Record, error) {
	m := j.Matter
	return &m, firstError(m.Validate(), c.known(&m))
}

type metricJSON struct {
	geo.Metric
	UnitCode string `json:"unit_code,omitempty"`
}

func showMetric(r geo.Record) any { return metricJSON{Metric: *r.(*geo.Metric)} }

func (j *metricJSON) record(c *codes) (geo.Record, error) {
	m := j.Metric
	err := c.grid("unit_code", j.UnitCode, &m.Unit)
	return &m, firstError(err, m.Validate())
}
