package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
)

// A profileMember is a profile without its ID.
type profileMember struct {
	Code   string                         `json:"code"`
	Name   geo.Name                       `json:"name"`
	Valid  geo.Period                     `json:"valid"`
	Source string                         `json:"source,omitempty"`
	Rules  map[geo.RuleID]geo.RuleSetting `json:"rules"`
}

// Profiles reads an array of profiles strictly: a member it does not know is an
// error, for it would be lost.
func Profiles(src io.Reader, opts Options) iter.Seq2[Listed[geo.Profile], error] {
	return elements(src, opts, func(m profileMember) geo.Profile {
		if m.Rules == nil {
			m.Rules = map[geo.RuleID]geo.RuleSetting{}
		}
		return geo.Profile{Code: m.Code, Name: m.Name, Valid: m.Valid, Source: m.Source, Rules: m.Rules}
	})
}

// WriteProfiles writes profiles as [Profiles] reads them.
func WriteProfiles(w io.Writer, profiles []geo.Profile) error {
	list := make([]profileMember, len(profiles))
	for i, p := range profiles {
		list[i] = profileMember{p.Code, p.Name, p.Valid, p.Source, p.Rules}
	}
	return writeArray(w, list)
}

// Profiles adds profiles, whose roles and tiers the territory must have.
func (a *Assembly) Profiles(file string, seq iter.Seq2[Listed[geo.Profile], error]) {
	type key struct {
		code string
		from geo.Date
	}
	addListed(a, file, seq, func(v *geo.Profile) string { return v.Code }, func(v *geo.Profile) error {
		if err := v.Validate(); err != nil {
			return err
		}
		if err := v.Known(a.snap.Tiers, a.snap.Roles); err != nil {
			return err
		}
		if a.twice(geo.ProfileEntity, key{v.Code, v.Valid.From}) {
			return &geo.InvalidError{Field: "code", Reason: "stands twice with the same first day"}
		}
		v.ID = geo.ProfileID(len(a.snap.Profiles) + 1)
		a.snap.Profiles = append(a.snap.Profiles, *v)
		return nil
	})
}
