package exchange

import (
	"errors"
	"io"
	"iter"

	"gridmap/geo"
)

// A WaiverRow is a waiver as a file gives it.
type WaiverRow struct {
	Index int // in the file, from 0
	geo.Waiver
}

// A waiverMember is a waiver without its ID.
type waiverMember struct {
	Finding string     `json:"finding"`
	Rule    geo.RuleID `json:"rule"`
	Why     string     `json:"why"`
	By      string     `json:"by"`
	Until   geo.Date   `json:"until,omitzero"`
}

// Waivers reads an array of waivers as strictly as [Profiles] does.
func Waivers(src io.Reader, opts Options) iter.Seq2[WaiverRow, error] {
	return func(yield func(WaiverRow, error) bool) {
		list, err := readArray[waiverMember](src)
		if err != nil {
			yield(WaiverRow{}, &InputError{File: opts.File, Feature: -1, Reason: err.Error(), Fatal: true})
			return
		}
		for i, m := range list {
			if !yield(WaiverRow{i, geo.Waiver{Finding: m.Finding, Rule: m.Rule, Why: m.Why, By: m.By, Until: m.Until}}, nil) {
				return
			}
		}
	}
}

// WriteWaivers writes waivers as [Waivers] reads them.
func WriteWaivers(w io.Writer, waivers []geo.Waiver) error {
	list := make([]waiverMember, len(waivers))
	for i, v := range waivers {
		list[i] = waiverMember{v.Finding, v.Rule, v.Why, v.By, v.Until}
	}
	return writeArray(w, list)
}

// Waivers adds waivers, at most one of a finding.
func (a *Assembly) Waivers(file string, seq iter.Seq2[WaiverRow, error]) {
	seen := map[string]bool{}
	each(a, seq, func(row *WaiverRow) error {
		v := row.Waiver
		v.ID = geo.WaiverID(len(a.snap.Waivers) + 1)
		err := v.Validate()
		if err == nil && seen[v.Finding] {
			err = &geo.InvalidError{Field: "finding", Reason: "is waived twice"}
		}
		seen[v.Finding] = true
		if invalid := (*geo.InvalidError)(nil); errors.As(err, &invalid) {
			return &InputError{File: file, Feature: row.Index, Code: v.Finding, Field: invalid.Field, Reason: invalid.Reason}
		}
		a.snap.Waivers = append(a.snap.Waivers, v)
		return nil
	})
}
