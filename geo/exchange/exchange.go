// Package exchange reads and writes the files that carry grids and records in
// and out: GeoJSON, newline-delimited GeoJSON and CSV. It knows no database.
//
// Readers stream: one feature or row is in memory at a time, and every bound
// on what a stranger's file may ask for stands in [Limits]. What is wrong with
// a file is told as *[InputError]; nothing is repaired in silence.
package exchange

import (
	"fmt"
	"strings"

	"gridmap/geo"
	"gridmap/geo/datum"
	"gridmap/geo/topo"
)

// An InputError is one thing wrong with a file, with all that helps to find it.
type InputError struct {
	File    string // as the user named it; - is the standard input
	Feature int    // index of the feature, 0-based; -1 when it concerns the whole file
	Line    int    // line of a CSV file, 1-based; 0 for GeoJSON
	Code    string // code of the grid or number of the record, where known
	Field   string // property, column or member
	Reason  string
	Rule    geo.RuleID // the rule of the check it breaks, where one does
	Where   *topo.Box  // around what the record says of its place, nil where that is unknown
	// Fatal is set when nothing after this place could be read.
	Fatal bool
}

// Error names the file, the place in it, the code, the field and the reason.
func (e *InputError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	switch {
	case e.Line > 0:
		fmt.Fprintf(&b, ": line %d", e.Line)
	case e.Feature >= 0:
		fmt.Fprintf(&b, ": feature %d", e.Feature)
	}
	if e.Code != "" {
		fmt.Fprintf(&b, " (%s)", e.Code)
	}
	if e.Field != "" {
		b.WriteString(": " + e.Field)
	}
	b.WriteString(": " + e.Reason)
	return b.String()
}

// Limits bound what one file may ask of memory. The zero value of a field
// takes the default named beside it.
type Limits struct {
	Vertices  int // of one feature, 1,000,000
	TextBytes int // of the text of one feature or row, 1 MiB
	Depth     int // of nested JSON, 64
}

func (l Limits) orDefaults() Limits {
	if l.Vertices <= 0 {
		l.Vertices = 1_000_000
	}
	if l.TextBytes <= 0 {
		l.TextBytes = 1 << 20
	}
	if l.Depth <= 0 {
		l.Depth = 64
	}
	return l
}

// Options say how a file is to be read.
type Options struct {
	File string // name used in errors
	// CRS is what the coordinates are declared to be in; the zero value is
	// [datum.WGS84]. It wins over a crs member that says EPSG:4326, because shifted
	// coordinates are written under that name.
	CRS datum.CRS
	// Code is the property that names a feature in errors.
	Code   string
	Limits Limits
	// Nested keeps the text of properties that are arrays or objects.
	Nested bool
	// Warn is told what does not stop a file from being taken: columns that
	// are dropped, codes a spreadsheet may have damaged. May be nil.
	Warn func(*InputError)

	codeOf func(Properties) string // when Code names no property
	unkept []column                // whose name says what they would keep
}

func (o *Options) warn(e *InputError) {
	if o.Warn != nil {
		e.File = o.File
		o.Warn(e)
	}
}
