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

// leftGap is what the report calls a gap that was too wide to fill.
const leftGap = "gap_left"

// A cleanLine is one line of the report.
type cleanLine struct {
	kind, grids, to string
	area, width     float64
	vertices        int
	at              topo.Point
	region          topo.Shape
}

func (j *cleanJob) lines(c *topo.Cleaned) []cleanLine {
	names := func(members []int) string {
		var list []string
		for _, i := range members {
			list = append(list, j.names[i])
		}
		return strings.Join(list, " ")
	}
	var lines []cleanLine
	for _, change := range c.Changes {
		l := cleanLine{kind: string(change.Kind), grids: names(change.Members), area: change.AreaM2, width: change.WidthM,
			vertices: change.Vertices, at: change.At, region: change.Region}
		if change.To >= 0 {
			l.to = j.names[change.To]
		}
		lines = append(lines, l)
	}
	for _, f := range c.Left {
		lines = append(lines, cleanLine{kind: leftGap, grids: names(f.Members), area: f.AreaM2, width: f.WidthM, at: f.At, region: f.Region})
	}
	return lines
}

// writeReport lists every change and the gaps that are left.
func (j *cleanJob) writeReport(w io.Writer, c *topo.Cleaned) error {
	switch strings.ToLower(filepath.Ext(j.report)) {
	case ".geojson", ".json":
		return j.writeReportGeoJSON(w, c)
	}
	t := exchange.NewCSVWriter(w, "change", "grids", "to", "area_m2", "width_m", "vertices", "lon", "lat")
	for _, l := range j.lines(c) {
		lon, lat := exchange.Degrees(l.at)
		t.Row(l.kind, l.grids, l.to, decimals(l.area), decimals(l.width), strconv.Itoa(l.vertices), lon, lat)
	}
	return t.Close()
}

func decimals(v float64) string { return strconv.FormatFloat(v, 'f', 4, 64) }

func (j *cleanJob) writeReportGeoJSON(w io.Writer, c *topo.Cleaned) error {
	g := exchange.NewGeoJSONWriter(w, "")
	for _, l := range j.lines(c) {
		members := []exchange.Member{{Name: "change", Value: l.kind}, {Name: "grids", Value: l.grids}, {Name: "to", Value: l.to},
			{Name: "area_m2", Value: l.area}, {Name: "width_m", Value: l.width}, {Name: "vertices", Value: l.vertices}}
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

// tell sums up the changes, one kind a line.
func (j *cleanJob) tell(c *topo.Cleaned) {
	lines := j.lines(c)
	for _, kind := range []struct{ name, what string }{
		{string(topo.Repaired), "grids had rings that bound no ground, drawn anew"},
		{string(topo.Snapped), "grids were snapped"},
		{string(topo.Given), "overlaps went to one of their owners"},
		{string(topo.Filled), "gaps were filled"},
		{string(topo.CutOff), "pieces outside were cut off"},
		{string(topo.PartGone), "parts narrower than the snapping distance closed up"},
		{string(topo.NothingLeft), "grids have no ground left"},
		{leftGap, "gaps are wider than " + j.fill.String() + " and stay"},
	} {
		count, area := 0, 0.0
		for _, l := range lines {
			if l.kind == kind.name {
				count++
				area += l.area
			}
		}
		if count > 0 {
			fmt.Fprintf(j.std.err, "%6d %s, %.1f m²\n", count, kind.what, area)
		}
	}
	if len(lines) == 0 {
		fmt.Fprintln(j.std.err, "nothing to clean")
	}
}
