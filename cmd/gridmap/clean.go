package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gridmap/geo/datum"
	"gridmap/geo/exchange"
	"gridmap/geo/nets"
	"gridmap/geo/topo"
)

// A cleanRequest is what `gridmap clean` is asked.
type cleanRequest struct {
	in, out, within, report string
	code, priority, crs     string
	snap, fill              metres
	vertices                int
	dry                     bool
	std                     streams
}

const cleanHelp = `[FLAGS] IN -o OUT

Makes the grids of a GeoJSON file (or newline-delimited GeoJSON, - for the
standard input) fit together: rings that cross themselves are drawn anew,
borders of neighbours within --snap of each other are joined, overlaps go to
one of their owners, and gaps up to --fill-width wide to the neighbour with the
longest border. Wider gaps stay and are reported. Where nothing is wrong
nothing moves; cleaning twice is cleaning once.

With --within the grids divide the ground of that file: they snap to its
border, and what lies outside is cut off. Of several features each is a parent
of its own: a grid belongs to the one that holds most of it, which the report
says of every grid, and what lies in the others is cut off.

An overlap goes to the lowest number in the property named by --priority (a
grid without one comes last), else to a grid drawn over a larger one, else to
the longest border. All properties are kept. OUT is written as lines when its
name ends in .ndjson, .geojsonl or .jsonl, else as one collection. The report
lists every change with its area: CSV, or GeoJSON with the ground concerned
when its name ends in .geojson or .json.

Exit: 0 cleaned, 1 cannot be cleaned or written, 2 unreadable input.

`

func runClean(ctx context.Context, args []string, std streams) int {
	q := cleanRequest{snap: 1.5, fill: 0.5, std: std}
	flags := newFlags("clean", cleanHelp, std)
	flags.StringVar(&q.out, "o", "", "`FILE` to write, - for the standard output")
	flags.StringVar(&q.within, "within", "", "GeoJSON `FILE` with the ground to be divided")
	flags.Var(&q.snap, "snap", "`DISTANCE` within which borders of neighbours are joined")
	flags.Var(&q.fill, "fill-width", "mean `WIDTH` up to which gaps are filled")
	flags.StringVar(&q.priority, "priority", "", "property `FIELD` with whole numbers: of an overlap the lowest takes all")
	flags.StringVar(&q.report, "report", "", "`FILE` for the list of changes, - for the standard output")
	flags.BoolVar(&q.dry, "dry-run", false, "report only; OUT is not written")
	flags.StringVar(&q.code, "code", "", "property `FIELD` that names a grid in the report (default: code, or the feature's id)")
	flags.StringVar(&q.crs, "crs", "", "coordinate system of the files: EPSG:4326, EPSG:4490, zones such as EPSG:4525, gcj02, bd09; OUT is in EPSG:4326")
	flags.IntVar(&q.vertices, "max-vertices", 1_000_000, "most vertices of one feature")
	rest, code, ok := parseMixed(flags, args, 1, 1)
	if !ok {
		return code
	}
	switch q.in = rest[0]; {
	case q.out == "" && !q.dry:
		return misuse(std, "clean", errors.New("-o OUT is missing; --dry-run does without"))
	case q.in == "-" && q.within == "-":
		return misuse(std, "clean", errors.New("IN and --within cannot both be the standard input"))
	case q.out == "-" && q.report == "-" && !q.dry:
		return misuse(std, "clean", errors.New("OUT and the report cannot both go to the standard output"))
	}
	if q.dry && q.report == "" {
		q.report = "-"
	}
	job, err := q.read()
	if err != nil {
		return misuse(std, "clean", err)
	}
	if err := ctx.Err(); err != nil {
		return fail(std, "clean", err)
	}
	if err := job.run(); err != nil {
		return fail(std, "clean", err)
	}
	return exitOK
}

// metres is a flag that takes a length such as 1.5, 1.5m or 50cm.
type metres float64

func (m *metres) String() string { return strconv.FormatFloat(float64(*m), 'f', -1, 64) + "m" }

func (m *metres) Set(value string) error {
	number, unit := strings.TrimSpace(value), 1.0
	if cut, ok := strings.CutSuffix(number, "cm"); ok {
		number, unit = cut, 0.01
	} else if cut, ok := strings.CutSuffix(number, "m"); ok {
		number = cut
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !(v >= 0 && v <= 1000) {
		return errors.New("not a length from 0 to 1000m")
	}
	*m = metres(v * unit)
	return nil
}

// A cleanJob is a layer that has been read.
type cleanJob struct {
	*cleanRequest
	features []exchange.Feature
	names    []string
	parents  []exchange.Feature // of --within
	options  topo.CleanOptions
	lines    []cleanLine // the report
}

// read reads the layer and the ground it divides.
func (q *cleanRequest) read() (*cleanJob, error) {
	crs, err := datum.Parse(q.crs)
	if err != nil {
		return nil, err
	}
	job := &cleanJob{cleanRequest: q, options: topo.CleanOptions{SnapM: float64(q.snap), FillWidthM: float64(q.fill)}}
	if job.features, err = q.layer(q.in, crs); err != nil {
		return nil, err
	}
	if len(job.features) == 0 {
		return nil, fmt.Errorf("%s: there are no features in it", q.in)
	}
	for i := range job.features {
		job.names = append(job.names, q.nameOf(&job.features[i]))
	}
	if job.options.Priority, err = q.priorities(job.features); err != nil || q.within == "" {
		return job, err
	}
	if job.parents, err = q.layer(q.within, crs); err != nil {
		return nil, err
	}
	for _, f := range job.parents {
		if err = f.Shape.Validate(); f.Flaw != nil {
			err = f.Flaw
		}
		if err != nil {
			return nil, fmt.Errorf("%s: feature %d: %w", q.within, f.Index, err)
		}
	}
	job.parents = slices.DeleteFunc(job.parents, func(f exchange.Feature) bool { return f.Shape == nil })
	if len(job.parents) == 0 {
		return nil, fmt.Errorf("%s: there is no ground in it", q.within)
	}
	return job, nil
}

// layer reads all features of a file; the first thing wrong ends it.
func (q *cleanRequest) layer(name string, crs datum.CRS) ([]exchange.Feature, error) {
	r, err := openFile(name, q.std)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	opts := exchange.Options{File: name, CRS: crs, Code: q.code, Nested: true, Limits: exchange.Limits{Vertices: q.vertices}}
	var features []exchange.Feature
	for f, err := range exchange.ReadGeoJSON(r, opts) {
		if err != nil {
			return nil, err
		}
		if f.Point != nil {
			return nil, &exchange.InputError{File: name, Feature: f.Index, Code: q.nameOf(&f), Field: "geometry",
				Reason: "a Point bounds no ground; use Polygon or MultiPolygon"}
		}
		features = append(features, f)
	}
	return features, nil
}

// nameOf returns what a feature is called in the report.
func (q *cleanRequest) nameOf(f *exchange.Feature) string {
	field := q.code
	if field == "" {
		field = "code"
	}
	if code, _, err := f.Properties.Code(field); err == nil && code != "" {
		return code
	}
	if f.ID != "" {
		return f.ID
	}
	return "#" + strconv.Itoa(f.Index)
}

// priorities reads the property that decides overlaps.
func (q *cleanRequest) priorities(features []exchange.Feature) ([]int, error) {
	if q.priority == "" {
		return nil, nil
	}
	out := make([]int, len(features))
	found := false
	for i, f := range features {
		_, there := f.Properties.Get(q.priority)
		found = found || there
		var err error
		if out[i], err = f.Properties.Priority(q.priority); err != nil {
			return nil, &exchange.InputError{File: q.in, Feature: f.Index, Code: q.nameOf(&f), Field: q.priority, Reason: err.Error()}
		}
	}
	if !found {
		return nil, fmt.Errorf("%s: no feature has a property %q", q.in, q.priority)
	}
	return out, nil
}

// run cleans the layer, and writes it and the report.
func (j *cleanJob) run() error {
	shapes := make([]topo.Shape, len(j.features))
	for i, f := range j.features {
		shapes[i] = f.Shape
	}
	var err error
	if len(j.parents) > 0 {
		shapes, err = j.divide(shapes)
	} else {
		shapes, err = j.fit(shapes)
	}
	if err != nil {
		return err
	}
	j.closed()
	if j.report != "" {
		if err := writeTo(j.report, j.std.out, func(w io.Writer) error { return writeCleaning(w, j.report, j.lines) }); err != nil {
			return err
		}
	}
	if !j.dry {
		for i := range j.features {
			j.features[i].Shape = shapes[i]
		}
		if err := writeTo(j.out, j.std.out, j.writeLayer); err != nil {
			return err
		}
	}
	sumUp(j.std.err, j.lines, j.fill)
	return nil
}

// fit cleans shapes that are held against each other alone.
func (j *cleanJob) fit(shapes []topo.Shape) ([]topo.Shape, error) {
	cleaned, err := topo.Clean(shapes, nil, j.options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.in, err)
	}
	j.lines = cleanLines("", func(i int) string { return j.names[i] }, cleaned.Changes, cleaned.Left)
	return cleaned.Shapes, nil
}

// divide cleans shapes that divide the features of --within.
func (j *cleanJob) divide(shapes []topo.Shape) ([]topo.Shape, error) {
	n := len(j.parents)
	tree := topo.CleanTree{}
	names := make([]string, 0, n+len(shapes))
	for i := range j.parents {
		tree.Shapes, tree.Parents = append(tree.Shapes, j.parents[i].Shape), append(tree.Parents, -1)
		names = append(names, j.nameOf(&j.parents[i]))
	}
	names = append(names, j.names...)
	parents, err := j.place(shapes)
	if err != nil {
		return nil, err
	}
	tree.Shapes, tree.Parents = append(tree.Shapes, shapes...), append(tree.Parents, parents...)
	if j.options.Priority != nil {
		tree.Priority = append(make([]int, n), j.options.Priority...)
	}
	cleaned, groups, err := tree.Clean(j.options)
	var at *topo.CleanTreeError
	switch {
	case errors.As(err, &at):
		return nil, fmt.Errorf("%s: the grids in %s: %w", j.in, names[at.Shape], at.Err)
	case err != nil:
		return nil, fmt.Errorf("%s: %w", j.within, err)
	}
	for _, g := range groups {
		parent := ""
		if g.Parent >= 0 {
			parent = names[g.Parent]
		}
		j.lines = append(j.lines, cleanLines(parent, func(i int) string { return names[i] }, g.Changes, g.Left)...)
	}
	return cleaned[n:], nil
}

// place finds the parent that holds most of each shape, and reports it when
// there are several. A shape in none goes to the first, outside of which it is
// cut off.
func (j *cleanJob) place(shapes []topo.Shape) ([]int, error) {
	in := make([]int, len(shapes))
	if len(j.parents) == 1 {
		return in, nil
	}
	parents := make([]nets.Parent, len(j.parents))
	for i := range j.parents {
		parents[i] = nets.Parent{Code: j.nameOf(&j.parents[i]), Ground: j.parents[i].Shape}
	}
	placed, _, err := nets.Place(shapes, parents, topo.DefaultTolerance, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", j.in, err)
	}
	for i, p := range placed {
		line := cleanLine{kind: placedIn, grids: j.names[i]}
		if shapes[i] != nil {
			line.at = shapes[i].InteriorPoint()
		}
		if p.Parent != nets.None {
			in[i] = p.Parent
			line.to = parents[p.Parent].Code
			line.area = float64(p.Shares[0].Area) / 1e4
		}
		j.lines = append(j.lines, line)
	}
	return in, nil
}

// closed adds the rings that were open or too short in the file, which the
// shapes no longer show, to the changes.
func (j *cleanJob) closed() {
	told := map[string]bool{}
	for _, l := range j.lines {
		told[l.grids] = told[l.grids] || l.kind == string(topo.Repaired)
	}
	for i, f := range j.features {
		if f.Flaw != nil && !told[j.names[i]] {
			j.lines = append(j.lines, cleanLine{kind: string(topo.Repaired), grids: j.names[i], at: f.Flaw.At})
		}
	}
}

func (j *cleanJob) writeLayer(w io.Writer) error {
	g := exchange.NewGeoJSONWriter(w, "")
	if slices.Contains([]string{".ndjson", ".geojsonl", ".jsonl"}, strings.ToLower(filepath.Ext(j.out))) {
		g = exchange.NewGeoJSONLineWriter(w)
	}
	for i := range j.features {
		if err := g.WriteFeature(&j.features[i]); err != nil {
			return err
		}
	}
	return g.Close()
}
