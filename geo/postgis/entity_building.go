package postgis

import "gridmap/geo"

var buildings = &entity{
	name: geo.BuildingEntity,
	columns: []string{"code", "name_zh", "name_en", "compound", "property", "division_id", "at", "units", "floors", "valid_from",
		"valid_to"},
	at:    "at",
	blank: func() geo.Record { return new(geo.Building) },
	values: func(r geo.Record) ([]any, error) {
		v := r.(*geo.Building)
		return []any{v.Code, v.Name.ZH, v.Name.EN, v.Compound, string(v.Property), optional(v.Division), pointEWKB(v.At),
			v.Units, v.Floors, v.Valid.From, v.Valid.To}, nil
	},
	read:   readBuilding,
	setID:  func(r geo.Record, id int64) { r.(*geo.Building).ID = geo.BuildingID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Building).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Building).Code },
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*geo.Building).Code },
	found: filters{grid: "division_id", number: "code", compound: "compound"},
	move:  func(ids newIDs, r geo.Record) error { return ids.toGridOrNone("division", &r.(*geo.Building).Division) },
}

func readBuilding(r *row) geo.Record {
	v := &geo.Building{ID: geo.BuildingID(r.int64()), Code: r.text(), Name: r.name(), Compound: r.text(), Property: geo.PropertyState(r.text()),
		Division: geo.GridID(r.int64())}
	v.At, _ = r.point()
	v.Units, v.Floors, v.Valid = r.int32(), r.int32(), r.period()
	return v
}
