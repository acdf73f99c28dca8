package postgis

import (
	"gridmap/geo/check"
	"gridmap/geo/redraw"
	"gridmap/geo/topo"
)

// toldFindings is how many findings that appeared, and how many that went, an
// edit's answer keeps.
const toldFindings = 200

// keptEffects are effects as a change set keeps them, with the places of their
// findings.
type keptEffects struct {
	redraw.Effects
	Appeared, Gone []keptFinding
}

type keptFinding struct {
	check.Finding
	Region topo.Shape `json:"region,omitempty"`
	At     *[2]int32  `json:"at,omitempty"`
}

func keepEffects(e redraw.Effects) *keptEffects {
	return &keptEffects{e, keepFindings(e.Appeared), keepFindings(e.Gone)}
}

func keepFindings(list []check.Finding) []keptFinding {
	kept := make([]keptFinding, len(list))
	for i, f := range list {
		kept[i] = keptFinding{Finding: f, Region: f.Region}
		if f.At != nil {
			kept[i].At = &[2]int32{f.At.X, f.At.Y}
		}
	}
	return kept
}

// effects returns what was kept; of change sets without, nothing.
func (k *keptEffects) effects() redraw.Effects {
	if k == nil {
		return redraw.Effects{}
	}
	e := k.Effects
	e.Appeared, e.Gone = findingsOf(k.Appeared), findingsOf(k.Gone)
	return e
}

func findingsOf(kept []keptFinding) []check.Finding {
	var list []check.Finding
	for _, k := range kept {
		f := k.Finding
		if f.Region = k.Region; k.At != nil {
			f.At = &topo.Point{X: k.At[0], Y: k.At[1]}
		}
		list = append(list, f)
	}
	return list
}
