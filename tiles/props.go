package tiles

import (
	"strings"

	"gridmap/geo"
)

// Props is a set of attributes of grids. The zero value is the default set.
type Props struct {
	own     attributes
	metrics string // and nets and matters, as they are asked for, in the order of their names, with commas between
}

// attributes are those that every grid has.
type attributes uint16

const (
	propCode attributes = 1 << iota
	propZH
	propEN
	propKind
	propSetting
	propTier
	propParent
	propHouseholds
	propResident
	propWorkers
	propRank // not asked for: labels have it
)

// props lists the attributes in the order in which tiles have them, with
// their types as TileJSON tells them.
var props = []struct {
	prop attributes
	name string
	sort string
}{
	{propCode, "code", "String"}, {propZH, "name_zh", "String"}, {propEN, "name_en", "String"}, {propKind, "kind", "String"},
	{propSetting, "setting", "String"}, {propTier, "tier", "String"}, {propRank, "rank", "Number"}, {propParent, "parent", "Number"},
	{propHouseholds, "households", "Number"}, {propResident, "resident", "Number"}, {propWorkers, "workers", "Number"},
}

const (
	usual   = propCode | propZH | propEN | propKind | propSetting | propTier | propParent
	counts  = propHouseholds | propResident | propWorkers
	onLabel = propCode | propZH | propEN | propKind | propTier | propRank | propParent
)

// ParseProps reads a list of attributes, their names parted by commas; an
// empty one is the default set. Of counts, households and resident are left
// out where they are so small that they would tell of single households. A
// metric is metric:NAME, of the latest period, or metric:NAME@PERIOD; one whose
// name has a comma cannot be asked for. net:CODE is how far a net has come in the
// grid, a percentage or the group it is put to, and matter:CODE whether the grid
// takes a matter, admitted or refused. The error is a *[geo.InvalidError] of the
// field props.
func ParseProps(list string) (Props, error) {
	var set Props
	if list == "" {
		return set, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		if strings.HasPrefix(name, metricPrefix) || strings.HasPrefix(name, netPrefix) || strings.HasPrefix(name, matterPrefix) {
			if err := set.addMetric(name); err != nil {
				return Props{}, err
			}
			continue
		}
		found := attributes(0)
		for _, p := range props {
			if p.name == name && p.prop != propRank {
				found = p.prop
			}
		}
		if found == 0 {
			return Props{}, &geo.InvalidError{Field: "props", Reason: "may name " + allowed()}
		}
		set.own |= found
	}
	return set, nil
}

func allowed() string {
	var names []string
	for _, p := range props {
		if p.prop != propRank {
			names = append(names, p.name)
		}
	}
	return strings.Join(append(names, metricPrefix+"NAME", netPrefix+"CODE", matterPrefix+"CODE"), ", ")
}

// of returns the attributes of their own that a layer of grids has when asked
// for set.
func (set Props) of(layer string) attributes {
	switch {
	case set == Props{} && layer == Labels:
		return onLabel
	case set == Props{}:
		return usual
	case layer == Labels:
		return set.own | propRank
	}
	return set.own
}

// Fields returns the attributes that the features of a layer have unless
// others are asked for, with their types as TileJSON tells them.
func Fields(layer string) map[string]string {
	switch layer {
	case Boundaries:
		return map[string]string{"tier": "String", "rank": "Number"}
	case Facilities:
		return map[string]string{"type": "String", "name_zh": "String", "name_en": "String"}
	case Buildings:
		return map[string]string{"code": "String", "name_zh": "String", "name_en": "String", "units": "Number"}
	case Compounds:
		return map[string]string{"code": "String", "name_zh": "String", "name_en": "String", "property": "String", "units": "Number"}
	case Workers:
		return map[string]string{"code": "String", "tier": "String", "workers": "Number"}
	case Cells, Households:
		return map[string]string{"cell": "String", "households": "Number", "resident": "Number", "workers": "Number", "residents_per_km2": "Number"}
	case Findings:
		return map[string]string{"finding": "String", "rule": "String", "severity": "String", "tier": "String", "code": "String",
			"message_zh": "String", "message_en": "String"}
	}
	return Props{}.fields(layer)
}

// fields returns the attributes that the grids of a layer have when asked for the
// set.
func (set Props) fields(layer string) map[string]string {
	fields := map[string]string{}
	for _, p := range props {
		if set.of(layer)&p.prop != 0 {
			fields[p.name] = p.sort
		}
	}
	for _, figure := range set.figures() {
		if fields[figure] = "Number or String"; strings.HasPrefix(figure, matterPrefix) {
			fields[figure] = "String"
		}
	}
	return fields
}
