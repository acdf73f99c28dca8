package postgis

import (
	"encoding/json"

	"gridmap/geo"
	"gridmap/geo/check"
)

var schedules = &entity{
	name:    check.ScheduleEntity,
	columns: []string{"code", "name_zh", "name_en", "every", "question", "valid_from", "valid_to", "keep_runs", "keep_since"},
	blank:   func() geo.Record { return new(check.Schedule) },
	values: func(r geo.Record) ([]any, error) {
		s := r.(*check.Schedule)
		question, err := json.Marshal(s.Question)
		return []any{s.Code, s.Name.ZH, s.Name.EN, string(s.Every), document(question), s.Valid.From, s.Valid.To, int32(s.Keep.Runs), s.Keep.Since}, err
	},
	read:   func(r *row) geo.Record { s := readSchedule(r); return &s },
	setID:  func(r geo.Record, id int64) { r.(*check.Schedule).ID = check.ScheduleID(id) },
	valid:  func(r geo.Record) error { return r.(*check.Schedule).Validate() },
	key:    func(r geo.Record) any { return r.(*check.Schedule).Code },
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*check.Schedule).Code },
	found: filters{number: "code"},
}

func readSchedule(r *row) check.Schedule {
	s := check.Schedule{ID: check.ScheduleID(r.int64()), Code: r.text(), Name: r.name(), Every: check.Interval(r.text())}
	r.document(&s.Question)
	s.Valid = r.period()
	s.Keep = check.Retention{Runs: int(r.int32()), Since: r.date()}
	return s
}
