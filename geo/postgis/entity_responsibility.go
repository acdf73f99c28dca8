package postgis

import "gridmap/geo"

// A keeperKey tells the responsibilities of a territory apart.
type keeperKey struct {
	unit     geo.GridID
	position geo.Position
	keeper   string
	worker   geo.WorkerID
	from     geo.Date
}

var responsibilities = &entity{
	name:    geo.ResponsibilityEntity,
	columns: []string{"unit_id", "position", "keeper", "worker_id", "org", "valid_from", "valid_to"},
	blank:   func() geo.Record { return new(geo.Responsibility) },
	values: func(r geo.Record) ([]any, error) {
		v := r.(*geo.Responsibility)
		return []any{int64(v.Unit), string(v.Position), v.Keeper, optional(v.Worker), v.Org, v.Valid.From, v.Valid.To}, nil
	},
	read:  func(r *row) geo.Record { v := readResponsibility(r); return &v },
	setID: func(r geo.Record, id int64) { r.(*geo.Responsibility).ID = geo.ResponsibilityID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Responsibility).Validate() },
	key: func(r geo.Record) any {
		v := r.(*geo.Responsibility)
		return keeperKey{v.Unit, v.Position, v.Keeper, v.Worker, v.Valid.From}
	},
	narrow: "unit_id", narrowKey: func(r geo.Record) any { return int64(r.(*geo.Responsibility).Unit) },
	found: filters{grid: "unit_id", worker: "worker_id"},
	move: func(ids newIDs, r geo.Record) error {
		v := r.(*geo.Responsibility)
		if v.Worker != 0 {
			if err := ids.toWorker("worker", &v.Worker); err != nil {
				return err
			}
		}
		return ids.toGrid("unit", &v.Unit)
	},
}

func readResponsibility(r *row) geo.Responsibility {
	return geo.Responsibility{
		ID: geo.ResponsibilityID(r.int64()), Unit: geo.GridID(r.int64()), Position: geo.Position(r.text()), Keeper: r.text(),
		Worker: geo.WorkerID(r.int64()), Org: r.text(), Valid: r.period(),
	}
}
