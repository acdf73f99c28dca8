package exchange

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
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

// profileBytes bounds profiles.json: a profile that sets every rule has 10 kB.
const profileBytes = 16 << 20

// Profiles reads an array of profiles strictly: a member it does not know is an
// error, for it would be lost.
func Profiles(src io.Reader, opts Options) iter.Seq2[ProfileRow, error] {
	return func(yield func(ProfileRow, error) bool) {
		list, err := readProfiles(src)
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

func readProfiles(src io.Reader) ([]profileMember, error) {
	r, err := open(src)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(r, profileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > profileBytes {
		return nil, fmt.Errorf("more than %d bytes", profileBytes)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	var list []profileMember
	if err := d.Decode(&list); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return list, nil
}

// WriteProfiles writes profiles as [Profiles] reads them.
func WriteProfiles(w io.Writer, profiles []geo.Profile) error {
	list := make([]profileMember, len(profiles))
	for i, p := range profiles {
		list[i] = profileMember{p.Code, p.Name, p.Valid, p.Source, p.Rules}
	}
	text, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
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
