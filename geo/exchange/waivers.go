package exchange

import (
	"io"
	"iter"

	"gridmap/geo"
)

// A waiverMember is a waiver without its ID.
type waiverMember struct {
	Finding string     `json:"finding"`
	Rule    geo.RuleID `json:"rule"`
	Why     string     `json:"why"`
	By      string     `json:"by"`
	Until   geo.Date   `json:"until,omitzero"`
}

// Waivers reads an array of waivers as strictly as [Profiles] does.
func Waivers(src io.Reader, opts Options) iter.Seq2[Listed[geo.Waiver], error] {
	return elements(src, opts, func(m waiverMember) geo.Waiver {
		return geo.Waiver{Finding: m.Finding, Rule: m.Rule, Why: m.Why, By: m.By, Until: m.Until}
	})
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
func (a *Assembly) Waivers(file string, seq iter.Seq2[Listed[geo.Waiver], error]) {
	addListed(a, file, seq, func(v *geo.Waiver) string { return v.Finding }, func(v *geo.Waiver) error {
		if err := v.Validate(); err != nil {
			return err
		}
		if a.twice(geo.WaiverEntity, v.Finding) {
			return &geo.InvalidError{Field: "finding", Reason: "is waived twice"}
		}
		v.ID = geo.WaiverID(len(a.snap.Waivers) + 1)
		a.snap.Waivers = append(a.snap.Waivers, *v)
		return nil
	})
}
