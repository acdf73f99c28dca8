package check

import (
	"gridmap/geo"
)

// checkStated asks CON-1, of populations and of metrics.
func (k *inquiry) checkStated() {
	added, counted := k.checkAdded(), k.checkDeclared()
	if !added && !counted {
		k.skip[geo.RuleStated] = "no totals are stated for a unit and all its parts"
	}
}

// checkAdded asks whether the population stated for a unit equals what is stated
// for its parts together, on the same basis and day. It is asked where all parts
// are stated; it reports whether there was any such unit.
func (k *inquiry) checkAdded() bool {
	type figure struct {
		unit  int
		basis geo.Basis
		day   geo.Date
	}
	stated := map[figure]int64{}
	for i := range k.Populations {
		p := &k.Populations[i]
		if at, ok := k.Tree.Index(p.Unit); ok && p.AsOf <= k.AsOf {
			stated[figure{at, p.Basis, p.AsOf}] = p.Value
		}
	}
	compared := false
	for i := range k.Populations {
		p := &k.Populations[i]
		at, ok := k.Tree.Index(p.Unit)
		if !ok || p.AsOf > k.AsOf || !k.asks(geo.RuleStated, at) {
			continue
		}
		sum, all := int64(0), false
		for _, c := range k.Tree.Children(at) {
			if g := &k.Grids[c]; g.Kind != geo.General || g.Rest {
				continue
			}
			value, known := stated[figure{int(c), p.Basis, p.AsOf}]
			if all = known; !known {
				break
			}
			sum += value
		}
		if !all {
			continue
		}
		if compared = true; sum != p.Value {
			k.add(Finding{Rule: geo.RuleStated, Tier: k.tierCode(k.Grids[at].Tier), Subject: k.subject(at),
				Measure: &Measure{Value: float64(p.Value), Unit: "persons", Op: "=", Limit: float64(sum)},
				Message: statedMessage(p.Value, sum, p.Basis, p.AsOf)})
		}
	}
	return compared
}
