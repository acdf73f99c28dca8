package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

const netsHelp = `merge BASE NET… -o OUT [FLAGS]

Merges nets of grids that departments drew over the same ground, each a GeoJSON
file, into one base net, and makes the crosswalk: which old grid is which new
one, with the ground and the households they have in common, exactly. A net is
called by its file's name, or NAME=FILE.

The grids of BASE stay as they are. With --common the base net is the finest
common division instead: the grids of BASE cut along the borders of the other
nets. Of a grid that is cut, the piece with most households keeps the code; the
others get the next free ones, and name it as their predecessor. What is less
than --least-area or --least-width goes to the neighbour with the longest border
in the same grid of BASE.

OUT holds the grids of BASE with all their properties and, for each other net, a
property of its name: the code of the grid there that has most of the ground.
The crosswalk lists pairs of grids; an empty new_code is ground of an old grid
that lies in no new one, an empty old_code the other way round. The lines of
every grid add up to it.

Nets whose own grids overlap are refused; gridmap clean mends them.

`

// A netsRequest is what `gridmap nets merge` is asked.
type netsRequest struct {
	files                                   []string
	out, households, crosswalk, report, crs string
	code                                    string
	common                                  bool
	leastArea                               float64
	leastWidth                              metres
	vertices                                int
}

func runNets(ctx context.Context, args []string, std streams) int {
	q := netsRequest{leastWidth: 10}
	flags := newFlags("nets", netsHelp, std)
	flags.StringVar(&q.out, "o", "", "GeoJSON `FILE` to write, - for the standard output")
	flags.StringVar(&q.crosswalk, "crosswalk", "", "CSV `FILE` to write with the crosswalk")
	flags.StringVar(&q.report, "report", "", "JSON `FILE` to write: what was read, made, dissolved, and is in no new grid")
	flags.StringVar(&q.households, "households", "", "CSV or GeoJSON `FILE` of households to count")
	flags.BoolVar(&q.common, "common", false, "cut the grids of BASE along the borders of the other nets")
	flags.Float64Var(&q.leastArea, "least-area", 1000, "with --common, the smallest `AREA` of a grid in m²")
	flags.Var(&q.leastWidth, "least-width", "with --common, the smallest mean `WIDTH` of a grid")
	flags.StringVar(&q.code, "code", "", "property `FIELD` that holds a grid's code (default: the usual names)")
	flags.StringVar(&q.crs, "crs", "", "coordinate system of the files: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09; OUT is in EPSG:4326")
	flags.IntVar(&q.vertices, "max-vertices", 1_000_000, "most vertices of one feature")
	rest, code, ok := parseMixed(flags, args, 1, 100)
	if !ok {
		return code
	}
	switch {
	case rest[0] != "merge":
		return misuse(std, "nets", fmt.Errorf("%q: the only thing to do with nets is merge", rest[0]))
	case len(rest) < 3:
		return misuse(std, "nets", errors.New("name BASE and at least one NET"))
	case q.out == "":
		return misuse(std, "nets", errors.New("-o OUT is missing"))
	case !(q.leastArea >= 0):
		return misuse(std, "nets", fmt.Errorf("--least-area %v is negative", q.leastArea))
	}
	q.files = rest[1:]
	m, err := q.read(std)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return misuse(std, "nets", err)
	}
	if err := m.run(); err != nil {
		return fail(std, "nets", err)
	}
	return exitOK
}

// A netFile is one net as it was read.
type netFile struct {
	name, file string
	features   []exchange.Feature
	codes      []string
	shapes     []topo.Shape
}

// A netMerge is nets that are being merged.
type netMerge struct {
	*netsRequest
	std     streams
	nets    []*netFile // the base net first
	homes   []nets.Home
	grids   []netGrid
	ground  []topo.Shape // of grids
	slivers []nets.Sliver
	walks   []*nets.Crosswalk // by net, the base net's too
}

// read reads the nets and the households.
func (q *netsRequest) read(std streams) (*netMerge, error) {
	crs, err := datum.Parse(q.crs)
	if err != nil {
		return nil, err
	}
	m := &netMerge{netsRequest: q, std: std}
	for _, text := range q.files {
		n := &netFile{file: text}
		if name, file, named := strings.Cut(text, "="); named {
			n.name, n.file = name, file
		} else {
			n.name = strings.TrimSuffix(filepath.Base(text), filepath.Ext(text))
		}
		if n.name == "" || slices.ContainsFunc(m.nets, func(o *netFile) bool { return o.name == n.name }) {
			return nil, fmt.Errorf("%s: name the nets apart by NAME=FILE", text)
		}
		if err := q.readNet(n, crs, std); err != nil {
			return nil, err
		}
		m.nets = append(m.nets, n)
	}
	if slices.ContainsFunc(m.nets[0].features, func(f exchange.Feature) bool {
		return slices.ContainsFunc(m.nets[1:], func(n *netFile) bool { _, has := f.Properties.Get(n.name); return has })
	}) {
		return nil, fmt.Errorf("%s: a property is called like a net; name the net otherwise by NAME=FILE", m.nets[0].file)
	}
	return m, m.readHomes(crs)
}

// readNet reads one net and refuses one that is at odds with itself.
func (q *netsRequest) readNet(n *netFile, crs datum.CRS, std streams) error {
	r, err := openFile(n.file, std)
	if err != nil {
		return fmt.Errorf("%s: %w", n.file, err)
	}
	defer r.Close()
	seen := map[string]bool{}
	opts := exchange.Options{File: n.file, CRS: crs, Code: q.code, Nested: true, Limits: exchange.Limits{Vertices: q.vertices}}
	for f, err := range exchange.ReadGeoJSON(r, opts) {
		if err != nil {
			return err
		}
		field := q.codeField(&f)
		code, _, err := f.Properties.Code(field)
		bad := &exchange.InputError{File: n.file, Feature: f.Index, Code: code, Field: field}
		switch {
		case err != nil:
			bad.Reason = err.Error()
		case code == "":
			bad.Reason = "the grid has no code; --code names the property"
		case seen[code]:
			bad.Reason = "the code stands twice"
		case f.Point != nil:
			bad.Field, bad.Reason = "geometry", "a Point bounds no ground; use Polygon or MultiPolygon"
		case f.Flaw != nil:
			bad.Field, bad.Reason = "geometry", f.Flaw.Error()
		}
		if bad.Reason != "" {
			return bad
		}
		seen[code] = true
		n.features, n.codes, n.shapes = append(n.features, f), append(n.codes, code), append(n.shapes, f.Shape)
	}
	if len(n.features) == 0 {
		return fmt.Errorf("%s: there are no grids in it", n.file)
	}
	return n.sound()
}

// codeField is the property that holds a feature's code.
func (q *netsRequest) codeField(f *exchange.Feature) string {
	if q.code != "" {
		return q.code
	}
	for _, p := range f.Properties {
		if exchange.IsCodeHeading(p.Name) {
			return p.Name
		}
	}
	return "code"
}

// sound refuses a net whose grids overlap or bound no ground.
func (n *netFile) sound() error {
	faults, _ := topo.Faults(nil, n.shapes, topo.DefaultTolerance)
	var list []string
	for _, f := range faults {
		if f.Kind == topo.Gap || f.Kind == topo.Undrawn {
			continue
		}
		var codes []string
		for _, m := range f.Members {
			codes = append(codes, n.codes[m])
		}
		list = append(list, fmt.Sprintf("%s: %s of %s, %.2f m² %s", n.file, f.Kind, strings.Join(codes, " and "), f.AreaM2, f.Reason))
	}
	if len(list) == 0 {
		return nil
	}
	if more := len(list) - codesListed; more > 0 {
		list = append(list[:codesListed], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%s\ngridmap clean mends the net", strings.Join(list, "\n"))
}

// readHomes reads the households; all that is wrong with them is told.
func (m *netMerge) readHomes(crs datum.CRS) error {
	s := &sources{std: m.std, crs: crs}
	bad := 0
	for h, err := range reading(s, m.households, exchange.Households) {
		switch {
		case err != nil:
			if bad++; bad <= codesListed {
				fmt.Fprintln(m.std.err, err)
			}
		case h.Located:
			m.homes = append(m.homes, nets.Home{At: h.At, Persons: int64(h.Resident)})
		}
	}
	if bad > 0 {
		return fmt.Errorf("%s: %d households cannot be taken", m.households, bad)
	}
	return nil
}

// run makes the base net and the crosswalk, proves the net whole, and writes.
func (m *netMerge) run() error {
	var err error
	if m.common {
		err = m.divide()
	} else {
		m.keep()
	}
	if err == nil {
		err = m.prove()
	}
	if err != nil {
		return err
	}
	var olds [][]topo.Shape
	for _, n := range m.nets {
		olds = append(olds, n.shapes)
	}
	if m.walks, err = nets.Walk(olds, m.ground, slices.Values(m.homes)); err != nil {
		return err
	}
	m.mark()
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{{m.crosswalk, m.writeCrosswalk}, {m.report, m.writeReport}, {m.out, m.writeNet}} {
		if file.name == "" {
			continue
		}
		if err := writeTo(file.name, m.std.out, file.write); err != nil {
			return err
		}
	}
	m.tell()
	return nil
}
