package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// Cells tells the H3 cells of resolution 10 that places lie in.
type Cells interface {
	// At returns the cell that p lies in, false where there is none.
	At(p topo.Point) (id int64, ok bool)
	// Around returns a box that holds every point of a cell that At returned,
	// and perhaps some beside it.
	Around(id int64) topo.Box
}

// checkCells asks COV-6: does a cell hold buildings, or a compound without any
// listed, where no household is known? What belongs to a compound with a
// household on its ground is known to be lived in, wherever its cells end.
func (k *inquiry) checkCells(ground *Ground) {
	cells, known := ground.Cells, ground.Vacant
	if cells == nil {
		known = nil // what is found then does not hold where they are
	}
	found := known.on(k.AsOf, cells, ground.Homes, func() *vacancy { return k.vacancy(cells) })
	switch {
	case found.site.listed == 0:
		k.skip[geo.RuleEmptyCell] = "no buildings and no drawn compounds"
	case k.Dwellings.Len() == 0:
		k.skip[geo.RuleEmptyCell] = "no households"
	case cells == nil:
		k.skip[geo.RuleEmptyCell] = "no cells are known here"
	}
	if k.skip[geo.RuleEmptyCell] != "" || k.severity(geo.RuleEmptyCell) == "" {
		return
	}
	at, count, units := map[int64]topo.Point{}, map[int64]int{}, map[int64]int64{}
	for _, b := range found.vacant {
		if !k.pointInScope(b.at) {
			continue
		}
		cell := found.site.cells[b.cell].id
		if count[cell]++; count[cell] == 1 {
			at[cell] = b.at
		}
		units[cell] += int64(b.units)
	}
	for _, id := range slices.Sorted(maps.Keys(count)) {
		code := strconv.FormatInt(id, 16)
		k.add(Finding{Rule: geo.RuleEmptyCell, Subject: Subject{Type: "cell", Code: code}, At: pointOf(at[id]),
			Measure: &Measure{Value: float64(count[id]), Unit: "buildings", Op: "<=", Limit: 0}, Message: cellMessage(count[id], units[id])})
	}
}

// pointInScope reports whether a point lies on the ground asked about.
func (k *inquiry) pointInScope(p topo.Point) bool {
	return k.tops[0] == 0 || slices.ContainsFunc(k.tops, func(top int) bool { return k.Grids[top].Boundary.Contains(p) })
}

func cellMessage(buildings int, units int64) Message {
	m := Message{
		fmt.Sprintf("该处有 %d 栋楼而没有住户", buildings),
		fmt.Sprintf("%d %s stand here and no household is known", buildings, plural(buildings, "building")),
	}
	if units > 0 {
		m.ZH = fmt.Sprintf("该处有 %d 栋楼（%d 套）而没有住户", buildings, units)
		m.EN = fmt.Sprintf("%d %s with %s %s stand here and no household is known", buildings, plural(buildings, "building"), thousands(units), plural(int(units), "dwelling"))
	}
	return m
}
