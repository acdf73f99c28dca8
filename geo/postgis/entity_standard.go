package postgis

import (
	"encoding/json"
	"strings"

	"gridmap/geo"
)

// A normKey tells the standards of a territory apart. Of a ratio there is one a
// rule, basis, tier and setting, whatever roles it counts.
type normKey struct {
	rule       geo.RuleID
	form       geo.Form
	basis      geo.Basis
	tier       int
	facility   string
	employment geo.Employment
	settings   string
	roles      string
	from       geo.Date
}

var standards = &entity{
	name: geo.StandardEntity,
	columns: []string{"rule", "form", "workers", "residents", "steps", "least", "most", "permille", "detour_permille", "basis", "tier",
		"settings", "roles", "employment", "among", "full_posts", "facility", "source", "valid_from", "valid_to"},
	blank: func() geo.Record { return new(geo.Standard) },
	values: func(r geo.Record) ([]any, error) {
		s := r.(*geo.Standard)
		steps, err := json.Marshal(append([]geo.Step{}, s.Steps...))
		return []any{string(s.Rule), string(s.Kind()), s.Workers, s.Residents, document(steps), s.Min, s.Max, s.Permille, s.DetourPermille,
			string(s.Basis), int16(s.Tier), words(s.Settings), words(s.Roles), string(s.Employment), words(s.Among), s.FullPosts,
			s.Facility, s.Source, s.Valid.From, s.Valid.To}, err
	},
	read:  func(r *row) geo.Record { s := readStandard(r); return &s },
	setID: func(r geo.Record, id int64) { r.(*geo.Standard).ID = geo.StandardID(id) },
	valid: func(r geo.Record) error { return r.(*geo.Standard).Validate() },
	key: func(r geo.Record) any {
		s := r.(*geo.Standard)
		k := normKey{rule: s.Rule, form: s.Kind(), basis: s.Basis, tier: s.Tier, facility: s.Facility, employment: s.Employment,
			settings: strings.Join(words(s.Settings), "\x00"), from: s.Valid.From}
		if k.form != geo.RatioForm {
			k.roles = strings.Join(s.Roles, "\x00")
		}
		return k
	},
	narrow: "rule", narrowKey: func(r geo.Record) any { return string(r.(*geo.Standard).Rule) },
}

// words returns a list of names as text, never nil.
func words[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, w := range list {
		texts[i] = string(w)
	}
	return texts
}

func readStandard(r *row) geo.Standard {
	s := geo.Standard{ID: geo.StandardID(r.int64()), Rule: geo.RuleID(r.text()), Form: geo.Form(r.text()), Workers: r.int64(), Residents: r.int64()}
	if r.document(&s.Steps); len(s.Steps) == 0 {
		s.Steps = nil
	}
	s.Min, s.Max, s.Permille, s.DetourPermille = r.int64(), r.int64(), r.int64(), r.int64()
	s.Basis, s.Tier = geo.Basis(r.text()), int(r.int16())
	for _, set := range r.texts() {
		s.Settings = append(s.Settings, geo.Setting(set))
	}
	s.Roles, s.Employment, s.Among = r.texts(), geo.Employment(r.text()), r.texts()
	s.FullPosts, s.Facility, s.Source, s.Valid = r.bool(), r.text(), r.text(), r.period()
	return s
}
