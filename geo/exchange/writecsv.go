package exchange

import (
	"bytes"
	"encoding/csv"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"gridmap/geo"
	"gridmap/geo/topo"
)

// A CSVWriter writes one table: UTF-8 with a byte-order mark, which Excel
// needs to read Chinese, a header, and lines ended by LF. The same records
// give the same bytes.
//
// Text that a spreadsheet would run as a formula is guarded by an apostrophe,
// which the readers of this package take off again.
type CSVWriter struct {
	w     *csv.Writer
	cells []string
	err   error
}

// NewCSVWriter starts a table with the headings.
func NewCSVWriter(w io.Writer, headings ...string) *CSVWriter {
	_, err := io.WriteString(w, "\ufeff")
	c := &CSVWriter{w: csv.NewWriter(w), err: err}
	c.Row(headings...)
	return c
}

func newColumnsWriter(w io.Writer, columns []column) *CSVWriter {
	headings := make([]string, len(columns))
	for i, c := range columns {
		headings[i] = c.name
	}
	return NewCSVWriter(w, headings...)
}

// Row writes one record of text cells.
func (c *CSVWriter) Row(cells ...string) {
	if c.err != nil {
		return
	}
	c.cells = c.cells[:0]
	for _, cell := range cells {
		c.cells = append(c.cells, guard(cell))
	}
	c.err = c.w.Write(c.cells)
}

// Close ends the table; it does not close the writer underneath.
func (c *CSVWriter) Close() error {
	c.w.Flush()
	if c.err == nil {
		c.err = c.w.Error()
	}
	return c.err
}

// A CSVCells writes rows as a [CSVWriter] does, into memory, for who writes some
// of their cells again and again.
type CSVCells struct {
	text bytes.Buffer
	row  CSVWriter
}

// NewCSVCells returns a CSVCells ready for use, by one at a time.
func NewCSVCells() *CSVCells {
	c := &CSVCells{}
	c.row.w = csv.NewWriter(&c.text)
	return c
}

// Append appends cells to a row, commas between, without the end of the line.
func (c *CSVCells) Append(b []byte, cells ...string) []byte {
	c.text.Reset()
	c.row.Row(cells...)
	c.row.w.Flush()
	return append(b, bytes.TrimSuffix(c.text.Bytes(), []byte("\n"))...)
}

// guard puts an apostrophe before what a spreadsheet would run, and before
// what Unguard would otherwise change. Numbers stay numbers.
func guard(cell string) string {
	if runs(strings.TrimLeft(cell, "'")) && !isNumber([]byte(cell)) {
		return "'" + cell
	}
	return cell
}

// Unguard takes off the apostrophe that [CSVWriter] puts before what a
// spreadsheet would run.
func Unguard(cell string) string {
	if strings.HasPrefix(cell, "'") && runs(strings.TrimLeft(cell, "'")) {
		return cell[1:]
	}
	return cell
}

// runs reports whether a spreadsheet takes text for a formula.
func runs(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	return text != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", first)
}

// Household writes a household; see [NewHouseholdWriter].
func (c *CSVWriter) Household(h *HouseholdRow) {
	lon, lat := "", ""
	if h.Located {
		lon, lat = degrees(h.At)
	}
	c.Row(h.Ref, lon, lat, number(h.Resident), number(h.Registered), strconv.FormatBool(h.Occupied), h.Division,
		h.Address, h.Compound, h.Building, h.Unit, h.SourceCRS, decimal(h.AccuracyM), h.Method, h.UpdatedOn.String(), groupsCell(h.Groups))
}

// groupsCell writes counts of groups as [row.groups] reads them.
func groupsCell(counts geo.GroupCounts) string {
	var parts []string
	for code, n := range counts.All() {
		parts = append(parts, code+":"+number(n))
	}
	return strings.Join(parts, ";")
}

// NewHouseholdWriter starts a table of households.
func NewHouseholdWriter(w io.Writer) *CSVWriter { return newColumnsWriter(w, householdColumns) }

// WriteWorkers writes a table of workers; posts are in a table of their own.
func WriteWorkers(w io.Writer, workers []geo.Worker) error {
	c := newColumnsWriter(w, workerColumns[:8])
	for _, v := range workers {
		c.Row(v.Number, v.Name, v.Phone, string(v.Employment), v.Org, v.TrainedOn.String(),
			v.Active.From.String(), v.Active.To.String())
	}
	return c.Close()
}

// WriteAssignments writes a table of assignments.
func WriteAssignments(w io.Writer, assignments []AssignmentRow) error {
	c := newColumnsWriter(w, assignmentColumns)
	for _, v := range assignments {
		c.Row(v.Worker, v.Grid, v.Role, strconv.FormatBool(v.Primary), number(v.Permille), v.Duty,
			v.Valid.From.String(), v.Valid.To.String(), v.Deputy)
	}
	return c.Close()
}

// WritePopulations writes a table of published counts.
func WritePopulations(w io.Writer, populations []PopulationRow) error {
	c := newColumnsWriter(w, populationColumns)
	for _, v := range populations {
		c.Row(v.Unit, string(v.Basis), number(v.Value), v.AsOf.String(), v.Source)
	}
	return c.Close()
}

// WriteFacilities writes a table of facilities.
func WriteFacilities(w io.Writer, facilities []FacilityRow) error {
	c := newColumnsWriter(w, facilityColumns)
	for _, v := range facilities {
		lon, lat := degrees(v.At)
		c.Row(v.Type, v.Name.ZH, v.Name.EN, lon, lat, v.Division, decimal(v.FloorAreaM2), v.Hours,
			strings.Join(v.Services, ";"), v.Valid.From.String(), v.Valid.To.String())
	}
	return c.Close()
}

func number[T ~int | ~int32 | ~int64](n T) string { return strconv.FormatInt(int64(n), 10) }

// decimal writes a measure, nothing for none.
func decimal(f float64) string {
	if f == 0 {
		return ""
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func degrees(at topo.Point) (lon, lat string) {
	return string(appendDegrees(nil, at.X)), string(appendDegrees(nil, at.Y))
}
