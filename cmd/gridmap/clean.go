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
border, and what lies outside is cut off.

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
	flags.StringVar(&q.crs, "crs", "", "coordinate system of the files: EPSG:4326, EPSG:4490, gcj02, bd09; OUT is in EPSG:4326")
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
	ground   topo.Shape
	options  topo.CleanOptions
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
	parents, err := q.layer(q.within, crs)
	if err != nil {
		return nil, err
	}
	shapes := make([]topo.Shape, len(parents))
	for i, f := range parents {
		if shapes[i] = f.Shape; f.Flaw != nil {
			err = f.Flaw
		} else {
			err = f.Shape.Validate()
		}
		if err != nil {
			return nil, fmt.Errorf("%s: feature %d: %w", q.within, f.Index, err)
		}
	}
	if job.ground, err = topo.Union(shapes); err == nil && job.ground == nil {
		err = errors.New("there is no ground in it")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", q.within, err)
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
	const last = 1 << 53
	out := make([]int, len(features))
	found := false
	for i, f := range features {
		prop, ok := f.Properties.Get(q.priority)
		found = found || ok
		if prop.Kind == exchange.NullProperty {
			out[i] = last
			continue
		}
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(prop.Text), ".0"))
		if err != nil || n < -last || n >= last {
			return nil, &exchange.InputError{File: q.in, Feature: f.Index, Code: q.nameOf(&f), Field: q.priority,
				Reason: fmt.Sprintf("%q is no whole number", prop.Text)}
		}
		out[i] = n
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
	cleaned, err := topo.Clean(shapes, j.ground, j.options)
	if err != nil {
		return fmt.Errorf("%s: %w", j.in, err)
	}
	j.closed(cleaned)
	if j.report != "" {
		if err := j.write(j.report, func(w io.Writer) error { return j.writeReport(w, cleaned) }); err != nil {
			return err
		}
	}
	if !j.dry {
		for i := range j.features {
			j.features[i].Shape = cleaned.Shapes[i]
		}
		if err := j.write(j.out, j.writeLayer); err != nil {
			return err
		}
	}
	j.tell(cleaned)
	return nil
}

// closed adds the rings that were open or too short in the file, which the
// shapes no longer show, to the changes.
func (j *cleanJob) closed(c *topo.Cleaned) {
	told := map[int]bool{}
	for _, change := range c.Changes {
		if change.Kind == topo.Repaired {
			told[change.Members[0]] = true
		}
	}
	for i, f := range j.features {
		if f.Flaw != nil && !told[i] {
			c.Changes = append(c.Changes, topo.CleanChange{Kind: topo.Repaired, Members: []int{i}, To: -1, At: f.Flaw.At})
		}
	}
}

// write creates a file, which bears its name only when it is complete.
func (j *cleanJob) write(name string, content func(io.Writer) error) error {
	if name == "-" {
		return content(j.std.out)
	}
	f, err := createIn(filepath.Dir(name))(filepath.Base(name))
	if err != nil {
		return err
	}
	if err := content(f); err != nil {
		f.Abandon()
		return fmt.Errorf("%s: %w", name, err)
	}
	return f.Close()
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
