package exchange

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"gridmap/geo"
)

// A column is one field of a table: the heading that is written, and other
// headings that are taken for it.
type column struct {
	name string
	also []string
	need bool // the file must have it
	// exact takes the headings of also alone.
	exact bool
	// list lets the field be an array.
	list bool
	// object lets the field be an object.
	object bool
}

// A table is a file of records being read. Its columns are found by heading,
// in any order.
type table struct {
	opts    Options
	columns []column
	ground  bool           // its records have ground, not places
	place   map[string]int // of each column in a record, by name
	warned  map[string]bool

	headings []string // of a CSV file, as written
}

func newTable(opts Options, columns []column) *table {
	opts.Limits = opts.Limits.orDefaults()
	t := &table{opts: opts, columns: columns, place: map[string]int{}, warned: map[string]bool{}}
	t.opts.codeOf = t.codeOf
	return t
}

// codeOf finds the first column, which names a record, among a feature's
// properties.
func (t *table) codeOf(fields Properties) string {
	for _, p := range fields {
		if t.columnOf(p.Name) == t.columns[0].name {
			code, _, _ := fields.Code(p.Name)
			return code
		}
	}
	return ""
}

// rows reads the records of a CSV file, or of a GeoJSON file of points whose
// properties are the columns, one by one. A record that cannot be taken is
// yielded as *[InputError] and reading goes on behind it.
func rows[T any](src io.Reader, opts Options, columns []column, decode func(*row) T) iter.Seq2[T, error] {
	return decoded(newTable(opts, columns), src, decode)
}

// decoded reads the records of t, each turned into a T.
func decoded[T any](t *table, src io.Reader, decode func(*row) T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		each := func(r *row, err error) bool {
			var value T
			if err == nil {
				value = decode(r)
				if r.bad != nil {
					r.bad.Where = r.where()
					err = r.bad
				}
			}
			return yield(value, err)
		}
		r, err := open(src)
		if err != nil {
			each(nil, t.fatal(err))
			return
		}
		if head, _ := r.Peek(64); isJSON(head) {
			t.readFeatures(r, each)
			return
		}
		t.readCSV(r, each)
	}
}

func isJSON(head []byte) bool {
	head = bytes.TrimLeft(head, " \t\r\n\x1e")
	return len(head) > 0 && head[0] == '{'
}

func (t *table) fatal(err error) *InputError {
	return &InputError{File: t.opts.File, Feature: -1, Reason: err.Error(), Fatal: true}
}

// readCSV reads the header and the records of a CSV file.
func (t *table) readCSV(src *bufio.Reader, each func(*row, error) bool) {
	bound := &bounded{src: src, most: t.opts.Limits.TextBytes}
	r := csv.NewReader(bound)
	r.Comma = separator(src)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	header, err := r.Read()
	if err == io.EOF {
		err = errors.New("an empty file")
	}
	width := len(header)
	if err == nil {
		t.headings = slices.Clone(header) // the reader uses the slice again
		err = t.header(header)
	}
	if err != nil {
		var bad *InputError
		if !errors.As(err, &bad) {
			bad = t.fatal(err)
		}
		bad.Line, bad.Fatal = 1, true
		each(nil, bad)
		return
	}
	for {
		bound.read = 0
		record, err := r.Read()
		if err == io.EOF {
			return
		}
		if err == nil && blank(record) {
			continue
		}
		line := 0
		if err == nil {
			line, _ = r.FieldPos(0)
		}
		bad := t.recordError(record, width, line, err)
		if bad != nil {
			err = bad
		}
		if !each(&row{table: t, index: -1, line: line, cells: record}, err) || bad != nil && bad.Fatal {
			return
		}
	}
}

// recordError says what is wrong with a record as a whole: err from reading
// it, or its number of cells. Only an error of syntax lets reading go on.
func (t *table) recordError(record []string, width, line int, err error) *InputError {
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &syntax):
		e := t.fatal(syntax.Err)
		e.Line, e.Fatal = syntax.Line, false
		return e
	case err != nil:
		return t.fatal(err)
	case len(record) < width || !blank(record[width:]):
		e := t.fatal(fmt.Errorf("%d cells where the header has %d", len(record), width))
		e.Line, e.Fatal = line, false
		return e
	}
	return nil
}

// blank reports whether all cells are empty, as spreadsheets leave rows below
// a table and cells beside it.
func blank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return strings.TrimSpace(cell) != "" })
}

// separator finds what stands between the cells of the header.
func separator(src *bufio.Reader) rune {
	head, _ := src.Peek(1 << 12)
	if end := bytes.IndexAny(head, "\r\n"); end >= 0 {
		head = head[:end]
	}
	best, most := ',', bytes.Count(head, []byte(","))
	for _, r := range ";\t" {
		if n := bytes.Count(head, []byte(string(r))); n > most {
			best, most = r, n
		}
	}
	return best
}

// header finds the columns by their headings.
func (t *table) header(headings []string) error {
	for i, heading := range headings {
		if err := checkText(heading); err != nil {
			return t.fatal(err)
		}
		if what := t.unkept(heading); what != "" {
			t.opts.warn(&InputError{Feature: -1, Line: 1, Field: heading, Rule: geo.RulePrivate,
				Reason: fmt.Sprintf("the column promises %s; it is dropped (PRV-1)", what)})
			continue
		}
		name := t.columnOf(heading)
		if name == "" {
			if strings.TrimSpace(heading) != "" {
				t.opts.warn(&InputError{Feature: -1, Line: 1, Field: heading, Reason: "no such column is known; it is not taken"})
			}
			continue
		}
		if before, twice := t.place[name]; twice {
			e := t.fatal(fmt.Errorf("the columns %q and %q both hold it", headings[before], heading))
			e.Field = name
			return e
		}
		t.place[name] = i
	}
	for _, c := range t.columns {
		if _, ok := t.place[c.name]; c.need && !ok {
			e := t.fatal(fmt.Errorf("the column is missing; it may also be called %s", strings.Join(c.also, ", ")))
			e.Field = c.name
			return e
		}
	}
	return nil
}

// unkept reports what a heading promises that is not kept, "" for none.
func (t *table) unkept(heading string) string {
	if what := geo.Sensitive(heading); what != "" {
		return what
	}
	plain := geo.PlainHeading(heading)
	for _, c := range t.opts.unkept {
		if slices.Contains(c.also, plain) {
			return c.name
		}
	}
	return ""
}

func (t *table) columnOf(heading string) string {
	plain := geo.PlainHeading(heading)
	for _, c := range t.columns {
		if !c.exact && geo.PlainHeading(c.name) == plain || slices.Contains(c.also, plain) {
			return c.name
		}
	}
	return ""
}

// holds reports whether a column may hold an array or object.
func (t *table) holds(name, nested string) bool {
	return slices.ContainsFunc(t.columns, func(c column) bool {
		return c.name == name && (c.list && strings.HasPrefix(nested, "[") || c.object && strings.HasPrefix(nested, "{"))
	})
}

// readFeatures reads features as records: their properties are the columns,
// their points the columns lon and lat.
func (t *table) readFeatures(src io.Reader, each func(*row, error) bool) {
	for f, err := range ReadGeoJSON(src, t.opts) {
		if err != nil {
			if !each(nil, err) {
				return
			}
			continue
		}
		clear(t.place) // each feature may name its properties in another order
		err = t.members(&f)
		if bad := t.misfit(&f); bad != nil {
			err = bad
		}
		r := &row{table: t, index: f.Index, feature: &f}
		for _, p := range f.Properties {
			r.cells = append(r.cells, p.Text)
		}
		if !each(r, err) {
			return
		}
	}
}

// misfit refuses ground where places are wanted, and the other way round.
func (t *table) misfit(f *Feature) error {
	bad := &InputError{File: t.opts.File, Feature: f.Index, Field: "geometry"}
	bad.Code = t.opts.codeIn(f.Properties)
	switch {
	case t.ground && f.Point != nil:
		bad.Reason = "a Point bounds no ground; use Polygon or MultiPolygon"
	case !t.ground && len(f.Shape) > 0:
		bad.Reason = "ground stands where a Point is expected"
	default:
		return nil
	}
	return bad
}

// members finds the columns among a feature's properties.
func (t *table) members(f *Feature) (err error) {
	for i, p := range f.Properties {
		name := t.columnOf(p.Name)
		what := t.unkept(p.Name)
		switch {
		case (what != "" || name == "") && !t.warned[p.Name]:
			t.warned[p.Name] = true
			e := &InputError{Feature: -1, Field: p.Name, Reason: "no such column is known; it is not taken"}
			if what != "" {
				e.Rule, e.Reason = geo.RulePrivate, fmt.Sprintf("the property promises %s; it is dropped (PRV-1)", what)
			}
			if what != "" || !t.ground { // layers of ground carry areas, serial numbers and colours
				t.opts.warn(e)
			}
		case what == "" && name != "" && p.Kind == NestedProperty && !t.holds(name, p.Text):
			err = &InputError{File: t.opts.File, Feature: f.Index, Field: p.Name, Reason: "an array or object stands where a value is expected"}
		case what == "" && name != "":
			t.place[name] = i
		}
	}
	return err
}

// bounded refuses a record longer than a row may be, before it is in memory.
type bounded struct {
	src  io.Reader
	read int // since the last record began, a buffer's length more or less
	most int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.read > b.most {
		return 0, fmt.Errorf("a row of more than %d bytes; is a quote left open?", b.most)
	}
	n, err := b.src.Read(p)
	b.read += n
	return n, err
}
