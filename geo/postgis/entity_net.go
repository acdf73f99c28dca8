package postgis

import "gridmap/geo"

var nets = &entity{
	name:    geo.NetEntity,
	columns: []string{"code", "name_zh", "name_en", "purpose", "valid_from", "valid_to"},
	blank:   func() geo.Record { return new(geo.Net) },
	values: func(r geo.Record) ([]any, error) {
		n := r.(*geo.Net)
		return []any{n.Code, n.Name.ZH, n.Name.EN, string(n.Purpose), n.Valid.From, n.Valid.To}, nil
	},
	read:   func(r *row) geo.Record { n := readNet(r); return &n },
	setID:  func(r geo.Record, id int64) { r.(*geo.Net).ID = geo.NetID(id) },
	valid:  func(r geo.Record) error { return r.(*geo.Net).Validate() },
	key:    func(r geo.Record) any { return r.(*geo.Net).Code },
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*geo.Net).Code },
	found: filters{number: "code"},
}

func readNet(r *row) geo.Net {
	return geo.Net{ID: geo.NetID(r.int64()), Code: r.text(), Name: r.name(), Purpose: geo.Purpose(r.text()), Valid: r.period()}
}

// A memberKey tells the members of a territory's nets apart.
type memberKey struct {
	net     string
	grid    geo.GridID
	measure string
}

var netMembers = &entity{
	name:    geo.NetMemberEntity,
	columns: []string{"net", "grid_id", "measure", "done", "total", "under_id", "grouping", "updated_on"},
	blank:   func() geo.Record { return new(geo.NetMember) },
	values: func(r geo.Record) ([]any, error) {
		m := r.(*geo.NetMember)
		return []any{m.Net, int64(m.Grid), m.Measure, m.Done, m.Total, optional(m.Under), m.Group, m.UpdatedOn}, nil
	},
	read:  func(r *row) geo.Record { m := readNetMember(r); return &m },
	setID: func(r geo.Record, id int64) { r.(*geo.NetMember).ID = geo.NetMemberID(id) },
	valid: func(r geo.Record) error { return r.(*geo.NetMember).Validate() },
	key: func(r geo.Record) any {
		m := r.(*geo.NetMember)
		return memberKey{m.Net, m.Grid, m.Measure}
	},
	narrow: "grid_id", narrowKey: func(r geo.Record) any { return int64(r.(*geo.NetMember).Grid) },
	found: filters{grid: "grid_id", number: "net"},
	move: func(ids newIDs, r geo.Record) error {
		m := r.(*geo.NetMember)
		if err := ids.toGridOrNone("under", &m.Under); err != nil {
			return err
		}
		return ids.toGrid("grid", &m.Grid)
	},
}

func readNetMember(r *row) geo.NetMember {
	return geo.NetMember{
		ID: geo.NetMemberID(r.int64()), Net: r.text(), Grid: geo.GridID(r.int64()), Measure: r.text(), Done: r.int64(), Total: r.int64(),
		Under: geo.GridID(r.int64()), Group: r.text(), UpdatedOn: r.date(),
	}
}
