package redraw

import (
	"cmp"
	"slices"
	"strings"

	"gridmap/geo"
	"gridmap/geo/topo"
)

func (e Renumber) apply(w *draft) error {
	up := w.before(e.Parent)
	switch {
	case up == nil:
		return &missingError{"parent", e.Parent}
	case up.Kind != geo.General:
		return &EditError{Field: "parent", Reason: "is not a general grid", Grid: e.Parent}
	case e.Tier != 0 && w.tiers[e.Tier].Class == geo.Administrative:
		return &EditError{Field: "tier", Reason: "is one of divisions, whose codes are as they were supplied"}
	}
	grids := w.numbered(e)
	if len(grids) == 0 {
		return &EditError{Field: "parent", Reason: "has no grids to number", Grid: e.Parent}
	}
	first := firstBelow(up.Code)
	s, _ := seriesOf(first)
	if s.ordered(grids) {
		return nil
	}
	codes := w.codes.free(s, len(grids))
	if codes == nil {
		return &EditError{Field: "parent", Reason: "has fewer free numbers than grids to number: no code is given twice", Grid: e.Parent, Name: up.Code}
	}
	for i, g := range grids {
		if err := w.recode(g.ID, codes[i]); err != nil {
			return err
		}
	}
	return nil
}

// numbered returns the grids that a renumbering is about, in order.
func (w *draft) numbered(e Renumber) []*geo.Grid {
	var drawn, undrawn []*geo.Grid
	for _, id := range w.children(e.Parent) {
		g := w.grid(id)
		switch {
		case g.Kind != geo.General || e.Tier != 0 && g.Tier != e.Tier || w.tiers[g.Tier].Class == geo.Administrative:
		case len(g.Boundary) == 0:
			undrawn = append(undrawn, g)
		default:
			drawn = append(drawn, g)
		}
	}
	slices.SortFunc(undrawn, func(a, b *geo.Grid) int { return cmp.Compare(a.Code, b.Code) })
	return append(inRows(drawn), undrawn...)
}

// inRows orders drawn grids as they are to be numbered.
func inRows(grids []*geo.Grid) []*geo.Grid {
	points := make([]topo.Point, len(grids))
	for i, g := range grids {
		points[i] = g.Boundary.InteriorPoint()
	}
	return geo.InRows(grids, points)
}

// ordered reports whether grids have ascending codes of a series.
func (s series) ordered(grids []*geo.Grid) bool {
	last := 0
	for _, g := range grids {
		of, n := seriesOf(g.Code)
		if of != s || n <= last || n > s.most() {
			return false
		}
		last = n
	}
	return true
}

// most is the highest number that a renumbering gives: three digits, under a
// division below those of dedicated grids.
func (s series) most() int {
	_, last := s.span(1)
	return min(last, 999)
}

// free returns n codes of a series that were never used, ascending: those
// behind the highest ever used, or where these are too few all that are free.
// It returns nil when there are not enough.
func (n numbering) free(s series, count int) []string {
	highest := n.highest(numbers{s, 1})
	for _, from := range []int{highest + 1, 1} {
		var codes []string
		for i := from; i <= s.most() && len(codes) < count; i++ {
			if code := s.code(i); !n.has(code) {
				codes = append(codes, code)
			}
		}
		if len(codes) == count {
			return codes
		}
	}
	return nil
}

// has reports whether a code is in use or was.
func (n numbering) has(code string) bool {
	_, used := n.used[code]
	return used
}

// recode gives a grid a new code, and the grids under it whose codes begin
// with the old.
func (w *draft) recode(id geo.GridID, code string) error {
	old := w.grid(id).Code
	if w.codes.has(code) {
		return &EditError{Field: "parent", Reason: "has a grid whose new code was used before", Grid: id, Name: code}
	}
	w.change(id).Code = code
	for _, c := range w.children(id) {
		if rest, under := strings.CutPrefix(w.grid(c).Code, old); under {
			if err := w.recode(c, code+rest); err != nil {
				return err
			}
		}
	}
	return nil
}
