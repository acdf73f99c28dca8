package redraw

import (
	"slices"

	"gridmap/geo"
)

// gridFields are the fields of a grid but its ID, by the names that JSON gives
// them, and boundary.
var gridFields = []struct {
	name string
	same func(a, b *geo.Grid) bool
	take func(to, from *geo.Grid)
}{
	{"parent", func(a, b *geo.Grid) bool { return a.Parent == b.Parent }, func(to, from *geo.Grid) { to.Parent = from.Parent }},
	{"tier", func(a, b *geo.Grid) bool { return a.Tier == b.Tier }, func(to, from *geo.Grid) { to.Tier = from.Tier }},
	{"code", func(a, b *geo.Grid) bool { return a.Code == b.Code }, func(to, from *geo.Grid) { to.Code = from.Code }},
	{"name", func(a, b *geo.Grid) bool { return a.Name == b.Name }, func(to, from *geo.Grid) { to.Name = from.Name }},
	{"hole", func(a, b *geo.Grid) bool { return a.Hole == b.Hole }, func(to, from *geo.Grid) { to.Hole = from.Hole }},
	{"kind", func(a, b *geo.Grid) bool { return a.Kind == b.Kind }, func(to, from *geo.Grid) { to.Kind = from.Kind }},
	{"setting", func(a, b *geo.Grid) bool { return a.Setting == b.Setting }, func(to, from *geo.Grid) { to.Setting = from.Setting }},
	{"text_bounds", func(a, b *geo.Grid) bool { return a.TextBounds == b.TextBounds },
		func(to, from *geo.Grid) { to.TextBounds = from.TextBounds }},
	{"owner", func(a, b *geo.Grid) bool { return a.Owner == b.Owner }, func(to, from *geo.Grid) { to.Owner = from.Owner }},
	{"valid", func(a, b *geo.Grid) bool { return a.Valid == b.Valid }, func(to, from *geo.Grid) { to.Valid = from.Valid }},
	{"predecessors", func(a, b *geo.Grid) bool { return slices.Equal(a.Predecessors, b.Predecessors) },
		func(to, from *geo.Grid) { to.Predecessors = from.Predecessors }},
	{"rest", func(a, b *geo.Grid) bool { return a.Rest == b.Rest }, func(to, from *geo.Grid) { to.Rest = from.Rest }},
	{"boundary", func(a, b *geo.Grid) bool { return a.Boundary.Equal(b.Boundary) },
		func(to, from *geo.Grid) { to.Boundary = from.Boundary }},
}

// differing names the fields in which two grids differ.
func differing(a, b *geo.Grid) []string {
	var names []string
	for _, f := range gridFields {
		if !f.same(a, b) {
			names = append(names, f.name)
		}
	}
	return names
}
