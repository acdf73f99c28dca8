package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"gridmap/geo/exchange"
	"gridmap/geo/topo"
)

// What the report calls a gap that was too wide to fill, and a grid that was
// counted to one of several parents.
const (
	leftGap  = "gap_left"
	placedIn = "placed"
)

// A cleanLine is one line of the report.
type cleanLine struct {
	kind, grids, to, parent string
	area, width             float64
	vertices                int
	at                      topo.Point
	region                  topo.Shape
}

// cleanLines tells of one group of grids; name says what a member is called.
func cleanLines(parent string, name func(member int) string, changes []topo.CleanChange, left []topo.Fault) []cleanLine {
	names := func(members []int) string {
		var list []string
		for _, i := range members {
			list = append(list, name(i))
		}
		return strings.Join(list, " ")
	}
	var lines []cleanLine
	for _, change := range changes {
		l := cleanLine{kind: string(change.Kind), grids: names(change.Members), area: change.AreaM2, width: change.WidthM,
			vertices: change.Vertices, at: change.At, region: change.Region, parent: parent}
		if change.To >= 0 {
			l.to = name(change.To)
		}
		lines = append(lines, l)
	}
	for _, f := range left {
		lines = append(lines, cleanLine{kind: leftGap, grids: names(f.Members), area: f.AreaM2, width: f.WidthM, at: f.At, region: f.Region, parent: parent})
	}
	return lines
}

// writeCleaning lists every change and the gaps that are left: CSV, or GeoJSON
// when the file's name says so.
func writeCleaning(w io.Writer, file string, lines []cleanLine) error {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".geojson", ".json":
		return writeCleaningGeoJSON(w, lines)
	}
	t := exchange.NewCSVWriter(w, "change", "grids", "to", "area_m2", "width_m", "vertices", "lon", "lat", "parent")
	for _, l := range lines {
		lon, lat := exchange.Degrees(l.at)
		t.Row(l.kind, l.grids, l.to, decimals(l.area), decimals(l.width), strconv.Itoa(l.vertices), lon, lat, l.parent)
	}
	return t.Close()
}

func decimals(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func writeCleaningGeoJSON(w io.Writer, lines []cleanLine) error {
	g := exchange.NewGeoJSONWriter(w, "")
	for _, l := range lines {
		members := []exchange.Member{{Name: "change", Value: l.kind}, {Name: "grids", Value: l.grids}, {Name: "to", Value: l.to},
			{Name: "area_m2", Value: l.area}, {Name: "width_m", Value: l.width}, {Name: "vertices", Value: l.vertices}, {Name: "parent", Value: l.parent}}
		var err error
		if len(l.region) > 0 {
			err = g.Write(members, l.region)
		} else {
			err = g.WritePoint(members, l.at)
		}
		if err != nil {
			return err
		}
	}
	return g.Close()
}

// sumUp tells of the changes, one kind a line.
func sumUp(to io.Writer, lines []cleanLine, fill metres) {
	for _, kind := range []struct{ name, what string }{
		{placedIn, "grids lie in one of several parents, or for the most part"},
		{string(topo.Repaired), "grids had rings that bound no ground, drawn anew"},
		{string(topo.Snapped), "grids were snapped"},
		{string(topo.Given), "overlaps went to one of their owners"},
		{string(topo.Filled), "gaps were filled"},
		{string(topo.CutOff), "pieces outside were cut off"},
		{string(topo.PartGone), "parts narrower than the snapping distance closed up"},
		{string(topo.NothingLeft), "grids have no ground left"},
		{leftGap, "gaps are wider than " + fill.String() + " and stay"},
	} {
		count, area := 0, 0.0
		for _, l := range lines {
			if l.kind == kind.name {
				count++
				area += l.area
			}
		}
		if count > 0 {
			fmt.Fprintf(to, "%6d %s, %.1f m²\n", count, kind.what, area)
		}
	}
	if len(lines) == 0 {
		fmt.Fprintln(to, "nothing to clean")
	}
}
