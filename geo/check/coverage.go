package check

import (
	"fmt"
	"maps"
	"slices"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// checkCoverage asks COV-1 to COV-4 and GEO-11: is every household in exactly
// one grid, and in the division its address names?
func (k *inquiry) checkCoverage() {
	if k.Dwellings.Len() == 0 {
		for _, rule := range []geo.RuleID{geo.RuleUnplaced, geo.RuleTwice, geo.RuleMisplaced, geo.RulePointless, geo.RuleDatum} {
			k.skip[rule] = "no households"
		}
		return
	}
	k.addDwellings(geo.RuleUnplaced, k.Placing.None, unplacedMessage)
	k.addDwellings(geo.RuleMisplaced, k.Placing.Misplaced, misplacedMessage)
	k.addDwellings(geo.RulePointless, k.Placing.Pointless, pointlessMessage)
	for _, i := range slices.Sorted(maps.Keys(k.Many)) {
		if k.dwellingInScope(i) {
			k.addTwice(i)
		}
	}
	k.checkDatum()
}

// addDwellings reports each dwelling of the set that lies in the scope.
func (k *inquiry) addDwellings(rule geo.RuleID, set map[int]struct{}, message Message) {
	for _, i := range slices.Sorted(maps.Keys(set)) {
		if k.dwellingInScope(i) {
			f := k.dwellingFinding(rule, i, message)
			if stated := k.Stated[i]; stated >= 0 {
				f.Evidence = &Evidence{Touches: []string{k.Grids[stated].Code}}
			}
			k.add(f)
		}
	}
}

func (k *inquiry) dwellingFinding(rule geo.RuleID, i int, message Message) Finding {
	d := k.Dwellings.At(i)
	f := Finding{Rule: rule, Subject: Subject{Type: "household", ID: int64(d.ID)}, Message: message}
	if d.Located {
		f.At = pointOf(d.At)
	}
	return f
}

func (k *inquiry) addTwice(i int) {
	f := k.dwellingFinding(geo.RuleTwice, i, twiceMessage)
	f.Evidence = &Evidence{}
	for _, leaf := range k.Many[i] {
		f.Evidence.Touches = append(f.Evidence.Touches, k.Grids[leaf].Code)
	}
	slices.Sort(f.Evidence.Touches)
	k.add(f)
}

// dwellingInScope goes by the grid that holds the dwelling, else by the
// division its address names; what has neither belongs to the whole territory.
func (k *inquiry) dwellingInScope(i int) bool {
	switch {
	case k.Leaf[i] >= 0:
		return k.inScope(int(k.Leaf[i]))
	case k.Stated[i] >= 0:
		return k.inScope(int(k.Stated[i]))
	}
	return k.tops[0] == 0
}

// datumLeast is how many households of a division must lie elsewhere for GEO-11,
// whatever their share: of three, one proves nothing.
const datumLeast = 5

// checkDatum asks GEO-11: where many households of one division lie outside
// it, the file was likely in another datum or zone. It says which, and moves
// nothing.
func (k *inquiry) checkDatum() {
	limit := k.setting(geo.RuleDatum).Permille
	var stated [][]int32 // the located dwellings of each division, listed for the first suspect
	for i, own := range k.Placing.Own {
		if own.Elsewhere < datumLeast || int64(own.Elsewhere)*1000 <= limit*int64(own.Located) || !k.inScope(i) || k.Grids[i].Boundary == nil {
			continue
		}
		if stated == nil {
			stated = k.byStated()
		}
		other, back := k.likelyDatum(i, stated[i])
		if back <= int(own.Located-own.Elsewhere) {
			other = Message{}
		}
		k.add(Finding{
			Rule: geo.RuleDatum, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i),
			Measure: &Measure{Value: float64(own.Elsewhere) / float64(own.Located), Unit: "share", Op: "<=", Limit: float64(limit) / 1000},
			Message: datumMessage(own, other, back),
		})
	}
}

// byStated lists the located dwellings by the division their address names.
func (k *inquiry) byStated() [][]int32 {
	lists := make([][]int32, k.Tree.Len())
	for i, at := range k.Stated {
		if at >= 0 && k.Dwellings.At(i).Located {
			lists[at] = append(lists[at], int32(i))
		}
	}
	return lists
}

// A slip is a way in which places come to lie elsewhere, and what brings them
// back.
type slip struct {
	name Message
	undo func(lon, lat float64) (float64, float64)
}

// slips are those that GEO-11 tries: the shifted datums of map services, and a
// neighbouring zone of the Gauss-Krüger projection, where the same easting and
// northing are exactly one zone's width of longitude away.
func slips() []slip {
	list := []slip{
		{Message{"gcj02", "gcj02"}, datum.GCJ02.ToWGS84},
		{Message{"bd09", "bd09"}, datum.BD09.ToWGS84},
	}
	for _, width := range []float64{3, 6} {
		list = append(list, slip{
			Message{fmt.Sprintf("西侧相邻 %g° 带", width), fmt.Sprintf("the next %g° zone to the west", width)},
			func(lon, lat float64) (float64, float64) { return lon - width, lat },
		}, slip{
			Message{fmt.Sprintf("东侧相邻 %g° 带", width), fmt.Sprintf("the next %g° zone to the east", width)},
			func(lon, lat float64) (float64, float64) { return lon + width, lat },
		})
	}
	return list
}

// likelyDatum returns the slip that, undone, brings most of the division's
// households back into it, and how many.
func (k *inquiry) likelyDatum(division int, households []int32) (name Message, back int) {
	for _, try := range slips() {
		n := 0
		for _, i := range households {
			lon, lat := try.undo(k.Dwellings.At(int(i)).At.LonLat())
			q, err := topo.Snap(lon, lat)
			if err == nil && k.Grids[division].Boundary.Contains(q) {
				n++
			}
		}
		if n > back {
			name, back = try.name, n
		}
	}
	return name, back
}

// checkSizes asks SIZ-1 and SIZ-2 of every unit: by the band and the cap of its
// tier or, in grids and in the tiers that the rule names, by those that the
// profile or the question states.
func (k *inquiry) checkSizes() {
	if k.Dwellings.Len() == 0 {
		k.skip[geo.RuleHouseholds], k.skip[geo.RulePersons] = "no households", "no households"
		return
	}
	settings := k.settings()
	for i := range k.Grids {
		g := &k.Grids[i]
		if g.Kind != geo.General || g.Rest || !k.asked(i) {
			continue
		}
		tier, t := k.tier(g.Tier), &k.Tallies[i]
		band, limit := k.bandOf(&tier, settings[i]), k.capOf(&tier)
		switch {
		case t.Households < band.Min:
			k.addCount(geo.RuleHouseholds, i, t.Households, "households", ">=", band.Min)
		case band.Max > 0 && t.Households > band.Max:
			k.addCount(geo.RuleHouseholds, i, t.Households, "households", "<=", band.Max)
		}
		if limit > 0 && t.Resident > limit {
			k.addCount(geo.RulePersons, i, t.Resident, "persons", "<=", limit)
		}
	}
}

func (k *inquiry) tier(rank int) geo.Tier {
	for _, t := range k.Tiers {
		if t.Rank == rank {
			return t
		}
	}
	return geo.Tier{}
}

// addCount reports a count on the wrong side of its limit, where the rule is
// asked.
func (k *inquiry) addCount(rule geo.RuleID, i int, value int64, unit, op string, limit int64) {
	if !k.asks(rule, i) {
		return
	}
	k.add(Finding{
		Rule: rule, Tier: k.tierCode(k.Grids[i].Tier), Subject: k.subject(i),
		Measure: &Measure{Value: float64(value), Unit: unit, Op: op, Limit: float64(limit)},
		Message: countMessage(value, unit, op, limit),
	})
}
