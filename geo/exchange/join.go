package exchange

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"

	"gridmap/geo/topo"
)

// A Lookup adds columns to a table of points.
type Lookup struct {
	Headings []string
	// Cells fills the new cells for a point, which come empty; false means
	// that there was nothing to fill in.
	Cells func(at topo.Point, cells []string) bool
}

var pointColumns = []column{
	{name: "lon", also: []string{"经度", "longitude", "lng", "x"}, need: true},
	{name: "lat", also: []string{"纬度", "latitude", "y"}, need: true},
}

// Joined counts what [JoinPoints] met.
type Joined struct {
	Rows   int
	Missed int // without anything to fill in, or without a point
	Bad    int // told as errors
}

// JoinPoints copies a CSV file of points from src to dst and adds the columns
// of look to every row, guarded as a [CSVWriter] does. The other cells, the
// separator and the byte-order mark stay as they are, formulas too: they are the
// user's own. A row whose point cannot be read is told and gets empty
// cells; one that cannot be read at all is told and left out. Only an error
// behind which nothing can be read ends it.
func JoinPoints(src io.Reader, dst io.Writer, opts Options, look Lookup, tell func(*InputError)) (Joined, error) {
	opts.Warn = nil // the other columns are the user's own
	r, marked, err := openMarked(src)
	if err != nil {
		return Joined{}, newTable(opts, pointColumns).fatal(err)
	}
	if marked {
		if _, err := io.WriteString(dst, "\ufeff"); err != nil {
			return Joined{}, err
		}
	}
	j := join{table: newTable(opts, pointColumns), look: look, tell: tell, w: csv.NewWriter(dst), width: -1}
	j.w.Comma = separator(r)
	j.readCSV(r, j.row)
	if j.err == nil && j.width < 0 {
		j.header()
	}
	j.w.Flush()
	return j.done, errors.Join(j.err, j.w.Error())
}

// A join is one JoinPoints under way.
type join struct {
	*table
	look  Lookup
	tell  func(*InputError)
	w     *csv.Writer
	width int // of the rows read; -1 before the header is written
	out   []string
	done  Joined
	err   error
}

func (j *join) header() {
	j.width = len(j.headings)
	j.err = j.w.Write(append(slices.Clone(j.headings), j.look.Headings...))
}

func (j *join) row(r *row, err error) bool {
	var bad *InputError
	if errors.As(err, &bad) {
		if bad.Fatal {
			j.err = bad
			return false
		}
		j.done.Bad++
		j.tell(bad)
		return true
	}
	if j.width < 0 {
		j.header()
	}
	j.out = append(j.out[:0], r.cells[:j.width]...)
	for range j.look.Headings {
		j.out = append(j.out, "")
	}
	at, ok := r.located()
	if r.bad != nil {
		j.done.Bad++
		j.tell(r.bad)
	}
	if !ok || !j.look.Cells(at, j.out[j.width:]) {
		j.done.Missed++
	}
	for i, cell := range j.out[j.width:] {
		j.out[j.width+i] = guard(cell)
	}
	j.done.Rows++
	if j.err == nil {
		j.err = j.w.Write(j.out)
	}
	return j.err == nil
}
