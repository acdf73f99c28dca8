package geo

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// RuleSettings are the settings of several rules.
type RuleSettings map[RuleID]RuleSetting

// UnmarshalJSON refuses a rule that stands twice, with an *[InvalidError], and
// what no setting has, with an error of encoding/json that names it: a limit that
// is not read must not be believed to be asked.
func (s *RuleSettings) UnmarshalJSON(data []byte) error {
	d := json.NewDecoder(bytes.NewReader(data))
	open, err := d.Token()
	switch {
	case err != nil:
		return err
	case open == nil:
		*s = nil
		return nil
	case open != json.Delim('{'):
		return &json.UnmarshalTypeError{Value: "value", Type: reflect.TypeFor[RuleSettings]()}
	}
	*s = RuleSettings{}
	d.DisallowUnknownFields()
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return err
		}
		id := RuleID(name.(string)) // names of members are nothing else
		if _, twice := (*s)[id]; twice {
			return &InvalidError{"rules." + string(id), "stands twice"}
		}
		var one RuleSetting
		if err := d.Decode(&one); err != nil {
			return inSetting(id, err)
		}
		(*s)[id] = one
	}
	return nil
}

// inSetting says of which setting an error of encoding/json speaks.
func inSetting(id RuleID, err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		in := *kind
		in.Field = strings.TrimSuffix(string(id)+"."+kind.Field, ".")
		return &in
	}
	// The standard library gives unknown members as text only.
	if name, unknown := strings.CutPrefix(err.Error(), unknownField); unknown {
		return errors.New(unknownField + strconv.Quote("rules."+string(id)+"."+strings.Trim(name, `"`)))
	}
	return err
}

// unknownField is how encoding/json begins to say that a member is not known.
const unknownField = "json: unknown field "

// A SizeBand is how many households the grids of a tier should hold, in one
// setting or in any.
type SizeBand struct {
	Tier    string  `json:"tier"`              // code
	Setting Setting `json:"setting,omitempty"` // empty: those that no other band of the tier is for
	Min     int64   `json:"min,omitempty"`
	Max     int64   `json:"max,omitempty"` // 0: no upper limit
}

// BandOf returns the band for grids of a tier and a setting, which may be empty;
// ok is false where there is none.
func (s RuleSetting) BandOf(tier string, setting Setting) (band Band, ok bool) {
	for _, b := range s.Bands {
		if b.Tier == tier && (b.Setting == setting || b.Setting == "" && !ok) {
			band, ok = Band{b.Min, b.Max}, true
			if b.Setting == setting {
				return band, true
			}
		}
	}
	return band, ok
}

// maxBands is how many bands a setting may have: far more than there are tiers.
const maxBands = 100

// bands tests a list of bands: of one tier and setting there is one.
func (c *checker) bands(field string, list []SizeBand) {
	if len(list) > maxBands {
		c.fail(field, "has %d entries, at most %d", len(list), maxBands)
		return
	}
	type place struct {
		tier    string
		setting Setting
	}
	seen := make(map[place]bool, len(list))
	for i, b := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		c.word(at+".tier", b.Tier)
		if b.Setting != "" && b.Setting != Urban && b.Setting != Rural {
			c.fail(at+".setting", "no setting %q; there are urban and rural", b.Setting)
		}
		c.between(at+".min", b.Min, 0, maxCount)
		c.between(at+".max", b.Max, 0, maxCount)
		switch {
		case b.Min == 0 && b.Max == 0:
			c.fail(at+".min", "is missing: a band has a lower end, an upper one or both")
		case b.Max > 0 && b.Min > b.Max:
			c.fail(at+".min", "%d is more than max, which is %d", b.Min, b.Max)
		case seen[place{b.Tier, b.Setting}]:
			c.fail(at, "stands twice")
		}
		seen[place{b.Tier, b.Setting}] = true
	}
}
