package check

import (
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// checkOrder asks COD-1 and COD-3 where codes are those of the field: 12 digits
// of a division, three more of a grid in it, "-" and three digits for each tier
// below.
func (k *inquiry) checkOrder(faults func(parent int) SiblingFaults) {
	if !isDigits(k.Grids[0].Code, 12) {
		k.skip[geo.RuleCode] = "the territory's code is not one of 12 digits"
		k.skip[geo.RuleOrder] = k.skip[geo.RuleCode]
		return
	}
	for i := range k.Grids {
		if k.asks(geo.RuleCode, i) && !k.Grids[i].Rest {
			if want, prefixOnly := k.wantsCode(i); want != "" {
				f := Finding{Rule: geo.RuleCode, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i), Message: codeMessage(k.Grids[i].Code, want)}
				if prefixOnly {
					f.Severity = geo.Warning
				}
				k.add(f)
			}
		}
		if len(k.Tree.Children(i)) > 1 && k.inScope(i) {
			k.checkNumbers(i, faults(i))
		}
	}
}

func isDigits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}

// wantsCode returns the form that the code of the grid at i should have, "" when
// it has it, and whether only the digits it should share with its parent are
// others. Real tables differ there, and a grid that moves to another village
// keeps its code. A task grid's code is the net's own affair.
func (k *inquiry) wantsCode(i int) (want string, prefixOnly bool) {
	g, up := &k.Grids[i], k.Tree.Parent(i)
	if up < 0 || g.Kind == geo.Task {
		return "", false
	}
	stem := k.Grids[up].Code
	switch {
	case !k.IsGrid(i): // a division shares its parent's digits before the zeros
		stem = stem[:min(len(stem), (len(strings.TrimRight(stem, "0"))+2)/3*3)]
		if want = stem + strings.Repeat("#", max(0, 12-len(stem))); isDigits(g.Code, 12) {
			prefixOnly = true
		}
	case !k.IsGrid(up):
		want, prefixOnly = stem+"###", isDigits(g.Code, 15)
	default:
		stem += "-"
		at := strings.LastIndexByte(g.Code, '-')
		want, prefixOnly = stem+"###", at > 0 && isDigits(g.Code[at+1:], 3)
	}
	if prefixOnly && strings.HasPrefix(g.Code, stem) && len(g.Code) == len(want) {
		return "", false
	}
	return want, prefixOnly
}

// disorder returns the codes of the first two grids that stand in order and are
// not numbered so, nothing when all are.
func disorder(s *geo.Snapshot, children []int32, center func(*geo.Grid) topo.Point) []string {
	var grids []*geo.Grid
	var points []topo.Point
	for _, c := range children {
		g := &s.Grids[c]
		if g.Kind == geo.General && !g.Rest && ofGrids(s, g.Tier) {
			grids, points = append(grids, g), append(points, center(g))
		}
	}
	if len(grids) < 2 {
		return nil
	}
	rows := geo.InRows(grids, points)
	for at := 1; at < len(rows); at++ {
		if rows[at-1].Code > rows[at].Code {
			return []string{rows[at-1].Code, rows[at].Code}
		}
	}
	return nil
}

// checkNumbers asks COD-3 of the grids right under the node at i. The finding is
// of the tier of the grid whose number comes too late, whichever stands first
// among the children.
func (k *inquiry) checkNumbers(i int, sf SiblingFaults) {
	if len(sf.Disorder) == 0 {
		return
	}
	late := slices.IndexFunc(sf.Children, func(c int32) bool { return k.Grids[c].Code == sf.Disorder[1] })
	if late < 0 || !k.asks(geo.RuleOrder, int(sf.Children[late])) {
		return
	}
	k.add(Finding{Rule: geo.RuleOrder, Tier: k.tierCode(k.Grids[sf.Children[late]].Tier), Subject: k.subject(i),
		Evidence: &Evidence{Touches: sf.Disorder}, Message: orderMessage(sf.Disorder[0], sf.Disorder[1]),
		Fixes: []Fix{{Do: "renumber", Grid: k.Grids[i].Code}}})
}
