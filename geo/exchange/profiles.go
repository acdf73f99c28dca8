package exchange

import (
	"errors"
	"io"
	"iter"

	"gridmap/geo"
)

// A ProfileRow is a profile as a file gives it.
type ProfileRow struct {
	Index int // in the file, from 0
	geo.Profile
}

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
func Profiles(src io.Reader, opts Options) iter.Seq2[ProfileRow, error] {
	return func(yield func(ProfileRow, error) bool) {
		list, err := readArray[profileMember](src)
		if err != nil {
			yield(ProfileRow{}, &InputError{File: opts.File, Feature: -1, Reason: err.Error(), Fatal: true})
			return
		}
		for i, m := range list {
			if m.Rules == nil {
				m.Rules = map[geo.RuleID]geo.RuleSetting{}
			}
			if !yield(ProfileRow{i, geo.Profile{Code: m.Code, Name: m.Name, Valid: m.Valid, Source: m.Source, Rules: m.Rules}}, nil) {
				return
			}
		}
	}
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
func (a *Assembly) Profiles(file string, seq iter.Seq2[ProfileRow, error]) {
	type key struct {
		code string
		from geo.Date
	}
	seen := map[key]bool{}
	each(a, seq, func(row *ProfileRow) error {
		v := row.Profile
		v.ID = geo.ProfileID(len(a.snap.Profiles) + 1)
		err := v.Validate()
		if err == nil {
			err = v.Known(a.snap.Tiers, a.snap.Roles)
		}
		if k := (key{v.Code, v.Valid.From}); err == nil && seen[k] {
			err = &geo.InvalidError{Field: "code", Reason: "stands twice with the same first day"}
		} else {
			seen[k] = true
		}
		if invalid := (*geo.InvalidError)(nil); errors.As(err, &invalid) {
			return &InputError{File: file, Feature: row.Index, Code: v.Code, Field: invalid.Field, Reason: invalid.Reason}
		}
		a.snap.Profiles = append(a.snap.Profiles, v)
		return nil
	})
}
