package postgis

import "gridmap/geo"

var matters = &entity{
	name: geo.MatterEntity,
	columns: []string{"code", "name_zh", "name_en", "group_name", "admitted", "kinds", "tiers", "settings", "department_zh",
		"department_en", "role", "valid_from", "valid_to"},
	blank: func() geo.Record { return new(geo.Matter) },
	values: func(r geo.Record) ([]any, error) {
		m := r.(*geo.Matter)
		return []any{m.Code, m.Name.ZH, m.Name.EN, m.Group, m.Admitted, plain(m.Kinds), plain(m.Tiers), plain(m.Settings),
			m.Department.ZH, m.Department.EN, m.Role, m.Valid.From, m.Valid.To}, nil
	},
	read:   readMatter,
	setID:  func(r geo.Record, id int64) { r.(*geo.Matter).ID = geo.MatterID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Matter).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Matter).Code },
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*geo.Matter).Code },
	found: filters{number: "code"},
}

func readMatter(r *row) geo.Record {
	return &geo.Matter{
		ID: geo.MatterID(r.int64()), Code: r.text(), Name: r.name(), Group: r.text(), Admitted: r.bool(),
		Kinds: worded[geo.Kind](r.texts()), Tiers: r.texts(), Settings: worded[geo.Setting](r.texts()),
		Department: r.name(), Role: r.text(), Valid: r.period(),
	}
}

// plain returns words as the text[] of a column, empty for none.
func plain[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w)
	}
	return texts
}

// worded returns the words of a text[], nil for none.
func worded[T ~string](texts []string) []T {
	var list []T
	for _, text := range texts {
		list = append(list, T(text))
	}
	return list
}
