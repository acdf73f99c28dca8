package exchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"

	"gridmap/geo"
)

// A Manifest says what a folder of files divides: territory.json.
type Manifest struct {
	Territory ManifestTerritory `json:"territory"`
	Plan      ManifestPlan      `json:"plan"`
	Tiers     []geo.Tier        `json:"tiers"` // by rank, from 0
	Roles     []geo.Role        `json:"roles"`
	// Former are the codes of grids that are no more and that no grid names as its
	// predecessor, but that records refer to: posts that ended.
	Former []string `json:"former,omitempty"`
}

// A ManifestTerritory is a territory without its ID.
type ManifestTerritory struct {
	Code string   `json:"code"`
	Name geo.Name `json:"name"`
	// Keeps is what may be kept of households.
	Keeps geo.Keeps `json:"keeps,omitzero"`
}

// A ManifestPlan is a plan without its ID and revision.
type ManifestPlan struct {
	Name      string        `json:"name"`
	State     geo.PlanState `json:"state"`
	Effective geo.Date      `json:"effective,omitzero"`
}

// manifestBytes bounds territory.json; a hundred tiers and roles need a tenth.
const manifestBytes = 1 << 20

// ReadManifest reads territory.json strictly: a field it does not know is an
// error, for it would be lost.
func ReadManifest(src io.Reader, file string) (Manifest, error) {
	bad := func(field string, err error) (Manifest, error) {
		return Manifest{}, &InputError{File: file, Feature: -1, Field: field, Reason: err.Error(), Fatal: true}
	}
	r, err := open(src)
	if err != nil {
		return bad("", err)
	}
	text, err := io.ReadAll(io.LimitReader(r, manifestBytes+1))
	if err != nil {
		return bad("", err)
	}
	if len(text) > manifestBytes {
		return bad("", fmt.Errorf("more than %d bytes", manifestBytes))
	}
	var m Manifest
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return bad("", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return bad("", fmt.Errorf("more than one JSON value"))
	}
	if field, err := m.check(); err != nil {
		return bad(field, err)
	}
	return m, nil
}

// check refuses a manifest whose parts cannot be.
func (m *Manifest) check() (field string, err error) {
	if err := (&geo.Territory{Code: m.Territory.Code, Name: m.Territory.Name, Keeps: m.Territory.Keeps}).Validate(); err != nil {
		return "territory", err
	}
	if m.Plan.State == "" {
		m.Plan.State = geo.InForce
	}
	if err := (&geo.Plan{Name: m.Plan.Name, State: m.Plan.State, Effective: m.Plan.Effective}).Validate(); err != nil {
		return "plan", err
	}
	for i := range m.Tiers {
		t := &m.Tiers[i]
		switch err := t.Validate(); {
		case err != nil:
			return fmt.Sprintf("tiers[%d]", i), err
		case t.Rank != i:
			return fmt.Sprintf("tiers[%d].rank", i), fmt.Errorf("%d where %d is expected; tiers stand in order of rank", t.Rank, i)
		case slices.IndexFunc(m.Tiers, func(o geo.Tier) bool { return o.Code == t.Code }) != i:
			return fmt.Sprintf("tiers[%d].code", i), fmt.Errorf("%q stands twice", t.Code)
		}
	}
	for i := range m.Roles {
		r := &m.Roles[i]
		if err := r.Validate(); err != nil {
			return fmt.Sprintf("roles[%d]", i), err
		}
		if slices.IndexFunc(m.Roles, func(o geo.Role) bool { return o.Code == r.Code }) != i {
			return fmt.Sprintf("roles[%d].code", i), fmt.Errorf("%q stands twice", r.Code)
		}
	}
	for i, code := range m.Former {
		field := fmt.Sprintf("former[%d]", i)
		if err := (&geo.Grid{Code: code, Kind: geo.General}).Validate(); err != nil { // it was a grid's
			return field, err
		}
		if slices.Index(m.Former, code) != i {
			return field, fmt.Errorf("%q stands twice", code)
		}
	}
	return "", nil
}

// Write writes territory.json.
func (m *Manifest) Write(w io.Writer) error {
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// ManifestOf returns what a snapshot's territory.json says.
func ManifestOf(s *geo.Snapshot) Manifest {
	return Manifest{
		Territory: ManifestTerritory{Code: s.Territory.Code, Name: s.Territory.Name, Keeps: s.Territory.Keeps},
		Plan:      ManifestPlan{Name: s.Plan.Name, State: s.Plan.State, Effective: s.Plan.Effective},
		Tiers:     s.Tiers, Roles: s.Roles, Former: formerOf(s),
	}
}

// formerOf returns the codes of former grids that no grid names.
func formerOf(s *geo.Snapshot) []string {
	left := maps.Clone(s.Former)
	for i := range s.Grids {
		for _, p := range s.Grids[i].Predecessors {
			delete(left, p)
		}
	}
	codes := slices.Sorted(maps.Values(left))
	for i := range s.Grids { // a new grid that was given the code of a gone one speaks for it
		if at, again := slices.BinarySearch(codes, s.Grids[i].Code); again {
			codes = slices.Delete(codes, at, at+1)
		}
	}
	return slices.Compact(codes)
}
