package api

import "gridmap/geo"

type responsibilityJSON struct {
	geo.Responsibility
	// UnitCode and WorkerNumber may stand for unit and worker in what is
	// written.
	UnitCode     string `json:"unit_code,omitempty"`
	WorkerNumber string `json:"worker_number,omitempty"`
}

func showResponsibility(r geo.Record) any {
	return responsibilityJSON{Responsibility: *r.(*geo.Responsibility)}
}

func (j *responsibilityJSON) record(c *codes) (geo.Record, error) {
	v := j.Responsibility
	err := firstError(c.worker("worker_number", j.WorkerNumber, &v.Worker), c.grid("unit_code", j.UnitCode, &v.Unit))
	return &v, firstError(err, v.Validate())
}

type netJSON struct{ geo.Net }

func showNet(r geo.Record) any { return netJSON{*r.(*geo.Net)} }

func (j *netJSON) record(*codes) (geo.Record, error) {
	n := j.Net
	return &n, n.Validate()
}

type netMemberJSON struct {
	geo.NetMember
	// GridCode and UnderCode may stand for grid and under in what is written.
	GridCode  string `json:"grid_code,omitempty"`
	UnderCode string `json:"under_code,omitempty"`
}

func showNetMember(r geo.Record) any { return netMemberJSON{NetMember: *r.(*geo.NetMember)} }

func (j *netMemberJSON) record(c *codes) (geo.Record, error) {
	m := j.NetMember
	err := firstError(c.grid("grid_code", j.GridCode, &m.Grid), c.grid("under_code", j.UnderCode, &m.Under))
	return &m, firstError(err, m.Validate())
}
