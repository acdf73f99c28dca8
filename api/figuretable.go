package api

import (
	"fmt"
	"maps"
	"slices"

	"gridmap/geo/figures"
	"gridmap/geo/topo"
)

// figureColumns are the columns of the table that say which unit it is.
var figureColumns = []struct {
	name string
	cell func(*figures.Unit) string
}{
	{"code", func(u *figures.Unit) string { return u.Code }},
	{"name", func(u *figures.Unit) string { return u.Name }},
	{"name_en", func(u *figures.Unit) string { return u.NameEN }},
	{"tier", func(u *figures.Unit) string { return u.Tier }},
	{"kind", func(u *figures.Unit) string { return u.Kind }},
}

// figureHeadings returns the columns of a table of units: the fixed ones, then
// one for each role and each group, four for each type of facility, and one for
// each metric that some unit has. An empty cell is a figure that does not exist.
func figureHeadings(units []figures.Unit) []string {
	var headings []string
	for _, c := range figureColumns {
		headings = append(headings, c.name)
	}
	for _, n := range figures.Numbers {
		headings = append(headings, n.Name)
	}
	if len(units) == 0 {
		return headings
	}
	for _, role := range slices.Sorted(maps.Keys(units[0].ByRole)) {
		headings = append(headings, "role_"+role)
	}
	for _, group := range slices.Sorted(maps.Keys(units[0].Groups)) {
		headings = append(headings, "group_"+group)
	}
	for _, kind := range slices.Sorted(maps.Keys(units[0].Facilities)) {
		headings = append(headings, kind+"_count", kind+"_nearest_m", kind+"_within_walk_pct", kind+"_floor_m2_per_resident")
	}
	for _, metric := range metricsOf(units) {
		headings = append(headings, "metric:"+metric)
	}
	return headings
}

// metricsOf lists the metrics that some of the units have, by their names.
func metricsOf(units []figures.Unit) []string {
	names := map[string]bool{}
	for i := range units {
		for name := range units[i].Metrics {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// figureCells returns what a unit has under [figureHeadings] of all, which have
// the metrics that are named: a text, or a number, or a nil pointer to one, which
// is a figure that does not exist.
func figureCells(u *figures.Unit, metrics []string) []any {
	var cells []any
	for _, c := range figureColumns {
		cells = append(cells, c.cell(u))
	}
	for _, n := range figures.Numbers {
		cells = append(cells, n.Of(u))
	}
	for _, role := range slices.Sorted(maps.Keys(u.ByRole)) {
		cells = append(cells, u.ByRole[role])
	}
	for _, group := range slices.Sorted(maps.Keys(u.Groups)) {
		cells = append(cells, u.Groups[group])
	}
	for _, kind := range slices.Sorted(maps.Keys(u.Facilities)) {
		reach := u.Facilities[kind]
		cells = append(cells, reach.Count, reach.NearestM, reach.WithinPct, reach.PerResidentM2)
	}
	for _, name := range metrics {
		if m := u.Metrics[name]; m.Grade != "" {
			cells = append(cells, m.Grade)
		} else {
			cells = append(cells, m.Value)
		}
	}
	return cells
}

// figureRow writes the cells of a unit; what does not exist is empty.
func figureRow(u *figures.Unit, metrics []string) []string {
	var row []string
	for _, cell := range figureCells(u, metrics) {
		switch v := cell.(type) {
		case string:
			row = append(row, v)
		case int64:
			row = append(row, whole(v))
		case *int64:
			if v == nil {
				row = append(row, "")
			} else {
				row = append(row, whole(*v))
			}
		case *float64:
			row = append(row, decimal(v))
		default:
			panic(fmt.Sprintf("api: a figure is a %T", cell))
		}
	}
	return row
}

// figureFeatures draws units with the columns of the table as their properties;
// what does not exist is null.
func figureFeatures(units []figures.Unit, ground func(int) topo.Shape) collectionJSON {
	c := collectionJSON{Type: "FeatureCollection", Features: make([]featureJSON, len(units))}
	headings, metrics := figureHeadings(units), metricsOf(units)
	for i := range units {
		properties := make(map[string]any, len(headings))
		for k, cell := range figureCells(&units[i], metrics) {
			properties[headings[k]] = cell
		}
		c.Features[i] = featureJSON{Type: "Feature", ID: units[i].ID, Geometry: shapeJSON(ground(units[i].Position)), Properties: properties}
	}
	return c
}
