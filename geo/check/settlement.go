package check

import (
	"cmp"
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// hamletM is how far apart households of one settlement stand at most: a
// choice, no document.
const hamletM = 300

// checkSettlements asks COV-5: do people who live together lie in no grid? Households
// in no grid that stand within 300 m of each other, one to the next, are one
// settlement.
func (k *inquiry) checkSettlements() {
	if k.Dwellings.Len() == 0 {
		k.skip[geo.RuleSettlement] = "no households"
		return
	}
	homes := slices.Collect(maps.Keys(k.Placing.None))
	slices.SortFunc(homes, func(a, b int) int {
		p, q := k.Dwellings.At(a).At, k.Dwellings.At(b).At
		return cmp.Or(cmp.Compare(p.X, q.X), cmp.Compare(p.Y, q.Y), cmp.Compare(a, b))
	})
	limit := k.setting(geo.RuleSettlement).Max
	for _, hamlet := range k.hamlets(homes) {
		people := int64(0)
		for _, i := range hamlet {
			people += int64(k.Dwellings.At(i).Resident)
		}
		if people < limit || !slices.ContainsFunc(hamlet, k.dwellingInScope) {
			continue
		}
		f := Finding{Rule: geo.RuleSettlement, Subject: k.subject(0), At: pointOf(k.Dwellings.At(hamlet[0]).At),
			Measure:  &Measure{Value: float64(people), Unit: "persons", Op: "<=", Limit: float64(limit - 1)},
			Evidence: &Evidence{Households: len(hamlet)}, Message: settlementMessage(people, len(hamlet))}
		if stated := k.Stated[hamlet[0]]; stated >= 0 {
			f.Subject = k.subject(int(stated))
		}
		k.add(f)
	}
}

// hamlets joins dwellings, sorted from west to east, that stand near each
// other, in the order of the first of each.
func (k *inquiry) hamlets(homes []int) [][]int {
	group := make([]int, len(homes))
	root := func(n int) int {
		for group[n] != n {
			group[n] = group[group[n]]
			n = group[n]
		}
		return n
	}
	for n, i := range homes {
		group[n] = n
		p := k.Dwellings.At(i).At
		for m := n - 1; m >= 0; m-- {
			q := k.Dwellings.At(homes[m]).At
			if topo.LengthM(topo.Point{X: q.X, Y: p.Y}, p) > hamletM {
				break
			}
			if topo.LengthM(q, p) <= hamletM {
				a, b := root(n), root(m)
				group[max(a, b)] = min(a, b)
			}
		}
	}
	members := map[int][]int{}
	for n, i := range homes {
		members[root(n)] = append(members[root(n)], i)
	}
	var out [][]int
	for _, r := range slices.Sorted(maps.Keys(members)) {
		out = append(out, members[r])
	}
	return out
}
