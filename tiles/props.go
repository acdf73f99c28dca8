package tiles

import (
	"strings"

	"gridmap/geo"
)

// Props is a set of attributes of grids. The zero value is the default set.
type Props uint16

const (
	propCode Props = 1 << iota
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
	prop Props
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
// out where they are so small that they would tell of single households. The
// error is a *[geo.InvalidError] of the field props.
func ParseProps(list string) (Props, error) {
	var set Props
	if list == "" {
		return 0, nil
	}
	for name := range strings.SplitSeq(list, ",") {
		found := Props(0)
		for _, p := range props {
			if p.name == name && p.prop != propRank {
				found = p.prop
			}
		}
		if found == 0 {
			return 0, &geo.InvalidError{Field: "props", Reason: "may name " + allowed()}
		}
		set |= found
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
	return strings.Join(names, ", ")
}

// of returns the attributes a layer of grids has when asked for set.
func (set Props) of(layer string) Props {
	switch {
	case set == 0 && layer == Labels:
		return onLabel
	case set == 0:
		return usual
	case layer == Labels:
		return set | propRank
	}
	return set
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
	case Workers:
		return map[string]string{"code": "String", "tier": "String", "workers": "Number"}
	case Cells, Households:
		return map[string]string{"cell": "String", "households": "Number", "resident": "Number", "workers": "Number", "residents_per_km2": "Number"}
	case Findings:
		return map[string]string{"finding": "String", "rule": "String", "severity": "String", "tier": "String", "code": "String",
			"message_zh": "String", "message_en": "String"}
	}
	fields := map[string]string{}
	for _, p := range props {
		if Props(0).of(layer)&p.prop != 0 {
			fields[p.name] = p.sort
		}
	}
	return fields
}
