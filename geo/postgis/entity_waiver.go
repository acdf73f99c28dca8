package postgis

import "gridmap/geo"

var waivers = &entity{
	name:    geo.WaiverEntity,
	columns: []string{"finding", "rule", "why", "by_whom", "until"},
	blank:   func() geo.Record { return new(geo.Waiver) },
	values: func(r geo.Record) ([]any, error) {
		w := r.(*geo.Waiver)
		return []any{w.Finding, string(w.Rule), w.Why, w.By, w.Until}, nil
	},
	read:   func(r *row) geo.Record { w := readWaiver(r); return &w },
	setID:  func(r geo.Record, id int64) { r.(*geo.Waiver).ID = geo.WaiverID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Waiver).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Waiver).Finding },
	narrow: "finding", narrowKey: func(r geo.Record) any { return r.(*geo.Waiver).Finding },
	found: filters{number: "finding"},
}

func readWaiver(r *row) geo.Waiver {
	return geo.Waiver{
		ID: geo.WaiverID(r.int64()), Finding: r.text(), Rule: geo.RuleID(r.text()), Why: r.text(), By: r.text(), Until: r.date(),
	}
}
