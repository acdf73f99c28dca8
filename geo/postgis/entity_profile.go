package postgis

import (
	"encoding/json"
	"fmt"

	"gridmap/geo"
)

// A profileKey tells the profiles of a territory apart.
type profileKey struct {
	code string
	from geo.Date
}

var profiles = &entity{
	name:    geo.ProfileEntity,
	columns: []string{"code", "name_zh", "name_en", "source", "rules", "valid_from", "valid_to"},
	blank:   func() geo.Record { return new(geo.Profile) },
	values: func(r geo.Record) ([]any, error) {
		p := r.(*geo.Profile)
		rules, err := rulesDocument(p.Rules)
		return []any{p.Code, p.Name.ZH, p.Name.EN, p.Source, rules, p.Valid.From, p.Valid.To}, err
	},
	read:  func(r *row) geo.Record { p := readProfile(r); return &p },
	setID: func(r geo.Record, id int64) { r.(*geo.Profile).ID = geo.ProfileID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Profile).Validate() },
	key: func(r geo.Record) any {
		p := r.(*geo.Profile)
		return profileKey{p.Code, p.Valid.From}
	},
	narrow: "code", narrowKey: func(r geo.Record) any { return r.(*geo.Profile).Code },
	found: filters{number: "code"},
}

// rulesDocument is {} for a profile that changes nothing.
func rulesDocument(rules map[geo.RuleID]geo.RuleSetting) (document, error) {
	if rules == nil {
		return document("{}"), nil
	}
	text, err := json.Marshal(rules)
	return text, err
}

func readProfile(r *row) geo.Profile {
	p := geo.Profile{ID: geo.ProfileID(r.int64()), Code: r.text(), Name: r.name(), Source: r.text()}
	r.document(&p.Rules)
	p.Valid = r.period()
	return p
}

// document reads a jsonb value into v; null leaves it as it is.
func (r *row) document(v any) {
	b := r.next(-1)
	if b == nil || r.err != nil {
		return
	}
	if len(b) == 0 || b[0] != jsonbVersion {
		r.err = fmt.Errorf("jsonb of an unknown version")
		return
	}
	r.err = json.Unmarshal(b[1:], v)
}
